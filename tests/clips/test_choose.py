from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from callqa.clips.choose import Wanted, choose_calls, find_example
from callqa.coaching.results import Period
from callqa.data import CallAnalysis, CriterionResult, Evidence, Measure, Role, Verdict
from callqa.errors import UsageError
from callqa.store import NOT_FOR_TRAINING, CallKeys, Store
from tests.clips.calls import make_call

A, C = Role.AGENT, Role.CUSTOMER
LINES = [(A, 1.0, "您好我是移动的李娜请问有什么可以帮您"), (C, 8.0, "我想问一下话费")]


def judged(
    verdict: Verdict, *evidence: Evidence, criterion: str = "greeting", **measures: Measure
) -> CallAnalysis:
    analysis = make_call(LINES, 20)
    result = CriterionResult(criterion, verdict, 1.0, 10.0, False, "因为如此。", evidence)
    card = dataclasses.replace(analysis.scorecard, criteria=(result,))
    return dataclasses.replace(analysis, scorecard=card, measures=measures)


def save(store: Store, number: int, agent: str | None, day: str, analysis: CallAnalysis) -> str:
    call_id = f"{number:016x}"
    facts = analysis.facts
    recording = dataclasses.replace(
        facts.recording, id=call_id, agent_id=agent, agent_name=None, started_at=f"{day}T09:00:00"
    )
    analysis = dataclasses.replace(analysis, facts=dataclasses.replace(facts, recording=recording))
    store.save(analysis, CallKeys(call_id * 4, "f", "j", {}, {}, None), f"{number}.wav")
    return call_id


def said(start: float, quote: str, probability: float | None = 0.9, reason: str = "有问候。") -> Evidence:
    return Evidence(start, start + 1, quote, reason, probability)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.open(tmp_path, create=True)


def test_the_surest_of_every_agent_comes_first_and_nobody_fills_the_list(store: Store) -> None:
    for number, (agent, probability) in enumerate(
        [("A", 0.9), ("A", 0.95), ("A", 0.8), ("B", 0.5), (None, 0.7)]
    ):
        save(store, number, agent, "2025-03-04", judged(Verdict.MET, said(1, "您好", probability)))
    calls = choose_calls(store, Wanted("greeting", (Verdict.MET,)), per_agent=2)
    assert [int(call.id, 16) for call in calls] == [1, 4, 3, 0]


def test_calls_that_are_not_for_training_and_unsure_ones_are_left_out(store: Store) -> None:
    good = save(store, 1, "A", "2025-03-04", judged(Verdict.MET, said(1, "您好")))
    save(store, 2, "B", "2025-03-04", judged(Verdict.UNSURE, said(1, "您好")))
    flagged = save(store, 3, "C", "2025-03-04", judged(Verdict.MET, said(1, "您好")))
    store.coaching.flag(flagged, NOT_FOR_TRAINING, "chen")
    assert [call.id for call in choose_calls(store, Wanted("greeting"), 3)] == [good]
    store.coaching.flag(good, NOT_FOR_TRAINING, "chen")
    with pytest.raises(UsageError, match="not for training"):
        choose_calls(store, Wanted("greeting"), 3)


def test_agent_and_period_narrow_and_what_is_missing_is_said(store: Store) -> None:
    from datetime import date

    first = save(store, 1, "A", "2025-03-04", judged(Verdict.MET, said(1, "您好")))
    save(store, 2, "B", "2025-03-09", judged(Verdict.NOT_MET, said(1, "喂")))
    period = Period(date(2025, 3, 1), date(2025, 3, 5))
    assert [call.id for call in choose_calls(store, Wanted("greeting", period=period), 3)] == [first]
    assert [call.id for call in choose_calls(store, Wanted("greeting", agent="A"), 3)] == [first]
    with pytest.raises(UsageError, match="partly_met") as caught:
        choose_calls(store, Wanted("greeting", (Verdict.PARTLY_MET,)), 3)
    assert "met 1, not_met 1" in caught.value.hint
    with pytest.raises(UsageError, match="'tone'"):
        choose_calls(store, Wanted("tone"), 3)


def test_a_good_greeting_is_played_whole_and_a_bad_one_where_it_lacks_something() -> None:
    rows = (said(1, "您好", 0.9), said(2, "移动", 0.7), said(30, "帮您", 0.9))
    good = find_example(judged(Verdict.MET, *rows), "greeting")
    assert good is not None
    assert good.quotes == ("您好", "移动")
    assert good.probability == 0.7
    missing = said(1, "您好我是李娜", reason="没有公司名称。")
    bad = find_example(judged(Verdict.PARTLY_MET, rows[0], missing), "greeting")
    assert bad is not None
    assert bad.quotes == ("您好我是李娜",)


def test_a_bad_example_is_a_fault_even_where_what_went_well_was_heard_better() -> None:
    fault, fine = said(5, "不知道", 0.7, "服务禁语。"), said(1, "请您稍等", 0.99, "用了“请”。")
    analysis = judged(
        Verdict.NOT_MET,
        fine,
        fault,
        criterion="politeness",
        forbidden_phrases=Measure("forbidden_phrases", 1, "count", {}, (fault,)),
        courtesy=Measure("courtesy", 1, "share", {"occasions": [{"start": 1, "given": True}]}, (fine,)),
    )
    example = find_example(analysis, "politeness")
    assert example is not None
    assert example.quotes == ("不知道",)


def test_where_nothing_was_wrong_the_agent_is_heard_at_length() -> None:
    example = find_example(judged(Verdict.MET, criterion="guessing"), "guessing")
    assert example is not None
    assert example.quotes == (LINES[0][2],)
    assert find_example(judged(Verdict.UNSURE, said(1, "您好")), "greeting") is None
    assert find_example(judged(Verdict.NOT_MET), "greeting") is None
