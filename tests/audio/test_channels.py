from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from callqa.audio.channels import find_layout, working_samples
from callqa.audio.leakage import own_activity
from callqa.audio.levels import quality
from callqa.config import AudioSettings
from callqa.data import TimeSpan, intersect, subtract, total_duration

RATE = 16_000
SETTINGS = AudioSettings()
AGENT = [(0.5, 5.0), (9.0, 14.0), (20.0, 26.0)]
CUSTOMER = [(5.5, 8.5), (13.0, 19.0), (27.0, 29.5)]


@pytest.fixture
def parties(voice: Any) -> Any:
    return np.stack([voice(30.0, AGENT, seed=1), voice(30.0, CUSTOMER, seed=2, level=0.07)])


def late(samples: Any, seconds: float) -> Any:
    return np.roll(samples, round(seconds * RATE))


def test_one_party_a_channel(parties: Any) -> None:
    layout = find_layout(parties, RATE, SETTINGS)
    assert (layout.kind, layout.sources, layout.note) == ("two_channel", ((0,), (1,)), None)
    assert working_samples(parties, layout) is parties


@pytest.mark.parametrize(
    ("gain", "delay", "noise"), [(1.0, 0.0, 0.0), (0.2, 0.0, 0.0), (-0.5, 0.02, 0.0), (0.7, 0.0201, 0.01)]
)
def test_the_same_mix_twice_is_one_channel(parties: Any, gain: float, delay: float, noise: float) -> None:
    mix = parties.sum(axis=0)
    other = gain * late(mix, delay) + noise * np.random.default_rng(5).standard_normal(mix.size)
    layout = find_layout(np.stack([mix, other]).astype(np.float32), RATE, SETTINGS)
    assert layout.kind == "dual_mono"
    assert set(layout.sources[0]) == {0, 1}


@pytest.mark.parametrize("leak_db", [-10, -20, -40])
def test_leakage_does_not_make_two_parties_one(parties: Any, leak_db: float) -> None:
    leaked = parties + 10 ** (leak_db / 20) * parties[::-1]
    assert find_layout(leaked.astype(np.float32), RATE, SETTINGS).kind == "two_channel"


def test_coherent_leakage_without_any_double_talk(voice: Any) -> None:
    first, second = voice(24.0, [(0, 8), (16, 20)], seed=1), voice(24.0, [(8, 16), (20, 24)], seed=2)
    leaked = np.stack([first + 0.2 * second, second + 0.2 * first])
    assert find_layout(leaked, RATE, SETTINGS).kind == "two_channel"


@pytest.mark.parametrize("hiss", [0.0, 0.002])
def test_an_empty_channel_is_left_out(parties: Any, hiss: float) -> None:
    mix = parties.sum(axis=0)
    empty = hiss * np.random.default_rng(0).standard_normal(mix.size)
    layout = find_layout(np.stack([empty, mix]).astype(np.float32), RATE, SETTINGS)
    assert (layout.kind, layout.sources) == ("mono", ((1,),))
    assert layout.working_channel(0) is None
    assert layout.note is not None


def test_three_tracks_of_a_recorder_are_two_parties(parties: Any) -> None:
    tracks = np.concatenate([parties, parties.sum(axis=0, keepdims=True)])
    layout = find_layout(tracks, RATE, SETTINGS)
    assert (layout.kind, layout.sources) == ("two_channel", ((0,), (1,)))


def test_four_tracks_in_pairs(parties: Any) -> None:
    layout = find_layout(np.concatenate([parties, 0.5 * parties]), RATE, SETTINGS)
    assert layout.sources == ((0, 2), (1, 3))
    assert layout.working_channel(3) == 1


def test_surround_sound_of_one_call_is_mixed_into_one(voice: Any) -> None:
    voices = np.stack([voice(12.0, [(i, 12.0 - i)], seed=i) for i in range(1, 5)])
    layout = find_layout(voices, RATE, SETTINGS)
    assert (layout.kind, layout.mixed) == ("mono", True)
    assert working_samples(voices, layout)[0] == pytest.approx(voices.mean(axis=0), abs=1e-6)


def test_all_silent() -> None:
    layout = find_layout(np.zeros((2, RATE), np.float32), RATE, SETTINGS)
    assert (layout.kind, layout.note) == ("mono", "All channels are silent.")


def spans(pairs: list[tuple[float, float]]) -> list[TimeSpan]:
    return [TimeSpan(start, end) for start, end in pairs]


@pytest.mark.parametrize("leak_db", [-10, -15, -25, -35])
@pytest.mark.parametrize("delay", [0.0, 0.013, 0.05])
def test_leakage_is_taken_out_and_double_talk_kept(parties: Any, leak_db: float, delay: float) -> None:
    gain = 10 ** (leak_db / 20)
    samples = np.stack(
        [parties[0] + gain * late(parties[1], delay), parties[1] + gain * late(parties[0], delay)]
    )
    everything = spans(AGENT + CUSTOMER)
    own = own_activity([everything, everything], samples.astype(np.float32), RATE)
    for found, truth in zip(own, (spans(AGENT), spans(CUSTOMER)), strict=True):
        assert total_duration(subtract(found, truth)) < 0.3
        assert total_duration(subtract(truth, found)) < 0.7
    # 13-14 s: both speak
    assert total_duration(intersect(own[0], own[1])) == pytest.approx(1.0, abs=0.4)


def test_without_leakage_nothing_changes(parties: Any) -> None:
    speech = [spans(AGENT), spans(CUSTOMER)]
    own = own_activity(speech, parties, RATE)
    assert [list(found) for found in own] == speech


def test_quality_of_silence_clipping_and_noise(voice: Any) -> None:
    assert quality(np.zeros(RATE, np.float32), RATE).is_silent(-60)
    clean = voice(10.0, [(1.0, 4.0), (5.0, 9.0)])
    found = quality(clean, RATE)
    assert not found.is_silent(-60)
    assert found.level_dbfs == pytest.approx(-20, abs=2)
    assert found.clipping_share == 0
    noisy = clean + 0.01 * np.random.default_rng(0).standard_normal(clean.size).astype(np.float32)
    snr = quality(noisy, RATE).snr_db
    assert snr is not None
    assert snr == pytest.approx(20, abs=3)
    clipped = quality(np.clip(clean * 50, -1, 1), RATE)
    assert clipped.clipping_share > 0.2
