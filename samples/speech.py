"""Kokoro speaks one sentence, and says when each character of it was spoken.

The ONNX file gives out only sound. Its predicted phoneme durations exist inside the graph; they
are made a second output by appending them to the file's protobuf, whose parsers merge a message
that occurs twice. So times come from the synthesis itself and are exact to a frame (25 ms).
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from samples.phonemes import phonemes_of

Samples = NDArray[np.float32]

RATE_HZ = 24_000
_DURATIONS = b"/encoder/Clip_output_0"
_FRAME = 240  # 10 ms
_MAX_PAUSE = 0.38  # a longer pause inside a sentence is shortened to this, so that it makes no new turn
_SILENCE_DB = -32.0  # against the sentence's loud parts


@dataclass(frozen=True, slots=True)
class Spoken:
    """`samples` at `RATE_HZ`, no silence at its ends. `chars[i]` are the start and end of the
    text's character `i`, or None where it has no sound. `active` marks speech in 10 ms frames."""

    text: str
    samples: Samples
    chars: tuple[tuple[float, float] | None, ...]
    active: NDArray[np.bool_]

    @property
    def duration(self) -> float:
        """Seconds."""
        return len(self.samples) / RATE_HZ


class Synthesizer:
    """`folder` holds kokoro.onnx, vocab.json and voices/NAME.bin."""

    def __init__(self, folder: Path) -> None:
        import onnxruntime

        model = (folder / "kokoro.onnx").read_bytes()
        value = b"\x0a" + bytes([len(_DURATIONS)]) + _DURATIONS  # ValueInfoProto.name
        graph = b"\x62" + bytes([len(value)]) + value  # GraphProto.output
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = min(2, len(os.sched_getaffinity(0)))
        # Threads that wait by spinning take the processor from everybody else on a busy machine.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 3
        self._session: Any = onnxruntime.InferenceSession(
            model + b"\x3a" + bytes([len(graph)]) + graph, options
        )
        self._symbols: dict[str, int] = json.loads((folder / "vocab.json").read_text("utf-8"))["vocab"]
        self._folder = folder

    def speak(self, text: str, language: str, voice: str, speed: float) -> Spoken:
        """One sentence in one voice; ``a+b`` is a voice halfway between two."""
        phonemes = phonemes_of(text, language, british=voice.startswith("b"))
        known = [
            (self._symbols[symbol], origin)
            for symbol, origin in zip(phonemes.symbols, phonemes.origin, strict=True)
            if symbol in self._symbols
        ]
        halves = [self._styles(name) for name in voice.split("+")]
        styles = np.asarray(np.mean(halves, axis=0), np.float32)
        tokens = np.array([[0, *(token for token, _ in known), 0]], np.int64)
        samples, durations = self._run(tokens, styles[min(len(known), 509)], voice, speed)
        step = len(samples) / float(durations.sum()) / RATE_HZ
        ends = np.cumsum(durations.ravel()) * step
        chars: list[tuple[float, float] | None] = [None] * len(text)
        for index, (_, origin) in enumerate(known, start=1):
            if not text[origin].isalnum():
                continue
            before = chars[origin]
            chars[origin] = (before[0] if before else float(ends[index - 1]), float(ends[index]))
        if language == "en":
            _spread_over_words(text, chars)
        return _trim(text, samples, chars)

    def _styles(self, voice: str) -> Samples:
        return np.fromfile(self._folder / "voices" / f"{voice}.bin", np.float32).reshape(510, 1, 256)

    def _run(
        self, tokens: NDArray[np.int64], style: Samples, voice: str, speed: float
    ) -> tuple[Samples, NDArray[np.float32]]:
        # Speaking takes minutes for all calls together, so what was once spoken is kept.
        key = hashlib.sha256(tokens.tobytes() + f"{voice} {speed:.3f}".encode()).hexdigest()[:24]
        kept = self._folder / "spoken" / f"{key}.npz"
        if kept.exists():
            with np.load(kept) as arrays:
                return arrays["samples"], arrays["durations"]
        audio, durations = self._session.run(
            None, {"tokens": tokens, "style": style, "speed": np.array([speed], np.float32)}
        )
        samples = np.asarray(audio, np.float32).ravel()
        kept.parent.mkdir(exist_ok=True)
        np.savez(kept, samples=samples, durations=durations)
        return samples, durations


def _spread_over_words(text: str, chars: list[tuple[float, float] | None]) -> None:
    """Give every letter of an English word an even part of the word's time: phonemes belong to
    words there, not to letters. A word that espeak ran together with the one before gets its end."""
    end = 0.0
    for word in re.finditer(r"[A-Za-z0-9'’]+", text):
        known = [pair for pair in chars[word.start() : word.end()] if pair is not None]
        start, end = (known[0][0], known[-1][1]) if known else (end, end)
        step = (end - start) / len(word.group())
        for index in range(len(word.group())):
            chars[word.start() + index] = (start + index * step, start + (index + 1) * step)


def _trim(text: str, samples: Samples, chars: list[tuple[float, float] | None]) -> Spoken:
    """Cut silence off both ends and shorten long pauses inside, moving the times along."""
    frames = samples[: len(samples) // _FRAME * _FRAME].reshape(-1, _FRAME)
    level = 10 * np.log10((frames.astype(np.float64) ** 2).mean(axis=1) + 1e-12)
    active = level > np.percentile(level, 95) + _SILENCE_DB
    on = np.flatnonzero(active)
    keep = np.zeros(len(active), bool)
    keep[on[0] : on[-1] + 1] = True
    max_frames = round(_MAX_PAUSE * 100)
    for left, right in pairwise(on):
        surplus = right - left - 1 - max_frames
        if surplus > 0:
            middle = left + 1 + max_frames // 2
            keep[middle : middle + surplus] = False
    # Where each old frame's start lies in the new sound.
    moved = np.concatenate([[0], np.cumsum(keep)]) / 100
    last = len(keep)

    def move(time: float) -> float:
        return float(moved[min(round(time * 100), last)])

    kept = frames[keep].ravel().copy()
    ramp = np.linspace(0, 1, _FRAME // 2, dtype=np.float32)
    kept[: len(ramp)] *= ramp
    kept[-len(ramp) :] *= ramp[::-1]
    return Spoken(
        text,
        kept,
        tuple((move(pair[0]), move(pair[1])) if pair else None for pair in chars),
        active[keep],
    )
