"""A team's planned calls as verdicts, without any audio: `corpus.team` with the mistakes that measuring
makes on top. For how often advice is wrong, which takes more teams than can be spoken."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from callqa.data import Verdict
from callqa.store import JudgedCall, JudgedCriterion
from corpus.team import Planned

CRITERION_OF = {
    "pace": "pace",
    "interruptions": "listening",
    "jargon": "jargon",
    "greeting": "greeting",
}
"""The criterion that judges a planted fault."""
WEIGHTS = {
    "greeting": 15.0,
    "pace": 10.0,
    "politeness": 25.0,
    "listening": 20.0,
    "jargon": 10.0,
    "closing": 5.0,
    "guessing": 5.0,
    "privacy": 5.0,
    "transparency": 5.0,
}
# Per verdict: a fault that is missed, one that is not there, one of which nothing is said, and a verdict
# in the middle. Rounder and worse than callqa is on clean synthetic calls.
MISSED, INVENTED, UNSURE, PARTLY = 0.10, 0.08, 0.06, 0.05
# Behaviours that nothing was planted in go wrong this often for everybody.
_USUAL = {"politeness": 0.06, "closing": 0.15, "guessing": 0.02, "privacy": 0.02, "transparency": 0.3}


def judged_calls(planned: Sequence[Planned], seed: int) -> list[JudgedCall]:
    """The calls as callqa might judge them; a pure function of plan and seed."""
    rng = np.random.default_rng((seed, 1))
    return [_judged(call, rng) for call in planned]


def without_weaknesses(planned: Sequence[Planned], seed: int, rate: float) -> list[JudgedCall]:
    """The same calls of a team in which everybody is alike: any fault in any call at this rate."""
    rng = np.random.default_rng((seed, 2))
    return [
        _call(call, {name: _noisy(bool(rng.random() < rate), rng) for name in WEIGHTS}) for call in planned
    ]


def _judged(call: Planned, rng: np.random.Generator) -> JudgedCall:
    faulty = {CRITERION_OF[fault] for fault in call.faults}
    verdicts = {}
    for name in WEIGHTS:
        usual = _USUAL.get(name)
        wrong = name in faulty if usual is None else bool(rng.random() < usual)
        verdicts[name] = _noisy(wrong, rng)
    return _call(call, verdicts)


def _noisy(wrong: bool, rng: np.random.Generator) -> Verdict:
    sort, mistake = rng.random(2)
    if sort < UNSURE:
        return Verdict.UNSURE
    if sort < UNSURE + PARTLY:
        return Verdict.PARTLY_MET
    found = mistake >= MISSED if wrong else mistake < INVENTED
    return Verdict.NOT_MET if found else Verdict.MET


def _call(call: Planned, verdicts: dict[str, Verdict]) -> JudgedCall:
    worth = {Verdict.MET: 1.0, Verdict.PARTLY_MET: 0.5, Verdict.NOT_MET: 0.0}
    criteria = {
        name: JudgedCriterion(verdict, worth.get(verdict), WEIGHTS[name])
        for name, verdict in verdicts.items()
    }
    known = [(item.weight, item.score) for item in criteria.values() if item.score is not None]
    total = sum(weight for weight, _ in known)
    return JudgedCall(
        id=hashlib.sha256(call.id.encode()).hexdigest()[:16],
        agent_id=call.agent.id,
        agent_name=call.agent.name,
        queue="hotline",
        language="zh",
        started_at=call.started_at.isoformat(),
        status="scored",
        roles_certain=True,
        score=100 * sum(weight * score for weight, score in known) / total if total else None,
        judged_share=total / sum(WEIGHTS.values()),
        capped_by=None,
        rubric=("telecom.zh", "2"),
        criteria=criteria,
    )
