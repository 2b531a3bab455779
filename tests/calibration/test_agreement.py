from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from callqa.calibration.agreement import Pair, kappas, measure_agreement
from callqa.data import Verdict

M, P, N, U, A = Verdict


def pairs(*counts: tuple[Verdict, Verdict, int], weight: float | None = None) -> list[Pair]:
    numbers = iter(range(1000))
    return [
        Pair(f"c{next(numbers)}", first, second, weight)
        for first, second, number in counts
        for _ in range(number)
    ]


def test_kappa_of_a_known_table() -> None:
    # Agreement 35/50; by chance (25·30 + 25·20)/2500 = 0.5; kappa 0.4.
    found = measure_agreement(pairs((M, M, 20), (M, N, 5), (N, M, 10), (N, N, 15)))
    assert found.share.value == pytest.approx(0.7)
    assert found.kappa.value == pytest.approx(0.4)
    assert found.kappa.low is not None
    assert found.kappa.high is not None
    assert found.kappa.low < 0.4 < found.kappa.high
    assert found.confusion[(N, M)] == 10


def test_a_step_counts_half_of_two_in_linear_kappa() -> None:
    near = measure_agreement(pairs((M, M, 10), (P, P, 10), (N, N, 10), (M, P, 3)))
    far = measure_agreement(pairs((M, M, 10), (P, P, 10), (N, N, 10), (M, N, 3)))
    assert near.kappa.value == pytest.approx(far.kappa.value, abs=0.01)
    assert near.linear_kappa.value is not None
    assert near.linear_kappa.value > (far.linear_kappa.value or 0) + 0.05


def test_withheld_verdicts_are_counted_apart() -> None:
    found = measure_agreement(pairs((M, M, 4), (N, N, 4), (U, N, 3), (M, U, 2), (A, A, 1)))
    assert (found.num_labels, found.num_compared) == (14, 9)
    assert (found.num_first_unsure, found.num_second_unsure) == (3, 2)
    assert found.kappa.value == 1.0


def test_kappa_is_not_defined_where_both_say_one_thing() -> None:
    found = measure_agreement(pairs((M, M, 9)))
    assert found.share.value == 1.0
    assert found.kappa.value is None
    assert measure_agreement([]).share.value is None


def test_weights_count_calls_for_what_they_stand_for() -> None:
    drawn = [*pairs((M, M, 10), (N, N, 10), weight=9.0), Pair("x", M, N, 20.0)]
    found = measure_agreement(drawn)
    assert found.share.value == pytest.approx(20 / 21)
    assert found.weighted_share.value == pytest.approx(180 / 200)
    without = measure_agreement([*drawn, Pair("y", M, M)])
    assert without.weighted_share.value is None


@pytest.mark.parametrize("linear", [False, True])
def test_the_kappa_of_the_intervals_is_that_of_the_figure(linear: bool) -> None:
    rng = np.random.default_rng(5)
    first, second = rng.integers(0, 3, (2, 60))
    confusion = np.zeros((3, 3))
    np.add.at(confusion, (first, second), 1)
    expected = cohen_kappa_score(first, second, weights="linear" if linear else None)
    assert kappas(confusion[None], linear)[0] == pytest.approx(expected)
