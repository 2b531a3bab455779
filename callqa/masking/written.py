"""What has a form of its own: e-mail addresses, number plates, passwords and numbers with letters."""

from __future__ import annotations

import re
from collections.abc import Sequence

from callqa.masking.contexts import cues
from callqa.masking.kinds import Found, Kind

_HD = "0-9零〇一二三四五六七八九幺两"
_WRITTEN_MAIL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._%+-]*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_DOMAIN = r"(?:com|cn|net|org|edu|gov|io|co|uk|康姆|卡姆|扣姆|c\s?o\s?m|c\s?n)"
_DOT_ZH = r"\s*(?:点儿?|\.|dot|。)\s*"
_MAIL_ZH = re.compile(
    rf"(?P<user>(?:[A-Za-z{_HD}._-]|下划线|横杠|横线|中杠|减号|杠|小写的?|大写的?|"
    rf"(?<=[A-Za-z{_HD}])[\s，,、]+(?=[A-Za-z{_HD}艾爱圈小@下横])|"
    rf"(?<=[A-Za-z{_HD}])(?:嗯|呃|点)(?=[A-Za-z{_HD}]))+)"
    rf"[\s，,]*(?:艾特|爱特|艾忒|at|AT|At|@|小老鼠|圈[aA]|花[aA])[\s，,]*"
    rf"(?P<host>(?:[A-Za-z{_HD}]\s?)+|新浪|网易|搜狐|雅虎){_DOT_ZH}{_DOMAIN}(?:{_DOT_ZH}{_DOMAIN})*"
)
_MAIL_EN = re.compile(
    r"(?P<user>(?:[A-Za-z0-9._+-]+[\s,]+){1,9}?)(?:at|@)\s+(?P<host>(?:[A-Za-z0-9-]+\s+){1,3}?)(?:dot|\.)\s*"
    r"(?:com|net|org|edu|gov|io|co|uk|ca|us)\b(?:\s+dot\s+(?:uk|au|nz|in)\b)?"
)
_NOT_USER_EN = frozenset(
    [
        "is",
        "it",
        "it's",
        "its",
        "to",
        "use",
        "my",
        "email",
        "e-mail",
        "mail",
        "address",
        "the",
        "send",
        "please",
        "that's",
        "that",
        "on",
        "um",
        "uh",
        "yes",
        "yeah",
        "sure",
        "and",
        "me",
        "you",
        "can",
        "reach",
        "so",
        "okay",
        "ok",
        "a",
    ]
)
_JOINS_EN = frozenset(["dot", "underscore", "dash", "hyphen", "period", "point", "plus"])
_SPOKEN_EN = _JOINS_EN | frozenset(
    [
        *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "oh"),
        *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen"),
        *("nineteen", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"),
        *("double", "triple"),
    ]
)
_NO_HOST_EN = re.compile(r"(?:the|a|my|your|this|that)\b", re.IGNORECASE)
_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_PLATE = re.compile(rf"[{_PROVINCES}]\s?[A-Za-z](?:[·•.\s，,、-]*[A-Za-z{_HD}]){{5,6}}(?![A-Za-z{_HD}])")
_PLATE_AFTER = re.compile(
    rf"(?:车牌号?码?|车号)(?:是|为|，|,|：)*(?P<plate>[\u4e00-\u9fff]?\s?[A-Za-z](?:[·•.\s，"
    rf",、-]*[A-Za-z{_HD}]){{4,6}})"
)
_PLATE_EN = re.compile(
    r"\b(?:[Pp]lates?|[Rr]egistration)(?: number)?(?: is|['’]s|,|:)*\s+(?P<plate>(?=[A-Z0-9 "
    r"-]*\d)[A-Z0-9]{1,4}(?:[ -]?[A-Z0-9]{1,4}){1,3})\b"
)
_LINK_ZH = r"(?:号码?|是|为|：|:|，|,|\s|呢|就是|嗯|呃|码)*"
_CODE_ZH = re.compile(
    rf"(?:密码|验证[码马]|口令|动态[码马]){_LINK_ZH}(?P<code>(?=[{_HD}\s]*[A-Za-z])"
    rf"(?=[A-Za-z\s]*[{_HD}])[A-Za-z{_HD}]"
    rf"(?:\s?[A-Za-z{_HD}@#_!.-]){{3,19}})"
)
_LETTERED_ZH = re.compile(
    rf"(?:订单|定单|单号|快递单?|运单|编号|账号|流水号|合同号|"
    rf"受理号){_LINK_ZH}(?P<number>(?=[A-Za-z]*\s?[{_HD}])[A-Za-z]{{1,4}}\s?"
    rf"(?:[A-Za-z{_HD}]\s?){{5,20}})"
)
_PASSPORT_ZH = re.compile(
    rf"(?:护照|通行证|港澳证|军官证|证件){_LINK_ZH}(?P<id>[A-Za-z]{{1,2}}\s?(?:[{_HD}]\s?){{7,9}})"
)
_ID_TAIL = re.compile(r"[\s，,、]*(?:[Xx×叉](?![A-Za-z])|叉儿?|[埃艾爱]克斯)")
_CODE_EN = re.compile(
    r"\b(?:[Pp]assword|[Pp]asscode|[Cc]ode|PIN|pin)(?: is|['’]s|,|:| "
    r"was)*\s+(?P<code>(?=[A-Za-z]*\d)(?=\d*[A-Za-z])[A-Za-z0-9_!#-]{4,})\b"
)
_LETTERED_EN = re.compile(
    r"\b(?:[Tt]racking|[Oo]rder|[Aa]ccount|[Rr]eference|[Cc]ase|[Cc]onfirmation|[Tt]icket)(?: "
    r"number| id| code)?"
    r"(?: is|['’]s|,|:)*\s+(?P<number>(?=[A-Z0-9-]*\d)[A-Z0-9-]{6,})\b"
)
_PASSPORT_EN = re.compile(
    r"\b(?:[Pp]assport|[Ll]icen[sc]e)(?: number)?(?: is|['’]s|,|:)*\s+(?P<id>[A-Z]{1,2}\s?\d{6,9})\b"
)
# An address that was asked for is expected over so many utterances.
_PATIENCE = 3
_ZH = (
    (Kind.PLATE, _PLATE, 0.9),
    (Kind.PLATE, _PLATE_AFTER, 0.8),
    (Kind.CODE, _CODE_ZH, 0.8),
    (Kind.NUMBER, _LETTERED_ZH, 0.8),
    (Kind.ID, _PASSPORT_ZH, 0.9),
)
_EN = (
    (Kind.PLATE, _PLATE_EN, 0.8),
    (Kind.CODE, _CODE_EN, 0.8),
    (Kind.NUMBER, _LETTERED_EN, 0.8),
    (Kind.ID, _PASSPORT_EN, 0.9),
)


def find_written(texts: Sequence[str], language: str) -> list[list[Found]]:
    """E-mail addresses, plates, and codes with letters in each utterance."""
    rows = []
    patience = 0
    for text in texts:
        patience = _PATIENCE if any(cue.kind is Kind.EMAIL for cue in cues(text, language)) else patience - 1
        row = [Found(Kind.EMAIL, *match.span(), 1.0) for match in _WRITTEN_MAIL.finditer(text)]
        row += _mandarin_mail(text) if language == "zh" else _english_mail(text, patience > 0)
        for kind, pattern, certainty in _ZH if language == "zh" else _EN:
            for match in pattern.finditer(text):
                first, end = match.span(match.lastgroup) if match.lastgroup else match.span()
                row.append(Found(kind, first, first + len(text[first:end].rstrip()), certainty))
        rows.append(row)
    return rows


def with_check_letter(text: str, found: Found) -> Found:
    """An identity number together with the X that may be its last character."""
    if found.kind not in (Kind.ID, Kind.PHONE, Kind.NUMBER):
        return found
    tail = _ID_TAIL.match(text, found.end_char)
    return found if tail is None else Found(found.kind, found.first_char, tail.end(), found.certainty)


def _mandarin_mail(text: str) -> list[Found]:
    return [Found(Kind.EMAIL, *match.span(), 0.9) for match in _MAIL_ZH.finditer(text)]


def _english_mail(text: str, about_mail: bool) -> list[Found]:
    found = []
    for match in _MAIL_EN.finditer(text):
        words = list(re.finditer(r"[A-Za-z0-9._+'’-]+", match["user"]))
        first = match.end("user")
        has_word, joins = False, True
        for word in reversed(words):
            part = word.group().lower().strip(".")
            is_long = len(part) > 1 and not part.isdigit() and part not in _SPOKEN_EN
            spelled = len(part) == 1 and about_mail
            if (part in _NOT_USER_EN and not spelled) or (is_long and has_word and not joins):
                break
            has_word, joins = has_word or is_long, part in _JOINS_EN
            first = match.start("user") + word.start()
        if first < match.end("user") and not _NO_HOST_EN.match(match["host"]):
            found.append(Found(Kind.EMAIL, first, match.end(), 0.9))
    return found
