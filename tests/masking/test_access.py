"""The original is shown with a right to it only, and each time is noted."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from callqa.cli import app
from callqa.config import MaskingSettings
from callqa.errors import StoreError, UsageError
from callqa.masking.access import LOG_NAME, note_unmasked
from callqa.store import CallKeys, Store
from tests.masking.cases import parse_case
from tests.synthetic import make_analysis


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    analysis = make_analysis()
    utterances = parse_case(["C: 我姓王，号码是一三八零零一三五五二一。"], "zh").utterances
    analysis = dataclasses.replace(
        analysis, facts=dataclasses.replace(analysis.facts, utterances=utterances, turns=(), acoustics=())
    )
    keys = CallKeys(
        sha256=analysis.facts.recording.id * 4, facts_key="f", judge_key="j", given={}, settings={}
    )
    with Store.open(tmp_path / "ws", create=True) as store:
        store.save(analysis, keys, "calls/a.wav")
    return tmp_path / "ws"


def test_without_a_reason_it_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nothing says why"):
        note_unmasked(tmp_path, "abc", "show", "  ")
    assert not (tmp_path / LOG_NAME).exists()


def test_each_time_is_noted(tmp_path: Path) -> None:
    note_unmasked(tmp_path, "abc", "show", "投诉4711")
    note_unmasked(tmp_path, "def", "clips", None, MaskingSettings(unmasked_allowed=True))
    first, second = map(json.loads, (tmp_path / LOG_NAME).read_text(encoding="utf-8").splitlines())
    assert (first["call"], first["command"], first["reason"]) == ("abc", "show", "投诉4711")
    assert first["who"]
    assert first["when"].endswith("+00:00")
    assert (second["call"], second["reason"]) == ("def", None)


def test_what_cannot_be_noted_is_not_shown(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot note"):
        note_unmasked(tmp_path / "missing", "abc", "show", "why")


@pytest.mark.parametrize("as_json", [[], ["--json"]])
def test_show_masks(workspace: Path, as_json: list[str]) -> None:
    result = CliRunner().invoke(app, ["show", "calls/a.wav", "--workspace", str(workspace), *as_json])
    assert result.exit_code == 0, result.output
    assert "一三八零零" not in result.output
    assert "［电话号码］" in result.output


def test_show_gives_the_original_with_a_reason(workspace: Path) -> None:
    args = ["show", "calls/a.wav", "--workspace", str(workspace), "--unmasked"]
    assert CliRunner().invoke(app, args).exit_code == 2
    result = CliRunner().invoke(app, [*args, "--reason", "投诉"])
    assert "一三八零零一三五五二一" in result.output
    assert json.loads((workspace / LOG_NAME).read_text(encoding="utf-8"))["reason"] == "投诉"


def test_a_setting_does_without_the_reason(workspace: Path, tmp_path: Path) -> None:
    settings = tmp_path / "settings.yaml"
    settings.write_text("masking: {unmasked_allowed: true}", encoding="utf-8")
    args = ["show", "calls/a.wav", "--workspace", str(workspace), "--unmasked", "--settings", str(settings)]
    assert "一三八零零一三五五二一" in CliRunner().invoke(app, args).output
    assert (workspace / LOG_NAME).exists()
