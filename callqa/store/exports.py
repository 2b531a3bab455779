"""Verdicts and measures of many calls as plain rows, one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from callqa.store.tables import CallRow, CriterionRow, MeasureRow


@dataclass(frozen=True, slots=True)
class ExportedVerdict:
    """One criterion of one call. `started_at` is ISO 8601 as it was given; `score` is 0-1."""

    call_id: str
    started_at: str | None
    agent_id: str | None
    agent_name: str | None
    queue: str | None
    language: str
    rubric_id: str
    rubric_version: str
    criterion: str
    verdict: str
    score: float | None
    weight: float
    critical: bool


@dataclass(frozen=True, slots=True)
class ExportedNumber:
    """One number of one measure of one call: its value where `component` is None, else a part of it.
    A yes is 1, a no 0; `value` is None where it could not be taken."""

    call_id: str
    started_at: str | None
    agent_id: str | None
    agent_name: str | None
    queue: str | None
    language: str
    measure: str
    component: str | None
    value: float | None
    unit: str | None


_CALL = (
    CallRow.id.label("call_id"),
    CallRow.started_at,
    CallRow.agent_id,
    CallRow.agent_name,
    CallRow.queue,
    CallRow.language,
)
_NAMES = ("call_id", "started_at", "agent_id", "agent_name", "queue", "language", "measure")


def verdict_rows(
    connection: Connection, start: str | None, end: str | None, queue: str | None
) -> Iterator[ExportedVerdict]:
    """Verdicts of the calls that began in [`start`, `end`) (ISO 8601), by call and by the rubric's
    order."""
    query = (
        select(
            *_CALL,
            CallRow.rubric_id,
            CallRow.rubric_version,
            CriterionRow.criterion,
            CriterionRow.verdict,
            CriterionRow.score,
            CriterionRow.weight,
            CriterionRow.critical,
        )
        .join(CallRow, CallRow.id == CriterionRow.call_id)
        .where(*_wanted(start, end, queue))
        .order_by(CallRow.started_at, CallRow.id, CriterionRow.position)
    )
    for row in connection.execution_options(yield_per=2000).execute(query):
        yield ExportedVerdict(**row._mapping)


def measure_rows(
    connection: Connection, start: str | None, end: str | None, queue: str | None
) -> Iterator[ExportedNumber]:
    """Every number of the measures of the calls that began in [`start`, `end`) (ISO 8601): values,
    elements, and components that are numbers or a yes or no. Components that quote the call stay
    out."""
    query = (
        select(
            *_CALL, MeasureRow.name.label("measure"), MeasureRow.unit, MeasureRow.value, MeasureRow.components
        )
        .join(CallRow, CallRow.id == MeasureRow.call_id)
        .where(*_wanted(start, end, queue))
        .order_by(CallRow.started_at, CallRow.id, MeasureRow.position)
    )
    for row in connection.execution_options(yield_per=2000).execute(query):
        call = {column: getattr(row, column) for column in _NAMES}
        if isinstance(row.value, dict):
            for element, found in row.value.items():
                yield ExportedNumber(**call, component=element, value=_number(found), unit=None)
        else:
            yield ExportedNumber(**call, component=None, value=_number(row.value), unit=row.unit)
        for part, found in row.components.items():
            if isinstance(found, int | float):
                yield ExportedNumber(**call, component=part, value=_number(found), unit=None)


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _wanted(start: str | None, end: str | None, queue: str | None) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if start is not None:
        wanted.append(CallRow.started_at >= start)
    if end is not None:
        wanted.append(CallRow.started_at < end)
    if queue is not None:
        wanted.append(CallRow.queue == queue)
    return wanted
