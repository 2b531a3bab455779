"""The options of `callqa report`. What it does stands in `callqa.commands.report`, imported only when
it runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, cast

import typer

from callqa.commands.options import (
    DEFAULT_WORKSPACE,
    First,
    Last,
    ModulesFile,
    PeriodWord,
    Queue,
    RulesFile,
    SettingsFile,
    Workspace,
)

Output = Annotated[
    Path | None,
    typer.Option(
        "--output", "-o", metavar="FILE|DIR", help="File to write, or a folder; the current folder without."
    ),
]
Format = Annotated[str, typer.Option("--format", metavar="html|xlsx|both", help="What to write.")]
Language = Annotated[
    str | None,
    typer.Option("--lang", metavar="zh|en", help="Language of the report; else that of the calls."),
]
Audio = Annotated[
    str,
    typer.Option(
        "--audio",
        metavar="embed|link|none",
        help="Put short sounds with personal data covered into the page, link to the recording as it is, "
        "or neither.",
    ),
]
Pages = Annotated[bool, typer.Option("--pages", help="Write the calls' own pages beside it, linked.")]

report_app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Reports as HTML that opens offline and prints, and as workbooks.",
    epilog="Example: callqa report team --period month -o reports",
)


@report_app.command("call", epilog="Example: callqa report call 3fa9c1d2 --lang zh -o reports")
def call(
    calls: Annotated[
        list[str], typer.Argument(metavar="CALL…", help="Ids, beginnings of ids, or paths as given.")
    ],
    output: Output = None,
    fmt: Format = "html",
    language: Language = None,
    audio: Audio = "embed",
    settings: SettingsFile = None,
    workspace: Workspace = DEFAULT_WORKSPACE,
) -> None:
    """Write a call's scorecard: verdicts with evidence to play, the words, what could not be heard."""
    from callqa.commands.report import ReportOptions, report_calls

    report_calls(calls, ReportOptions(workspace, output, fmt, language, _audio(audio), settings))


@report_app.command("agent", epilog="Example: callqa report agent 李娜 --period month -o reports")
def agent(
    agents: Annotated[
        list[str] | None, typer.Argument(metavar="AGENT…", help="Names or numbers; everybody without.")
    ] = None,
    period: PeriodWord = None,
    first: First = None,
    last: Last = None,
    queue: Queue = None,
    output: Output = None,
    fmt: Format = "html",
    language: Language = None,
    audio: Audio = "embed",
    pages: Pages = False,
    rules: RulesFile = None,
    modules: ModulesFile = None,
    settings: SettingsFile = None,
    workspace: Workspace = DEFAULT_WORKSPACE,
) -> None:
    """Write feedback for an agent: what goes well, what to work on with own moments, how sure it is."""
    from callqa.commands.report import ReportOptions, report_agents

    options = ReportOptions(
        workspace,
        output,
        fmt,
        language,
        _audio(audio),
        settings,
        period,
        first,
        last,
        queue,
        rules,
        modules,
        pages,
    )
    report_agents(agents or (), options)


@report_app.command("team", epilog="Example: callqa report team --period 2025-03 --format both -o reports")
def team(
    period: PeriodWord = None,
    first: First = None,
    last: Last = None,
    queue: Queue = None,
    output: Output = None,
    fmt: Format = "html",
    language: Language = None,
    rules: RulesFile = None,
    modules: ModulesFile = None,
    settings: SettingsFile = None,
    workspace: Workspace = DEFAULT_WORKSPACE,
) -> None:
    """Write the team's report: levels by agent and behaviour, trend, who needs which module."""
    from callqa.commands.report import ReportOptions, report_team

    options = ReportOptions(
        workspace, output, fmt, language, "none", settings, period, first, last, queue, rules, modules
    )
    report_team(options)


@report_app.command("day", epilog="Example: callqa report day 2025-03-04 --format both --pages -o reports")
def day(
    when: Annotated[
        str,
        typer.Argument(metavar="DAY", help="Like 2025-03-04, or today, yesterday, last (the newest)."),
    ],
    queue: Queue = None,
    output: Output = None,
    fmt: Format = "html",
    language: Language = None,
    audio: Audio = "embed",
    pages: Pages = False,
    settings: SettingsFile = None,
    workspace: Workspace = DEFAULT_WORKSPACE,
) -> None:
    """Write a day's calls for quality staff: what needs a person first, then the rest."""
    from callqa.commands.report import ReportOptions, report_day

    options = ReportOptions(
        workspace, output, fmt, language, _audio(audio), settings, queue=queue, pages=pages
    )
    report_day(when, options)


def _audio(word: str) -> Any:
    from callqa.errors import UsageError

    if word not in ("embed", "link", "none"):
        raise UsageError(f"--audio {word!r} is none.", "Write embed, link or none.")
    return cast(Any, word)
