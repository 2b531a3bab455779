"""Roles that a person settles: what changes, what is kept, and how it is taken back."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from callqa import settling
from callqa.batch import run_batch
from callqa.config import Settings
from callqa.data import CallFacts, CallRequest, Role, Roles, Turn
from callqa.errors import UsageError
from callqa.rescoring import Judging
from callqa.settling import Settlement
from callqa.store import Store
from tests.measures.factories import agent, customer
from tests.measures.factories import make_facts as make_call
from tests.synthetic import TinyFactory, make_analysis, make_facts

A, B = "SPEAKER_00", "SPEAKER_01"
SETTINGS = Settings()
LINES = [
    agent(0.0, 4.0, "您好，中国移动，很高兴为您服务，请问有什么可以帮您？"),
    customer(4.5, 8.0, "我想查一下我这个月的话费。"),
    agent(8.5, 11.0, "好的，请您稍等，我帮您查询一下。"),
]


def uncertain() -> CallFacts:
    facts = make_facts()
    roles = dataclasses.replace(
        facts.roles, certain=False, confidence=0.6, speakers={}, settled_by=None, settled_at=None
    )
    return settling.with_roles(facts, roles)


def test_settling_roles_rewrites_turns_and_utterances() -> None:
    facts = settling.settle_roles(uncertain(), B, "chen")
    assert facts.roles.source == "person"
    assert facts.roles.certain
    assert facts.roles.speakers == {B: Role.AGENT, A: Role.CUSTOMER}
    assert [turn.role for turn in facts.turns] == [Role.CUSTOMER, Role.AGENT]
    assert [item.role for item in facts.utterances] == [Role.CUSTOMER, Role.AGENT]
    assert facts.roles.settled_by == "chen"
    assert facts.roles.settled_at is not None
    assert facts.roles.settled_at.endswith("+00:00")


def test_signs_pull_towards_whom_the_person_named() -> None:
    before = uncertain()
    assert before.roles.favoured == A
    assert settling.settle_roles(before, A, "chen").roles.signs == before.roles.signs
    against = settling.settle_roles(before, B, "chen").roles.signs
    assert against == {name: -pull for name, pull in before.roles.signs.items()}


def test_a_third_speaker_gets_no_role() -> None:
    facts = make_facts()
    facts = dataclasses.replace(facts, turns=(*facts.turns, Turn(20, 50, "SPEAKER_02")))
    settled = settling.settle_roles(facts, B, "chen")
    assert settled.roles.speakers == {B: Role.AGENT, A: Role.CUSTOMER}
    assert settled.turns[2].role is None


def test_settling_roles_for_somebody_who_does_not_speak() -> None:
    with pytest.raises(UsageError, match=r"no speaker 'LiNa'.*SPEAKER_00 \(3 s\), SPEAKER_01 \(6 s\)"):
        settling.settle_roles(make_facts(), "LiNa", "chen")


def test_swapping_needs_an_agent_and_a_customer() -> None:
    swapped = settling.settled(make_facts(), Settlement("swap", "chen"), SETTINGS)
    assert swapped.roles.speakers == {B: Role.AGENT, A: Role.CUSTOMER}
    with pytest.raises(UsageError, match="no agent and customer that could be swapped"):
        settling.settled(uncertain(), Settlement("swap", "chen"), SETTINGS)


def test_nobody_is_the_agent() -> None:
    facts = settling.settled(make_facts(), Settlement("none", "chen"), SETTINGS)
    assert (facts.roles.certain, facts.roles.source, facts.roles.speakers) == (False, "person", {})
    assert {turn.role for turn in facts.turns} == {None}
    assert not settling.waits_for_a_person(facts)
    assert settling.waits_for_a_person(uncertain())


def test_taking_a_persons_word_back_gives_the_roles_that_the_words_show() -> None:
    found = settling.with_roles(make_call(LINES), settling.automatic_roles(make_call(LINES), SETTINGS))
    assert found.roles.certain
    assert found.roles.speakers[A] is Role.AGENT
    wrong = settling.settle_roles(found, B, "chen")
    assert settling.settled(wrong, Settlement("auto", "li"), SETTINGS) == found


def test_automatic_roles_of_channels_are_those_that_were_given() -> None:
    facts = make_facts()
    assert settling.automatic_roles(facts, SETTINGS).source == "configured"
    assert settling.automatic_roles(facts, SETTINGS).speakers[A] is Role.AGENT
    many = dataclasses.replace(facts, recording=dataclasses.replace(facts.recording, channels=4))
    assert not settling.automatic_roles(many, SETTINGS).certain


def test_one_party_alone_has_no_roles() -> None:
    facts = dataclasses.replace(make_call(LINES), status="one_party")
    assert settling.automatic_roles(facts, SETTINGS) == Roles(False, None, "signs")


def test_settled_roles_outlive_a_new_analysis_even_under_other_labels() -> None:
    before = settling.settle_roles(make_facts(), B, "chen", "2025-03-05T08:00:00+00:00")
    renamed = {A: "B", B: "A"}
    fresh = uncertain()
    after = dataclasses.replace(
        fresh, turns=tuple(dataclasses.replace(turn, speaker=renamed[turn.speaker]) for turn in fresh.turns)
    )
    carried = settling.carry_roles(before, after).roles
    assert carried.speakers == {"A": Role.AGENT, "B": Role.CUSTOMER}
    assert (carried.settled_by, carried.settled_at) == ("chen", "2025-03-05T08:00:00+00:00")
    assert settling.carry_roles(make_facts(), after) is after


def test_that_nobody_is_the_agent_outlives_a_new_analysis() -> None:
    before = settling.settled(make_facts(), Settlement("none", "chen"), SETTINGS)
    carried = settling.carry_roles(before, make_facts()).roles
    assert (carried.certain, carried.source, carried.settled_by) == (False, "person", "chen")


def test_a_forced_rerun_keeps_the_roles_a_person_settled(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_text("a.wav")
    factory = TinyFactory(str(tmp_path / "log.txt"))
    workspace = tmp_path / "ws"
    judging = Judging(make_analysis, "j", {}, None)
    with Store.open(workspace, create=True) as store:

        def run(force: bool) -> str:
            result = run_batch(
                [CallRequest(str(path))],
                store,
                factory,
                settings=SETTINGS,
                rubrics_digest="r1",
                workspace=workspace,
                force=force,
            )
            return result.call_ids[0]

        call_id = run(False)
        change = settling.settle_call(store, call_id, Settlement("agent", "chen", B), lambda call: judging)
        assert change.call_id == call_id
        run(True)
        roles = store.load(call_id).analysis.facts.roles
    assert (roles.source, roles.settled_by, roles.speakers[B]) == ("person", "chen", Role.AGENT)
