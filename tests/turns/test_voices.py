"""How speakers sound: over which stretches it is heard, and how prints are made and compared."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from callqa.data import Turn
from callqa.data.voices import AgentVoice, SpeakerVoice
from callqa.turns.voices import EDGE, MIN_VOICE, MOST_VOICE, alone, hear_voices, likeness, voice_print

A, B = "SPEAKER_00", "SPEAKER_01"


class Encoder:
    """Gives each stretch the mean of its frames; a recording's frames are its samples."""

    def __init__(self) -> None:
        self.frames: list[int] = []

    def mel(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        return samples[::160, None] * np.array([[1.0, 2.0]], np.float32) + np.array([[0.0, 1.0]], np.float32)

    def embed(self, mel: NDArray[np.float32], stretches: list[NDArray[np.int64]]) -> NDArray[np.float32]:
        self.frames.append(sum(len(item) for item in stretches))
        return np.array([mel[item].mean(axis=0) for item in stretches], np.float32)


def samples_with(seconds: float, *loud: tuple[float, float]) -> NDArray[np.float32]:
    samples = np.zeros((1, round(seconds * 16_000)), np.float32)
    for start, end in loud:
        samples[0, round(start * 16_000) : round(end * 16_000)] = 1.0
    return samples


def test_a_voice_is_heard_where_nobody_else_speaks() -> None:
    turns = [Turn(0, 5, A), Turn(4, 10, B), Turn(10.5, 11.0, A), Turn(12, 14, A)]
    assert [(round(span.start, 2), round(span.end, 2)) for span in alone(turns, A)] == [
        (EDGE, 4 - EDGE),
        (12 + EDGE, 14 - EDGE),
    ]
    first, second = hear_voices(Encoder(), samples_with(15, (5, 10)), turns, "e")  # type: ignore[arg-type]
    assert (first.speaker, second.speaker) == (A, B)
    assert first.seconds == pytest.approx(5.8)
    assert second.seconds == pytest.approx(4.9)
    assert first.vector == pytest.approx((0, 1))
    assert second.vector == pytest.approx((1 / 10**0.5, 3 / 10**0.5))
    assert first.model == "e"


def test_who_says_little_has_no_voice_and_who_says_much_is_heard_in_part() -> None:
    few = [Turn(0, MIN_VOICE - 0.1, A), Turn(10, 16, B)]
    assert [voice.speaker for voice in hear_voices(Encoder(), samples_with(20), few, "e")] == [B]  # type: ignore[arg-type]
    encoder = Encoder()
    many = [Turn(10 * n, 10 * n + 9, A) for n in range(30)]
    (voice,) = hear_voices(encoder, samples_with(300), many, "e")  # type: ignore[arg-type]
    assert MOST_VOICE <= voice.seconds < MOST_VOICE + 9
    assert encoder.frames == [pytest.approx(100 * voice.seconds, abs=20)]


def test_each_party_is_heard_on_its_own_channel() -> None:
    samples = np.concatenate([samples_with(20), samples_with(20, (0, 20))])
    turns = [Turn(0, 6, A, 0), Turn(7, 13, B, 1)]
    first, second = hear_voices(Encoder(), samples, turns, "e")  # type: ignore[arg-type]
    assert first.vector == pytest.approx((0, 1))
    assert second.vector == pytest.approx((1 / 10**0.5, 3 / 10**0.5))


def test_a_print_is_the_mean_by_seconds() -> None:
    voices = [SpeakerVoice(A, (1.0, 0.0), 30.0, "e"), SpeakerVoice(B, (0.0, 1.0), 40.0, "e")]
    known = voice_print(voices)
    assert known == AgentVoice(pytest.approx((0.6, 0.8)), 2, 70.0, "e")
    assert voice_print([]) is None


def test_likeness_is_the_cosine_and_only_within_one_encoder() -> None:
    known = AgentVoice((0.6, 0.8), 1, 10.0, "e")
    voices = [SpeakerVoice(A, (0.6, 0.8), 5.0, "e"), SpeakerVoice(B, (1.0, 0.0), 5.0, "other")]
    assert likeness(voices, known) == {A: pytest.approx(1.0)}
