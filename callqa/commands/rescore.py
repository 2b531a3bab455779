"""`callqa rescore`: stored calls judged by another rubric or with other lexicons, and what changes."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from callqa import analysers
from callqa.commands.rescore_changes import (
    VERDICTS,
    EvidenceChange,
    by_agent,
    by_criterion,
    changes_json,
    clock,
    evidence_changes,
    write_changes_csv,
)
from callqa.commands.terminal import console, count, print_changes, short_ids
from callqa.config import load_settings
from callqa.errors import UsageError
from callqa.mass_rescoring import Listener, RescoreResult, rescore_all
from callqa.reports.call_text import print_line, score_word, verdict_text
from callqa.rescoring import Rescored
from callqa.store import Store
from callqa.stored_judging import Asked, Judgings

LIMIT = 20
"""Rows of a table without --all."""
_QUOTE = 36


@dataclass(frozen=True, slots=True)
class RescoreOptions:
    """What `callqa rescore` was asked for."""

    asked: Asked
    dry_run: bool
    whole: bool
    show_all: bool
    csv: Path | None
    as_json: bool
    workspace: Path
    wording: bool = False


def rescore_calls(options: RescoreOptions) -> None:
    """Judge all stored calls anew and print what changed."""
    began = time.monotonic()
    out = console()
    with Store.open(options.workspace) as store:
        reworded = _reword(store, options) if options.wording else ()
        judgings = Judgings(options.asked.rubric, options.asked.settings, options.asked, store.rubrics())
        notes = _keep(store, judgings, options.dry_run)
        with _Progress(console(stderr=True)) as progress:
            result = rescore_all(
                store,
                options.workspace,
                judgings.of_row,
                dry_run=options.dry_run,
                whole=options.whole,
                listener=progress,
            )
    read = {change.call_id for change in reworded}
    result.changes = [*reworded, *(change for change in result.changes if change.call_id not in read)]
    notes += [
        f"{path} is gone: its version {version} was taken from the workspace."
        for path, version in judgings.missing.items()
    ]
    for note in notes:
        print(f"note: {note}", file=sys.stderr)
    if options.csv is not None:
        write_changes_csv(options.csv, result.changes)
    if options.as_json:
        print(changes_json(result.changes))
        return
    if result.changes:
        _print_all(out, result.changes, None if options.show_all else LIMIT)
    _print_end(out, result, options, time.monotonic() - began)


def _reword(store: Store, options: RescoreOptions) -> tuple[Rescored, ...]:
    """Classify the utterances of calls that have no classes or tags yet, and save these calls."""
    from callqa.rewording import reword

    if options.dry_run:
        raise UsageError(
            "--wording saves what it reads, --dry-run saves nothing.",
            "Run `callqa rescore --wording` first; what follows can be a dry run.",
        )
    settings = load_settings(options.asked.settings)
    judgings = Judgings(None, None, kept=store.rubrics())
    with _Progress(console(stderr=True), "reading") as progress:
        found = reword(store, settings, judgings.of, listener=progress)
    print(f"{count(len(found.calls), 'call')} of {found.num_calls} read anew.", file=sys.stderr)
    return found.calls


def _keep(store: Store, judgings: Judgings, dry_run: bool) -> list[str]:
    """Keep the texts that calls are going to be judged by; with `dry_run` say where it would be
    refused."""
    notes: dict[str, None] = {}
    for row in store.rescoring_rows():
        judgings.of_row(row)
    for judging in judgings.judgings():
        if not dry_run:
            analysers.keep_texts(store, judging.judge)
            continue
        for chosen in judging.judge.book:
            other = store.other_text(analysers.rubric_text(chosen))
            if other is not None:
                notes[
                    f"{chosen.source} is not what {other.rubric_id} version {other.version} was when calls "
                    "were judged by it: give it another version before you save."
                ] = None
    return list(notes)


class _Progress(Listener):
    def __init__(self, out: Console, doing: str = "judging anew") -> None:
        self._bar = Progress(
            TextColumn(doing),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            TextColumn("left"),
            console=out,
            disable=not out.is_terminal,
            transient=True,
        )
        self._task = self._bar.add_task("", total=None)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def planned(self, num_calls: int) -> None:
        """Shows how many calls there are."""
        self._bar.update(self._task, total=num_calls)

    def advanced(self, num_calls: int) -> None:
        """Shows how many more are done."""
        self._bar.advance(self._task, num_calls)


def _print_all(out: Console, changes: Sequence[Rescored], limit: int | None) -> None:
    visible = [change for change in changes if change.is_changed]
    if visible:
        print_line(out, "by criterion, in the calls that change")
        _print_criteria(out, visible)
        print_line(out, "by agent")
        _print_agents(out, visible, limit)
        print_line(out, "by call")
        print_changes(out, visible[:limit])
        _print_rest(out, len(visible), limit, "call")
    pieces = [(change, piece) for change in changes for piece in evidence_changes(change)]
    if pieces:
        print_line(out, "evidence that came (+) or went (-)")
        _print_evidence(out, pieces[:limit])
        _print_rest(out, len(pieces), limit, "piece of evidence", "pieces of evidence")


def _print_criteria(out: Console, changes: Sequence[Rescored]) -> None:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("criterion", no_wrap=True)
    for verdict in VERDICTS:
        table.add_column(verdict_text(verdict).plain, justify="right", no_wrap=True)
    table.add_column("calls that move", overflow="fold")
    for item in by_criterion(changes):
        table.add_row(
            item.criterion,
            *(f"{a} → {b}" if a != b else str(a) for a, b in zip(item.before, item.after, strict=True)),
            "; ".join(f"{n}: {_word(a)} → {_word(b)}" for a, b, n in item.moved),
        )
    out.print(table)


def _print_agents(out: Console, changes: Sequence[Rescored], limit: int | None) -> None:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("agent", overflow="fold", min_width=6)
    for name in ("calls that change", "mean before", "mean after", "change", "verdicts"):
        table.add_column(name, justify="right", no_wrap=True)
    agents = by_agent(changes)
    for item in agents[:limit]:
        both = item.mean_before is not None and item.mean_after is not None
        change = f"{(item.mean_after or 0) - (item.mean_before or 0):+.1f}" if both else "–"
        table.add_row(
            item.agent,
            str(item.num_calls),
            score_word(item.mean_before),
            score_word(item.mean_after),
            change,
            str(item.num_verdicts),
        )
    out.print(table)
    _print_rest(out, len(agents), limit, "agent")


def _print_evidence(out: Console, pieces: Sequence[tuple[Rescored, EvidenceChange]]) -> None:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("id", no_wrap=True)
    table.add_column("criterion", no_wrap=True)
    table.add_column("", no_wrap=True)
    table.add_column("time", justify="right", no_wrap=True)
    table.add_column("quote", overflow="fold", min_width=12)
    table.add_column("why", overflow="fold", min_width=16)
    ids = short_ids([change.call_id for change, _ in pieces])
    for change, piece in pieces:
        quote = piece.quote if len(piece.quote) <= _QUOTE else f"{piece.quote[: _QUOTE - 1]}…"
        table.add_row(
            ids[change.call_id],
            piece.criterion,
            "+" if piece.added else "-",
            clock(piece.start),
            quote or "–",
            piece.reason,
        )
    out.print(table)


def _print_rest(out: Console, number: int, limit: int | None, noun: str, plural: str = "") -> None:
    if limit is not None and number > limit:
        rest = number - limit
        words = (
            f"{rest} more {plural}"
            if plural and rest != 1
            else f"{rest} more {noun}{'' if rest == 1 else 's'}"
        )
        print_line(out, f"… {words}; --all prints them, --csv FILE writes them.")


def _print_end(out: Console, result: RescoreResult, options: RescoreOptions, seconds: float) -> None:
    num_changed = sum(change.is_changed for change in result.changes)
    saved = "nothing was saved (--dry-run)" if options.dry_run else "saved"
    parts = [f"{count(result.num_judged, 'call')} judged anew"]
    if result.num_untouched:
        parts.append(f"{result.num_untouched} with nothing new to be judged by")
    if result.num_measured:
        parts.append(f"{result.num_measured} with other measures")
    parts.append(f"{num_changed} changed")
    if len(result.changes) > num_changed:
        parts.append(f"{len(result.changes) - num_changed} in reasons or evidence only")
    print_line(out, f"{', '.join(parts)}; {saved}. {seconds:.1f} s.")
    if options.csv is not None:
        print_line(out, f"written to {options.csv}")
    if result.left:
        raise UsageError(
            f"{count(len(result.left), 'call')} changed while they were judged, and were left as they are.",
            "Run the same command again.",
        )


def _word(verdict: str) -> str:
    known = {item.value: item for item in VERDICTS}
    return verdict_text(known[verdict]).plain if verdict in known else verdict
