"""Verdicts on the measures, against a rubric."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from callqa.data.measures import Evidence


class Verdict(StrEnum):
    """`UNSURE`: the evidence does not carry a judgement. Neither it nor `NOT_APPLICABLE`
    counts in a score's denominator."""

    MET = "met"
    PARTLY_MET = "partly_met"
    NOT_MET = "not_met"
    UNSURE = "unsure"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True)
class CriterionResult:
    """One criterion judged. `score` is 0-1, None where the verdict carries none."""

    id: str
    verdict: Verdict
    score: float | None
    weight: float
    critical: bool
    reason: str
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class RubricRef:
    """The rubric a scorecard was made with. `digest` names its text in the workspace, None for
    calls that were scored before texts were kept."""

    id: str
    version: str
    digest: str | None = None


@dataclass(frozen=True, slots=True)
class Scorecard:
    """`score` is 0-100, None where nothing could be judged. `judged_share` is the share of the
    rubric's applicable weight that got a verdict other than `unsure`. `capped_by` names the
    critical criterion that capped the score. `notes` are warnings about the whole call."""

    rubric: RubricRef
    score: float | None
    judged_share: float
    criteria: tuple[CriterionResult, ...]
    capped_by: str | None = None
    notes: tuple[str, ...] = ()
