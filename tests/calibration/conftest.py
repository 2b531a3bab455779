"""A workspace of synthetic calls with every verdict among them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from callqa.data import CriterionResult, Evidence, Measure, Turn, Utterance, Verdict, Word
from callqa.data import Role as Who
from callqa.scoring import default_rubric, score_call
from callqa.store import CallKeys, Store
from tests.synthetic import make_analysis, make_facts

CRITERIA = ("greeting", "pace", "politeness", "listening", "jargon")
CYCLE = (Verdict.MET, Verdict.PARTLY_MET, Verdict.NOT_MET, Verdict.MET)


def call_id(number: int) -> str:
    return f"{number:04x}abcd" * 2


def save_call(store: Store, number: int, verdicts: dict[str, Verdict], agent: str = "李娜") -> str:
    """Store a call that was judged so."""
    facts = make_facts(call_id(number), f"calls/{number:03d}.wav")
    facts = dataclasses.replace(
        facts, recording=dataclasses.replace(facts.recording, agent_id=None, agent_name=agent)
    )
    card = dataclasses.replace(
        make_analysis(facts).scorecard,
        criteria=tuple(
            CriterionResult(
                name, verdict, None, 10, False, f"理由：{name}", (Evidence(1, 2.5, "=您好", "因为"),)
            )
            for name, verdict in verdicts.items()
        ),
    )
    analysis = dataclasses.replace(make_analysis(facts), scorecard=card)
    store.save(analysis, CallKeys(call_id(number) * 4, "f", "j"), facts.recording.path)
    return call_id(number)


def save_paced(store: Store, number: int, rate: float) -> str:
    """Store a call whose agent speaks at this rate, judged by the shipped rubric."""
    facts = make_facts(call_id(number), f"calls/{number:03d}.wav")
    words = tuple(Word(i * 0.5, i * 0.5 + 0.4, "您好", 0.9) for i in range(20))
    facts = dataclasses.replace(
        facts,
        turns=(Turn(0, 10, "SPEAKER_00", 0, Who.AGENT), Turn(10, 12, "SPEAKER_01", 1, Who.CUSTOMER)),
        utterances=(Utterance(0, 10, "SPEAKER_00", words, 0, Who.AGENT, ""),),
        coverage=dataclasses.replace(facts.coverage, untranscribed_seconds=0, untranscribed=()),
    )
    measures = {"articulation_rate": Measure("articulation_rate", rate, "字/分", {"syllables": 40})}
    card = score_call(facts, measures, default_rubric("zh"))
    analysis = dataclasses.replace(make_analysis(facts), measures=measures, scorecard=card)
    store.save(analysis, CallKeys(call_id(number) * 4, "f", "j"), facts.recording.path)
    return call_id(number)


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return tmp_path / "ws"


@pytest.fixture
def store(workspace: Path) -> Iterator[Store]:
    with Store.open(workspace, create=True) as opened:
        yield opened


@pytest.fixture
def save_calls(store: Store) -> Callable[[int], list[str]]:
    """Stores so many calls; their verdicts go round."""

    def save(number: int) -> list[str]:
        return [
            save_call(
                store,
                index,
                {name: CYCLE[(index + 2 * place) % 4] for place, name in enumerate(CRITERIA)},
                agent=f"坐席{index % 3}",
            )
            for index in range(number)
        ]

    return save
