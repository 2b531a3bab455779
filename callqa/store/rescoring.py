"""Many calls out of a workspace and back, for judging them anew: whole queries, few transactions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from callqa.data import CallFacts, Measure, Scorecard
from callqa.store.calls import (
    criterion_of,
    criterion_row,
    evidence_of,
    evidence_rows,
    measure_of,
    measure_row,
    scorecard_of,
)
from callqa.store.codec import unpack
from callqa.store.tables import CallRow, CriterionRow, EvidenceRow, MeasureRow, PathRow, now


@dataclass(frozen=True, slots=True)
class RescoringRow:
    """What tells how a stored call is to be judged anew; the names are those of `CallRow`."""

    id: str
    paths: tuple[str, ...]
    agent_id: str | None
    agent_name: str | None
    queue: str | None
    company: str | None
    language: str
    settings: Mapping[str, Any]
    rubric: str | None
    rubric_digest: str | None
    lexicons_digest: str | None
    measures_key: str | None
    judge_key: str
    saved_at: str


@dataclass(frozen=True, slots=True)
class JudgedAnew:
    """What is another now of one call. `measures` are those that were taken anew and differ."""

    row: RescoringRow
    before: Scorecard
    after: Scorecard
    measures: Mapping[str, Measure]
    settings: Mapping[str, Any]
    settings_hash: str
    callqa_version: str
    created_at: str
    rubric: str | None
    lexicons_digest: str | None
    measures_key: str | None
    judge_key: str


def rescoring_rows(connection: Connection) -> list[RescoringRow]:
    """Every stored call, by start time where it is known, then by path."""
    paths: dict[str, list[str]] = {}
    for call_id, path in connection.execute(
        select(PathRow.call_id, PathRow.path).order_by(PathRow.added_at, PathRow.path)
    ):
        paths.setdefault(call_id, []).append(path)
    names = [name for name in RescoringRow.__slots__ if name != "paths"]
    query = select(CallRow.started_at, *(getattr(CallRow, name) for name in names))
    found = [
        (row.started_at or "", RescoringRow(paths=tuple(paths.get(row.id, ())), **_named(row, names)))
        for row in connection.execute(query)
    ]
    found.sort(key=lambda item: (item[0], item[1].paths or (item[1].id,)))
    return [row for _, row in found]


def _named(row: Any, names: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def load_for_judging(
    connection: Connection, ids: Sequence[str]
) -> list[tuple[str, CallFacts, dict[str, Measure], Scorecard]]:
    """Facts, measures and scorecard of some calls; those that are gone are left out."""
    evidence: dict[tuple[str, str, str], list[Any]] = {}
    for row in connection.execute(
        select(EvidenceRow).where(EvidenceRow.call_id.in_(ids)).order_by(EvidenceRow.position)
    ):
        evidence.setdefault((row.call_id, row.kind, row.owner), []).append(evidence_of(row))
    measures: dict[str, dict[str, Measure]] = {}
    for measured in connection.execute(
        select(MeasureRow).where(MeasureRow.call_id.in_(ids)).order_by(MeasureRow.position)
    ):
        cited = evidence.get((measured.call_id, "measure", measured.name), ())
        measures.setdefault(measured.call_id, {})[measured.name] = measure_of(measured, tuple(cited))
    criteria: dict[str, list[Any]] = {}
    for judged in connection.execute(
        select(CriterionRow).where(CriterionRow.call_id.in_(ids)).order_by(CriterionRow.position)
    ):
        cited = evidence.get((judged.call_id, "criterion", judged.criterion), ())
        criteria.setdefault(judged.call_id, []).append(criterion_of(judged, tuple(cited)))
    calls = connection.execute(
        select(
            CallRow.id,
            CallRow.facts,
            CallRow.rubric_id,
            CallRow.rubric_version,
            CallRow.rubric_digest,
            CallRow.score,
            CallRow.judged_share,
            CallRow.capped_by,
            CallRow.notes,
        ).where(CallRow.id.in_(ids))
    )
    return [
        (
            row.id,
            unpack(CallFacts, row.facts),
            measures.get(row.id, {}),
            scorecard_of(row, tuple(criteria.get(row.id, ()))),
        )
        for row in calls
    ]


def save_judged(connection: Connection, judged: Sequence[JudgedAnew]) -> list[str]:
    """Write what is another now, in one transaction; gives the ids of calls that somebody else
    changed meanwhile, which are left as they are."""
    current = {
        row.id: (row.saved_at, row.judge_key, row.rubric_digest)
        for row in connection.execute(
            select(CallRow.id, CallRow.saved_at, CallRow.judge_key, CallRow.rubric_digest)
        )
    }
    saved_at, left = now(), []
    calls: list[dict[str, Any]] = []
    gone: list[dict[str, Any]] = []
    rows: dict[Any, list[dict[str, Any]]] = {MeasureRow: [], CriterionRow: [], EvidenceRow: []}
    for item in judged:
        row = item.row
        if current.get(row.id) != (row.saved_at, row.judge_key, row.rubric_digest):
            left.append(row.id)
            continue
        calls.append(_call_values(item, saved_at))
        for name, measure in item.measures.items():
            gone.append({"b_call": row.id, "b_kind": "measure", "b_owner": name})
            rows[EvidenceRow] += evidence_rows(row.id, "measure", name, measure.evidence)
            rows[MeasureRow].append(measure_row(row.id, None, name, measure))
        before = {criterion.id: criterion for criterion in item.before.criteria}
        same_order = list(before) == [criterion.id for criterion in item.after.criteria]
        if not same_order:
            gone += [{"b_call": row.id, "b_kind": "criterion", "b_owner": name} for name in before]
        for position, criterion in enumerate(item.after.criteria):
            if same_order and before[criterion.id] == criterion:
                continue
            if same_order:
                gone.append({"b_call": row.id, "b_kind": "criterion", "b_owner": criterion.id})
            rows[CriterionRow].append(criterion_row(row.id, position, criterion))
            rows[EvidenceRow] += evidence_rows(row.id, "criterion", criterion.id, criterion.evidence)
    if calls:
        # Names of places are not names of columns: SQLAlchemy would take them for values.
        names = [name for name in calls[0] if name != "b_id"]
        connection.execute(
            update(CallRow).where(CallRow.id == bindparam("b_id")).values({n: bindparam(n) for n in names}),
            calls,
        )
    if gone:
        connection.execute(
            delete(EvidenceRow).where(
                EvidenceRow.call_id == bindparam("b_call"),
                EvidenceRow.kind == bindparam("b_kind"),
                EvidenceRow.owner == bindparam("b_owner"),
            ),
            gone,
        )
    _replace(connection, gone, rows)
    return left


def _replace(connection: Connection, gone: list[dict[str, Any]], rows: Mapping[Any, list[Any]]) -> None:
    criteria = [item for item in gone if item["b_kind"] == "criterion"]
    if criteria:
        connection.execute(
            delete(CriterionRow).where(
                CriterionRow.call_id == bindparam("b_call"), CriterionRow.criterion == bindparam("b_owner")
            ),
            [{"b_call": item["b_call"], "b_owner": item["b_owner"]} for item in criteria],
        )
    measured = [
        {f"b_{name}" if name in ("call_id", "name") else name: value for name, value in row.items()}
        for row in rows[MeasureRow]
    ]
    if measured:
        # A measure keeps its place among the others.
        columns: dict[str, Any] = {
            name: bindparam(name) for name in ("value", "unit", "components", "reason")
        }
        connection.execute(
            update(MeasureRow)
            .where(MeasureRow.call_id == bindparam("b_call_id"), MeasureRow.name == bindparam("b_name"))
            .values(columns),
            measured,
        )
    for table in (CriterionRow, EvidenceRow):
        if rows[table]:
            connection.execute(insert(table), rows[table])


def _call_values(item: JudgedAnew, saved_at: str) -> dict[str, Any]:
    card = item.after
    return {
        "b_id": item.row.id,
        "rubric_id": card.rubric.id,
        "rubric_version": card.rubric.version,
        "rubric_digest": card.rubric.digest,
        "score": card.score,
        "judged_share": card.judged_share,
        "capped_by": card.capped_by,
        "notes": list(card.notes),
        "settings": dict(item.settings),
        "settings_hash": item.settings_hash,
        "callqa_version": item.callqa_version,
        "created_at": item.created_at,
        "rubric": item.rubric,
        "lexicons_digest": item.lexicons_digest,
        "measures_key": item.measures_key,
        "judge_key": item.judge_key,
        "saved_at": saved_at,
    }
