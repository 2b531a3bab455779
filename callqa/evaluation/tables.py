"""Comparisons as tables, for a terminal and for Markdown alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from callqa.evaluation.compare import Comparison
from callqa.evaluation.counts import Found
from callqa.evaluation.saved import Systems
from callqa.evaluation.summary import Figure, agree, pool, risks
from callqa.evaluation.targets import Target, show_number, show_value

if TYPE_CHECKING:
    from rich.console import Console

    from callqa.evaluation.differences import TurnDifference

LEGEND = (
    "talk share, rate: difference from the truth. greeting, forbidden, jargon (right status), agent's "
    "interruptions: right / missed / false. text: character error (Mandarin) or word error (English) "
    "of each party's own words in their order, since words that overlap have no order among them; "
    "in time: the same over all words by their times. DER with overlap scored, collar 0 and 0.25 s "
    "each side. lost: share of true speech without words that is not listed as untranscribed. "
    "invented: words where nobody speaks and longer insertions that nobody said."
)
INTERVALS = (
    "Pooled over calls; in brackets 95 % intervals of a bootstrap that draws dialogues, since calls of "
    "one dialogue are not independent samples. '-': the reference, or the system, says nothing of it."
)

# What tells most about a condition in one row.
_HEADLINES = {
    "roles wrong": "roles wrong",
    "roles uncertain": "uncertain",
    "DER, collar 0.25": "DER 0.25",
    "text error": "text",
    "text error, in order of time": "in time",
    "speech lost": "lost",
    "invented per hour": "invented/h",
    "talk share, mean error": "talk share",
    "greeting F1": "greeting F1",
    "jargon F1": "jargon F1",
    "agent interruption F1": "interr. F1",
    "verdicts that agree": "verdicts",
}


@dataclass(frozen=True, slots=True)
class Grid:
    """A table as text. The first `num_names` columns are names, the others numbers."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    num_names: int = 1

    def print(self, console: Console) -> None:
        """In a terminal."""
        from rich.box import SIMPLE_HEAD
        from rich.table import Table

        # A title of the table's own would be broken to the table's width.
        console.print(f"\n{self.title}", style="bold", markup=False, highlight=False, soft_wrap=True)
        table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
        for index, column in enumerate(self.header):
            table.add_column(column, justify="left" if index < self.num_names else "right")
        for row in self.rows:
            table.add_row(*row)
        console.print(table, markup=False, highlight=False)

    def markdown(self) -> str:
        """As a Markdown table, its title not included."""
        marks = ["---"] * self.num_names + ["--:"] * (len(self.header) - self.num_names)
        # Blanks before a name are lost in Markdown.
        rows = [
            (row[0].replace("  ", "– ", 1) if row[0].startswith("  ") else row[0], *row[1:])
            for row in self.rows
        ]
        lines = [self.header, tuple(marks), *rows]
        return "\n".join(f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in lines)


def size_of(calls: Sequence[Comparison]) -> str:
    """How many calls and dialogues, and how long they are."""
    num_dialogues = len({dialogue for call in calls for dialogue in call.dialogues})
    hours = sum(call.duration for call in calls) / 3600
    return (
        f"{len(calls)} call{'' if len(calls) == 1 else 's'} of {num_dialogues} "
        f"dialogue{'' if num_dialogues == 1 else 's'}, {hours:.2f} h"
    )


def calls_grid(title: str, calls: Sequence[Comparison]) -> Grid:
    """One row a call, the worst first."""
    rows = []
    for call in sorted(calls, key=lambda item: -item.trouble):
        rows.append(
            (
                call.id,
                call.condition or "-",
                _status(call),
                "-" if call.talk_share_error is None else f"{call.talk_share_error:+.3f}",
                "-" if call.rate_error is None else f"{call.rate_error:+.1%}",
                _counts(call.whole_greeting),
                _counts(call.forbidden),
                _counts(call.jargon),
                _counts(call.interruptions),
                show_number(call.text.rate if call.text else None, "share"),
                show_number(call.text_in_time.rate if call.text_in_time else None, "share"),
                *(
                    show_number(call.speakers[collar].rate if call.speakers else None, "share")
                    for collar in ("0", "0.25")
                ),
                "-" if call.speech is None else f"{call.speech.lost:.1f} s",
                "-" if call.invented is None else str(call.invented.outside + call.invented.runs),
            )
        )
    header = (
        "call", "condition", "roles", "talk share", "rate", "greeting", "forbidden", "jargon", "interrupt.",
        "text", "in time", "DER 0", "DER .25", "lost", "invented",
    )  # fmt: skip
    return Grid(title, header, tuple(rows), 3)


def figures_grid(title: str, systems: Systems) -> Grid:
    """Every figure that any system has, a column a system. All columns have to be over the same
    calls (`callqa.evaluation.saved.shared`)."""
    pooled = {name: pool(calls) for name, calls in systems.items()}
    rows = []
    for figures in zip(*pooled.values(), strict=True):
        if any(figure.value is not None for figure in figures):
            rows.append((figures[0].name, *(_with_interval(figure) for figure in figures)))
    return Grid(title, ("figure", *pooled), tuple(rows))


def conditions_grid(title: str, systems: Systems) -> Grid:
    """One row a condition and system, with the figures that tell most; conditions in order of
    their names, with languages and wordings apart."""
    first = next(iter(systems.values()), ())
    keys = sorted({_condition(call) for call in first})
    rows = []
    columns: dict[str, bool] = dict.fromkeys(_HEADLINES, False)
    for key in keys:
        for index, (name, calls) in enumerate(systems.items()):
            chosen = [call for call in calls if _condition(call) == key]
            figures = {figure.name: figure for figure in pool(chosen)}
            for column in columns:
                columns[column] = columns[column] or figures[column].value is not None
            label = (*key, str(len(chosen))) if index == 0 else ("", "", "", "")
            rows.append((label, name, {column: show_value(figures[column]) for column in columns}))
    kept = [column for column, has in columns.items() if has]
    return Grid(
        title,
        ("condition", "language", "wording", "calls", "system", *(_HEADLINES[column] for column in kept)),
        tuple((*label, name, *(cells[column] for column in kept)) for label, name, cells in rows),
        5,
    )


def verdicts_grid(title: str, calls: Sequence[Comparison]) -> Grid | None:
    """Agreement of verdicts per criterion; None where no reference has verdicts."""
    rows = tuple(
        (
            item.criterion,
            str(item.num_calls),
            show_number(item.agreement, "share"),
            show_number(item.unsure_share, "share"),
            f"{item.num_false} of {item.num_not_met}",
            ", ".join(f"{pair}: {count}" for pair, count in item.confusion.items() if _differs(pair)),
        )
        for item in agree(calls)
    )
    header = ("criterion", "calls", "agree", "unsure", "not_met wrongly", "where they differ")
    return Grid(title, header, rows) if rows else None


def risks_grid(title: str, calls: Sequence[Comparison]) -> Grid | None:
    """Risk and coverage per criterion; None where no reference has verdicts."""
    rows = tuple(
        (
            item.criterion,
            str(item.num_given + item.num_withheld),
            show_number(item.coverage, "share"),
            show_number(item.risk, "share"),
            f"{show_number(item.accusation_risk, 'share')} ({item.num_accused})",
            f"{item.num_kept_back} of {item.num_withheld - item.num_blank}",
            show_number(item.risk_without, "share"),
            show_number(item.accusation_risk_without, "share"),
        )
        for item in risks(calls)
    )
    header = (
        "criterion",
        "verdicts",
        "given",
        "wrong, of given",
        "not_met wrongly, of given",
        "withheld that were wrong",
        "wrong, if all were given",
        "not_met wrongly, if all",
    )
    return Grid(title, header, rows) if rows else None


def targets_grid(title: str, targets: Sequence[Target]) -> Grid:
    """Each target, met or missed, or ``-`` where there was nothing to tell by."""
    marks: Mapping[bool | None, str] = {True: "met", False: "missed", None: "-"}
    rows = tuple((target.name, target.found, marks[target.met]) for target in targets)
    return Grid(title, ("target", "found", ""), rows)


def print_differences(
    console: Console, call: Comparison, differences: Sequence[TurnDifference], whole: bool
) -> None:
    """What differs in one call, each with the time to play: findings first, then turns with
    reference beside result, all of them where `whole` is true."""
    console.print(f"\n{call.id} ({call.file})", style="bold", markup=False, highlight=False)
    for line in call.details:
        console.print(f"  {line}", markup=False, highlight=False)
    num_right = 0
    for turn in differences:
        if not turn.num_errors and not whole:
            num_right += 1
            continue
        said, heard = turn.lines()
        place = f"{call.id} {turn.start:.1f}-{turn.end:.1f}"
        console.print(f"  {place} {turn.party}: {turn.num_errors} errors", markup=False, highlight=False)
        console.print(f"    said  {said}", markup=False, highlight=False, soft_wrap=True)
        console.print(f"    heard {heard}", markup=False, highlight=False, soft_wrap=True)
    if num_right:
        console.print(f"  {num_right} other turns without an error", markup=False, highlight=False)


def _with_interval(figure: Figure) -> str:
    shown = show_value(figure)
    if figure.value is None or figure.low is None or figure.high is None:
        return shown
    low, high = show_number(figure.low, figure.kind), show_number(figure.high, figure.kind)
    return f"{shown} ({low.rstrip('%')}–{high.rstrip('%')})"


def _condition(call: Comparison) -> tuple[str, str, str]:
    return call.condition or "-", call.language, call.wording or "-"


def _status(call: Comparison) -> str:
    roles = call.roles or "-"
    return roles if call.status == "scored" else f"{roles}, {call.status}"


def _differs(pair: str) -> bool:
    expected, _, given = pair.partition(" → ")
    return expected != given


def _counts(found: Found | None) -> str:
    return "-" if found is None else f"{found.right}/{found.missed}/{found.false}"
