"""Silence of everybody, and whether the customer was told that there would be one."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from callqa.config import MeasureSettings
from callqa.data import CallFacts, Evidence, Measure, Role, TimeSpan, Utterance, merge_spans
from callqa.language.lexicon import LexiconSet
from callqa.measures.occasions import WAITING
from callqa.measures.phrases import find_occurrences
from callqa.measures.shared import say, seconds, spans_of

# A wait is announced by what was said last before it.
_ANNOUNCED_WITHIN = 20.0
_LAST_UTTERANCES = 2


def measure_dead_air(facts: CallFacts, lexicons: LexiconSet, settings: MeasureSettings) -> Measure:
    """Seconds in which nobody speaks, counting silences over the limit. Needs no roles; who
    announced a silence does, and is None without them."""
    gaps = silences(facts, settings)
    events: list[dict[str, Any]] = []
    evidence = []
    for gap in gaps:
        announced_by = _announced_by(facts, gap, lexicons, settings) if facts.roles.certain else None
        announced = announced_by is not None if facts.roles.certain else None
        ended_by = _speaks_at(facts, gap.end)
        events.append(
            {
                "start": gap.start,
                "end": gap.end,
                "seconds": seconds(gap.duration),
                "announced": announced,
                "announced_by": announced_by.value if announced_by else None,
                "ended_by": ended_by.value if ended_by else None,
            }
        )
        evidence.append(
            Evidence(gap.start, gap.end, "", _sentence(facts.language, gap, announced, announced_by))
        )
    total = sum(gap.duration for gap in gaps)
    components = {
        "count": len(gaps),
        "seconds": seconds(total),
        "unannounced": sum(event["announced"] is False for event in events),
        # A silence that the customer ends may be the customer's own: doing what it was asked to do.
        "unannounced_agent": sum(e["announced"] is False and e["ended_by"] == "agent" for e in events),
        "unannounced_seconds": seconds(sum(e["seconds"] for e in events if e["announced"] is False)),
        "events": events,
    }
    return Measure("dead_air", total, "s", components, tuple(evidence))


def silences(facts: CallFacts, settings: MeasureSettings) -> tuple[TimeSpan, ...]:
    """Where nobody at all speaks for longer than the limit, between the first words (the agent's
    first, where the agent is known: before them it rings) and the last."""
    start = min((turn.start for turn in facts.turns_of(Role.AGENT)), default=0.0)
    gaps = [
        TimeSpan(before.end, after.start) for before, after in pairwise(merge_spans(spans_of(facts.turns)))
    ]
    return tuple(gap for gap in gaps if gap.start >= start and gap.duration > settings.dead_air)


def _speaks_at(facts: CallFacts, moment: float) -> Role | None:
    return next((turn.role for turn in facts.turns if turn.start == moment), None)


def _announced_by(
    facts: CallFacts, gap: TimeSpan, lexicons: LexiconSet, settings: MeasureSettings
) -> Role | None:
    """Who asked to wait: the agent, or the customer who goes to look for something."""
    for role in (Role.AGENT, Role.CUSTOMER):
        before = [u for u in facts.utterances_of(role) if _is_just_before(u, gap)][-_LAST_UTTERANCES:]
        if role is Role.CUSTOMER:
            # "Can you not look it up for me?" is in the wait lexicon for the agent's mouth only.
            before = [u for u in before if WAITING[facts.language].search(u.text)]
        if find_occurrences(lexicons.wait.of_kind("announce"), before, facts.language, settings):
            return role
    return None


def _is_just_before(utterance: Utterance, gap: TimeSpan) -> bool:
    return utterance.start < gap.start and gap.start - utterance.end < _ANNOUNCED_WITHIN


def _sentence(language: str, gap: TimeSpan, announced: bool | None, by: Role | None) -> str:
    told_zh, told_en = "", ""
    if announced is False:
        told_zh, told_en = "，事先没有请客户等待", ", and nobody had asked to wait"
    elif by is Role.AGENT:
        told_zh, told_en = "，坐席事先请客户等待", ", after the agent had asked to wait"
    elif by is Role.CUSTOMER:
        told_zh, told_en = "，客户事先请坐席等待", ", after the customer had asked to wait"
    return say(
        language,
        f"双方沉默 {gap.duration:.1f} 秒{told_zh}。",
        f"Both are silent for {gap.duration:.1f} s{told_en}.",
    )
