"""Stored calls judged anew, without their audio."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from callqa.data import CallAnalysis, CallFacts, Scorecard
from callqa.store import Store, StoredCall

Judge = Callable[[CallFacts], CallAnalysis]


@dataclass(frozen=True, slots=True)
class Judging:
    """A judge, and what is kept with a call that it judged: see `CallKeys`."""

    judge: Judge
    judge_key: str
    settings: Mapping[str, Any]
    rubric: str | None


JudgingOf = Callable[[StoredCall], Judging]
"""How a stored call is to be judged anew: mostly as it was judged before."""


@dataclass(frozen=True, slots=True)
class Rescored:
    """One call's scorecards before and after."""

    call_id: str
    paths: tuple[str, ...]
    before: Scorecard
    after: Scorecard

    @property
    def changed_criteria(self) -> tuple[str, ...]:
        """Criteria whose verdict is another now, those that came or went among them."""
        before = {item.id: item.verdict for item in self.before.criteria}
        after = {item.id: item.verdict for item in self.after.criteria}
        names = dict.fromkeys([*before, *after])
        return tuple(name for name in names if before.get(name) != after.get(name))

    @property
    def is_changed(self) -> bool:
        """Whether score, judged share, cap or any verdict is another now."""
        kept = (
            self.before.score == self.after.score
            and self.before.judged_share == self.after.judged_share
            and self.before.capped_by == self.after.capped_by
        )
        return not kept or bool(self.changed_criteria)


def rescore(store: Store, judging_of: JudgingOf, dry_run: bool = False) -> Iterator[Rescored]:
    """Judge every stored call anew, one after the other; with `dry_run` nothing is saved."""
    for summary in store.summaries():
        call = store.load(summary.id)
        judging = judging_of(call)
        analysis = judge_anew(call.analysis, call.analysis.facts, judging.judge)
        if not dry_run:
            _save(store, call, analysis, judging)
        yield Rescored(call.id, call.paths, call.analysis.scorecard, analysis.scorecard)


def judge_anew(before: CallAnalysis, facts: CallFacts, judge: Judge) -> CallAnalysis:
    """A stored call judged on (changed) facts; the models that made the facts stay named."""
    after = judge(facts)
    provenance = dataclasses.replace(after.provenance, models=before.provenance.models)
    return dataclasses.replace(after, provenance=provenance)


def _save(store: Store, call: StoredCall, analysis: CallAnalysis, judging: Judging) -> None:
    keys = dataclasses.replace(
        call.keys, judge_key=judging.judge_key, settings=judging.settings, rubric=judging.rubric
    )
    store.save(analysis, keys, analysis.facts.recording.path)
