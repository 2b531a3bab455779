"""Voices of speakers in a workspace: sealed, by call, and gone without a trace when forgotten.

An agent's print is not stored: it is the mean of that agent's voices in the calls that teach it,
so that settling other roles, or deleting a call, also takes back what the call had taught.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from callqa.data.voices import SpeakerVoice
from callqa.store.sealing import Sealer
from callqa.store.tables import CallRow, VoiceRow, now

MOST_CALLS = 50
"""An agent's print is made of this many calls, the last ones: voices and headsets change."""


@dataclass(frozen=True, slots=True)
class SealedVoice:
    """A speaker's voice as it is stored. `teaches`: the speaker surely is the agent `agent_id`."""

    speaker: str
    agent_id: str
    teaches: bool
    seconds: float
    model: str
    sealed: bytes


@dataclass(frozen=True, slots=True)
class KnownVoice:
    """What is stored of an agent's voice. `num_waiting` calls wait for somebody to settle their
    roles: of those both speakers' voices are stored."""

    agent_id: str
    num_calls: int
    seconds: float
    num_waiting: int
    last_added: str


def seal_voice(voice: SpeakerVoice, agent_id: str, teaches: bool, sealer: Sealer) -> SealedVoice:
    """A voice ready to be stored."""
    data = struct.pack(f"<{len(voice.vector)}f", *voice.vector)
    return SealedVoice(voice.speaker, agent_id, teaches, voice.seconds, voice.model, sealer.seal(data))


def open_voice(voice: SealedVoice, sealer: Sealer) -> SpeakerVoice:
    """A stored voice. Raises `StoreError` where the key is another one."""
    data = sealer.open(voice.sealed)
    vector = struct.unpack(f"<{len(data) // 4}f", data)
    return SpeakerVoice(voice.speaker, vector, voice.seconds, voice.model)


def replace_voices(connection: Connection, call_id: str, voices: Sequence[SealedVoice]) -> None:
    """Keep these voices of a call, and no others."""
    _wipe_what_is_deleted(connection)
    connection.execute(delete(VoiceRow).where(VoiceRow.call_id == call_id))
    for voice in voices:
        connection.execute(
            insert(VoiceRow).values(
                call_id=call_id,
                speaker=voice.speaker,
                agent_id=voice.agent_id,
                teaches=voice.teaches,
                seconds=voice.seconds,
                model=voice.model,
                sealed=voice.sealed,
                added_at=now(),
            )
        )


def settle_voices(connection: Connection, call_id: str, agent: str | None) -> None:
    """Let `agent`'s voice in a call teach, and forget that of the other speaker; with None forget
    both."""
    _wipe_what_is_deleted(connection)
    connection.execute(delete(VoiceRow).where(VoiceRow.call_id == call_id, VoiceRow.speaker != (agent or "")))
    connection.execute(update(VoiceRow).where(VoiceRow.call_id == call_id).values(teaches=True))


def call_voices(connection: Connection, call_id: str) -> list[SealedVoice]:
    """What is stored of a call's voices."""
    rows = connection.execute(_voices().where(VoiceRow.call_id == call_id).order_by(VoiceRow.speaker))
    return [_sealed(row) for row in rows]


def teaching_voices(connection: Connection, agent_id: str, leave_out: str | None = None) -> list[SealedVoice]:
    """An agent's voice in the last calls that teach it, the newest first. `leave_out` is a call
    that must not teach about itself."""
    query = (
        _voices()
        .join(CallRow, CallRow.id == VoiceRow.call_id)
        .where(VoiceRow.agent_id == agent_id, VoiceRow.teaches)
        .order_by(func.coalesce(CallRow.started_at, VoiceRow.added_at).desc(), VoiceRow.call_id)
        .limit(MOST_CALLS)
    )
    if leave_out is not None:
        query = query.where(VoiceRow.call_id != leave_out)
    return [_sealed(row) for row in connection.execute(query)]


def list_voices(connection: Connection) -> list[KnownVoice]:
    """What is stored, by agent."""
    agents: dict[str, list[Any]] = {}
    rows = connection.execute(
        select(
            VoiceRow.agent_id, VoiceRow.call_id, VoiceRow.teaches, VoiceRow.seconds, VoiceRow.added_at
        ).order_by(VoiceRow.agent_id)
    )
    for row in rows:
        agents.setdefault(row.agent_id, []).append(row)
    return [
        KnownVoice(
            agent_id,
            len({row.call_id for row in items if row.teaches}),
            sum(row.seconds for row in items if row.teaches),
            len({row.call_id for row in items if not row.teaches}),
            max(row.added_at for row in items),
        )
        for agent_id, items in agents.items()
    ]


def forget_voices(connection: Connection, agent_id: str | None) -> int:
    """Delete an agent's voices, with None everybody's; gives how many were there. The customers'
    in that agent's waiting calls go as well."""
    _wipe_what_is_deleted(connection)
    query = delete(VoiceRow)
    if agent_id is not None:
        query = query.where(VoiceRow.agent_id == agent_id)
    return connection.execute(query).rowcount


def _voices() -> Any:
    return select(
        VoiceRow.speaker,
        VoiceRow.agent_id,
        VoiceRow.teaches,
        VoiceRow.seconds,
        VoiceRow.model,
        VoiceRow.sealed,
    )


def _sealed(row: Any) -> SealedVoice:
    return SealedVoice(row.speaker, row.agent_id, row.teaches, row.seconds, row.model, row.sealed)


def _wipe_what_is_deleted(connection: Connection) -> None:
    """Have SQLite write zeros over what this connection deletes."""
    connection.exec_driver_sql("PRAGMA secure_delete = ON")
