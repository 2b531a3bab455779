"""Turns from their first sound to their last."""

from __future__ import annotations

import numpy as np
import pytest

from callqa.data import Turn
from callqa.turns.edges import settle_edges
from tests.turns.sounds import noise, placed

A, B = "SPEAKER_00", "SPEAKER_01"
QUIET = noise(8.0, -60.0)


def _times(turns: tuple[Turn, ...]) -> list[tuple[float, float]]:
    return [(round(turn.start, 2), round(turn.end, 2)) for turn in turns]


def test_background_at_both_ends_is_no_part_of_a_turn() -> None:
    samples = placed(8.0, QUIET, (2.0, noise(2.0, -20.0, 1)))
    assert _times(settle_edges([Turn(1.94, 4.11, A)], [samples])) == [(2.0, 4.0)]


def test_a_pause_inside_a_turn_and_what_is_further_off_stay() -> None:
    samples = placed(8.0, QUIET, (2.0, noise(0.5, -20.0, 1)), (3.0, noise(1.0, -20.0, 2)))
    assert _times(settle_edges([Turn(1.7, 4.3, A)], [samples])) == [(1.7, 4.3)]
    assert _times(settle_edges([Turn(2.0, 4.0, A)], [samples])) == [(2.0, 4.0)]


def test_an_edge_under_the_other_voice_stays() -> None:
    samples = placed(8.0, QUIET, (1.0, noise(2.0, -20.0, 1)), (4.0, noise(2.0, -20.0, 2)))
    turns = [Turn(0.95, 3.4, A), Turn(3.1, 6.1, B)]
    assert _times(settle_edges(turns, [samples])) == [(1.0, 3.4), (3.1, 6.0)]


def test_each_channel_has_its_own_background() -> None:
    loud = placed(8.0, noise(8.0, -40.0), (2.0, noise(2.0, -20.0, 1)))
    soft = placed(8.0, QUIET, (5.0, noise(2.0, -45.0, 2)))
    turns = [Turn(1.9, 4.1, A, 0), Turn(4.9, 7.1, B, 1)]
    assert _times(settle_edges(turns, [loud, soft])) == [(2.0, 4.0), (5.0, 7.0)]


def test_a_pause_left_over_beside_leakage_is_cut_with_a_longer_reach() -> None:
    samples = placed(8.0, QUIET, (2.0, noise(2.0, -20.0, 1)))
    assert _times(settle_edges([Turn(2.0, 4.5, A)], [samples], 0.7)) == [(2.0, 4.0)]
    assert _times(settle_edges([Turn(2.0, 4.5, A)], [samples])) == [(2.0, 4.5)]


@pytest.mark.parametrize("level", [-60.0, -20.0])
def test_turns_that_do_not_stand_out_stay_as_they_are(level: float) -> None:
    turns = [Turn(2.0, 4.0, A)]
    assert settle_edges(turns, [noise(8.0, level)]) == tuple(turns)


def test_without_background_nothing_is_cut() -> None:
    samples = np.concatenate([noise(4.0, -20.0), np.zeros(800, np.float32)])
    assert _times(settle_edges([Turn(0.0, 4.05, A)], [samples])) == [(0.0, 4.05)]
