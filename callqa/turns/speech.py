"""Telling a party's speech from music, tones and people in the background.

The segmentation model was trained on conversations and takes much music and ringback for speech,
though it is less sure of it. Silero's detector (part of faster-whisper) knows music but misses
much telephone speech. Where both doubt, nobody speaks. Babble behind the caller or the agent is
speech, but nobody's in this call: it is no louder than what is heard while nobody speaks.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from callqa.data import TimeSpan, merge_spans, subtract, total_duration
from callqa.turns.segmentation import FRAME

SAMPLE_RATE_HZ = 16_000
SILERO_SAMPLES = 512
SILERO_SPEECH = 0.5
# Measured on telephone calls in both languages against hold music and ringback: every stretch of
# speech over a second had more of one or the other.
HEARD_SHARE = 0.02
SURE_LONG = 0.86
SURE_SHORT = 0.65
LONG = 1.2  # seconds
LOUDER_DB = 8.0  # than the background; people's babble in the background stays below it
BLOCK = 0.02  # seconds
LEVEL_PERCENTILE = 70  # of a voice's blocks: pauses inside it do not count
QUIET_SMOOTHING = 0.3  # seconds; the loudest block around counts
QUIET_FROM = 0.4  # seconds
BACKGROUND_PERCENTILE = 10  # of the blocks outside: music on hold or a click is no background
BEHIND_DB = 8.0  # softer than the other voice by this much,
BEHIND_SHARE = 0.12  # and heard for less than this share of the other's time: no party
SLIVER = 0.6  # seconds
SLIVER_DB = 15.0
MIN_BACKGROUND = 1.0  # seconds without speech from which the background is known


def drop_non_speech(
    spans: Sequence[TimeSpan], speech: NDArray[np.float32], samples: NDArray[np.float32]
) -> tuple[TimeSpan, ...]:
    """The `spans` in which somebody speaks. `speech` is the segmentation's probability for each
    frame, `samples` the mono 16 kHz audio."""
    if not spans:
        return ()
    heard = silero_probability(samples) >= SILERO_SPEECH
    per_second = SAMPLE_RATE_HZ / SILERO_SAMPLES
    levels = block_levels(samples)
    quiet = quiet_spans(levels, background_level(levels, spans) + LOUDER_DB)
    kept = []
    for span in subtract(spans, quiet):
        frames = speech[int(span.start / FRAME) : int(span.end / FRAME) + 1]
        blocks = heard[int(span.start * per_second) : int(span.end * per_second) + 1]
        sure = float(frames.mean()) if len(frames) else 0.0
        share = float(blocks.mean()) if len(blocks) else 0.0
        least = SURE_LONG if span.duration >= LONG else SURE_SHORT
        if share >= HEARD_SHARE or sure >= least:
            kept.append(span)
    return tuple(kept)


def background_voice(spans: Sequence[Sequence[TimeSpan]], samples: NDArray[np.float32]) -> int | None:
    """Which of two voices is people in the background, not a party: heard for a small part of the
    time and much softer than the other. None where both are parties."""
    levels = block_levels(samples)
    seconds = [total_duration(own) for own in spans]
    if min(seconds) <= 0:
        return None
    small = 0 if seconds[0] < seconds[1] else 1
    softer = _level(levels, spans[small]) < _level(levels, spans[1 - small]) - BEHIND_DB
    return small if softer and seconds[small] < BEHIND_SHARE * seconds[1 - small] else None


def without_soft(
    spans: Sequence[Sequence[TimeSpan]], behind: int, samples: NDArray[np.float32]
) -> tuple[TimeSpan, ...]:
    """The speech of both voices but for what is soft of the one that is `behind`."""
    levels = block_levels(samples)
    least = _level(levels, spans[1 - behind]) - BEHIND_DB
    loud = [span for span in spans[behind] if _level(levels, [span]) >= least]
    return merge_spans([*spans[1 - behind], *loud])


def _level(levels: NDArray[np.float64], spans: Sequence[TimeSpan]) -> float:
    return float(np.percentile(np.concatenate([_inside(levels, span) for span in spans]), LEVEL_PERCENTILE))


def drop_soft_slivers(spans: Sequence[TimeSpan], samples: NDArray[np.float32]) -> tuple[TimeSpan, ...]:
    """The `spans` of one party's channel without short, soft ones: what is left of the other
    party's leakage is far softer than the party itself ever is."""
    if not spans:
        return ()
    levels = block_levels(samples)
    least = _level(levels, spans) - SLIVER_DB
    return tuple(span for span in spans if span.duration >= SLIVER or _level(levels, [span]) >= least)


def _inside(levels: NDArray[np.float64], span: TimeSpan) -> NDArray[np.float64]:
    return levels[int(span.start / BLOCK) : int(span.end / BLOCK) + 1]


def quiet_spans(levels: NDArray[np.float64], least_level: float) -> tuple[TimeSpan, ...]:
    """Where the sound stays below `least_level` for `QUIET_FROM` seconds and longer."""
    size = round(QUIET_SMOOTHING / BLOCK)
    padded = np.pad(levels, size // 2, mode="edge")
    smooth = np.lib.stride_tricks.sliding_window_view(padded, size).max(axis=1)[: len(levels)]
    marks = np.concatenate([[0], smooth < least_level, [0]]).astype(np.int8)
    edges = np.flatnonzero(np.diff(marks))
    runs = zip(edges[::2], edges[1::2], strict=True)
    return tuple(TimeSpan(a * BLOCK, b * BLOCK) for a, b in runs if (b - a) * BLOCK >= QUIET_FROM)


def block_levels(samples: NDArray[np.float32], block: float = BLOCK) -> NDArray[np.float64]:
    """Level in dBFS of each `block` seconds of `samples`."""
    size = int(block * SAMPLE_RATE_HZ)
    usable = len(samples) // size * size
    power = (samples[:usable].reshape(-1, size).astype(np.float64) ** 2).mean(axis=1)
    return np.asarray(10 * np.log10(power + 1e-12))


def background_level(levels: NDArray[np.float64], spans: Sequence[TimeSpan]) -> float:
    """Level of what is heard outside `spans`; minus infinity where that is too little to tell."""
    outside = np.ones(len(levels), np.bool_)
    for span in spans:
        # A little more than the span: speech fades in and out.
        outside[max(0, int(span.start / BLOCK) - 5) : int(span.end / BLOCK) + 6] = False
    if outside.sum() * BLOCK < MIN_BACKGROUND:
        return -np.inf
    return float(np.percentile(levels[outside], BACKGROUND_PERCENTILE))


def silero_probability(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Probability of speech for each 32 ms of mono 16 kHz `samples`."""
    from faster_whisper.vad import get_vad_model

    padded = np.pad(samples, (0, -len(samples) % SILERO_SAMPLES))
    return np.asarray(get_vad_model()(padded), np.float32).ravel()
