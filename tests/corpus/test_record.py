"""A recorded call: its sound and its truth agree."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from corpus.conditions import BY_NAME
from corpus.expected import expected_of
from corpus.make import _fingerprint
from corpus.recipe import Call, Pair, Rendering
from corpus.record import ending_of, on_the_wire, record
from samples import codec
from samples.sound import Samples
from samples.timeline import Timeline
from tests.corpus.conftest import ToneVoice, dialogue

_PAIR = Pair("zf_xiaobei", "zm_yunxi")


def _call(condition: str = "clean", channel: int | None = None, **changes: object) -> Call:
    pair = Pair("zf_xiaobei", "zm_yunxi", "zm_yunyang") if "agent2" in changes else _PAIR
    rendering = Rendering(dialogue(**changes), pair, "a", "A1")
    how = BY_NAME[condition]
    return Call(f"z01a-{condition}", "tuning", "zh", (rendering,), how, 0.0, 0.0, channel, {})


def _talk(call: Call) -> list[Samples]:
    rng = np.random.default_rng(1)
    return [rng.standard_normal(8000).astype(np.float32) for _ in range(8)]


def _folder(tmp_path: Path) -> Path:
    (tmp_path / "truth").mkdir(exist_ok=True)
    return tmp_path


@pytest.mark.parametrize(
    "name", ["clean", "snr10-babble", "gsm", "opus8", "amr-nb-4.75", "packet-loss-8", "clipping"]
)
def test_speech_is_where_the_truth_says(name: str, voice: ToneVoice, tmp_path: Path) -> None:
    call = _call(name)
    truth = record(call, voice, _talk, _folder(tmp_path))  # type: ignore[arg-type]
    samples, rate_hz = codec.read(tmp_path / f"{call.id}.{ending_of(call.condition)}")
    if rate_hz != 8000:
        samples = samples[:, :: rate_hz // 8000]
    power = samples[0] ** 2
    inside = np.zeros(len(power), bool)
    for turn in truth.turns:
        inside[round(turn.start * 8000) : round(turn.end * 8000)] = True
    assert power[inside].mean() > 4 * power[~inside].mean()
    assert abs(truth.conditions.codec_shift) < 0.05
    assert truth.condition == name


@pytest.mark.parametrize("name", ["snr10-street", "snr10-babble", "snr20-keyboard", "clean"])
def test_the_noise_is_as_loud_as_the_condition_says(name: str) -> None:
    time = np.arange(80_000) / 8000
    tones = [
        (0.05 * np.sin(2 * np.pi * 600 * time) * ((time % 4 < 2) == first)).astype(np.float32)
        for first in (True, False)
    ]
    tracks = {"agent": tones[0], "customer": tones[1], "other": np.zeros(80_000, np.float32)}
    heard = on_the_wire(Timeline(tracks, []), BY_NAME[name], None, _talk(_call()), np.random.default_rng(1))[
        0
    ]
    noise = heard - tones[0] - tones[1]
    measured = 10 * np.log10(((tones[0] + tones[1]) ** 2).mean() / (noise**2).mean())
    # The line's own coding adds a little.
    assert BY_NAME[name].snr_db - 1.2 < measured < BY_NAME[name].snr_db + 0.5


def test_leakage_is_as_faint_as_the_condition_says(voice: ToneVoice, tmp_path: Path) -> None:
    truth = record(_call("leakage-20", 1), voice, _talk, _folder(tmp_path))  # type: ignore[arg-type]
    samples, _ = codec.read(tmp_path / "z01a-leakage-20.wav")
    turn = next(turn for turn in truth.turns if turn.role == "agent")
    part = samples[:, round(turn.start * 8000) : round(turn.end * 8000)]
    level = 10 * np.log10((part**2).mean(axis=1))
    assert truth.agent_channel == 1
    assert level[1] - level[0] == pytest.approx(20, abs=1)


def test_before_and_hold_belong_to_no_party(voice: ToneVoice, tmp_path: Path) -> None:
    ringing = record(_call("ringback"), voice, _talk, _folder(tmp_path))  # type: ignore[arg-type]
    announced = record(_call("ivr"), voice, _talk, tmp_path)  # type: ignore[arg-type]
    held = record(_call("hold"), voice, _talk, tmp_path)  # type: ignore[arg-type]
    assert [item.kind for item in ringing.not_party] == ["ringback"]
    assert [item.kind for item in announced.not_party] == ["ivr"]
    assert [item.kind for item in held.not_party] == ["music"]
    assert held.not_party[0].end - held.not_party[0].start == pytest.approx(45)
    assert announced.turns[0].start > announced.not_party[0].end


def test_two_agents_are_one_party_but_two_turns(voice: ToneVoice, tmp_path: Path) -> None:
    lines = [
        {"agent": "您好，我给您转专席。"},
        {"agent2": "您好，我是王强。", "gap": 0.3},
        {"customer": "你好。"},
    ]
    call = _call(agent2={"name": "王强", "id": "B1"}, lines=lines)
    truth = record(call, voice, _talk, _folder(tmp_path))  # type: ignore[arg-type]
    assert [turn.role for turn in truth.turns] == ["agent", "agent", "customer"]
    assert [agent.name for agent in truth.agents] == ["李娜", "王强"]
    assert truth.agents[0].end <= truth.agents[1].start


def test_terms_are_named_whatever_their_spoken_form(voice: ToneVoice, tmp_path: Path) -> None:
    lines = [
        {"agent": "请看光猫，就是墙上的小盒子。", "explains": ["光猫"]},
        {"customer": "看到了。"},
        {"agent": "我建一个障碍单。"},
    ]
    truth = record(_call(lines=lines), voice, _talk, _folder(tmp_path))  # type: ignore[arg-type]
    assert [(item.term, item.status) for item in truth.jargon] == [
        ("光猫", "explained"),
        ("工单", "unexplained"),
    ]


def test_pace_follows_from_the_rate_and_a_chain_from_its_parts() -> None:
    truth = {
        "articulation_rate": 300.0,
        "interruptions": [{"by": "agent"}] * 3,
        "jargon": [{"status": "unexplained"}] * 2,
        "agent_syllables": 200,
    }
    verdicts = dict.fromkeys(dialogue().expected, "met")
    second = dialogue(expected=verdicts | {"greeting": "not_met", "privacy": "not_met，索要密码"})
    assert expected_of([dialogue()], truth)["pace"] == "met，300字/分"
    assert expected_of([dialogue()], truth | {"articulation_rate": 380.0})["pace"].startswith("partly_met")
    assert expected_of([dialogue()], truth | {"articulation_rate": 410.0})["pace"].startswith("not_met")
    chained = expected_of([dialogue(), second], truth)
    assert (chained["greeting"], chained["privacy"]) == ("met", "not_met")
    assert (chained["listening"], chained["jargon"]) == ("not_met", "partly_met")


def test_a_call_is_made_again_only_when_its_recipe_changed() -> None:
    assert _fingerprint(_call()) == _fingerprint(_call())
    assert _fingerprint(_call()) != _fingerprint(_call("gsm"))
    assert _fingerprint(_call()) != _fingerprint(_call(title="另一个"))
    assert _fingerprint(_call()) == _fingerprint(replace(_call(), manifest={"queue": "billing"}))
