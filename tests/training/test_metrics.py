from __future__ import annotations

import numpy as np
import pytest

from training.politeness.metrics import (
    average_precision,
    best_recall,
    best_temperature,
    calibration_error,
    rates_at,
    softmax,
    threshold_for,
)

PROBABILITY = np.array([0.95, 0.9, 0.8, 0.7, 0.2])
TRUE = np.array([True, True, False, True, False])


def test_rates() -> None:
    rates = rates_at(PROBABILITY, TRUE, 0.75)
    assert (rates.precision, rates.recall) == (pytest.approx(2 / 3), pytest.approx(2 / 3))
    assert rates_at(PROBABILITY, TRUE, 0.99).precision is None


def test_a_threshold_below_which_precision_is_missed() -> None:
    assert threshold_for(PROBABILITY, TRUE, 0.97) == 0.81
    # The one most probable of twenty is wrong: too few to judge by.
    many = np.linspace(0.98, 0.6, 20)
    assert threshold_for(many, np.arange(20) > 0, 0.94, least=0.9) <= 0.6
    assert threshold_for(many, np.arange(20) > 0, 0.97, least=0.9) == 0.99


def test_ranking() -> None:
    assert average_precision(PROBABILITY, TRUE) == pytest.approx((1 + 1 + 3 / 4) / 3)
    assert best_recall(PROBABILITY, TRUE, 0.95) == pytest.approx(2 / 3)


def test_temperature_makes_overconfident_scores_milder() -> None:
    scores = np.tile(np.array([[6.0, 0.0]]), (10, 1))
    truth = np.array([0] * 8 + [1] * 2)
    temperature = best_temperature(scores, truth)
    assert softmax(scores, temperature)[0, 0] == pytest.approx(0.8, abs=0.02)


def test_calibration_error_is_zero_where_confidence_is_accuracy() -> None:
    certain = np.array([[0.75, 0.25]] * 4)
    assert calibration_error(certain, np.array([0, 0, 0, 1])) == pytest.approx(0)
    assert calibration_error(certain, np.array([1, 1, 1, 1])) == pytest.approx(0.75)
