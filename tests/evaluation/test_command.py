from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from callqa.data import CriterionResult, Evidence, Recording, Scorecard, Turn, Verdict, Word
from callqa.errors import CallqaError, InvalidFileError, UsageError
from callqa.evaluation.command import evaluate_command
from callqa.evaluation.quotes import check_quotes, is_contained
from callqa.evaluation.speed import peak_memory_mb
from callqa.evaluation.stock import words_by_turn
from callqa.store import CallKeys, Store
from tests.evaluation.conftest import TRUTH


@pytest.fixture
def workspace(tmp_path: Path, analyse: Any) -> Path:
    """A stored call whose audio lies beside its truth."""
    import hashlib

    truth = tmp_path / "truth"
    truth.mkdir()
    (truth / "zh99.json").write_text(json.dumps(TRUTH, ensure_ascii=False), encoding="utf-8")
    audio = tmp_path / "zh99.wav"
    audio.write_bytes(b"sound")
    digest = hashlib.sha256(b"sound").hexdigest()
    analysis = analyse(recording=Recording(digest[:16], str(audio), 40.0, 8000, 1))
    with Store.open(tmp_path / "ws", create=True) as store:
        store.save(analysis, CallKeys(digest, "facts", "judge"), str(audio))
    return tmp_path / "ws"


def run(*arguments: str) -> Any:
    app = typer.Typer()
    app.command()(evaluate_command)
    return CliRunner().invoke(app, list(arguments), env={"COLUMNS": "200"})


def test_the_table_the_targets_and_the_json(workspace: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    result = run(str(tmp_path / "truth"), "--workspace", str(workspace), "--json", str(out), "--strict")
    assert result.exit_code == 0, result.output
    assert "zh99" in result.output
    assert "roles wrong at most 1.0%" in result.output
    written = json.loads(out.read_text(encoding="utf-8"))
    assert written["met"] is True
    assert written["systems"]["callqa"][0]["forbidden"] == {"right": 1, "missed": 0, "false": 0}


def test_a_missed_target_ends_a_strict_run(workspace: Path, tmp_path: Path) -> None:
    path = tmp_path / "truth" / "zh99.json"
    path.write_text(json.dumps({**TRUTH, "talk_share": 0.9}, ensure_ascii=False), encoding="utf-8")
    arguments = [str(path), "--workspace", str(workspace)]
    assert run(*arguments).exit_code == 0
    assert run(*arguments, "--strict").exit_code == 1


def test_errors_are_shown_turn_by_turn_with_times(workspace: Path, tmp_path: Path) -> None:
    path = tmp_path / "truth" / "zh99.json"
    turns = [dict(turn) for turn in TRUTH["turns"]]
    turns[3]["text"] = "好的，谢谢。"
    changed = {**TRUTH, "turns": turns, "interruptions": []}
    path.write_text(json.dumps(changed, ensure_ascii=False), encoding="utf-8")
    output = run(str(path), "--workspace", str(workspace), "--worst", "1").output
    assert "interruption: false, the agent's at 11.0 s" in output
    assert "zh99 19.0-21.0 customer: 1 errors" in output
    assert "said  好的谢谢" in output
    assert "heard 好吧谢谢" in output
    assert "3 other turns without an error" in output
    assert "heard 您好我是" in run(str(path), "--workspace", str(workspace), "--details").output


def test_an_earlier_result_stands_beside_this_one(workspace: Path, tmp_path: Path) -> None:
    truth, saved = tmp_path / "truth", tmp_path / "before.json"
    arguments = [str(truth), "--workspace", str(workspace)]
    assert run(*arguments, "--json", str(saved)).exit_code == 0
    old = json.loads(saved.read_text(encoding="utf-8"))
    old["systems"]["callqa"][0]["roles"] = "wrong"
    saved.write_text(json.dumps(old), encoding="utf-8")
    output = run(*arguments, "--against", str(saved), "--against", f"baseline={saved}").output
    (header,) = [line.split() for line in output.splitlines() if line.split()[:1] == ["figure"]]
    assert header == ["figure", "before", "baseline", "callqa"]
    (row,) = [line.split() for line in output.splitlines() if line.strip().startswith("roles right")]
    assert row[2:] == ["0.0%", "0.0%", "100.0%"]
    saved.write_text("{}", encoding="utf-8")
    assert isinstance(run(*arguments, "--against", str(saved)).exception, InvalidFileError)


def test_the_document(workspace: Path, tmp_path: Path) -> None:
    report = tmp_path / "accuracy.md"
    (tmp_path / "accuracy-notes.md").write_text("## Causes\n\nNoise.\n", encoding="utf-8")
    result = run(str(tmp_path / "truth"), "--workspace", str(workspace), "--report", str(report))
    assert result.exit_code == 0, result.output
    text = report.read_text(encoding="utf-8")
    assert "$" not in text
    assert "1 call of 1 dialogue" in text
    assert "| Mandarin, one channel: roles wrong at most 1.0% | 0.0% | met |" in text
    assert "There were no real Mandarin customer-service recordings" in text
    assert text.endswith("## Causes\n\nNoise.\n")
    assert "| – deleted | 0.0% |" in text


def test_the_three_kinds_of_evaluation_exclude_each_other(tmp_path: Path) -> None:
    result = run("a.wav", "--speed", "--quotes")
    assert isinstance(result.exception, UsageError)
    result = run("a.wav", "--real", str(tmp_path / "sets.yaml"))
    assert isinstance(result.exception, UsageError)


def test_a_call_that_was_not_scored(workspace: Path, tmp_path: Path) -> None:
    (tmp_path / "zh99.wav").write_bytes(b"another sound")
    result = run(str(tmp_path / "truth"), "--workspace", str(workspace))
    assert isinstance(result.exception, CallqaError)
    assert "has not been scored" in result.exception.message


def test_speed_and_quotes_need_something(tmp_path: Path) -> None:
    for flag in ("--speed", "--quotes"):
        result = run(flag)
        assert isinstance(result.exception, UsageError)
        assert flag in result.exception.message


def test_quotes_are_heard_in_their_own_span(analyse: Any) -> None:
    evidence = (Evidence(13.0, 14.0, "光猫", "why"), Evidence(1.0, 2.0, "", "silence"))
    criterion = CriterionResult("jargon", Verdict.NOT_MET, 0.0, 1.0, False, "", evidence)
    analysis = analyse()
    analysis = replace(analysis, scorecard=replace(analysis.scorecard, criteria=(criterion,)))
    assert isinstance(analysis.scorecard, Scorecard)
    samples = np.arange(40 * 100, dtype=np.float32)[None]
    given: list[tuple[float, float]] = []

    def transcribe(piece: Any) -> str:
        given.append((float(piece[0]), float(piece[-1])))
        return "您的光毛坏了"

    (checked,) = check_quotes(analysis, samples, 100, transcribe)
    assert given == [(1275.0, 1424.0)]
    assert (checked.criterion, checked.quote, checked.contained) == ("jargon", "光猫", True)


@pytest.mark.parametrize(
    ("quote", "heard", "contained"),
    [
        ("没办法。", "这个我也没办法的", True),
        ("李娜", "我是李那", True),
        ("您好…可以帮您", "您好，我是李娜，有什么可以帮您", True),
        ("不归我管", "请您稍等一下", False),
    ],
)
def test_containment_goes_by_sound(quote: str, heard: str, contained: bool) -> None:
    assert is_contained(quote, heard, "zh") is contained


def test_plain_tools_words_go_to_the_turn_they_share_most_with() -> None:
    turns = [Turn(0.0, 2.0, "A"), Turn(1.5, 4.0, "B")]
    words = [Word(0.1, 0.5, "您", 1), Word(1.6, 2.4, "好", 1), Word(4.5, 4.8, "吗", 1)]
    found = words_by_turn(words, turns, "zh")
    assert [(item.speaker, item.text) for item in found] == [("A", "您"), ("B", "好吗")]
    assert words_by_turn(words, [], "zh") == []


def test_memory_is_in_megabytes() -> None:
    assert 10 < peak_memory_mb() < 100_000


def test_real_voices_have_their_own_part_of_the_document(workspace: Path, tmp_path: Path) -> None:
    truth, saved, report = tmp_path / "truth", tmp_path / "real.json", tmp_path / "accuracy.md"
    arguments = [str(truth), "--workspace", str(workspace)]
    assert run(*arguments, "--json", str(saved)).exit_code == 0
    assert run(*arguments, "--report", str(report)).exit_code == 0
    assert "## Real voices\n\nNothing was measured." in report.read_text(encoding="utf-8")
    assert run(*arguments, "--report", str(report), "--real-results", str(saved)).exit_code == 0
    real = report.read_text(encoding="utf-8").split("## Real voices")[1]
    assert "### clean\n\n1 call of 1 dialogue, 0.01 h." in real
    assert "| DER, collar 0.25 | 0.0% |" in real


def test_recordings_of_unknown_kind_are_shown_set_by_set(workspace: Path, tmp_path: Path) -> None:
    path = tmp_path / "truth" / "zh99.json"
    plain = {name: value for name, value in TRUTH.items() if name != "conditions"}
    for name, condition in (("zh99", "read"), ("zh98", "telephone")):
        changed = {**plain, "id": name, "condition": condition}
        path.with_name(f"{name}.json").write_text(json.dumps(changed, ensure_ascii=False), encoding="utf-8")
    output = run(str(path.parent), "--workspace", str(workspace)).output
    assert "read: 1 call" in output
    assert "telephone: 1 call" in output
    assert "unknown condition" not in output
