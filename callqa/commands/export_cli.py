"""The options of `callqa export`. What it does stands in `callqa.commands.export`, imported only when
it runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from callqa.commands.options import DEFAULT_WORKSPACE, First, Last, PeriodWord, Queue, SettingsFile, Workspace

TableFile = Annotated[
    Path, typer.Option("--output", "-o", metavar="FILE", help="File to write, .csv or .parquet.")
]

export_app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Tables (CSV, Parquet) and xAPI statements for other systems.",
    epilog="Example: callqa export verdicts --period month -o verdicts.csv",
)


@export_app.command("calls", epilog="Example: callqa export calls -o calls.csv")
def calls(
    output: TableFile,
    period: PeriodWord = None,
    first: First = None,
    last: Last = None,
    queue: Queue = None,
    workspace: Workspace = DEFAULT_WORKSPACE,
) -> None:
    """Write one row for each call: what it is, its score."""
    _table("calls", output, period, first, last, queue, workspace)


@export_app.command("verdicts", epilog="Example: callqa export verdicts --period 2025-03 -o verdicts.parquet")
def verdicts(
    output: TableFile,
    period: PeriodWord = None,
    first: First = None,
    last: Last = None,
    queue: Queue = None,
    workspace: Workspace = DEFAULT_WORKSPACE,
) -> None:
    """Write one row for each criterion of each call."""
    _table("verdicts", output, period, first, last, queue, workspace)


@export_app.command("measures", epilog="Example: callqa export measures -o measures.csv")
def measures(
    output: TableFile,
    period: PeriodWord = None,
    first: First = None,
    last: Last = None,
    queue: Queue = None,
    workspace: Workspace = DEFAULT_WORKSPACE,
) -> None:
    """Write one row for each number of each measure of each call."""
    _table("measures", output, period, first, last, queue, workspace)


@export_app.command(
    "xapi", epilog="Example: callqa export xapi --homepage https://hr.example.com -o statements.jsonl"
)
def xapi(
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="File to write, one statement a line.")
    ],
    homepage: Annotated[
        str | None,
        typer.Option(metavar="URL", help="The system that the agents' numbers are accounts of."),
    ] = None,
    period: PeriodWord = None,
    first: First = None,
    last: Last = None,
    queue: Queue = None,
    settings: SettingsFile = None,
    workspace: Workspace = DEFAULT_WORKSPACE,
) -> None:
    """Write xAPI 1.0.3 statements about scored calls and coaching sessions."""
    from callqa.commands.export import ExportOptions, export_xapi

    export_xapi(ExportOptions(workspace, output, period, first, last, queue), homepage, settings)


def _table(
    table: str,
    output: Path,
    period: str | None,
    first: str | None,
    last: str | None,
    queue: str | None,
    workspace: Path,
) -> None:
    from callqa.commands.export import ExportOptions, export_table

    export_table(table, ExportOptions(workspace, output, period, first, last, queue))
