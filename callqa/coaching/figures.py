"""Numbers that say in the behaviour's own terms how it goes, pooled over calls."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from callqa.store.judged import JudgedCall


@dataclass(frozen=True, slots=True)
class Figure:
    """A pooled number: the sum of the calls' numerators over that of their denominators, times a
    factor. `name` is the measure's; `unit` as in docs/output.md; `value` None without any data."""

    name: str
    value: float | None
    unit: str


def figures_of(calls: Sequence[JudgedCall], criterion: str) -> tuple[Figure, ...]:
    """The figures of a criterion; () for criteria that have none. Calls of one language: the unit is
    that of the first."""
    language = next((call.language for call in calls), "zh")
    if criterion == "pace":
        unit = "字/分" if language == "zh" else "words/min"
        same = [call for call in calls if call.language == language]
        return (
            Figure(
                "articulation_rate",
                _ratio(same, "articulation_rate", "syllables", "articulation_rate", "speech_seconds", 60),
                unit,
            ),
        )
    if criterion == "listening":
        return (
            Figure(
                "agent_interruptions",
                _ratio(
                    calls, "agent_interruptions", "value", "agent_interruptions", "opportunity_seconds", 600
                ),
                "per 10 min of customer speech",
            ),
            Figure("talk_share", _share(calls), "share"),
        )
    if criterion == "jargon":
        return (
            Figure(
                "jargon",
                _ratio(calls, "jargon", "unexplained", "jargon", "agent_syllables", 100),
                "unexplained per 100 syllables",
            ),
        )
    if criterion == "politeness":
        faults = math.fsum(_known(calls, "forbidden_phrases", "count"))
        return (
            Figure("courtesy", _ratio(calls, "courtesy", "given", "courtesy", "owed", 1), "share"),
            Figure("forbidden_phrases", 100 * faults / len(calls) if calls else None, "per 100 calls"),
        )
    return ()


def _known(calls: Sequence[JudgedCall], measure: str, part: str) -> list[float]:
    return [call.parts[measure][part] for call in calls if part in call.parts.get(measure, {})]


def _ratio(
    calls: Sequence[JudgedCall], above: str, above_part: str, below: str, below_part: str, factor: float
) -> float | None:
    both = [
        call
        for call in calls
        if above_part in call.parts.get(above, {}) and below_part in call.parts.get(below, {})
    ]
    total = math.fsum(_known(both, below, below_part))
    return factor * math.fsum(_known(both, above, above_part)) / total if total else None


def _share(calls: Sequence[JudgedCall]) -> float | None:
    agent = math.fsum(_known(calls, "talk_share", "agent_seconds"))
    customer = math.fsum(_known(calls, "talk_share", "customer_seconds"))
    return agent / (agent + customer) if agent + customer else None
