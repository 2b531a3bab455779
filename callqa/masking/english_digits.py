"""Runs of digits in English: figures, digit by digit, "double seven", "oh", "nine hundred"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from callqa.masking.digits import Run

_DIGITS = {
    "zero": "0", "oh": "0", "o": "0", "nought": "0", "one": "1", "two": "2", "three": "3", "four": "4",
    "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9", "niner": "9",
}  # fmt: skip
# Words of a digit's sound, digits only between digits.
_ALIKE = {"to": "2", "too": "2", "for": "4", "fore": "4", "won": "1", "ate": "8", "owe": "0", "tree": "3"}
_TEENS = dict(
    zip(
        [
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ],
        map(str, range(10, 20)),
        strict=True,
    )
)
_TENS = dict(
    zip(
        ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"],
        map(str, range(2, 10)),
        strict=True,
    )
)
_TIMES = {"double": 2, "triple": 3, "treble": 3, "quadruple": 4}
_FILLERS = frozenset(
    [
        "um",
        "uh",
        "er",
        "erm",
        "hmm",
        "and",
        "then",
        "dash",
        "hyphen",
        "space",
        "dot",
        "okay",
        "ok",
        "yeah",
        "like",
        "sorry",
        "no",
        "wait",
    ]
)
_UNIT = re.compile(
    r"\s*(?:dollars?|cents?|bucks|pounds?|pence|euros?|minutes?|hours?|days?|weeks?|months?|"
    r"years?|times?|percent|%|"
    r"gigabytes?|gigs?|megabytes?|megabits?|megs?|mbps|gb|mb|am\b|pm\b|a\.m|p\.m|o'clock|"
    r"people|lights?|lines?|"
    r"(?:st|nd|rd|th)\b|business|of\b)",
    re.IGNORECASE,
)
_WORD = re.compile(r"[A-Za-z]+|\d+|[^\sA-Za-z\d]+")
_KEPT_OUT = re.compile(
    r"[$£€]\s?\d[\d,.]*|\d+\.\d+(?:\.\d+)*|\d{1,2}:\d{2}|\d{1,3}(?:,\d{3})+|\d+(?:st|nd|rd|th)\b"
)


@dataclass(slots=True)
class _Piece:
    value: str
    first: int
    end: int
    is_sure: bool = True
    is_ascii: bool = False
    is_amount: bool = False


def english_runs(text: str) -> list[Run]:
    """The digit runs of an English text, amounts and dates left out, however short.

    >>> [run.digits for run in english_runs("it's four one five, double five five, oh 172, for 20 dollars")]
    ['4155550172']
    """
    kept_out = [match.span() for match in _KEPT_OUT.finditer(text)]
    words = list(_WORD.finditer(text))
    runs: list[Run] = []
    current: list[_Piece] = []

    def close() -> None:
        while current and not current[-1].is_sure:
            current.pop()
        # An amount at the end of a number is another number.
        cut = len(current)
        if cut and _UNIT.match(text, current[-1].end) and sum(len(p.value) for p in current) < 9:
            while cut and (cut == len(current) or current[cut - 1].end + 1 >= current[cut].first):
                cut -= 1
        kept = current[:cut]
        if kept and not _are_years(text[kept[0].first : kept[-1].end]):
            runs.append(_run(kept))
        current.clear()

    at = 0
    while at < len(words):
        word = words[at]
        lower = word.group().lower()
        if any(low <= word.start() < high for low, high in kept_out):
            close()
            at += 1
            continue
        pieces, used = _read(words, at)
        if pieces:
            current.extend(pieces)
            at += used
        elif current and (lower in _FILLERS or re.fullmatch(r"[,\-–—.()+…]+", lower)):
            at += 1
        elif current and lower in _ALIKE and _digit_after(words, at + 1):
            current.append(_Piece(_ALIKE[lower], word.start(), word.end(), is_sure=False))
            at += 1
        else:
            close()
            at += 1
    close()
    return runs


def _are_years(written: str) -> bool:
    return bool(re.fullmatch(r"(?:(?:19|20)\d\d(?:[\s,]+(?:and\s+)?|$))+", written))


def _digit_after(words: list[re.Match[str]], at: int) -> bool:
    return at < len(words) and words[at].group().lower() in _DIGITS


def _read(words: list[re.Match[str]], at: int) -> tuple[list[_Piece], int]:
    """The digits that begin at a word, and of how many words they are made."""
    word = words[at]
    lower = word.group().lower()
    following = words[at + 1].group().lower() if at + 1 < len(words) else ""
    if lower.isdigit():
        return [
            _Piece(digit, word.start() + i, word.start() + i + 1, is_ascii=True)
            for i, digit in enumerate(lower)
        ], 1
    if lower in _TIMES:
        digit = following if following.isdigit() and len(following) == 1 else _DIGITS.get(following, "")
        if digit:
            return [_Piece(digit * _TIMES[lower], word.start(), words[at + 1].end())], 2
        return [], 0
    if lower in _TENS:
        tens, used, end = _TENS[lower], 1, word.end()
        after = at + 2 if following == "-" else at + 1
        unit = words[after].group().lower() if after < len(words) else ""
        if unit in _DIGITS and _DIGITS[unit] != "0":
            return [
                _Piece(tens + _DIGITS[unit], word.start(), words[after].end(), is_amount=True)
            ], after - at + 1
        return [_Piece(tens + "0", word.start(), end, is_amount=True)], used
    if lower in _TEENS:
        return [_Piece(_TEENS[lower], word.start(), word.end(), is_amount=True)], 1
    if lower in _DIGITS:
        if lower == "o" and not (following in _DIGITS or following in _TIMES):
            return [], 0
        if following in ("hundred", "thousand"):
            zeros = "00" if following == "hundred" else "000"
            return [_Piece(_DIGITS[lower] + zeros, word.start(), words[at + 1].end(), is_amount=True)], 2
        return [_Piece(_DIGITS[lower], word.start(), word.end())], 1
    return [], 0


def _run(pieces: list[_Piece]) -> Run:
    digits, places, num_pauses = "", [], 0
    for previous, piece in zip([None, *pieces], pieces, strict=False):
        digits += piece.value
        places += [(piece.first, piece.end)] * len(piece.value)
        if previous is not None and piece.first > previous.end + 1:
            num_pauses += 1
    num_sure = sum(len(piece.value) for piece in pieces if piece.is_sure and not piece.is_amount)
    return Run(digits, tuple(places), num_sure, all(piece.is_ascii for piece in pieces), num_pauses)
