"""Samples to a file that browsers play."""

from __future__ import annotations

from fractions import Fraction
from io import BytesIO
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Format = Literal["mp3", "wav"]

_CODECS = {"mp3": "libmp3lame", "wav": "pcm_s16le"}
_BIT_RATE = 48_000
_FRAME = 1152


def encode(samples: NDArray[np.float32], sample_rate_hz: int, kind: Format) -> bytes:
    """A whole file of mono `samples` `(time,)` in [-1, 1], without any tags."""
    import av

    target = BytesIO()
    with av.open(target, "w", format=kind) as container:
        stream = container.add_stream(_CODECS[kind], rate=sample_rate_hz)
        stream.layout = "mono"
        if kind == "mp3":
            stream.bit_rate = _BIT_RATE
        whole = np.round(np.clip(samples, -1, 1) * 32767).astype(np.int16)
        resampler = av.AudioResampler(format=stream.format, layout="mono", rate=sample_rate_hz)
        for first in range(0, whole.size, _FRAME):
            block = np.ascontiguousarray(whole[None, first : first + _FRAME])
            frame = av.AudioFrame.from_ndarray(block, format="s16", layout="mono")
            frame.sample_rate = sample_rate_hz
            frame.pts = first
            frame.time_base = Fraction(1, sample_rate_hz)
            for ready in resampler.resample(frame):
                container.mux(stream.encode(ready))
        container.mux(stream.encode(None))
    return target.getvalue()
