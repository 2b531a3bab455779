"""How a speaker sounds, as a vector. Biometric personal data: never part of a call's facts, never
exported, stored encrypted or not at all."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class SpeakerVoice:
    """One speaker of one call: the unit vector of a speaker encoder over `seconds` in which
    nobody else speaks. `model` names the encoder; vectors of two encoders cannot be compared."""

    speaker: str
    vector: tuple[float, ...] = field(repr=False)
    seconds: float
    model: str


@dataclass(frozen=True, slots=True)
class AgentVoice:
    """An agent's voice print: the mean of that agent's voices in `num_calls` calls, scaled to unit
    length. `seconds` is the speech behind it."""

    vector: tuple[float, ...] = field(repr=False)
    num_calls: int
    seconds: float
    model: str
