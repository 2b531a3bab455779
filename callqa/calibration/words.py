"""Verdicts and headings in the words that people write, in Chinese and English."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from callqa.data import Verdict

VERDICT_WORDS: Mapping[str, Mapping[Verdict, str]] = {
    "zh": {
        Verdict.MET: "达标",
        Verdict.PARTLY_MET: "部分达标",
        Verdict.NOT_MET: "未达标",
        Verdict.UNSURE: "无法判断",
        Verdict.NOT_APPLICABLE: "不适用",
    },
    "en": {
        Verdict.MET: "met",
        Verdict.PARTLY_MET: "partly met",
        Verdict.NOT_MET: "not met",
        Verdict.UNSURE: "cannot tell",
        Verdict.NOT_APPLICABLE: "not applicable",
    },
}
"""What stands in a sheet's drop-down, in its order."""

_ALSO: Mapping[Verdict, tuple[str, ...]] = {
    Verdict.MET: ("符合", "合格", "满足", "通过", "pass", "passed", "yes", "ok"),
    Verdict.PARTLY_MET: ("部分符合", "部分合格", "部分满足", "基本达标", "partly", "partial"),
    Verdict.NOT_MET: ("不达标", "不符合", "不合格", "未满足", "不通过", "fail", "failed", "no"),
    Verdict.UNSURE: ("不确定", "判断不了", "听不清", "unsure", "cannot judge", "can't tell", "unclear"),
    Verdict.NOT_APPLICABLE: ("不涉及", "无关", "n/a", "na"),
}

HEADINGS: Mapping[str, tuple[str, str]] = {
    "call": ("通话编号", "call"),
    "path": ("录音文件", "recording"),
    "agent": ("坐席", "agent"),
    "criterion": ("标准编号", "criterion"),
    "title": ("评分标准", "title"),
    "requirement": ("要求", "what it asks for"),
    "heard": ("机器听到的内容", "what the machine heard"),
    "machine": ("机器的判断", "machine's verdict"),
    "verdict": ("您的判断", "your verdict"),
    "comment": ("备注", "comment"),
    "labeller": ("质检员", "labeller"),
    "sheet": ("表号", "sheet"),
}
"""A sheet's columns in their order, in Chinese and English."""

_OTHER_HEADINGS: Mapping[str, tuple[str, ...]] = {
    "call": ("call id", "id", "通话", "录音编号"),
    "criterion": ("criterion id", "标准", "评分项"),
    "verdict": ("verdict", "判断", "结论", "人工判断", "your verdict:"),
    "comment": ("comments", "note", "notes", "说明", "注释"),
    "labeller": ("labeler", "evaluator", "rater", "评分人", "标注人"),
}


def normalised(text: str) -> str:
    """Text without what people write in different ways: width, case, blanks, closing marks.

    >>> normalised(' Not_met。')
    'not met'
    """
    folded = unicodedata.normalize("NFKC", text).casefold().replace("_", " ").replace("-", " ")
    return re.sub(r"\s+", " ", folded).strip(" .。,，;；!！:：")


_BY_WORD = {
    normalised(word): verdict
    for verdict in Verdict
    for word in (
        verdict.value,
        *(VERDICT_WORDS[language][verdict] for language in VERDICT_WORDS),
        *_ALSO[verdict],
    )
}
_BY_HEADING = {
    normalised(word): name
    for name, words in HEADINGS.items()
    for word in (*words, *_OTHER_HEADINGS.get(name, ()))
}


def parse_verdict(text: str) -> Verdict | None:
    """The verdict that a person's word means, None where it means none.

    >>> parse_verdict("不达标 "), parse_verdict("Partly"), parse_verdict("maybe")
    (<Verdict.NOT_MET: 'not_met'>, <Verdict.PARTLY_MET: 'partly_met'>, None)
    """
    return _BY_WORD.get(normalised(text))


def parse_heading(text: str) -> str | None:
    """The column (a key of `HEADINGS`) that a heading means, None for a column of somebody's own."""
    return _BY_HEADING.get(normalised(text))


def heading(name: str, language: str) -> str:
    """A column's heading."""
    return HEADINGS[name][0 if language == "zh" else 1]


def verdict_word(verdict: Verdict | None, language: str) -> str:
    """A verdict in a word, a dash where there is none."""
    return "–" if verdict is None else VERDICT_WORDS[language][verdict]


def say(language: str, zh: str, en: str) -> str:
    """The text for a reader of `language`."""
    return zh if language == "zh" else en
