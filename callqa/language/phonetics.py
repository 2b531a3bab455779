"""How alike Mandarin phrases sound, and where a phrase was said, whatever the recogniser wrote.

Similarity is 1 minus the cost of the cheapest alignment of two syllable sequences, per syllable.
A syllable of another sound costs up to 1; the pairs that speakers and recognisers mix up cost
little, tones hardly anything, homophones nothing.
"""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from callqa.language.latin import LETTER_SOUNDS
from callqa.language.mandarin import Syllable, is_han, pinyin, split_pinyin
from callqa.language.matches import PhraseMatch, best_apart

_CONFUSED_INITIALS = {
    frozenset(pair)
    for pair in (
        ("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"), ("r", "l"), ("f", "h"), ("r", "n"),
    )
}  # fmt: skip
_RELATED_INITIALS = {
    frozenset(pair)
    for pair in (
        ("b", "p"), ("d", "t"), ("g", "k"), ("j", "q"), ("j", "zh"), ("q", "ch"), ("x", "sh"), ("zh", "ch"),
        ("z", "c"), ("j", "z"), ("q", "c"), ("x", "s"), ("g", "h"), ("k", "h"), ("zh", "sh"), ("ch", "sh"),
        ("z", "s"), ("c", "s"), ("m", "n"), ("j", "x"), ("q", "x"), ("g", "d"), ("p", "t"), ("b", "d"),
        ("d", "n"), ("d", "l"), ("b", "m"), ("r", ""), ("h", ""),
    )
}  # fmt: skip
_CONFUSED_FINALS = {
    frozenset(pair)
    for pair in (
        ("in", "ing"), ("en", "eng"), ("an", "ang"), ("ian", "iang"), ("uan", "uang"), ("ü", "u"),
        ("ü", "i"), ("üe", "ie"), ("üan", "ian"), ("ün", "in"), ("un", "ong"), ("o", "uo"), ("o", "ou"),
        ("üan", "uan"), ("ün", "un"), ("ong", "eng"), ("ue", "üe"),
    )
}  # fmt: skip
_RELATED_FINALS = {
    frozenset(pair)
    for pair in (
        ("e", "uo"), ("e", "o"), ("a", "ia"), ("a", "ua"), ("ai", "ei"), ("ao", "ou"), ("iao", "iu"),
        ("ui", "ei"), ("an", "en"), ("ang", "eng"), ("ian", "in"), ("iang", "ing"), ("uai", "ai"),
        ("uan", "an"), ("uang", "ang"), ("un", "en"), ("ong", "ou"), ("iong", "ong"), ("ie", "e"),
        ("i", "ei"), ("i", "ie"), ("e", "er"), ("a", "er"), ("ao", "uo"), ("ai", "an"), ("i", "in"),
        ("ian", "an"), ("iang", "ang"), ("iao", "ao"), ("iu", "ou"), ("i", "e"), ("u", "ou"), ("a", "ang"),
    )
}  # fmt: skip

_CONFUSED, _RELATED, _OTHER = 0.12, 0.3, 0.5
_TONE = 0.05
_NEUTRAL_TONE = 0.02
_GAP = 0.8
_FILLER_GAP = 0.25
_FILLERS = frozenset("儿呃啊嗯呢哦额诶哎欸唉呀")
# A match that runs over the end of a sentence is less likely meant as one phrase.
_SENTENCE_END_COST = 0.3
_SENTENCE_END = re.compile(r"[。？！?!;；]")
_MAX_VARIANTS = 24
# As much as one initial or one final may cost.
_ONE_PART = _OTHER

# Longer than any text, and than any phrase: a phrase may begin before the text does.
_STRIDE, _BEFORE_TEXT = 1 << 24, 1 << 12

_FOLDED_INITIALS = {"zh": "z", "ch": "c", "sh": "s", "n": "l", "r": "l", "f": "h"}
_FOLDED_FINALS = {
    "ing": "in", "eng": "en", "ang": "an", "iang": "ian", "uang": "uan", "ü": "i", "üe": "ie",
    "üan": "ian", "ün": "in", "o": "uo", "ong": "un",
}  # fmt: skip


def similarity(ours: Sequence[Syllable], theirs: Sequence[Syllable]) -> float:
    """How alike two syllable sequences sound, 0-1.

    >>> similarity(pinyin("李娜"), pinyin("李那")), round(similarity(pinyin("信令"), pinyin("心灵")), 3)
    (1.0, 0.95)
    """
    if not ours or not theirs:
        return 1.0 if not ours and not theirs else 0.0
    row = list(itertools.accumulate((_gap(syllable) for syllable in theirs), initial=0.0))
    for mine in ours:
        previous, row = row, [row[0] + _gap(mine)]
        for j, other in enumerate(theirs):
            row.append(
                min(
                    previous[j] + _cost(mine, other),
                    previous[j + 1] + _gap(mine),
                    row[j] + _gap(other),
                )
            )
    return max(0.0, 1 - row[-1] / max(len(ours), len(theirs)))


def folded(syllables: Sequence[Syllable]) -> tuple[str, ...]:
    """One key a syllable, without tone, the same for sounds that are often mixed up."""
    return tuple("".join(_fold(syllable)) for syllable in syllables)


def find_phrase(phrase: str, text: str, threshold: float) -> list[PhraseMatch]:
    """Where a phrase was said in a text; for many phrases in one text make a `Searcher`.

    >>> [match.heard for match in find_phrase("光猫", "您家的光毛坏了", 0.85)]
    ['光毛']
    """
    return Searcher(text).find(phrase, threshold)


class Searcher:
    """A Mandarin text whose syllables are worked out once, to look for many phrases in it.

    A phrase of one character matches that character only, one of two syllables the same sounds
    with any tone; longer phrases match by similarity. A match never cuts a Latin word or a
    number in two.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._syllables = pinyin(text)
        self._folds = [_fold(syllable) for syllable in self._syllables]
        self._cuts_word = [
            i > 0 and _same_run(text, self._syllables[i - 1], self._syllables[i])
            for i in range(len(self._syllables))
        ] + [False]
        self._ends_before = [
            i > 0
            and bool(
                _SENTENCE_END.search(text, self._syllables[i - 1].end_char, self._syllables[i].first_char)
            )
            for i in range(len(self._syllables))
        ] + [False]

    @property
    def text(self) -> str:
        """The text that is searched."""
        return self._text

    @property
    def syllables(self) -> tuple[Syllable, ...]:
        """The text's syllables, with their places."""
        return self._syllables

    def find(self, phrase: str, threshold: float) -> list[PhraseMatch]:
        """The best matches of `phrase` that do not overlap, in text order.

        `threshold` is the least similarity, 0-1.
        """
        return self.find_all((phrase,), threshold).get(phrase, [])

    def find_all(self, phrases: tuple[str, ...], threshold: float) -> dict[str, list[PhraseMatch]]:
        """As `find`, for many phrases in one pass over the text; those that are not there are left
        out."""
        found: dict[str, list[PhraseMatch]] = {}
        index = _index_of(phrases)
        for number, starts in index.candidates(self._folds, threshold):
            phrase, variant = index.variants[number]
            matches = self._matches(phrase, variant, starts, threshold)
            if matches:
                found.setdefault(phrase, []).extend(matches)
        return {phrase: best_apart(matches) for phrase, matches in found.items()}

    def may_say(self, phrases: tuple[str, ...], threshold: float) -> bool:
        """Whether any phrase is found at `threshold` or at any higher one.

        A little more is let through than is found: what is not let through is nowhere.
        """
        index = _index_of(phrases)
        for number, starts in index.candidates(self._folds, threshold, every_start=True):
            phrase, variant = index.variants[number]
            if self._matches(phrase, variant, starts, threshold):
                return True
        return False

    def may_say_loosely(self, phrase: str) -> bool:
        """Whether `find_loosely` finds the phrase."""
        return bool(self.find_loosely(phrase))

    def find_loosely(self, phrase: str) -> list[PhraseMatch]:
        """Where as many syllables as the phrase has sound like it but for one part of one of them.

        Tones do not count. Too loose for a search of its own: 部卡 and 补卡 for 副卡, so something
        else must speak for a match.
        """
        wanted = pinyin(phrase)
        length = len(wanted)
        found = []
        for first in range(len(self._syllables) - length + 1):
            end = first + length
            heard = self._syllables[first:end]
            cost = sum(_toneless_cost(mine, other) for mine, other in zip(wanted, heard, strict=True))
            if cost > _ONE_PART or self._cuts_word[first] or self._cuts_word[end]:
                continue
            if any(self._ends_before[first + 1 : end]):
                continue
            first_char, end_char = heard[0].first_char, heard[-1].end_char
            alike = round(1 - cost / length, 3)
            found.append(PhraseMatch(phrase, first_char, end_char, alike, self._text[first_char:end_char]))
        return best_apart(found)

    def _matches(
        self, phrase: str, variant: tuple[Syllable, ...], starts: Iterable[int], threshold: float
    ) -> list[PhraseMatch]:
        length = len(variant)
        if length > len(self._syllables) + 1:
            return []
        found = []
        for start in starts:
            result = self._short(variant, start) if length <= 2 else self._align(variant, start)
            if result is None:
                continue
            first, end, alike = result
            if alike >= threshold and not self._cuts_word[first] and not self._cuts_word[end]:
                first_char, end_char = self._syllables[first].first_char, self._syllables[end - 1].end_char
                found.append(
                    PhraseMatch(phrase, first_char, end_char, alike, self._text[first_char:end_char])
                )
        return found

    def _short(self, variant: tuple[Syllable, ...], start: int) -> tuple[int, int, float] | None:
        end = start + len(variant)
        if start < 0 or end > len(self._syllables):
            return None
        heard = self._syllables[start:end]
        if len(variant) == 1:
            return (start, end, 1.0) if variant[0].text == heard[0].text else None
        for mine, other in zip(variant, heard, strict=True):
            if mine.text != other.text and (mine.initial, mine.final) != (other.initial, other.final):
                return None
        if self._ends_before[start + 1]:
            return None
        return start, end, similarity(variant, heard)

    def _align(self, variant: tuple[Syllable, ...], start: int) -> tuple[int, int, float] | None:
        """The cheapest alignment near `start`: first and end syllable, similarity."""
        length = len(variant)
        low = max(0, start - 2)
        high = min(len(self._syllables), start + length + 3)
        window = self._syllables[low:high]
        gaps = [_gap(other) for other in window]
        # Each cell: cost so far, the text syllable where the match begins.
        row: list[tuple[float, int]] = [(0.0, j) for j in range(len(window) + 1)]
        for mine in variant:
            skip = _gap(mine)
            previous, row = row, [(row[0][0] + skip, row[0][1])]
            for j, other in enumerate(window):
                # Nothing precedes the match's first syllable, so a sentence end before it is free.
                crossing = _SENTENCE_END_COST if self._ends_before[low + j] and previous[j][1] < j else 0.0
                best, begin = previous[j][0] + _cost(mine, other) + crossing, previous[j][1]
                drop = previous[j + 1][0] + skip
                if drop < best:
                    best, begin = drop, previous[j + 1][1]
                extra = row[j][0] + gaps[j] + crossing
                if extra < best:
                    best, begin = extra, row[j][1]
                row.append((best, begin))
        end, (cost, begin) = min(enumerate(row), key=lambda item: (item[1][0], -item[0]))
        if begin >= end:
            return None
        return low + begin, low + end, max(0.0, 1 - cost / length)


class PhraseIndex:
    """Many phrases by the sounds in them, so that one pass over a text finds where each may be.

    `variants` are the phrases' ways of sounding (`phrase_variants`), each with its phrase.
    """

    def __init__(self, phrases: tuple[str, ...]) -> None:
        self.variants: list[tuple[str, tuple[Syllable, ...]]] = [
            (phrase, variant)
            for phrase in dict.fromkeys(phrases)
            for variant in phrase_variants(phrase)
            if variant
        ]
        # Where a variant would begin is counted under one number: variant times _STRIDE plus place.
        self._bases: dict[tuple[str, str], list[int]] = defaultdict(list)
        for number, (_, variant) in enumerate(self.variants):
            for offset, syllable in enumerate(variant):
                self._bases[_fold(syllable)].append(number * _STRIDE + _BEFORE_TEXT - offset)
        self._needed: dict[float, list[int]] = {}

    def candidates(
        self, folds: Sequence[tuple[str, str]], threshold: float, every_start: bool = False
    ) -> Iterator[tuple[int, list[int]]]:
        """Each variant's number, with the places where enough of its syllables stand at about their
        distance; of two places side by side the first, unless `every_start`. `folds` are those of
        the text's syllables."""
        needed = self._needed_at(threshold)
        votes = Counter(
            base + position for position, fold in enumerate(folds) for base in self._bases.get(fold, ())
        )
        count_at = votes.get
        likely = sorted(
            key for key, count in votes.items() if count + count_at(key + 1, 0) >= needed[key // _STRIDE]
        )
        for number, keys in itertools.groupby(likely, key=lambda key: key // _STRIDE):
            length = len(self.variants[number][1])
            starts: list[int] = []
            for key in keys:
                start = key % _STRIDE - _BEFORE_TEXT
                if length <= 2:
                    if votes[key] == length:
                        starts.append(start)
                elif every_start or not starts or start - starts[-1] > 1:
                    starts.append(start)
            if starts:
                yield number, starts

    def _needed_at(self, threshold: float) -> list[int]:
        if threshold not in self._needed:
            # A syllable that folds to another sound costs at least _RELATED, so no more than this
            # many can differ in a match; a gap moves the rest by one place.
            lengths = [len(variant) for _, variant in self.variants]
            self._needed[threshold] = [
                max(1, length - math.floor((1 - threshold) * length / _RELATED)) for length in lengths
            ]
        return self._needed[threshold]


_index_of = lru_cache(maxsize=4096)(PhraseIndex)


@lru_cache(maxsize=8192)
def phrase_variants(phrase: str) -> tuple[tuple[Syllable, ...], ...]:
    """The ways a phrase may sound: letter names in Han characters, 幺 for 一 in numbers."""
    base = pinyin(phrase)
    options: list[list[tuple[Syllable, ...]]] = []
    i = 0
    while i < len(base):
        syllable = base[i]
        group = [syllable]
        while (
            i + len(group) < len(base)
            and not is_han(syllable.text)
            and base[i + len(group)].first_char == syllable.first_char
        ):
            group.append(base[i + len(group)])
        i += len(group)
        options.append([tuple(group), *_other_sounds(group)])
    variants = itertools.islice(itertools.product(*options), _MAX_VARIANTS)
    found = {tuple(itertools.chain.from_iterable(variant)): None for variant in variants}
    if any(char.isdigit() for char in phrase) and any(s.text == "一" for s in base):
        found[tuple(_as_yao(syllable) for syllable in base)] = None
    return tuple(found)


def _other_sounds(group: list[Syllable]) -> list[tuple[Syllable, ...]]:
    head = group[0]
    if len(head.text) != 1 or head.text not in LETTER_SOUNDS:
        return []
    return [
        tuple(Syllable(head.text, head.first_char, head.end_char, *split_pinyin(s)) for s in sounds)
        for sounds in LETTER_SOUNDS[head.text][1:]
    ]


def _as_yao(syllable: Syllable) -> Syllable:
    if syllable.text != "一":
        return syllable
    return Syllable("幺", syllable.first_char, syllable.end_char, "", "iao", 1)


def _same_run(text: str, left: Syllable, right: Syllable) -> bool:
    """Whether a match that begins at `right` would cut a Latin word or a number in two."""
    if left.first_char == right.first_char:
        return True
    before, after = text[left.end_char - 1], text[right.first_char]
    if left.end_char != right.first_char:
        return False
    return (before.isascii() and before.isalpha() and after.isascii() and after.isalpha()) or (
        before.isdigit() and after.isdigit()
    )


def _fold(syllable: Syllable) -> tuple[str, str]:
    """One key for sounds that are mixed up; different keys may still be confusable."""
    return (
        _FOLDED_INITIALS.get(syllable.initial, syllable.initial),
        _FOLDED_FINALS.get(syllable.final, syllable.final),
    )


def _gap(syllable: Syllable) -> float:
    return _FILLER_GAP if syllable.text in _FILLERS else _GAP


def _cost(mine: Syllable, other: Syllable) -> float:
    if mine.text == other.text:
        return 0.0
    return _sound_cost(mine.initial, mine.final, mine.tone, other.initial, other.final, other.tone)


def _toneless_cost(mine: Syllable, other: Syllable) -> float:
    if mine.text == other.text:
        return 0.0
    return _sound_cost(mine.initial, mine.final, 0, other.initial, other.final, 0)


@lru_cache(maxsize=200_000)
def _sound_cost(
    initial: str, final: str, tone: int, other_initial: str, other_final: str, other_tone: int
) -> float:
    cost = _part_cost(initial, other_initial, _CONFUSED_INITIALS, _RELATED_INITIALS)
    cost += _part_cost(final, other_final, _CONFUSED_FINALS, _RELATED_FINALS)
    if tone != other_tone and tone and other_tone:
        cost += _NEUTRAL_TONE if 5 in (tone, other_tone) else _TONE
    return min(cost, 1.0)


def _part_cost(mine: str, other: str, confused: set[frozenset[str]], related: set[frozenset[str]]) -> float:
    if mine == other:
        return 0.0
    pair = frozenset((mine, other))
    if pair in confused:
        return _CONFUSED
    return _RELATED if pair in related else _OTHER
