"""Taking the other party's leakage out of a channel's speech.

Echo and crosstalk put one party's voice, fainter and up to some 50 ms late, into the other's
channel. How much fainter and how late is measured where the two channels are coherent; a moment
then belongs to a channel only if it is louder there than that leakage explains.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from callqa.audio.levels import HOP, band_pass, block_power, noise_floor, runs
from callqa.data import TimeSpan, merge_spans

Samples = NDArray[np.float32]
Power = NDArray[np.float64]
Mask = NDArray[np.bool_]

_WINDOW = 0.128
_MAX_LAG = 0.06
_MAX_LEAD = 0.005
_MAX_WINDOWS = 600
_MIN_WINDOWS = 5
# Two voices are coherent by chance at a given lag to about 0.1; leakage through a codec to 0.5.
_COHERENT = 0.35
_ENVELOPE = 0.6
_LOUD = 30.0  # power over the noise floor where leakage can be heard at all
_MIN_DIFFERENCE = 2.0  # power ratio above which the leaking channel is the louder one
_MARGIN_DB = (5.0, 9.0)
# The share of leakage that its own wave must explain for the rest to say something (0-1), and
# the rest, over the leakage, that is a second voice.
_USELESS_RESIDUAL = 0.25
_OWN_RESIDUAL = 0.7
_COHERENCE_BLOCKS = 6
# Leakage comes spread out: hybrids and rooms ring on a little.
_SPREAD_BEFORE = 2  # blocks
_SPREAD_AFTER = 6
_GAP = 0.3
_MIN_ISLAND = 0.1
_MIN_SPAN = 0.15
_EDGE = 0.1


@dataclass(frozen=True, slots=True)
class _Leak:
    """How one channel comes through in another: `gain` (power ratio), `lag` (blocks), by how many
    times louder than that a sound must be to count as the other party's own (`margin`), and
    `residual`: what of the other channel's power the leaking wave does not explain, by block."""

    gain: float
    lag: int
    margin: float
    residual: Power


def own_activity(
    speech: Sequence[Sequence[TimeSpan]], samples: Samples, sample_rate_hz: int
) -> tuple[tuple[TimeSpan, ...], ...]:
    """For each channel of `samples` `(channel, time)`, the parts of its `speech` that are its own
    party's. Speech of both at once stays in both channels; without leakage nothing is changed."""
    bands = [band_pass(channel, sample_rate_hz) for channel in samples]
    powers = [_smooth(block_power(band, sample_rate_hz)) for band in bands]
    masks = [_mask(spans, powers[0].size) for spans in speech]
    result = []
    for index, spans in enumerate(speech):
        foreign = np.zeros(powers[index].size, dtype=bool)
        for other in range(len(speech)):
            if other == index:
                continue
            leak = _find_leak(
                bands[other], bands[index], powers[other], powers[index], masks[other], sample_rate_hz
            )
            if leak is not None:
                foreign |= _is_foreign(powers[index], powers[other], leak)
        result.append(_cut(spans, foreign))
    return tuple(result)


def _find_leak(
    source: Samples, target: Samples, source_power: Power, target_power: Power, source_speech: Mask, rate: int
) -> _Leak | None:
    """The leakage of `source` into `target`, None where there is none that can be heard."""
    ratio = source_power / np.maximum(target_power, 1e-12)
    loud = source_speech & (source_power > _LOUD * noise_floor(source_power)) & (ratio > _MIN_DIFFERENCE)
    length = round(_WINDOW * rate)
    step = length // 2
    centres = np.arange(length, source.size - length, step)
    blocks = np.minimum((centres / rate / HOP).astype(int), loud.size - 1)
    kept = np.flatnonzero(loud[blocks])
    if kept.size < _MIN_WINDOWS:
        return None
    if kept.size > _MAX_WINDOWS:
        kept = kept[np.argsort(-source_power[blocks[kept]])[:_MAX_WINDOWS]]
    correlation = _windowed_correlation(source, target, centres[kept] - step, length, rate)
    mean = np.abs(correlation.mean(axis=0))
    best = int(np.argmax(mean))
    around = correlation[:, max(0, best - 2) : best + 3]
    coherence = np.abs(around).max(axis=1)
    lag = round((best - round(_MAX_LEAD * rate)) / rate / HOP)
    coherent = kept[coherence > _COHERENT]
    if coherent.size < max(_MIN_WINDOWS, 0.1 * kept.size):
        coherent = _by_envelope(source_power, target_power, loud, lag)
        if coherent is None:
            return None
        chosen = coherent
    else:
        chosen = blocks[coherent]
    late = np.minimum(chosen + lag, target_power.size - 1)
    above_noise = target_power[late] - noise_floor(target_power)
    heard = above_noise > 0.5 * noise_floor(target_power)
    if heard.sum() < _MIN_WINDOWS:
        return None
    gains_db = 10 * np.log10(above_noise[heard] / source_power[chosen[heard]])
    gain_db = float(np.median(gains_db))
    spread_db = 1.48 * float(np.median(np.abs(gains_db - gain_db)))
    margin_db = min(max(2 * spread_db, _MARGIN_DB[0]), _MARGIN_DB[1])
    residual = _residual(source, target, target_power, best - round(_MAX_LEAD * rate), rate)
    if float(np.median(residual[late] / np.maximum(target_power[late], 1e-12))) > _USELESS_RESIDUAL:
        residual = np.zeros_like(target_power)
    return _Leak(10 ** (gain_db / 10), lag, 10 ** (margin_db / 10), residual)


def _windowed_correlation(
    source: Samples, target: Samples, starts: NDArray[np.int_], length: int, rate: int
) -> NDArray[np.float32]:
    """Normalised correlation `(window, lag)` of windows of `source` with `target`, lags in
    samples from -5 ms to +60 ms."""
    lead, lag = round(_MAX_LEAD * rate), round(_MAX_LAG * rate)
    size = 1 << (2 * length + lead + lag).bit_length()
    found = np.empty((starts.size, lead + lag + 1), dtype=np.float32)
    padded = np.pad(target, (lead, length + lag))
    for row, start in enumerate(starts):
        a = source[start : start + length]
        b = padded[start : start + length + lead + lag]
        cross = np.fft.irfft(np.fft.rfft(b, size) * np.conj(np.fft.rfft(a, size)), size)[: lead + lag + 1]
        energy = np.concatenate([[0.0], np.cumsum(b.astype(np.float64) ** 2)])
        local = energy[length : length + lead + lag + 1] - energy[: lead + lag + 1]
        found[row] = cross / np.sqrt(np.maximum(local * float(np.vdot(a, a)), 1e-20))
    return found


def _residual(source: Samples, target: Samples, target_power: Power, lag: int, rate: int) -> Power:
    """The power of `target` that `source`, `lag` samples late, does not explain."""
    late = np.zeros_like(source)
    if lag >= 0:
        late[lag:] = source[: source.size - lag]
    else:
        late[:lag] = source[-lag:]
    length = round(HOP * rate)
    size = target_power.size
    shape = (size, length)
    cross = np.einsum(
        "bt,bt->b", late[: size * length].reshape(shape), target[: size * length].reshape(shape)
    )
    around = np.full(_COHERENCE_BLOCKS, 1 / _COHERENCE_BLOCKS)
    own = np.convolve(block_power(target, rate), around, mode="same")
    theirs = np.convolve(block_power(late, rate), around, mode="same")
    shared = np.convolve(cross.astype(np.float64) / length, around, mode="same") ** 2
    residual: Power = np.maximum(own - shared / np.maximum(theirs, 1e-12), 0.0)
    return residual


def _is_foreign(power: Power, source_power: Power, leak: _Leak) -> Mask:
    """Blocks that leakage explains: not louder than it by the margin, and, where the leakage is
    coherent, nothing of its own size left over once the leaking wave is taken out."""
    predicted = _predicted(source_power, leak)
    own = leak.residual > np.maximum(_OWN_RESIDUAL * predicted, 10 * noise_floor(power))
    foreign: Mask = (power < leak.margin * predicted) & ~own
    return foreign


def _by_envelope(source_power: Power, target_power: Power, loud: Mask, lag: int) -> NDArray[np.int_] | None:
    """Blocks of leakage that a codec has made incoherent but whose loudness still follows."""
    chosen = np.flatnonzero(loud[: loud.size - max(lag, 0)])
    if chosen.size < 10 * _MIN_WINDOWS:
        return None
    ours = 10 * np.log10(source_power[chosen] + 1e-12)
    theirs = 10 * np.log10(target_power[chosen + lag] + 1e-12)
    if ours.std() < 1e-6 or theirs.std() < 1e-6 or float(np.corrcoef(ours, theirs)[0, 1]) < _ENVELOPE:
        return None
    return chosen


def _predicted(power: Power, leak: _Leak) -> Power:
    """The most that leakage can bring in each block."""
    from scipy.ndimage import maximum_filter1d

    late = (
        np.concatenate([np.full(leak.lag, power[0]), power[: power.size - leak.lag]])
        if leak.lag > 0
        else power
    )
    size = _SPREAD_BEFORE + _SPREAD_AFTER + 1
    spread = maximum_filter1d(late, size, origin=(_SPREAD_AFTER - _SPREAD_BEFORE) // 2)
    predicted: Power = leak.gain * spread
    return predicted


def _cut(spans: Sequence[TimeSpan], foreign: Mask) -> tuple[TimeSpan, ...]:
    """The spans without their foreign parts: no crumbs, no holes shorter than a pause."""
    kept: list[TimeSpan] = []
    for span in merge_spans(spans):
        first, last = int(span.start / HOP), min(int(np.ceil(span.end / HOP)), foreign.size)
        part = foreign[first:last]
        if not part.any():
            kept.append(span)
            continue
        islands = [
            TimeSpan((first + start) * HOP, (first + end) * HOP)
            for start, end in runs(~part)
            if (end - start) * HOP >= _MIN_ISLAND
        ]
        for island in merge_spans(islands, max_gap=_GAP):
            if island.duration < _MIN_SPAN:
                continue
            start = span.start if island.start - span.start < _EDGE else island.start
            end = span.end if span.end - island.end < _EDGE else island.end
            kept.append(TimeSpan(start, max(start, end)))
    return tuple(kept)


def _mask(spans: Sequence[TimeSpan], size: int) -> Mask:
    mask = np.zeros(size, dtype=bool)
    for span in spans:
        mask[int(span.start / HOP) : int(np.ceil(span.end / HOP))] = True
    return mask


def _smooth(power: Power) -> Power:
    return np.convolve(power, np.full(3, 1 / 3), mode="same")
