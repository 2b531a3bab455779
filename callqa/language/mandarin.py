"""Mandarin text as it is spoken: script, numbers, syllables, pinyin."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

from callqa.language.latin import (
    LETTER_SOUNDS,
    count_latin_syllables,
    is_spelled,
    letter_parts,
    pinyin_parts,
    spoken_word,
)
from callqa.language.numbers import Reading, half_width, readings

HAN = r"\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_TOKEN = re.compile(rf"[{HAN}]+|[A-Za-z]+")
_HAN_CHAR = re.compile(rf"[{HAN}]")
_BLANK_BETWEEN_HAN = re.compile(rf"(?<=[{HAN}])\s+(?=[{HAN}])")

# Spelling of zero-initial syllables and short finals, as one set of finals.
_ZERO_INITIAL = {
    "yi": "i", "ya": "ia", "yo": "o", "ye": "ie", "yai": "ai", "yao": "iao", "you": "iu", "yan": "ian",
    "yin": "in", "yang": "iang", "ying": "ing", "yong": "iong", "yu": "ü", "yue": "üe", "yuan": "üan",
    "yun": "ün", "wu": "u", "wa": "ua", "wo": "uo", "wai": "uai", "wei": "ui", "wan": "uan", "wen": "un",
    "wang": "uang", "weng": "ong",
}  # fmt: skip
# Words of the trade that pypinyin reads otherwise.
_READINGS = {
    "靓号": [["liàng"], ["hào"]],
    "上行": [["shàng"], ["xíng"]],
    "调账": [["tiáo"], ["zhàng"]],
    "重置": [["chóng"], ["zhì"]],
    "重做": [["chóng"], ["zuò"]],
    "长权": [["cháng"], ["quán"]],
}
_INITIALS = ("zh", "ch", "sh", *"bpmfdtnlgkhjqxrzcs")


@dataclass(frozen=True, slots=True)
class Syllable:
    """A spoken syllable and where it stands in the text it was read from.

    `text` is the character or letters it was read from; a number's syllables carry the Han
    character that is said. ``original[first_char:end_char]`` is what it was read from: one
    character, one Latin letter (W gives three syllables) or a whole number. `initial` is "" where
    there is none; `final` is spelled in full, with ü. `tone` is 1-4, 5 neutral, 0 unknown.
    """

    text: str
    first_char: int
    end_char: int
    initial: str
    final: str
    tone: int


@lru_cache(maxsize=1)
def _converter() -> Any:
    from opencc import OpenCC

    return OpenCC("t2s")


def to_simplified(text: str) -> str:
    """Traditional characters as Simplified ones, all else as it is.

    >>> to_simplified("您的寬帶號碼")
    '您的宽带号码'
    """
    if text.isascii():
        return text
    converted: str = _converter().convert(text)
    return converted


def spoken_form(text: str) -> str:
    """Digits and numbers as they are read, full-width forms as ASCII; words are never touched.

    Runs of five digits and more, of digits that begin with 0, and years are read digit by digit.

    >>> spoken_form("10086查到168元，1.5倍，50%，100M，5G")
    '一零零八六查到一百六十八元，一点五倍，百分之五十，一百兆，五G'
    """
    return "".join(reading.text for reading in readings(half_width(text)))


def count_syllables(text: str) -> int:
    """Spoken syllables: a Han character is one, numbers count as they are read, Latin by sound.

    >>> count_syllables("您好，168元"), count_syllables("OLT和WiFi")
    (8, 6)
    """
    total = 0
    for token in _TOKEN.finditer(spoken_form(text)):
        run = token.group()
        total += count_latin_syllables(run) if run.isascii() else len(run)
    return total


def drop_blanks(text: str) -> str:
    """Without the blanks that stand between Han characters."""
    return _BLANK_BETWEEN_HAN.sub("", text)


@lru_cache(maxsize=2048)
def pinyin(text: str) -> tuple[Syllable, ...]:
    """The syllables of a text with their places in it, for comparing sounds.

    Letters are given as the syllables that letter names sound like (L as ài ěr), so there can be
    more of them than `count_syllables` counts.

    >>> [(s.initial, s.final, s.tone) for s in pinyin("宽带")]
    [('k', 'uan', 1), ('d', 'ai', 4)]
    """
    plain = half_width(text)
    simplified = to_simplified(plain)
    if len(simplified) == len(plain):
        plain = simplified
    found: list[Syllable] = []
    # Numbers are read together with the Han characters around them, so that pypinyin sees words.
    pending: list[tuple[str, int, int]] = []
    for reading in readings(plain):
        cursor = 0
        for token in _TOKEN.finditer(reading.text):
            if token.start() > cursor or (token.group().isascii() and pending):
                found.extend(_read_han(pending))
                pending = []
            cursor = token.end()
            if token.group().isascii():
                found.extend(_read_latin(token.group(), _place(reading, token.start())))
            else:
                for i, char in enumerate(token.group(), start=token.start()):
                    first, end = _bounds(reading, i)
                    pending.append((char, first, end))
        if cursor < len(reading.text):
            found.extend(_read_han(pending))
            pending = []
    found.extend(_read_han(pending))
    return tuple(found)


def _bounds(reading: Reading, index: int) -> tuple[int, int]:
    if reading.is_number:
        return reading.first_char, reading.end_char
    return reading.first_char + index, reading.first_char + index + 1


def _place(reading: Reading, index: int) -> int:
    return reading.end_char - 1 if reading.is_number else reading.first_char + index


def _read_han(chars: list[tuple[str, int, int]]) -> list[Syllable]:
    if not chars:
        return []
    text = "".join(char for char, _, _ in chars)
    sounds = [sound for word in _words_of(text) for sound in _sounds_of(word)]
    found = []
    for (char, first, end), sound in zip(chars, sounds, strict=True):
        initial, final, tone = split_pinyin(sound)
        found.append(Syllable(char, first, end, initial, final, tone))
    return found


@lru_cache(maxsize=1)
def _reader() -> tuple[Any, Any]:
    """What cuts a text into words, and what reads them."""
    from pypinyin import Style, lazy_pinyin, load_phrases_dict
    from pypinyin.seg.simpleseg import seg

    load_phrases_dict(_READINGS)
    return seg, partial(lazy_pinyin, style=Style.TONE3, neutral_tone_with_five=True, errors=_each)


def _words_of(text: str) -> list[str]:
    words: list[str] = _reader()[0](text)
    return words


@lru_cache(maxsize=16_384)
def _sounds_of(word: str) -> tuple[str, ...]:
    """One sound a character. People use the same words again and again: each is read once."""
    return tuple(_reader()[1]([word]))


def _each(chars: str) -> Any:
    """Characters that pypinyin does not know, one entry each (its types allow only one)."""
    return list(chars)


def _read_latin(run: str, place: int) -> list[Syllable]:
    found: list[Syllable] = []
    for part, offset in letter_parts(run):
        first = place + offset
        sounds = spoken_word(part)
        if sounds is None and not is_spelled(part):
            sounds = pinyin_parts(part)
        if sounds is not None:
            # Syllables of a word all stand for the whole word: it is not cut by a match.
            found.extend(Syllable(part, first, first + len(part), *split_pinyin(s)) for s in sounds)
        elif is_spelled(part) or len(part) <= 4:
            for i, letter in enumerate(part.upper()):
                for sound in LETTER_SOUNDS[letter][0]:
                    found.append(Syllable(letter, first + i, first + i + 1, *split_pinyin(sound)))
        else:
            found.append(Syllable(part.lower(), first, first + len(part), "", part.lower(), 0))
    return found


@lru_cache(maxsize=4096)
def split_pinyin(sound: str) -> tuple[str, str, int]:
    """Initial, final and tone of a syllable spelled like ``lv4`` or ``ying``.

    >>> split_pinyin("ju4"), split_pinyin("wei"), split_pinyin("shui3")
    (('j', 'ü', 4), ('', 'ui', 0), ('sh', 'ui', 3))
    """
    tone = int(sound[-1]) if sound[-1:].isdigit() else 0
    base = sound.rstrip("012345").replace("v", "ü")
    if base in _ZERO_INITIAL:
        return "", _ZERO_INITIAL[base], tone
    for initial in _INITIALS:
        if base.startswith(initial) and len(base) > len(initial):
            final = base[len(initial) :]
            if initial in ("j", "q", "x") and final.startswith("u"):
                final = "ü" + final[1:]
            return initial, final, tone
    return "", base, tone


def is_han(char: str) -> bool:
    """Whether a character is a Han character."""
    return bool(_HAN_CHAR.match(char))
