"""Where a clip begins and ends: on turns, with a little context, never inside a word."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from callqa.data import CallFacts, TimeSpan, merge_spans

# Clips are 5 to 20 s long; a cut may still move by a tenth of a second, and coding adds one.
MIN_CLIP = 5.2
"""Seconds that a clip has at least, where the recording is that long."""

MAX_CLIP = 19.8
"""Seconds that a clip has at most."""

# What is left of the silence around the words, so that the first and the last sound whole.
_LEAD, _TAIL = 0.2, 0.3
# What a place costs in seconds of distance: a turn's edge is worth going a little further for.
_TURN_EDGE, _PAUSE, _BETWEEN_WORDS = 0.5, 1.5, 3.0
_LEAST_PAUSE = 0.15
_TOUCHING = 0.05


@dataclass(frozen=True, slots=True)
class _Place:
    """Anywhere in [first, last] nobody is in the middle of a word."""

    first: float
    last: float
    cost: float


def clip_span(facts: CallFacts, evidence: TimeSpan, context: float) -> TimeSpan:
    """The part of a recording to play for `evidence`, with about `context` seconds before and after.

    The turns that the evidence lies in are whole where that fits into `MAX_CLIP`. Evidence that is
    longer itself is played from its beginning.
    """
    duration = max(facts.recording.duration, evidence.end)
    places = list(_places(facts, duration))
    core = _whole_turns(facts, evidence)
    if core.duration > MAX_CLIP:
        core = evidence
    if core.duration > MAX_CLIP:
        start = _choose(places, core.start, max(0.0, core.start - 2.0), core.start, before=True)
        return TimeSpan(
            start, _choose(places, start + MAX_CLIP, start + MIN_CLIP, start + MAX_CLIP, before=False)
        )
    room = MAX_CLIP - core.duration
    lead = min(max(context, (MIN_CLIP - core.duration) / 2), room / 2)
    start = _choose(places, core.start - lead, max(0.0, core.start - room * 0.7), core.start, before=True)
    latest = min(duration, start + MAX_CLIP)
    earliest = min(max(core.end, start + MIN_CLIP), latest)
    end = _choose(places, max(core.end + context, earliest), earliest, latest, before=False)
    if end - start < MIN_CLIP:  # the recording ends here: what is missing is taken from before
        wanted = max(0.0, end - MIN_CLIP)
        start = _choose(places, wanted, max(0.0, end - MAX_CLIP), wanted, before=True)
    return TimeSpan(start, end)


def _whole_turns(facts: CallFacts, evidence: TimeSpan) -> TimeSpan:
    spans = [turn.span for turn in facts.turns] + [item.span for item in facts.utterances]
    touched = [span for span in spans if span.overlap(evidence) > _TOUCHING]
    return TimeSpan(
        min([evidence.start, *(span.start for span in touched)]),
        max([evidence.end, *(span.end for span in touched)]),
    )


def _places(facts: CallFacts, duration: float) -> Iterator[_Place]:
    words = [
        TimeSpan(word.start, word.end)
        for item in facts.utterances
        for word in item.words
        if word.end > word.start
    ]
    turns = [turn.span for turn in facts.turns]
    for gap in _gaps(merge_spans([*turns, *words]), duration):
        yield _Place(gap.start, gap.end, 0.0)
    between = list(_gaps(sorted(words), duration))
    for edge in {time for turn in turns for time in (turn.start, turn.end)}:
        if any(gap.start <= edge <= gap.end for gap in between):
            yield _Place(edge, edge, _TURN_EDGE)
    for gap in between:
        yield _Place(gap.start, gap.end, _PAUSE if gap.duration >= _LEAST_PAUSE else _BETWEEN_WORDS)


def _gaps(spans: Sequence[TimeSpan], duration: float) -> Iterator[TimeSpan]:
    """What lies between sorted spans; where one begins as the one before ends, a gap of no length."""
    cursor = 0.0
    for span in spans:
        if span.start >= cursor:
            yield TimeSpan(cursor, span.start)
        cursor = max(cursor, span.end)
    if cursor <= duration:
        yield TimeSpan(cursor, duration)


def _choose(places: Sequence[_Place], wanted: float, low: float, high: float, *, before: bool) -> float:
    """The best place near `wanted` in [low, high]; `before` says that speech follows it, else that
    speech ends at it."""
    best, least = min(max(wanted, low), high), float("inf")
    for place in places:
        first, last = max(place.first, low), min(place.last, high)
        if first > last:
            continue
        if before and first < place.last:
            last = max(first, min(last, place.last - _LEAD))
        elif not before and last > place.first:
            first = min(last, max(first, place.first + _TAIL))
        time = min(max(wanted, first), last)
        cost = abs(time - wanted) + place.cost
        if cost < least:
            best, least = time, cost
    return best
