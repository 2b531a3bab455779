from __future__ import annotations

import numpy as np
import pytest

from callqa.calibration.bands import suggest_bands
from callqa.calibration.compare import compare
from callqa.calibration.limits import Band, limit_candidates, round_between
from callqa.calibration.rubrics import RubricBook
from callqa.data import Verdict
from callqa.store import Label, Store
from tests.calibration.conftest import save_paced

M, P, N, U, A = Verdict


def label_pace(store: Store, number: int, met_up_to: float) -> list[Label]:
    """People who find a rate fine up to a limit, too fast by a little up to 30 more."""
    labels = []
    for index in range(number):
        rate = 302.5 + 5 * index
        verdict = M if rate <= met_up_to else P if rate <= met_up_to + 30 else N
        labels.append(Label(save_paced(store, index, rate), "pace", "甲", verdict, "", "a.csv"))
    return labels


def test_limits_that_people_have_in_mind_are_found_with_their_effect(store: Store) -> None:
    labels = label_pace(store, 30, met_up_to=390)
    save_paced(store, 100, 371.0)  # nobody judged it, but the limits would
    [found] = suggest_bands(store, compare(store, labels), RubricBook(store))
    assert (found.criterion, found.name, found.num_labels) == ("pace", "articulation_rate", 30)
    assert found.suggested is not None
    assert found.suggested.met_high is not None
    assert found.suggested.partly_high is not None
    assert 387.5 <= found.suggested.met_high < 392.5
    assert 417.5 <= found.suggested.partly_high < 422.5
    assert found.fit is not None
    assert found.suggested_fit is not None
    assert found.crossed is not None
    assert found.suggested_fit.agreement == 1.0 > found.crossed.agreement > found.fit.agreement
    assert found.fit.num_accused > 0 == found.suggested_fit.num_accused
    assert found.in_sample is not None
    assert found.in_workspace is not None
    assert found.in_workspace.num_calls == 31
    assert found.in_workspace.num_changed == found.in_sample.num_changed + 1
    assert found.in_sample.changes[(P, M)] == 6


def test_limits_that_agree_already_stay(store: Store) -> None:
    labels = label_pace(store, 30, met_up_to=360)
    [found] = suggest_bands(store, compare(store, labels), RubricBook(store))
    assert found.is_enough
    assert found.suggested is None


def test_few_labels_suggest_nothing(store: Store) -> None:
    [found] = suggest_bands(store, compare(store, label_pace(store, 15, 390)), RubricBook(store))
    assert not found.is_enough
    assert found.suggested is None


def test_people_who_find_everything_fine_suggest_nothing(store: Store) -> None:
    [found] = suggest_bands(store, compare(store, label_pace(store, 25, 900)), RubricBook(store))
    assert not found.is_enough


@pytest.mark.parametrize(
    ("low", "high", "include_low", "expected"),
    [
        (341.2, 368.9, True, 350),
        (1, 2, True, 1),
        (1, 2, False, 2),
        (0.31, 0.34, True, 0.32),
        (0, 0.7, True, 0),
    ],
)
def test_limits_are_round(low: float, high: float, include_low: bool, expected: float) -> None:
    assert round_between(low, high, include_low=include_low) == pytest.approx(expected)


def test_a_band_says_where_numbers_fall() -> None:
    band = Band(180, 360, 150, None)
    assert band.zones(np.array([149.9, 150, 180, 360, 361])).tolist() == [2, 1, 0, 0, 1]
    assert Band(None, 0, None, None, has_partly=False).zone(1) == 2
    assert not Band(400, 360, 150, None).is_ordered
    assert limit_candidates(np.array([1.0, 2.0]), None, "low") == [None]
    assert limit_candidates(np.array([0.0, 1.0, 3.0]), 0.0, "high") == [0.0, 2.0, 3.0]
