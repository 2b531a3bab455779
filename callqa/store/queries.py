"""Finding calls and listing them, without reading them whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, func, select

from callqa.data import Verdict
from callqa.errors import UsageError
from callqa.store.calls import absolute
from callqa.store.tables import CallRow, CriterionRow, FailureRow, PathRow


@dataclass(frozen=True, slots=True)
class CallSummary:
    """One line of a list of calls. `verdicts` has the criteria in the rubric's order; `score`
    is 0-100, shares 0-1, `duration` seconds. `notes` are the scorecard's, `recording_notes` and
    `truncated` the recording's."""

    id: str
    paths: tuple[str, ...]
    status: str
    duration: float
    language: str
    agent_id: str | None
    agent_name: str | None
    started_at: str | None
    roles_certain: bool
    untranscribed_share: float
    score: float | None
    judged_share: float
    capped_by: str | None
    notes: tuple[str, ...]
    verdicts: Mapping[str, Verdict] = field(default_factory=dict)
    truncated: bool = False
    recording_notes: tuple[str, ...] = ()
    queue: str | None = None

    @property
    def agent(self) -> str | None:
        """The agent's name, else their number, None where neither is known."""
        return self.agent_name or self.agent_id


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that could not be scored the last time it was tried."""

    path: str
    reason: str
    hint: str
    failed_at: str


def find_call(connection: Connection, name: str) -> str:
    """The id of the call that `name` means: an id, the beginning of just one, or a path.

    Raises `UsageError` where it means none or several.
    """
    by_path = connection.execute(
        select(PathRow.call_id)
        .where((PathRow.path == name) | (PathRow.absolute == absolute(name)))
        .distinct()
    ).scalars()
    found = list(by_path)
    if not found and name and all(char in "0123456789abcdef" for char in name.lower()):
        prefix = name.lower()
        found = list(connection.execute(select(CallRow.id).where(CallRow.id.startswith(prefix))).scalars())
        if prefix in found:
            return prefix
    if not found:
        failure = connection.execute(
            select(FailureRow.reason, FailureRow.hint).where(
                (FailureRow.path == name) | (FailureRow.absolute == absolute(name))
            )
        ).first()
        if failure is not None:
            raise UsageError(f"{name} was not scored: {failure.reason}", failure.hint)
        raise UsageError(
            f"no stored call is called {name!r}.",
            "`callqa list` shows the stored calls; a call's id, the beginning of it, or the path "
            "as it was given will do.",
        )
    if len(found) > 1:
        raise UsageError(
            f"{name!r} means {len(found)} calls: {', '.join(sorted(found)[:5])}"
            f"{', …' if len(found) > 5 else ''}.",
            "Write more of the id.",
        )
    return str(found[0])


def load_paths(connection: Connection, call_id: str) -> tuple[str, ...]:
    """Every name under which the call's audio was given, the first first."""
    rows = connection.execute(
        select(PathRow.path).where(PathRow.call_id == call_id).order_by(PathRow.added_at, PathRow.path)
    )
    return tuple(rows.scalars())


def load_files(connection: Connection, call_id: str) -> tuple[str, ...]:
    """Where the files with the call's audio were, the first first."""
    rows = connection.execute(
        select(PathRow.absolute).where(PathRow.call_id == call_id).order_by(PathRow.added_at, PathRow.path)
    )
    return tuple(rows.scalars())


def list_calls(
    connection: Connection,
    *,
    agent: str | None = None,
    criterion: str | None = None,
    verdict: Verdict | None = None,
    ids: Iterable[str] | None = None,
) -> list[CallSummary]:
    """Stored calls by start time where it is known, then by path; narrowed to an agent's (name
    or number), to a verdict on a criterion, or to certain ids."""
    query = select(
        CallRow.id,
        CallRow.status,
        CallRow.duration,
        CallRow.language,
        CallRow.agent_id,
        CallRow.agent_name,
        CallRow.started_at,
        CallRow.roles_certain,
        CallRow.untranscribed_share,
        CallRow.score,
        CallRow.judged_share,
        CallRow.capped_by,
        CallRow.notes,
        CallRow.truncated,
        CallRow.recording_notes,
        CallRow.queue,
    )
    if agent is not None:
        query = query.where((CallRow.agent_name == agent) | (CallRow.agent_id == agent))
    if criterion is not None:
        matching = select(CriterionRow.call_id).where(CriterionRow.criterion == criterion)
        if verdict is not None:
            matching = matching.where(CriterionRow.verdict == verdict.value)
        query = query.where(CallRow.id.in_(matching))
    paths = _grouped(
        connection.execute(select(PathRow.call_id, PathRow.path).order_by(PathRow.added_at, PathRow.path))
    )
    verdicts = _grouped(
        connection.execute(
            select(CriterionRow.call_id, CriterionRow.criterion, CriterionRow.verdict).order_by(
                CriterionRow.position
            )
        )
    )
    wanted = None if ids is None else set(ids)
    found = [
        CallSummary(
            id=row.id,
            paths=tuple(item.path for item in paths.get(row.id, ())),
            status=row.status,
            duration=row.duration,
            language=row.language,
            agent_id=row.agent_id,
            agent_name=row.agent_name,
            started_at=row.started_at,
            roles_certain=row.roles_certain,
            untranscribed_share=row.untranscribed_share,
            score=row.score,
            judged_share=row.judged_share,
            capped_by=row.capped_by,
            notes=tuple(row.notes),
            verdicts={item.criterion: Verdict(item.verdict) for item in verdicts.get(row.id, ())},
            truncated=row.truncated,
            recording_notes=tuple(row.recording_notes),
            queue=row.queue,
        )
        for row in connection.execute(query)
        if wanted is None or row.id in wanted
    ]
    return sorted(found, key=lambda call: (call.started_at or "", call.paths or (call.id,)))


def list_failures(connection: Connection) -> list[Failure]:
    """Files whose last try failed, by path."""
    rows = connection.execute(
        select(FailureRow.path, FailureRow.reason, FailureRow.hint, FailureRow.failed_at).order_by(
            FailureRow.path
        )
    )
    return [Failure(row.path, row.reason, row.hint, row.failed_at) for row in rows]


def count_calls(connection: Connection) -> int:
    """How many calls are stored."""
    return connection.execute(select(func.count()).select_from(CallRow)).scalar_one()


def count_undated(connection: Connection, queue: str | None) -> int:
    """How many calls that were scored, of a queue or of all, have no time: no period holds them."""
    query = select(func.count()).select_from(CallRow)
    query = query.where(CallRow.started_at.is_(None), CallRow.status == "scored")
    if queue is not None:
        query = query.where(CallRow.queue == queue)
    return connection.execute(query).scalar_one()


def _grouped(rows: Iterable[Row[Any]]) -> dict[str, list[Row[Any]]]:
    groups: dict[str, list[Row[Any]]] = {}
    for row in rows:
        groups.setdefault(row.call_id, []).append(row)
    return groups
