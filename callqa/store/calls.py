"""Calls in and out of a workspace, exactly as they are."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from callqa.data import (
    CallAnalysis,
    CallFacts,
    CriterionResult,
    Evidence,
    Measure,
    Provenance,
    RubricRef,
    Scorecard,
    Verdict,
)
from callqa.errors import StoreError
from callqa.store.codec import pack, to_plain, unpack
from callqa.store.tables import CallRow, CriterionRow, EvidenceRow, FailureRow, MeasureRow, PathRow, now

GIVEN_FIELDS = (
    "agent_id",
    "agent_name",
    "company",
    "started_at",
    "queue",
    "agent_channel",
    "language",
)
"""What manifest, file name and options may say about a call."""


@dataclass(frozen=True, slots=True)
class CallKeys:
    """What a stored call was made of: the file's whole SHA-256, a digest each of all that the
    facts and all that the verdicts depend on, what was `given` (`GIVEN_FIELDS`), and the
    settings and the rubric (a name or a path, None for the default) it was judged with."""

    sha256: str
    facts_key: str
    judge_key: str
    given: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    rubric: str | None = None


@dataclass(frozen=True, slots=True)
class KnownCall:
    """What tells whether a stored call has to be done again."""

    id: str
    keys: CallKeys


def absolute(path: str) -> str:
    """`path` as one name for one place, whether or not anything is there."""
    return os.path.abspath(path)


def save_call(
    connection: Connection, analysis: CallAnalysis, keys: CallKeys, path: str, batch_id: str | None
) -> None:
    """Write the whole of one call, in place of what was stored for the same audio."""
    facts, card = analysis.facts, analysis.scorecard
    recording = facts.recording
    values = {
        "sha256": keys.sha256,
        "status": facts.status,
        "duration": recording.duration,
        "language": facts.language,
        "agent_id": recording.agent_id,
        "agent_name": recording.agent_name,
        "company": recording.company,
        "queue": recording.queue,
        "started_at": recording.started_at,
        "roles_certain": facts.roles.certain,
        "roles_source": facts.roles.source,
        "untranscribed_share": facts.coverage.untranscribed_share,
        "rubric_id": card.rubric.id,
        "rubric_version": card.rubric.version,
        "score": card.score,
        "judged_share": card.judged_share,
        "capped_by": card.capped_by,
        "notes": list(card.notes),
        "truncated": recording.truncated,
        "recording_notes": list(recording.notes),
        "given": dict(keys.given),
        "settings": dict(keys.settings),
        "rubric": keys.rubric,
        "rubric_digest": card.rubric.digest,
        "lexicons_digest": analysis.provenance.lexicons_digest,
        "measures_key": analysis.provenance.measures_key,
        "facts": pack(facts),
        "callqa_version": analysis.provenance.callqa_version,
        "models": dict(analysis.provenance.models),
        "settings_hash": analysis.provenance.settings_hash,
        "facts_key": keys.facts_key,
        "judge_key": keys.judge_key,
        "created_at": analysis.provenance.created_at,
        "saved_at": now(),
        "batch_id": batch_id,
    }
    known = connection.execute(select(CallRow.id).where(CallRow.sha256 == keys.sha256)).scalar()
    if known is None:
        connection.execute(insert(CallRow).values(id=recording.id, **values))
    else:
        connection.execute(update(CallRow).where(CallRow.id == known).values(**values))
        for table in (MeasureRow, CriterionRow, EvidenceRow):
            connection.execute(delete(table).where(table.call_id == known))
    _save_judgement(connection, recording.id, analysis)
    save_path(connection, recording.id, path)


def save_path(connection: Connection, call_id: str, path: str) -> None:
    """Note that `path` is a name of this call's audio, and no longer a failure."""
    row = {"absolute": absolute(path), "path": path, "call_id": call_id, "added_at": now()}
    connection.execute(
        upsert(PathRow)
        .values(**row)
        .on_conflict_do_update(index_elements=["absolute"], set_={"path": path, "call_id": call_id})
    )
    connection.execute(delete(FailureRow).where(FailureRow.absolute == absolute(path)))


def save_failure(connection: Connection, path: str, reason: str, hint: str, batch_id: str | None) -> None:
    """Note why `path` could not be scored, in place of what was noted before."""
    values = {"path": path, "reason": reason, "hint": hint, "failed_at": now(), "batch_id": batch_id}
    connection.execute(
        upsert(FailureRow)
        .values(absolute=absolute(path), **values)
        .on_conflict_do_update(index_elements=["absolute"], set_=values)
    )


def load_call(connection: Connection, call_id: str) -> CallAnalysis:
    """One call, exactly as it was saved. Raises `StoreError` where there is none."""
    row = connection.execute(
        select(
            CallRow.facts,
            CallRow.rubric_id,
            CallRow.rubric_version,
            CallRow.rubric_digest,
            CallRow.score,
            CallRow.judged_share,
            CallRow.capped_by,
            CallRow.notes,
            CallRow.callqa_version,
            CallRow.models,
            CallRow.settings_hash,
            CallRow.created_at,
            CallRow.lexicons_digest,
            CallRow.measures_key,
        ).where(CallRow.id == call_id)
    ).first()
    if row is None:
        raise StoreError(f"no call {call_id} is stored.", "`callqa list` shows the stored calls.")
    evidence = _load_evidence(connection, call_id)
    measures = {
        item.name: measure_of(item, tuple(evidence.get(("measure", item.name), ())))
        for item in connection.execute(
            select(MeasureRow).where(MeasureRow.call_id == call_id).order_by(MeasureRow.position)
        )
    }
    criteria = tuple(
        criterion_of(item, tuple(evidence.get(("criterion", item.criterion), ())))
        for item in connection.execute(
            select(CriterionRow).where(CriterionRow.call_id == call_id).order_by(CriterionRow.position)
        )
    )
    return CallAnalysis(
        facts=unpack(CallFacts, row.facts),
        measures=measures,
        scorecard=scorecard_of(row, criteria),
        provenance=Provenance(
            row.callqa_version,
            row.models,
            row.settings_hash,
            row.created_at,
            row.lexicons_digest,
            row.measures_key,
        ),
    )


def load_known(connection: Connection, sha256: str) -> KnownCall | None:
    """The call stored for this audio and what it was made of, None where there is none."""
    call_id = connection.execute(select(CallRow.id).where(CallRow.sha256 == sha256)).scalar()
    return None if call_id is None else KnownCall(call_id, load_call_keys(connection, call_id))


def load_call_keys(connection: Connection, call_id: str) -> CallKeys:
    """What a stored call was made of."""
    row = connection.execute(
        select(
            CallRow.sha256,
            CallRow.facts_key,
            CallRow.judge_key,
            CallRow.given,
            CallRow.settings,
            CallRow.rubric,
        ).where(CallRow.id == call_id)
    ).one()
    return CallKeys(*row)


def measure_of(row: Any, evidence: tuple[Evidence, ...]) -> Measure:
    """The measure that a `MeasureRow` holds."""
    return Measure(row.name, row.value, row.unit, row.components, evidence, row.reason)


def criterion_of(row: Any, evidence: tuple[Evidence, ...]) -> CriterionResult:
    """The result that a `CriterionRow` holds."""
    verdict = Verdict(row.verdict)
    return CriterionResult(row.criterion, verdict, row.score, row.weight, row.critical, row.reason, evidence)


def scorecard_of(row: Any, criteria: tuple[CriterionResult, ...]) -> Scorecard:
    """The scorecard that a `CallRow` holds."""
    rubric = RubricRef(row.rubric_id, row.rubric_version, row.rubric_digest)
    return Scorecard(rubric, row.score, row.judged_share, criteria, row.capped_by, tuple(row.notes))


def evidence_of(row: Any) -> Evidence:
    """The evidence that an `EvidenceRow` holds."""
    return Evidence(row.start, row.end, row.quote, row.reason, row.probability)


def measure_row(call_id: str, position: int | None, name: str, measure: Measure) -> dict[str, Any]:
    """The values of a `MeasureRow`, without a position where it has one already."""
    row = {
        "call_id": call_id,
        "name": name,
        "value": to_plain(measure.value),
        "unit": measure.unit,
        "components": to_plain(measure.components),
        "reason": measure.reason,
    }
    return row if position is None else {**row, "position": position}


def criterion_row(call_id: str, position: int, result: CriterionResult) -> dict[str, Any]:
    """The values of a `CriterionRow`."""
    return {
        "call_id": call_id,
        "criterion": result.id,
        "position": position,
        "verdict": result.verdict.value,
        "score": result.score,
        "weight": result.weight,
        "critical": result.critical,
        "reason": result.reason,
    }


def _save_judgement(connection: Connection, call_id: str, analysis: CallAnalysis) -> None:
    measures, criteria, evidence = [], [], []
    for position, (name, measure) in enumerate(analysis.measures.items()):
        measures.append(measure_row(call_id, position, name, measure))
        evidence += evidence_rows(call_id, "measure", name, measure.evidence)
    for position, result in enumerate(analysis.scorecard.criteria):
        criteria.append(criterion_row(call_id, position, result))
        evidence += evidence_rows(call_id, "criterion", result.id, result.evidence)
    for table, rows in ((MeasureRow, measures), (CriterionRow, criteria), (EvidenceRow, evidence)):
        if rows:
            connection.execute(insert(table), rows)


def evidence_rows(call_id: str, kind: str, owner: str, items: Sequence[Evidence]) -> list[dict[str, Any]]:
    """The values of `EvidenceRow`s, in order."""
    return [
        {
            "call_id": call_id,
            "kind": kind,
            "owner": owner,
            "position": position,
            "start": to_plain(item.start),
            "end": to_plain(item.end),
            "quote": item.quote,
            "reason": item.reason,
            "probability": to_plain(item.probability),
        }
        for position, item in enumerate(items)
    ]


def _load_evidence(connection: Connection, call_id: str) -> dict[tuple[str, str], list[Evidence]]:
    found: dict[tuple[str, str], list[Evidence]] = {}
    rows = connection.execute(
        select(EvidenceRow)
        .where(EvidenceRow.call_id == call_id)
        .order_by(EvidenceRow.kind, EvidenceRow.owner, EvidenceRow.position)
    )
    for row in rows:
        found.setdefault((row.kind, row.owner), []).append(evidence_of(row))
    return found
