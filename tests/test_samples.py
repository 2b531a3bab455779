"""The sample calls: their files, their truth, and that together they show what they are for."""

from __future__ import annotations

import csv
import json
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

_ROOT = Path(__file__).resolve().parents[1]
_SAMPLES = _ROOT / "samples"
# The samples are no part of the installed package.
sys.path.insert(0, str(_ROOT))

from samples import codec, sound  # noqa: E402
from samples.schema import CallTruth  # noqa: E402
from samples.script import Line, Script, load_scripts  # noqa: E402
from samples.timeline import Piece, Timeline  # noqa: E402
from samples.truth import count_units, truth_of  # noqa: E402

_TRUTHS = {
    path.stem: CallTruth.model_validate(json.loads(path.read_text(encoding="utf-8")))
    for path in sorted((_SAMPLES / "truth").glob("*.json"))
}
_CRITERIA = {
    "greeting", "pace", "politeness", "listening", "jargon", "closing", "guessing", "privacy", "transparency",
}  # fmt: skip

each_call = pytest.mark.parametrize("truth", _TRUTHS.values(), ids=list(_TRUTHS))


def _scripts() -> dict[str, Script]:
    return {script.id: script for script in load_scripts(_SAMPLES / "dialogues")}


def test_every_dialogue_has_a_truth_and_the_manifest_lists_each_file_once() -> None:
    with (_SAMPLES / "calls.csv").open(encoding="utf-8", newline="") as file:
        paths = [row["path"] for row in csv.DictReader(file)]
    assert set(_scripts()) == set(_TRUTHS)
    assert sorted(paths) == sorted(truth.file for truth in _TRUTHS.values())


def test_there_are_enough_calls_of_each_sort() -> None:
    truths = list(_TRUTHS.values())
    mandarin = [truth for truth in truths if truth.language == "zh"]
    english = [truth for truth in truths if truth.language == "en"]
    assert len(mandarin) >= 16
    assert len(english) >= 4
    assert sum(truth.channels == 1 for truth in mandarin) >= 12
    assert sum(truth.channels == 1 for truth in english) >= 3
    assert {truth.layout for truth in truths} == {"mono", "two_channel", "dual_mono"}
    assert any(truth.conditions.leakage_db is not None for truth in truths)
    same_sex = [t for t in mandarin if t.voices.agent[1] == t.voices.customer[1]]
    assert len(same_sex) >= 3
    assert {truth.file.rsplit(".", 1)[1] for truth in truths} >= {
        "wav",
        "mp3",
        "flac",
        "m4a",
        "ogg",
        "amr",
        "wma",
    }
    assert {t.conditions.codec for t in truths} >= {"pcm_s16le", "pcm_alaw", "pcm_mulaw"}


def test_the_faults_that_agents_make_are_all_there() -> None:
    truths = list(_TRUTHS.values())
    greetings = [truth.greeting for truth in truths]
    assert any(not any((g.salutation, g.company, g.name, g.offer)) for g in greetings)
    assert any(g.company and not g.name for g in greetings)
    assert any(g.name and not g.company for g in greetings)
    assert any(g.company and not g.salutation for g in greetings)
    assert any(truth.greeting_late for truth in truths)
    assert {item.by for truth in truths for item in truth.interruptions} == {"agent", "customer"}
    assert any(turn.kind == "backchannel" for truth in truths for turn in truth.turns)
    statuses = {item.status for truth in truths for item in truth.jargon}
    assert statuses == {"unexplained", "explained", "customer_first"}
    assert sum(len(truth.forbidden) for truth in truths) >= 8
    assert {item.kind for truth in truths for item in truth.impolite} >= {"ni", "command"}
    assert any(truth.guessing for truth in truths)
    assert any(truth.privacy for truth in truths)
    assert any(not truth.closing.anything_else and not truth.closing.farewell for truth in truths)
    assert {item.kind for truth in truths for item in truth.not_party} == {"ringback", "ivr", "music"}
    mandarin = [truth.speaking_rate for truth in truths if truth.language == "zh"]
    assert min(mandarin) < 230
    assert max(mandarin) > 330


def test_the_calls_cover_the_matters_people_call_about() -> None:
    themes = {truth.theme for truth in _TRUTHS.values()}
    assert themes >= {
        "billing", "broadband", "porting", "roaming", "packages", "complaint", "elderly", "sim_loss",
        "international_calls", "points", "invoice",
    }  # fmt: skip


def test_the_files_stay_small() -> None:
    sizes = [(_SAMPLES / truth.file).stat().st_size for truth in _TRUTHS.values()]
    assert max(sizes) <= 2_000_000
    assert sum(sizes) <= 10_000_000


@each_call
def test_a_file_decodes_to_the_length_and_channels_of_its_truth(truth: CallTruth) -> None:
    samples, rate_hz = codec.read(_SAMPLES / truth.file)
    assert len(samples) == truth.channels
    assert samples.shape[1] / rate_hz == pytest.approx(truth.duration, abs=0.05)
    assert rate_hz == truth.conditions.sample_rate
    assert 40 <= truth.duration <= 150


@each_call
def test_sound_begins_and_ends_where_the_truth_says(truth: CallTruth) -> None:
    samples, rate_hz = codec.read(_SAMPLES / truth.file)
    mix = samples.mean(axis=0)

    def level(start: float, end: float) -> float:
        part = mix[round(start * rate_hz) : round(end * rate_hz)]
        return float(10 * np.log10((part**2).mean() + 1e-12))

    if not truth.not_party:
        first = truth.turns[0].start
        assert level(first - 0.25, first - 0.05) < level(first, first + 0.25) - 6
    last = max(turn.end for turn in truth.turns)
    assert level(last + 0.05, last + 0.4) < level(last - 0.4, last) - 6


@each_call
def test_rates_and_talk_share_follow_from_the_turns(truth: CallTruth) -> None:
    seconds = {"agent": 0.0, "customer": 0.0}
    units = {"agent": 0, "customer": 0}
    for turn in truth.turns:
        seconds[turn.role] += turn.end - turn.start
        units[turn.role] += count_units(turn.text, truth.language)
    assert truth.talk_share == pytest.approx(seconds["agent"] / sum(seconds.values()), abs=0.002)
    assert units == {"agent": truth.agent_syllables, "customer": truth.customer_syllables}
    assert truth.speaking_rate == pytest.approx(units["agent"] / seconds["agent"] * 60, rel=0.002)
    assert truth.articulation_rate > truth.speaking_rate


@each_call
def test_turns_and_quotes_agree_with_the_script(truth: CallTruth) -> None:
    said = "".join(turn.text for turn in truth.turns if turn.role == "agent").replace(" ", "")
    script = _scripts()[truth.id]
    written = "".join(line.text for line in script.lines if line.party == "agent").replace(" ", "")
    assert said == written
    assert all(turn.start >= 0 and turn.end <= truth.duration for turn in truth.turns)
    for role in ("agent", "customer"):
        own = [turn for turn in truth.turns if turn.role == role]
        assert all(b.start - a.end > 0.5 for a, b in pairwise(own))
    agent = [turn for turn in truth.turns if turn.role == "agent"]
    for quote in (*truth.forbidden, *truth.impolite, *truth.guessing, *truth.privacy):
        around = [t for t in agent if t.start <= quote.start + 0.03 and quote.end <= t.end + 0.03]
        assert any(quote.quote in turn.text for turn in around)
    assert set(truth.expected) == _CRITERIA


def _piece(start: float, end: float, **line: object) -> Piece:
    spoken = Line.model_validate(line)
    step = (end - start) / len(spoken.text)
    chars = tuple((start + i * step, start + (i + 1) * step) for i in range(len(spoken.text)))
    return Piece(spoken, spoken.party, start, end, chars, ((start, end),))


def _truth_of_pieces(*pieces: Piece) -> dict[str, object]:
    return truth_of(_scripts()["zh01"], Timeline({}, list(pieces)), 0.0)


def test_a_term_counts_as_explained_only_within_the_next_two_agent_turns() -> None:
    far = [
        _piece(0, 2, agent="请看一下光猫。"),
        _piece(3, 4, customer="好的，在看。"),
        _piece(5, 6, agent="好。"),
        _piece(7, 8, customer="有红灯。"),
        _piece(9, 10, agent="谢谢。"),
        _piece(11, 12, customer="然后呢？"),
    ]
    late = _piece(13, 15, agent="就是那个小盒子。", explains=["光猫"])
    soon = _piece(9, 10, agent="就是那个小盒子。", explains=["光猫"])
    assert [item["status"] for item in _truth_of_pieces(*far, late)["jargon"]] == ["unexplained"]  # type: ignore[attr-defined]
    assert [item["status"] for item in _truth_of_pieces(*far[:4], soon)["jargon"]] == ["explained"]  # type: ignore[attr-defined]


def test_a_term_of_the_customer_is_no_jargon_of_the_agent() -> None:
    truth = _truth_of_pieces(_piece(0, 2, customer="我的光猫坏了。"), _piece(3, 5, agent="光猫亮红灯吗？"))
    assert [item["status"] for item in truth["jargon"]] == ["customer_first"]  # type: ignore[attr-defined]


def test_only_a_long_overlap_that_is_no_backchannel_is_an_interruption() -> None:
    customer = _piece(0, 5, customer="我想问一下我的话费为什么这么多。")
    cut_off = _truth_of_pieces(customer, _piece(4, 7, agent="您先等一下，我来查。"))
    nod = _truth_of_pieces(customer, _piece(3, 4.5, agent="嗯，好的。"))
    touch = _truth_of_pieces(customer, _piece(4.6, 7, agent="您先等一下，我来查。"))
    assert cut_off["interruptions"] == [{"start": 4.0, "end": 5.0, "by": "agent"}]
    assert nod["interruptions"] == []
    assert touch["interruptions"] == []


@pytest.mark.parametrize("round_trip", [sound.mulaw_round_trip, sound.alaw_round_trip])
def test_the_telephone_codecs_keep_the_signal_36_db_above_their_noise(round_trip: object) -> None:
    tone = (0.3 * np.sin(np.arange(8000) * 0.4)).astype(np.float32)
    noise = round_trip(tone) - tone  # type: ignore[operator]
    assert 10 * np.log10((tone**2).mean() / (noise**2).mean()) > 36


def test_the_line_passes_speech_and_stops_what_lies_outside_its_band() -> None:
    time = np.arange(24_000) / 24_000
    kept, low, high = (
        sound.level_of(sound.to_line(np.sin(2 * np.pi * hz * time).astype(np.float32), 24_000))
        for hz in (1000, 100, 3900)
    )
    assert kept == pytest.approx(0.707, abs=0.02)
    assert low < 0.01
    assert high < 0.1


@pytest.mark.parametrize("kind", sorted(codec.FORMATS))
def test_every_format_keeps_length_and_time(tmp_path: Path, kind: str) -> None:
    rng = np.random.default_rng(1)
    length = 24 * 1024  # whole blocks, as the samples have
    bursts = (rng.standard_normal(length) * (np.arange(length) % 6000 < 3000) * 0.1).astype(np.float32)
    original = sound.to_line(bursts, 8000)[None]
    path = tmp_path / f"call.{kind.split('-')[0]}"
    codec.write(path, original, kind)
    decoded, rate_hz = codec.read(path)
    assert decoded.shape[1] / rate_hz == pytest.approx(length / 8000, abs=0.05)
    assert abs(codec.shift_of(original, decoded, rate_hz)) <= 0.03
