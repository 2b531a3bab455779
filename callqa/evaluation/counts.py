"""Numbers that add up over calls, and the ratios taken of their sums."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Self


class Additive:
    """Sums field by field."""

    @classmethod
    def sum_of(cls, items: Iterable[Self]) -> Self:
        """The sum, all zeros where there is nothing to sum."""
        found = list(items)
        names = [field.name for field in fields(cls)]  # type: ignore[arg-type]  # every kind is a dataclass
        return cls(**{name: sum(getattr(item, name) for item in found) for name in names})


@dataclass(frozen=True, slots=True)
class Found(Additive):
    """What there was to find: found, missed, and found though it was not there."""

    right: int = 0
    missed: int = 0
    false: int = 0

    @property
    def recall(self) -> float | None:
        """Share of what was there that was found; None where nothing was there."""
        return self.right / (self.right + self.missed) if self.right + self.missed else None

    @property
    def precision(self) -> float | None:
        """Share of what was found that was there; None where nothing was found."""
        return self.right / (self.right + self.false) if self.right + self.false else None

    @property
    def f1(self) -> float | None:
        """Harmonic mean of both; None where there was nothing and nothing was found."""
        total = 2 * self.right + self.missed + self.false
        return 2 * self.right / total if total else None


@dataclass(frozen=True, slots=True)
class TextErrors(Additive):
    """Edits between two texts, in characters of Mandarin or words of English."""

    substituted: int = 0
    deleted: int = 0
    inserted: int = 0
    reference: int = 0

    @property
    def rate(self) -> float | None:
        """Error rate; None without reference text."""
        wrong = self.substituted + self.deleted + self.inserted
        return wrong / self.reference if self.reference else None


@dataclass(frozen=True, slots=True)
class SpeakerErrors(Additive):
    """Parts of the diarization error, in seconds."""

    missed: float = 0.0
    false_alarm: float = 0.0
    confusion: float = 0.0
    total: float = 0.0

    @property
    def rate(self) -> float | None:
        """Diarization error rate; None without speech."""
        return (self.missed + self.false_alarm + self.confusion) / self.total if self.total else None


@dataclass(frozen=True, slots=True)
class LostSpeech(Additive):
    """Seconds of true speech, each party's for itself; those of them that came out neither as words
    nor as listed untranscribed; and those that were listed so."""

    lost: float = 0.0
    total: float = 0.0
    listed: float = 0.0


@dataclass(frozen=True, slots=True)
class InventedText(Additive):
    """`outside`: words (characters of Mandarin) where nobody speaks; `runs`: longer insertions
    where somebody does, which nobody said around there. `seconds` of recording they stand in."""

    outside: int = 0
    runs: int = 0
    seconds: float = 0.0
