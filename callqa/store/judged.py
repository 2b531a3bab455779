"""How many calls were judged, without reading any of them whole: what results over people and time
are made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from callqa.data import Verdict
from callqa.store.tables import CallRow, CriterionRow, MeasureRow

# The parts of measures that figures over many calls are pooled from: never averages of ratios.
POOLED = {
    "articulation_rate": ("syllables", "speech_seconds"),
    "talk_share": ("agent_seconds", "customer_seconds"),
    "agent_interruptions": ("opportunity_seconds",),
    "courtesy": ("owed", "given"),
    "jargon": ("unexplained", "agent_syllables"),
    "forbidden_phrases": ("count",),
}


@dataclass(frozen=True, slots=True)
class JudgedCriterion:
    """One criterion of one call; `score` is 0-1, None where the verdict carries none."""

    verdict: Verdict
    score: float | None
    weight: float


@dataclass(frozen=True, slots=True)
class JudgedCall:
    """One call as results see it. `started_at` is ISO 8601 as it was given, None where it is not
    known; `score` is 0-100. `parts` has, by measure, the numbers of `POOLED` and the measure's own
    ``value`` where that is a number."""

    id: str
    agent_id: str | None
    agent_name: str | None
    queue: str | None
    language: str
    started_at: str | None
    status: str
    roles_certain: bool
    score: float | None
    judged_share: float
    capped_by: str | None
    rubric: tuple[str, str]
    criteria: Mapping[str, JudgedCriterion] = field(default_factory=dict)
    parts: Mapping[str, Mapping[str, float]] = field(default_factory=dict)


def load_judged(
    connection: Connection,
    *,
    start: str | None = None,
    end: str | None = None,
    agent: str | None = None,
    queue: str | None = None,
) -> list[JudgedCall]:
    """Stored calls by start time; narrowed to those that began in [`start`, `end`) (ISO 8601, a day
    or a moment; a call without a time is in no period), to an agent (number or name), to a queue."""
    wanted: list[ColumnElement[bool]] = []
    if start is not None:
        wanted.append(CallRow.started_at >= start)
    if end is not None:
        wanted.append(CallRow.started_at < end)
    if agent is not None:
        wanted.append((CallRow.agent_id == agent) | (CallRow.agent_name == agent))
    if queue is not None:
        wanted.append(CallRow.queue == queue)
    criteria = _criteria(connection, wanted)
    parts = _parts(connection, wanted)
    rows = connection.execute(
        select(
            CallRow.id,
            CallRow.agent_id,
            CallRow.agent_name,
            CallRow.queue,
            CallRow.language,
            CallRow.started_at,
            CallRow.status,
            CallRow.roles_certain,
            CallRow.score,
            CallRow.judged_share,
            CallRow.capped_by,
            CallRow.rubric_id,
            CallRow.rubric_version,
        )
        .where(*wanted)
        .order_by(CallRow.started_at, CallRow.id)
    )
    return [
        JudgedCall(
            id=row.id,
            agent_id=row.agent_id,
            agent_name=row.agent_name,
            queue=row.queue,
            language=row.language,
            started_at=row.started_at,
            status=row.status,
            roles_certain=row.roles_certain,
            score=row.score,
            judged_share=row.judged_share,
            capped_by=row.capped_by,
            rubric=(row.rubric_id, row.rubric_version),
            criteria=criteria.get(row.id, {}),
            parts=parts.get(row.id, {}),
        )
        for row in rows
    ]


def _criteria(
    connection: Connection, wanted: Sequence[ColumnElement[bool]]
) -> dict[str, dict[str, JudgedCriterion]]:
    query = select(
        CriterionRow.call_id,
        CriterionRow.criterion,
        CriterionRow.verdict,
        CriterionRow.score,
        CriterionRow.weight,
    ).order_by(CriterionRow.call_id, CriterionRow.position)
    if wanted:
        query = query.join(CallRow, CallRow.id == CriterionRow.call_id).where(*wanted)
    verdicts = {verdict.value: verdict for verdict in Verdict}
    found: dict[str, dict[str, JudgedCriterion]] = {}
    for call_id, name, verdict, score, weight in connection.execute(query):
        found.setdefault(call_id, {})[name] = JudgedCriterion(verdicts[verdict], score, weight)
    return found


def _parts(
    connection: Connection, wanted: Sequence[ColumnElement[bool]]
) -> dict[str, dict[str, dict[str, float]]]:
    found: dict[str, dict[str, dict[str, float]]] = {}
    for measure, names in POOLED.items():
        # Taken out by the database: components also hold long lists, which nobody needs here.
        columns: list[Any] = [func.json_extract(MeasureRow.components, f"$.{name}") for name in names]
        query = select(MeasureRow.call_id, func.json_extract(MeasureRow.value, "$"), *columns).where(
            MeasureRow.name == measure
        )
        if wanted:
            query = query.join(CallRow, CallRow.id == MeasureRow.call_id).where(*wanted)
        for call_id, value, *numbers in connection.execute(query):
            known = {
                name: float(number)
                for name, number in zip(("value", *names), (value, *numbers), strict=True)
                if isinstance(number, int | float)
            }
            if known:
                found.setdefault(call_id, {})[measure] = known
    return found
