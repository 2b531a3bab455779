"""Eight weeks of a team: who has which weakness, when, and how it is said."""

from __future__ import annotations

from collections import Counter

import pytest

from corpus.dialogue import check
from corpus.team import (
    COACHED_IN_WEEK,
    FEW_CALLS,
    NUM_CALLS,
    NUM_WEEKS,
    Planned,
    dialogue_of,
    load_matters,
    plan,
    team,
    team_calls,
)


@pytest.fixture(scope="module")
def planned() -> list[Planned]:
    return plan(1)


def test_the_plan_is_as_large_as_promised(planned: list[Planned]) -> None:
    assert len(planned) == NUM_CALLS
    assert {call.week for call in planned} == set(range(1, NUM_WEEKS + 1))
    counts = Counter(call.agent.id for call in planned)
    assert len(counts) == 12
    assert min(counts.values()) == FEW_CALLS
    assert sorted(counts.values())[1] > 15
    assert plan(1) == planned
    assert plan(2) != planned


def test_weaknesses_show_and_slips_are_rare(planned: list[Planned]) -> None:
    slips = chances = 0
    for agent in (agent for agent in team() if agent.calls > FEW_CALLS):
        own = [call for call in planned if call.agent == agent]
        for fault in ("pace", "interruptions", "jargon", "greeting"):
            count = sum(fault in call.faults for call in own)
            if fault != agent.weakness:
                slips, chances = slips + count, chances + len(own)
                assert count / len(own) < 0.3
            elif agent.until_week is None:
                assert count / len(own) > 0.7
    assert 0.02 < slips / chances < 0.1


def test_the_improved_agent_improves(planned: list[Planned]) -> None:
    own = [call for call in planned if call.agent.until_week == COACHED_IN_WEEK]
    before = ["greeting" in call.faults for call in own if call.week < COACHED_IN_WEEK]
    after = ["greeting" in call.faults for call in own if call.week >= COACHED_IN_WEEK]
    assert sum(before) / len(before) > 0.7
    assert sum(after) / len(after) < 0.2


def test_every_call_can_be_laid_out(planned: list[Planned]) -> None:
    matters = load_matters()
    # Calls about the same matter with the same faults have the same lines.
    for call in {(call.matter, call.faults): call for call in planned}.values():
        mistakes = check(dialogue_of(call, matters)).mistakes
        assert [text for text in mistakes if not text.startswith("an id of")] == []


def test_faults_are_in_the_words(planned: list[Planned]) -> None:
    calls = {call.id: call for call in team_calls(planned)}
    for call in planned:
        dialogue = calls[call.id].renderings[0].dialogue
        assert (call.agent.name in dialogue.lines[0].text) == ("greeting" not in call.faults)
        assert any(line.overlap for line in dialogue.lines) == ("interruptions" in call.faults)
        assert (dialogue.agent.speed > 1.3) == ("pace" in call.faults)
