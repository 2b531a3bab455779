"""Whether coaching helped: an agent's calls before and after, with a test."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal

from callqa.coaching.advice import Progress
from callqa.coaching.levels import compare, level_of, strata_of
from callqa.coaching.results import Period, agent_of
from callqa.coaching.rules import CoachingRules
from callqa.store import JudgedCall


def progress_of(
    calls: Sequence[JudgedCall], agent: str, criterion: str, held_on: date, rules: CoachingRules
) -> Progress:
    """Calls of up to `rules.window_days` before the day of the session against those after it, each
    queue and language within itself (`callqa.coaching.levels.compare`). The day itself counts on
    neither side. `calls` are everybody's: what the others gained or lost is told beside it.

    People are coached when they were at their worst, and drift back to their usual level by
    themselves; so a rise is also to be seen against the whole time before, not only on its own.
    """
    window = timedelta(days=rules.window_days)
    before_period = Period(held_on - window, held_on)
    after_period = Period(held_on + timedelta(days=1), held_on + timedelta(days=1) + window)
    scored = [call for call in calls if call.status == "scored"]
    before_all = [call for call in scored if before_period.holds(call)]
    after_all = [call for call in scored if after_period.holds(call)]
    before, others_before = _split(before_all, agent)
    after, others_after = _split(after_all, agent)
    levels = level_of(before, criterion), level_of(after, criterion)
    missing = [max(0, rules.min_calls_each_side - level.judged) for level in levels]
    difference = compare(strata_of(after, criterion), strata_of(before, criterion))
    outcome: Literal["improved", "no_clear_change", "worse", "too_few"] = "no_clear_change"
    if any(missing) or difference.gap is None or difference.p is None:
        outcome = "too_few"
    elif difference.p < rules.certain_below and difference.gap:
        outcome = "improved" if difference.gap > 0 else "worse"
    return Progress(
        outcome=outcome,
        before_period=before_period,
        after_period=after_period,
        before=levels[0],
        after=levels[1],
        difference=difference,
        team=compare(strata_of(others_after, criterion), strata_of(others_before, criterion)),
        missing_before=missing[0],
        missing_after=missing[1],
    )


def _split(calls: Sequence[JudgedCall], agent: str) -> tuple[list[JudgedCall], list[JudgedCall]]:
    own = [call for call in calls if agent_of(call) == agent]
    return own, [call for call in calls if agent_of(call) not in (agent, None)]
