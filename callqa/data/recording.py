"""What is known about a recording before anyone listens to it."""

from __future__ import annotations

from dataclasses import dataclass

from callqa.data.voices import AgentVoice


@dataclass(frozen=True, slots=True)
class CallRequest:
    """One file to score and what its manifest row or its file name says about the call.

    `path` is the path as the user gave it. `agent_channel` is counted from 0. `language` is
    ``zh``, ``en`` or None where it is to be found out. `started_at` is ISO 8601. `agent_voice` is
    how the agent sounded in other calls, where that is kept.
    """

    path: str
    agent_id: str | None = None
    agent_name: str | None = None
    company: str | None = None
    started_at: str | None = None
    queue: str | None = None
    agent_channel: int | None = None
    language: str | None = None
    agent_voice: AgentVoice | None = None


@dataclass(frozen=True, slots=True)
class Recording:
    """One audio file as it was found, with what is known about the call.

    `id` is a prefix of the file's SHA-256, so the same audio under two names is one recording.
    `agent_channel` is counted from 0. `language` is an ISO 639-1 code when it was given.
    `started_at` is ISO 8601. `truncated` says that the file ends before the sound that it
    announces; times and measures are those of what could be read. `notes` are sentences for a
    person: what is wrong with the file, and what was decided about its channels.
    """

    id: str
    path: str
    duration: float
    sample_rate: int
    channels: int
    agent_id: str | None = None
    agent_name: str | None = None
    started_at: str | None = None
    company: str | None = None
    queue: str | None = None
    agent_channel: int | None = None
    language: str | None = None
    truncated: bool = False
    notes: tuple[str, ...] = ()
