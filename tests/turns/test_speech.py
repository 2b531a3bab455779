"""Tones, pauses and people behind are no party's speech."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from callqa.data import TimeSpan, total_duration
from callqa.turns.segmentation import FRAME
from callqa.turns.speech import (
    background_level,
    background_voice,
    block_levels,
    drop_non_speech,
    drop_soft_slivers,
    quiet_spans,
    without_soft,
)
from tests.turns.sounds import RATE, noise, placed, tone


def _probability(length: float, value: float) -> NDArray[np.float32]:
    return np.full(round(length / FRAME) + 1, value, np.float32)


def test_levels_are_dbfs_of_twenty_milliseconds() -> None:
    samples = np.concatenate([noise(1.0, -20.0), np.zeros(RATE, np.float32)])
    levels = block_levels(samples)
    assert len(levels) == 100
    assert levels[:50].mean() == pytest.approx(-20.0, abs=0.5)
    assert levels[50:].max() < -100


def test_quiet_is_what_stays_below_for_a_while() -> None:
    samples = placed(5.0, noise(5.0, -60.0), (0.0, noise(1.5, -20.0)), (3.0, noise(2.0, -20.0)))
    (quiet,) = quiet_spans(block_levels(samples), -40.0)
    # A little of both sides is left to the speech.
    assert 1.5 <= quiet.start < 1.75
    assert 2.75 < quiet.end <= 3.0


def test_a_short_pause_is_not_quiet() -> None:
    samples = placed(4.0, noise(4.0, -60.0), (0.0, noise(1.8, -20.0)), (2.2, noise(1.8, -20.0)))
    assert quiet_spans(block_levels(samples), -40.0) == ()


def test_no_level_is_below_minus_infinity() -> None:
    assert quiet_spans(block_levels(noise(3.0, -60.0)), -np.inf) == ()


def test_the_background_is_what_is_heard_outside_the_speech() -> None:
    samples = placed(10.0, noise(10.0, -50.0), (2.0, noise(3.0, -20.0)))
    level = background_level(block_levels(samples), [TimeSpan(2.0, 5.0)])
    assert level == pytest.approx(-50.0, abs=3)


def test_hold_music_does_not_raise_the_background() -> None:
    samples = placed(10.0, noise(10.0, -50.0), (2.0, noise(3.0, -20.0)), (6.0, tone(3.0, 500.0, -18.0)))
    level = background_level(block_levels(samples), [TimeSpan(2.0, 5.0)])
    assert level == pytest.approx(-50.0, abs=3)


def test_where_somebody_always_speaks_no_background_is_known() -> None:
    assert background_level(block_levels(noise(5.0, -20.0)), [TimeSpan(0.2, 4.8)]) == -np.inf


def test_a_tone_of_which_the_segmentation_is_unsure_is_no_speech() -> None:
    samples = placed(8.0, noise(8.0, -70.0), (2.0, tone(3.0, 450.0)))
    span = TimeSpan(2.0, 5.0)
    assert drop_non_speech([span], _probability(8.0, 0.7), samples) == ()
    kept = drop_non_speech([span], _probability(8.0, 0.97), samples)
    assert total_duration(kept) == pytest.approx(3.0, abs=0.4)


def test_a_pause_inside_a_span_is_taken_out() -> None:
    samples = placed(12.0, noise(12.0, -50.0), (2.0, noise(2.0, -20.0)), (6.0, noise(2.0, -20.0)))
    kept = drop_non_speech([TimeSpan(2.0, 8.0)], _probability(12.0, 0.97), samples)
    assert [(span.start, span.end) for span in kept] == [
        (pytest.approx(2.0, abs=0.3), pytest.approx(4.0, abs=0.3)),
        (pytest.approx(6.0, abs=0.3), pytest.approx(8.0, abs=0.3)),
    ]


def test_no_louder_than_the_background_is_nobody_in_the_call() -> None:
    samples = placed(12.0, noise(12.0, -40.0), (2.0, noise(2.0, -15.0)))
    # Babble behind the caller: speech for the segmentation, but not above what is always heard.
    kept = drop_non_speech([TimeSpan(2.0, 4.0), TimeSpan(7.0, 9.0)], _probability(12.0, 0.97), samples)
    assert [round(span.start) for span in kept] == [2]


def test_of_no_spans_none_stay() -> None:
    assert drop_non_speech([], _probability(2.0, 0.1), noise(2.0, -50.0)) == ()


def test_a_soft_voice_that_is_seldom_heard_is_behind() -> None:
    samples = placed(40.0, noise(40.0, -60.0), (0.0, noise(20.0, -20.0)), (25.0, noise(2.0, -35.0)))
    loud, soft = [TimeSpan(0.0, 20.0)], [TimeSpan(25.0, 27.0)]
    assert background_voice([loud, soft], samples) == 1
    assert background_voice([soft, loud], samples) == 0


@pytest.mark.parametrize(
    ("dbfs", "seconds"),
    [(-24.0, 2.0), (-35.0, 8.0)],
    ids=["nearly as loud", "heard for long"],
)
def test_a_party_is_not_behind(dbfs: float, seconds: float) -> None:
    samples = placed(40.0, noise(40.0, -60.0), (0.0, noise(20.0, -20.0)), (25.0, noise(seconds, dbfs)))
    assert background_voice([[TimeSpan(0.0, 20.0)], [TimeSpan(25.0, 25.0 + seconds)]], samples) is None


def test_one_voice_alone_has_nobody_behind() -> None:
    assert background_voice([[TimeSpan(0.0, 2.0)], []], noise(3.0, -20.0)) is None


def test_of_a_voice_behind_only_what_is_soft_is_left_out() -> None:
    samples = placed(
        40.0,
        noise(40.0, -60.0),
        (0.0, noise(20.0, -20.0)),
        (25.0, noise(2.0, -35.0)),
        (30.0, noise(1.0, -20.0)),
    )
    spans = [[TimeSpan(25.0, 27.0), TimeSpan(30.0, 31.0)], [TimeSpan(0.0, 20.0)]]
    assert without_soft(spans, 0, samples) == (TimeSpan(0.0, 20.0), TimeSpan(30.0, 31.0))


def test_short_soft_rests_of_leakage_are_dropped_from_a_channel() -> None:
    samples = placed(
        20.0,
        noise(20.0, -70.0),
        (0.0, noise(5.0, -20.0)),
        (6.0, noise(0.4, -45.0)),
        (8.0, noise(0.4, -20.0)),
        (10.0, noise(2.0, -45.0)),
    )
    loud, sliver, answer, soft = (
        TimeSpan(0.0, 5.0),
        TimeSpan(6.0, 6.4),
        TimeSpan(8.0, 8.4),
        TimeSpan(10.0, 12.0),
    )
    # A short answer is as loud as the party, and a long soft stretch may be somebody turning away.
    assert drop_soft_slivers([loud, sliver, answer, soft], samples) == (loud, answer, soft)
    assert drop_soft_slivers([], samples) == ()
