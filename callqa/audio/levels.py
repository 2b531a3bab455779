"""Loudness over time, and what it says about a recording's quality."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

HOP = 0.01
"""Seconds between two values of `block_power`."""

TELEPHONE_BAND_HZ = (300.0, 3400.0)

_TINY = 1e-12
_CLIPPED = 0.985
_HALF_SECOND = round(0.5 / HOP)
# Blocks this much above the noise floor count as sound when levels are averaged (power ratio).
_ACTIVE = 10.0


@dataclass(frozen=True, slots=True)
class Quality:
    """One channel's level. `level_dbfs` is the mean over the sounding parts, `loudest_dbfs` that
    of the loudest half second, `snr_db` the mean of the sounding parts over the noise floor (None
    where nothing stands out of it), `clipping_share` the share of samples at full scale."""

    level_dbfs: float
    loudest_dbfs: float
    peak_dbfs: float
    noise_dbfs: float
    snr_db: float | None
    clipping_share: float

    def is_silent(self, silence_dbfs: float) -> bool:
        """Whether even the loudest half second stays below `silence_dbfs`."""
        return self.loudest_dbfs < silence_dbfs


def quality(samples: NDArray[np.float32], sample_rate_hz: int) -> Quality:
    """How loud, how noisy and how clipped one channel `(time,)` is."""
    power = block_power(samples, sample_rate_hz)
    if not power.size:
        return Quality(-120.0, -120.0, -120.0, -120.0, None, 0.0)
    window = min(_HALF_SECOND, power.size)
    loudest = float(np.convolve(power, np.full(window, 1 / window), mode="valid").max())
    noise = noise_floor(power)
    active = power[power > noise * _ACTIVE]
    level = float(active.mean()) if active.size else float(power.mean())
    peak = max(float(samples.max()), -float(samples.min()))
    return Quality(
        level_dbfs=to_db(level),
        loudest_dbfs=to_db(loudest),
        peak_dbfs=to_db(peak**2),
        noise_dbfs=to_db(noise),
        snr_db=to_db(level) - to_db(noise) if active.size else None,
        clipping_share=float(np.mean(samples >= _CLIPPED) + np.mean(samples <= -_CLIPPED)),
    )


def to_db(power: float) -> float:
    """A mean square as dB re full scale, never below -120."""
    return float(10 * np.log10(max(power, _TINY)))


def noise_floor(power: NDArray[np.float64]) -> float:
    """The power that nine tenths of the blocks exceed: the noise between the words."""
    return max(float(np.quantile(power, 0.1)), _TINY) if power.size else _TINY


def block_power(samples: NDArray[np.float32], sample_rate_hz: int) -> NDArray[np.float64]:
    """Mean square of every block of `HOP` seconds of `(time,)`; an unfinished last block is left out."""
    length = round(HOP * sample_rate_hz)
    blocks = samples[: samples.size // length * length].reshape(-1, length)
    power: NDArray[np.float64] = np.einsum("bt,bt->b", blocks, blocks, dtype=np.float64) / length
    return power


def runs(mask: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """First and end index of every run of True.

    >>> runs(np.array([True, True, False, True]))
    [(0, 2), (3, 4)]
    """
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8)))
    return [(int(first), int(end)) for first, end in zip(edges[::2], edges[1::2], strict=True)]


def band_pass(
    samples: NDArray[np.float32],
    sample_rate_hz: int,
    band_hz: tuple[float, float] = TELEPHONE_BAND_HZ,
) -> NDArray[np.float32]:
    """`(time,)` without what lies outside the band; works in pieces, so memory stays bounded."""
    from scipy.signal import butter, sosfilt

    high = min(band_hz[1], 0.49 * sample_rate_hz)
    sections = butter(2, (band_hz[0], high), btype="band", fs=sample_rate_hz, output="sos").astype(np.float32)
    state = np.zeros((sections.shape[0], 2), dtype=np.float32)
    filtered = np.empty_like(samples, dtype=np.float32)
    step = 1 << 20
    for start in range(0, samples.size, step):
        filtered[start : start + step], state = sosfilt(sections, samples[start : start + step], zi=state)
    return filtered
