"""Numbers that add up over calls, and the ratios taken of their sums."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Self, TypeVar

import numpy as np

Item = TypeVar("Item")


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


def text_errors(reference: str, hypothesis: str, language: str) -> TextErrors:
    """Edits between two texts that are normalised already."""
    import jiwer

    num_units = len(reference) if language == "zh" else len(reference.split())
    if not reference:
        return TextErrors(inserted=len(hypothesis) if language == "zh" else len(hypothesis.split()))
    process = jiwer.process_characters if language == "zh" else jiwer.process_words
    found = process(reference, hypothesis)
    return TextErrors(found.substitutions, found.deletions, found.insertions, num_units)


def interval(
    items: Sequence[Item], statistic: Callable[[Sequence[Item]], float | None], num_samples: int = 1000
) -> tuple[float, float] | None:
    """Bounds of a statistic of pooled calls that hold in 95 % of draws of as many calls with
    replacement (percentile bootstrap); None where it cannot be taken or there is one call."""
    if len(items) < 2:
        return None
    rng = np.random.default_rng(0)
    draws = rng.integers(0, len(items), (num_samples, len(items)))
    values = [statistic([items[i] for i in draw]) for draw in draws]
    taken = [value for value in values if value is not None]
    if not taken:
        return None
    low, high = np.quantile(taken, (0.025, 0.975))
    return float(low), float(high)
