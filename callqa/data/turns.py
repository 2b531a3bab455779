"""Who spoke when, as which party, and how it sounded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from callqa.data.spans import TimeSpan


class Role(StrEnum):
    """The part a speaker plays in the call."""

    AGENT = "agent"
    CUSTOMER = "customer"


@dataclass(frozen=True, slots=True)
class Turn:
    """One speaker's stretch as diarization found it. `channel` is counted from 0.

    `role` is None while roles are uncertain, and for parties that are neither.
    Turns of two speakers may overlap; turns of one speaker never do.
    """

    start: float
    end: float
    speaker: str
    channel: int = 0
    role: Role | None = None

    @property
    def span(self) -> TimeSpan:
        """The turn's time."""
        return TimeSpan(self.start, self.end)

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Roles:
    """Which speaker is the agent, how sure that is, and on what it rests.

    `confidence` is the probability that the assignment is right, None where there was nothing
    to judge. `source` is one of ``channel``, ``configured``, ``signs``, ``person``.
    `speakers` is empty while the roles are uncertain. `signs` keeps each sign's pull towards
    `favoured` being the agent (log odds), so a person can see why. Of roles that a person settled
    `settled_by` names the person and `settled_at` is when (ISO 8601, UTC); such roles are not
    certain where the person said that nobody in the call is an agent.
    """

    certain: bool
    confidence: float | None
    source: str
    speakers: Mapping[str, Role] = field(default_factory=dict)
    favoured: str | None = None
    signs: Mapping[str, float] = field(default_factory=dict)
    settled_by: str | None = None
    settled_at: str | None = None


@dataclass(frozen=True, slots=True)
class ToneWindow:
    """Half a second or so of one turn. `pitch_hz` is None where nothing is voiced."""

    start: float
    end: float
    pitch_hz: float | None
    loudness_dbfs: float


@dataclass(frozen=True, slots=True)
class TurnAcoustics:
    """What the audio alone says about the turn of the same index. Computed for every turn,
    whatever its role, so that settling roles later needs no audio.

    `speech_seconds` is the turn's time with pauses over 150 ms taken out. `num_nuclei` counts
    syllable nuclei. `overlapped` says that another speaker spoke in a good part of it, so that
    tone is not this speaker's alone.
    """

    start: float
    end: float
    speaker: str
    speech_seconds: float
    num_nuclei: int
    overlapped: bool = False
    windows: tuple[ToneWindow, ...] = ()
