"""The line for one call, as far as it goes without weights."""

from __future__ import annotations

import wave
from pathlib import Path

import pytest
from typer.testing import CliRunner

from callqa.analysers import load_rubrics, make_factory
from callqa.cli import app
from callqa.config import Settings
from callqa.data import CallRequest, Role
from callqa.errors import AudioError, WeightsError
from callqa.pipeline import Pipeline, judge
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
    analysis = judge(make_facts(LINES, certain=False), SETTINGS, load_rubrics(None), MODELS)
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
