"""Options that several commands take."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

DEFAULT_WORKSPACE = Path("callqa-workspace")

Workspace = Annotated[
    Path, typer.Option("--workspace", metavar="DIR", help="Folder with the scored calls.", show_default=True)
]
SettingsFile = Annotated[
    Path | None, typer.Option("--settings", metavar="FILE", help="YAML file with settings.")
]
PeriodWord = Annotated[
    str | None,
    typer.Option(
        "--period",
        metavar="PERIOD",
        help="day, week or month (of the newest call), or 2025-03-04, 2025-W11, 2025-03, 2025-Q1, 2025.",
    ),
]
First = Annotated[str | None, typer.Option("--from", metavar="DAY", help="First day, like 2025-03-04.")]
Last = Annotated[str | None, typer.Option("--to", metavar="DAY", help="Last day.")]
Queue = Annotated[str | None, typer.Option("--queue", metavar="NAME", help="Only calls of this queue.")]
Language = Annotated[
    str | None, typer.Option("--lang", metavar="zh|en", help="Language of the texts; else that of the calls.")
]
RulesFile = Annotated[
    Path | None,
    typer.Option(
        "--rules", metavar="FILE", help="YAML file with limits and targets of coaching (docs/coaching.md)."
    ),
]
ModulesFile = Annotated[
    Path | None,
    typer.Option("--modules", metavar="FILE", help="Your own catalogue of training modules, YAML."),
]
