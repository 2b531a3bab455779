"""Verdicts as clauses in the call's language, each with its numbers and without a full stop."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from callqa.data import Measure
from callqa.measures.shared import say
from callqa.scoring.rubric import BandCheck, Limits

_ELEMENTS = {
    "salutation": ("问好", "salutation"),
    "company": ("公司名称", "company"),
    "name": ("姓名或工号", "name"),
    "offer": ("询问需要什么帮助", "offer of help"),
    "anything_else": ("询问其他需要", '"anything else?"'),
    "farewell": ("感谢或道别", "thanks or farewell"),
    "doing": ("正在做什么", "what is being done"),
    "next": ("下一步", "what happens next"),
    "by_when": ("时限", "by when"),
}
_TITLES = {
    "greeting": ("标准问候", "the standard greeting"),
    "closing": ("结束语", "the closing"),
    "transparency": ("应告知的内容", "what a customer should be told"),
}
# Mandarin, one in English, several in English.
_FAULTS = {
    "forbidden_phrases": ("服务禁语", "forbidden phrase", "forbidden phrases"),
    "impolite_utterances": ("不礼貌的话", "impolite utterance", "impolite utterances"),
    "commands": ("命令语气", "command", "commands"),
    "guessing": ("主观臆断的话", "guess", "guesses"),
    "privacy": ("索要或读出隐私信息", "breach of privacy", "breaches of privacy"),
    "raised_voice": ("提高嗓门", "raised voice", "raised voices"),
    "agent_interruptions": ("坐席插话", "interruption by the agent", "interruptions by the agent"),
}


def element_name(name: str, language: str) -> str:
    """An element as people call it."""
    zh, en = _ELEMENTS.get(name, (name, name.replace("_", " ")))
    return say(language, zh, en)


def elements_clause(
    measure: str, found: Sequence[str], missing: Sequence[str], language: str, unclear: Sequence[str] = ()
) -> str:
    """Which elements were heard, which were not, and which are left out because they were not
    clearly heard."""
    zh, en = _TITLES.get(measure, (measure, measure.replace("_", " ")))
    total = len(found) + len(missing)
    names = [element_name(name, language) for name in missing]
    if not missing:
        clause = say(language, f"{zh} {total} 项都有", f"all {total} parts of {en} were heard")
    else:
        clause = say(
            language,
            f"{zh} {total} 项中有 {len(found)} 项，没有听到{'、'.join(names)}",
            f"{len(found)} of {total} parts of {en} were heard; missing: {', '.join(names)}",
        )
    if unclear:
        names = [element_name(name, language) for name in unclear]
        clause += say(
            language,
            f"（{'、'.join(names)}听不清，没有计入，请听录音）",
            f" (not clearly heard and left out: {', '.join(names)}; please listen)",
        )
    return clause


def faults_clause(measure: str, certain: int, uncertain: int, language: str) -> str:
    """How many faults there are, and how many more there may be."""
    plain = measure.replace("_", " ")
    zh, one, several = _FAULTS.get(measure, (measure, plain, plain))
    en = one if (certain or uncertain) == 1 else several
    if not certain and not uncertain:
        return say(language, f"没有{zh}", f"no {en}")
    if not certain:
        return say(
            language,
            f"有 {uncertain} 处可能是{zh}，但识别不确定，请听录音",
            f"{uncertain} possible {en}, but the words are not certain: please listen",
        )
    return say(language, f"{zh} {certain} 处", f"{certain} {en}")


def band_clause(check: BandCheck, measure: Measure, value: float, language: str) -> str:
    """The number, in the words of what it measures, and the limits where it is outside them."""
    say_it = _NUMBERS.get((check.measure, check.component))
    if say_it is None:
        if check.measure in _FAULTS and check.component is None:
            return faults_clause(check.measure, round(value), 0, language)
        name = check.measure if check.component is None else f"{check.measure}.{check.component}"
        return f"{name} {value:g} {measure.unit}{_outside(value, check.met, language)}"
    return say_it(measure, value, language) + _beside(check, value, language)


def _beside(check: BandCheck, value: float, language: str) -> str:
    if check.measure in _WITH_LIMITS and check.component is None:
        scale = 100 if check.measure == "talk_share" else 1
        low, high = (None if limit is None else limit * scale for limit in check.met)
        return _outside(value * scale, (low, high), language)
    return ""


def _outside(value: float, limits: Limits, language: str) -> str:
    low, high = limits
    if low is not None and value < low:
        return say(language, f"，低于 {low:g}", f", below {low:g}")
    if high is not None and value > high:
        return say(language, f"，高于 {high:g}", f", above {high:g}")
    return ""


def _pace(measure: Measure, value: float, language: str) -> str:
    kind_zh, kind_en = (
        ("（去掉停顿）", "without pauses") if measure.name == "articulation_rate" else ("", "with pauses")
    )
    return say(
        language,
        f"语速{kind_zh}每分钟 {value:.0f} 字",
        f"{value:.0f} words a minute {kind_en}",
    )


def _talk_share(measure: Measure, value: float, language: str) -> str:
    return say(language, f"坐席说话占 {100 * value:.0f}%", f"the agent speaks {100 * value:.0f}% of the time")


def _opening(measure: Measure, value: float, language: str) -> str:
    ran = measure.value if isinstance(measure.value, int | float) else 0.0
    if value:
        return say(
            language,
            f"客户的第一段陈述（{ran:.1f} 秒）被坐席打断",
            f"the customer's first statement ({ran:.1f} s) was cut off",
        )
    return say(
        language,
        f"听完了客户的第一段陈述（{ran:.1f} 秒）",
        f"the customer's first statement ({ran:.1f} s) was heard out",
    )


def _courtesy(measure: Measure, value: float, language: str) -> str:
    owed, given = measure.components.get("owed", 0), measure.components.get("given", 0)
    return say(
        language,
        f"应有礼貌用语的 {owed} 处中用了 {given} 处",
        f"courtesy on {given} of {owed} occasions that called for it",
    )


def _you_forms(measure: Measure, value: float, language: str) -> str:
    nin, ni = measure.components.get("nin", 0), measure.components.get("ni", 0)
    return say(language, f"称“您”{nin} 次、“你”{ni} 次", f"您 {nin} times, 你 {ni} times")


def _jargon(measure: Measure, value: float, language: str) -> str:
    rows = measure.components.get("occurrences", ())
    unexplained = sum(row.get("status") == "unexplained" for row in rows)
    if not rows:
        return say(language, "没有用专业术语", "no jargon was used")
    if not unexplained:
        return say(
            language,
            f"{len(rows)} 处专业术语都有解释或是客户先用的",
            f"all {len(rows)} terms were explained or the customer's own",
        )
    return say(
        language,
        f"有 {unexplained} 处专业术语没有解释，每百字 {value:.1f} 处",
        f"{unexplained} terms were not explained, {value:.1f} per 100 words",
    )


def _dead_air(measure: Measure, value: float, language: str) -> str:
    if not value:
        return say(language, "没有不作说明的沉默", "no wait was left unexplained")
    return say(
        language,
        f"{value:.0f} 次让客户等待而没有说明",
        f"the customer was left waiting without a word {value:.0f} times",
    )


_NUMBERS: dict[tuple[str, str | None], Callable[[Measure, float, str], str]] = {
    ("articulation_rate", None): _pace,
    ("speaking_rate", None): _pace,
    ("talk_share", None): _talk_share,
    ("customer_opening", "cut_off"): _opening,
    ("courtesy", None): _courtesy,
    ("you_forms", None): _you_forms,
    ("jargon", None): _jargon,
    ("dead_air", "unannounced_agent"): _dead_air,
}
_WITH_LIMITS = {"articulation_rate", "speaking_rate", "talk_share"}
