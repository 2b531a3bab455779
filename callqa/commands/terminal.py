"""What people see in a terminal: tables, progress, errors. Widths of Chinese text are counted
in cells; where the output is no terminal, lines are as long as they need to be."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from callqa.batch import Outcome
from callqa.doctor import Check
from callqa.errors import CallqaError, InvalidFileError
from callqa.reports.call_text import STATUS_WORDS, print_line, score_word, share_word, verdict_text
from callqa.rescoring import Rescored
from callqa.store import CallSummary, Failure
from callqa.weights import ModelStatus

BEHAVIOURS = ("greeting", "pace", "politeness", "listening", "jargon")
MAX_UNTRANSCRIBED_SHARE = 0.15
"""More speech without words than this is said in every list of calls."""

_PIPE_WIDTH = 250
_TABLE_WIDTH = 118
"""The table of calls needs about this many cells; narrower terminals get a block a call."""


def console(stderr: bool = False) -> Console:
    """The terminal as it is; where there is none, wide enough to lose nothing."""
    found = Console(stderr=stderr, highlight=False, markup=False, emoji=False)
    if not found.is_terminal and "COLUMNS" not in os.environ:
        found = Console(stderr=stderr, highlight=False, markup=False, emoji=False, width=_PIPE_WIDTH)
    return found


def print_error(error: CallqaError) -> None:
    """What is wrong and what to do about it, on the error stream."""
    print(f"error: {error.message}", file=sys.stderr)
    if isinstance(error, InvalidFileError):
        for problem in error.problems:
            print(f"  - {problem}", file=sys.stderr)
    if error.hint:
        print(f"hint: {error.hint}", file=sys.stderr)


def print_calls(out: Console, calls: Sequence[CallSummary]) -> None:
    """Every call with score, judged share, the five behaviours, and what is to be known."""
    names = _short_names(calls)
    ids = short_ids([call.id for call in calls])
    if out.is_terminal and out.width < _TABLE_WIDTH:
        for call in calls:
            _print_block(out, call, ids[call.id], names[call.id])
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("id", no_wrap=True)
    table.add_column("file", overflow="fold", min_width=16)
    table.add_column("agent", overflow="fold", min_width=6)
    table.add_column("score", justify="right", no_wrap=True)
    table.add_column("judged", justify="right", no_wrap=True)
    for behaviour in BEHAVIOURS:
        table.add_column(behaviour, no_wrap=True)
    table.add_column("notes", overflow="fold", min_width=12)
    for call in calls:
        table.add_row(
            ids[call.id],
            names[call.id],
            call.agent or "–",
            score_word(call.score),
            share_word(call.judged_share),
            *(verdict_text(call.verdicts.get(behaviour)) for behaviour in BEHAVIOURS),
            "; ".join(notes_of(call)),
        )
    out.print(table)


def notes_of(call: CallSummary) -> list[str]:
    """What a reader of the list has to know about a call, each in a few words."""
    notes = []
    if call.status in STATUS_WORDS:
        notes.append(STATUS_WORDS[call.status])
    elif not call.roles_certain:
        notes.append("roles uncertain")
    if call.untranscribed_share > MAX_UNTRANSCRIBED_SHARE:
        notes.append(f"{share_word(call.untranscribed_share)} of the speech not transcribed")
    if call.capped_by is not None:
        notes.append(f"capped by {call.capped_by}")
    notes += [note.rstrip(".") for note in call.recording_notes]
    notes += [f"also {path}" for path in call.paths[1:]]
    return notes


def print_models(out: Console, models: Sequence[ModelStatus]) -> None:
    """Each model: what it is for, whether it is here, how large, and its licence."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("model", "for", "state"):
        table.add_column(name, no_wrap=True)
    table.add_column("MB", justify="right", no_wrap=True)
    for name in ("licence", "what", "where"):
        table.add_column(name, overflow="fold")
    for model in models:
        table.add_row(
            model.name,
            model.entry.kind.replace("_", " "),
            Text(model.state, "green" if model.state == "present" else "red"),
            f"{model.entry.size / 1e6:.0f}",
            model.entry.licence,
            model.entry.title,
            str(model.path) if model.state == "present" else model.detail,
        )
    out.print(table)
    lacking = [model.name for model in models if model.state != "present"]
    if lacking:
        print_line(out, f"bring them in with: callqa models pull {' '.join(lacking)}")


def print_check(out: Console, check: Check) -> None:
    """One thing that was looked at, and how to mend it where it is wrong."""
    word, style = (
        ("ok", "green") if check.ok else (("missing", "red") if check.required else ("note", "yellow"))
    )
    print_line(out, Text(f"{word:<8}", style).append(f"{check.name}: {check.detail}", "default"))
    if not check.ok and check.hint:
        print_line(out, f"        {check.hint}")


def short_ids(ids: Iterable[str]) -> dict[str, str]:
    """The shortest beginnings of at least eight digits that tell these ids apart."""
    ids = list(ids)
    length = 8
    while len({item[:length] for item in ids}) < len(set(ids)):
        length += 1
    return {item: item[:length] for item in ids}


def print_failures(out: Console, failures: Sequence[Failure | Outcome]) -> None:
    """Each file that could not be scored, with the reason and what to do."""
    for failure in failures:
        names = failure.paths if isinstance(failure, Outcome) else (failure.path,)
        # A reason that already names the file need not be told the name again.
        lead = "" if os.path.normpath(names[0]) in failure.reason else f"{names[0]}: "
        also = "".join(f" (also {name})" for name in names[1:])
        print_line(out, f"  {lead}{failure.reason}{also} {failure.hint}".rstrip())


def print_changes(out: Console, changes: Sequence[Rescored]) -> None:
    """Scores and verdicts before and after, of the calls where any is another."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("id", no_wrap=True)
    table.add_column("file", overflow="fold", min_width=16)
    for name in ("before", "after", "change"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("judged", no_wrap=True)
    table.add_column("verdicts", overflow="fold", min_width=24)
    ids = short_ids([change.call_id for change in changes])
    for change in changes:
        before, after = change.before, change.after
        table.add_row(
            ids[change.call_id],
            os.path.basename(change.paths[0]) if change.paths else "–",
            score_word(before.score),
            score_word(after.score),
            _difference(before.score, after.score),
            f"{share_word(before.judged_share)} → {share_word(after.judged_share)}",
            "; ".join(_verdict_change(change, name) for name in change.changed_criteria),
        )
    out.print(table)


def _print_block(out: Console, call: CallSummary, call_id: str, name: str) -> None:
    print_line(out, Text(f"{call_id}  {name}", "bold"))
    figures = f"score {score_word(call.score)}  judged {share_word(call.judged_share)}"
    print_line(out, f"  {figures}  agent {call.agent or '–'}")
    line = Text("  ")
    for behaviour in BEHAVIOURS:
        line.append(f"{behaviour} ").append_text(verdict_text(call.verdicts.get(behaviour))).append("  ")
    print_line(out, line)
    notes = notes_of(call)
    if notes:
        print_line(out, f"  {'; '.join(notes)}")


def count(number: int, noun: str) -> str:
    """A number with its noun in the right form."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _short_names(calls: Sequence[CallSummary]) -> dict[str, str]:
    """File names, with their folders where two are alike."""
    names = {call.id: os.path.basename(call.paths[0]) if call.paths else "–" for call in calls}
    seen: dict[str, int] = {}
    for name in names.values():
        seen[name] = seen.get(name, 0) + 1
    return {
        call.id: call.paths[0] if call.paths and seen[names[call.id]] > 1 else names[call.id]
        for call in calls
    }


def _difference(before: float | None, after: float | None) -> str:
    return "–" if before is None or after is None else f"{after - before:+.1f}"


def _verdict_change(change: Rescored, name: str) -> str:
    before = {item.id: item.verdict for item in change.before.criteria}.get(name)
    after = {item.id: item.verdict for item in change.after.criteria}.get(name)
    return f"{name} {verdict_text(before).plain} → {verdict_text(after).plain}"
