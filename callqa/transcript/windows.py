"""What is recognised together: windows of neighbouring turns.

Single short turns starve the recogniser of context (it repeats itself or invents); a whole call
at once loses turns. Windows of a few turns, up to some twelve seconds, measured best on
telephone calls in both languages.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from callqa.data import TimeSpan, Turn

PADDING = 0.2  # seconds of audio kept on both sides of a window: turns end at their last loud sound
MAX_GAP = 1.5  # seconds of silence that a window may hold
LONGEST = 26.0  # seconds; what the recogniser takes at once, with room for the padding


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch to recognise, and the indices of the turns in it."""

    start: float
    end: float
    turns: tuple[int, ...]


def group_turns(turns: Sequence[Turn], max_window: float) -> list[Window]:
    """Windows over `turns` (of one channel, in order of start). Turns that overlap are never
    parted, so that no sound is recognised twice; such windows, and single turns, may be longer than
    `max_window` and than the recogniser takes (`cut_window` cuts them)."""
    windows: list[Window] = []
    for index, turn in enumerate(turns):
        if windows:
            last = windows[-1]
            end = max(last.end, turn.end)
            overlaps = turn.start < last.end
            near = turn.start - last.end <= MAX_GAP
            if overlaps or (near and end - last.start <= max_window):
                windows[-1] = Window(last.start, end, (*last.turns, index))
                continue
        windows.append(Window(turn.start, turn.end, (index,)))
    return windows


def cut_window(
    window: TimeSpan, samples: NDArray[np.float32], sample_rate_hz: int, longest: float = LONGEST
) -> list[TimeSpan]:
    """The window as pieces that the recogniser takes, cut where the audio is quietest."""
    pieces: list[TimeSpan] = []
    start = window.start
    while window.end - start > longest:
        # Look for the quietest tenth of a second in the last third of what fits.
        low, high = start + longest * 2 / 3, start + longest
        begin = int(low * sample_rate_hz)
        part = samples[begin : int(high * sample_rate_hz)]
        frame = sample_rate_hz // 20
        usable = len(part) // frame * frame
        energy = (part[:usable].reshape(-1, frame) ** 2).sum(axis=1)
        smooth = np.convolve(energy, np.ones(3), mode="valid") if len(energy) >= 3 else energy
        at = low + (int(smooth.argmin()) + 1.5) * frame / sample_rate_hz if len(smooth) else high
        pieces.append(TimeSpan(start, at))
        start = at
    pieces.append(TimeSpan(start, window.end))
    return pieces


def audio_of(
    span: TimeSpan, samples: NDArray[np.float32], sample_rate_hz: int
) -> tuple[float, NDArray[np.float32]]:
    """The padded audio of `span` and the time at which it starts."""
    begin = max(0, int((span.start - PADDING) * sample_rate_hz))
    end = min(len(samples), int((span.end + PADDING) * sample_rate_hz))
    return begin / sample_rate_hz, samples[begin:end]
