"""Synthetic sound and files of it, in the formats that recorders write."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

Samples = NDArray[np.float32]
WriteAudio = Callable[..., Path]
Voice = Callable[..., Samples]


@pytest.fixture
def write_audio(tmp_path: Path) -> WriteAudio:
    """Write `(channel, time)` samples with one of FFmpeg's encoders."""

    def write(
        name: str,
        samples: Samples,
        rate: int,
        codec: str,
        container: str | None = None,
        bit_rate: int | None = None,
    ) -> Path:
        import av

        path = tmp_path / name
        layout = {1: "mono", 2: "stereo", 6: "5.1"}[samples.shape[0]]
        with av.open(str(path), "w", format=container) as output:
            stream = output.add_stream(codec, rate=rate)
            stream.codec_context.layout = layout
            if bit_rate:
                stream.bit_rate = bit_rate
            frame = av.AudioFrame.from_ndarray(
                np.ascontiguousarray(samples, dtype=np.float32), format="fltp", layout=layout
            )
            frame.sample_rate, frame.pts, frame.time_base = rate, 0, Fraction(1, rate)
            converter = av.AudioResampler(format=stream.codec_context.format, layout=layout, rate=rate)
            fifo = av.AudioFifo()
            for part in [*converter.resample(frame), *converter.resample(None)]:
                fifo.write(part)
            size = stream.codec_context.frame_size or 1024
            while part := fifo.read(size, partial=True):
                output.mux(stream.encode(part))
            output.mux(stream.encode(None))
        return path

    return write


@pytest.fixture
def voice() -> Voice:
    """Something like a voice `(time,)`: harmonics that move, in syllables, with pauses.

    `spans` are the seconds in which it speaks; `seed` makes it another voice.
    """

    def make(
        seconds: float,
        spans: list[tuple[float, float]],
        seed: int = 0,
        rate: int = 16_000,
        level: float = 0.1,
    ) -> Samples:
        rng = np.random.default_rng(seed)
        time = np.arange(int(seconds * rate)) / rate
        pitch = 110 + 60 * rng.random() + 25 * np.sin(2 * np.pi * (0.7 + rng.random()) * time + seed)
        phase = 2 * np.pi * np.cumsum(pitch) / rate
        sound = sum(rng.random() * np.cos(k * phase + rng.random() * 6) for k in range(2, 22))
        syllables = np.abs(np.sin(np.pi * (3.5 + 2 * rng.random()) * time + rng.random())) ** 1.5
        speaking = np.zeros_like(time)
        for start, end in spans:
            speaking[int(start * rate) : int(end * rate)] = 1
        sound = np.asarray(sound) * syllables * speaking
        scale = level / max(float(np.sqrt(np.mean(sound[speaking > 0] ** 2))), 1e-9)
        return (sound * scale + rng.standard_normal(time.size) * 1e-4).astype(np.float32)

    return make
