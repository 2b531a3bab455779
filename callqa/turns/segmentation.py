"""Frame-wise speaker activity from pyannote's segmentation model, on overlapping windows."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from callqa.data import TimeSpan

SAMPLE_RATE_HZ = 16_000
WINDOW_SAMPLES = 5 * SAMPLE_RATE_HZ
# PyanNet's SincNet front end: one frame every 270 samples, each seeing 991 of them.
FRAME_SAMPLES = 270
RECEPTIVE_SAMPLES = 991
FRAME = FRAME_SAMPLES / SAMPLE_RATE_HZ
FIRST_FRAME_CENTRE = RECEPTIVE_SAMPLES / 2 / SAMPLE_RATE_HZ
# A quarter of the window, rounded to whole frames so that windows lie on one common grid.
STEP_FRAMES = 74
BATCH_WINDOWS = 8


@dataclass(frozen=True, slots=True)
class Activity:
    """Speaker activity of a recording.

    `scores` is (num_windows, num_frames, 3): the probability that the window's first, second or
    third speaker is active; which person that is differs from window to window. Frame ``f`` of
    window ``w`` is frame ``w * STEP_FRAMES + f`` of the recording, `num_frames` in all.
    """

    scores: NDArray[np.float32]
    num_frames: int

    def pooled(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """Average per recording frame what `values` (num_windows, num_frames, n) say of it.

        Frames near a window's edges know less context and count less. Returns (num_frames, n).
        """
        num_windows, length, depth = values.shape
        weight = _edge_weight(length)
        size = (num_windows - 1) * STEP_FRAMES + length
        total: NDArray[np.float32] = np.zeros((size, depth), np.float32)
        mass = np.full((size, 1), 1e-9, np.float32)
        for window in range(num_windows):
            begin = window * STEP_FRAMES
            total[begin : begin + length] += values[window] * weight
            mass[begin : begin + length] += weight
        return np.asarray((total / mass)[: self.num_frames], np.float32)

    def silenced_outside(self, spans: Sequence[TimeSpan]) -> Activity:
        """The same activity with nobody active outside `spans`."""
        inside = np.zeros((len(self.scores) - 1) * STEP_FRAMES + self.scores.shape[1], np.bool_)
        for span in spans:
            inside[max(0, round((span.start - FIRST_FRAME_CENTRE) / FRAME)) : round(span.end / FRAME) + 1] = (
                True
            )
        held = np.lib.stride_tricks.sliding_window_view(inside, self.scores.shape[1])[::STEP_FRAMES]
        return Activity(self.scores * held[:, :, None], self.num_frames)

    @property
    def speech(self) -> NDArray[np.float32]:
        """Probability of any speech, (num_frames,)."""
        return self.pooled(self.scores.max(axis=2, keepdims=True))[:, 0]

    @property
    def overlap(self) -> NDArray[np.float32]:
        """Probability of two people speaking at once, (num_frames,)."""
        second = np.sort(self.scores, axis=2)[:, :, -2:-1]
        return self.pooled(np.ascontiguousarray(second))[:, 0]


def _edge_weight(length: int) -> NDArray[np.float32]:
    ramp = np.minimum(np.arange(1, length + 1), np.arange(length, 0, -1)) / (length / 4)
    return np.clip(ramp, 0.1, 1.0).astype(np.float32)[:, None]


def frame_time(index: float) -> float:
    """Seconds at which frame `index` begins to speak for the audio (its centre less half a step)."""
    return max(0.0, FIRST_FRAME_CENTRE + (index - 0.5) * FRAME)


class Segmenter:
    """Runs the segmentation model over one channel, `num_workers` batches at a time."""

    def __init__(self, model: Any, num_workers: int = 1) -> None:
        self._model = model
        self._num_workers = num_workers

    def run(self, samples: NDArray[np.float32]) -> Activity:
        """Activity of mono `samples` at 16 kHz."""
        import torch

        from callqa.turns.threads import one_thread_each

        step = STEP_FRAMES * FRAME_SAMPLES
        num_windows = max(1, 1 + -(-(len(samples) - WINDOW_SAMPLES) // step))
        padded = np.zeros((num_windows - 1) * step + WINDOW_SAMPLES, np.float32)
        padded[: len(samples)] = samples
        view = np.lib.stride_tricks.sliding_window_view(padded, WINDOW_SAMPLES)[::step]

        def score(begin: int) -> NDArray[np.float32]:
            batch = torch.from_numpy(view[begin : begin + BATCH_WINDOWS].copy())
            with torch.inference_mode():
                scores: NDArray[np.float32] = self._model(batch[:, None]).numpy()
            return scores

        with one_thread_each(self._num_workers), ThreadPoolExecutor(self._num_workers) as pool:
            scores = list(pool.map(score, range(0, num_windows, BATCH_WINDOWS)))
        num_frames = max(1, int(len(samples) / FRAME_SAMPLES))
        return Activity(np.concatenate(scores).astype(np.float32), num_frames)
