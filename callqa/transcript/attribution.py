"""Whose word is it: words of a window go to its turns.

Word times from attention are good to a tenth of a second or two, turn boundaries likewise, so a
word near a boundary cannot be placed by its time alone. People hand over between clauses, so a
change of speaker after punctuation or in a pause is preferred: the split of the words over the
turns that costs least is found by dynamic programming.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from callqa.data import TimeSpan, Word

CLAUSE_ENDS = "，。？！；、,.?!;"
INSIDE_CLAUSE = 0.25  # seconds that a change of speaker inside a clause must save
FREE_OUTSIDE = 0.1  # seconds a word may lie outside its turn at no cost


@dataclass(frozen=True, slots=True)
class Slot:
    """A stretch of one turn in which it alone may own words, in time order within a window."""

    turn: int
    start: float
    end: float


def slots_of(turns: Sequence[tuple[int, TimeSpan]]) -> list[Slot]:
    """The order in which the turns of a window can own words.

    A turn that runs on after a shorter one began inside it gets a slot before and one after.
    Where a short turn lies wholly inside another it keeps its own slot, so that a backchannel
    that was heard can have its word.
    """
    slots: list[Slot] = []
    ordered = sorted(turns, key=lambda item: (item[1].start, item[1].end))
    for position, (index, span) in enumerate(ordered):
        slots.append(Slot(index, span.start, span.end))
        later = [other for other in ordered[position + 1 :] if other[1].start < span.end]
        for _, other in later:
            if other.end < span.end:
                slots.append(Slot(index, other.end, span.end))
    return sorted(slots, key=lambda slot: (slot.start, slot.end))


def attribute_words(words: Sequence[Word], turns: Sequence[tuple[int, TimeSpan]]) -> dict[int, list[Word]]:
    """Split `words` (in order) over `turns` (index and span). Every word gets a turn."""
    if not words or not turns:
        return {}
    slots = slots_of(turns)
    if len({slot.turn for slot in slots}) == 1:
        return {slots[0].turn: list(words)}
    infinity = float("inf")
    # best[s]: least cost of the words so far, the last of them in slot s
    best = [_outside(words[0], slot) for slot in slots]
    back: list[list[int]] = [[-1] * len(slots)]
    for position in range(1, len(words)):
        before, word = words[position - 1], words[position]
        mid_clause = before.text.rstrip()[-1:] not in CLAUSE_ENDS and word.start - before.end < 0.3
        current, pointers = [], []
        cheapest, cheapest_at = infinity, 0
        for index, slot in enumerate(slots):
            stay = best[index]
            if index and best[index - 1] < cheapest:
                cheapest, cheapest_at = best[index - 1], index - 1
            changes = slots[cheapest_at].turn != slot.turn
            move = cheapest + (INSIDE_CLAUSE if mid_clause and changes else 0.0)
            if index and move < stay:
                current.append(move + _outside(word, slot))
                pointers.append(cheapest_at)
            else:
                current.append(stay + _outside(word, slot))
                pointers.append(index)
        best = current
        back.append(pointers)
    at = min(range(len(slots)), key=lambda index: best[index])
    owners = [0] * len(words)
    for position in range(len(words) - 1, -1, -1):
        owners[position] = slots[at].turn
        at = back[position][at]
    found: dict[int, list[Word]] = {}
    for word, owner in zip(words, owners, strict=True):
        found.setdefault(owner, []).append(word)
    return found


def _outside(word: Word, slot: Slot) -> float:
    """Seconds by which the word's middle lies outside the slot."""
    middle = (word.start + word.end) / 2
    distance = max(slot.start - middle, middle - slot.end, 0.0)
    return max(0.0, distance - FREE_OUTSIDE) + 0.05 * distance
