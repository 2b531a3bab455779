"""Comparisons as tables to read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from callqa.evaluation.compare import Comparison
from callqa.evaluation.counts import Found
from callqa.evaluation.summary import Figure, Target

if TYPE_CHECKING:
    from rich.console import Console

_COLUMNS = (
    "call",
    "roles",
    "talk share",
    "rate",
    "greeting",
    "forbidden",
    "jargon",
    "interrupt.",
    "text",
    "in time",
    "DER 0",
    "DER .25",
    "no words",
)

_LEGEND = (
    "talk share, rate: difference from the truth. greeting, forbidden, jargon (right status), "
    "interruptions: right / missed / false. text: character error (Mandarin) or word error (English) "
    "of each party's own words in their order, since words that overlap have no order among them; "
    "in time: the same over all words by their times. DER with overlap scored, collar 0 and 0.25 s "
    "each side. no words: turns over 1 s without words that are not listed as untranscribed."
)


def print_calls(console: Console, title: str, calls: Sequence[Comparison], details: bool) -> None:
    """One row a call; with `details`, every difference below."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for column in _COLUMNS:
        table.add_column(column, justify="left" if column in ("call", "roles") else "right", no_wrap=True)
    for call in calls:
        table.add_row(
            call.id,
            call.roles if call.status == "scored" else f"{call.roles}, {call.status}",
            _signed(call.talk_share_error, "{:+.3f}"),
            _signed(call.rate_error, "{:+.1%}"),
            _counts(call.greeting),
            _counts(call.forbidden),
            _counts(call.jargon),
            _counts(call.interruptions),
            _share(call.text.rate),
            _share(call.text_in_time.rate),
            _share(call.speakers["0"].rate),
            _share(call.speakers["0.25"].rate),
            str(len(call.uncovered)),
        )
    console.print(table)
    console.print(_LEGEND)
    if details:
        for call in calls:
            for line in call.details:
                console.print(f"{call.id}: {line}", highlight=False, markup=False)


def print_figures(console: Console, title: str, figures: Sequence[Figure]) -> None:
    """Pooled figures with their intervals."""
    from rich.table import Table

    table = Table("figure", "pooled", "95 % interval", title=title, title_justify="left")
    for figure in figures:
        bounds = "-" if figure.low is None or figure.high is None else f"{figure.low:.3f} … {figure.high:.3f}"
        table.add_row(figure.name, "-" if figure.value is None else f"{figure.value:.3f}", bounds)
    console.print(table)


def print_targets(console: Console, title: str, targets: Sequence[Target]) -> None:
    """Each target, met or not, and which calls break it."""
    from rich.table import Table

    table = Table("target", "found", "", "calls", title=title, title_justify="left")
    for target in targets:
        mark = "[green]met[/]" if target.met else "[red]missed[/]"
        table.add_row(target.name, target.found, mark, " ".join(target.missed_by))
    console.print(table)


def _counts(found: Found) -> str:
    return f"{found.right}/{found.missed}/{found.false}"


def _signed(value: float | None, pattern: str) -> str:
    return "-" if value is None else pattern.format(value)


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.1%}"
