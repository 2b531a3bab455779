"""Short sounds for reports: stretches of a recording with a tone over personal data."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from callqa.data import CallFacts, TimeSpan

RATE_HZ = 16_000
LONGEST = 20.0
"""Seconds of a snippet; longer evidence is cut there."""
_SHORTEST = 0.1  # s; less is nothing to hear
_CONTEXT = 0.8  # s before and after, so that the first and last word are whole
_LEAST = 6.0  # s; shorter evidence is heard with more of what is around it
_BIT_RATE = 32_000
_TONE_HZ = 1000.0
_TONE_LEVEL = 0.08
_FADE = 0.02  # s, so that nothing clicks
_PEAK = 0.7
_CHUNK = 1 << 20

Samples = NDArray[np.float32]
Missing = Literal["audio_gone", "audio_changed", "audio_unreadable"]


@dataclass(frozen=True, slots=True)
class Sound:
    """One call's audio, `samples` (time) mono at `RATE_HZ`, with personal data covered already."""

    samples: Samples

    def snippet(self, start: float, end: float) -> str | None:
        """A stretch, in seconds, with a little before and after it, as a ``data:`` address of MP3; None
        where the sound ends before it."""
        end = min(end, start + LONGEST)
        context = max(_CONTEXT, (_LEAST - (end - start)) / 2)
        first = max(0, round((start - context) * RATE_HZ))
        piece = self.samples[first : round((end + context) * RATE_HZ)].copy()
        if piece.size < _SHORTEST * RATE_HZ:
            return None
        peak = float(np.abs(piece).max(initial=0.0))
        if peak > 0:
            piece *= _PEAK / peak
        ramp = np.linspace(0, 1, min(round(_FADE * RATE_HZ), piece.size // 2), dtype=np.float32)
        piece[: ramp.size] *= ramp
        piece[piece.size - ramp.size :] *= ramp[::-1]
        return "data:audio/mpeg;base64," + base64.b64encode(_mp3(piece)).decode("ascii")


def find_recording(call_id: str, paths: Sequence[str]) -> Path | Missing:
    """The file of a call's audio where it is still there, else why not. A file counts only where its
    SHA-256 begins with the call's id: another one in its place is never played."""
    found = [Path(path) for path in paths if Path(path).is_file()]
    for path in found:
        try:
            if _digest(path).startswith(call_id):
                return path
        except OSError:
            return "audio_unreadable"
    return "audio_changed" if found else "audio_gone"


def cover(samples: Samples, facts: CallFacts, personal: Iterable[TimeSpan]) -> Sound:
    """A call's sound, `samples` (time) mono at `RATE_HZ`, as it may be played: a tone over personal
    data, silence where speech has no words, since nobody can tell what is said there."""
    samples = samples.copy()
    for span in facts.coverage.untranscribed:
        samples[_slice(span)] = 0
    for removed in facts.coverage.removed:
        samples[_slice(TimeSpan(removed.start, removed.end))] = 0
    for span in personal:
        part = samples[_slice(span)]
        part[:] = _TONE_LEVEL * np.sin(2 * np.pi * _TONE_HZ / RATE_HZ * np.arange(part.size))
    return Sound(samples)


def _slice(span: TimeSpan) -> slice:
    return slice(int(span.start * RATE_HZ), int(np.ceil(span.end * RATE_HZ)))


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _mp3(samples: Samples) -> bytes:
    import av

    out = BytesIO()
    with av.open(out, "w", format="mp3") as container:
        # Level 7 of 9 takes little more than half the time of the default.
        options = {"compression_level": "7"}
        stream: Any = container.add_stream("libmp3lame", rate=RATE_HZ, layout="mono", options=options)
        stream.bit_rate = _BIT_RATE
        stream.format = "fltp"
        frame = av.AudioFrame.from_ndarray(samples[np.newaxis], format="fltp", layout="mono")
        frame.sample_rate = RATE_HZ
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            container.mux(packet)
    return out.getvalue()
