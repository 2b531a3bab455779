"""One written form for what was heard: Simplified characters, numbers as they are read."""

from __future__ import annotations

import re
from collections.abc import Sequence

from callqa.data import Word
from callqa.language import mandarin

_NUMBER_PART = re.compile(r"[0-9０-９.,，:：%％/\-~年月日号点]*[0-9０-９][0-9０-９.,:：%％/\-~]*$")
_CONTINUES = re.compile(r"^[0-9０-９.%％:：/\-~年月日号点GMKgmk元块]")
_PUNCTUATION = str.maketrans({",": "，", "?": "？", "!": "！", ";": "；"})


def normalise_words(words: Sequence[Word], language: str) -> tuple[Word, ...]:
    """Words in their written form, each with its time.

    Mandarin: Simplified characters, digits as they are read; tokens of one number become one
    word, because how a number is read depends on the whole of it. English: tokens without a blank
    in front ("-west", ".m.") belong to the word before. Tokens that are punctuation alone join
    the word before.
    """
    if language != "zh":
        return _join_punctuation(_join_parts(words))
    joined: list[Word] = []
    for word in words:
        text = mandarin.to_simplified(word.text.strip())
        if joined and _NUMBER_PART.search(joined[-1].text) and _CONTINUES.match(text):
            joined[-1] = _joined(joined[-1], word, text)
        else:
            joined.append(_with_text(word, text))
    spoken = [_with_text(word, _spoken(word.text)) for word in joined]
    return _join_punctuation(spoken)


def _join_parts(words: Sequence[Word]) -> list[Word]:
    """The recogniser's tokens as words: a new word begins with a blank."""
    found: list[Word] = []
    for word in words:
        text = word.text.strip()
        if found and text and not word.text[0].isspace() and word.start - found[-1].end < 0.5:
            found[-1] = _joined(found[-1], word, text)
        else:
            found.append(_with_text(word, text))
    return found


def _joined(first: Word, second: Word, text: str) -> Word:
    return Word(
        first.start,
        max(first.end, second.end),
        first.text + text,
        min(first.probability, second.probability),
    )


def _spoken(text: str) -> str:
    """Digits read out, ASCII punctuation in its Mandarin form (after the digits are read)."""
    return mandarin.drop_blanks(mandarin.spoken_form(text)).translate(_PUNCTUATION)


def _with_text(word: Word, text: str) -> Word:
    return Word(word.start, word.end, text, word.probability)


def _join_punctuation(words: Sequence[Word]) -> tuple[Word, ...]:
    found: list[Word] = []
    for word in words:
        if not word.text:
            continue
        if not any(char.isalnum() for char in word.text):
            # Punctuation before the first word says nothing.
            if found:
                found[-1] = _with_text(found[-1], found[-1].text + word.text)
            continue
        found.append(word)
    return tuple(found)
