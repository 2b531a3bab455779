"""Runs of digits as they are said: digit by digit, with pauses, fillers and misheard characters."""

from __future__ import annotations

import re
from dataclasses import dataclass

_HAN_DIGITS = "零〇一二三四五六七八九幺洞拐两"
_VALUES = dict(zip(_HAN_DIGITS, "00123456789" + "1072", strict=True))
_VALUES |= {digit: digit for digit in "0123456789"}
_VALUES |= {chr(ord(digit) + 0xFEE0): digit for digit in "0123456789"}
# Characters that recognisers write for a digit, by sound.
_SOUND_ALIKE = {
    "1": "要腰摇药妖邀遥咬耀以易意衣依医伊亿",
    "2": "而儿耳尔饵二俩量凉良",
    "3": "散伞山删叁",
    "4": "是事时市使式始似思司死世室试寺丝",
    "5": "无舞午屋吴武物雾悟误伍勿",
    "6": "溜流刘留柳路陆遛碌",
    "7": "起期气其奇器齐妻漆启骑怪乖",
    "8": "吧把爸巴拔罢捌霸",
    "9": "就旧酒久救玖舅",
    "0": "林灵领临玲凌菱铃淋令另岭琳伶懂动冻",
}
_ALIKE = {char: digit for digit, chars in _SOUND_ALIKE.items() for char in chars}
# Of these, the ones that are words by themselves: at the edge of a run they are not part of it.
_WORDS = frozenset("要以意是事时市使似起期气其把吧就而另动试路易无把久")
_UNIT = re.compile(
    r"\s*(?:元|块|毛(?!病)|角|分(?:钟|之|$|，|。)|钱|兆|[GMKTgmkt](?![A-Za-z0-9])|[GMgm]B|"
    r"Mbps|年|个|月|日(?!本)|天|"
    r"点|小时|秒|次|人|位(?!数字是)|条|张|台|部|岁|折|倍|[%％]|度|档|级|类|家|遍|件|份|周|星期|路电视|"
    r"[号](?=[，。、,]|$|之前|以前|以后|到|的|晚|早|上午|下午|键|线|有|来|去|就|才|都)|多|几|"
    r"来|米|公里|套|种|样|步|期|"
    r"积分|流量|毫秒|赫兹|半|点|层|楼|栋|幢|单元|室|弄|号楼|号院|组|座|之)"
)
_TOKEN = re.compile(
    rf"(?P<repeat>[两二三四五六七八九2-9]个(?P<repeated>[0-9{_HAN_DIGITS}])(?![个月年百千万]))"
    rf"|(?P<digit>[0-9０-９{_HAN_DIGITS}])"
    rf"|(?P<alike>[{''.join(_ALIKE)}])"
    r"|(?P<magnitude>[十百千万])"
    r"|(?P<pause>[\s，,、…；;·\-—–~。]+|嗯+|呃+|额|啊|哦|诶|那个|这个|然后是?|再就是|再后面|"
    r"后面是?|接着|完了|"
    r"不对|不是|不+(?=[，,、])|错了|说错了|应该|对|再|杠|转|一下)"
)
_BEGIN = re.compile(rf"[0-9０-９{_HAN_DIGITS}{''.join(_ALIKE)}十百千万]")
_ANY = re.compile(rf"[0-9０-９{_HAN_DIGITS}]")
_SILENT = frozenset(" ，,、。…；;嗯呃额啊哦")
_LEAST_ALIKE = 3
_FOREIGN = frozenset("的了我你您在有个和都也不没吗呢这那请给到为")
_DECIMAL = re.compile(r"\d+(?:\.\d+){1,3}|\d{1,2}[:：]\d{2}|\d{1,3}(?:,\d{3})+(?!\d)")


@dataclass(frozen=True, slots=True)
class Run:
    """Digits said one after the other in ``text[first_char:end_char]``.

    `digits` are they, `places` where each stands (first and end character). `num_sure` of them are
    written as digits, the others as characters of that sound.
    """

    digits: str
    places: tuple[tuple[int, int], ...]
    num_sure: int
    ascii_only: bool = False
    num_pauses: int = 0

    @property
    def first_char(self) -> int:
        """Where the first digit stands."""
        return self.places[0][0]

    @property
    def end_char(self) -> int:
        """The end of the last digit."""
        return self.places[-1][1]

    def without_end(self, count: int) -> Run:
        """Without its last digits."""
        return Run(
            self.digits[:-count],
            self.places[:-count],
            min(self.num_sure, len(self.digits) - count),
            self.ascii_only,
            self.num_pauses,
        )


@dataclass(slots=True)
class _Token:
    """`value`: the digits it stands for, "?" for a character that stands where a digit must be."""

    kind: str
    value: str
    first: int
    end: int
    char: str = ""


def mandarin_runs(text: str) -> list[Run]:
    """The digit runs of a Mandarin text, amounts and dates left out, however short.

    >>> [run.digits for run in mandarin_runs("要三八，嗯，零零幺二，三四五六，四月份用了一百二十块")]
    ['13800123456']
    """
    runs: list[Run] = []
    if not _ANY.search(text):
        return runs
    kept_out = [match.span() for match in _DECIMAL.finditer(text)]
    for sequence in _sequences(text, kept_out):
        if not any(token.kind == "digit" for token in sequence):
            continue
        for part in _without_amounts(sequence, text):
            runs.extend(_make(part, text))
    return runs


def all_alike(text: str) -> Run | None:
    """A text that is nothing but characters of digits' sounds, as an answer to a question for digits.

    >>> all_alike("期期要六").digits
    '7716'
    """
    tokens = []
    for place, char in enumerate(text):
        if char in _VALUES:
            tokens.append(_Token("digit", _VALUES[char], place, place + 1))
        elif char in _ALIKE:
            tokens.append(_Token("alike", _ALIKE[char], place, place + 1, char))
        elif char not in _SILENT:
            return None
    if len(tokens) < _LEAST_ALIKE or all(token.char in _WORDS for token in tokens):
        return None
    return _run(tokens, sum(token.kind == "digit" for token in tokens), 1, text)


def _sequences(text: str, kept_out: list[tuple[int, int]]) -> list[list[_Token]]:
    found: list[list[_Token]] = []
    current: list[_Token] = []
    place = 0
    while place < len(text):
        if not current:
            begin = _BEGIN.search(text, place)
            if begin is None:
                break
            place = begin.start()
        match = _TOKEN.match(text, place)
        barred = any(low <= place < high for low, high in kept_out)
        if match is None or barred:
            bridged = (
                not barred
                and current
                and current[-1].kind in ("digit", "alike")
                and sum(token.kind == "digit" for token in current) >= 1
                and text[place] not in _FOREIGN
                and "\u4e00" <= text[place] <= "\u9fff"
                and re.match(rf".[{_HAN_DIGITS}]{{3}}", text[place:])
                and not _UNIT.match(text, place)
            )
            if bridged:
                current.append(_Token("alike", "?", place, place + 1, text[place]))
            else:
                if current:
                    found.append(current)
                current = []
            place += 1
            continue
        kind = match.lastgroup or ""
        if kind == "repeated":
            kind = "repeat"
        if kind == "repeat":
            digit = _VALUES[match["repeated"]]
            times = int(_VALUES[match["repeat"][0]])
            current.append(_Token("digit", digit * times, match.start(), match.end()))
        elif kind == "digit":
            current.append(_Token("digit", _VALUES[match.group()], match.start(), match.end()))
        elif kind == "alike":
            current.append(_Token("alike", _ALIKE[match.group()], match.start(), match.end(), match.group()))
        else:
            current.append(_Token(kind, "", match.start(), match.end()))
        place = match.end()
    if current:
        found.append(current)
    return found


def _groups(tokens: list[_Token]) -> list[list[_Token]]:
    """Tokens between pauses."""
    groups: list[list[_Token]] = [[]]
    for token in tokens:
        if token.kind == "pause":
            groups.append([])
        else:
            groups[-1].append(token)
    return [group for group in groups if group]


def _is_amount(group: list[_Token], text: str) -> bool:
    shape = "".join({"digit": "d", "alike": "a", "magnitude": "m"}[token.kind] for token in group)
    num_digits = sum(len(token.value) for token in group if token.kind == "digit")
    if "m" in shape and not re.search(r"d[da]{2}", shape):
        return True
    end = group[-1].end
    if _UNIT.match(text, end):
        # An alike character at the end may itself begin the unit (时, 期).
        return num_digits < 7
    return False


def _without_amounts(tokens: list[_Token], text: str) -> list[list[list[_Token]]]:
    parts: list[list[list[_Token]]] = [[]]
    for group in _groups(tokens):
        if _is_amount(group, text):
            parts.append([])
        else:
            parts[-1].append(group)
    return [part for part in parts if part]


def _is_words(group: list[_Token]) -> bool:
    """Whether a group between pauses reads as words (就是, 要), whatever it sounds like."""
    return all(token.kind == "alike" and (token.char in _WORDS or token.value == "?") for token in group)


def _make(groups: list[list[_Token]], text: str) -> list[Run]:
    while groups and _is_words(groups[-1]):
        groups = groups[:-1]
    while groups and _is_words(groups[0]):
        groups = groups[1:]
    tokens = [token for group in groups for token in group]
    tokens = _trimmed(tokens)
    if not tokens:
        return []
    num_sure = sum(len(token.value) for token in tokens if token.kind == "digit")
    num_all = sum(len(token.value) for token in tokens)
    if (
        num_all == num_sure
        or (num_all >= 7 and num_sure * 3 >= num_all)
        or (num_all >= 4 and num_sure * 2 >= num_all)
    ):
        return [_run(tokens, num_sure, len(groups), text)]
    # Too many doubtful characters: what is surely digits stands alone.
    found = []
    for group in groups:
        stretch: list[_Token] = []
        for token in [*group, _Token("pause", "", 0, 0)]:
            if token.kind == "digit":
                stretch.append(token)
            elif stretch:
                found.append(_run(stretch, sum(len(item.value) for item in stretch), 1, text))
                stretch = []
    return found


def _trimmed(tokens: list[_Token]) -> list[_Token]:
    first, end = 0, len(tokens)
    while first < end and _is_edge_word(tokens, first, forward=True):
        first += 1
    while end > first and _is_edge_word(tokens[first:end], end - first - 1, forward=False):
        end -= 1
    return tokens[first:end]


def _is_edge_word(tokens: list[_Token], at: int, *, forward: bool) -> bool:
    token = tokens[at]
    if token.kind == "magnitude":
        return True
    if token.kind == "digit":
        return False
    if forward:
        following = "".join(item.value for item in tokens[at + 1 :])
        # 要三五 is a mobile number's beginning; 要 before anything else is a word.
        if token.value == "1" and re.match(r"[3-9]\d{5}", following):
            return False
    else:
        said = "".join(item.value for item in tokens)
        # The last digit of a whole number is no word.
        if len(said) in (6, 18) or (len(said) == 11 and said.startswith("1")):
            return False
    return token.value == "?" or token.char in _WORDS


def _run(tokens: list[_Token], num_sure: int, num_groups: int, text: str) -> Run:
    digits, places = "", []
    for token in tokens:
        if token.kind == "magnitude":
            continue
        digits += token.value
        places += [(token.first, token.end)] * len(token.value)
    written = text[tokens[0].first : tokens[-1].end]
    is_ascii = not any(char in _HAN_DIGITS for char in written)
    return Run(digits, tuple(places), num_sure, is_ascii, num_groups - 1)
