"""What callqa would have said where it said `unsure`: without that, nobody can tell whether being
unsure keeps mistakes back or only verdicts."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from functools import cache

from callqa.config import Settings
from callqa.data import CallAnalysis, CallFacts, Coverage, Measure, Verdict
from callqa.judging import Judge, make_judge
from callqa.scoring import Rubric, default_rubric, score_call
from callqa.scoring.book import open_book
from callqa.scoring.rubric import BandCheck, Check
from callqa.settling import settle_roles

# Findings that were left uncertain, by the component that counts them.
_UNCERTAIN = "uncertain"
_NOBODY = "a guess"


def guessed_verdicts(analysis: CallAnalysis) -> dict[str, str]:
    """A verdict for every criterion, with all doubts put aside: roles as they were favoured, findings
    that were uncertain counted as found, speech without words as if it hid nothing, measures taken
    at their word however little they rest on. Criteria without any evidence stay `unsure`.

    By callqa's own rubric of the language: what a house's rubric leaves open is its own matter.
    """
    facts = analysis.facts
    given = {item.id: str(item.verdict) for item in analysis.scorecard.criteria}
    if Verdict.UNSURE not in given.values():
        return given
    measures = analysis.measures
    if not facts.roles.certain and facts.roles.favoured is not None:
        facts = settle_roles(facts, facts.roles.favoured, by=_NOBODY)
        measures = _judge().judge(facts, {}).measures
    card = score_call(_all_heard(facts), _counted(measures), _credulous(facts.language))
    guessed = {item.id: str(item.verdict) for item in card.criteria}
    return {
        name: guessed.get(name, verdict) if verdict == Verdict.UNSURE else verdict
        for name, verdict in given.items()
    }


@cache
def _judge() -> Judge:
    return make_judge(Settings(), open_book(None))


@cache
def _credulous(language: str) -> Rubric:
    """The rubric of the language without its reasons to be unsure."""
    rubric = default_rubric(language)
    criteria = tuple(
        item.model_copy(update={"checks": tuple(map(_without_doubt, item.checks))})
        for item in rubric.criteria
    )
    return rubric.model_copy(
        update={
            "criteria": criteria,
            "min_agent_seconds": 0.0,
            "min_agent_syllables": 0,
            "max_untranscribed_share": 1.0,
        }
    )


def _without_doubt(check: Check) -> Check:
    if isinstance(check, BandCheck):
        return check.model_copy(update={"at_least": {}, "cross_check": None})
    return check


def _all_heard(facts: CallFacts) -> CallFacts:
    coverage = Coverage(facts.coverage.speech_seconds, 0.0)
    status = "scored" if facts.status in ("scored", "too_short") else facts.status
    return dataclasses.replace(facts, coverage=coverage, status=status)


def _counted(measures: Mapping[str, Measure]) -> dict[str, Measure]:
    counted = {}
    for name, measure in measures.items():
        more = measure.components.get(_UNCERTAIN)
        if isinstance(more, int) and more and isinstance(measure.components.get("count"), int):
            total = measure.components["count"] + more
            components = {**measure.components, "count": total, _UNCERTAIN: 0}
            measure = dataclasses.replace(measure, value=total, components=components)
        counted[name] = measure
    return counted
