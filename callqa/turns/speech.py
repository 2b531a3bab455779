"""Telling speech from music and tones.

The segmentation model was trained on conversations and takes much music and ringback for speech,
though it is less sure of it. Silero's detector (part of faster-whisper) knows music but misses
much telephone speech. Where both doubt, nobody speaks.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from callqa.data import TimeSpan
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


def drop_non_speech(
    spans: Sequence[TimeSpan], speech: NDArray[np.float32], samples: NDArray[np.float32]
) -> tuple[TimeSpan, ...]:
    """The `spans` in which somebody speaks. `speech` is the segmentation's probability for each
    frame, `samples` the mono 16 kHz audio."""
    if not spans:
        return ()
    heard = silero_probability(samples) >= SILERO_SPEECH
    per_second = SAMPLE_RATE_HZ / SILERO_SAMPLES
    kept = []
    for span in spans:
        frames = speech[int(span.start / FRAME) : int(span.end / FRAME) + 1]
        blocks = heard[int(span.start * per_second) : int(span.end * per_second) + 1]
        sure = float(frames.mean()) if len(frames) else 0.0
        share = float(blocks.mean()) if len(blocks) else 0.0
        least = SURE_LONG if span.duration >= LONG else SURE_SHORT
        if share >= HEARD_SHARE or sure >= least:
            kept.append(span)
    return tuple(kept)


def silero_probability(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Probability of speech for each 32 ms of mono 16 kHz `samples`."""
    from faster_whisper.vad import get_vad_model

    padded = np.pad(samples, (0, -len(samples) % SILERO_SAMPLES))
    return np.asarray(get_vad_model()(padded), np.float32).ravel()
