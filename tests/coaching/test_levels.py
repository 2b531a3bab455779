"""Levels, their intervals, and comparisons inside strata."""

from __future__ import annotations

import pytest

from callqa.coaching.levels import (
    Tally,
    below_target,
    change_of,
    compare,
    false_discovery,
    level_of,
    mean_interval,
    strata_of,
    student_interval,
    whole,
)
from callqa.data import Verdict
from tests.coaching.calls import judged

MET, PARTLY, NOT_MET, UNSURE = Verdict.MET, Verdict.PARTLY_MET, Verdict.NOT_MET, Verdict.UNSURE


def test_unsure_counts_neither_for_nor_against() -> None:
    calls = [judged(pace=MET), judged(pace=NOT_MET), judged(pace=UNSURE)]
    level = level_of(calls, "pace")
    assert level.value == 0.5
    assert (level.met, level.not_met, level.unsure) == (1, 1, 1)
    assert level.judged_share == pytest.approx(2 / 3)


def test_nothing_judged_is_no_level() -> None:
    level = level_of([judged(pace=UNSURE)], "pace")
    assert level.value is None
    assert level.judged_share == 0.0
    assert level_of([], "pace").judged_share is None


def test_interval_is_wilsons() -> None:
    # 8 of 10: the textbook's 0.490 to 0.943.
    mean, low, high = mean_interval(10, 8)
    assert mean == 0.8
    assert low == pytest.approx(0.490, abs=1e-3)
    assert high == pytest.approx(0.943, abs=1e-3)
    assert mean_interval(5, 5)[2] == 1.0
    assert mean_interval(5, 5)[1] == pytest.approx(0.566, abs=1e-3)


def test_interval_narrows_with_calls() -> None:
    widths = []
    for n in (10, 40, 160):
        _, low, high = mean_interval(n, 0.5 * n)
        assert low is not None
        assert high is not None
        widths.append(high - low)
    assert widths[0] > widths[1] > widths[2]


def test_whole_less_own_is_the_others() -> None:
    own = [judged(pace=MET), judged(pace=PARTLY)]
    others = [judged(pace=NOT_MET), judged(pace=MET), judged(pace=UNSURE)]
    left = whole(strata_of(own + others, "pace")) - whole(strata_of(own, "pace"))
    assert left.level == level_of(others, "pace")
    assert Tally().level.value is None


def test_comparison_is_that_of_a_chi_square() -> None:
    # 2x2 of 10/2 and 4/8: CMH of one stratum is Pearson's chi-square times (n - 1) / n.
    first = [judged(pace=MET)] * 10 + [judged(pace=NOT_MET)] * 2
    second = [judged(pace=MET)] * 4 + [judged(pace=NOT_MET)] * 8
    found = compare(strata_of(first, "pace"), strata_of(second, "pace"))
    assert found.gap == pytest.approx(0.5)
    assert found.p == pytest.approx(0.0151, abs=2e-4)


def test_strata_are_compared_within_themselves() -> None:
    # Good everywhere in the easy queue, bad in the hard one, by everybody: who has the hard
    # queue only is not worse.
    easy = [judged(queue="easy", pace=MET)] * 20
    hard = [judged(queue="hard", pace=NOT_MET)] * 10
    found = compare(strata_of(hard, "pace"), strata_of(easy + hard, "pace"))
    assert found.gap == pytest.approx(0.0)
    assert found.strata == 1
    assert found.p == 1.0


def test_nothing_in_common_cannot_be_compared() -> None:
    one = strata_of([judged(queue="a", pace=MET)], "pace")
    other = strata_of([judged(queue="b", pace=NOT_MET)], "pace")
    assert compare(one, other).p is None


def test_false_discovery_is_benjamini_and_hochbergs() -> None:
    assert false_discovery([0.01, 0.04, 0.03, None, 0.005]) == pytest.approx([0.02, 0.04, 0.04, None, 0.02])


def test_gaps_interval_is_newcombes() -> None:
    # 56 of 70 against 48 of 80: Newcombe (1998), method 10, has 0.0524 to 0.3339.
    first = [judged(pace=MET)] * 56 + [judged(pace=NOT_MET)] * 14
    second = [judged(pace=MET)] * 48 + [judged(pace=NOT_MET)] * 32
    found = compare(strata_of(first, "pace"), strata_of(second, "pace"))
    assert found.low == pytest.approx(0.0524, abs=5e-4)
    assert found.high == pytest.approx(0.3339, abs=5e-4)


def test_caution_makes_p_larger_and_changes_nothing_else() -> None:
    few = strata_of([judged(pace=NOT_MET)] * 3 + [judged(pace=MET)] * 6, "pace")
    many = strata_of([judged(pace=NOT_MET)] * 5 + [judged(pace=MET)] * 95, "pace")
    bold, cautious = compare(few, many), compare(few, many, cautious=True)
    assert bold.p is not None
    assert cautious.p is not None
    assert cautious.p > bold.p
    assert cautious.gap == bold.gap


def test_change_over_days() -> None:
    rising = [(day, judged(pace=MET if day >= 14 else NOT_MET)) for day in range(0, 28, 2)]
    found = change_of(rising, "pace")
    assert found.per_week is not None
    assert found.per_week > 0.3
    assert found.p is not None
    assert found.p < 0.01
    level = change_of([(day, judged(pace=MET)) for day in range(10)], "pace")
    assert (level.per_week, level.p) == (0.0, 1.0)
    assert change_of([(3, judged(pace=MET)), (3, judged(pace=NOT_MET))], "pace").p is None


def test_change_is_seen_within_queues() -> None:
    # The easy queue came later: nobody got better.
    calls = [(day, judged(queue="hard", pace=NOT_MET)) for day in range(10)]
    calls += [(day, judged(queue="easy", pace=MET)) for day in range(10, 20)]
    assert change_of(calls, "pace").p == 1.0


def test_below_a_target() -> None:
    low = level_of([judged(pace=MET)] * 5 + [judged(pace=NOT_MET)] * 15, "pace")
    at = level_of([judged(pace=MET)] * 14 + [judged(pace=NOT_MET)] * 6, "pace")
    found = below_target(low, 0.7)
    assert found is not None
    assert found < 0.0001
    assert below_target(at, 0.7) == pytest.approx(0.5)
    assert below_target(level_of([], "pace"), 0.7) is None


def test_interval_of_scores_is_students() -> None:
    # Mean 80, standard deviation 10 of 16 numbers: 80 plus or minus 2.131 x 10 / 4.
    values = [80 + 10 * (15 / 16) ** 0.5 * sign for sign in (1, -1) for _ in range(8)]
    mean, low, high = student_interval(values, 0, 100)
    assert (mean, low, high) == pytest.approx((80, 80 - 5.33, 80 + 5.33), abs=0.01)
    assert student_interval([], 0, 100) == (None, None, None)
    all_alike = student_interval([100.0] * 8, 0, 100)
    assert all_alike[1] is not None
    assert all_alike[1] < 70


@pytest.mark.parametrize(("freedom", "expected"), [(1, 12.706), (5, 2.571), (10, 2.228), (30, 2.042)])
def test_students_points(freedom: int, expected: float) -> None:
    # Two groups of ones and minus ones have a known spread; the half width gives the point back.
    n = freedom + 1
    values = [0.0] * (n - 1) + [1.0]
    mean, low, _ = student_interval(values, -100, 100)
    assert mean is not None
    assert low is not None
    spread = (1 - 1 / n) / (n - 1)
    assert (mean - low) / (spread / n) ** 0.5 == pytest.approx(expected, abs=0.004)
