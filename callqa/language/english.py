"""English text as it is spoken: words, numbers, phrases found by wording and by sound."""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache

from callqa.language.matches import PhraseMatch, best_apart

_TOKEN = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?(?:%|(?:st|nd|rd|th)\b)?|[^\W\d_]+(?:['’][^\W\d_]+)*")
_CONTRACTIONS = {
    "n't": "not", "'m": "am", "'re": "are", "'ve": "have", "'ll": "will", "'d": "would",
}  # fmt: skip
_WHOLE_CONTRACTIONS = {
    "can't": "can not", "won't": "will not", "shan't": "shall not", "it's": "it is", "that's": "that is",
    "what's": "what is", "there's": "there is", "here's": "here is", "let's": "let us", "he's": "he is",
    "she's": "she is", "who's": "who is", "where's": "where is", "how's": "how is", "gonna": "going to",
    "wanna": "want to", "gotta": "got to", "cannot": "can not", "okay": "ok", "alright": "all right",
    "name's": "name is",
}  # fmt: skip
_ONES_SPELLED = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
)
_ONES = tuple(_ONES_SPELLED.split())
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_ORDINALS = {
    "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth",
    "twelve": "twelfth",
}  # fmt: skip
_GAP = 1.0
_SAME_SOUND = 0.1
_LEAST_ALIKE = 0.7
_LEAST_SPELLED = 4  # letters
# Shorter phrases could stand in two words by chance.
_LEAST_JOINED = 7


@dataclass(frozen=True, slots=True)
class Token:
    """A spoken word: lower case, contractions opened, numbers as words; where it stands."""

    text: str
    first_char: int
    end_char: int


@lru_cache(maxsize=2048)
def tokens(text: str) -> tuple[Token, ...]:
    """The spoken words of a text with their places in it.

    >>> [token.text for token in tokens("I'm on 2nd line, 25%.")]
    ['i', 'am', 'on', 'second', 'line', 'twenty', 'five', 'percent']
    """
    found: list[Token] = []
    for match in _TOKEN.finditer(text):
        raw = match.group().lower().replace("’", "'")
        words = _number_words(raw) if raw[0].isdigit() else _open_contraction(raw)
        found.extend(Token(word, match.start(), match.end()) for word in words)
    return tuple(found)


def count_words(text: str) -> int:
    """Words as they stand, contractions one; a number counts as the words it is read with.

    >>> count_words("I'm sorry, it's 168 dollars.")
    8
    """
    total = 0
    for match in _TOKEN.finditer(text):
        raw = match.group()
        total += len(_number_words(raw)) if raw[0].isdigit() else 1
    return total


def normalise(text: str) -> str:
    """Lower-case words, numbers as words, contractions opened, no punctuation.

    >>> normalise("It's $25, OK?")
    'it is twenty five ok'
    """
    return " ".join(token.text for token in tokens(text))


def find_phrase(phrase: str, text: str, threshold: float) -> list[PhraseMatch]:
    """Where a phrase was said; for many phrases in one text make a `Searcher`.

    >>> [match.heard for match in find_phrase("how can I help you", "So how may i help you?", 0.75)]
    ['how may i help you']
    """
    return Searcher(text).find(phrase, threshold)


class Searcher:
    """An English text whose words are worked out once, to look for many phrases in it.

    A phrase of one word matches that word or one that sounds the same; longer phrases match by
    the similarity of their words, in order.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = tokens(text)
        self._keys = [sound_key(token.text) for token in self._tokens]
        self._index: dict[str, list[int]] = defaultdict(list)
        for position, key in enumerate(self._keys):
            self._index[key].append(position)
        # Words run together, to find Northline where the recogniser wrote "North line".
        starts = list(itertools.accumulate((len(token.text) for token in self._tokens), initial=0))
        self._joined = "".join(token.text for token in self._tokens)
        self._token_at = {place: position for position, place in enumerate(starts)}

    @property
    def text(self) -> str:
        """The text that is searched."""
        return self._text

    def find(self, phrase: str, threshold: float) -> list[PhraseMatch]:
        """The best matches of `phrase` that do not overlap, in text order.

        `threshold` is the least similarity, 0-1.
        """
        wanted = _wanted(phrase)
        if not wanted:
            return []
        starts = {
            position - offset
            for offset, (word, _) in enumerate(wanted)
            for position in self._index.get(sound_key(word), ())
        }
        found = []
        for start in sorted(starts):
            if self._at_most(wanted, start) < threshold:
                continue
            first, end, alike = self._align(wanted, start)
            if end > first and alike >= threshold:
                first_char, end_char = self._tokens[first].first_char, self._tokens[end - 1].end_char
                found.append(
                    PhraseMatch(phrase, first_char, end_char, alike, self._text[first_char:end_char])
                )
        found.extend(self._run_together(phrase, "".join(word for word, _ in wanted)))
        return best_apart(found)

    def find_all(self, phrases: tuple[str, ...], threshold: float) -> dict[str, list[PhraseMatch]]:
        """As `find`, for many phrases; those that are not there are left out."""
        found = {phrase: self.find(phrase, threshold) for phrase in phrases}
        return {phrase: matches for phrase, matches in found.items() if matches}

    def may_say(self, phrases: tuple[str, ...], threshold: float) -> bool:
        """Whether any phrase is found at `threshold` or at any higher one."""
        return any(self.find(phrase, threshold) for phrase in phrases)

    def may_say_loosely(self, phrase: str) -> bool:
        """English has no looser search."""
        return False

    def _run_together(self, phrase: str, joined: str) -> list[PhraseMatch]:
        if len(joined) < _LEAST_JOINED:
            return []
        found = []
        for hit in re.finditer(re.escape(joined), self._joined):
            first, end = self._token_at.get(hit.start()), self._token_at.get(hit.end())
            if first is not None and end is not None:
                first_char, end_char = self._tokens[first].first_char, self._tokens[end - 1].end_char
                heard = self._text[first_char:end_char]
                found.append(PhraseMatch(phrase, first_char, end_char, 1.0, heard))
        return found

    def _reach(self, wanted: tuple[tuple[str, bool], ...], start: int) -> tuple[int, int]:
        """The tokens among which the phrase is looked for, one more on each side."""
        return max(0, start - 1), min(len(self._tokens), start + len(wanted) + 1)

    def _at_most(self, wanted: tuple[tuple[str, bool], ...], start: int) -> float:
        """A similarity that `_align` cannot exceed, at a fraction of its time: a word that nothing
        sounds like is missing, unless it is long enough to be alike in spelling."""
        low, high = self._reach(wanted, start)
        near = set(self._keys[low:high])
        there = sum(len(word) >= _LEAST_SPELLED or sound_key(word) in near for word, _ in wanted)
        return there / len(wanted)

    def _align(self, wanted: tuple[tuple[str, bool], ...], start: int) -> tuple[int, int, float]:
        low, high = self._reach(wanted, start)
        window = [token.text for token in self._tokens[low:high]]
        row: list[tuple[float, int]] = [(0.0, j) for j in range(len(window) + 1)]
        for word, exact in wanted:
            previous, row = row, [(row[0][0] + _GAP, row[0][1])]
            for j, other in enumerate(window):
                row.append(
                    min(
                        (previous[j][0] + _word_cost(word, other, exact), previous[j][1]),
                        (previous[j + 1][0] + _GAP, previous[j + 1][1]),
                        (row[j][0] + _GAP, row[j][1]),
                        key=lambda cell: cell[0],
                    )
                )
        end, (cost, begin) = min(enumerate(row), key=lambda item: (item[1][0], -item[0]))
        return low + begin, low + end, max(0.0, 1 - cost / len(wanted))


@lru_cache(maxsize=8192)
def _wanted(phrase: str) -> tuple[tuple[str, bool], ...]:
    """The phrase's words, each with whether it has to be heard as it is."""
    # Initialisms are said letter by letter: ONU is not "on".
    return tuple(
        (token.text, phrase[token.first_char : token.end_char].isupper()) for token in tokens(phrase)
    )


@lru_cache(maxsize=100_000)
def _word_cost(word: str, other: str, exact: bool) -> float:
    if word == other:
        return 0.0
    if exact:
        return 1.0
    from rapidfuzz import fuzz

    alike = fuzz.ratio(word, other) / 100
    # Short words share a key by chance (SLA, slow), so these must look alike too.
    if sound_key(word) == sound_key(other) and alike >= (0.5 if len(sound_key(word)) > 2 else 0.75):
        return min(_SAME_SOUND, 1 - alike)
    return 1 - alike if alike >= _LEAST_ALIKE and len(word) >= _LEAST_SPELLED else 1.0


_SOUND_RULES = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"^(?:kn|gn|pn|wr)", lambda m: m.group()[-1]),
        (r"mb$", "m"),
        (r"ph", "f"),
        (r"gh(?=[^aeiou]|$)", ""),
        (r"tch|ch", "C"),
        (r"sh|(?:ss|c|t)i(?=[aou])", "S"),
        (r"th", "T"),
        (r"ck|[qk]|c(?=[^eiy]|$)", "k"),
        (r"c", "s"),
        (r"dg|g(?=[eiy])|j", "J"),
        (r"x", "ks"),
        (r"z", "s"),
        (r"v", "f"),
        (r"(?<=[aeiou])h", ""),
        (r"(?<=[^\s])[wy](?![aeiou])", ""),
    )
)


@lru_cache(maxsize=20_000)
def sound_key(word: str) -> str:
    """A rough key that words of like sound share: consonants by sound, a leading vowel as A.

    >>> sound_key("Kris") == sound_key("Chris"), sound_key("Sara") == sound_key("Sarah")
    (True, True)
    >>> sound_key("phone") == sound_key("bone")
    False
    """
    key = word.lower()
    if key.startswith("chr"):
        key = "k" + key[2:]
    for pattern, replacement in _SOUND_RULES:
        key = pattern.sub(replacement, key)
    key = re.sub(r"^[aeiouy]+", "A", key)
    key = re.sub(r"[aeiouy]+", "", key)
    return re.sub(r"(.)\1+", r"\1", key)


def _open_contraction(word: str) -> list[str]:
    if word in _WHOLE_CONTRACTIONS:
        return _WHOLE_CONTRACTIONS[word].split()
    for ending, opened in _CONTRACTIONS.items():
        if word.endswith(ending) and len(word) > len(ending):
            return [word[: -len(ending)], opened]
    if word.endswith("'s"):
        return [word[:-2] + "s"]
    return [word.replace("'", "")]


def _number_words(raw: str) -> list[str]:
    if raw[-1].isalpha():
        *words, last = _integer_words(int(raw[:-2].replace(",", "").partition(".")[0]))
        return [*words, _ordinal(last)]
    percent = ["percent"] if raw.endswith("%") else []
    whole, _, decimals = raw.rstrip("%").replace(",", "").partition(".")
    by_digit = len(whole) > 1 and (whole.startswith("0") or (len(whole) >= 5 and "," not in raw))
    words = [_ONES[int(digit)] for digit in whole] if by_digit else _integer_words(int(whole))
    if decimals:
        words += ["point", *(_ONES[int(digit)] for digit in decimals)]
    return words + percent


def _ordinal(word: str) -> str:
    if word in _ORDINALS:
        return _ORDINALS[word]
    return word[:-1] + "ieth" if word.endswith("y") else word + "th"


def _integer_words(value: int) -> list[str]:
    if value < 20:
        return [_ONES[value]]
    if value < 100:
        return [_TENS[value // 10], *([_ONES[value % 10]] if value % 10 else [])]
    for size, name in (
        (1_000_000_000, "billion"),
        (1_000_000, "million"),
        (1_000, "thousand"),
        (100, "hundred"),
    ):
        if value >= size:
            rest = _integer_words(value % size) if value % size else []
            return [*_integer_words(value // size), name, *rest]
    raise AssertionError(value)
