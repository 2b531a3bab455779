"""The form of samples/truth/*.json, checked when a truth is written and again by the tests.

Seconds from the file's start; shares 0-1; rates per minute of agent turn time (`speaking_rate`)
or of agent speech without pauses over 150 ms (`articulation_rate`), in `rate_unit`.
"""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Role = Literal["agent", "customer"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Span(_Part):
    """A stretch of the file."""

    start: float = Field(ge=0)
    end: float

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.end <= self.start:
            raise ValueError(f"the span [{self.start}, {self.end}) is empty")
        return self


class TruthTurn(Span):
    """One party's speech, pauses up to 0.5 s inside; `text` is what was really said."""

    role: Role
    text: str = Field(min_length=1)
    kind: Literal["turn", "backchannel"]


class NotParty(Span):
    """Sound that is neither agent nor customer."""

    kind: Literal["ringback", "ivr", "music"]


class TruthJargon(Span):
    """A term the agent used; `text` is the line it stands in."""

    term: str
    text: str
    status: Literal["unexplained", "explained", "customer_first"]


class Quote(Span):
    """The agent's words that a criterion is about."""

    quote: str


class Impolite(Quote):
    """Impolite beyond the forbidden phrases; `ni` is the familiar 你."""

    kind: Literal["ni", "command", "retort", "shifting"]


class Interruption(Span):
    """From the interrupting turn's start to the end of the overlap."""

    by: Role


class TruthGreeting(_Part):
    """The four elements."""

    salutation: bool
    company: bool
    name: bool
    offer: bool


class TruthClosing(_Part):
    """The two elements."""

    anything_else: bool
    farewell: bool


class Voices(_Part):
    """Kokoro's names of the voices."""

    agent: str
    customer: str


class Conditions(_Part):
    """How the call was recorded. `codec_shift`: seconds by which the encoder moved the sound,
    already in every time of this file."""

    snr_db: float
    background: str
    line_codec: str
    codec: str
    sample_rate: int
    level_difference_db: float
    leakage_db: float | None
    codec_shift: float


class CallTruth(_Part):
    """Everything known about one sample call."""

    id: str
    file: str
    theme: str
    title: str
    shows: str
    synthetic: Literal[True]
    language: Literal["zh", "en"]
    company: str | None
    agent_name: str | None
    agent_id: str | None
    channels: Literal[1, 2]
    agent_channel: Literal[0, 1] | None
    layout: Literal["mono", "two_channel", "dual_mono"]
    voices: Voices
    conditions: Conditions
    duration: float
    greeting: TruthGreeting
    greeting_late: bool
    turns: tuple[TruthTurn, ...]
    not_party: tuple[NotParty, ...]
    jargon: tuple[TruthJargon, ...]
    forbidden: tuple[Quote, ...]
    impolite: tuple[Impolite, ...]
    guessing: tuple[Quote, ...]
    privacy: tuple[Quote, ...]
    closing: TruthClosing
    interruptions: tuple[Interruption, ...]
    rate_unit: Literal["syllables", "words"]
    agent_syllables: int
    customer_syllables: int
    agent_seconds: float
    customer_seconds: float
    talk_share: float = Field(ge=0, le=1)
    speaking_rate: float
    articulation_rate: float
    expected: dict[str, str]
