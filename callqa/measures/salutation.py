"""您好 in the agent's first words, or what may have been 您好."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from callqa.language import searcher
from callqa.language.lexicon import Lexicon
from callqa.language.mandarin import Syllable, pinyin
from callqa.language.phonetics import similarity
from callqa.measures.opening import Heard, Opening

_ALIKE = 0.99
# Over the calls of the tuning corpus and the samples, 您好 was said in 21 of the 27 places where 您
# was recognised with at least this probability, and in 7 of 16 where it was less.
_DOUBTFUL = 0.3
# Recognised as 你好, 您好 was said in as many places as 你好 (18 and 19), whatever the probability.
_NI_HAO = re.compile(r"你好")
_OTHER_WORD = re.compile(r"[码像好多久几]")  # 号码, 好像
# 您好 on a telephone line: 依好, 移号, 铃号, 也好, 依航.
_NIN = (("n", "l", ""), ("i", "in", "ing", "ie"))
_HAO = (("h",), ("ao", "ang"))
_FILLERS = ("a", "ai", "ei", "e", "en", "n", "o", "ui")
_MAX_FILLERS = 2


def find_salutation(
    opening: Opening,
    lexicon: Lexicon,
    language: str,
    others: Sequence[Heard],
    stated_before: Callable[[float], bool],
) -> tuple[Heard | None, bool]:
    """The first salutation that belongs to the greeting, and whether it is one for certain.

    您好 said later, to take up the matter, is none: it stands no later than the utterances that
    hold the other elements (`others`); without any, it comes before the customer has stated the
    matter (`stated_before` at a time in seconds). Mandarin that sounds like 您好 and was not clearly
    recognised as 您好 may be 您好 or 你好: it is not certain.
    """
    greeted = {opening.utterance_of(item.words[0]) for item in others}

    def belongs(heard: Heard) -> bool:
        number = opening.utterance_of(heard.words[0])
        if greeted:
            return number in greeted or number < min(greeted)
        return not stated_before(heard.words[0].start)

    clear = [item for item in _clear(opening, lexicon, language) if belongs(item)]
    certain = [item for item in clear if language != "zh" or not _is_doubtful(item)]
    if certain:
        return certain[0], True
    if language != "zh":
        return None, False
    unclear = [*clear, *(item for item in _unclear(opening) if belongs(item))]
    return min(unclear, key=lambda item: item.words[0].start, default=None), False


def _clear(opening: Opening, lexicon: Lexicon, language: str) -> list[Heard]:
    """What was recognised as a salutation, in text order, the longest first."""
    search = searcher(opening.text, language)
    matches = [match for entry in lexicon for w in entry.wordings for match in search.find(w, _ALIKE)]
    return [
        Heard(m.heard, opening.between(m.first_char, m.end_char), m.similarity, m.phrase)
        for m in sorted(matches, key=lambda m: (m.first_char, m.first_char - m.end_char))
    ]


def _is_doubtful(heard: Heard) -> bool:
    # 好 is always recognised: only the word of 您 tells.
    probability = heard.words[0].probability
    return probability is not None and probability < _DOUBTFUL


def _unclear(opening: Opening) -> Iterator[Heard]:
    spans = [m.span() for m in _NI_HAO.finditer(opening.text) if not _OTHER_WORD.match(opening.text, m.end())]
    spans += [span for start in opening.starts if (span := sounds_like_hello(opening.text, start))]
    for first, end in spans:
        heard = opening.text[first:end]
        alike = similarity(pinyin("您好"), pinyin(heard))
        yield Heard(heard, opening.between(first, end), alike, "您好")


def sounds_like_hello(text: str, start: int) -> tuple[int, int] | None:
    """Where 您好, 你好 or what they are recognised as stands in a Mandarin text, at `start` or after
    a filler there.

    >>> sounds_like_hello("喂，移号移动客服", 0), sounds_like_hello("您的号码", 0)
    ((2, 4), None)
    """
    syllables = [item for item in pinyin(text) if item.first_char >= start]
    i = 0
    while i < min(_MAX_FILLERS, len(syllables)) and _is(syllables[i], ("",), _FILLERS):
        i += 1
    if len(syllables) > i + 2 and _is_nin(syllables[i]) and _is_nin(syllables[i + 1]):
        i += 1
    if len(syllables) < i + 2 or not (_is_nin(syllables[i]) and _is(syllables[i + 1], *_HAO)):
        return None
    end = syllables[i + 1].end_char
    if " " in text[syllables[i].first_char : end] or _OTHER_WORD.match(text, end):
        return None
    return syllables[i].first_char, end


def _is_nin(syllable: Syllable) -> bool:
    return _is(syllable, *_NIN)


def _is(syllable: Syllable, initials: Sequence[str], finals: Sequence[str]) -> bool:
    return syllable.initial in initials and syllable.final in finals
