"""The agent's staff number in the first words of a call."""

from __future__ import annotations

import re

from callqa.language.mandarin import Syllable, pinyin, spoken_form
from callqa.language.phonetics import folded, similarity

_HAN_DIGITS = "零〇一二三四五六七八九幺两"
_MANDARIN = re.compile(
    rf"(?:[工公][号浩好])(?:是|为|[:：])?[\s，,]*(?P<after>[A-Za-z]{{0,2}}\s*(?:[\d{_HAN_DIGITS}]\s*){{2,10}})"
    rf"|(?P<before>(?:[\d{_HAN_DIGITS}]\s*){{3,8}})号?(?:客服|坐席|话务员|客服代表|客户代表)?(?:很高兴|竭诚)?为您服务"
)
_ENGLISH = re.compile(
    r"\b(?:agent|operator|badge|employee|staff)?\s*(?:id|number)\s*(?:is\s*)?"
    r"(?P<after>(?:\d|zero|one|two|three|four|five|six|seven|eight|nine)[\d\s-]*"
    r"(?:(?:zero|one|two|three|four|five|six|seven|eight|nine)[\s-]*)*)",
    re.IGNORECASE,
)
_ENGLISH_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_DIGIT_SOUNDS = frozenset(folded(pinyin("零一二三四五六七八九幺两十百")))
_LEAST_DIGITS, _MOST_DIGITS = 3, 10
# One syllable in so many may sound like no digit.
_OFF_IN = 4
_SAME_NUMBER = 0.8


def find_staff_number(text: str, language: str, agent_id: str | None) -> tuple[int, int, bool | None] | None:
    """Where a staff number stands in a text (first and end character), and whether it is that of
    `agent_id`: None where nothing tells.

    >>> find_staff_number("电信客服，公号一机领悟，请问", "zh", "D1705")
    (5, 11, True)
    """
    known = re.sub(r"\D", "", (agent_id or "").partition("-")[0])
    match = (_MANDARIN if language == "zh" else _ENGLISH).search(text)
    if match is not None:
        group = "after" if match["after"] else "before"
        first = match.start() if group == "after" else match.start("before")
        end = first + len(text[first : match.end(group)].rstrip())
        digits = _digits(match[group], language)
        # A number may be shortened when said; a different one may be of another kind.
        return first, end, True if known and digits and known.endswith(digits) else None
    return _by_sound(text, known) if language == "zh" else None


def _by_sound(text: str, known: str) -> tuple[int, int, bool | None] | None:
    """工号 and a number, both as recognition may have written them."""
    syllables = pinyin(text)
    for i in range(len(syllables) - 1):
        number, after = syllables[i], syllables[i + 1]
        if (number.initial, number.final, after.initial, after.final) != ("g", "ong", "h", "ao"):
            continue
        rest = syllables[i + 2 :]
        said = _digits_by_sound(rest[1:] if rest and rest[0].text in "是为" else rest)
        if said:
            spoken = pinyin(spoken_form("工号" + known))[2:][-len(said) :]
            same = bool(known) and similarity(spoken, said) >= _SAME_NUMBER
            return number.first_char, said[-1].end_char, True if same else None
    return None


def _digits_by_sound(syllables: tuple[Syllable, ...]) -> tuple[Syllable, ...]:
    """The longest beginning that sounds like digits, empty where it is too short."""
    best: tuple[Syllable, ...] = ()
    off = 0
    for count, (syllable, key) in enumerate(
        zip(syllables[:_MOST_DIGITS], folded(syllables[:_MOST_DIGITS]), strict=True), start=1
    ):
        is_digit = key in _DIGIT_SOUNDS
        off += not is_digit
        if count > 1 and not _adjoin(syllables[count - 2], syllable):
            break
        if is_digit and count >= _LEAST_DIGITS and off <= count // _OFF_IN:
            best = syllables[:count]
    return best


def _adjoin(left: Syllable, right: Syllable) -> bool:
    """Whether no pause is between two syllables; those of one number share their place."""
    return right.first_char <= left.end_char


def _digits(said: str, language: str) -> str:
    if language == "zh":
        spoken = spoken_form("工号" + re.sub(r"\s", "", said)).translate(str.maketrans("幺两〇", "一二零"))
        return "".join(str("零一二三四五六七八九".index(c)) for c in spoken if c in "零一二三四五六七八九")
    return "".join(
        token if token.isdigit() else str(_ENGLISH_DIGITS.index(token))
        for token in re.findall(r"\d|[a-z]+", said.lower())
        if token.isdigit() or token in _ENGLISH_DIGITS
    )
