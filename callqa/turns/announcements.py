"""Recorded announcements in front of a call are no party to it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from callqa.data import TimeSpan, Utterance
from callqa.language import searcher

# What only a machine says to callers in general.
_MACHINE = {
    "zh": re.compile(
        r"请按[一二三四五六七八九零星井\d]|按[一二三四五六七八九零]号?键|[一二三四五六七八九零]号?键|人工服务请|请输入|以井号|按井"
        r"|通话(可能|将|会)?(会)?被?(全程)?录音|正在为您转接|转接人工|正在转接|客服代表(正)?忙|坐席(正)?忙|排队|请不要挂机|请稍候"
        r"|您好.{0,6}(热线|客户服务).{0,10}请(按|说)|服务质量.{0,10}录音"
    ),
    "en": re.compile(
        r"\bpress (one|two|three|four|five|six|seven|eight|nine|zero|star|pound|\d)|\bfor english\b"
        r"|calls? (may|will) be (recorded|monitored)|your call is important"
        r"|all (of )?our (agents|representatives)"
        r"|please (hold|stay on the line) (while|and|for the next)|pound key|please listen carefully"
        r"|menu (options )?(have|has) changed",
        re.IGNORECASE,
    ),
}
# The same as it is misheard: found by sound.
_MACHINE_SOUNDS = {
    "zh": (
        *("当前来电较多", "当前话务繁忙", "坐席正忙", "坐席全忙", "话务员正忙", "客服代表正忙"),
        *("请不要挂机", "请您不要挂机", "请勿挂机", "按顺序为您接通", "将为您接通", "请耐心等候接通"),
        *("通话可能会被录音", "通话将被录音", "为保证服务质量", "正在为您转接", "人工服务请按零"),
    )
}
SOUNDS_ALIKE = 0.8
# What only a person says: an agent may tell of the recording in the greeting.
_PERSON = {
    "zh": re.compile(r"我是|我叫|工号|为您服务|帮您|帮到您|帮助您"),
    "en": re.compile(r"\bmy name|\bthis is\b|\bi'm\b|help you|assist you|can i\b|may i\b", re.IGNORECASE),
}
_SENTENCE = re.compile(r"[^。！？.!?]*[。！？.!?]?")
OPENING = 60.0  # seconds; later nobody is greeted by a machine


def find_announcements(utterances: Sequence[Utterance], language: str) -> tuple[TimeSpan, ...]:
    """Stretches in front of the call in which a machine speaks, empty where there are none.

    Everything from the first machine-like utterance's start to the last one's end counts, as far
    as one voice says it and the other party has not spoken yet.
    """
    end = None
    speaker = None
    for item in sorted(utterances, key=lambda utterance: utterance.start):
        if item.start > OPENING:
            break
        if speaker is None:
            speaker = item.speaker
        if item.speaker != speaker:
            break
        stop, person = _machine_part(item.text, language)
        if stop:
            end = item.end if stop >= len(item.text.rstrip()) else item.span_between(0, stop).end
        if person:
            break
    return () if end is None else (TimeSpan(0.0, end),)


def _machine_part(text: str, language: str) -> tuple[int, bool]:
    """Up to which character a machine speaks (0: nowhere), and whether a person follows. An
    announcement may run on into the agent's greeting in one utterance; a sentence in which a
    person speaks is never part of it."""
    stop = 0
    for sentence in _SENTENCE.finditer(text):
        if _PERSON[language].search(sentence.group()):
            return stop, True
        if _is_machine(sentence.group(), language):
            stop = sentence.end()
    return stop, False


def _is_machine(sentence: str, language: str) -> bool:
    if _MACHINE[language].search(sentence):
        return True
    text = searcher(sentence, language)
    return any(text.find(phrase, SOUNDS_ALIKE) for phrase in _MACHINE_SOUNDS.get(language, ()))
