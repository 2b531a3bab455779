"""What a phrase search gives back, whatever the language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class PhraseMatch:
    """`phrase` was found as `heard` = ``text[first_char:end_char]``.

    `similarity` is 0-1; 1 means the same words or the same sound.
    """

    phrase: str
    first_char: int
    end_char: int
    similarity: float
    heard: str

    def overlaps(self, other: PhraseMatch) -> bool:
        """Whether both claim a character of the text."""
        return self.first_char < other.end_char and other.first_char < self.end_char


class PhraseSearcher(Protocol):
    """A text made ready once, so that many phrases can be looked for in it."""

    @property
    def text(self) -> str:
        """The text that is searched."""

    def find(self, phrase: str, threshold: float) -> list[PhraseMatch]:
        """The best matches that do not overlap, in text order."""

    def find_all(self, phrases: tuple[str, ...], threshold: float) -> dict[str, list[PhraseMatch]]:
        """As `find`, for many phrases at once; those that are not there are left out."""

    def may_say(self, phrases: tuple[str, ...], threshold: float) -> bool:
        """False only where no phrase is found at `threshold` or at a higher one."""

    def may_say_loosely(self, phrase: str) -> bool:
        """False only where the phrase is not found even by a looser likeness than `find`'s."""


def best_apart(matches: Iterable[PhraseMatch]) -> list[PhraseMatch]:
    """Of matches that overlap the more alike one stays, then the longer, then the earlier.

    >>> a, b = PhraseMatch("x", 0, 2, 0.9, "ab"), PhraseMatch("y", 1, 4, 0.9, "bcd")
    >>> [match.phrase for match in best_apart([a, b])]
    ['y']
    """
    kept: list[PhraseMatch] = []
    for match in sorted(matches, key=lambda m: (-m.similarity, m.first_char - m.end_char, m.first_char)):
        if not any(match.overlaps(other) for other in kept):
            kept.append(match)
    return sorted(kept, key=lambda m: m.first_char)
