"""A workspace with synthetic calls for tests of reports and exports."""

from __future__ import annotations

import dataclasses
import hashlib
import wave
from pathlib import Path

import numpy as np

from callqa.data import (
    CallAnalysis,
    CriterionResult,
    Evidence,
    Role,
    Turn,
    Utterance,
    Verdict,
    Word,
)
from callqa.store import CallKeys, Store
from tests.synthetic import CRITERIA, make_analysis, make_facts

SECRET = "13812345678"
RATE = 8000
_SCORES = {Verdict.MET: 1.0, Verdict.PARTLY_MET: 0.5, Verdict.NOT_MET: 0.0}


def write_recording(path: Path, seconds: float = 12.0) -> bytes:
    """A steady 300 Hz tone, so that what covers it can be told apart."""
    times = np.arange(round(seconds * RATE)) / RATE
    samples = (8000 * np.sin(2 * np.pi * 300 * times)).astype(np.int16)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())
    return path.read_bytes()


def phone_call(
    sha256: str, agent: str = "A1023", name: str | None = "李娜", **changes: object
) -> CallAnalysis:
    """A call in which the customer says a phone number at 4-6 s, quoted as evidence."""
    facts = make_facts(sha256[:16])
    said = f"我的手机号码是{SECRET}。"
    customer = Utterance(
        3.0,
        7.0,
        "SPEAKER_01",
        (Word(3.0, 4.0, "我的手机号码是", 0.9), Word(4.0, 6.0, SECRET, 0.9), Word(6.0, 6.2, "。", 0.9)),
        1,
        Role.CUSTOMER,
    )
    facts = dataclasses.replace(
        facts,
        recording=dataclasses.replace(facts.recording, agent_id=agent, agent_name=name, **changes),
        turns=(facts.turns[0], Turn(3.0, 7.0, "SPEAKER_01", 1, Role.CUSTOMER)),
        utterances=(facts.utterances[0], customer),
        coverage=dataclasses.replace(facts.coverage, untranscribed=(), untranscribed_seconds=0.0, removed=()),
    )
    analysis = make_analysis(facts)
    quoted = Evidence(3.0, 6.2, said, "the customer gives the number", 0.9)
    first, *others = analysis.scorecard.criteria
    card = dataclasses.replace(
        analysis.scorecard, criteria=(dataclasses.replace(first, evidence=(quoted,)), *others)
    )
    return dataclasses.replace(analysis, scorecard=card)


def with_verdicts(analysis: CallAnalysis, score: float | None = 80.0, **verdicts: Verdict) -> CallAnalysis:
    """The call with these verdicts, met elsewhere, nothing capped."""
    criteria = tuple(
        CriterionResult(name, verdict, _SCORES.get(verdict), 10.0, False, f"Because of {name}.")
        for name in CRITERIA
        for verdict in [verdicts.get(name, Verdict.MET)]
    )
    card = dataclasses.replace(
        analysis.scorecard, criteria=criteria, capped_by=None, notes=(), score=score, judged_share=1.0
    )
    return dataclasses.replace(analysis, scorecard=card)


def save(store: Store, analysis: CallAnalysis, sha256: str, path: str) -> None:
    """Store a call."""
    store.save(analysis, CallKeys(sha256, "f", "j"), path)


def fill_team(store: Store) -> None:
    """Two agents of 20 calls and one of 2 in March 2025; 王芳 (A2) explains no terms."""
    for agent, name, num_calls in (("A1", "李娜", 20), ("A2", "王芳", 20), ("A3", "赵敏", 2)):
        for number in range(num_calls):
            sha256 = hashlib.sha256(f"{agent} {number}".encode()).hexdigest()
            analysis = phone_call(
                sha256, agent, name, started_at=f"2025-03-{3 + number % 14:02}T09:{number:02}:00"
            )
            verdict = Verdict.NOT_MET if agent == "A2" else Verdict.MET
            save(store, with_verdicts(analysis, jargon=verdict), sha256, f"calls/{agent}-{number}.wav")
