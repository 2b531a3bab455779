"""Plans of a whole team, from the store: what was planted is named first, and nothing else."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from callqa.coaching import wording
from callqa.coaching.advice import AgentPlan, TeamPlan
from callqa.coaching.modules import load_modules
from callqa.coaching.plan import make_plan
from callqa.coaching.progress import progress_of
from callqa.coaching.results import Period, team_results
from callqa.coaching.rules import CoachingRules
from callqa.data import Evidence, Verdict, Word
from callqa.store import NOT_FOR_TRAINING, CallKeys, JudgedCall, Store
from corpus.team import COACHED_IN_WEEK, FIRST_MONDAY, plan
from corpus.team_check import check, count_over_seeds, planted_of
from corpus.team_noise import judged_calls
from tests.coaching.calls import judged
from tests.coaching.stored import NAME_HEARD, analysis_of, save_calls

MET, NOT_MET, UNSURE = Verdict.MET, Verdict.NOT_MET, Verdict.UNSURE
START = FIRST_MONDAY.date()
WEEKS = Period(START, START + timedelta(weeks=8))
TRUTH = {
    "first_day": START.isoformat(),
    "agents": [
        {
            "id": agent.id,
            "name": agent.name,
            "weakness": agent.weakness,
            "until_week": agent.until_week,
        }
        for agent in dict.fromkeys(call.agent for call in plan(1))
    ],
}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "ws", create=True) as opened:
        yield opened


def plans_of(store: Store, period: Period | None = None, language: str = "zh") -> TeamPlan:
    team = team_results(store.judged(), period)
    return make_plan(store, team, CoachingRules(), load_modules(None, language), language)


def of(plan: TeamPlan, agent: str) -> AgentPlan:
    return next(item for item in plan.agents if item.agent == agent)


def two_agents(**of_first: int) -> list[JudgedCall]:
    """A1 has so many calls not met and met; A2 thirty good ones."""
    calls = [
        judged("A1", f"2025-03-{day + 1:02}", name="张三", greeting=NOT_MET) for day in range(of_first["bad"])
    ]
    calls += [
        judged("A1", f"2025-04-{day + 1:02}", name="张三", greeting=MET)
        for day in range(of_first.get("good", 0))
    ]
    return calls + [judged("A2", f"2025-03-{day + 1:02}", name="李娜", greeting=MET) for day in range(30)]


def test_what_was_planted_is_found_and_nothing_else() -> None:
    for finding in check(judged_calls(plan(1), 1), planted_of(TRUTH), WEEKS):
        assert finding.right, finding


def test_small_agent_is_not_judged_whatever_the_calls_say() -> None:
    findings = check(judged_calls(plan(3), 3), planted_of(TRUTH), WEEKS)
    small = next(finding for finding in findings if finding.planted.agent == "T112")
    assert (small.calls, small.missing, small.named) == (3, 5, ())


def test_advice_on_noise_is_rare() -> None:
    found = {what: times / of for what, times, of in count_over_seeds(range(1, 9))}
    assert found["weakness named first"] >= 0.95
    assert found["agent without weakness advised"] <= 0.02
    assert found["team of equals (15% faults) with any advice"] == 0


def test_plan_from_the_store_has_moments_words_and_module(store: Store) -> None:
    save_calls(store, judged_calls(plan(1), 1))
    made = plans_of(store, WEEKS)
    first = {agent.agent: agent.advice[0].criterion for agent in made.agents if agent.advice}
    assert first == {"T103": "pace", "T105": "listening", "T108": "jargon"}
    jargon = of(made, "T108").advice[0]
    assert len({moment.call_id for moment in jargon.work_on}) == 3
    days = [moment.day or "" for moment in jargon.work_on]
    assert days == sorted(days, reverse=True)
    assert jargon.own_good is not None
    assert jargon.example is not None
    assert jargon.instead[0].said == "光猫"
    assert jargon.instead[0].better == "光猫就是接光纤的小盒子"
    assert [module.id for module in jargon.modules] == ["plain_words"]
    listening = of(made, "T105").advice[0]
    assert {moment.quote for moment in listening.work_on} == {"你先听我说"}
    assert {moment.quote for moment in of(made, "T103").advice[0].work_on} == {"说得很快"}
    assert {need.module.id: need.agents for need in made.needs}["pace"] == ("周建国 (T103)",)


def test_greeting_moment_is_what_was_missing_and_the_words_carry_the_own_name(store: Store) -> None:
    save_calls(store, two_agents(bad=12))
    advice = of(plans_of(store), "A1").advice[0]
    assert [moment.reason for moment in advice.work_on] == ["开头没有听到姓名或工号。"] * 3
    assert advice.instead[0].better == "您好，我是中国移动的张三，请问有什么可以帮您？"
    assert advice.own_good is None


def test_colleagues_example_has_no_name_unless_they_let_it(store: Store) -> None:
    save_calls(store, two_agents(bad=12))
    example = of(plans_of(store), "A1").advice[0].example
    assert example is not None
    assert example.agent is None
    # The name as it was misheard is the name too.
    assert NAME_HEARD not in example.quote
    assert "［姓名］" in example.quote
    store.coaching.save_consent("A2", True, "李娜")
    example = of(plans_of(store), "A1").advice[0].example
    assert example is not None
    assert (example.agent, NAME_HEARD in example.quote) == ("李娜", True)


def test_calls_not_for_training_count_but_are_not_played(store: Store) -> None:
    save_calls(store, two_agents(bad=12))
    before = of(plans_of(store), "A1").advice[0]
    for moment in before.work_on:
        store.coaching.flag(moment.call_id, NOT_FOR_TRAINING, "QA")
    after = of(plans_of(store), "A1").advice[0]
    assert not {moment.call_id for moment in before.work_on} & {moment.call_id for moment in after.work_on}
    assert after.level == before.level


def test_unsure_is_never_a_moment(store: Store) -> None:
    calls = [
        *two_agents(bad=12),
        *(judged("A1", "2025-03-30", name="张三", greeting=UNSURE) for _ in range(3)),
    ]
    save_calls(store, calls)
    assert {moment.day for moment in of(plans_of(store), "A1").advice[0].work_on} == {
        "2025-03-12",
        "2025-03-11",
        "2025-03-10",
    }


def test_what_has_caught_up_is_no_advice(store: Store) -> None:
    save_calls(store, two_agents(bad=12, good=12))
    agent = of(plans_of(store), "A1")
    assert agent.advice == ()
    assert agent.recovered == ("greeting",)


def test_whole_team_below_target_is_nobodys_fault(store: Store) -> None:
    save_calls(store, [judged(f"A{i % 3}", pace=MET if i % 5 == 0 else NOT_MET) for i in range(60)])
    made = plans_of(store, language="en")
    assert [gap.criterion for gap in made.team_gaps] == ["pace"]
    assert all(not agent.advice for agent in made.agents)
    assert "callqa calibrate" in wording.team_gap_sentence(made, made.team_gaps[0])


def test_good_things_come_first_and_nothing_certain_is_said_kindly(store: Store) -> None:
    save_calls(store, [judged(agent, pace=MET, name=agent) for agent in ("A1", "A2") for _ in range(12)])
    made = plans_of(store, language="en")
    agent = of(made, "A1")
    assert [strength.criterion for strength in agent.strengths] == ["pace"]
    assert "keep it up" in wording.no_advice_sentence(made, agent)


def test_nothing_that_could_be_judged_is_said_as_that(store: Store) -> None:
    save_calls(store, [judged("A1", pace=UNSURE) for _ in range(10)])
    made = plans_of(store, language="en")
    assert wording.headline(made, of(made, "A1")) == "nothing could be judged"


def test_improvement_is_found_and_the_day_itself_counts_on_no_side() -> None:
    calls = judged_calls(plan(1), 1)
    held = START + timedelta(weeks=COACHED_IN_WEEK - 1, days=-1)
    found = progress_of(calls, "T110", "greeting", held, CoachingRules())
    assert found.outcome == "improved"
    assert found.difference.low is not None
    assert found.difference.low > 0
    assert found.before_period.end == held
    assert found.after_period.start == held + timedelta(days=1)


@pytest.mark.parametrize(
    ("before", "after", "outcome"),
    [
        ((0, 10), (10, 0), "improved"),
        ((10, 0), (0, 10), "worse"),
        ((6, 4), (7, 3), "no_clear_change"),
        ((0, 10), (4, 0), "too_few"),
    ],
)
def test_outcomes(before: tuple[int, int], after: tuple[int, int], outcome: str) -> None:
    calls = [
        judged("A1", day, pace=verdict)
        for day, counts in (("2025-03-10", before), ("2025-03-20", after))
        for verdict, times in zip((MET, NOT_MET), counts, strict=True)
        for _ in range(times)
    ]
    found = progress_of(calls, "A1", "pace", date(2025, 3, 15), CoachingRules())
    assert found.outcome == outcome
    assert found.missing_after == (1 if outcome == "too_few" else 0)
    for language in ("zh", "en"):
        assert wording.progress_sentence(found, language)


def test_customers_numbers_are_in_no_moment(store: Store) -> None:
    number = "幺三八零零幺三八零零零"
    text = f"您的号码是{number}"
    for call in two_agents(bad=12):
        analysis = analysis_of(call)
        words = tuple(Word(0.5 + 0.2 * i, 0.7 + 0.2 * i, char, 0.9) for i, char in enumerate(text))
        said = dataclasses.replace(analysis.facts.utterances[0], words=words, start=0.5, end=5.0)
        facts = dataclasses.replace(analysis.facts, utterances=(said,))
        quoted = Evidence(0.5, 4.0, text, f"开头没有听到姓名：“{text}”。", 0.9)
        greeting = dataclasses.replace(analysis.measures["greeting"], evidence=(quoted,))
        store.save(
            dataclasses.replace(analysis, facts=facts, measures={"greeting": greeting}),
            CallKeys(call.id.ljust(64, "0"), "f", "j"),
            f"{call.id}.wav",
        )
    moments = of(plans_of(store), "A1").advice[0].work_on
    assert len(moments) == 3
    for moment in moments:
        assert number not in moment.quote + moment.reason
        assert "［电话号码］" in moment.quote
