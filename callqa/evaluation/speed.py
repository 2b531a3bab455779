"""callqa and the plain tools on the same recordings, in one run, each in a process of its own."""

from __future__ import annotations

import multiprocessing
import os
import resource
import sys
import tempfile
import time
import wave
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from callqa.data import CallRequest, Turn, Utterance
from callqa.errors import CallqaError, UsageError
from callqa.evaluation.references import find_references, load_rttm
from callqa.evaluation.truth import Speech, Truth

if TYPE_CHECKING:
    from rich.console import Console

Side = Literal["callqa", "plain"]
SIDES: tuple[Side, ...] = ("callqa", "plain")
TARGET_RATIO = 3.0
TARGET_MEMORY_MB = 2500.0

_THREAD_VARIABLES = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
_COLUMNS = (
    "recording",
    "length",
    "callqa",
    "plain",
    "ratio",
    "callqa text",
    "plain text",
    "callqa DER",
    "plain DER",
)


@dataclass(frozen=True, slots=True)
class Run:
    """One recording by one side. `seconds` is wall-clock time end to end, from the file to the
    scorecard or to words and speakers, the models being loaded."""

    path: str
    seconds: float
    duration: float
    turns: tuple[Turn, ...]
    utterances: tuple[Utterance, ...]


@dataclass(frozen=True, slots=True)
class SideResult:
    """All recordings by one side, the seconds it took to load its models before them, and its
    process's largest resident size."""

    runs: tuple[Run, ...]
    loading: float
    peak_memory_mb: float

    @property
    def seconds(self) -> float:
        """All recordings together."""
        return sum(run.seconds for run in self.runs)


def run_speed(
    console: Console,
    paths: Sequence[Path],
    threads: int,
    truth_folder: Path | None,
    rttm: Path | None = None,
) -> dict[str, Any]:
    """Time both sides, print the table, and return it JSON-ready. ``met``: callqa is at least
    three times faster and stays under 2.5 GB.

    Recordings named in a truth of `truth_folder` get error rates; `rttm` says who spoke when in
    the only recording. Raises `CallqaError` where a side fails.
    """
    truths = _truths(paths, truth_folder)
    languages = {path: truth.language for path, truth in truths.items() if truth.language}
    references = {path: truth.speakers or () for path, truth in truths.items()}
    if rttm is not None:
        if len(paths) != 1:
            raise UsageError("--rttm is for one recording.", "Name one recording, or leave --rttm out.")
        references[str(paths[0])] = load_rttm(rttm)
    names = [str(path) for path in paths]
    results: dict[Side, SideResult] = {}
    for side in SIDES:
        console.print(f"{side}: {len(paths)} recordings, {threads} threads …")
        results[side] = run_side(side, names, threads, languages)
    return _report(console, results, truths, references, threads)


def run_side(side: Side, paths: Sequence[str], threads: int, languages: Mapping[str, str]) -> SideResult:
    """All recordings by one side, in a fresh process with so many threads."""
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    with _environment(dict.fromkeys(_THREAD_VARIABLES, str(threads))):
        process = context.Process(target=_work, args=(side, list(paths), threads, dict(languages), sender))
        process.start()
    sender.close()
    try:
        result = receiver.recv()
    except EOFError:
        result = CallqaError(f"The process that timed {side} died.", "Is there enough memory?")
    process.join()
    if isinstance(result, Exception):
        raise result
    assert isinstance(result, SideResult)
    return result


def _work(side: Side, paths: list[str], threads: int, languages: dict[str, str], sender: Connection) -> None:
    try:
        analyse = _callqa() if side == "callqa" else _plain(threads)
        started = time.perf_counter()
        with _noise() as path:
            analyse(path, "zh")
        loading = time.perf_counter() - started
        runs = []
        for path in paths:
            started = time.perf_counter()
            duration, turns, utterances = analyse(path, languages.get(path))
            runs.append(Run(path, time.perf_counter() - started, duration, turns, utterances))
        sender.send(SideResult(tuple(runs), loading, peak_memory_mb()))
    except CallqaError as error:
        sender.send(error)
    finally:
        sender.close()


@contextmanager
def _noise() -> Iterator[str]:
    """A file with two seconds of noise: enough to make either side load its models."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "noise.wav"
        with wave.open(str(path), "wb") as file:
            file.setparams((1, 2, 8000, 0, "NONE", "NONE"))
            file.writeframes(np.random.default_rng(0).integers(-3000, 3000, 16_000, dtype="<i2").tobytes())
        yield str(path)


def peak_memory_mb() -> float:
    """The largest resident size of this process so far, in MB."""
    largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return largest / (1_000_000 if sys.platform == "darwin" else 1000 / 1.024)


def _callqa() -> Any:
    from callqa.analysers import make_factory
    from callqa.config import Settings

    analyser = make_factory(Settings(), rubric=None)()

    def analyse(path: str, language: str | None) -> tuple[float, tuple[Turn, ...], tuple[Utterance, ...]]:
        judged = analyser.judge(analyser.analyse(CallRequest(path, language=language))).facts
        return judged.recording.duration, judged.turns, judged.utterances

    return analyse


def _plain(threads: int) -> Any:
    from callqa.audio.decode import decode
    from callqa.evaluation.stock import RATE_HZ, StockTools, words_by_turn

    tools = StockTools(threads)

    def analyse(path: str, language: str | None) -> tuple[float, tuple[Turn, ...], tuple[Utterance, ...]]:
        decoded = decode(Path(path), RATE_HZ)
        mono = decoded.samples.mean(axis=0)
        words = tools.transcribe(mono, RATE_HZ, language)
        turns = tools.diarize(mono, RATE_HZ)
        return decoded.duration, tuple(turns), tuple(words_by_turn(words, turns, language or "zh"))

    return analyse


def _truths(paths: Sequence[Path], folder: Path | None) -> dict[str, Truth]:
    if folder is None:
        return {}
    by_name = {item.truth.file: item.truth for item in find_references([folder])}
    return {str(path): by_name[path.name] for path in paths if path.name in by_name}


def _report(
    console: Console,
    results: Mapping[Side, SideResult],
    truths: Mapping[str, Truth],
    references: Mapping[str, Speech],
    threads: int,
) -> dict[str, Any]:
    from rich.table import Table

    table = Table(title=f"Seconds of wall clock on {threads} threads", title_justify="left")
    for column in _COLUMNS:
        table.add_column(column, justify="left" if column == "recording" else "right")
    rows = []
    for ours, theirs in zip(results["callqa"].runs, results["plain"].runs, strict=True):
        errors = {
            side: _errors(truths.get(run.path), references.get(run.path), run)
            for side, run in zip(SIDES, (ours, theirs), strict=True)
        }
        row = {
            "path": ours.path,
            "duration": ours.duration,
            "callqa_seconds": ours.seconds,
            "plain_seconds": theirs.seconds,
            "ratio": theirs.seconds / ours.seconds,
            **{f"{side}_{name}": value for side in SIDES for name, value in errors[side].items()},
        }
        rows.append(row)
        table.add_row(
            Path(ours.path).name,
            f"{ours.duration:.0f} s",
            f"{ours.seconds:.1f} s",
            f"{theirs.seconds:.1f} s",
            f"{row['ratio']:.2f}",
            *(_percent(errors[side][name]) for name in ("text", "der") for side in SIDES),
        )
    ratio = results["plain"].seconds / results["callqa"].seconds
    whole = {side: results[side].seconds + results[side].loading for side in SIDES}
    ratio_with_loading = whole["plain"] / whole["callqa"]
    table.add_row("loading models", "", *(f"{results[side].loading:.1f} s" for side in SIDES))
    table.add_row(
        "all recordings",
        f"{sum(run.duration for run in results['callqa'].runs):.0f} s",
        *(f"{results[side].seconds:.1f} s" for side in SIDES),
        f"{ratio:.2f}",
    )
    console.print(table)
    memory = {side: results[side].peak_memory_mb for side in SIDES}
    console.print(
        f"plain / callqa: {ratio:.2f} (target: at least {TARGET_RATIO:g}), with loading "
        f"{ratio_with_loading:.2f}. "
        f"Peak memory: callqa {memory['callqa']:.0f} MB (target: under {TARGET_MEMORY_MB:.0f}), plain "
        f"{memory['plain']:.0f} MB. callqa goes from the file to the scorecard, the plain tools to words and "
        "speakers. text: all words in the order of time; DER with no collar."
    )
    return {
        "threads": threads,
        "rows": rows,
        "loading_seconds": {side: results[side].loading for side in SIDES},
        "ratio": ratio,
        "ratio_with_loading": ratio_with_loading,
        "peak_memory_mb": memory,
        "met": ratio >= TARGET_RATIO and memory["callqa"] < TARGET_MEMORY_MB,
    }


def _errors(truth: Truth | None, reference: Speech | None, run: Run) -> dict[str, float | None]:
    """Text error, all words in the order of time so that wrong speakers do not count twice, and
    diarization error without and with a collar."""
    from callqa.evaluation.speech import assign_speakers, compare_text, speaker_errors

    text = None
    if truth is not None and truth.language is not None:
        parties = assign_speakers(truth.turns or (), run.turns)
        _, errors = compare_text(truth, run.utterances, parties, truth.language)
        text = errors.rate if errors else None
    speakers = speaker_errors(reference, run.duration, run.turns) if reference else None
    return {
        "text": text,
        "der": speakers["0"].rate if speakers else None,
        "der_collar_0.25": speakers["0.25"].rate if speakers else None,
    }


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{value:.1%}"


@contextmanager
def _environment(values: dict[str, str]) -> Iterator[None]:
    """Environment variables for a process that is started inside."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
