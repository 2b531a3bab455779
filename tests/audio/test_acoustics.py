from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from callqa.audio.acoustics import turn_acoustics
from callqa.config import Settings
from callqa.data import Turn

RATE = 16_000


def vowels(starts: list[float], pitch_hz: float = 150, seconds: float = 6.0, length: float = 0.15) -> Any:
    """Syllables like pulses of a vowel, each at the given second."""
    time = np.arange(int(seconds * RATE)) / RATE
    sound = sum(np.cos(2 * np.pi * k * pitch_hz * time) / k**0.5 for k in range(1, 25))
    envelope = np.zeros_like(time)
    for start in starts:
        inside = (time >= start) & (time < start + length)
        envelope[inside] = np.sin(np.pi * (time[inside] - start) / length)
    noise = np.random.default_rng(0).standard_normal(time.size) * 2e-4
    return (0.05 * np.asarray(sound) * envelope + noise).astype(np.float32)[None]


def describe(samples: Any, *turns: Turn) -> Any:
    return turn_acoustics(samples, turns, Settings())


def test_nuclei_are_counted_within_the_turn() -> None:
    samples = vowels([0.5 + 0.2 * i for i in range(20)])
    whole, half = describe(samples, Turn(0.0, 6.0, "A"), Turn(0.45, 2.47, "A"))
    assert whole.num_nuclei == 20
    assert half.num_nuclei == 10


def test_unvoiced_peaks_are_no_syllables() -> None:
    noise = np.random.default_rng(1).standard_normal(6 * RATE)
    pulses = (np.sin(2 * np.pi * 2.5 * np.arange(noise.size) / RATE) > 0.5) * noise * 0.1
    (found,) = describe(pulses.astype(np.float32)[None], Turn(0.0, 6.0, "A"))
    assert found.num_nuclei <= 2


def test_speaking_time_leaves_out_long_pauses_only() -> None:
    # Syllables touch each other; the 0.1 s pause after 1.5 s stays in, the 1 s one does not.
    starts = (
        [0.5 + 0.2 * i for i in range(5)]
        + [1.6 + 0.2 * i for i in range(5)]
        + [3.6 + 0.2 * i for i in range(5)]
    )
    (found,) = describe(vowels(starts, length=0.2), Turn(0.0, 6.0, "A"))
    assert found.speech_seconds == pytest.approx(3.1, abs=0.25)


def test_pitch_and_loudness_of_half_seconds() -> None:
    low = vowels([0.1 * i for i in range(60)], pitch_hz=120)
    high = 3 * vowels([0.1 * i for i in range(60)], pitch_hz=240)
    quiet, loud = (describe(samples, Turn(1.0, 4.0, "A"))[0].windows for samples in (low, high))
    assert len(quiet) == len(loud) == 6
    assert [window.pitch_hz for window in quiet] == [pytest.approx(120, rel=0.03)] * 6
    assert [window.pitch_hz for window in loud] == [pytest.approx(240, rel=0.03)] * 6
    assert loud[0].loudness_dbfs - quiet[0].loudness_dbfs == pytest.approx(9.5, abs=1.5)
    assert (quiet[0].start, quiet[0].end, quiet[-1].end) == (1.0, 1.5, 4.0)


def test_noise_has_no_pitch() -> None:
    noise = 0.1 * np.random.default_rng(1).standard_normal((1, 2 * RATE)).astype(np.float32)
    (found,) = describe(noise, Turn(0.0, 2.0, "A"))
    assert found.windows
    assert all(window.pitch_hz is None for window in found.windows)


def test_overlap_counts_only_in_the_same_channel() -> None:
    samples = np.concatenate([vowels([0.5, 1.0]), vowels([0.5, 1.0])])
    same = describe(samples, Turn(0, 4, "A"), Turn(2, 4, "B"), Turn(4.5, 5.5, "A"))
    assert [item.overlapped for item in same] == [True, True, False]
    apart = describe(samples, Turn(0, 4, "A"), Turn(2, 4, "B", channel=1))
    assert [item.overlapped for item in apart] == [False, False]


def test_turns_at_the_edges_of_the_recording() -> None:
    found = describe(vowels([0.0, 5.85]), Turn(0.0, 0.2, "A"), Turn(5.8, 6.4, "A"), Turn(7.0, 8.0, "A"))
    assert [item.num_nuclei for item in found] == [1, 1, 0]
    assert found[2].speech_seconds == 0
    assert found[2].windows == ()
