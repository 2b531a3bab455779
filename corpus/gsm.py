"""GSM 06.10 full rate, the encoder: FFmpeg reads this codec but does not write it.

Written after ETSI EN 300 961 (GSM 06.10): pre-processing (§5.2.1), short-term prediction by log
area ratios (§5.2.4-10), long-term prediction (§5.2.11-12), regular pulse excitation
(§5.2.13-18), bits (table 1.1). In floating point where the standard has integers, so frames differ from
a conforming encoder's in the last bits; any decoder reads them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from samples.sound import Samples

FRAME = 160  # samples, 20 ms
FRAME_BYTES = 33
_SUBFRAME = 40
_LAGS = (40, 120)
_MAGIC = 0xD

_LAR_A = np.array([20, 20, 20, 20, 13.637, 15, 8.334, 8.824])
_LAR_B = np.array([0, 0, 4, -5, 0.184, -3.5, -0.666, -2.235])
_LAR_MIN = np.array([-32, -32, -16, -16, -8, -8, -4, -4])
_LAR_MAX = np.array([31, 31, 15, 15, 7, 7, 3, 3])
_LAR_BITS = (6, 6, 5, 5, 4, 4, 3, 3)
# Samples up to which the log area ratios are mixed, and the old frame's share in them.
_MIXED = ((13, 0.75), (27, 0.5), (40, 0.25), (FRAME, 0.0))
_GAIN_LIMITS = (0.2, 0.5, 0.8)
_GAINS = (3277 / 32768, 11469 / 32768, 21299 / 32768, 32767 / 32768)
_WEIGHTING = np.array([-134, -374, 0, 2054, 5741, 8192, 5741, 2054, 0, -374, -134]) / 8192
_MANTISSAS = (18431, 20479, 22527, 24575, 26623, 28671, 30719, 32767)


def encode(samples: Samples) -> bytes:
    """The frames of a raw ``.gsm`` file. `samples` (time) at 8 kHz, full scale 1; a last frame
    that is not full is filled with silence."""
    padded = np.pad(samples, (0, -len(samples) % FRAME)).astype(np.float64)
    levels = _prepared(padded)
    coded, ratios = _log_area_ratios(levels.reshape(-1, FRAME))
    residual = _short_term_residual(levels, ratios)
    past = np.zeros(_LAGS[1])
    out = bytearray()
    for number, lars in enumerate(coded):
        bits = [(_MAGIC, 4), *zip((lars - _LAR_MIN).tolist(), _LAR_BITS, strict=True)]
        for part in range(FRAME // _SUBFRAME):
            at = number * FRAME + part * _SUBFRAME
            more, past = _subframe(residual[at : at + _SUBFRAME], past)
            bits += more
        out += _packed(bits)
    return bytes(out)


def _prepared(samples: NDArray[np.float64]) -> NDArray[np.float64]:
    """13 bits in the standard's scale, without offset, high frequencies raised."""
    levels = np.floor(np.clip(samples, -1, 1) * 32767 / 8) * 4
    without_offset = signal.lfilter([1, -1], [1, -32735 / 32768], levels)
    return np.asarray(signal.lfilter([1, -28180 / 32768], [1], without_offset))


def _log_area_ratios(
    frames: NDArray[np.float64],
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Coded and decoded ratios, (frame, 8) each."""
    lags = np.stack([(frames[:, : FRAME - lag] * frames[:, lag:]).sum(axis=1) for lag in range(9)], axis=1)
    reflections = np.array([_schur(row) for row in lags])
    size = np.abs(reflections)
    ratios = np.sign(reflections) * np.select(
        [size < 0.675, size < 0.95], [size, 2 * size - 0.675], 8 * size - 6.375
    )
    coded = np.clip(np.round(_LAR_A * ratios + _LAR_B), _LAR_MIN, _LAR_MAX).astype(np.int64)
    return coded, (coded - _LAR_B) / _LAR_A


def _schur(lags: NDArray[np.float64]) -> list[float]:
    """Reflection coefficients out of nine autocorrelations."""
    found = [0.0] * 8
    if lags[0] <= 0:
        return found
    p = lags.tolist()
    k = [0.0, *p[1:8]]
    for n in range(8):
        if p[0] < abs(p[1]):
            break
        reflection = -p[1] / p[0] if p[0] else 0.0
        found[n] = reflection
        p[0] += p[1] * reflection
        for m in range(1, 8 - n):
            p[m], k[m] = p[m + 1] + k[m] * reflection, k[m] + p[m + 1] * reflection
    return found


def _short_term_residual(levels: NDArray[np.float64], ratios: NDArray[np.float64]) -> NDArray[np.float64]:
    """What the lattice of the decoded coefficients leaves of the signal."""
    out: list[float] = []
    state = [0.0] * 8
    before = np.zeros(8)
    for number, now in enumerate(ratios):
        begin = 0
        for end, old in _MIXED:
            reflections = _reflections(old * before + (1 - old) * now).tolist()
            for value in levels[number * FRAME + begin : number * FRAME + end].tolist():
                ahead, behind = value, value
                for i, r in enumerate(reflections):
                    delayed = state[i]
                    state[i] = behind
                    behind = delayed + r * ahead
                    ahead += r * delayed
                out.append(ahead)
            begin = end
        before = now
    return np.array(out)


def _reflections(ratios: NDArray[np.float64]) -> NDArray[np.float64]:
    size = np.abs(ratios)
    back = np.select([size < 0.675, size < 1.225], [size, 0.5 * size + 0.3375], 0.125 * size + 0.796875)
    return np.asarray(np.sign(ratios) * np.minimum(back, 32767 / 32768))


def _subframe(
    residual: NDArray[np.float64], past: NDArray[np.float64]
) -> tuple[list[tuple[int, int]], NDArray[np.float64]]:
    """Bits of 40 samples, and the decoder's last 120 samples of residual after them."""
    windows = np.lib.stride_tricks.sliding_window_view(past, _SUBFRAME)  # row j: lag 120 - j
    likeness = windows @ residual
    best = int(np.argmax(likeness))
    power = float((windows[best] ** 2).sum())
    gain = float(likeness[best]) / power if power > 0 else 0.0
    gain_code = sum(gain > limit for limit in _GAIN_LIMITS)
    predicted = _GAINS[gain_code] * windows[best]
    weighted = np.convolve(residual - predicted, _WEIGHTING)[5 : 5 + _SUBFRAME]
    grids = np.stack([weighted[grid : grid + 37 : 3] for grid in range(4)])
    grid = int(np.argmax((grids**2).sum(axis=1)))
    peak_code = _peak_code(float(np.abs(grids[grid]).max()))
    peak = _peak(peak_code)
    pulses = np.clip(np.floor(grids[grid] / peak * 4) + 4, 0, 7).astype(int)
    decoded = predicted.copy()
    decoded[grid : grid + 37 : 3] += (2 * pulses - 7) / 8 * peak
    bits = [(_LAGS[1] - best, 7), (gain_code, 2), (grid, 2), (peak_code, 6)]
    return bits + [(pulse, 3) for pulse in pulses.tolist()], np.concatenate([past[_SUBFRAME:], decoded])


def _peak_code(peak: float) -> int:
    """Six bits: steps of 32 up to 512, then eight steps to each octave."""
    level = int(min(peak, 32767))
    if level < 512:
        return level >> 5
    octave = level.bit_length() - 9
    return (octave << 3) + (level >> (octave + 5))


def _peak(code: int) -> float:
    exponent = (code >> 3) - 1 if code > 15 else 0
    mantissa = code - (exponent << 3)
    if mantissa == 0:
        exponent, mantissa = -4, 7
    else:
        while mantissa <= 7:
            mantissa = mantissa << 1 | 1
            exponent -= 1
        mantissa -= 8
    return float(_MANTISSAS[mantissa] * 2.0 ** (exponent - 6))


def _packed(bits: list[tuple[int, int]]) -> bytes:
    number = 0
    for value, width in bits:
        number = number << width | value
    return number.to_bytes(FRAME_BYTES, "big")
