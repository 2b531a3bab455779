"""Turns go to the recogniser in windows of neighbours."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from callqa.data import TimeSpan, Turn
from callqa.transcript.windows import LONGEST, MAX_GAP, PADDING, audio_of, cut_window, group_turns

RATE = 1000
WIDEST = 12.0


def _turns(*spans: tuple[float, float]) -> list[Turn]:
    return [Turn(start, end, f"SPEAKER_0{index % 2}") for index, (start, end) in enumerate(spans)]


def _members(*spans: tuple[float, float]) -> list[tuple[int, ...]]:
    return [window.turns for window in group_turns(_turns(*spans), WIDEST)]


def test_neighbours_are_recognised_together_up_to_a_length() -> None:
    assert _members((0, 4), (4.5, 8), (8.2, 11.5), (11.8, 15)) == [(0, 1, 2), (3,)]


def test_a_long_silence_parts_windows() -> None:
    assert _members((0, 2), (2 + MAX_GAP, 5), (5.1 + MAX_GAP, 8)) == [(0, 1), (2,)]


def test_overlapping_turns_are_not_parted() -> None:
    assert _members((0, 9), (8.5, 14), (13, 16)) == [(0, 1, 2)]


def test_a_turn_inside_another_does_not_shorten_its_window() -> None:
    (window,) = group_turns(_turns((0, 8), (2, 3)), WIDEST)
    assert (window.start, window.end) == (0, 8)


def test_a_single_turn_may_be_longer_than_a_window() -> None:
    (window,) = group_turns(_turns((1, 41)), WIDEST)
    assert (window.start, window.end, window.turns) == (1, 41, (0,))


def test_no_turns_need_no_window() -> None:
    assert group_turns([], WIDEST) == []


@pytest.mark.parametrize("seed", range(20))
def test_every_turn_is_in_one_window_that_holds_it(seed: int) -> None:
    rng = np.random.default_rng(seed)
    starts = np.cumsum(rng.exponential(3.0, 40))
    turns = _turns(*[(float(start), float(start + rng.exponential(3.0) + 0.1)) for start in starts])
    windows = group_turns(turns, WIDEST)
    assert [index for window in windows for index in window.turns] == list(range(len(turns)))
    for window in windows:
        own = [turns[index] for index in window.turns]
        assert (window.start, window.end) == (own[0].start, max(turn.end for turn in own))
        for place in range(1, len(own)):
            reached = max(turn.end for turn in own[:place])
            together = max(reached, own[place].end) - window.start
            assert own[place].start < reached or together <= WIDEST
    for before, after in itertools.pairwise(windows):
        joined = max(before.end, after.end) - before.start
        assert after.start >= before.end, joined


def test_what_fits_is_not_cut() -> None:
    span = TimeSpan(3.0, 20.0)
    assert cut_window(span, np.ones(30 * RATE, np.float32), RATE) == [span]


def test_a_long_window_is_cut_where_it_is_quietest() -> None:
    samples = np.ones(60 * RATE, np.float32)
    samples[22 * RATE : int(22.2 * RATE)] = 0.0
    # Quieter still, but then the piece would be short.
    samples[5 * RATE : 6 * RATE] = 0.0
    first, *_ = cut_window(TimeSpan(0.0, 50.0), samples, RATE)
    assert first.end == pytest.approx(22.1, abs=0.1)


@pytest.mark.parametrize(("start", "end"), [(0.0, 26.5), (2.0, 60.0), (7.3, 100.0)])
def test_pieces_follow_each_other_and_fit(start: float, end: float) -> None:
    rng = np.random.default_rng(0)
    pieces = cut_window(TimeSpan(start, end), rng.normal(size=100 * RATE).astype(np.float32), RATE)
    assert (pieces[0].start, pieces[-1].end) == (start, end)
    assert all(before.end == after.start for before, after in itertools.pairwise(pieces))
    assert all(0 < piece.duration <= LONGEST + 0.1 for piece in pieces)


def test_audio_is_padded_on_both_sides() -> None:
    samples = np.arange(10 * RATE, dtype=np.float32)
    start, audio = audio_of(TimeSpan(2.0, 3.0), samples, RATE)
    assert start == pytest.approx(2.0 - PADDING)
    assert audio[0] == pytest.approx(start * RATE)
    assert len(audio) == pytest.approx((1.0 + 2 * PADDING) * RATE, abs=1)


def test_audio_ends_with_the_recording() -> None:
    samples = np.arange(3 * RATE, dtype=np.float32)
    start, audio = audio_of(TimeSpan(0.05, 2.95), samples, RATE)
    assert start == 0.0
    assert np.array_equal(audio, samples)
