"""What the plain tools made of recordings: computed once a recording, kept as JSON in a folder."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from pydantic import TypeAdapter, ValidationError

from callqa.audio.decode import decode, hash_file
from callqa.data import Turn, Utterance, Word
from callqa.errors import CallqaError, InvalidFileError
from callqa.evaluation.compare import Comparison, compare_heard
from callqa.evaluation.speech import Heard
from callqa.evaluation.stock import RATE_HZ, Samples, StockTools, words_by_turn
from callqa.evaluation.truth import Truth

WHOLE_CALL, STOCK_TURNS = "plain, whole call", "plain, by turns"
"""Two ways to join the plain tools: all words at once, given to turns by their times; and the
words of each of the plain pipeline's turns for itself."""

_FORMAT = 1
_MIN_TURN = 0.1
_ID_LENGTH = 16


@dataclass(frozen=True, slots=True)
class StockResult:
    """One recording by the plain tools. `by_turns` are the utterances recognised turn by turn."""

    duration: float
    language: str
    turns: tuple[Turn, ...]
    whole: tuple[Word, ...]
    by_turns: tuple[Utterance, ...]


class Tools(Protocol):
    """The two plain tools (`callqa.evaluation.stock.StockTools`)."""

    def transcribe(
        self, samples: Samples, sample_rate_hz: int, language: str | None, vad_filter: bool = True
    ) -> list[Word]: ...

    def diarize(self, samples: Samples, sample_rate_hz: int) -> list[Turn]: ...


class StockFolder:
    """A folder of results, one JSON file a recording, named by its content. Another run goes on
    where one was stopped."""

    def __init__(self, folder: Path, tools: Callable[[], Tools] = StockTools) -> None:
        self._folder = folder
        self._make_tools = tools
        self._tools: Tools | None = None

    def has(self, audio: Path) -> bool:
        """Whether a recording's result is kept already."""
        return self._file(audio).is_file()

    def result(self, audio: Path, language: str) -> StockResult:
        """A recording's result, computed and kept where it is not there yet. Raises
        `InvalidFileError` for a file in the folder that is none, `AudioError` for a recording
        that cannot be read."""
        path = self._file(audio)
        if not path.is_file():
            self._keep(path, audio, self._compute(audio, language))
        try:
            plain = json.loads(path.read_text(encoding="utf-8"))
            if plain.get("format") != _FORMAT:
                raise InvalidFileError(f"{path} is of another version.", "Remove it; it is made again.")
            return TypeAdapter(StockResult).validate_python(plain["result"])
        except (OSError, ValueError, KeyError, ValidationError) as error:
            raise InvalidFileError(
                f"{path} is no result of the plain tools.", "Remove it; it is made again."
            ) from error

    def _file(self, audio: Path) -> Path:
        return self._folder / f"{hash_file(audio)[:_ID_LENGTH]}.json"

    def _compute(self, audio: Path, language: str) -> StockResult:
        if self._tools is None:
            self._tools = self._make_tools()
        decoded = decode(audio, RATE_HZ)
        mono = decoded.samples.mean(axis=0)
        turns = sorted(self._tools.diarize(mono, RATE_HZ), key=lambda turn: turn.start)
        whole = self._tools.transcribe(mono, RATE_HZ, language)
        utterances = []
        for turn in turns:
            if turn.duration < _MIN_TURN:
                continue
            piece = mono[int(turn.start * RATE_HZ) : int(turn.end * RATE_HZ)]
            # The turn is speech already: voice activity detection could only lose some of it.
            words = self._tools.transcribe(piece, RATE_HZ, language, vad_filter=False)
            if words:
                moved = tuple(
                    Word(word.start + turn.start, word.end + turn.start, word.text, word.probability)
                    for word in words
                )
                joiner = "" if language == "zh" else " "
                utterances.append(Utterance(turn.start, turn.end, turn.speaker, moved, joiner=joiner))
        return StockResult(decoded.duration, language, tuple(turns), tuple(whole), tuple(utterances))

    def _keep(self, path: Path, audio: Path, result: StockResult) -> None:
        from callqa.store.codec import to_plain

        plain: Mapping[str, Any] = {
            "format": _FORMAT,
            "file": audio.name,
            "result": to_plain(result),
        }
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            # Whole or not at all: a run that is stopped leaves no half of a file.
            unfinished = path.with_suffix(".unfinished")
            unfinished.write_text(json.dumps(plain, ensure_ascii=False) + "\n", encoding="utf-8")
            os.replace(unfinished, path)
        except OSError as error:
            raise CallqaError(
                f"{path} cannot be written: {error.strerror}.", "Choose another folder."
            ) from error


def compare_stock(truth: Truth, result: StockResult) -> dict[str, Comparison]:
    """Both ways of the plain tools against a reference."""
    whole = tuple(words_by_turn(result.whole, result.turns, result.language))
    return {
        name: compare_heard(truth, Heard(result.language, result.duration, result.turns, utterances))
        for name, utterances in ((WHOLE_CALL, whole), (STOCK_TURNS, result.by_turns))
    }
