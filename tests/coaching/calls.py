"""Judged calls for tests."""

from __future__ import annotations

from itertools import count

from callqa.data import Verdict
from callqa.store.judged import JudgedCall, JudgedCriterion

_SCORES = {Verdict.MET: 1.0, Verdict.PARTLY_MET: 0.5, Verdict.NOT_MET: 0.0}
_numbers = count(1)


def judged(
    agent: str | None = "A1",
    day: str | None = "2025-03-03",
    queue: str | None = None,
    name: str | None = None,
    status: str = "scored",
    language: str = "zh",
    parts: dict[str, dict[str, float]] | None = None,
    **verdicts: Verdict,
) -> JudgedCall:
    """A call with these verdicts, every criterion of weight 10."""
    criteria = {
        key: JudgedCriterion(verdict, _SCORES.get(verdict), 10.0) for key, verdict in verdicts.items()
    }
    scores = [item.score for item in criteria.values() if item.score is not None]
    return JudgedCall(
        id=f"{next(_numbers):08x}",
        agent_id=agent,
        agent_name=name,
        queue=queue,
        language=language,
        started_at=None if day is None else f"{day}T09:00:00",
        status=status,
        roles_certain=True,
        score=100 * sum(scores) / len(scores) if scores else None,
        judged_share=1.0,
        capped_by=None,
        rubric=("telecom.zh", "1"),
        criteria=criteria,
        parts=parts or {},
    )
