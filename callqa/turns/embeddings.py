"""Speaker embeddings over chosen frames of a recording (GE2E, Wan et al. 2018)."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE_HZ = 16_000
HOP_SAMPLES = 160
FFT_SAMPLES = 400
NUM_MELS = 40
PARTIAL_FRAMES = 160  # what the encoder was trained on: 1.6 s
LENGTH_STEP = 20  # shorter pieces are cut to a multiple of this, so that they batch
TARGET_DBFS = -30.0
BATCH_PIECES = 32


class SpeakerEncoder:
    """Turns stretches of a recording into 256-dimensional unit vectors, `num_workers` batches at
    a time."""

    def __init__(self, model: Any, num_workers: int = 1) -> None:
        self._model = model
        self._num_workers = num_workers
        self._filters: Any = None

    def mel(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """Mel energies of mono 16 kHz `samples`, (num_frames, 40), 100 frames a second."""
        import torch
        from librosa.filters import mel as mel_filters

        if self._filters is None:
            filters = mel_filters(sr=SAMPLE_RATE_HZ, n_fft=FFT_SAMPLES, n_mels=NUM_MELS)
            self._filters = torch.from_numpy(filters)
        with torch.inference_mode():
            spectrum = torch.stft(
                torch.from_numpy(samples),
                FFT_SAMPLES,
                HOP_SAMPLES,
                window=torch.hann_window(FFT_SAMPLES),
                center=True,
                return_complex=True,
            )
            energy = self._filters @ spectrum.abs().square()
        return np.asarray(energy.T.numpy())

    def embed(self, mel: NDArray[np.float32], stretches: Sequence[NDArray[np.int64]]) -> NDArray[np.float32]:
        """One unit vector for each of `stretches`, which are index arrays into `mel`'s frames.

        Returns (num_stretches, 256); a row of zeros for a stretch under `LENGTH_STEP` frames.
        """
        import torch

        from callqa.turns.threads import one_thread_each

        by_length: dict[int, list[tuple[int, NDArray[np.int64]]]] = {}
        for index, frames in enumerate(stretches):
            for piece in _partials(frames):
                by_length.setdefault(len(piece), []).append((index, piece))
        batches = [
            pieces[begin : begin + BATCH_PIECES]
            for pieces in by_length.values()
            for begin in range(0, len(pieces), BATCH_PIECES)
        ]

        def run(batch: list[tuple[int, NDArray[np.int64]]]) -> NDArray[np.float32]:
            values = np.stack([_levelled(mel[piece]) for _, piece in batch])
            with torch.inference_mode():
                out: NDArray[np.float32] = self._model(torch.from_numpy(values)).numpy()
            return out

        vectors = np.zeros((len(stretches), 256), np.float32)
        with one_thread_each(self._num_workers), ThreadPoolExecutor(self._num_workers) as pool:
            for batch, out in zip(batches, pool.map(run, batches), strict=True):
                for (index, piece), vector in zip(batch, out, strict=True):
                    vectors[index] += vector * len(piece)
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / np.maximum(norms, 1e-9), np.float32)


def _partials(frames: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Cut a stretch into pieces of the encoder's length, the last one reaching back."""
    if len(frames) < PARTIAL_FRAMES:
        length = len(frames) // LENGTH_STEP * LENGTH_STEP
        return [frames[:length]] if length else []
    starts = list(range(0, len(frames) - PARTIAL_FRAMES + 1, PARTIAL_FRAMES))
    if len(frames) - (starts[-1] + PARTIAL_FRAMES) >= PARTIAL_FRAMES // 4:
        starts.append(len(frames) - PARTIAL_FRAMES)
    return [frames[start : start + PARTIAL_FRAMES] for start in starts]


def _levelled(mel: NDArray[np.float32]) -> NDArray[np.float32]:
    """Scale to the level the encoder was trained at. Its training raised quiet speech to
    -30 dBFS; the mel energies are not logarithmic, so the level matters."""
    # A Hann window of 400 has a power gain of 150; a sine at full scale has a power of 0.5.
    power = float(mel.sum(axis=1).mean()) + 1e-12
    target: float = _REFERENCE_POWER * 10 ** (TARGET_DBFS / 10)
    return (mel * np.float32(target / power)).astype(np.float32)


# Mean mel energy, summed over bands, of speech at 0 dBFS RMS: 390 to 395 on three recordings
# (16 kHz read, 8 kHz telephone, English and Mandarin).
_REFERENCE_POWER = 393.0
