"""What is known about a call, as JSON: who said what and when, and what there is to find."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, ValidationError

from callqa.config import describe_problems
from callqa.data import Role, TimeSpan
from callqa.errors import InvalidFileError

Speech = Sequence[tuple[TimeSpan, str]]
"""Who speaks when: spans with the speaker's label."""

GOOD_SNR_DB = 20.0
_NARROW_CODECS = ("amr", "gsm")

MAIN = "Mandarin, one channel, 20 dB and better, no AMR or GSM"
HARD = "Mandarin, one channel, under 20 dB, or AMR or GSM"
LEAKING = "Mandarin, two channels with leakage"
SEPARATE = "Mandarin, two channels without leakage"
ENGLISH = "English"
ANY = "recordings of unknown condition"
GROUPS = (MAIN, HARD, LEAKING, SEPARATE, ENGLISH, ANY)


class _Known(BaseModel):
    # The same file also says how the call was made and what it shows; that is not compared.
    model_config = ConfigDict(extra="ignore", frozen=True)


class _Stretch(_Known):
    start: float = Field(ge=0)
    end: float = Field(ge=0)

    @property
    def span(self) -> TimeSpan:
        """Its time."""
        return TimeSpan(self.start, max(self.start, self.end))


class TrueTurn(_Stretch):
    """One person's stretch of speech; `kind` is ``turn`` or ``backchannel``. `voice` tells two
    people of one role apart, or is the only name where no role is known. `text` is None where
    only the times are known."""

    role: Role | None = None
    voice: str | None = Field(None, validation_alias=AliasChoices("voice", "speaker"))
    text: str | None = None
    kind: str = "turn"

    @property
    def party(self) -> str:
        """The role, or the person where it has none."""
        return str(self.role) if self.role else self.voice or "?"

    @property
    def person(self) -> str:
        """Whose voice it is."""
        return self.voice or str(self.role)


class TrueTerm(_Stretch):
    """A telecom term in the agent's mouth."""

    term: str
    status: str


class TrueQuote(_Stretch):
    """Words that should be found."""

    quote: str


class TrueInterruption(_Stretch):
    """The overlap, and who cut in."""

    by: Role


class OtherSound(_Stretch):
    """What neither party says: ``announcement``, ``music``, ``ringback``."""

    kind: str


class Agent(_Stretch):
    """One of two agents of a call that was handed over, from the first word to the last."""


class Conditions(_Known):
    """What the recording went through; None where that is not known or did not happen."""

    snr_db: float | None = None
    line_codec: str | None = None
    codec: str | None = None
    leakage_db: float | None = None


class Truth(_Known):
    """One call. Times are seconds, `talk_share` 0-1, `speaking_rate` in words or syllables a
    minute. What is None is not known, and nothing is compared with it.

    `language` and `duration` None: as the recording's analysis says. `text` is the words without
    times, where there are no turns with text. `agrees` says that the reference is itself a
    recognised text, so that the figures are agreement rather than error.
    """

    id: str
    file: str
    language: Literal["zh", "en"] | None = None
    duration: float | None = Field(None, gt=0)
    layout: str | None = None
    conditions: Conditions | None = None
    turns: tuple[TrueTurn, ...] | None = None
    speech: tuple[TrueTurn, ...] | None = Field(None, description="who speaks when, instead of the turns")
    text: str | None = None
    agrees: bool = False
    not_party: tuple[OtherSound, ...] = ()
    greeting: Mapping[str, bool] | None = None
    jargon: tuple[TrueTerm, ...] | None = None
    forbidden: tuple[TrueQuote, ...] | None = None
    impolite: tuple[TrueQuote, ...] = ()
    interruptions: tuple[TrueInterruption, ...] | None = None
    talk_share: float | None = Field(None, ge=0, le=1)
    speaking_rate: float | None = Field(None, gt=0)
    expected: Mapping[str, str] = Field(default_factory=dict)
    agents: tuple[Agent, ...] = ()
    split: str | None = None
    dialogue: str | None = None
    wording: str | None = None
    condition: str | None = None
    synthetic: bool = False

    @property
    def channel_group(self) -> Literal["one", "two"]:
        """``two`` where each party has a channel; dual mono is one mix."""
        return "two" if (self.layout or "").startswith(("two", "stereo")) else "one"

    @property
    def group(self) -> str:
        """Which of `GROUPS` the call belongs to, by its language and what it went through."""
        known = self.conditions
        if known is None or self.layout is None:
            return ANY
        if self.language == "en":
            return ENGLISH
        if self.channel_group == "two":
            return LEAKING if known.leakage_db is not None else SEPARATE
        codecs = f"{known.line_codec} {known.codec}".lower()
        noisy = known.snr_db is not None and known.snr_db < GOOD_SNR_DB
        return HARD if noisy or any(name in codecs for name in _NARROW_CODECS) else MAIN

    @property
    def speakers(self) -> Speech | None:
        """Who speaks when, as persons."""
        turns = self.speech if self.speech is not None else self.turns
        return None if turns is None else [(turn.span, self._person(turn)) for turn in turns]

    @property
    def spoken(self) -> tuple[TrueTurn, ...] | None:
        """The turns where all of them have their words."""
        if self.turns is None or any(turn.text is None for turn in self.turns):
            return None
        return self.turns

    def _person(self, turn: TrueTurn) -> str:
        if turn.voice or turn.role is not Role.AGENT or len(self.agents) < 2:
            return turn.person
        shared = [agent.span.overlap(turn.span) for agent in self.agents]
        return f"{turn.role} {shared.index(max(shared)) + 1}"

    def turns_of(self, role: Role) -> tuple[TrueTurn, ...]:
        """One role's turns in time order."""
        return tuple(sorted((t for t in self.turns or () if t.role is role), key=lambda t: t.start))


class _WholeTruth(Truth):
    """A file of truth has to say at least who said what, and when."""

    language: Literal["zh", "en"]
    turns: tuple[TrueTurn, ...]


def load_truth(path: Path) -> Truth:
    """Read one file. Raises `InvalidFileError` with every mistake in it."""
    try:
        return _WholeTruth.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise InvalidFileError(f"{path} cannot be read: {error.strerror}.", "Check the path.") from error
    except ValidationError as error:
        raise InvalidFileError(
            f"{path} is no truth of a call:", "", tuple(describe_problems(error))
        ) from error
    except ValueError as error:
        raise InvalidFileError(f"{path} is no valid JSON: {error}.", "Mend the place it names.") from error
