"""`callqa evaluate`: accuracy against references, evidence heard again, speed against plain tools."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from callqa.errors import EXIT_FAILURE, UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from callqa.evaluation.run import Evaluation

_DEFAULT_TRUTH = Path("samples/truth")
_WIDTH_OF_FILES = 180


def evaluate_command(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="PATH…",
            help="Truth files, folders of them, or recordings with RTTM, STM or text files of the same "
            f"name; with --speed recordings; with --quotes calls. [default: {_DEFAULT_TRUTH}]",
        ),
    ] = None,
    workspace: Annotated[
        Path, typer.Option("--workspace", metavar="DIR", help="Folder with the scored calls.")
    ] = Path("callqa-workspace"),
    split: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only calls whose truth is of this split.")
    ] = None,
    references: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Folder with the RTTM, STM and text files, where not beside the recordings."
        ),
    ] = None,
    real: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="YAML that names sets of recordings with their references (docs/evaluation.md); those "
            "that are not scored yet are scored first.",
        ),
    ] = None,
    stock: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Beside callqa, plain faster-whisper and pyannote.audio. Their results are kept in this "
            "folder, and computed where it lacks them: about a call's length for each on two cores.",
        ),
    ] = None,
    against: Annotated[
        list[str] | None,
        typer.Option(
            metavar="[NAME=]FILE",
            help="Beside callqa, what --json wrote earlier. More than once: a column each.",
        ),
    ] = None,
    json_out: Annotated[
        Path | None,
        typer.Option("--json", metavar="FILE", help="Write calls and figures to this file as well."),
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Write a Markdown document with all tables, as docs/accuracy.md is."
        ),
    ] = None,
    real_results: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="For --report: what --json wrote of real voices."),
    ] = None,
    notes: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="For --report: Markdown to end it with. [default: NAME-notes.md beside the report]",
        ),
    ] = None,
    worst: Annotated[
        int,
        typer.Option(metavar="N", min=0, help="Show what differs in the N worst calls, turn by turn."),
    ] = 0,
    details: Annotated[
        bool, typer.Option("--details", help="Show what differs in every call, turn by turn.")
    ] = False,
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

    from callqa.evaluation.saved import write_json

    console = Console()
    if not console.is_terminal:
        # A pipe or file has no width of its own, and cells cut to 80 columns could not be read.
        console = Console(width=_WIDTH_OF_FILES)
    chosen = [
        name for name, is_given in (("--speed", speed), ("--quotes", quotes), ("--real", real)) if is_given
    ]
    if len(chosen) > 1:
        raise UsageError(f"{' and '.join(chosen)} are different things.", "Give one of them.")
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
        if real is not None and paths:
            raise UsageError("--real names its recordings itself.", "Leave the paths out.")
        result = _evaluate(
            paths or [_DEFAULT_TRUTH],
            workspace,
            console,
            split=split,
            beside=references,
            real=real,
            stock=stock,
            against=against or [],
            report=report,
            real_results=real_results,
            notes=notes,
            worst=worst,
            details=details,
        )
    if json_out is not None:
        write_json(json_out, result)
    if strict and not result["met"]:
        raise typer.Exit(EXIT_FAILURE)


def _evaluate(
    paths: list[Path],
    workspace: Path,
    console: Console,
    *,
    split: str | None,
    beside: Path | None,
    real: Path | None,
    stock: Path | None,
    against: list[str],
    report: Path | None,
    real_results: Path | None,
    notes: Path | None,
    worst: int,
    details: bool,
) -> dict[str, Any]:
    from callqa.evaluation.references import find_references
    from callqa.evaluation.run import evaluate
    from callqa.evaluation.saved import load_against, load_systems, write_text

    earlier = dict(load_against(spec) for spec in against)
    others = load_systems(real_results) if real_results is not None else None
    if real is None:
        found = find_references(paths, beside, split)
    else:
        from callqa.evaluation.real import prepare

        found = prepare(real, workspace, console)
    look = len(found) if details else worst
    evaluation = evaluate(found, workspace, against=earlier, stock_folder=stock, console=console, look=look)
    _print(console, evaluation, whole=details)
    if report is not None:
        from callqa.evaluation.report import write_report

        hand_written = notes or report.with_name(f"{report.stem}-notes.md")
        text = hand_written.read_text(encoding="utf-8") if hand_written.is_file() else None
        write_text(report, write_report(evaluation, others, text))
        console.print(f"written: {report}", markup=False, highlight=False)
    return evaluation.as_json()


def _print(console: Console, evaluation: Evaluation, whole: bool) -> None:
    from callqa.evaluation import tables
    from callqa.evaluation.saved import CALLQA, shared

    for title, systems in evaluation.groups():
        calls = systems[CALLQA]
        size = f"{title}: {tables.size_of(calls)}"
        if any(call.agrees for call in calls):
            size += "; text error is disagreement with recognised words"
        if "wording" not in title:
            tables.calls_grid(f"{title}, worst first", calls).print(console)
        tables.figures_grid(size, systems).print(console)
    console.print(tables.LEGEND, markup=False, highlight=False)
    console.print(tables.INTERVALS, markup=False, highlight=False)
    systems = shared(evaluation.systems)
    if len({call.condition for call in systems[CALLQA]}) > 1:
        tables.conditions_grid("By condition", systems).print(console)
    for grid in (
        tables.verdicts_grid("Verdicts", evaluation.calls),
        tables.risks_grid("Risk and coverage", evaluation.calls),
    ):
        if grid is not None:
            grid.print(console)
    if evaluation.targets:
        tables.targets_grid("Targets", evaluation.targets).print(console)
    by_id = {call.id: call for call in evaluation.calls}
    for call, differences in evaluation.differences.items():
        tables.print_differences(console, by_id[call], differences, whole)


def _needs_paths(paths: list[Path] | None, message: str, example: str) -> None:
    if not paths:
        raise UsageError(message, f"For example: {example}")
