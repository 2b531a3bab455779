"""Who talks how much, who asks and who answers, and how soon. All times are those of the turns."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

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
from callqa.measures.customer_opening import measure_customer_opening
from callqa.measures.interruptions import find_overlaps, interruption_measure
from callqa.measures.questions import Unanswered, questions_of, unanswered
from callqa.measures.shared import (
    SpokenTurn,
    cite,
    is_backchannel,
    join_words,
    mean_probability,
    roles_unknown,
    say,
    seconds,
    spans_of,
    spoken_turns,
    words_within,
)


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
    by_agent = find_overlaps(facts, spoken, Role.AGENT, settings)
    by_customer = find_overlaps(facts, spoken, Role.CUSTOMER, settings)
    return {
        "talk_share": _talk_share(facts),
        "agent_interruptions": interruption_measure("agent_interruptions", facts, by_agent),
        "customer_interruptions": interruption_measure("customer_interruptions", facts, by_customer),
        "customer_opening": measure_customer_opening(facts, spoken, by_agent.interruptions, settings),
        "longest_agent_monologue": _monologue(facts, spoken, settings),
        "response_latency": _response_latency(facts, spoken, settings),
    }


def _talk_share(facts: CallFacts) -> Measure:
    agent, customer = spans_of(facts.turns_of(Role.AGENT)), spans_of(facts.turns_of(Role.CUSTOMER))
    ours, theirs = total_duration(agent), total_duration(customer)
    asked = {role: questions_of(facts, role) for role in (Role.AGENT, Role.CUSTOMER)}
    num_asked = sum(len(found) for found in asked.values())
    components = {
        "agent_seconds": seconds(ours),
        "customer_seconds": seconds(theirs),
        "overlap_seconds": seconds(total_duration(intersect(agent, customer))),
        "agent_questions": len(asked[Role.AGENT]),
        "customer_questions": len(asked[Role.CUSTOMER]),
        "agent_question_share": round(len(asked[Role.AGENT]) / num_asked, 3) if num_asked else None,
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
    without = unanswered(facts, spoken, settings)
    components = {
        "count": len(waits),
        "latencies": [seconds(latency) for latency, _, _ in waits],
        "unanswered_questions": [
            {"start": i.question.start, "end": i.question.end, "quote": i.question.text, "why": i.why}
            for i in without
        ],
    }
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
    told = tuple(cite(item.question, _unanswered_reason(item, facts.language)) for item in without)
    return Measure("response_latency", median(w[0] for w in waits), "s", components, (evidence, *told))


def _unanswered_reason(item: Unanswered, language: str) -> str:
    if item.why == "asked_again":
        return say(language, "客户把这个问题又问了一遍。", "The customer had to ask this again.")
    return say(language, "坐席没有回答这个问题。", "The agent said nothing to this question.")
