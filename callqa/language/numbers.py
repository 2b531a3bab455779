"""Digits and numbers as Mandarin speakers read them."""

from __future__ import annotations

import re
from dataclasses import dataclass

_DIGITS = str.maketrans("0123456789", "零一二三四五六七八九")
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if chr(code - 0xFEE0).isalnum()}
_FULL_WIDTH[0xFF05] = ord("%")
_FULL_WIDTH[0xFF0E] = ord(".")
_FULL_WIDTH[0x3007] = ord("零")

# A long run of digits before one of these is an amount, without one it is read digit by digit.
_AMOUNT = "元块万亿角个人户次条张台部分字名家兆GMKTgmkt天"
# Before these a lone 2 is 两: 两个, 两块. 二 stays in 二月, 二号, 二十.
_COUNTED = "个块元次条张台部天位种年份家名件倍万千百亿人口只封台周小"
# Digits after one of these are an identifier, read digit by digit: 工号1023, 尾号8866.
_IDENTIFIER = re.compile(
    r"(?:工号|尾号|号码|卡号|编号|单号|验证码|密码|区号|客服|后[三四六]位|拨打?)(?:是|为|：|:)?$"
)
_UNITS = {
    "mbps": "兆",
    "mb": "兆",
    "m": "兆",
    "兆": "兆",
    "℃": "摄氏度",
    "ghz": "G赫兹",
    "mhz": "兆赫兹",
    "km": "公里",
    "kg": "公斤",
    "cm": "厘米",
    "mm": "毫米",
}
_NUMBER = re.compile(
    r"""
    (?P<phone>(?<![\d.])\d{2,4}(?:[-–—]\d{3,8})+(?!\d))
    | (?P<clock>(?<!\d)(?P<hour>[01]?\d|2[0-4])[:：](?P<minute>[0-5]\d)(?::[0-5]\d)?(?!\d))
    | (?P<fraction>(?<![\d/])(?P<over>\d{1,2})/(?P<under>\d{1,2})(?![\d/]))
    | (?P<times>(?<![\dA-Za-z])(?P<left>\d{1,2})[xX×*](?P<right>\d{1,2})(?![\dA-Za-z]))
    | (?P<range>(?<![\d.])(?P<low>\d{1,4})[-–—~～](?P<high>\d{1,4})(?P<range_percent>%)?(?![\d.-]))
    | (?P<money>[¥￥])?(?P<value>\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.(?P<decimals>\d+))?
      (?P<percent>%)?
      (?P<unit>(?:[Mm]bps|[Gg][Hh]z|[Mm][Hh]z|MB|KM|km|kg|cm|mm|M|℃)(?![A-Za-z]))?
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Reading:
    """`text` is how ``original[first_char:end_char]`` is read; the same where nothing changed."""

    text: str
    first_char: int
    end_char: int
    is_number: bool = False


def half_width(text: str) -> str:
    """Full-width letters, digits, percent sign and point as ASCII, 〇 as 零; as long as before.

    >>> half_width("ＡＰＮ　１０．５％，好")
    'APN\u300010.5%，好'
    """
    return text.translate(_FULL_WIDTH)


def read_digits(digits: str) -> str:
    """Digit by digit.

    >>> read_digits("10086")
    '一零零八六'
    """
    return digits.translate(_DIGITS)


def read_integer(digits: str) -> str:
    """As a quantity.

    >>> read_integer("168"), read_integer("15"), read_integer("1050")
    ('一百六十八', '十五', '一千零五十')
    """
    import cn2an

    spoken: str = cn2an.an2cn(digits.lstrip("0") or "0", "low")
    return spoken[1:] if spoken.startswith("一十") else spoken


def readings(text: str) -> list[Reading]:
    """Cut a text into numbers, as they are read, and what lies between them, unchanged."""
    found: list[Reading] = []
    cursor = 0
    for match in _NUMBER.finditer(text):
        if match.start() > cursor:
            found.append(Reading(text[cursor : match.start()], cursor, match.start()))
        found.extend(_read(match, text))
        cursor = match.end()
    if cursor < len(text):
        found.append(Reading(text[cursor:], cursor, len(text)))
    return found


def _read(match: re.Match[str], text: str) -> list[Reading]:
    first, end = match.span()
    if match["phone"]:
        return [
            Reading(read_digits(char), first + i, first + i + 1, True)
            for i, char in enumerate(match["phone"])
            if char.isdigit()
        ]
    value = match["value"]
    if value and "," not in value and match["decimals"] is None and not match["percent"]:
        following = match["unit"] or text[end : end + 1]
        if _is_digit_run(value, text[:first], following, money=bool(match["money"])):
            start = match.start("value")
            digits = [Reading(read_digits(d), start + i, start + i + 1, True) for i, d in enumerate(value)]
            if match["unit"]:
                digits.append(Reading(_unit(match["unit"]), match.start("unit"), end, True))
            return digits
    return [Reading(_spoken(match, text[end : end + 1]), first, end, True)]


def _is_digit_run(value: str, preceding: str, following: str, *, money: bool) -> bool:
    if following == "年" and len(value) in (2, 4):
        return True
    if len(value) > 1 and value.startswith("0"):
        return True
    if len(value) >= 3 and _IDENTIFIER.search(preceding[-8:]):
        return True
    return len(value) >= 5 and not money and not (following and following[0] in _AMOUNT)


def _spoken(match: re.Match[str], following: str) -> str:
    if match["clock"]:
        minute = match["minute"]
        tail = "" if minute == "00" else _minutes(minute)
        return f"{_count(match['hour'], '个')}点{tail}"
    if match["fraction"]:
        return f"{read_integer(match['under'])}分之{read_integer(match['over'])}"
    if match["times"]:
        return f"{read_integer(match['left'])}乘{read_integer(match['right'])}"
    if match["range"]:
        low, high = match["low"], _count(match["high"], following)
        if match["range_percent"]:
            return f"百分之{read_integer(low)}到百分之{read_integer(match['high'])}"
        return f"{_count(low, following)}到{high}"
    value = match["value"].replace(",", "")
    unit = _unit(match["unit"]) if match["unit"] else ""
    spoken = read_integer(value) if match["decimals"] else _count(value, unit or following)
    if match["decimals"]:
        spoken += "点" + read_digits(match["decimals"])
    if match["percent"]:
        spoken = "百分之" + spoken
    return spoken + unit + ("元" if match["money"] else "")


def _minutes(minute: str) -> str:
    return read_digits(minute) if minute.startswith("0") else read_integer(minute)


def _count(value: str, following: str) -> str:
    if value == "2" and following and following[0] in _COUNTED:
        return "两"
    return read_integer(value)


def _unit(unit: str) -> str:
    return _UNITS[unit.lower()]
