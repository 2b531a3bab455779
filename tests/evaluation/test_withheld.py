"""What would have been said where callqa said `unsure`."""

from __future__ import annotations

import dataclasses

import pytest

from callqa.config import Settings
from callqa.data import (
    CallAnalysis,
    CallFacts,
    Coverage,
    Role,
    Roles,
    TimeSpan,
    Turn,
    Utterance,
    Verdict,
    Word,
)
from callqa.evaluation.withheld import guessed_verdicts
from callqa.judging import make_judge
from callqa.scoring.book import open_book
from tests.synthetic import make_facts


def _facts(certain: bool = True) -> CallFacts:
    """An agent who greets by the book and speaks at an ordinary pace, and a customer."""
    said = "您好，我是中国移动的李娜，请问有什么可以帮您？我帮您查一下这个月的账单，请您稍等。"
    asked = "你好，我想问一下我的话费。"
    agent = _utterance(said, 0.5, 10.5, "SPEAKER_00", Role.AGENT if certain else None)
    customer = _utterance(asked, 11.0, 14.0, "SPEAKER_01", Role.CUSTOMER if certain else None)
    speakers = {"SPEAKER_00": Role.AGENT, "SPEAKER_01": Role.CUSTOMER} if certain else {}
    return dataclasses.replace(
        make_facts(),
        turns=tuple(Turn(u.start, u.end, u.speaker, 0, u.role) for u in (agent, customer)),
        utterances=(agent, customer),
        roles=Roles(certain, 0.97 if certain else 0.6, "signs", speakers, "SPEAKER_00", {}),
        coverage=Coverage(13.0, 0.0),
        acoustics=(),
    )


def _utterance(text: str, start: float, end: float, speaker: str, role: Role | None) -> Utterance:
    step = (end - start) / len(text)
    words = tuple(
        Word(start + index * step, start + (index + 1) * step, char, 0.95) for index, char in enumerate(text)
    )
    return Utterance(start, end, speaker, words, 0, role, "")


def _judged(facts: CallFacts) -> CallAnalysis:
    return make_judge(Settings(), open_book(None)).judge(facts, {})


def _given(analysis: CallAnalysis) -> dict[str, str]:
    return {item.id: str(item.verdict) for item in analysis.scorecard.criteria}


def test_what_was_given_stays() -> None:
    analysis = _judged(_facts())
    given, guessed = _given(analysis), guessed_verdicts(analysis)
    assert set(given) == set(guessed)
    assert all(guessed[name] == verdict for name, verdict in given.items() if verdict != "unsure")


def test_roles_are_taken_as_favoured() -> None:
    analysis = _judged(_facts(certain=False))
    assert set(_given(analysis).values()) == {"unsure"}
    certain = guessed_verdicts(_judged(_facts()))
    assert guessed_verdicts(analysis)["greeting"] == certain["greeting"] != "unsure"


def test_speech_without_words_hides_nothing() -> None:
    facts = _facts()
    # Nearly all of the greeting was not recognised.
    hole = TimeSpan(0.5, 6.0)
    agent = facts.utterances[0]
    left = dataclasses.replace(agent, words=tuple(word for word in agent.words if word.start >= hole.end))
    facts = dataclasses.replace(
        facts,
        utterances=(left, facts.utterances[1]),
        coverage=Coverage(13.0, hole.duration, (hole,)),
    )
    analysis = _judged(facts)
    assert _given(analysis)["greeting"] == "unsure"
    assert guessed_verdicts(analysis)["greeting"] == "not_met"


def test_uncertain_findings_count_as_found() -> None:
    analysis = _judged(_facts())
    measure = dataclasses.replace(
        analysis.measures["guessing"],
        components={**analysis.measures["guessing"].components, "count": 0, "uncertain": 2},
    )
    card = dataclasses.replace(
        analysis.scorecard,
        criteria=tuple(
            dataclasses.replace(item, verdict=Verdict.UNSURE, score=None) if item.id == "guessing" else item
            for item in analysis.scorecard.criteria
        ),
    )
    doubted = dataclasses.replace(
        analysis, measures={**analysis.measures, "guessing": measure}, scorecard=card
    )
    assert guessed_verdicts(doubted)["guessing"] == "not_met"


@pytest.mark.parametrize("status", ["one_party", "no_speech"])
def test_without_a_conversation_there_is_nothing_to_go_by(status: str) -> None:
    analysis = _judged(dataclasses.replace(_facts(), status=status))
    assert not set(guessed_verdicts(analysis).values()) & {"met", "partly_met", "not_met"}
