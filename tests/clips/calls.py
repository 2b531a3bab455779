"""A call as sound and as facts: every word is a tone of its own, so that a clip tells what is in it."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from callqa.data import (
    CallAnalysis,
    CallFacts,
    Coverage,
    Role,
    Roles,
    TimeSpan,
    Turn,
    TurnAcoustics,
    Utterance,
    Word,
)
from tests.synthetic import make_analysis, make_facts

RATE_HZ = 16_000
SECONDS_A_CHAR = 0.25


def make_call(
    lines: Sequence[tuple[Role, float, str]],
    duration: float,
    *,
    channels: Sequence[int] = (0, 0),
    untranscribed: Sequence[TimeSpan] = (),
) -> CallAnalysis:
    """A judged call; each line is who speaks, when, and what, one character a word. `channels` are those of
    agent and customer."""
    turns, utterances = [], []
    for role, start, text in lines:
        speaker = "SPEAKER_00" if role is Role.AGENT else "SPEAKER_01"
        channel = channels[role is Role.CUSTOMER]
        words = tuple(
            Word(start + index * SECONDS_A_CHAR, start + (index + 1) * SECONDS_A_CHAR, char, 0.9)
            for index, char in enumerate(text)
        )
        end = start + len(text) * SECONDS_A_CHAR
        turns.append(Turn(start, end, speaker, channel, role))
        utterances.append(Utterance(start, end, speaker, words, channel, role, ""))
    facts: CallFacts = dataclasses.replace(
        make_facts(),
        turns=tuple(turns),
        utterances=tuple(utterances),
        coverage=Coverage(duration, 0.0, tuple(untranscribed)),
        acoustics=tuple(TurnAcoustics(turn.start, turn.end, turn.speaker, 1.0, 4) for turn in turns),
        roles=Roles(True, 0.99, "signs", {"SPEAKER_00": Role.AGENT, "SPEAKER_01": Role.CUSTOMER}),
        recording=dataclasses.replace(make_facts().recording, duration=duration, agent_name="李娜"),
    )
    return make_analysis(facts)


def sound_of(
    analysis: CallAnalysis, num_channels: int = 1, levels: tuple[float, float] = (0.1, 0.1)
) -> NDArray[np.float32]:
    """The call's sound `(channel, time)`: agents at 300 Hz, customers at 500 Hz, numbers at 2500 Hz;
    `levels` are the amplitudes of agent and customer."""
    facts = analysis.facts
    samples = np.zeros((num_channels, round(facts.recording.duration * RATE_HZ)), np.float32)
    for item in facts.utterances:
        for word in item.words:
            customer = item.role is Role.CUSTOMER
            pitch = 2500 if word.text in "零一二三四五六七八九幺" else 500 if customer else 300
            first, end = round(word.start * RATE_HZ), round(word.end * RATE_HZ)
            times = np.arange(end - first) / RATE_HZ
            samples[item.channel, first:end] += levels[customer] * np.sin(2 * np.pi * pitch * times)
    return samples


def power_at(samples: NDArray[np.float32], frequency_hz: float) -> float:
    """Mean square of what lies within 60 Hz of a frequency."""
    spectrum = np.abs(np.fft.rfft(samples)) ** 2 / max(1, samples.size) ** 2 * 2
    frequencies = np.fft.rfftfreq(samples.size, 1 / RATE_HZ)
    return float(spectrum[np.abs(frequencies - frequency_hz) < 60].sum())
