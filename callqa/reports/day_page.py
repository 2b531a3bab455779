"""A day's report for quality staff: every call, those that need a person first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import fmean
from typing import Literal

from callqa.coaching.advice import CriterionText
from callqa.coaching.texts import text_of
from callqa.data import Verdict
from callqa.reports.agent_page import ordered
from callqa.reports.shapes import LOW_COVERAGE, clock, number, percent
from callqa.reports.sounds import CallReader
from callqa.reports.texts import Texts
from callqa.store import CallSummary, Failure

LOW_SCORE = 60.0
"""Call scores below this are looked at first."""
LITTLE_JUDGED = 0.5
MOST_READ = 60
"""Exceptions that are told with their reasons: reading a call whole takes some milliseconds."""

Exception_ = Literal["critical", "status", "roles", "truncated", "coverage", "judged", "low"]
_ORDER: tuple[Exception_, ...] = (
    "critical",
    "status",
    "roles",
    "truncated",
    "coverage",
    "judged",
    "low",
)
_BAD = {Verdict.NOT_MET: 0, Verdict.UNSURE: 1, Verdict.PARTLY_MET: 2}
_MOST_REASONS = 3


@dataclass(frozen=True, slots=True)
class DayCall:
    """One call of the day. `kind` says why it comes first, None where nothing asks for it; `also` are
    further such reasons in words. `reasons` are a criterion's title with what was found, and where."""

    summary: CallSummary
    kind: Exception_ | None
    also: tuple[str, ...]
    verdicts: tuple[Verdict | None, ...]
    reasons: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class DayPage:
    """Everything that stands in a day's report. `groups` are kind, title, what to do, calls."""

    day: str
    tiles: tuple[tuple[str, str], ...]
    criteria: tuple[tuple[str, str], ...]
    failures: tuple[Failure, ...]
    groups: tuple[tuple[str, str, str, tuple[DayCall, ...]], ...]
    rest: tuple[DayCall, ...]

    @property
    def calls(self) -> tuple[DayCall, ...]:
        """All calls, exceptions first."""
        return tuple(call for _, _, _, calls in self.groups for call in calls) + self.rest


def make_day_page(
    day: date,
    calls: Sequence[CallSummary],
    failures: Sequence[Failure],
    titles: Mapping[str, CriterionText],
    reader: CallReader,
    texts: Texts,
) -> DayPage:
    """The report of one day's calls. A call stands in one place only, by what matters most about it."""
    names = ordered({name: None for call in calls for name in call.verdicts})
    found = [_sorted_out(call, names, texts) for call in calls]
    budget = MOST_READ
    groups = []
    for kind in _ORDER:
        own = sorted((item for item in found if item.kind == kind), key=_worst_first)
        told = [_with_reasons(item, titles, reader) for item in own[:budget]]
        budget -= len(told)
        if own:
            note = (
                texts(f"ex_{kind}_note", limit=number(LOW_SCORE, 0))
                if kind == "low"
                else texts(f"ex_{kind}_note")
            )
            groups.append((kind, texts(f"ex_{kind}"), note, (*told, *own[len(told) :])))
    rest = tuple(item for item in found if item.kind is None)
    return DayPage(
        day=day.isoformat(),
        tiles=tuple(_tiles(calls, failures, len(calls) - len(rest), texts)),
        criteria=tuple((name, text_of(titles, name).title) for name in names),
        failures=tuple(failures),
        groups=tuple(groups),
        rest=rest,
    )


def _sorted_out(call: CallSummary, names: Sequence[str], texts: Texts) -> DayCall:
    kinds = list(_kinds(call))
    verdicts = tuple(call.verdicts.get(name) for name in names)
    return DayCall(
        call, kinds[0] if kinds else None, tuple(texts(f"ex_{kind}") for kind in kinds[1:]), verdicts
    )


def _kinds(call: CallSummary) -> Iterable[Exception_]:
    if call.capped_by:
        yield "critical"
    if call.status != "scored":
        yield "status"
    elif not call.roles_certain:
        yield "roles"
    if call.truncated:
        yield "truncated"
    if call.untranscribed_share > LOW_COVERAGE:
        yield "coverage"
    if call.status == "scored" and call.roles_certain and call.judged_share < LITTLE_JUDGED:
        yield "judged"
    if call.score is not None and call.score < LOW_SCORE:
        yield "low"


def _worst_first(item: DayCall) -> tuple[float, str]:
    score = item.summary.score
    return (-1.0 if score is None else score, item.summary.started_at or "")


def _with_reasons(item: DayCall, titles: Mapping[str, CriterionText], reader: CallReader) -> DayCall:
    """What went wrong, the critical fault first; where everything is unsure for one reason, once."""
    card = reader.read(item.summary.id).analysis.scorecard
    bad = [criterion for criterion in card.criteria if criterion.verdict in _BAD]
    bad.sort(key=lambda criterion: (criterion.id != card.capped_by, _BAD[criterion.verdict]))
    reasons: dict[str, list[str]] = {}
    for criterion in bad:
        at = ", ".join(clock(piece.start) for piece in criterion.evidence[:3])
        where = f"{criterion.reason} ({at})" if at else criterion.reason
        reasons.setdefault(where, []).append(text_of(titles, criterion.id).title)
    told = tuple(
        ("" if len(names) > _MOST_REASONS else " / ".join(names), reason) for reason, names in reasons.items()
    )
    return DayCall(item.summary, item.kind, item.also, item.verdicts, told[:_MOST_REASONS])


def _tiles(
    calls: Sequence[CallSummary], failures: Sequence[Failure], num_exceptions: int, texts: Texts
) -> Iterable[tuple[str, str]]:
    scores = [call.score for call in calls if call.score is not None]
    shares = [call.judged_share for call in calls if call.status == "scored"]
    yield str(len(calls)), texts("calls")
    yield str(num_exceptions), texts("exceptions")
    yield str(len(scores)), texts("scored_calls")
    if scores:
        reach = f"{texts('spread')} {min(scores):.0f}–{max(scores):.0f}"
        yield number(fmean(scores), 0), f"{texts('mean_score')} ({reach})"
    if shares:
        yield percent(fmean(shares)), texts("judged")
    yield str(len(failures)), texts("not_scored_files")
