"""Stored calls judged anew, without their audio."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from callqa.data import CallAnalysis, CallFacts, Scorecard
from callqa.store import StoredCall

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
    """One call's scorecards before and after. `measured` names the measures that are others now."""

    call_id: str
    paths: tuple[str, ...]
    before: Scorecard
    after: Scorecard
    agent_id: str | None = None
    agent_name: str | None = None
    measured: tuple[str, ...] = ()

    @property
    def agent(self) -> str | None:
        """The agent's name, else their number, None where neither is known."""
        return self.agent_name or self.agent_id

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

    @property
    def is_other(self) -> bool:
        """Whether anything of the scorecard is another now but the rubric's name: as `is_changed`,
        or a reason, a weight, a criterion's score, or evidence."""
        before = dataclasses.replace(self.before, rubric=self.after.rubric)
        return before != self.after


def judge_anew(before: CallAnalysis, facts: CallFacts, judge: Judge) -> CallAnalysis:
    """A stored call judged on (changed) facts; the models that made the facts stay named."""
    after = judge(facts)
    provenance = dataclasses.replace(after.provenance, models=before.provenance.models)
    return dataclasses.replace(after, provenance=provenance)
