"""Half-open time spans and the set operations the pipeline needs on them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class TimeSpan:
    """``[start, end)`` in seconds from the recording's start.

    >>> TimeSpan(1.0, 2.5).duration
    1.5
    """

    start: float
    end: float

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"no valid span: [{self.start}, {self.end})")

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return self.end - self.start

    def overlap(self, other: TimeSpan) -> float:
        """Seconds that both spans share.

        >>> TimeSpan(0, 2).overlap(TimeSpan(1, 5))
        1
        """
        return max(0.0, min(self.end, other.end) - max(self.start, other.start))

    def gap(self, other: TimeSpan) -> float:
        """Seconds between the two spans, 0 where they touch or overlap."""
        return max(0.0, max(self.start, other.start) - min(self.end, other.end))


def merge_spans(spans: Iterable[TimeSpan], max_gap: float = 0.0) -> tuple[TimeSpan, ...]:
    """Sorted, disjoint spans; neighbours no more than `max_gap` seconds apart become one.

    >>> merge_spans([TimeSpan(2, 3), TimeSpan(0, 1), TimeSpan(1, 2)])
    (TimeSpan(start=0, end=3),)
    """
    merged: list[TimeSpan] = []
    for span in sorted(spans):
        if merged and span.start - merged[-1].end <= max_gap:
            if span.end > merged[-1].end:
                merged[-1] = TimeSpan(merged[-1].start, span.end)
        else:
            merged.append(span)
    return tuple(merged)


def intersect(ours: Sequence[TimeSpan], theirs: Sequence[TimeSpan]) -> tuple[TimeSpan, ...]:
    """The parts that lie in both sets of spans."""
    left, right = merge_spans(ours), merge_spans(theirs)
    found: list[TimeSpan] = []
    i = j = 0
    while i < len(left) and j < len(right):
        start, end = max(left[i].start, right[j].start), min(left[i].end, right[j].end)
        if start < end:
            found.append(TimeSpan(start, end))
        if left[i].end <= right[j].end:
            i += 1
        else:
            j += 1
    return tuple(found)


def subtract(ours: Sequence[TimeSpan], theirs: Sequence[TimeSpan]) -> tuple[TimeSpan, ...]:
    """The parts of `ours` that lie in none of `theirs`.

    >>> subtract([TimeSpan(0, 10)], [TimeSpan(2, 3)])
    (TimeSpan(start=0, end=2), TimeSpan(start=3, end=10))
    """
    left: list[TimeSpan] = []
    holes = merge_spans(theirs)
    for span in merge_spans(ours):
        cursor = span.start
        for hole in holes:
            if hole.end <= cursor:
                continue
            if hole.start >= span.end:
                break
            if hole.start > cursor:
                left.append(TimeSpan(cursor, hole.start))
            cursor = max(cursor, hole.end)
        if cursor < span.end:
            left.append(TimeSpan(cursor, span.end))
    return tuple(left)


def total_duration(spans: Iterable[TimeSpan]) -> float:
    """Seconds covered, time that several spans share counted once."""
    return sum(span.duration for span in merge_spans(spans))
