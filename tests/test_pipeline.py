"""The line for one call: what is decided without weights, and two sample calls from end to end."""

from __future__ import annotations

import dataclasses
import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from typer.testing import CliRunner

from callqa.analysers import make_factory, open_judge
from callqa.cli import app
from callqa.config import Settings
from callqa.data import CallAnalysis, CallFacts, CallRequest, Coverage, Role, Roles, Verdict
from callqa.errors import AudioError, WeightsError
from callqa.evaluation.compare import compare
from callqa.evaluation.truth import Truth, load_truth
from callqa.manifest import read_manifest
from callqa.pipeline import Pipeline, company_wordings, lexicons_of
from callqa.scoring import default_rubric
from callqa.store import CallKeys, Store
from tests.measures.factories import agent, customer, make_facts

MODELS = {"recogniser": "whisper-base sha256:d01c3014881c"}
SETTINGS = Settings()
LINES = [
    agent(0.0, 4.0, "您好，我是中国移动的李娜，请问有什么可以帮您？"),
    customer(4.5, 8.0, "我想查一下我这个月的话费。"),
    agent(8.5, 11.0, "这个我不知道，你自己看着办。"),
    customer(11.5, 12.5, "那好吧。"),
]


def silence(path: Path, channels: int = 1) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setparams((channels, 2, 8000, 0, "NONE", "NONE"))
        file.writeframes(bytes(2 * 8000 * 2 * channels))
    return path


def test_what_is_wrong_with_a_file_and_what_was_decided_stands_with_the_call(tmp_path: Path) -> None:
    path = silence(tmp_path / "call.mp3", channels=2)
    path.write_bytes(path.read_bytes()[:40_044])
    facts = Pipeline(SETTINGS).analyse(CallRequest(str(path)))
    assert facts.status == "no_speech"
    assert facts.recording.truncated
    assert facts.recording.notes == (
        "The file is named .mp3 but holds WAV / WAVE (Waveform Audio); give it the ending .wav.",
        "The file is cut off or damaged: 1.2 s of it could be read.",
        "All channels are silent.",
    )


def test_a_recording_longer_than_the_settings_allow_is_refused(tmp_path: Path) -> None:
    settings = Settings.model_validate({"audio": {"max_duration": 1.0}})
    with pytest.raises(AudioError, match="are read at most"):
        Pipeline(settings).analyse(CallRequest(str(silence(tmp_path / "call.wav"))))


def test_stored_calls_are_judged_anew_on_a_machine_without_weights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = tmp_path / "ws"
    analysis = _judged(make_facts(LINES, certain=False))
    keys = CallKeys("0123456789abcdef" * 4, "facts", "judge", settings=SETTINGS.model_dump(mode="json"))
    with Store.open(workspace, create=True) as store:
        store.save(analysis, keys, "calls/a.wav")
    monkeypatch.setenv("CALLQA_CACHE", str(tmp_path / "empty"))
    for command in (["rescore"], ["roles", "calls/a.wav", "--agent", "SPEAKER_00"]):
        result = CliRunner().invoke(app, [*command, "--workspace", str(workspace)])
        assert result.exit_code == 0, result.output
    with Store.open(workspace) as store:
        after = store.load("0123456789abcdef").analysis
    assert after.facts.roles.speakers["SPEAKER_00"] is Role.AGENT
    assert after.scorecard.score is not None
    assert after.provenance.models == MODELS


def test_a_fresh_analysis_names_its_models_and_needs_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    analyser = make_factory(SETTINGS, None)()
    facts = analyser.analyse(CallRequest(str(silence(tmp_path / "call.wav"))))
    monkeypatch.setattr(Pipeline, "model_names", MODELS)
    assert analyser.judge(facts).provenance.models == MODELS
    monkeypatch.undo()
    monkeypatch.setenv("CALLQA_CACHE", str(tmp_path / "empty"))
    with pytest.raises(WeightsError, match="missing"):
        analyser.judge(facts)


def _judged(facts: CallFacts, settings: Settings = SETTINGS) -> CallAnalysis:
    return open_judge(settings, None).judge(facts, MODELS)


def test_an_operator_is_known_by_all_its_names() -> None:
    wordings = company_wordings(lexicons_of("zh"), "移动公司")
    assert wordings[0] == "移动公司"
    assert {"中国移动", "一零零八六"} <= set(wordings)
    assert "中国联通" not in wordings
    assert len(wordings) == len(set(wordings))


def test_a_company_that_is_no_operator_has_the_one_name() -> None:
    assert company_wordings(lexicons_of("zh"), "小鹿通信") == ("小鹿通信",)
    assert company_wordings(lexicons_of("en"), "Northline Telecom") == ("Northline Telecom",)


def test_without_a_company_every_operator_is_expected_in_mandarin_and_none_in_english() -> None:
    assert set(company_wordings(lexicons_of("zh"), None)) == {"中国移动", "中国联通", "中国电信", "中国广电"}
    assert company_wordings(lexicons_of("en"), None) == ()


def test_without_a_company_an_agent_may_use_any_name_of_any_operator() -> None:
    names = company_wordings(lexicons_of("zh"), None, aliases=True)
    assert {"中国联通", "联通客服", "移动公司", "一零零九九"} <= set(names)
    assert company_wordings(lexicons_of("en"), None, aliases=True) == ()


def test_judging_is_the_same_every_time_and_leaves_the_facts_alone() -> None:
    facts = make_facts(LINES)
    first, second = _judged(facts), _judged(facts)
    assert first.facts is facts
    assert (first.measures, first.scorecard) == (second.measures, second.scorecard)
    assert first.facts == make_facts(LINES)
    assert first.provenance.settings_hash == SETTINGS.hash()
    assert first.provenance.models == MODELS


def test_each_language_is_judged_by_its_own_rubric() -> None:
    mandarin = _judged(make_facts(LINES))
    english = _judged(make_facts([agent(0, 3, "Hello, how can I help you?")], language="en"))
    assert mandarin.scorecard.rubric != english.scorecard.rubric
    assert english.scorecard.rubric == default_rubric("en").ref
    assert mandarin.scorecard.rubric == default_rubric("zh").ref


def test_a_change_of_settings_is_seen_in_the_provenance() -> None:
    other = Settings.model_validate({"turns": {"merge_gap": 0.7}})
    changed = _judged(make_facts(LINES), other)
    assert changed.provenance.settings_hash != _judged(make_facts(LINES)).provenance.settings_hash


def test_the_company_of_the_call_counts_before_that_of_the_settings() -> None:
    settings = Settings(company="小鹿通信")
    lines = [agent(0, 4, "您好，小鹿通信李娜，请问有什么可以帮您？"), customer(4.5, 8, "我想查话费。")]

    def named(company: str | None) -> object:
        facts = make_facts(lines, company=company)
        greeting = _judged(facts, settings).measures["greeting"].value
        assert isinstance(greeting, dict)
        return greeting["company"]

    assert named(None) is True
    assert named("中国电信") is False


def test_where_nothing_was_said_nothing_is_judged() -> None:
    facts = dataclasses.replace(
        make_facts([], status="no_speech"),
        roles=Roles(certain=False, confidence=None, source="signs"),
        coverage=Coverage(0.0, 0.0),
    )
    card = _judged(facts).scorecard
    assert card.score is None
    assert card.judged_share == 0.0
    assert {item.verdict for item in card.criteria} <= {Verdict.UNSURE, Verdict.NOT_APPLICABLE}


def test_progress_begins_before_anything_is_read(tmp_path: Path) -> None:
    told: list[tuple[str, float]] = []
    with pytest.raises(AudioError):
        Pipeline(SETTINGS).analyse(
            CallRequest(str(tmp_path / "none.wav")), lambda stage, share: told.append((stage, share))
        )
    assert told == [("decode", 0.0)]


# From here on with the models.

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
WORST_ERROR = 0.2  # characters or words
WORST_TALK_SHARE = 0.05


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    """Loads each model once for all calls here."""
    return Pipeline(SETTINGS)


Score = Callable[[str], tuple[Truth, CallAnalysis]]


@pytest.fixture(scope="module")
def score(pipeline: Pipeline) -> Score:
    """Analyses a sample as its line of the manifest says, once."""
    known: dict[str, tuple[Truth, CallAnalysis]] = {}

    def run(name: str) -> tuple[Truth, CallAnalysis]:
        if name not in known:
            (request,) = (
                item for item in read_manifest(SAMPLES / "calls.csv") if Path(item.path).name.startswith(name)
            )
            truth = load_truth(SAMPLES / "truth" / f"{name}.json")
            known[name] = truth, _judged(pipeline.analyse(request))
        return known[name]

    return run


# One channel of Mandarin over a narrow codec; a channel for each party.
each_sample = pytest.mark.parametrize("name", ["zh17", "zh16"])


@pytest.mark.weights
@each_sample
def test_a_sample_call_comes_out_as_it_was_made(score: Score, name: str) -> None:
    truth, analysis = score(name)
    found = compare(truth, analysis)
    assert found.status == "scored"
    assert analysis.facts.language == truth.language
    assert found.roles == "right"
    assert found.talk_share_error is not None
    assert abs(found.talk_share_error) <= WORST_TALK_SHARE
    assert found.text.rate is not None
    assert found.text.rate <= WORST_ERROR, found.details


@pytest.mark.weights
@each_sample
def test_every_turn_of_a_sample_has_words_or_is_listed(score: Score, name: str) -> None:
    truth, analysis = score(name)
    facts = analysis.facts
    assert compare(truth, analysis).uncovered == ()
    with_words = {(item.speaker, item.start) for item in facts.utterances}
    for turn in facts.turns:
        if turn.duration > 1.0 and (turn.speaker, turn.start) not in with_words:
            assert turn.span in facts.coverage.untranscribed
    assert len(facts.acoustics) == len(facts.turns)


@pytest.mark.weights
def test_the_given_channel_is_the_agents(score: Score) -> None:
    _, analysis = score("zh16")
    facts = analysis.facts
    assert facts.roles.source == "configured"
    assert {turn.channel for turn in facts.turns_of(Role.AGENT)} == {facts.recording.agent_channel}
    assert {turn.channel for turn in facts.turns_of(Role.CUSTOMER)} == {
        1 - (facts.recording.agent_channel or 0)
    }


def _write(path: Path, samples: NDArray[np.float32], rate: int) -> CallRequest:
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, rate, 0, "NONE", "NONE"))
        file.writeframes((samples * 32767).astype("<i2").tobytes())
    return CallRequest(str(path))


@pytest.mark.weights
def test_ringing_is_no_speech(pipeline: Pipeline, tmp_path: Path) -> None:
    rate = 8000
    times = np.arange(25 * rate) / rate
    # The ringback tone of Chinese networks: 450 Hz, one second in five.
    rings = np.where(times % 5 < 1, 0.3 * np.sin(2 * np.pi * 450 * times), 0.0)
    hiss = np.random.default_rng(0).normal(size=len(times)) * 1e-3
    facts = pipeline.analyse(_write(tmp_path / "ring.wav", (rings + hiss).astype(np.float32), rate))
    assert facts.status == "no_speech"
    assert facts.utterances == ()
    assert facts.turns == ()
    assert not facts.roles.certain


@pytest.mark.weights
@pytest.mark.parametrize(
    ("role", "end", "status"), [(Role.CUSTOMER, 49.0, "one_party"), (Role.AGENT, 2.0, "too_short")]
)
def test_half_a_call_is_no_call(
    pipeline: Pipeline, tmp_path: Path, role: Role, end: float, status: str
) -> None:
    from callqa.audio.decode import decode

    (path,) = SAMPLES.glob("zh16*")
    truth = load_truth(SAMPLES / "truth" / "zh16.json")
    channel = 1 if role is Role.AGENT else 0
    samples = decode(path, 16_000).samples[channel, : round(end * 16_000)]
    request = dataclasses.replace(_write(tmp_path / "half.wav", samples, 16_000), language="zh")
    facts = pipeline.analyse(request)
    assert any(turn.role is role and turn.end < end for turn in truth.turns)
    assert facts.status == status
    assert facts.utterances
    assert facts.roles.speakers == {}
    assert _judged(facts).scorecard.score is None
