"""What the pipeline asks of a language, for ``zh`` (Mandarin) and ``en`` (English)."""

from __future__ import annotations

import re

from callqa.language import english, mandarin, phonetics
from callqa.language.matches import PhraseMatch, PhraseSearcher, best_apart

__all__ = [
    "PhraseMatch",
    "PhraseSearcher",
    "best_apart",
    "count_syllables",
    "find_phrase",
    "normalise_for_scoring",
    "searcher",
    "sounds",
]

_NOT_SPOKEN = re.compile(r"[\W_]+")
# Two ways to say one number; a reference and a hypothesis are brought to the same one.
_ONE_FORM = str.maketrans("幺两〇", "一二零")


def count_syllables(text: str, language: str) -> int:
    """Spoken syllables of Mandarin text, words of English text."""
    return mandarin.count_syllables(text) if language == "zh" else english.count_words(text)


def searcher(text: str, language: str) -> PhraseSearcher:
    """A text made ready once, so that many phrases can be looked for in it."""
    return phonetics.Searcher(text) if language == "zh" else english.Searcher(text)


def find_phrase(phrase: str, text: str, language: str, threshold: float) -> list[PhraseMatch]:
    """Where a phrase was said in a text: best matches that do not overlap, in text order."""
    return searcher(text, language).find(phrase, threshold)


def sounds(text: str, language: str) -> tuple[str, ...]:
    """One key for each syllable (Mandarin) or word (English); what recognition mixes up shares it.

    >>> sounds("先听我说", "zh") == sounds("先停我所", "zh")
    True
    """
    if language == "zh":
        return phonetics.folded(mandarin.pinyin(text))
    return tuple(english.sound_key(token.text) or token.text for token in english.tokens(text))


def normalise_for_scoring(text: str, language: str) -> str:
    """A text as error rates compare it.

    Mandarin: Simplified characters, numbers as spoken (幺 as 一, 两 as 二), lower-case letters, no
    punctuation, no blanks. English: lower-case words with single blanks, numbers as words.

    >>> normalise_for_scoring("您的號碼是10086，2個。", "zh")
    '您的号码是一零零八六二个'
    """
    if language != "zh":
        return english.normalise(text)
    spoken = mandarin.spoken_form(mandarin.to_simplified(text))
    return _NOT_SPOKEN.sub("", spoken).translate(_ONE_FORM).lower()
