"""What is known about a call, as JSON: who said what and when, and what there is to find."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from callqa.config import describe_problems
from callqa.data import Role, TimeSpan
from callqa.errors import InvalidFileError

Speech = Sequence[tuple[TimeSpan, str]]
"""Who speaks when: spans with the speaker's label."""


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
    """One party's stretch of speech; `kind` is ``turn`` or ``backchannel``."""

    role: Role
    text: str
    kind: str = "turn"


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


class Truth(_Known):
    """One call. Times are seconds, `talk_share` 0-1, `speaking_rate` in `rate_unit` a minute."""

    id: str
    file: str
    language: Literal["zh", "en"]
    duration: float
    layout: str
    turns: tuple[TrueTurn, ...]
    greeting: Mapping[str, bool]
    jargon: tuple[TrueTerm, ...] = ()
    forbidden: tuple[TrueQuote, ...] = ()
    impolite: tuple[TrueQuote, ...] = ()
    interruptions: tuple[TrueInterruption, ...] = ()
    talk_share: float = Field(ge=0, le=1)
    speaking_rate: float = Field(gt=0)

    @property
    def channel_group(self) -> Literal["one", "two"]:
        """``two`` where each party has a channel; dual mono is one mix."""
        return "two" if self.layout.startswith(("two", "stereo")) else "one"

    @property
    def speech(self) -> Speech:
        """The turns as who speaks when."""
        return [(turn.span, str(turn.role)) for turn in self.turns]

    def turns_of(self, role: Role) -> tuple[TrueTurn, ...]:
        """One party's turns in time order."""
        return tuple(sorted((t for t in self.turns if t.role is role), key=lambda t: t.start))


def load_truth(path: Path) -> Truth:
    """Read one file. Raises `InvalidFileError` with every mistake in it."""
    try:
        return Truth.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise InvalidFileError(f"{path} cannot be read: {error.strerror}.", "Check the path.") from error
    except ValidationError as error:
        raise InvalidFileError(
            f"{path} is no truth of a call:", "", tuple(describe_problems(error))
        ) from error
    except ValueError as error:
        raise InvalidFileError(f"{path} is no valid JSON: {error}.", "Mend the place it names.") from error


def find_truths(paths: list[Path]) -> list[tuple[Path, Truth]]:
    """All truths in these files and folders, in order of their names.

    Raises `InvalidFileError` for a file that is none, or where there is not a single one.
    """
    files = [file for path in paths for file in (sorted(path.glob("*.json")) if path.is_dir() else [path])]
    if not files:
        raise InvalidFileError(
            f"No truth in {', '.join(map(str, paths))}.", "Name a folder of JSON files such as samples/truth."
        )
    return [(file, load_truth(file)) for file in files]


def load_rttm(path: Path) -> Speech:
    """Who speaks when, from an RTTM file. Raises `InvalidFileError` where it is none."""
    try:
        rows = [line.split() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        return [
            (TimeSpan(float(row[3]), float(row[3]) + float(row[4])), row[7])
            for row in rows
            if row[0] == "SPEAKER"
        ]
    except OSError as error:
        raise InvalidFileError(f"{path} cannot be read: {error.strerror}.", "Check the path.") from error
    except (ValueError, IndexError) as error:
        raise InvalidFileError(
            f"{path} is no RTTM file.",
            "Its lines read: SPEAKER file 1 start duration <NA> <NA> label <NA> <NA>",
        ) from error
