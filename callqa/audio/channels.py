"""Which channels of a file carry what: one mix, the same mix twice, or one party each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from callqa.audio.levels import block_power, noise_floor, quality
from callqa.config import AudioSettings

Samples = NDArray[np.float32]

_MAX_LAG = 0.05
_WINDOW = 2.0
_NUM_WINDOWS = 24
# Two codecs, or a fraction of a sample of delay, lower the correlation of the same mix; what they
# leave alone is the level difference, which two parties' channels change with every turn.
_ALIKE = 0.8
_STEADY_DB = 3.0
# A channel this far below the loudest, and no more modulated than noise, carries nobody.
_EMPTY_DB = 20.0
_MODULATION_DB = 10.0
_FAINT_DB = 30.0
_EXPLAINED_SHARE = 0.97


@dataclass(frozen=True, slots=True)
class ChannelLayout:
    """What to work on.

    `kind` is ``mono`` (one channel holds everybody), ``dual_mono`` (several channels with the
    same mix; worked on like mono) or ``two_channel`` (one party each). `sources` has, for each
    working channel, the file's channels (counted from 0) that carry it, the best first. `mixed`:
    the working channel is the mean of its sources. `note` says in a sentence what was decided
    where that is not plain.
    """

    kind: Literal["mono", "dual_mono", "two_channel"]
    sources: tuple[tuple[int, ...], ...]
    mixed: bool = False
    note: str | None = None

    def working_channel(self, source: int) -> int | None:
        """The working channel that the file's channel went into; None where it was left out."""
        for index, sources in enumerate(self.sources):
            if source in sources:
                return index
        return None


def find_layout(samples: Samples, sample_rate_hz: int, settings: AudioSettings) -> ChannelLayout:
    """Decide from the sound `(channel, time)` what its channels are.

    A silent channel, or one with nothing but line noise, is left out. Channels that carry the
    same mix, be it with another gain, polarity, codec or up to 50 ms later, count as one. Of more
    than two different ones, those far fainter than the loudest and those that are a mix of two
    others are left out; where more than two still remain they are mixed into one, since a call
    has two parties and such a file (5.1) is a mix of them.
    """
    num_channels = samples.shape[0]
    if num_channels == 1:
        return ChannelLayout("mono", ((0,),))
    used = _sounding(samples, sample_rate_hz, settings.silence_dbfs)
    if not used:
        return ChannelLayout("mono", ((0,),), note="All channels are silent.")
    groups = _groups(samples, used, sample_rate_hz, settings.dual_mono_correlation)
    if len(groups) > 2:
        groups = _without_faint(samples, groups, sample_rate_hz)
    if len(groups) > 2:
        groups = _without_mixes(samples, groups)
    if len(groups) > 2:
        mixed = tuple(channel for group in groups for channel in group)
        return ChannelLayout(
            "mono",
            (mixed,),
            mixed=True,
            note=f"{len(mixed)} different channels were mixed into one: a call has two parties.",
        )
    left_out = num_channels - sum(map(len, groups))
    note = f"{left_out} of {num_channels} channels carry no party and were left out." if left_out else None
    if len(groups) == 2:
        return ChannelLayout("two_channel", groups, note=note)
    if len(groups[0]) > 1:
        return ChannelLayout("dual_mono", groups, note="The channels carry the same mix; one was used.")
    return ChannelLayout("mono", groups, note=note)


def working_samples(samples: Samples, layout: ChannelLayout) -> Samples:
    """The samples `(working channel, time)` to work on."""
    if layout.mixed:
        mixed: Samples = samples[list(layout.sources[0])].mean(axis=0, keepdims=True, dtype=np.float32)
        return mixed
    first = [sources[0] for sources in layout.sources]
    return samples if first == list(range(samples.shape[0])) else samples[first]


def _sounding(samples: Samples, sample_rate_hz: int, silence_dbfs: float) -> list[int]:
    found = [quality(channel, sample_rate_hz) for channel in samples]
    loudest = max(item.loudest_dbfs for item in found)
    return [
        index
        for index, item in enumerate(found)
        if not item.is_silent(silence_dbfs)
        and not (
            item.loudest_dbfs < loudest - _EMPTY_DB and item.loudest_dbfs - item.noise_dbfs < _MODULATION_DB
        )
    ]


def _groups(
    samples: Samples, used: Sequence[int], sample_rate_hz: int, threshold: float
) -> tuple[tuple[int, ...], ...]:
    """Channels that carry the same mix stand together, the one that clips least and is loudest first."""
    groups: list[list[int]] = []
    for channel in used:
        for group in groups:
            if _same_mix(samples[group[0]], samples[channel], sample_rate_hz, threshold):
                group.append(channel)
                break
        else:
            groups.append([channel])
    for group in groups:
        if len(group) > 1:
            found = {index: quality(samples[index], sample_rate_hz) for index in group}
            group.sort(key=lambda index: (found[index].clipping_share > 0.001, -found[index].level_dbfs))
    return tuple(tuple(group) for group in groups)


def _same_mix(first: Samples, second: Samples, sample_rate_hz: int, threshold: float) -> bool:
    correlation, lag = _correlation(first, second, sample_rate_hz)
    if correlation < _ALIKE:
        return False
    # Leakage makes two parties' channels coherent too, but not equally loud whoever speaks.
    steady_db = _STEADY_DB if correlation < threshold else 2 * _STEADY_DB
    return _level_spread_db(first, second, lag, sample_rate_hz) < steady_db


def _correlation(first: Samples, second: Samples, sample_rate_hz: int) -> tuple[float, int]:
    """Largest normalised correlation (of either sign) within 50 ms, and by how many samples
    `second` is late there. The mean over windows, so that the louder party does not outvote the
    other."""
    length = min(int(_WINDOW * sample_rate_hz), first.size)
    max_lag = min(int(_MAX_LAG * sample_rate_hz), length - 1)
    starts = range(0, first.size - length + 1, length)
    energies = [
        np.array([np.vdot(part[s : s + length], part[s : s + length]) for s in starts])
        for part in (first, second)
    ]
    # The windows that are loudest in one channel or in the other.
    chosen = {int(index) for energy in energies for index in np.argsort(-energy)[:_NUM_WINDOWS]}
    size = 1 << (length + max_lag).bit_length()
    cross = np.zeros(size)
    for index in chosen:
        start = starts[index]
        a = first[start : start + length] - first[start : start + length].mean()
        b = second[start : start + length] - second[start : start + length].mean()
        scale = np.sqrt(float(np.vdot(a, a)) * float(np.vdot(b, b)))
        if scale:
            cross += np.fft.irfft(np.fft.rfft(b, size) * np.conj(np.fft.rfft(a, size)), size) / scale
    near = np.concatenate([cross[size - max_lag :], cross[: max_lag + 1]])
    best = int(np.argmax(np.abs(near)))
    return float(abs(near[best])) / len(chosen), best - max_lag


def _level_spread_db(first: Samples, second: Samples, lag: int, sample_rate_hz: int) -> float:
    """How much the level difference varies (10th to 90th percentile, dB) while there is sound."""
    if lag > 0:
        first, second = first[: first.size - lag], second[lag:]
    elif lag < 0:
        first, second = first[-lag:], second[: second.size + lag]
    smooth = np.full(10, 0.1)
    powers = [np.convolve(block_power(part, sample_rate_hz), smooth, mode="same") for part in (first, second)]
    floors = [noise_floor(power) for power in powers]
    active = (powers[0] > 30 * floors[0]) | (powers[1] > 30 * floors[1])
    if not active.any():
        return 0.0
    difference = 10 * np.log10((powers[0][active] + 1e-12) / (powers[1][active] + 1e-12))
    low, high = np.quantile(difference, (0.1, 0.9))
    return float(high - low)


def _without_faint(
    samples: Samples, groups: tuple[tuple[int, ...], ...], sample_rate_hz: int
) -> tuple[tuple[int, ...], ...]:
    levels = [quality(samples[group[0]], sample_rate_hz).level_dbfs for group in groups]
    return tuple(g for g, level in zip(groups, levels, strict=True) if level > max(levels) - _FAINT_DB)


def _without_mixes(samples: Samples, groups: tuple[tuple[int, ...], ...]) -> tuple[tuple[int, ...], ...]:
    """Three-track recorders keep each party and the mix of both: the mix is left out."""
    if len(groups) != 3:
        return groups
    tracks = np.stack([samples[group[0]] for group in groups])
    gram = (tracks @ tracks.T).astype(np.float64)
    for parties in combinations(range(3), 2):
        (mix,) = set(range(3)) - set(parties)
        pair = list(parties)
        gains, *_ = np.linalg.lstsq(gram[np.ix_(pair, pair)], gram[pair, mix], rcond=None)
        explained = float(gains @ gram[pair, mix]) / max(gram[mix, mix], 1e-12)
        # A party is also a mix of the other and the mix, but with a negative gain.
        if explained > _EXPLAINED_SHARE and np.all(gains > 0.1):
            return tuple(groups[index] for index in pair)
    return groups
