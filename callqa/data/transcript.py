"""What was said, by whom, and what could not be heard."""

from __future__ import annotations

from dataclasses import dataclass

from callqa.data.spans import TimeSpan
from callqa.data.turns import Role


@dataclass(frozen=True, slots=True)
class Word:
    """One recognised word. `text` carries no surrounding blanks; in Mandarin it is one or more
    characters. `probability` is the recogniser's. Punctuation stands in the word before it."""

    start: float
    end: float
    text: str
    probability: float


@dataclass(frozen=True, slots=True)
class Utterance:
    """A turn with words. `words` joined by `joiner` give `text` exactly."""

    start: float
    end: float
    speaker: str
    words: tuple[Word, ...]
    channel: int = 0
    role: Role | None = None
    joiner: str = ""

    @property
    def span(self) -> TimeSpan:
        """The utterance's time: that of its turn."""
        return TimeSpan(self.start, self.end)

    @property
    def text(self) -> str:
        """The words as one string, Mandarin without blanks, English with."""
        return self.joiner.join(word.text for word in self.words)

    def words_between(self, first_char: int, end_char: int) -> tuple[Word, ...]:
        """The words that hold any character of ``text[first_char:end_char]``."""
        found: list[Word] = []
        cursor = 0
        for word in self.words:
            begin, cursor = cursor, cursor + len(word.text)
            if begin < end_char and cursor > first_char:
                found.append(word)
            cursor += len(self.joiner)
        return tuple(found)

    def span_between(self, first_char: int, end_char: int) -> TimeSpan:
        """When ``text[first_char:end_char]`` was said; the whole utterance if it has no words."""
        words = self.words_between(first_char, end_char)
        if not words:
            return self.span
        return TimeSpan(min(word.start for word in words), max(word.end for word in words))


@dataclass(frozen=True, slots=True)
class RemovedText:
    """Text the recogniser gave that nobody said, with the reason it was removed."""

    start: float
    end: float
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of the detected speech has words. Every stretch of detected speech either has
    words or stands in `untranscribed`. Seconds count speech of each speaker (overlap twice)."""

    speech_seconds: float
    untranscribed_seconds: float
    untranscribed: tuple[TimeSpan, ...] = ()
    removed: tuple[RemovedText, ...] = ()

    @property
    def untranscribed_share(self) -> float:
        """Share of the speech that has no words, 0 where there is no speech."""
        return self.untranscribed_seconds / self.speech_seconds if self.speech_seconds else 0.0
