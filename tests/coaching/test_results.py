"""Results of agents over a period."""

from __future__ import annotations

import random
import time
from datetime import date, timedelta

import pytest

from callqa.coaching.results import Period, team_results
from callqa.data import Verdict
from callqa.errors import UsageError
from callqa.store import JudgedCall
from tests.coaching.calls import judged

MET, NOT_MET = Verdict.MET, Verdict.NOT_MET
MARCH = Period(date(2025, 3, 1), date(2025, 4, 1))


def _calls(agent: str, good: int, bad: int, day: str = "2025-03-05") -> list[JudgedCall]:
    return [judged(agent, day, pace=MET) for _ in range(good)] + [
        judged(agent, day, pace=NOT_MET) for _ in range(bad)
    ]


def test_too_few_calls_are_said_and_not_ranked() -> None:
    calls = _calls("A1", 0, 3) + _calls("A2", 9, 1) + _calls("A3", 8, 2) + _calls("A4", 5, 5)
    team = team_results(calls, MARCH, min_calls=8)
    small = team.find("A1")
    assert small.missing_calls == 5
    assert small.behaviours["pace"].percentile is None
    assert small.behaviours["pace"].corrected_p is None
    assert team.find("A2").behaviours["pace"].percentile == 100
    assert team.find("A4").behaviours["pace"].percentile == pytest.approx(100 / 3)


def test_team_is_everybody_else() -> None:
    team = team_results(_calls("A1", 0, 10) + _calls("A2", 10, 0), MARCH)
    assert team.find("A1").behaviours["pace"].team.value == 1.0
    assert team.find("A1").behaviours["pace"].against_team.gap == -1.0
    assert team.levels["pace"].value == 0.5


def test_calls_of_nobody_known_are_counted_apart() -> None:
    unknown = [judged(None, pace=NOT_MET) for _ in range(20)]
    team = team_results([*_calls("A1", 10, 0), *_calls("A2", 10, 0), *unknown], MARCH)
    assert team.unassigned == 20
    assert team.find("A1").behaviours["pace"].team.value == 1.0


def test_period_and_the_one_before() -> None:
    calls = _calls("A1", 1, 9, "2025-02-10") + _calls("A1", 9, 1, "2025-03-10")
    result = team_results(calls, Period(date(2025, 3, 1), date(2025, 3, 29))).find("A1").behaviours["pace"]
    assert result.level.value == 0.9
    assert result.earlier.value == 0.1
    assert result.against_earlier.p is not None
    assert result.against_earlier.p < 0.01


def test_calls_without_a_time_are_in_no_period() -> None:
    calls = [*_calls("A1", 8, 0), judged("A1", None, pace=NOT_MET)]
    assert team_results(calls, MARCH).undated == 1
    assert team_results(calls, MARCH).find("A1").behaviours["pace"].level.judged == 8
    assert team_results(calls, None).find("A1").behaviours["pace"].level.judged == 9


def test_calls_without_a_conversation_do_not_count() -> None:
    calls = [*_calls("A1", 8, 0), judged("A1", status="one_party", pace=NOT_MET)]
    assert team_results(calls, MARCH).find("A1").behaviours["pace"].level.value == 1.0


def test_trend_goes_in_weeks_from_the_periods_start() -> None:
    calls = _calls("A1", 4, 0, "2025-03-01") + _calls("A1", 0, 4, "2025-03-09")
    trend = team_results(calls, MARCH).find("A1").behaviours["pace"].trend
    assert [(point.start, point.level.value) for point in trend] == [
        (date(2025, 3, 1), 1.0),
        (date(2025, 3, 8), 0.0),
    ]


def test_figures_are_pooled_not_averaged() -> None:
    short = {"articulation_rate": {"syllables": 10.0, "speech_seconds": 2.0}}
    long = {"articulation_rate": {"syllables": 500.0, "speech_seconds": 120.0}}
    team = team_results([judged(pace=MET, parts=short), judged(pace=MET, parts=long)], MARCH)
    (figure,) = team.find("A1").behaviours["pace"].figures
    assert figure.value == pytest.approx(60 * 510 / 122)
    assert figure.unit == "字/分"


def test_a_period_does_not_end_before_it_begins() -> None:
    with pytest.raises(UsageError, match="before it begins"):
        Period(date(2025, 3, 2), date(2025, 3, 1))


def test_agents_of_one_name_are_told_apart_by_number() -> None:
    calls = [judged("A1", name="李娜", pace=MET), judged("A2", name="李娜", pace=MET)]
    team = team_results(calls, MARCH)
    with pytest.raises(UsageError, match="2 agents"):
        team.find("李娜")
    with pytest.raises(UsageError, match="no agent"):
        team.find("王强")
    assert team.find("A2").label == "李娜 (A2)"


def test_five_thousand_calls_take_little_time() -> None:
    rng = random.Random(1)
    verdicts = list(Verdict)
    names = [f"criterion{number}" for number in range(9)]
    calls = [
        judged(
            f"A{rng.randrange(60):02}",
            (date(2025, 3, 1) + timedelta(days=rng.randrange(30))).isoformat(),
            f"Q{rng.randrange(3)}",
            **{name: rng.choice(verdicts) for name in names},
        )
        for _ in range(5000)
    ]
    begun = time.perf_counter()
    team = team_results(calls, MARCH)
    assert len(team.agents) == 60
    # Some 0.6 s; the bound leaves room for a busy machine.
    assert time.perf_counter() - begun < 4
