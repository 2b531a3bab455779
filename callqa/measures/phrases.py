"""Phrases of a lexicon in the agent's words, and how sure it is that they were said.

What accuses a person must be certain: recognised with some confidence, and either the very words
or a phrase long enough that its sound can mean nothing else. The rest is kept as uncertain.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from callqa.config import MeasureSettings
from callqa.data import Evidence, TimeSpan, Utterance
from callqa.language import count_syllables, searcher
from callqa.language.lexicon import Lexicon, find_entries
from callqa.measures.shared import cite_part, mean_probability

# Recognised words below this mean probability carry no accusation.
CERTAIN_PROBABILITY = 0.5
_CERTAIN_SIMILARITY = 0.95
_POSSIBLE_SIMILARITY = 0.9
# By sound alone a shorter phrase could be many things: 不行 and 步行.
_SOUND_SYLLABLES = {"zh": 4, "en": 3}
_NOT_TEXT = re.compile(r"[\W_]+")
# What follows these is not the agent's own wording.
_QUOTING = {
    "zh": re.compile(
        r"(?:您|你|客户|用户|他|她)(?:刚才|刚刚|之前|是)?(?:说|讲|问|提到|反映)(?:的是|是|的)?[，,：:“\"]?\s*$"
    ),
    "en": re.compile(
        r"\b(?:you|customer|he|she|it|message|screen)\s+(?:just\s+)?"
        r"(?:said|says|say|mean|mentioned|asked|told me)(?:\s+that)?[,:\"]?\s*$",
        re.IGNORECASE,
    ),
}


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A phrase in an utterance: `heard` = ``utterance.text[first_char:end_char]``.

    `by_meaning`: no listed phrase, but words that mean the same; `similarity` is then how probable
    that is.
    """

    utterance: Utterance
    phrase: str
    kind: str | None
    first_char: int
    end_char: int
    similarity: float
    probability: float | None
    certain: bool
    by_meaning: bool = False

    @property
    def heard(self) -> str:
        """The words as recognised."""
        return self.utterance.text[self.first_char : self.end_char]

    @property
    def span(self) -> TimeSpan:
        """When it was said."""
        return self.utterance.span_between(self.first_char, self.end_char)

    def overlaps(self, other: Occurrence) -> bool:
        """Whether both claim a character of the same utterance."""
        same = self.utterance is other.utterance
        return same and self.first_char < other.end_char and other.first_char < self.end_char

    def cite(self, reason: str) -> Evidence:
        """As evidence."""
        return cite_part(self.utterance, self.first_char, self.end_char, reason)

    def as_component(self) -> dict[str, Any]:
        """JSON-ready."""
        span = self.span
        return {
            "phrase": self.phrase,
            "heard": self.heard,
            "kind": self.kind,
            "start": span.start,
            "end": span.end,
            "similarity": round(self.similarity, 3),
            "probability": None if self.probability is None else round(self.probability, 3),
            "certain": self.certain,
            "by_meaning": self.by_meaning,
        }


def find_occurrences(
    lexicon: Lexicon, utterances: Iterable[Utterance], language: str, settings: MeasureSettings
) -> list[Occurrence]:
    """All that sounds like an entry, in time order: for what is owed rather than forbidden."""
    return [
        item
        for utterance in utterances
        for item in _in_utterance(lexicon, utterance, language, settings.pinyin_similarity)
    ]


def find_faults(
    lexicon: Lexicon, utterances: Iterable[Utterance], language: str, settings: MeasureSettings
) -> list[Occurrence]:
    """Entries that accuse who said them: quotes of others left out, weak resemblance left out,
    the rest marked certain or not."""
    threshold = max(settings.pinyin_similarity, _POSSIBLE_SIMILARITY)
    return [
        item
        for utterance in utterances
        for item in _in_utterance(lexicon, utterance, language, threshold)
        if not is_quoted(utterance.text, item.first_char, language)
        and (_same_words(item) or _long_enough(item.phrase, language))
    ]


def pattern_occurrences(
    patterns: Sequence[tuple[str, re.Pattern[str]]], utterances: Iterable[Utterance]
) -> list[Occurrence]:
    """Matches of regular expressions, each with the kind that stands beside it."""
    found: list[Occurrence] = []
    for utterance in utterances:
        for kind, pattern in patterns:
            for match in pattern.finditer(utterance.text):
                probability = mean_probability(utterance.words_between(*match.span()))
                certain = probability is not None and probability >= CERTAIN_PROBABILITY
                found.append(
                    Occurrence(utterance, match.group(), kind, *match.span(), 1.0, probability, certain)
                )
    return sorted(found, key=lambda item: (item.utterance.start, item.first_char))


def pattern_faults(
    patterns: Sequence[tuple[str, re.Pattern[str]]], utterances: Iterable[Utterance], language: str
) -> list[Occurrence]:
    """As `pattern_occurrences`, quotes of others left out."""
    return [
        item
        for item in pattern_occurrences(patterns, utterances)
        if not is_quoted(item.utterance.text, item.first_char, language)
    ]


def is_quoted(text: str, first_char: int, language: str) -> bool:
    """Whether what stands there is introduced as somebody else's words.

    >>> is_quoted("您刚才说没办法是吧", 4, "zh"), is_quoted("这个没办法", 2, "zh")
    (True, False)
    """
    return bool(_QUOTING[language].search(text[:first_char]))


def fault_counts(found: Sequence[Occurrence]) -> dict[str, Any]:
    """Components that every measure of faults has."""
    return {
        "count": sum(item.certain for item in found),
        "uncertain": sum(not item.certain for item in found),
        "occurrences": [item.as_component() for item in found],
    }


def _in_utterance(
    lexicon: Lexicon, utterance: Utterance, language: str, threshold: float
) -> list[Occurrence]:
    found = []
    for entry in find_entries(lexicon, searcher(utterance.text, language), threshold):
        match = entry.match
        words = utterance.words_between(match.first_char, match.end_char)
        probability = mean_probability(words)
        item = Occurrence(
            utterance,
            match.phrase,
            entry.entry.kind,
            match.first_char,
            match.end_char,
            match.similarity,
            probability,
            False,
        )
        certain = (
            probability is not None
            and probability >= CERTAIN_PROBABILITY
            and (
                _same_words(item)
                or (_long_enough(item.phrase, language) and match.similarity >= _CERTAIN_SIMILARITY)
            )
        )
        found.append(replace(item, certain=certain))
    return found


def _same_words(item: Occurrence) -> bool:
    return _bare(item.heard) == _bare(item.phrase)


def _bare(text: str) -> str:
    return _NOT_TEXT.sub("", text).lower()


def _long_enough(phrase: str, language: str) -> bool:
    return count_syllables(phrase, language) >= _SOUND_SYLLABLES[language]
