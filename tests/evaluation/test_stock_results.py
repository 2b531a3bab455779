from __future__ import annotations

import json
import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from callqa.data import Turn, Word
from callqa.errors import InvalidFileError
from callqa.evaluation.references import Reference
from callqa.evaluation.run import evaluate
from callqa.evaluation.saved import CALLQA
from callqa.evaluation.stock_results import STOCK_TURNS, WHOLE_CALL, StockFolder, compare_stock
from callqa.evaluation.truth import Truth


class Tools:
    """Two turns, and words that tell how they were asked for."""

    calls = 0

    def diarize(self, samples: Any, sample_rate_hz: int) -> list[Turn]:
        Tools.calls += 1
        return [Turn(0.5, 4.5, "B"), Turn(0.0, 0.05, "C"), Turn(5.0, 12.0, "A")]

    def transcribe(
        self, samples: Any, sample_rate_hz: int, language: str | None, vad_filter: bool = True
    ) -> list[Word]:
        if vad_filter:
            return [Word(1.0, 1.4, "您好", 0.9)]
        return [Word(0.0, 0.5, f"{len(samples) / sample_rate_hz:.0f}", 0.9)]


@pytest.fixture
def audio(tmp_path: Path) -> Path:
    path = tmp_path / "zh99.wav"
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", "NONE"))
        file.writeframes(np.random.default_rng(0).integers(-300, 300, 8000 * 13, dtype="<i2").tobytes())
    return path


def test_a_result_is_computed_once_and_kept(tmp_path: Path, audio: Path) -> None:
    Tools.calls = 0
    folder = StockFolder(tmp_path / "stock", Tools)
    assert not folder.has(audio)
    result = folder.result(audio, "zh")
    assert folder.has(audio)
    assert StockFolder(tmp_path / "stock", Tools).result(audio, "zh") == result
    assert Tools.calls == 1
    assert [turn.speaker for turn in result.turns] == ["C", "B", "A"]
    # Turn by turn, times are the recording's; too short a turn is left out.
    assert [(item.speaker, item.text, item.words[0].start) for item in result.by_turns] == [
        ("B", "4", 0.5), ("A", "7", 5.0),
    ]  # fmt: skip


def test_a_broken_file_is_named(tmp_path: Path, audio: Path) -> None:
    folder = StockFolder(tmp_path / "stock", Tools)
    folder.result(audio, "zh")
    (path,) = (tmp_path / "stock").iterdir()
    path.write_text(json.dumps({"format": 1}), encoding="utf-8")
    with pytest.raises(InvalidFileError, match=path.name):
        folder.result(audio, "zh")


def test_both_ways_are_compared_with_the_same_truth(tmp_path: Path, audio: Path, truth: Truth) -> None:
    result = StockFolder(tmp_path / "stock", Tools).result(audio, "zh")
    found = compare_stock(truth, result)
    whole, turns = found[WHOLE_CALL], found[STOCK_TURNS]
    assert whole.text is not None
    assert turns.text is not None
    assert (whole.text.deleted, whole.text.substituted) == (48, 0)
    assert (turns.text.deleted, turns.text.substituted) == (48, 2)
    assert whole.speakers == turns.speakers
    assert whole.speech is not None
    assert whole.speech.lost > 15
    assert (whole.roles, whole.greeting, whole.jargon, whole.verdicts) == (None, None, None, ())


def test_stock_columns_stand_beside_callqas(tmp_path: Path, audio: Path, truth: Truth, analyse: Any) -> None:
    import hashlib

    from callqa.data import Recording
    from callqa.store import CallKeys, Store

    digest = hashlib.sha256(audio.read_bytes()).hexdigest()
    StockFolder(tmp_path / "stock", Tools).result(audio, "zh")
    with Store.open(tmp_path / "ws", create=True) as store:
        analysis = analyse(recording=Recording(digest[:16], str(audio), 40.0, 8000, 1))
        store.save(analysis, CallKeys(digest, "facts", "judge"), str(audio))
    reference = Reference(tmp_path / "zh99.json", truth, audio)
    evaluation = evaluate([reference], tmp_path / "ws", stock_folder=tmp_path / "stock")
    assert list(evaluation.systems) == [CALLQA, WHOLE_CALL, STOCK_TURNS]
    assert [target.met for target in evaluation.targets if "plain" in target.name] == [True]
