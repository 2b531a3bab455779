"""Which evidence becomes a clip."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from callqa.coaching.results import Period, agent_of
from callqa.data import CallAnalysis, CriterionResult, Evidence, Role, TimeSpan, Verdict
from callqa.errors import UsageError
from callqa.store import NOT_FOR_TRAINING, JudgedCall, Store

JUDGED = (Verdict.MET, Verdict.PARTLY_MET, Verdict.NOT_MET)
"""Verdicts there are clips of; what is unsure is no example of anything."""

_HEARD_WELL = 0.6
_LONGEST_WHOLE = 18.0
# Criteria whose last row of evidence says what is missing.
_MISSING_IS_LAST = ("greeting", "closing", "transparency")
_FAULTS = ("agent_interruptions", "forbidden_phrases", "commands", "impolite_utterances", "raised_voice")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What clips are asked for. `criterion` is a scorecard's id; `agent` a number or a name."""

    criterion: str
    verdicts: tuple[Verdict, ...] = JUDGED
    agent: str | None = None
    period: Period | None = None
    queue: str | None = None


@dataclass(frozen=True, slots=True)
class Example:
    """What a clip is to show: `quotes` were said in `span`; both as they are stored, unmasked.
    `probability` is the recogniser's least over the quotes, None where there are none."""

    span: TimeSpan
    quotes: tuple[str, ...]
    reason: str
    probability: float | None


def choose_calls(store: Store, wanted: Wanted, per_agent: int) -> list[JudgedCall]:
    """Calls with such a verdict that may be used for training, the best first.

    Every agent's surest call comes before anybody's second, of no agent more than `per_agent` are
    taken; calls whose agent nobody knows stand each for itself. Raises `UsageError` where there is none,
    and says what there is.
    """
    period = wanted.period
    calls = store.judged(
        start=period.start.isoformat() if period else None,
        end=period.end.isoformat() if period else None,
        agent=wanted.agent,
        queue=wanted.queue,
    )
    known = {name for call in calls for name in call.criteria}
    if calls and wanted.criterion not in known:
        raise UsageError(
            f"no stored call was judged on {wanted.criterion!r}.", f"There are: {', '.join(sorted(known))}."
        )
    left_out = {flag.call_id for flag in store.coaching.flags(NOT_FOR_TRAINING)}
    fitting = [
        call
        for call in calls
        if (item := call.criteria.get(wanted.criterion)) is not None and item.verdict in wanted.verdicts
    ]
    usable = [call for call in fitting if call.id not in left_out]
    if not usable:
        raise _nothing(calls, wanted, len(fitting))
    sureness = _sureness(store, [call.id for call in usable], wanted.criterion)
    usable.sort(key=lambda call: call.started_at or "", reverse=True)
    usable.sort(key=lambda call: -sureness.get(call.id, 0.0))
    num_of: Counter[str] = Counter()
    ranked: list[tuple[int, JudgedCall]] = []
    for call in usable:
        agent = agent_of(call) or call.id
        num_of[agent] += 1
        if num_of[agent] <= per_agent:
            ranked.append((num_of[agent], call))
    ranked.sort(key=lambda item: item[0])
    return [call for _, call in ranked]


def find_example(analysis: CallAnalysis, criterion: str) -> Example | None:
    """The moment that shows best why a criterion got its verdict; None where there is nothing to
    play."""
    result = next((item for item in analysis.scorecard.criteria if item.id == criterion), None)
    if result is None or result.verdict not in JUDGED:
        return None
    if result.verdict is Verdict.MET:
        return _good(analysis, result)
    rows = [*result.evidence]
    if not rows:
        return None
    if criterion in _MISSING_IS_LAST:
        return _example([rows[-1]], rows[-1].reason)
    best = max(rows, key=lambda row: (_fault_rank(analysis, criterion, row), *_heard(row)))
    return _example([best], best.reason)


def _nothing(calls: Sequence[JudgedCall], wanted: Wanted, num_fitting: int) -> UsageError:
    if num_fitting:
        return UsageError(
            "every such call is marked as not for training.",
            "`callqa flag` lists the marks and takes them away.",
        )
    if not calls:
        return UsageError("there is no such call.", "`callqa list` shows the calls; look at the options.")
    found = Counter(
        item.verdict.value for call in calls if (item := call.criteria.get(wanted.criterion)) is not None
    )
    counts = ", ".join(f"{name} {number}" for name, number in sorted(found.items()))
    return UsageError(
        f"no call has {' or '.join(wanted.verdicts)} on {wanted.criterion}.", f"The verdicts: {counts}."
    )


def _sureness(store: Store, ids: Sequence[str], criterion: str) -> dict[str, float]:
    """How surely the evidence was heard, by call: the recogniser's mean, 0-1."""
    found = {}
    for call_id, rows in store.coaching.evidence(ids).items():
        heard = [
            row.evidence.probability
            for row in rows
            if row.kind == "criterion" and row.owner == criterion and row.evidence.probability is not None
        ]
        if heard:
            found[call_id] = sum(heard) / len(heard)
    return found


def _good(analysis: CallAnalysis, result: CriterionResult) -> Example | None:
    rows = [*result.evidence]
    if rows and result.id in _MISSING_IS_LAST:
        # All that was asked for and said, as far as one clip holds it.
        first = rows[0]
        together = [
            row for row in rows if row.end - first.start <= _LONGEST_WHOLE and row.start >= first.start
        ]
        return _example(together, result.reason)
    quoted = [row for row in rows if row.quote]
    if quoted:
        best = max(quoted, key=_heard)
        return _example([best], best.reason)
    if result.id == "politeness":
        courtesy = analysis.measures.get("courtesy")
        for item in courtesy.components.get("occasions", ()) if courtesy is not None else ():
            if item["given"]:
                span = TimeSpan(item["start"], item["end"])
                return Example(span, (item["quote"],), result.reason, None)
    # Nothing was found because nothing was wrong: what the agent said at length.
    longest = max(
        (item for item in analysis.facts.utterances_of(Role.AGENT) if item.end - item.start < _LONGEST_WHOLE),
        key=lambda item: item.end - item.start,
        default=None,
    )
    if longest is None:
        return None
    return Example(longest.span, (longest.text,), result.reason, None)


def _example(rows: Sequence[Evidence], reason: str) -> Example:
    heard = [row.probability for row in rows if row.probability is not None]
    return Example(
        TimeSpan(min(row.start for row in rows), max(row.end for row in rows)),
        tuple(row.quote for row in rows if row.quote),
        reason,
        min(heard, default=None),
    )


def _heard(row: Evidence) -> tuple[bool, float]:
    probability = row.probability or 0.0
    return probability >= _HEARD_WELL, probability


def _fault_rank(analysis: CallAnalysis, criterion: str, row: Evidence) -> int:
    """2 where the row is what went wrong, 1 where it may be, 0 where it is what went well: evidence of
    a verdict holds both."""
    if criterion == "jargon":
        return 2 if _is_occurrence(analysis, row, status="unexplained") else 0
    owners = {
        name
        for name, measure in analysis.measures.items()
        if any(item.reason == row.reason for item in measure.evidence)
    }
    if owners & set(_FAULTS):
        return 2
    if owners == {"courtesy"}:
        return 0 if _is_given(analysis, row) else 1
    return 0 if owners & {"customer_opening", "talk_share", "you_forms"} else 1


def _is_given(analysis: CallAnalysis, row: Evidence) -> bool:
    occasions: Sequence[Mapping[str, Any]] = analysis.measures["courtesy"].components.get("occasions", ())
    return any(item["given"] and abs(item["start"] - row.start) < 0.01 for item in occasions)


def _is_occurrence(analysis: CallAnalysis, row: Evidence, status: str) -> bool:
    measure = analysis.measures.get("jargon")
    occurrences: Sequence[Mapping[str, Any]] = (
        measure.components.get("occurrences", ()) if measure is not None else ()
    )
    return any(
        item["status"] == status and row.start <= item["start"] and item["end"] <= row.end + 0.01
        for item in occurrences
    )
