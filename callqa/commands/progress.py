"""How a long command gets on: bars with the time left in a terminal, plain lines elsewhere."""

from __future__ import annotations

import os
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from callqa.batch import BatchListener, Outcome
from callqa.commands.terminal import BEHAVIOURS, count
from callqa.data import CallAnalysis
from callqa.reports.call_text import STATUS_WORDS, print_line, score_word, share_word, verdict_text
from callqa.weights import PullProgress


class ScoreProgress(BatchListener):
    """Shows how a batch gets on: a bar with the time left in a terminal, plain lines elsewhere."""

    def __init__(self, out: Console) -> None:
        self._out = out
        self._num_to_do = 0
        self._num_done = 0
        self._shares: dict[str, float] = {}
        self._bar = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            TextColumn("left"),
            console=out,
            disable=not out.is_terminal,
            transient=True,
            speed_estimate_period=3600,
        )
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def looking(self, num_looked: int, num_files: int) -> None:
        """Shows that files are being compared with what is stored."""
        if self._task is None:
            self._task = self._bar.add_task("looking at the files", total=num_files)
        self._bar.update(self._task, completed=num_looked)

    def planned(self, num_to_do: int) -> None:
        """Begins the bar of the calls themselves."""
        self._num_to_do = num_to_do
        if self._task is not None:
            self._bar.remove_task(self._task)
        self._task = self._bar.add_task("scoring", total=num_to_do) if num_to_do else None

    def progress(self, path: str, stage: str, share: float) -> None:
        """Moves the bar by the part of a call that is done."""
        self._shares[path] = share
        self._update(f"{os.path.basename(path)}: {stage}")

    def waiting(self, num_calls: int) -> None:
        """Says why nothing seems to happen."""
        print_line(self._out, f"waiting for {count(num_calls, 'call')} that another batch is scoring")

    def finished(self, outcome: Outcome) -> None:
        """Prints a call's line, and forgets the call."""
        if outcome.kind == "known":
            return
        if self._num_to_do:
            self._num_done += 1
            self._shares.pop(outcome.paths[0], None)
            self._update("scoring")
        done = f"[{self._num_done}/{self._num_to_do}] " if self._num_to_do else ""
        name = os.path.basename(outcome.paths[0])
        if outcome.analysis is None:
            print_line(self._out, Text(f"{done}{name}: FAILED: {outcome.reason}", "red"))
        else:
            print_line(self._out, Text(f"{done}{name}: ").append_text(_line(outcome.analysis)))

    def _update(self, description: str) -> None:
        if self._task is not None:
            done = self._num_done + sum(self._shares.values())
            self._bar.update(self._task, completed=done, description=description)


def _line(analysis: CallAnalysis) -> Text:
    card = analysis.scorecard
    status = STATUS_WORDS.get(analysis.facts.status)
    notes = "".join(f" · {note.rstrip('.')}" for note in analysis.facts.recording.notes)
    if status is not None:
        return Text(f"no score: {status}{notes}")
    line = Text(f"{score_word(card.score)}, {share_word(card.judged_share)} judged")
    verdicts = {item.id: item.verdict for item in card.criteria}
    for behaviour in BEHAVIOURS:
        line.append(f" · {behaviour} ").append_text(verdict_text(verdicts.get(behaviour)))
    if not analysis.facts.roles.certain:
        line.append(" · roles uncertain")
    return line.append(notes)


class PullBars:
    """A bar for each model that is brought in."""

    def __init__(self, out: Console) -> None:
        self._out = out
        self._bar = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            DownloadColumn(),
            TimeRemainingColumn(),
            console=out,
            disable=not out.is_terminal,
        )
        self._tasks: dict[str, TaskID] = {}
        self._steps: dict[str, str] = {}

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def update(self, state: PullProgress) -> None:
        """Show how far a model is."""
        if not self._out.is_terminal:
            if self._steps.get(state.name) != state.step:
                self._steps[state.name] = state.step
                size = f" ({state.total / 1e6:.0f} MB)" if state.total else ""
                print_line(self._out, f"{state.name}: {state.step}{size}")
            return
        if state.name not in self._tasks:
            self._tasks[state.name] = self._bar.add_task(state.name, total=None)
        task = self._tasks[state.name]
        self._bar.update(task, description=f"{state.name}: {state.step}")
        if state.total:
            self._bar.update(task, completed=state.done, total=state.total)
        elif state.step in ("done", "present"):
            self._bar.update(task, completed=1, total=1)
