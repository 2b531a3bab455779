"""Who talks how much, who cuts in on whom, and when nobody speaks.

All times are those of the turns. An interruption is a fault that is told to a person, so what may
be a sign of attention (嗯, 好的, 对) never counts as one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Any

from callqa.config import MeasureSettings
from callqa.data import (
    CallFacts,
    Evidence,
    Measure,
    Role,
    TimeSpan,
    intersect,
    subtract,
    total_duration,
)
from callqa.language import count_syllables
from callqa.measures.shared import (
    SpokenTurn,
    cite,
    is_backchannel,
    is_backchannel_word,
    join_words,
    mean_probability,
    roles_unknown,
    say,
    seconds,
    spans_of,
    spoken_turns,
    words_within,
)

# Whoever speaks for less than this has not begun yet: two people who start together are no fault.
_HELD_FLOOR = 0.5
# "喂，你好，是移动吗" opens the line, not the matter.
_OPENING_SYLLABLES = 6
_OPENING_SECONDS = 1.5
# An interruption's quote runs on this long after the overlap, so that it can be understood.
_QUOTE_TAIL = 1.5


@dataclass(frozen=True, slots=True)
class Interruption:
    """`by` starts at `start` while `of` is speaking; both speak until `end`. `yielded` says that
    the interrupted party stopped first."""

    by: SpokenTurn
    of: SpokenTurn
    start: float
    end: float
    yielded: bool


def measure_listening(facts: CallFacts, settings: MeasureSettings) -> dict[str, Measure]:
    """Talk share, interruptions both ways, the customer's opening, monologue and latency."""
    units = {
        "talk_share": "share",
        "agent_interruptions": "count",
        "customer_interruptions": "count",
        "customer_opening": "s",
        "longest_agent_monologue": "s",
        "response_latency": "s",
    }
    if not facts.roles.certain:
        unknown = {name: roles_unknown(facts, name, unit) for name, unit in units.items()}
        return {name: measure for name, measure in unknown.items() if measure is not None}
    spoken = spoken_turns(facts)
    by_agent = find_interruptions(facts, spoken, Role.AGENT, settings)
    by_customer = find_interruptions(facts, spoken, Role.CUSTOMER, settings)
    return {
        "talk_share": _talk_share(facts),
        "agent_interruptions": _interruptions("agent_interruptions", facts, by_agent),
        "customer_interruptions": _interruptions("customer_interruptions", facts, by_customer),
        "customer_opening": _customer_opening(facts, spoken, by_agent, settings),
        "longest_agent_monologue": _monologue(facts, spoken, settings),
        "response_latency": _response_latency(facts, spoken, settings),
    }


def _talk_share(facts: CallFacts) -> Measure:
    agent, customer = spans_of(facts.turns_of(Role.AGENT)), spans_of(facts.turns_of(Role.CUSTOMER))
    ours, theirs = total_duration(agent), total_duration(customer)
    components = {
        "agent_seconds": seconds(ours),
        "customer_seconds": seconds(theirs),
        "overlap_seconds": seconds(total_duration(intersect(agent, customer))),
    }
    if not ours or not theirs:
        reason = say(facts.language, "只听到一方说话。", "Only one party is heard.")
        return Measure("talk_share", None, "share", components, reason=reason)
    share = ours / (ours + theirs)
    longest = max(facts.turns_of(Role.AGENT), key=lambda turn: turn.duration)
    reason = say(
        facts.language,
        f"坐席说了 {ours:.0f} 秒，客户说了 {theirs:.0f} 秒；这是坐席最长的一段话。",
        f"The agent spoke for {ours:.0f} s, the customer for {theirs:.0f} s; "
        "this is the agent's longest turn.",
    )
    quote = next((u.text for u in facts.utterances_of(Role.AGENT) if abs(u.start - longest.start) < 0.01), "")
    evidence = Evidence(longest.start, longest.end, quote, reason)
    return Measure("talk_share", share, "share", components, (evidence,))


def find_interruptions(
    facts: CallFacts, spoken: Sequence[SpokenTurn], by: Role, settings: MeasureSettings
) -> list[Interruption]:
    """Where one party starts while the other has been speaking for half a second and goes on."""
    other = Role.CUSTOMER if by is Role.AGENT else Role.AGENT
    floor = [
        item
        for item in spoken
        if item.turn.role is other and not is_backchannel(item, settings, facts.language)
    ]
    found = []
    for item in spoken:
        if item.turn.role is not by or is_backchannel(item, settings, facts.language):
            continue
        for held in floor:
            if not held.turn.start + _HELD_FLOOR <= item.turn.start < held.turn.end:
                continue
            start = _takes_floor_at(item)
            end = min(item.turn.end, held.turn.end)
            if end - start >= settings.interruption_overlap:
                found.append(Interruption(item, held, start, end, held.turn.end <= item.turn.end))
                break
    return found


def _takes_floor_at(spoken: SpokenTurn) -> float:
    """When a turn stops being a listener's: 嗯、好的 before the first other word are no floor-taking."""
    start = spoken.turn.start
    for i, word in enumerate(spoken.utterance.words if spoken.utterance else ()):
        if not is_backchannel_word(word.text):
            return start if i == 0 else max(start, word.start)
    return start


def _interruptions(name: str, facts: CallFacts, found: Sequence[Interruption]) -> Measure:
    events: list[dict[str, Any]] = []
    evidence = []
    for event in found:
        overlap = TimeSpan(event.start, event.end)
        theirs = join_words(words_within(event.of.utterance, overlap), _joiner(event.of))
        cited = _cite_interruption(event, facts.language)
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
        "overlap_seconds": seconds(sum(event.end - event.start for event in found)),
        "opportunity_seconds": seconds(
            total_duration(
                spans_of(facts.turns_of(Role.CUSTOMER if name == "agent_interruptions" else Role.AGENT))
            )
        ),
    }
    return Measure(name, len(found), "count", components, tuple(evidence))


def _cite_interruption(event: Interruption, language: str) -> Evidence:
    span = TimeSpan(event.start, min(event.end + _QUOTE_TAIL, event.by.turn.end))
    words = words_within(event.by.utterance, span)
    quote = join_words(words, _joiner(event.by))
    before = TimeSpan(max(event.of.turn.start, event.start - 2.0), event.end)
    theirs = join_words(words_within(event.of.utterance, before), _joiner(event.of))
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


def _joiner(spoken: SpokenTurn) -> str:
    return spoken.utterance.joiner if spoken.utterance else ""


def _customer_opening(
    facts: CallFacts,
    spoken: Sequence[SpokenTurn],
    interruptions: Sequence[Interruption],
    settings: MeasureSettings,
) -> Measure:
    """The customer's first statement: from its first turn until the agent takes the floor."""
    statement = _opening_statement(facts, spoken, settings)
    if not statement:
        reason = say(facts.language, "客户没有说明来意。", "The customer did not state a matter.")
        return Measure("customer_opening", None, "s", {"cut_off": None}, reason=reason)
    start, end = statement[0].turn.start, max(item.turn.end for item in statement)
    turns = {id(item.turn) for item in statement}
    cuts = [event for event in interruptions if id(event.of.turn) in turns]
    # Whoever talks through an interruption was interrupted, but not cut off.
    cut = next((event for event in cuts if event.yielded), None)
    components = {
        "cut_off": cut is not None,
        "interrupted": bool(cuts),
        "start": start,
        "end": end,
        "speech_seconds": seconds(total_duration(item.turn.span for item in statement)),
        "turns": len(statement),
    }
    texts = [item.utterance for item in statement if item.utterance]
    ran = end - start
    evidence = Evidence(
        start,
        end,
        (texts[0].joiner if texts else "").join(item.text for item in texts),
        say(
            facts.language,
            f"客户的第一段陈述，{ran:.1f} 秒，" + ("被坐席打断。" if cut else "坐席听完了。"),
            f"The customer's first statement, {ran:.1f} s, "
            + ("was cut off by the agent." if cut else "was heard out."),
        ),
        mean_probability([word for item in texts for word in item.words]),
    )
    cited = (evidence, _cite_interruption(cut, facts.language)) if cut else (evidence,)
    return Measure("customer_opening", ran, "s", components, cited)


def _opening_statement(
    facts: CallFacts, spoken: Sequence[SpokenTurn], settings: MeasureSettings
) -> list[SpokenTurn]:
    statement: list[SpokenTurn] = []
    for item in spoken:
        if is_backchannel(item, settings, facts.language):
            continue
        if item.turn.role is Role.CUSTOMER and (statement or _states_matter(item, facts.language)):
            statement.append(item)
        elif item.turn.role is Role.AGENT and statement:
            break
    return statement


def _states_matter(spoken: SpokenTurn, language: str) -> bool:
    if spoken.text:
        return count_syllables(spoken.text, language) >= _OPENING_SYLLABLES
    return spoken.turn.duration >= _OPENING_SECONDS


def _monologue(facts: CallFacts, spoken: Sequence[SpokenTurn], settings: MeasureSettings) -> Measure:
    """The longest agent speech without a customer turn other than a backchannel in it.

    Silence longer than dead air ends it: the customer could have spoken.
    """
    name = "longest_agent_monologue"
    real = [
        item.turn.span
        for item in spoken
        if item.turn.role is Role.CUSTOMER and not is_backchannel(item, settings, facts.language)
    ]
    pieces = subtract(spans_of(facts.turns_of(Role.AGENT)), real)
    runs: list[list[TimeSpan]] = []
    for piece in pieces:
        if runs:
            gap = TimeSpan(runs[-1][-1].end, max(piece.start, runs[-1][-1].end))
            answered = any(span.start < gap.end and span.end > gap.start for span in real)
            if not answered and gap.duration <= settings.dead_air:
                runs[-1].append(piece)
                continue
        runs.append([piece])
    if not runs:
        reason = say(facts.language, "没有听到坐席说话。", "The agent is not heard.")
        return Measure(name, None, "s", reason=reason)
    longest = max(runs, key=total_duration)
    spent = total_duration(longest)
    start, end = longest[0].start, longest[-1].end
    words = [w for u in facts.utterances_of(Role.AGENT) for w in words_within(u, TimeSpan(start, end))]
    joiner = " " if facts.language == "en" else ""
    reason = say(
        facts.language,
        f"坐席连续说了 {spent:.1f} 秒，客户没有插上话。",
        f"The agent spoke for {spent:.1f} s without a word from the customer.",
    )
    evidence = Evidence(start, end, join_words(words, joiner), reason, mean_probability(words))
    return Measure(name, spent, "s", {"start": start, "end": end}, (evidence,))


def _response_latency(facts: CallFacts, spoken: Sequence[SpokenTurn], settings: MeasureSettings) -> Measure:
    """Median silence between the end of a customer turn and the agent's answer to it."""
    parties = [item for item in spoken if item.turn.role is not None]
    waits: list[tuple[float, SpokenTurn, SpokenTurn]] = []
    for item, following in pairwise(parties):
        if item.turn.role is not Role.CUSTOMER or following.turn.role is not Role.AGENT:
            continue
        latency = following.turn.start - item.turn.end
        heard_before = any(o.turn.end > item.turn.end and o.turn.start < item.turn.end for o in parties)
        if latency < 0 or heard_before or is_backchannel(item, settings, facts.language):
            continue
        waits.append((latency, item, following))
    components = {"count": len(waits), "latencies": [seconds(latency) for latency, _, _ in waits]}
    if not waits:
        reason = say(
            facts.language, "坐席没有接在客户之后说话。", "The agent never answers after a customer turn."
        )
        return Measure("response_latency", None, "s", components, reason=reason)
    latency, item, following = max(waits, key=lambda wait: wait[0])
    reason = say(
        facts.language,
        f"坐席最慢的一次回应，隔了 {latency:.1f} 秒。",
        f"The agent's slowest answer, after {latency:.1f} s.",
    )
    evidence = (
        cite(following.utterance, reason)
        if following.utterance
        else Evidence(item.turn.end, following.turn.end, "", reason)
    )
    return Measure("response_latency", median(w[0] for w in waits), "s", components, (evidence,))
