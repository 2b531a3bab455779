"""How each speaker of a call sounds, and how much that is like an agent whose voice is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from callqa.data import TimeSpan, Turn, subtract
from callqa.data.voices import AgentVoice, SpeakerVoice
from callqa.turns.embeddings import HOP_SAMPLES, SAMPLE_RATE_HZ, SpeakerEncoder

MIN_STRETCH = 0.8  # seconds; of less the encoder tells little
MIN_VOICE = 4.0  # seconds of a speaker below which the call's voice is not taken
MOST_VOICE = 60.0  # seconds after which more speech says nothing new
EDGE = 0.05  # seconds left out at both ends of a stretch, where turns touch

Samples = NDArray[np.float32]


def hear_voices(
    encoder: SpeakerEncoder, samples: Samples, turns: Sequence[Turn], model: str
) -> tuple[SpeakerVoice, ...]:
    """The voice of each speaker of `turns` over the longest stretches in which nobody else
    speaks. `samples` are the working channels (channel, time) at 16 kHz. Speakers with less than
    `MIN_VOICE` seconds of such speech are left out."""
    rate = SAMPLE_RATE_HZ / HOP_SAMPLES
    mels: dict[int, NDArray[np.float32]] = {}
    found = []
    for speaker in sorted({turn.speaker for turn in turns}):
        own = [turn for turn in turns if turn.speaker == speaker]
        channel = own[0].channel
        spans = _longest(alone(turns, speaker))
        seconds = float(sum(span.duration for span in spans))
        if seconds < MIN_VOICE:
            continue
        if channel not in mels:
            mels[channel] = encoder.mel(samples[channel])
        mel = mels[channel]
        frames = [np.arange(int(span.start * rate), min(len(mel), int(span.end * rate))) for span in spans]
        vectors = encoder.embed(mel, frames)
        total = np.sum(vectors * np.array([len(item) for item in frames], np.float32)[:, None], axis=0)
        found.append(SpeakerVoice(speaker, _unit(total), seconds, model))
    return tuple(found)


def alone(turns: Sequence[Turn], speaker: str) -> list[TimeSpan]:
    """The stretches of at least `MIN_STRETCH` seconds in which `speaker` alone speaks."""
    own = [turn.span for turn in turns if turn.speaker == speaker]
    others = [turn.span for turn in turns if turn.speaker != speaker]
    return [
        TimeSpan(span.start + EDGE, span.end - EDGE)
        for span in subtract(own, others)
        if span.duration >= MIN_STRETCH + 2 * EDGE
    ]


def voice_print(voices: Sequence[SpeakerVoice]) -> AgentVoice | None:
    """The print of an agent from the agent's voice in several calls, a call with more speech
    weighing more. None of no calls. All must come from one encoder."""
    if not voices:
        return None
    vectors = np.array([voice.vector for voice in voices], np.float32)
    weights = np.array([voice.seconds for voice in voices], np.float32)
    seconds = float(weights.sum())
    return AgentVoice(_unit(weights @ vectors), len(voices), seconds, voices[0].model)


def likeness(voices: Sequence[SpeakerVoice], known: AgentVoice) -> Mapping[str, float]:
    """Cosine of each speaker's voice with the print; nothing where another encoder made it."""
    return {
        voice.speaker: float(np.dot(voice.vector, known.vector))
        for voice in voices
        if voice.model == known.model
    }


def _longest(spans: Sequence[TimeSpan]) -> list[TimeSpan]:
    taken, seconds = [], 0.0
    for span in sorted(spans, key=lambda item: -item.duration):
        if seconds >= MOST_VOICE:
            break
        taken.append(span)
        seconds += span.duration
    return taken


def _unit(vector: NDArray[np.float32]) -> tuple[float, ...]:
    scaled = vector / max(float(np.linalg.norm(vector)), 1e-9)
    return tuple(float(value) for value in scaled)
