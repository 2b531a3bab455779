"""`callqa evaluate`: accuracy against truth, evidence heard again, speed against plain tools."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from callqa.errors import EXIT_FAILURE, CallqaError, UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from callqa.data import CallAnalysis
    from callqa.evaluation.compare import Comparison
    from callqa.evaluation.truth import Truth
    from callqa.store import Store

_DEFAULT_TRUTH = Path("samples/truth")
_WIDTH_OF_FILES = 130


def evaluate_command(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="PATH…",
            help="Truth files or folders of them; with --speed recordings; with --quotes calls. "
            f"[default: {_DEFAULT_TRUTH}]",
        ),
    ] = None,
    workspace: Annotated[
        Path, typer.Option("--workspace", metavar="DIR", help="Folder with the scored calls.")
    ] = Path("callqa-workspace"),
    json_out: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write every figure to this file as well.")
    ] = None,
    details: Annotated[bool, typer.Option("--details", help="List every difference of every call.")] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="End with exit code 1 if a target is missed.")
    ] = False,
    speed: Annotated[
        bool, typer.Option("--speed", help="Time callqa against plain tools on the recordings given.")
    ] = False,
    quotes: Annotated[
        bool, typer.Option("--quotes", help="Cut out the evidence of the calls given and hear it again.")
    ] = False,
    threads: Annotated[
        int, typer.Option(metavar="N", min=1, help="Threads for --speed, the same for both sides.")
    ] = 2,
    truth: Annotated[
        Path,
        typer.Option(metavar="DIR", help="Folder of truth, for error rates beside the times of --speed."),
    ] = _DEFAULT_TRUTH,
    rttm: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Who speaks when in the one recording of --speed.")
    ] = None,
) -> None:
    """Measure how right and how fast callqa is.

    Holds scored calls against what is known about them: score the sample calls with
    `callqa score --manifest samples/calls.csv` first. Exit code 1 with --strict where a target is missed.
    """
    from rich.console import Console

    console = Console()
    if not console.is_terminal:
        # A pipe or file has no width of its own, and cells cut to 80 columns could not be read.
        console = Console(width=_WIDTH_OF_FILES)
    if speed and quotes:
        raise UsageError("--speed and --quotes are two different things.", "Give one of them.")
    if speed:
        _needs_paths(paths, "--speed needs recordings.", "callqa evaluate --speed call.wav")
        from callqa.evaluation.speed import run_speed

        result: dict[str, Any] = run_speed(
            console, paths or [], threads, truth if truth.is_dir() else None, rttm
        )
    elif quotes:
        _needs_paths(paths, "--quotes needs calls.", "callqa evaluate --quotes samples/zh01.wav")
        from callqa.evaluation.quotes import run_quotes

        result = run_quotes(console, [str(path) for path in paths or []], workspace)
    else:
        result = evaluate(paths or [_DEFAULT_TRUTH], workspace, console, details=details)
    if json_out is not None:
        write_json(json_out, result)
    if strict and not result["met"]:
        raise typer.Exit(EXIT_FAILURE)


def evaluate(
    paths: Sequence[Path], workspace: Path, console: Console, *, details: bool = False
) -> dict[str, Any]:
    """Compare stored calls with their truth and print one table a kind of recording: per call,
    pooled with intervals, and against the targets, which are stated for one-channel calls.

    Returns everything as JSON-ready values; ``met`` says whether all targets of the one-channel
    calls hold. Raises `CallqaError` where a truth cannot be read or a call is not stored.
    """
    from callqa.evaluation.compare import compare
    from callqa.evaluation.summary import check_targets, pool
    from callqa.evaluation.tables import print_calls, print_figures, print_targets
    from callqa.evaluation.truth import find_truths
    from callqa.store import Store

    truths = find_truths(list(paths))
    calls: list[Comparison] = []
    with Store.open(workspace) as store:
        for file, truth in truths:
            calls.append(compare(truth, stored_call(store, file, truth)))
    result: dict[str, Any] = {"calls": [asdict(call) for call in calls], "met": True}
    for group in ("one", "two"):
        chosen = [call for call in calls if call.channels == group]
        if not chosen:
            continue
        title = f"{len(chosen)} calls on {group} channel{'s' if group == 'two' else ''}"
        figures, targets = pool(chosen), check_targets(chosen)
        print_calls(console, title, chosen, details)
        print_figures(console, f"{title}, pooled", figures)
        print_targets(console, f"{title}, targets", targets)
        result[f"{group}_channel"] = {
            "figures": [asdict(figure) for figure in figures],
            "targets": [asdict(target) for target in targets],
        }
        if group == "one":
            result["met"] = all(target.met for target in targets)
    return result


def stored_call(store: Store, truth_file: Path, truth: Truth) -> CallAnalysis:
    """The stored analysis of a truth's recording, found by the recording's content, or by its
    name where the file itself is not there. Raises `CallqaError` where it was never scored."""
    from callqa.audio.decode import hash_file

    audio = find_audio(truth_file, truth)
    if audio is not None:
        known = store.known(hash_file(audio))
        if known is not None:
            return store.load(known.id).analysis
        raise CallqaError(f"{audio} has not been scored in this workspace.", f"Run: callqa score {audio}")
    return store.load(store.find(truth.file)).analysis


def find_audio(truth_file: Path, truth: Truth) -> Path | None:
    """The recording, beside its truth or one folder up."""
    for folder in (truth_file.parent, truth_file.parent.parent):
        if (folder / truth.file).is_file():
            return folder / truth.file
    return None


def write_json(path: Path, result: dict[str, Any]) -> None:
    """Write a result for other programs. Raises `CallqaError` where it cannot be written."""
    try:
        path.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise CallqaError(f"{path} cannot be written: {error.strerror}.", "Choose another place.") from error


def _needs_paths(paths: list[Path] | None, message: str, example: str) -> None:
    if not paths:
        raise UsageError(message, f"For example: {example}")
