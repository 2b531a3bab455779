from __future__ import annotations

from collections import Counter

import pytest

from callqa.calibration.sampling import draw_sample
from callqa.data import Verdict
from callqa.store import CallSummary


def call(number: int, verdict: Verdict = Verdict.MET, agent: str = "李娜") -> CallSummary:
    return CallSummary(
        id=f"c{number}",
        paths=(f"{number}.wav",),
        status="scored",
        duration=60.0 + number % 17,
        language="zh",
        agent_id=None,
        agent_name=agent,
        started_at=None,
        roles_certain=True,
        untranscribed_share=0,
        score=80.0,
        judged_share=1,
        capped_by=None,
        notes=(),
        verdicts={"greeting": verdict},
    )


def calls(number: int) -> list[CallSummary]:
    """One call in twenty not met, three agents."""
    return [call(i, Verdict.NOT_MET if i % 20 == 0 else Verdict.MET, f"坐席{i % 3}") for i in range(number)]


def test_the_sample_has_its_size_and_every_rare_verdict_and_agent() -> None:
    known = {item.id: item for item in calls(100)}
    for seed in range(20):
        sample = draw_sample(list(known.values()), 12, ["greeting"], seed)
        drawn = [known[name] for name in sample.chances]
        assert len(drawn) == 12
        assert sum(item.verdicts["greeting"] is Verdict.NOT_MET for item in drawn) >= 2
        assert {item.agent_name for item in drawn} == {"坐席0", "坐席1", "坐席2"}


def test_chances_are_those_with_which_calls_are_drawn() -> None:
    everything = calls(40)
    times: Counter[str] = Counter()
    chances: dict[str, float] = {}
    for seed in range(400):
        sample = draw_sample(everything, 8, ["greeting"], seed)
        times.update(sample.chances.keys())
        chances.update(sample.chances)
    rare, common = chances["c0"], chances["c1"]
    assert rare > 2 * common
    for group, chance in ((("c0", "c20"), rare), ([f"c{i}" for i in range(1, 20)], common)):
        drawn = sum(times[name] for name in group) / len(group) / 400
        assert drawn == pytest.approx(chance, abs=0.03)
    assert 2 * rare + 38 * common == pytest.approx(8)


def test_the_same_seed_draws_the_same_and_another_seed_others() -> None:
    first, again = (draw_sample(calls(60), 10, ["greeting"], 7) for _ in range(2))
    assert first == again
    assert set(draw_sample(calls(60), 10, ["greeting"], 8).chances) != set(first.chances)


def test_all_calls_are_taken_where_there_are_no_more() -> None:
    sample = draw_sample(calls(5), 10, ["greeting"], 0)
    assert set(sample.chances.values()) == {1.0}
    assert len(sample.chances) == 5


def test_very_many_calls_are_drawn_from_in_two_phases() -> None:
    sample = draw_sample(calls(900), 20, ["greeting"], 3)
    assert len(sample.chances) == 20
    assert sum(int(name[1:]) % 20 == 0 for name in sample.chances) >= 5
