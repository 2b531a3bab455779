"""Writing and reading audio files with PyAV, and how far an encoder moved the sound."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import signal

Samples = NDArray[np.float32]

# ending and flavour -> encoder, container, sample format, bit rate, rate of the file
FORMATS: dict[str, tuple[str, str, str, int | None, int]] = {
    "wav": ("pcm_s16le", "wav", "s16", None, 8000),
    "wav-mulaw": ("pcm_mulaw", "wav", "s16", None, 8000),
    "wav-alaw": ("pcm_alaw", "wav", "s16", None, 8000),
    "mp3": ("libmp3lame", "mp3", "s16p", 24_000, 8000),
    "mp3-16kb": ("libmp3lame", "mp3", "s16p", 16_000, 8000),
    "mp3-16k": ("libmp3lame", "mp3", "s16p", 32_000, 16_000),
    "flac": ("flac", "flac", "s16", None, 8000),
    "m4a": ("aac", "ipod", "fltp", 24_000, 8000),
    "ogg": ("libopus", "ogg", "flt", 20_000, 8000),
    "ogg-8kb": ("libopus", "ogg", "flt", 8_000, 8000),
    "amr-4.75kb": ("libopencore_amrnb", "amr", "s16", 4_750, 8000),
    "amr": ("libopencore_amrnb", "amr", "s16", 12_200, 8000),
    "wma": ("wmav2", "asf", "fltp", 24_000, 8000),
}


def write(path: Path, samples: Samples, kind: str) -> None:
    """Write `samples` (channel, time) at 8 kHz."""
    import av

    codec, container, sample_format, bit_rate, rate_hz = FORMATS[kind]
    if rate_hz != 8000:
        samples = signal.resample_poly(samples, rate_hz // 8000, 1, axis=1).astype(np.float32)
    if codec == "wmav2":
        # FFmpeg's decoder drops the first half block.
        samples = np.pad(samples, ((0, 0), (512, 0)))
    layout = "mono" if len(samples) == 1 else "stereo"
    whole = (np.clip(samples, -1, 32767 / 32768) * 32768).round().astype(np.int16)
    options = {"fflags": "+bitexact"}
    with av.open(str(path), "w", format=container, options=options) as out:
        stream: Any = out.add_stream(codec, rate=rate_hz, layout=layout)
        if bit_rate:
            stream.bit_rate = bit_rate * len(samples)
        resampler = av.AudioResampler(format=sample_format, layout=layout, rate=rate_hz)
        fifo = av.AudioFifo()
        interleaved = np.ascontiguousarray(whole.T).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(interleaved, format="s16", layout=layout)
        frame.sample_rate, frame.pts, frame.time_base = rate_hz, 0, Fraction(1, rate_hz)
        for piece in [*resampler.resample(frame), *resampler.resample(None)]:
            fifo.write(piece)
        size = stream.codec_context.frame_size or 1024
        while (block := fifo.read(size, partial=True)) is not None:
            out.mux(stream.encode(block))
        out.mux(stream.encode(None))


def read(path: Path) -> tuple[Samples, int]:
    """Samples (channel, time) and their rate."""
    import av

    with av.open(str(path)) as source:
        stream = source.streams.audio[0]
        rate_hz = stream.rate
        pieces = [
            piece.to_ndarray()
            for frame in source.decode(stream)
            for piece in av.AudioResampler(format="fltp").resample(frame)
        ]
    return np.concatenate(pieces, axis=1), rate_hz


def shift_of(original: Samples, decoded: Samples, rate_hz: int) -> float:
    """Seconds by which `decoded` lags behind `original` (both (channel, time), `original` at
    8 kHz), where their cross-correlation is highest."""
    if rate_hz != 8000:
        divisor = int(np.gcd(8000, rate_hz))
        decoded = signal.resample_poly(decoded, 8000 // divisor, rate_hz // divisor, axis=1)
    length = min(original.shape[1], decoded.shape[1])
    product = signal.correlate(decoded[0, :length], original[0, :length], method="fft")
    around = slice(length - 1 - 2000, length + 2000)
    return (int(np.argmax(product[around])) - 2000) / 8000
