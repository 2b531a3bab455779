"""Who cuts in on whom: speech into the other party's that takes the floor from them.

An interruption is a fault that is told to a person, so neither a sign of attention (嗯, 好的, 对,
我明白, while the other party goes on) nor coming in as the other's sentence ends counts as one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from callqa.config import MeasureSettings
from callqa.data import CallFacts, Evidence, Measure, Role, TimeSpan, total_duration
from callqa.language import count_syllables
from callqa.measures.shared import (
    SpokenTurn,
    is_backchannel,
    is_backchannel_word,
    join_words,
    mean_probability,
    say,
    seconds,
    spans_of,
    words_within,
)

# Whoever speaks for less than this has not begun yet: two people who start together are no fault.
_HELD_FLOOR = 0.5
# An interruption's quote runs on this long after the overlap, so that it can be understood.
_QUOTE_TAIL = 1.5
# A listener's words, longer than 嗯, while the other party goes on for so long after them.
_LISTENING = {
    "zh": re.compile(
        r"^(?:嗯|啊|哦|噢|对|是|好)*[，,]?(?:我|您)?(?:明白|知道|理解|了解|清楚|懂|在听|听着|请讲|您?说|您?讲|这样|原来|没事|没关系|不急|不着急)"
        r".{0,4}$"
    ),
    "en": re.compile(
        r"^(?:(?:oh|ah|yeah|yes|okay|ok|right|sure|mhm)[,\s]+)*(?:I see|I understand|I know|got it|gotcha"
        r"|go ahead|of course|I hear you|no problem|take your time|that's fine|really|absolutely)\b.{0,12}$",
        re.IGNORECASE,
    ),
}
_LISTENING_SYLLABLES = {"zh": 7, "en": 5}
_LISTENING_SECONDS = 2.0
_GOES_ON = 0.5
# What may be left to say after a sentence when the other party comes in.
_LEFT_SECONDS = 1.2
_SENTENCE_END = re.compile(r"(?:[。？！?!]|(?<!\.)\.)\s*$")
_TAIL = {
    "zh": re.compile(
        r"^(?:[吧啊呢吗嘛呀了的哈哦嗯]|对吧|是吧|好吧|行吗|好吗|谢谢|对不对|是不是|可以吗)+[。？！，]*$"
    ),
    "en": re.compile(r"^(?:please|thanks|thank you|right|okay|ok|you know|then|yeah)[.?!,]*$", re.IGNORECASE),
}


@dataclass(frozen=True, slots=True)
class Interruption:
    """`by` starts at `start` while `of` is speaking; both speak until `end`. `yielded` says that
    the interrupted party stopped first."""

    by: SpokenTurn
    of: SpokenTurn
    start: float
    end: float
    yielded: bool


@dataclass(frozen=True, slots=True)
class Overlaps:
    """One party's speech that begins inside the other's, by what it is."""

    interruptions: tuple[Interruption, ...]
    at_sentence_end: tuple[Interruption, ...]
    num_backchannels: int


def find_overlaps(
    facts: CallFacts, spoken: Sequence[SpokenTurn], by: Role, settings: MeasureSettings
) -> Overlaps:
    """Where one party starts while the other has been speaking for half a second.

    It interrupts where both speak for at least the setting `interruption_overlap`, unless the words
    are a listener's, or the other's sentence was as good as over.
    """
    language = facts.language
    other = Role.CUSTOMER if by is Role.AGENT else Role.AGENT
    floor = [i for i in spoken if i.turn.role is other and not is_backchannel(i, settings, language)]
    cutting: list[Interruption] = []
    ending: list[Interruption] = []
    listening = 0
    for item in spoken:
        if item.turn.role is not by:
            continue
        backchannel = is_backchannel(item, settings, language)
        for held in floor:
            if not held.turn.start + _HELD_FLOOR <= item.turn.start < held.turn.end:
                continue
            if backchannel or _listens(item, held, language):
                listening += 1
                break
            start = _takes_floor_at(item)
            end = min(item.turn.end, held.turn.end)
            if end - start >= settings.interruption_overlap:
                found = Interruption(item, held, start, end, held.turn.end <= item.turn.end)
                (ending if _at_sentence_end(found, language) else cutting).append(found)
                break
    return Overlaps(tuple(cutting), tuple(ending), listening)


def _listens(item: SpokenTurn, held: SpokenTurn, language: str) -> bool:
    """Whether somebody says in a few words that they follow, and the other goes on."""
    return (
        held.turn.end - item.turn.end >= _GOES_ON
        and item.turn.duration <= _LISTENING_SECONDS
        and count_syllables(item.text, language) <= _LISTENING_SYLLABLES[language]
        and bool(_LISTENING[language].match(item.text.strip()))
    )


def _at_sentence_end(event: Interruption, language: str) -> bool:
    """Whether who spoke had finished a sentence and only a tail of it was left (吧, 对吧, 谢谢).

    The mark after the last word of a turn tells nothing: recognition sets it where the words stop,
    cut off or not.
    """
    held = event.of.utterance
    if held is None or event.of.turn.end - event.start > _LEFT_SECONDS:
        return False
    before = [word for word in held.words if (word.start + word.end) / 2 < event.start]
    after = [word for word in held.words if (word.start + word.end) / 2 >= event.start]
    rest = join_words(after, held.joiner).strip()
    finished = bool(before) and bool(_SENTENCE_END.search(before[-1].text))
    return finished and bool(_TAIL[language].match(rest))


def _takes_floor_at(spoken: SpokenTurn) -> float:
    """When a turn stops being a listener's: 嗯、好的 before the first other word are no floor-taking."""
    start = spoken.turn.start
    for i, word in enumerate(spoken.utterance.words if spoken.utterance else ()):
        if not is_backchannel_word(word.text):
            return start if i == 0 else max(start, word.start)
    return start


def interruption_measure(name: str, facts: CallFacts, overlaps: Overlaps) -> Measure:
    """`agent_interruptions` or `customer_interruptions` with each event."""
    found = overlaps.interruptions
    events: list[dict[str, Any]] = []
    evidence = []
    for event in found:
        overlap = TimeSpan(event.start, event.end)
        theirs = join_words(words_within(event.of.utterance, overlap), joiner_of(event.of))
        cited = cite_interruption(event, facts.language)
        evidence.append(cited)
        events.append(
            {
                "start": event.start,
                "end": event.end,
                "overlap": seconds(overlap.duration),
                "quote": cited.quote,
                "interrupted_quote": theirs,
                "yielded": event.yielded,
            }
        )
    components = {
        "events": events,
        # Speech into the other's that is no fault: signs of listening, and coming in as a sentence ends.
        "backchannels": overlaps.num_backchannels,
        "at_sentence_end": [_as_event(event) for event in overlaps.at_sentence_end],
        "overlap_seconds": seconds(sum(event.end - event.start for event in found)),
        "opportunity_seconds": seconds(
            total_duration(
                spans_of(facts.turns_of(Role.CUSTOMER if name == "agent_interruptions" else Role.AGENT))
            )
        ),
    }
    return Measure(name, len(found), "count", components, tuple(evidence))


def _as_event(event: Interruption) -> dict[str, Any]:
    span = TimeSpan(event.start, event.end)
    words = words_within(event.by.utterance, TimeSpan(event.start, event.end + _QUOTE_TAIL))
    return {
        "start": event.start,
        "end": event.end,
        "overlap": seconds(span.duration),
        "quote": join_words(words, joiner_of(event.by)),
    }


def cite_interruption(event: Interruption, language: str) -> Evidence:
    span = TimeSpan(event.start, min(event.end + _QUOTE_TAIL, event.by.turn.end))
    words = words_within(event.by.utterance, span)
    quote = join_words(words, joiner_of(event.by))
    before = TimeSpan(max(event.of.turn.start, event.start - 2.0), event.end)
    theirs = join_words(words_within(event.of.utterance, before), joiner_of(event.of))
    held = event.start - event.of.turn.start
    overlap = event.end - event.start
    agent_cuts = event.by.turn.role is Role.AGENT
    who, whom = ("坐席", "客户") if agent_cuts else ("客户", "坐席")
    who_en, whom_en = ("agent", "customer") if agent_cuts else ("customer", "agent")
    said_zh, said_en = (f"“{theirs}”", f' "{theirs}"') if theirs else ("", "")
    reason = say(
        language,
        f"{whom}正在说{said_zh}（已说 {held:.1f} 秒），{who}插话，重叠 {overlap:.1f} 秒。",
        f"The {whom_en} had been speaking for {held:.1f} s{said_en}; "
        f"the {who_en} cut in, {overlap:.1f} s of overlap.",
    )
    return Evidence(span.start, span.end, quote, reason, mean_probability(words))


def joiner_of(spoken: SpokenTurn) -> str:
    """What stands between the words of a turn."""
    return spoken.utterance.joiner if spoken.utterance else ""
