"""Which digit runs of a call are personal: by their length and form, by the words before them, and by
what was asked for; numbers said in pieces over several utterances are one number."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from callqa.masking.contexts import IMPERSONAL, asks, cues, says_last_four
from callqa.masking.digits import Run, all_alike, mandarin_runs
from callqa.masking.english_digits import english_runs
from callqa.masking.kinds import Found, Kind

# What was asked for stays expected over so many utterances.
_PATIENCE = 6
_NEAR = 14  # characters between a cue and its number
_NUMERIC = frozenset({Kind.PHONE, Kind.ID, Kind.CARD, Kind.CODE, Kind.NUMBER, Kind.PLATE})
# Numbers of services, which are nobody's: operators, emergency, hotlines, banks, toll-free lines.
_SERVICE = re.compile(
    r"100\d{2,3}|1008(?:61|65|68|6\d{0,5})|1(?:10|12|14|19|20|"
    r"22)|12[0-9]{3}|12[01]|"
    r"9[56]\d{3}|95\d{3,6}|(?:0086|86)?13800100186|400\d{7}|800\d{7}|106\d{5,17}|1?8(?:00|33|44|55|66|77|88)\d{7}|[2-9]11"
)
# A day written as one number, 20250301.
_DAY = re.compile(r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
_MOBILE = re.compile(r"(?:86|0086)?1[3-9]\d{9}")
_CONNECTION = re.compile(
    r"[\s，,、。：:；;]*(?:(?:是|为|呢|的|就是|号码?|号是|写|填|报一下|我|您|念|给|嗯|呃|啊|"
    r"那个|有|叫|等于|尾号|六位|前[四六]位|后[四六]位|"
    r"[\s，,、。：:；;]|的是|number|is|it's|was|the|uh|um|my|that's|ending|in|with|of|last|"
    r"four|digits|are|says?|here|[a-z] as in [a-z]+)\s*)*",
    re.IGNORECASE,
)
_EMPTY = re.compile(
    r"[\s，,、。！？!?.…：:；;\-]|嗯|呃|啊|哦|额|好的?|对|是的?|那个|就是|然后|还有|后面|喂|"
    r"\b(?:um|uh|okay|ok|yes|yeah|sure|and|it's|it is|then|so|right|that's)\b",
    re.IGNORECASE,
)
_LEAST_ALONE = {"zh": 5, "en": 7}
_LEAST_FIGURES = 6
_LEAST_REPEATED = 4
_LEAST_IN_PIECES = 7
_AS_AMOUNT = re.compile(
    r"(?P<cue>[尾嘴未]号|[后末][三四六]位|验证[码马]|密码)(?:是|为|，|,|呢|：)*"
    r"(?P<number>[一二两三四五六七八九][一二三四五六七八九零十百千万]{2,12})"
    r"(?![一二三四五六七八九零个位元块天年月分])"
)
# Four digits that recognition wrote as an amount, as it does with 一六六九, 五一八七.
_THOUSANDS = r"[一二两三四五六七八九]千零?[一二三四五六七八九][百十]?[一二两三四五六七八九零百十]*"
_NO_AMOUNT = r"(?![一二三四五六七八九零百十千万多个位元块毛角天年月日分秒点兆米公套次人条台度积步GMgm])"
_PAUSES = r"[\s，,、。；;]|嗯|呃|啊"
_IN_AMOUNTS = re.compile(
    rf"{_THOUSANDS}(?:(?:{_PAUSES})+{_THOUSANDS})+{_NO_AMOUNT}"
    rf"|(?<=号码是|机号是|话号是|证号是|卡号是|号码为|码呢是){_THOUSANDS}{_NO_AMOUNT}"
)
_REST_IN_AMOUNTS = re.compile(
    rf"(?:[后前]面|最后|中间|接着|然后|再)(?:几位|[三四]位)?(?:就?是|，|、|,)*(?P<rest>{_THOUSANDS}){_NO_AMOUNT}"
)
# The digit that is said by itself after a long number, and what recognition made of it (最后一个事务).
_LAST_DIGIT = re.compile(
    r"(?:最后|末尾|后面|还有)(?:的|那)?一?[个位](?:数字?)?(?:就?是|，|,)*(?P<rest>(?!问题|疑问|事情|电话|月)[^，。,、？]{1,2})(?=[，。,、]|$)"
)


@dataclass(slots=True)
class _Heard:
    """A run in an utterance, and what is made of it."""

    utterance: int
    run: Run
    fills: bool
    kind: Kind | None = None
    certainty: float = 0.0


def find_numbers(texts: Sequence[str], language: str, keep_last_four: bool) -> list[list[Found]]:
    """The numbers to mask of each utterance.

    `keep_last_four` leaves the last four digits of long numbers, and digits that were asked for as
    "the last four".
    """
    runs_of = mandarin_runs if language == "zh" else english_runs
    heard: list[list[_Heard]] = []
    expected: Kind | None = None
    age = _PATIENCE + 1
    last_four_asked = was_asked = False
    for i, text in enumerate(texts):
        row = [_Heard(i, run, _fills(text, run)) for run in runs_of(text)]
        if language == "zh":
            row = _unusual(i, text, row, was_asked and expected is not None)
        heard.append(row)
        age += 1
        if age > _PATIENCE:
            expected = None
        if says_last_four(text, language):
            last_four_asked = True
        found_cues = list(cues(text, language))
        for item in row:
            if item.kind is None:
                _judge(item, text, language, expected, was_asked)
            if item.kind is not None:
                age = 0
                expected = expected or item.kind
                short = len(item.run.digits) <= 4 and item.kind is not Kind.CODE
                if short and keep_last_four and last_four_asked:
                    item.kind = None
        asked = [cue.kind for cue in found_cues if cue.kind in _NUMERIC]
        other = [cue.kind for cue in found_cues if isinstance(cue.kind, Kind) and cue.kind not in _NUMERIC]
        if asked:
            expected, age = Kind(asked[-1]), 0
            was_asked = asks(text) or says_last_four(text, language)
            last_four_asked = says_last_four(text, language)
        elif other:
            expected = None
        elif says_last_four(text, language):
            expected, age, was_asked = expected or Kind.PHONE, 0, True
    _join_unasked(heard, texts)
    _join_pieces(heard, texts)
    _mask_repeats(heard)
    return [[_found(item, keep_last_four) for item in row if item.kind is not None] for row in heard]


def _found(item: _Heard, keep_last_four: bool) -> Found:
    run = item.run
    assert item.kind is not None
    if keep_last_four and len(run.digits) >= 8 and item.kind is not Kind.CODE:
        run = run.without_end(4)
    return Found(item.kind, run.first_char, run.end_char, item.certainty)


def _fills(text: str, run: Run) -> bool:
    """Whether an utterance is nothing but this number."""
    rest = text[: run.first_char] + text[run.end_char :]
    return len(_EMPTY.sub("", rest)) <= (1 if rest.isascii() else 2)


def _unusual(utterance: int, text: str, row: list[_Heard], was_asked: bool) -> list[_Heard]:
    """Together with the digits that recognition wrote as an amount (尾号四千四百零八), and an answer that
    it wrote as other words altogether."""
    for match in _AS_AMOUNT.finditer(text):
        places = tuple((i, i + 1) for i in range(*match.span("number")))
        kind = next((cue.kind for cue in cues(text[: match.end("cue")], "zh") if cue.kind in _NUMERIC), None)
        row = [
            *row,
            _Heard(utterance, Run("?" * len(places), places, 0), False, Kind(kind or Kind.PHONE), 0.7),
        ]
    spans = [match.span() for match in _IN_AMOUNTS.finditer(text)]
    if spans or was_asked or any(len(item.run.digits) >= _LEAST_IN_PIECES for item in row):
        spans += [match.span("rest") for match in _REST_IN_AMOUNTS.finditer(text)]
    if any(len(item.run.digits) >= _LEAST_IN_PIECES for item in row):
        spans += [match.span("rest") for match in _LAST_DIGIT.finditer(text)]
    for first, end in spans:
        if not any(item.run.first_char < end and first < item.run.end_char for item in row):
            places = tuple((place, place + 1) for place in range(first, end))
            kind = next((cue.kind for cue in cues(text[:first], "zh") if cue.kind in _NUMERIC), None)
            amounts = Run("?" * len(places), places, 0)
            row = [*row, _Heard(utterance, amounts, False, Kind(kind or Kind.PHONE), 0.7)]
    if was_asked:
        whole = all_alike(text)
        if whole is not None and all(len(whole.digits) > len(item.run.digits) for item in row):
            return [_Heard(utterance, whole, True)]
    return row


def _join_unasked(heard: Sequence[Sequence[_Heard]], texts: Sequence[str]) -> None:
    """Pieces that each fill an utterance, one after the other, are a number together."""
    chain: list[_Heard] = []
    for i in range(len(heard) + 1):
        pieces = [item for item in heard[i] if item.fills] if i < len(heard) else []
        if pieces:
            chain.extend(pieces)
        elif i == len(heard) or _EMPTY.sub("", texts[i]):
            if len({item.utterance for item in chain}) > 1:
                digits = sum(item.run.num_sure for item in chain)
                for item in chain if digits >= _LEAST_IN_PIECES else ():
                    if item.kind is None and not _SERVICE.fullmatch(item.run.digits):
                        item.kind, item.certainty = Kind.PHONE, 0.6
            chain = []


def _judge(item: _Heard, text: str, language: str, expected: Kind | None, was_asked: bool) -> None:
    run = item.run
    digits, length = run.digits, len(run.digits)
    near = _near_cue(text, run, language)
    if near == IMPERSONAL and length <= 8:
        return
    if _SERVICE.fullmatch(digits):
        return
    if _MOBILE.fullmatch(digits) or (length > 11 and near in (None, Kind.PHONE) and _MOBILE.match(digits)):
        item.kind, item.certainty = Kind.PHONE, 0.95
        return
    if length == 18 and near not in (Kind.CARD, Kind.NUMBER):
        item.kind, item.certainty = Kind.ID, 0.95
        return
    if length in (16, 19) and near in (None, Kind.CARD, Kind.ID, Kind.PHONE) and digits[0] in "34569":
        item.kind, item.certainty = Kind.CARD, 0.9
        return
    if isinstance(near, Kind) and length >= 3:
        item.kind, item.certainty = near, 0.8
        return
    if near is None and _DAY.fullmatch(digits) and not item.fills:
        return
    least = 2 if item.fills and was_asked else 4 if item.fills or was_asked else 5
    if expected is not None and length >= least and (was_asked or not _is_year(run, text)):
        item.kind, item.certainty = expected, 0.7
        return
    alone = _LEAST_FIGURES if run.ascii_only and language == "zh" else _LEAST_ALONE[language]
    if run.num_sure >= min(alone, length) and length >= alone and not _counts_up(digits):
        item.kind, item.certainty = _by_form(digits), 0.6 if length < 10 else 0.8


def _by_form(digits: str) -> Kind:
    if len(digits) <= 12:
        return Kind.PHONE if len(digits) >= 7 else Kind.NUMBER
    if digits.startswith("00"):
        return Kind.PHONE
    return Kind.ID if 17 <= len(digits) <= 18 else Kind.NUMBER


def _is_year(run: Run, text: str) -> bool:
    return (
        len(run.digits) == 4 and run.digits[:2] in ("19", "20") and not text[run.end_char :].strip("。. ,，")
    )


def _counts_up(digits: str) -> bool:
    """1 2 3 4 5: counting, no number."""
    return (
        all(int(b) - int(a) == 1 for a, b in itertools.pairwise(digits) if "?" not in a + b)
        and "?" not in digits
    )


def _near_cue(text: str, run: Run, language: str) -> Kind | str | None:
    """The cue that a number belongs to: the one it follows, else the one right behind it."""
    before: Kind | str | None = None
    for cue in cues(text[: run.first_char], language):
        gap = text[cue.end_char : run.first_char]
        if len(gap) <= _NEAR and _CONNECTION.fullmatch(gap):
            # "the number of the ID card": a plain 号码 says less than what stands before it.
            if not (cue.kind is Kind.PHONE and isinstance(before, Kind)):
                before = cue.kind
        elif cue.kind is Kind.CODE and len(gap) <= _NEAR and 4 <= len(run.digits) <= 8:
            before = before or cue.kind
        elif cue.kind is not Kind.PHONE and len(gap) <= _NEAR:
            before = before or _weak(cue.kind, gap)
    if before is not None:
        return before
    behind = text[run.end_char : run.end_char + _NEAR]
    if language == "zh":
        match = re.match(r"[，,、\s]*(?:是|这个是?|就是|那个|的)?(?:这个|那个|您的|我的)?", behind)
        start = match.end() if match else 0
        for cue in cues(behind[start : start + 5], language):
            if cue.first_char == 0 and cue.kind in _NUMERIC:
                return cue.kind
    return None


def _weak(kind: Kind | str, gap: str) -> Kind | str | None:
    return kind if re.fullmatch(r"[^，。？！,.?!]{0,6}(?:是|为|：|:|is|就是我生日)\s*", gap) else None


def _join_pieces(heard: Sequence[Sequence[_Heard]], texts: Sequence[str]) -> None:
    """A piece that fills its utterance, right before or after a masked number: part of it."""
    for order in (range(len(heard)), range(len(heard) - 1, -1, -1)):
        last: tuple[int, _Heard] | None = None
        for i in order:
            for item in heard[i]:
                if item.kind is None and last is not None and item.fills and abs(i - last[0]) <= 3:
                    if _SERVICE.fullmatch(item.run.digits) and len(item.run.digits) >= 5:
                        continue
                    item.kind, item.certainty = last[1].kind, 0.6
            masked = [item for item in heard[i] if item.kind is not None]
            if masked:
                last = (i, masked[-1])
            elif len(_EMPTY.sub("", texts[i])) > 8:
                last = None


def _mask_repeats(heard: Sequence[Sequence[_Heard]]) -> None:
    """Digits of a masked number that are said again."""
    known = [(item.run.digits, item.kind) for row in heard for item in row if item.kind is not None]
    for row in heard:
        for item in row:
            digits = item.run.digits
            if item.kind is None and len(digits) >= _LEAST_REPEATED and not _SERVICE.fullmatch(digits):
                item.kind = next((kind for other, kind in known if digits in other), None)
                item.certainty = 0.6
