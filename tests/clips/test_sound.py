from __future__ import annotations

import numpy as np
import pytest

from callqa.audio.levels import block_power, to_db
from callqa.clips.sound import PEAK_DBFS, TARGET_DBFS, cut_sound, limit, quietest, speech_gain_db
from callqa.data import Role, TimeSpan
from tests.clips.calls import RATE_HZ, make_call, power_at, sound_of

A, C = Role.AGENT, Role.CUSTOMER
LINES = [(A, 1.0, "好" * 12), (C, 5.0, "天" * 12)]


def part(samples: np.ndarray, start: float, end: float) -> np.ndarray:  # type: ignore[type-arg]
    return samples[round(start * RATE_HZ) : round(end * RATE_HZ)]


@pytest.mark.parametrize("num_channels", [1, 2])
@pytest.mark.parametrize("levels", [(0.01, 0.5), (0.5, 0.02), (0.1, 0.1)])
def test_both_parties_come_out_equally_loud(num_channels: int, levels: tuple[float, float]) -> None:
    call = make_call(LINES, 10, channels=(0, num_channels - 1))
    sound = cut_sound(sound_of(call, num_channels, levels), RATE_HZ, call.facts, TimeSpan(0, 10), ())
    for start, end in ((1.5, 3.5), (5.5, 7.5)):
        assert to_db(float(np.mean(part(sound, start, end) ** 2))) == pytest.approx(TARGET_DBFS, abs=1.0)


def test_nothing_is_over_the_peak_and_no_peak_is_cut_flat() -> None:
    times = np.arange(RATE_HZ) / RATE_HZ
    loud = (np.sin(2 * np.pi * 200 * times) * (0.2 + 2.5 * (times > 0.5))).astype(np.float32)
    limited = limit(loud, RATE_HZ)
    assert np.abs(limited).max() <= 10 ** (PEAK_DBFS / 20) + 1e-6
    assert np.sum(np.abs(limited) > 0.999 * 10 ** (PEAK_DBFS / 20)) < 0.1 * RATE_HZ
    assert np.allclose(limited[: RATE_HZ // 3], loud[: RATE_HZ // 3], atol=1e-6)


def test_a_beep_takes_the_place_of_all_channels() -> None:
    call = make_call([(A, 1.0, "好" * 24), (C, 1.0, "天" * 24)], 8, channels=(0, 1))
    beep = TimeSpan(2.0, 4.0)
    sound = cut_sound(sound_of(call, 2), RATE_HZ, call.facts, TimeSpan(0, 8), [beep])
    inside = part(sound, 2.0, 4.0)
    assert power_at(inside, 1000) > 1e-4
    assert power_at(inside, 300) < 1e-9
    assert power_at(inside, 500) < 1e-9
    assert power_at(part(sound, 4.1, 6.0), 300) > 1e-4
    assert power_at(part(sound, 4.1, 6.0), 1000) < 1e-9


def test_a_clip_begins_and_ends_without_a_click() -> None:
    call = make_call([(A, 0.0, "好" * 40)], 10)
    sound = cut_sound(sound_of(call), RATE_HZ, call.facts, TimeSpan(2, 8), [TimeSpan(3, 4)])
    assert sound.size == 6 * RATE_HZ
    assert abs(sound[0]) < 1e-3
    assert abs(sound[-1]) < 1e-3
    assert np.abs(np.diff(sound)).max() < 0.15


def test_only_the_customer_is_shifted_in_pitch() -> None:
    call = make_call(LINES, 10)
    sound = cut_sound(sound_of(call), RATE_HZ, call.facts, TimeSpan(0, 10), (), shift_customer=True)
    assert power_at(part(sound, 1.5, 3.5), 300) > 1e-3
    assert power_at(part(sound, 5.5, 7.5), 500) < 1e-4
    assert power_at(part(sound, 5.5, 7.5), 500 * 2 ** (3.5 / 12)) > 1e-3


def test_hiss_is_not_made_loud() -> None:
    hiss = np.random.default_rng(1).normal(0, 1e-5, RATE_HZ).astype(np.float32)
    assert speech_gain_db(hiss, RATE_HZ) <= 24.0
    assert speech_gain_db(np.zeros(RATE_HZ, np.float32), RATE_HZ) == 0.0


def test_cuts_go_to_the_quietest_place() -> None:
    samples = np.full((1, RATE_HZ), 0.1, np.float32)
    samples[0, round(0.54 * RATE_HZ) : round(0.58 * RATE_HZ)] = 0.0
    assert quietest(samples, RATE_HZ, 0.5, 0.08) == pytest.approx(0.56, abs=0.011)
    assert quietest(np.zeros((1, RATE_HZ), np.float32), RATE_HZ, 0.5, 0.08) == pytest.approx(0.5)
    assert block_power(samples[0], RATE_HZ).size
