"""Made-up sound at 16 kHz."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

RATE = 16_000
Samples = NDArray[np.float32]


def noise(seconds: float, dbfs: float, seed: int = 0) -> Samples:
    """White noise of this level."""
    rng = np.random.default_rng(seed)
    return (rng.normal(size=round(seconds * RATE)) * 10 ** (dbfs / 20)).astype(np.float32)


def tone(seconds: float, frequency_hz: float, dbfs: float = -15.0) -> Samples:
    """A steady tone."""
    times = np.arange(round(seconds * RATE)) / RATE
    return (np.sqrt(2) * 10 ** (dbfs / 20) * np.sin(2 * np.pi * frequency_hz * times)).astype(np.float32)


def placed(length: float, background: Samples, *parts: tuple[float, Samples]) -> Samples:
    """Sounds laid over a background, each at its second."""
    mixed = np.resize(background, round(length * RATE)).copy()
    for start, part in parts:
        begin = round(start * RATE)
        mixed[begin : begin + len(part)] += part
    return mixed
