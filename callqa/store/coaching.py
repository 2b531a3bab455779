"""Coaching sessions with all that happened to them, who may be shown by name, and calls that are not
for training."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from callqa.data import Evidence
from callqa.errors import UsageError
from callqa.store.database import Database
from callqa.store.tables import (
    CallFlagRow,
    CallRow,
    CoachingEventRow,
    CoachingSessionRow,
    ConsentRow,
    EvidenceRow,
    MeasureRow,
    now,
)

NOT_FOR_TRAINING = "not_for_training"
_MOST_AT_ONCE = 500  # ids in one query: SQLite takes a limited number of parameters

SessionState = Literal["planned", "held", "acknowledged", "followed_up", "cancelled"]
_NEXT: dict[SessionState, tuple[SessionState, ...]] = {
    "planned": ("held", "cancelled"),
    "held": ("acknowledged", "cancelled"),
    "acknowledged": ("followed_up", "cancelled"),
    "followed_up": (),
    "cancelled": (),
}


@dataclass(frozen=True, slots=True)
class SessionEvent:
    """One step of a session: to which state, when (ISO 8601, UTC), by whom, and what was said."""

    state: SessionState
    at: str
    by: str
    text: str


@dataclass(frozen=True, slots=True)
class CoachingSession:
    """One talk with an agent about one behaviour (a criterion's id).

    `on` is the day it is planned for, `held_on` the day it took place, `follow_up_on` the day from
    which the calls after it are to be looked at (known once it was held). `events` are in order; the
    first is the planning.
    """

    id: int
    agent: str
    criterion: str
    coach: str
    on: date
    state: SessionState
    held_on: date | None
    follow_up_on: date | None
    events: tuple[SessionEvent, ...]

    @property
    def is_open(self) -> bool:
        """Whether anything is still to be done."""
        return bool(_NEXT[self.state])

    @property
    def due_on(self) -> date | None:
        """The day from which its next step is due, None once it is closed. What was held is due
        to be acknowledged at once."""
        if self.state == "planned":
            return self.on
        if self.state == "held":
            return self.held_on
        return self.follow_up_on if self.state == "acknowledged" else None

    @property
    def comment(self) -> str:
        """What the agent said when acknowledging it; "" where nothing."""
        return next((event.text for event in self.events if event.state == "acknowledged"), "")


@dataclass(frozen=True, slots=True)
class Consent:
    """Whether an agent's good examples may carry the name."""

    agent: str
    by_name: bool
    at: str
    by: str


@dataclass(frozen=True, slots=True)
class CallFlag:
    """A mark on a call, such as ``not_for_training``."""

    call_id: str
    flag: str
    reason: str
    by: str
    at: str


@dataclass(frozen=True, slots=True)
class StoredEvidence:
    """Evidence of a call; `kind` is ``measure`` or ``criterion``, `owner` that one's name."""

    kind: str
    owner: str
    evidence: Evidence


class CoachingRecords:
    """What a workspace knows about coaching. Every method is one transaction and raises `StoreError`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def plan(
        self, agent: str, criterion: str, coach: str, on: date, by: str, note: str = ""
    ) -> CoachingSession:
        """Keep a new session."""
        with self._database.writing() as connection:
            values = {"agent": agent, "criterion": criterion, "coach": coach, "planned_for": on.isoformat()}
            result = connection.execute(insert(CoachingSessionRow).values(state="planned", **values))
            number = int(result.inserted_primary_key[0])  # type: ignore[index]
            _add_event(connection, number, "planned", by, note)
            return _find(connection, number)

    def move(
        self,
        number: int,
        state: SessionState,
        by: str,
        text: str = "",
        *,
        held_on: date | None = None,
        follow_up_on: date | None = None,
    ) -> CoachingSession:
        """Take a session one step on. Raises `UsageError` where it is not there, or not at the step
        before."""
        with self._database.writing() as connection:
            session = _find(connection, number)
            if state not in _NEXT[session.state]:
                allowed = " or ".join(_NEXT[session.state]) or "nothing, it is closed"
                raise UsageError(
                    f"session {number} is {_words(session.state)}; it cannot become {_words(state)}.",
                    f"What can follow is: {allowed.replace('_', ' ')}.",
                )
            values: dict[str, Any] = {"state": state}
            if held_on is not None:
                values["held_on"] = held_on.isoformat()
            if follow_up_on is not None:
                values["follow_up_on"] = follow_up_on.isoformat()
            connection.execute(
                update(CoachingSessionRow).where(CoachingSessionRow.id == number).values(**values)
            )
            _add_event(connection, number, state, by, text)
            return _find(connection, number)

    def session(self, number: int) -> CoachingSession:
        """One session. Raises `UsageError` where there is none of this number."""
        with self._database.reading() as connection:
            return _find(connection, number)

    def sessions(self, agent: str | None = None) -> list[CoachingSession]:
        """All sessions in the order they were planned, or an agent's."""
        with self._database.reading() as connection:
            return _load(connection, None if agent is None else CoachingSessionRow.agent == agent)

    def save_consent(self, agent: str, by_name: bool, by: str) -> None:
        """Note whether an agent's good examples may carry the name."""
        values = {"by_name": by_name, "by": by, "at": now()}
        with self._database.writing() as connection:
            connection.execute(
                upsert(ConsentRow)
                .values(agent=agent, **values)
                .on_conflict_do_update(index_elements=["agent"], set_=values)
            )

    def consents(self) -> dict[str, Consent]:
        """What agents said, by agent."""
        with self._database.reading() as connection:
            rows = connection.execute(select(*ConsentRow.__table__.columns).order_by(ConsentRow.agent))
            return {row.agent: Consent(row.agent, row.by_name, row.at, row.by) for row in rows}

    def flag(self, call_id: str, flag: str, by: str, reason: str = "") -> None:
        """Mark a call."""
        values = {"reason": reason, "by": by, "at": now()}
        with self._database.writing() as connection:
            connection.execute(
                upsert(CallFlagRow)
                .values(call_id=call_id, flag=flag, **values)
                .on_conflict_do_update(index_elements=["call_id", "flag"], set_=values)
            )

    def unflag(self, call_id: str, flag: str) -> bool:
        """Take a mark away; whether there was one."""
        with self._database.writing() as connection:
            found = connection.execute(
                delete(CallFlagRow).where(CallFlagRow.call_id == call_id, CallFlagRow.flag == flag)
            )
            return bool(found.rowcount)

    def flags(self, flag: str | None = None) -> list[CallFlag]:
        """Marks by call; of one kind."""
        query = select(*CallFlagRow.__table__.columns).order_by(CallFlagRow.call_id, CallFlagRow.flag)
        if flag is not None:
            query = query.where(CallFlagRow.flag == flag)
        with self._database.reading() as connection:
            return [
                CallFlag(row.call_id, row.flag, row.reason, row.by, row.at)
                for row in connection.execute(query)
            ]

    def days(self) -> tuple[date, date] | None:
        """The days of the oldest and the newest call that has a time, None where none has."""
        with self._database.reading() as connection:
            first, last = connection.execute(
                select(func.min(CallRow.started_at), func.max(CallRow.started_at))
            ).one()
        if first is None or last is None:
            return None
        return date.fromisoformat(first[:10]), date.fromisoformat(last[:10])

    def evidence(self, call_ids: Iterable[str]) -> dict[str, list[StoredEvidence]]:
        """Evidence of criteria and measures of some calls, in each one's order."""
        wanted = sorted(set(call_ids))
        found: dict[str, list[StoredEvidence]] = {call_id: [] for call_id in wanted}
        with self._database.reading() as connection:
            for first in range(0, len(wanted), _MOST_AT_ONCE):
                query = (
                    select(*EvidenceRow.__table__.columns)
                    .where(EvidenceRow.call_id.in_(wanted[first : first + _MOST_AT_ONCE]))
                    .order_by(EvidenceRow.call_id, EvidenceRow.kind, EvidenceRow.owner, EvidenceRow.position)
                )
                for row in connection.execute(query):
                    item = Evidence(row.start, row.end, row.quote, row.reason, row.probability)
                    found[row.call_id].append(StoredEvidence(row.kind, row.owner, item))
        return found

    def components(self, call_ids: Iterable[str], measure: str) -> dict[str, Mapping[str, Any]]:
        """A measure's components in some calls, by call."""
        wanted = sorted(set(call_ids))
        found: dict[str, Mapping[str, Any]] = {}
        with self._database.reading() as connection:
            for first in range(0, len(wanted), _MOST_AT_ONCE):
                query = select(MeasureRow.call_id, MeasureRow.components).where(
                    MeasureRow.name == measure,
                    MeasureRow.call_id.in_(wanted[first : first + _MOST_AT_ONCE]),
                )
                found.update((row.call_id, row.components) for row in connection.execute(query))
        return found


def _find(connection: Connection, number: int) -> CoachingSession:
    found = _load(connection, CoachingSessionRow.id == number)
    if not found:
        raise UsageError(f"there is no coaching session {number}.", "`callqa sessions list` shows them.")
    return found[0]


def _load(connection: Connection, wanted: ColumnElement[bool] | None) -> list[CoachingSession]:
    query = select(*CoachingSessionRow.__table__.columns).order_by(CoachingSessionRow.id)
    if wanted is not None:
        query = query.where(wanted)
    rows = connection.execute(query).all()
    events: dict[int, list[SessionEvent]] = {}
    happened = select(*CoachingEventRow.__table__.columns).order_by(CoachingEventRow.id)
    for row in connection.execute(happened):
        events.setdefault(row.session_id, []).append(SessionEvent(row.state, row.at, row.by, row.text))
    return [
        CoachingSession(
            id=row.id,
            agent=row.agent,
            criterion=row.criterion,
            coach=row.coach,
            on=date.fromisoformat(row.planned_for),
            state=row.state,
            held_on=_day(row.held_on),
            follow_up_on=_day(row.follow_up_on),
            events=tuple(events.get(row.id, ())),
        )
        for row in rows
    ]


def _words(state: str) -> str:
    return state.replace("_", " ")


def _add_event(connection: Connection, number: int, state: str, by: str, text: str) -> None:
    connection.execute(
        insert(CoachingEventRow).values(session_id=number, state=state, at=now(), by=by, text=text)
    )


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
