"""What surrounds speech on a telephone line: the band, the codec, tones, music, noise."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import signal

Samples = NDArray[np.float32]

RATE_HZ = 8_000
_BAND_HZ = (300, 3400)


def to_line(samples: Samples, rate_hz: int) -> Samples:
    """Band-limited to 300-3400 Hz and brought to 8 kHz; no delay (zero-phase filter)."""
    low, high = _BAND_HZ
    sos = signal.butter(5, [low, high], "bandpass", fs=rate_hz, output="sos")
    filtered = signal.sosfiltfilt(sos, samples, padlen=min(300, len(samples) - 1))
    divisor = np.gcd(RATE_HZ, rate_hz)
    resampled = signal.resample_poly(filtered, RATE_HZ // divisor, rate_hz // divisor)
    return np.asarray(resampled, np.float32)


def mulaw_round_trip(samples: Samples) -> Samples:
    """G.711 mu-law, 8 bits, there and back (the continuous curve, mu = 255)."""
    clipped = np.clip(samples, -1, 1)
    code = np.round(np.sign(clipped) * np.log1p(255 * np.abs(clipped)) / np.log(256) * 127) / 127
    return np.asarray(np.sign(code) * (256 ** np.abs(code) - 1) / 255, np.float32)


def alaw_round_trip(samples: Samples) -> Samples:
    """G.711 A-law, 8 bits, there and back (the continuous curve, A = 87.6)."""
    size = np.abs(np.clip(samples, -1, 1))
    scale = 1 + np.log(87.6)
    with np.errstate(divide="ignore"):
        code = np.where(size < 1 / 87.6, 87.6 * size, 1 + np.log(np.maximum(87.6 * size, 1e-9))) / scale
    code = np.round(code * 127) / 127
    back = np.where(code < 1 / scale, code * scale / 87.6, np.exp(code * scale - 1) / 87.6)
    return np.asarray(np.sign(samples) * back, np.float32)


def ringback(seconds: float) -> Samples:
    """China's ringing tone: 450 Hz, one second on, four off."""
    time = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    return (0.12 * np.sin(2 * np.pi * 450 * time) * ((time % 5) < 1)).astype(np.float32)


def hold_music(seconds: float, rng: np.random.Generator) -> Samples:
    """A slow arpeggio over four chords, made of decaying partials."""
    chords = [(57, 60, 64, 69), (53, 57, 60, 65), (48, 55, 60, 64), (55, 59, 62, 67)]
    out = np.zeros(round(seconds * RATE_HZ) + 2 * RATE_HZ, np.float64)
    beat = 0.28
    for number in range(int(seconds / beat)):
        chord = chords[number // 8 % 4]
        note = chord[int(rng.integers(4))] + (12 if number % 2 else 0)
        pitch = 440 * 2 ** ((note - 69) / 12)
        time = np.arange(round(1.4 * RATE_HZ)) / RATE_HZ
        tone = sum(
            np.sin(2 * np.pi * pitch * k * time) * np.exp(-time * (2 + k)) / k**1.3 for k in range(1, 6)
        )
        at = round(number * beat * RATE_HZ)
        out[at : at + len(time)] += tone
    music = out[: round(seconds * RATE_HZ)]
    fade = np.minimum(1, np.minimum(np.arange(len(music)), np.arange(len(music))[::-1]) / (0.3 * RATE_HZ))
    return to_line((0.09 * music / np.sqrt((music**2).mean()) * fade).astype(np.float32), RATE_HZ)


def background(
    kind: str, length: int, speech: list[Samples], rng: np.random.Generator
) -> NDArray[np.float64]:
    """Noise of unit power. `speech` is what an office's babble is made of, played backwards and
    many times over itself so that no word is left in it."""
    line = signal.lfilter([1], [1, -0.7], rng.standard_normal(length))
    noise = 0.35 * line / np.sqrt((line**2).mean())
    if kind == "office":
        babble = np.zeros(length)
        joined = np.concatenate(speech)[::-1].astype(np.float64)
        for _ in range(12):
            shifted = np.roll(np.resize(joined, length), int(rng.integers(length)))
            babble += np.roll(shifted, int(rng.integers(length))) * rng.uniform(0.6, 1.2)
        noise += babble / np.sqrt((babble**2).mean())
    elif kind == "keyboard":
        keys = np.zeros(length)
        at = 0
        while (at := at + int(rng.exponential(0.35) * RATE_HZ) + 500) < length - 400:
            stroke = rng.standard_normal(160) * np.exp(-np.arange(160) / 30)
            keys[at : at + 160] += stroke * rng.uniform(0.4, 1)
        noise += keys / np.sqrt((keys**2).mean() + 1e-12)
    elif kind == "hum":
        time = np.arange(length) / RATE_HZ
        noise += sum(np.sin(2 * np.pi * 50 * k * time + k) / k for k in (6, 7, 8, 10, 12)) * 2
    return np.asarray(noise / np.sqrt((noise**2).mean()))


def level_of(samples: Samples, active: NDArray[np.bool_] | None = None) -> float:
    """RMS, over the active 10 ms frames where they are given."""
    if active is not None:
        size = len(samples) // len(active)
        samples = samples[: size * len(active)].reshape(-1, size)[active].ravel()
    return float(np.sqrt((samples.astype(np.float64) ** 2).mean()))
