"""The tables of a workspace.

A call's facts are one compressed value: they are only ever read whole. What people ask for
across calls (measures, verdicts, evidence, agents) are rows of their own. The tables change
only by a migration in `callqa/store/migrations`; a test holds the two against each other.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, MetaData, UniqueConstraint, false
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


def now() -> str:
    """The moment as ISO 8601 in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


class Base(DeclarativeBase):
    """All tables; constraints get stable names so that migrations can speak of them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class BatchRow(Base):
    """One run of `callqa score`. `finished_at` is null while it runs and when it was killed."""

    __tablename__ = "batches"

    id: Mapped[str] = mapped_column(primary_key=True)
    started_at: Mapped[str]
    finished_at: Mapped[str | None]
    callqa_version: Mapped[str]
    settings: Mapped[Any] = mapped_column(JSON)
    num_requests: Mapped[int]


class CallRow(Base):
    """One recording that was analysed. `sha256` is the whole digest of the file; `id` its prefix.

    `facts_key` changes with everything that changes the facts (models, settings of the audio
    stages, what was given for this call), `judge_key` with everything that changes the verdicts
    (rubrics, lexicons, settings of the measures, program version). `given` is what manifest, file
    name and options said about the call. `settings` and `rubric` (a name or a path, null for the
    default) are what it was last judged with; `rubric_digest` and `lexicons_digest` name their
    texts in `rubrics` and `lexicon_sets`, `measures_key` all else that the measures depend on (all
    three null for calls of an older program). `notes` are the scorecard's, `recording_notes` the
    recording's.
    """

    __tablename__ = "calls"

    id: Mapped[str] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(unique=True)
    status: Mapped[str]
    duration: Mapped[float]
    language: Mapped[str]
    agent_id: Mapped[str | None] = mapped_column(index=True)
    agent_name: Mapped[str | None] = mapped_column(index=True)
    company: Mapped[str | None]
    queue: Mapped[str | None]
    started_at: Mapped[str | None] = mapped_column(index=True)
    roles_certain: Mapped[bool]
    roles_source: Mapped[str]
    untranscribed_share: Mapped[float]
    rubric_id: Mapped[str]
    rubric_version: Mapped[str]
    score: Mapped[float | None]
    judged_share: Mapped[float]
    capped_by: Mapped[str | None]
    notes: Mapped[Any] = mapped_column(JSON)
    truncated: Mapped[bool] = mapped_column(server_default=false())
    recording_notes: Mapped[Any] = mapped_column(JSON, server_default="[]")
    given: Mapped[Any] = mapped_column(JSON)
    facts: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    callqa_version: Mapped[str]
    models: Mapped[Any] = mapped_column(JSON)
    settings_hash: Mapped[str]
    facts_key: Mapped[str]
    judge_key: Mapped[str]
    settings: Mapped[Any] = mapped_column(JSON, server_default="{}")
    rubric: Mapped[str | None]
    rubric_digest: Mapped[str | None]
    lexicons_digest: Mapped[str | None]
    measures_key: Mapped[str | None]
    created_at: Mapped[str]
    saved_at: Mapped[str]
    batch_id: Mapped[str | None] = mapped_column(ForeignKey("batches.id"))


class RubricRow(Base):
    """A rubric that calls were judged by, as its file was. `source` is the file's path or a shipped
    rubric's name. One `rubric_id` and `version` always mean one text."""

    __tablename__ = "rubrics"
    __table_args__ = (Index("ix_rubrics_rubric_id_version", "rubric_id", "version"),)

    digest: Mapped[str] = mapped_column(primary_key=True)
    rubric_id: Mapped[str]
    version: Mapped[str]
    language: Mapped[str]
    source: Mapped[str]
    text: Mapped[str]
    added_at: Mapped[str]


class LexiconSetRow(Base):
    """All lexicons of a language that calls were measured with; `content` is compressed JSON."""

    __tablename__ = "lexicon_sets"

    digest: Mapped[str] = mapped_column(primary_key=True)
    language: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary)
    added_at: Mapped[str]


class PathRow(Base):
    """A name under which a call's file was given. `path` is as the user wrote it, `absolute`
    where that was. A call has one row for each name of the same audio."""

    __tablename__ = "paths"

    absolute: Mapped[str] = mapped_column(primary_key=True)
    path: Mapped[str] = mapped_column(index=True)
    call_id: Mapped[str] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), index=True)
    added_at: Mapped[str]


class MeasureRow(Base):
    """One measure of one call."""

    __tablename__ = "measures"

    call_id: Mapped[str] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    value: Mapped[Any] = mapped_column(JSON)
    unit: Mapped[str]
    components: Mapped[Any] = mapped_column(JSON)
    reason: Mapped[str | None]


class CriterionRow(Base):
    """One criterion of one call's scorecard."""

    __tablename__ = "criteria"
    __table_args__ = (Index("ix_criteria_criterion_verdict", "criterion", "verdict"),)

    call_id: Mapped[str] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True)
    criterion: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    verdict: Mapped[str]
    score: Mapped[float | None]
    weight: Mapped[float]
    critical: Mapped[bool]
    reason: Mapped[str]


class EvidenceRow(Base):
    """A span to play. `kind` is ``measure`` or ``criterion``, `owner` that one's name."""

    __tablename__ = "evidence"
    __table_args__ = (UniqueConstraint("call_id", "kind", "owner", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[str] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"))
    kind: Mapped[str]
    owner: Mapped[str]
    position: Mapped[int]
    start: Mapped[float]
    end: Mapped[float]
    quote: Mapped[str]
    reason: Mapped[str]
    probability: Mapped[float | None]


class VoiceRow(Base):
    """How a speaker of a call sounds, kept only where the setting `voices` is on. `sealed` is an
    encrypted vector (`callqa.store.sealing`), `model` the encoder that made it. `teaches`: the
    speaker surely is the agent `agent_id`. Goes with its call."""

    __tablename__ = "voices"

    call_id: Mapped[str] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True)
    speaker: Mapped[str] = mapped_column(primary_key=True)
    agent_id: Mapped[str] = mapped_column(index=True)
    teaches: Mapped[bool]
    seconds: Mapped[float]
    model: Mapped[str]
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    added_at: Mapped[str]


class FailureRow(Base):
    """The last failure of a file; gone once the file is scored."""

    __tablename__ = "failures"

    absolute: Mapped[str] = mapped_column(primary_key=True)
    path: Mapped[str]
    reason: Mapped[str]
    hint: Mapped[str]
    failed_at: Mapped[str]
    batch_id: Mapped[str | None] = mapped_column(ForeignKey("batches.id"))


class ClaimRow(Base):
    """A recording that a batch is working on, so that no other batch does the same.

    A claim is void when its process is gone or when nobody renewed it before `expires_at`
    (seconds since the epoch).
    """

    __tablename__ = "claims"

    sha256: Mapped[str] = mapped_column(primary_key=True)
    batch_id: Mapped[str] = mapped_column(index=True)
    host: Mapped[str]
    pid: Mapped[int]
    expires_at: Mapped[float]


class LabelSheetRow(Base):
    """A sheet that was handed out to people: `chances` says with which chance each call was drawn
    out of `population` calls."""

    __tablename__ = "label_sheets"

    id: Mapped[str] = mapped_column(primary_key=True)
    seed: Mapped[int]
    population: Mapped[int]
    chances: Mapped[Any] = mapped_column(JSON)
    created_at: Mapped[str]


class LabelRow(Base):
    """One person's verdict on one criterion of one call; it goes with the call. `sheet_id` is null
    where it came in a table that callqa did not write, `source` is the file's name."""

    __tablename__ = "labels"

    call_id: Mapped[str] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True)
    criterion: Mapped[str] = mapped_column(primary_key=True)
    labeller: Mapped[str] = mapped_column(primary_key=True)
    verdict: Mapped[str]
    comment: Mapped[str]
    source: Mapped[str]
    sheet_id: Mapped[str | None] = mapped_column(ForeignKey("label_sheets.id"))
    saved_at: Mapped[str]


class CoachingSessionRow(Base):
    """A talk with an agent about one criterion. `state` is ``planned``, ``held``, ``acknowledged``,
    ``followed_up`` or ``cancelled``; days are ISO 8601."""

    __tablename__ = "coaching_sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    agent: Mapped[str] = mapped_column(index=True)
    criterion: Mapped[str]
    coach: Mapped[str]
    planned_for: Mapped[str]
    state: Mapped[str]
    held_on: Mapped[str | None]
    follow_up_on: Mapped[str | None]


class CoachingEventRow(Base):
    """One step of a session: to which state it went, when, by whom, and what was said."""

    __tablename__ = "coaching_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(
        ForeignKey("coaching_sessions.id", ondelete="CASCADE"), index=True
    )
    state: Mapped[str]
    at: Mapped[str]
    by: Mapped[str]
    text: Mapped[str]


class ConsentRow(Base):
    """Whether an agent's good examples may carry the name; where there is no row they may not."""

    __tablename__ = "consents"

    agent: Mapped[str] = mapped_column(primary_key=True)
    by_name: Mapped[bool]
    at: Mapped[str]
    by: Mapped[str]


class CallFlagRow(Base):
    """A mark on a call, ``not_for_training`` for one. Goes with its call."""

    __tablename__ = "call_flags"

    call_id: Mapped[str] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True)
    flag: Mapped[str] = mapped_column(primary_key=True)
    reason: Mapped[str]
    by: Mapped[str]
    at: Mapped[str]
