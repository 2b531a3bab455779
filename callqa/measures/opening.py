"""The agent's first words as one text, and what is found in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from callqa.data import Utterance, Word


@dataclass(frozen=True, slots=True)
class Heard:
    """An element of the greeting as heard; `words` give its time. `note` is for the listener."""

    quote: str
    words: tuple[Word, ...]
    similarity: float
    expected: str
    note: str = ""


class Opening:
    """The agent's first words as one text, so that elements are found across utterances.

    `window` is how much of the agent's speech, in seconds, belongs to it.
    """

    def __init__(self, utterances: Sequence[Utterance], window: float) -> None:
        self.words: list[Word] = []
        self.starts: list[int] = []
        self._places: list[tuple[int, int]] = []
        self._utterances: list[int] = []
        parts: list[str] = []
        length, spoken = 0, 0.0
        for number, utterance in enumerate(utterances):
            if spoken >= window:
                break
            before = spoken
            self.starts.append(length)
            for word in utterance.words:
                if before + word.start - utterance.start >= window:
                    break
                parts.append(word.text)
                self._places.append((length, length + len(word.text)))
                self._utterances.append(number)
                self.words.append(word)
                length += len(word.text) + len(utterance.joiner)
                parts.append(utterance.joiner)
            # Utterances of Mandarin are told apart by a blank, which no search minds.
            parts.append(" ")
            length += 1
            spoken += utterance.end - utterance.start
        self.text = "".join(parts)

    def between(self, first_char: int, end_char: int) -> tuple[Word, ...]:
        """The words that a stretch of the text touches."""
        return tuple(
            word
            for word, (first, end) in zip(self.words, self._places, strict=True)
            if first < end_char and end > first_char
        )

    def utterance_of(self, word: Word) -> int:
        """Which of the agent's utterances a word stands in, counted from 0."""
        return self._utterances[self.words.index(word)]

    def first_utterance(self) -> tuple[str, tuple[Word, ...]]:
        """The text and the words of the first utterance, as far as they lie in the window."""
        num_words = self._utterances.count(self._utterances[0])
        return self.text[: self._places[num_words - 1][1]].strip(), tuple(self.words[:num_words])
