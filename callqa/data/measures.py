"""Numbers about a call, each with its parts and its evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

MeasureValue = float | int | bool | Mapping[str, bool | None] | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """A span to play, the quote as heard ("" where the evidence is not words, as for silence),
    and one sentence that says why. `probability` is the recogniser's mean over the quoted
    words, None where there are none."""

    start: float
    end: float
    quote: str
    reason: str
    probability: float | None = None


@dataclass(frozen=True, slots=True)
class Measure:
    """A number about the call. `components` keeps what the number was made of (seconds,
    counts), so that figures over many calls are pooled and never averages of ratios; its
    values are JSON-ready. `value` is None where the measure could not be taken, and `reason`
    then says why in one sentence."""

    name: str
    value: MeasureValue
    unit: str
    components: Mapping[str, Any] = field(default_factory=dict)
    evidence: tuple[Evidence, ...] = ()
    reason: str | None = None
