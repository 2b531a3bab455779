"""Where a turn really begins and ends: at its first and last sound.

The segmentation model was trained on what people marked, with a little room on both sides, and
speech that ends at once (a telephone line mutes what is soft) gets 0.1 s too much. That is some
four percent of an agent's turns, and comes out as slow speech.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from callqa.data import Turn
from callqa.turns.speech import background_level, block_levels

BLOCK = 0.01  # seconds
REACH = 0.2  # seconds; as far as the model is off
# Where the other party's leakage was cut off a span, the pause before or behind it is left over.
REACH_BESIDE_LEAKAGE = 0.7
OVER_DB = 6.0  # over the background: sound
SHORTEST = 0.1  # seconds that have to be left of a turn


def settle_edges(
    turns: Sequence[Turn], channels: Sequence[NDArray[np.float32]], reach: float = REACH
) -> tuple[Turn, ...]:
    """`turns` without the background at their beginnings and ends, at most `reach` seconds each.

    `channels` are mono 16 kHz samples, indexed by `turn.channel`. An edge inside another turn of
    its channel stays: what sounds there is the other's voice. So do the edges of a turn that is no
    louder than the background.
    """
    settled = list(turns)
    for channel, samples in enumerate(channels):
        own = [turn for turn in turns if turn.channel == channel]
        floor = background_level(block_levels(samples), [turn.span for turn in own])
        loud = block_levels(samples, BLOCK) >= floor + OVER_DB
        for index, turn in enumerate(turns):
            if turn.channel == channel:
                others = [other for other in own if other.speaker != turn.speaker]
                settled[index] = _settled(turn, others, loud, round(reach / BLOCK))
    return tuple(sorted(settled, key=lambda turn: (turn.start, turn.end, turn.speaker)))


def _settled(turn: Turn, others: Sequence[Turn], loud: NDArray[np.bool_], reach: int) -> Turn:
    start, end = turn.start, turn.end
    first, last = round(start / BLOCK), round(end / BLOCK)
    heard = np.flatnonzero(loud[first : first + reach])
    if heard.size and not _spoken_over(start, others):
        start += float(heard[0]) * BLOCK
    heard = np.flatnonzero(loud[max(0, last - reach) : last][::-1])
    if heard.size and not _spoken_over(end, others):
        end -= float(heard[0]) * BLOCK
    return dataclasses.replace(turn, start=start, end=end) if end - start >= SHORTEST else turn


def _spoken_over(at: float, others: Sequence[Turn]) -> bool:
    return any(other.start < at < other.end for other in others)
