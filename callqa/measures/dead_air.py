"""Silence of everybody, and whether the customer was told that there would be one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from callqa.config import MeasureSettings
from callqa.data import CallFacts, Evidence, Measure, Role, TimeSpan, Utterance, merge_spans
from callqa.language.lexicon import LexiconSet
from callqa.measures.meanings import Meanings
from callqa.measures.occasions import WAITING
from callqa.measures.phrases import find_occurrences
from callqa.measures.shared import say, seconds, spans_of

# A wait is announced by what was said last before it.
_ANNOUNCED_WITHIN = 20.0
_LAST_UTTERANCES = 2
_CLEARLY_DOING = 0.95
# Thanks for waiting come with the first words after it.
_SOON = 4.0
# So much longer than promised is as promised.
_GRACE = 5.0
_ZH_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"两": 2, "几": 5}
_ZH_TIME = re.compile(r"(\d+|半|[一二两三四五六七八九十几]{1,3})个?(分钟|秒)")
_EN_NUMBERS = {
    "one": 1, "a couple of": 2, "couple of": 2, "two": 2, "three": 3, "four": 4, "a few": 5, "few": 5,
    "five": 5, "ten": 10, "fifteen": 15, "twenty": 20, "thirty": 30, "sixty": 60,
}  # fmt: skip
_EN_TIME = re.compile(
    r"\b(\d+|a couple of|couple of|a few|few|one|two|three|four|five|ten|fifteen|twenty|thirty|sixty)"
    r" (minutes?|seconds)\b",
    re.IGNORECASE,
)


def measure_dead_air(facts: CallFacts, lexicons: LexiconSet, settings: MeasureSettings) -> Measure:
    """Seconds in which nobody speaks, counting silences over the limit. Needs no roles; who
    announced a silence does, and is None without them."""
    gaps = silences(facts, settings)
    meanings = Meanings.of(facts)
    events: list[dict[str, Any]] = []
    evidence = []
    for gap in gaps:
        certain = facts.roles.certain
        wait = _announcement(facts, gap, lexicons, settings, meanings) if certain else None
        announced_by = wait.role if wait else None
        announced = wait is not None if certain else None
        promised = promised_seconds(wait.text, facts.language) if wait and wait.role is Role.AGENT else None
        thanked = _thanked(facts, gap, lexicons, settings, meanings) if certain else None
        ended_by = _speaks_at(facts, gap.end)
        events.append(
            {
                "start": gap.start,
                "end": gap.end,
                "seconds": seconds(gap.duration),
                "announced": announced,
                "announced_by": announced_by.value if announced_by else None,
                "ended_by": ended_by.value if ended_by else None,
                "announcement": wait.text if wait else None,
                "promised_seconds": promised,
                "kept": None if promised is None else gap.duration <= promised + _GRACE,
                "thanked": thanked,
            }
        )
        sentence = _sentence(facts.language, gap, announced, announced_by, promised)
        evidence.append(Evidence(gap.start, gap.end, "", sentence))
    total = sum(gap.duration for gap in gaps)
    components = {
        "count": len(gaps),
        "seconds": seconds(total),
        "unannounced": sum(event["announced"] is False for event in events),
        # A silence that the customer ends may be the customer's own: doing what it was asked to do.
        "unannounced_agent": sum(e["announced"] is False and e["ended_by"] == "agent" for e in events),
        "announced": sum(event["announced"] is True for event in events),
        "announced_seconds": seconds(sum(e["seconds"] for e in events if e["announced"])),
        "longer_than_promised": sum(event["kept"] is False for event in events),
        "unannounced_seconds": seconds(sum(e["seconds"] for e in events if e["announced"] is False)),
        "events": events,
    }
    return Measure("dead_air", total, "s", components, tuple(evidence))


def silences(facts: CallFacts, settings: MeasureSettings) -> tuple[TimeSpan, ...]:
    """Where nobody at all speaks for longer than the limit, between the first words (the agent's
    first, where the agent is known: before them it rings) and the last."""
    start = min((turn.start for turn in facts.turns_of(Role.AGENT)), default=0.0)
    gaps = [
        TimeSpan(before.end, after.start) for before, after in pairwise(merge_spans(spans_of(facts.turns)))
    ]
    return tuple(gap for gap in gaps if gap.start >= start and gap.duration > settings.dead_air)


def _speaks_at(facts: CallFacts, moment: float) -> Role | None:
    return next((turn.role for turn in facts.turns if turn.start == moment), None)


@dataclass(frozen=True, slots=True)
class _Announcement:
    role: Role
    text: str


def _announcement(
    facts: CallFacts, gap: TimeSpan, lexicons: LexiconSet, settings: MeasureSettings, meanings: Meanings
) -> _Announcement | None:
    """Who asked to wait and how: the agent, or the customer who goes to look for something."""
    for role in (Role.AGENT, Role.CUSTOMER):
        before = [u for u in facts.utterances_of(role) if _is_just_before(u, gap)][-_LAST_UTTERANCES:]
        if role is Role.CUSTOMER:
            # "Can you not look it up for me?" is in the wait lexicon for the agent's mouth only.
            before = [u for u in before if WAITING[facts.language].search(u.text)]
        said = find_occurrences(lexicons.wait.of_kind("announce"), before, facts.language, settings)
        if role is Role.AGENT:
            # What is being done says as well why nobody speaks.
            said += meanings.find("wait", before) + meanings.find("doing", before, _CLEARLY_DOING)
        if said:
            # The number is often said in the sentence after: 您稍等，大概两分钟。
            last = max(said, key=lambda item: item.utterance.start).utterance
            return _Announcement(role, last.text)
    return None


def _thanked(
    facts: CallFacts, gap: TimeSpan, lexicons: LexiconSet, settings: MeasureSettings, meanings: Meanings
) -> bool | None:
    """Whether the agent's first words after a silence thank or apologise for it; None without any."""
    after = [u for u in facts.utterances_of(Role.AGENT) if gap.end - 0.1 <= u.start < gap.end + _SOON][:1]
    if not after:
        return None
    listed = find_occurrences(lexicons.wait.of_kind("back"), after, facts.language, settings)
    return bool(listed or meanings.find("thanks_wait", after))


def promised_seconds(text: str, language: str) -> float | None:
    """How long a wait was said to be at most, in seconds; None where no number was given.

    >>> promised_seconds("您稍等一两分钟啊", "zh"), promised_seconds("give me thirty seconds", "en")
    (120.0, 30.0)
    """
    if language == "zh":
        found = _ZH_TIME.search(text)
        if found is None:
            return None
        number, unit = found.groups()
        if number == "半":
            return 30.0 if unit.startswith("分") else None
        amount = max(_ZH_DIGITS.get(char, 0) for char in number) if "十" not in number else _tens(number)
        if number.isdigit():
            amount = int(number)
    else:
        match = _EN_TIME.search(text)
        if match is None:
            return None
        number, unit = match.group(1).lower(), match.group(2).lower()
        amount = int(number) if number.isdigit() else _EN_NUMBERS[number]
    return float(amount * (60 if unit[0] in "分m" else 1)) or None


def _tens(number: str) -> int:
    before, _, after = number.partition("十")
    return 10 * _ZH_DIGITS.get(before[-1:], 1) + _ZH_DIGITS.get(after[:1], 0)


def _is_just_before(utterance: Utterance, gap: TimeSpan) -> bool:
    return utterance.start < gap.start and gap.start - utterance.end < _ANNOUNCED_WITHIN


def _sentence(
    language: str, gap: TimeSpan, announced: bool | None, by: Role | None, promised: float | None
) -> str:
    told_zh, told_en = "", ""
    if announced is False:
        told_zh, told_en = "，事先没有请客户等待", ", and nobody had asked to wait"
    elif by is Role.AGENT:
        told_zh, told_en = "，坐席事先请客户等待", ", after the agent had asked to wait"
        if promised is not None:
            told_zh += f"（说了约 {promised:.0f} 秒）"
            told_en += f" (some {promised:.0f} s, it was said)"
    elif by is Role.CUSTOMER:
        told_zh, told_en = "，客户事先请坐席等待", ", after the customer had asked to wait"
    return say(
        language,
        f"双方沉默 {gap.duration:.1f} 秒{told_zh}。",
        f"Both are silent for {gap.duration:.1f} s{told_en}.",
    )
