"""The same calls by other agents: who says what under which name, and which verdicts changed."""

from __future__ import annotations

from collections import Counter

import pytest

from callqa.data import CriterionResult, RubricRef, Scorecard, Verdict
from corpus.dialogue import Dialogue, load_dialogues
from corpus.fairness import AGENTS, NUM_DIALOGUES, fairness_calls, renamed_agent
from corpus.fairness_check import Judged, changes_of, describe


@pytest.fixture(scope="module")
def dialogues() -> list[Dialogue]:
    return load_dialogues()


def test_voices_and_names_are_crossed(dialogues: list[Dialogue]) -> None:
    calls = fairness_calls(dialogues, 1)
    assert len(calls) == 4 * NUM_DIALOGUES
    assert len({call.id for call in calls}) == len(calls)
    for language, voices in AGENTS.items():
        own = [call for call in calls if call.language == language]
        pairs = Counter((call.pair.agent, call.manifest["agent_name"]) for call in own)
        assert len(pairs) == 16
        assert max(pairs.values()) - min(pairs.values()) <= 1
        assert not any(set(call.pair.customer.split("+")) & set(voices) for call in own)


def test_customer_and_words_stay(dialogues: list[Dialogue]) -> None:
    calls = fairness_calls(dialogues, 1)
    first = calls[:4]
    assert len({call.pair.customer for call in first}) == 1
    assert len({call.renderings[0].dialogue.id for call in first}) == 1


def test_the_name_is_another_wherever_it_is_said(dialogues: list[Dialogue]) -> None:
    dialogue = next(d for d in dialogues if d.agent.name and d.agent.name in d.lines[0].text)
    other = renamed_agent(dialogue, "欧阳雪")
    said = "".join(line.text for line in other.lines)
    assert "欧阳雪" in said
    assert str(dialogue.agent.name) not in said
    assert len(other.lines) == len(dialogue.lines)


def _call(voice: str, pace: Verdict, greeting: Verdict, expected_pace: str = "met") -> Judged:
    criteria = tuple(
        CriterionResult(name, verdict, None, 1.0, False, "why")
        for name, verdict in (("greeting", greeting), ("pace", pace))
    )
    card = Scorecard(RubricRef("r", "1"), 80.0 if pace is Verdict.MET else 60.0, 1.0, criteria)
    return Judged(f"z01-{voice}", "z01", voice, f"name {voice}", card, {"pace": expected_pace})


def test_a_change_is_told_from_one_of_the_truth() -> None:
    met, not_met = Verdict.MET, Verdict.NOT_MET
    calls = [
        _call("a", met, met),
        _call("b", met, met),
        _call("c", met, not_met),
        _call("d", not_met, met, expected_pace="not_met"),
    ]
    changes = changes_of(calls)
    assert [(c.criterion, c.call.voice, c.in_truth) for c in changes] == [
        ("greeting", "c", False),
        ("pace", "d", True),
    ]
    lines = describe(calls, details=True)
    assert any(line.startswith("all") and "25.0%" in line for line in lines)
    assert any(line.startswith("d ") and "-15.00" in line for line in lines)
