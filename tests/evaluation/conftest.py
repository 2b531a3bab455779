"""A call, its truth, and an analysis of it that is right in every point unless told otherwise."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from callqa.data import (
    CallAnalysis,
    CallFacts,
    Coverage,
    Evidence,
    Measure,
    Provenance,
    Recording,
    Role,
    Roles,
    RubricRef,
    Scorecard,
    Turn,
    Utterance,
    Word,
)
from callqa.evaluation.truth import Truth

SPEAKERS = {Role.AGENT: "SPEAKER_00", Role.CUSTOMER: "SPEAKER_01"}

TRUTH: dict[str, Any] = {
    "id": "zh99",
    "file": "zh99.wav",
    "language": "zh",
    "duration": 40.0,
    "layout": "mono",
    "wording": "written",
    "condition": "clean",
    "synthetic": True,
    "conditions": {"snr_db": 30.0, "line_codec": "alaw", "codec": "pcm_s16le", "leakage_db": None},
    "title": "not compared",
    "turns": [
        {"start": 0.5, "end": 4.5, "role": "agent", "text": "您好，我是中国移动的李娜，请问有什么可以帮您？"},
        {"start": 5.0, "end": 12.0, "role": "customer", "text": "唉你好，我家的宽带上不去网了。"},
        {"start": 11.0, "end": 18.0, "role": "agent", "text": "没办法，您的光猫坏了，换一个吧。"},
        {"start": 19.0, "end": 21.0, "role": "customer", "text": "好吧，谢谢。"},
    ],
    "greeting": {"salutation": True, "company": True, "name": True, "offer": True},
    "jargon": [{"term": "光猫", "start": 13.0, "end": 13.5, "text": "…", "status": "unexplained"}],
    "forbidden": [{"quote": "没办法", "start": 11.0, "end": 12.0}],
    "impolite": [],
    "interruptions": [{"start": 11.0, "end": 12.0, "by": "agent"}],
    "talk_share": 0.55,
    "speaking_rate": 180.0,
}

Analyse = Callable[..., CallAnalysis]


@pytest.fixture
def truth() -> Truth:
    return Truth.model_validate(TRUTH)


def perfect(truth: Truth) -> CallAnalysis:
    """What a flawless system would have found."""
    turns, utterances = [], []
    for known in truth.turns:
        turns.append(Turn(known.start, known.end, SPEAKERS[known.role], role=known.role))
        step = (known.end - known.start) / len(known.text)
        words = tuple(
            Word(known.start + i * step, known.start + (i + 1) * step, letter, 0.9)
            for i, letter in enumerate(known.text)
        )
        utterances.append(Utterance(known.start, known.end, SPEAKERS[known.role], words, role=known.role))
    facts = CallFacts(
        Recording("0" * 16, truth.file, truth.duration, 8000, 1),
        truth.language,
        tuple(turns),
        Roles(True, 0.97, "signs", {SPEAKERS[role]: role for role in Role}),
        tuple(utterances),
        Coverage(20.0, 0.0),
        (),
    )
    cut = [Evidence(item.start, item.end, "", "") for item in truth.interruptions]
    measures = {
        "talk_share": Measure("talk_share", truth.talk_share, "share"),
        "speaking_rate": Measure("speaking_rate", truth.speaking_rate, "字/分"),
        "greeting": Measure("greeting", dict(truth.greeting), "elements"),
        "forbidden_phrases": found_phrases([("没办法", 11.0, 12.0, True)]),
        "jargon": found_terms([("光猫", 13.0, 13.5, "unexplained")]),
        "agent_interruptions": Measure("agent_interruptions", len(cut), "count", {}, tuple(cut)),
        "customer_interruptions": Measure("customer_interruptions", 0, "count"),
    }
    card = Scorecard(RubricRef("zh-telecom", "1"), 80.0, 1.0, ())
    return CallAnalysis(facts, measures, card, Provenance("0.1.0", {}, "0", "2025-01-01T00:00:00Z"))


def found_phrases(items: Sequence[tuple[str, float, float, bool]]) -> Measure:
    occurrences = [
        {"phrase": heard, "heard": heard, "start": start, "end": end, "certain": certain}
        for heard, start, end, certain in items
    ]
    return Measure("forbidden_phrases", len(items), "count", {"occurrences": occurrences})


def found_terms(items: Sequence[tuple[str, float, float, str]]) -> Measure:
    occurrences = [
        {"term": term, "heard": term, "start": start, "end": end, "status": status, "plain": ""}
        for term, start, end, status in items
    ]
    return Measure("jargon", 1.0, "per 100 syllables", {"occurrences": occurrences})


@pytest.fixture
def analyse(truth: Truth) -> Analyse:
    """The flawless analysis with some measures, facts or all roles replaced."""

    def make(measures: dict[str, Measure] | None = None, **facts: Any) -> CallAnalysis:
        whole = perfect(truth)
        return replace(
            whole, facts=replace(whole.facts, **facts), measures={**whole.measures, **(measures or {})}
        )

    return make


def say(utterance: Utterance, text: str) -> Utterance:
    """The same utterance with other words."""
    step = (utterance.end - utterance.start) / max(len(text), 1)
    words = tuple(
        Word(utterance.start + i * step, utterance.start + (i + 1) * step, letter, 0.9)
        for i, letter in enumerate(text)
    )
    return replace(utterance, words=words)
