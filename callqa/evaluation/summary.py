"""Many comparisons as pooled figures with intervals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from callqa.evaluation.compare import Comparison
from callqa.evaluation.counts import Found
from callqa.evaluation.findings import JudgedCriterion

Kind = Literal["share", "number"]
Parts = Callable[[Comparison], tuple[float, float] | None]
"""What a call adds to a figure's numerator and denominator; None where it has no part in it."""

CRITERIA = (
    "greeting",
    "pace",
    "politeness",
    "listening",
    "jargon",
    "closing",
    "guessing",
    "privacy",
    "transparency",
)
RATE_TOLERANCE = 0.05

_NUM_DRAWS = 2000
_SEED = 0


@dataclass(frozen=True, slots=True)
class Quantity:
    """A figure, pooled as a ratio of sums over calls, or the worst call's where `worst` is given.
    A ``share`` is shown in percent, a ``number`` as it is."""

    parts: Parts
    kind: Kind = "share"
    worst: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """One pooled number. `low` and `high` bound it in 95 % of bootstrap draws of dialogues; None
    where there is a single dialogue, and for the worst of calls. `size` is the denominator: what
    there was to get right."""

    name: str
    value: float | None
    low: float | None = None
    high: float | None = None
    kind: Kind = "share"
    size: float = 0.0


@dataclass(frozen=True, slots=True)
class CriterionFigures:
    """How verdicts of one criterion agree. `confusion` counts pairs of expected and given."""

    criterion: str
    num_calls: int
    confusion: dict[str, int]
    agreement: float | None
    unsure_share: float | None
    num_not_met: int
    num_false: int


@dataclass(frozen=True, slots=True)
class RiskFigures:
    """What withholding verdicts brings on one criterion, over the calls it applies to by either side.

    `num_wrong` of the `num_given` verdicts are not the listener's, `num_accused` of these are `not_met`
    where the listener hears no such fault. Of the `num_withheld` (`unsure`), `num_kept_back` would have
    been wrong and `num_accusations_kept_back` wrong accusations, had they been given; `num_blank` had
    nothing to go by.
    """

    criterion: str
    num_given: int
    num_wrong: int
    num_accused: int
    num_withheld: int
    num_kept_back: int
    num_accusations_kept_back: int
    num_blank: int

    @property
    def coverage(self) -> float | None:
        """Share of verdicts that are given."""
        total = self.num_given + self.num_withheld
        return self.num_given / total if total else None

    @property
    def risk(self) -> float | None:
        """Share of the given that is wrong."""
        return self.num_wrong / self.num_given if self.num_given else None

    @property
    def accusation_risk(self) -> float | None:
        """Share of the given that accuses wrongly."""
        return self.num_accused / self.num_given if self.num_given else None

    @property
    def risk_without(self) -> float | None:
        """Share that would be wrong if nothing were withheld but what has nothing to go by."""
        total = self.num_given + self.num_withheld - self.num_blank
        return (self.num_wrong + self.num_kept_back) / total if total else None

    @property
    def accusation_risk_without(self) -> float | None:
        """Share of wrong accusations if nothing were withheld."""
        total = self.num_given + self.num_withheld - self.num_blank
        return (self.num_accused + self.num_accusations_kept_back) / total if total else None


def risks(calls: Sequence[Comparison]) -> list[RiskFigures]:
    """Risk and coverage per criterion, and of all criteria at the end."""
    pairs = [item for call in calls for item in call.verdicts]
    names = sorted({item.criterion for item in pairs}, key=_place)
    found = [_risk(name, [item for item in pairs if item.criterion == name]) for name in names]
    return [*found, _risk("all", pairs)] if found else []


def _risk(criterion: str, pairs: Sequence[JudgedCriterion]) -> RiskFigures:
    exempt = "not_applicable"
    applying = [item for item in pairs if not item.expected == item.given == exempt]
    given = [item for item in applying if item.given != "unsure"]
    withheld = [item for item in applying if item.given == "unsure"]
    blank = [item for item in withheld if item.guessed in (None, "unsure")]
    guessed = [item for item in withheld if item.guessed not in (None, "unsure")]
    return RiskFigures(
        criterion,
        len(given),
        sum(item.given != item.expected for item in given),
        sum(item.given == "not_met" != item.expected for item in given),
        len(withheld),
        sum(item.guessed != item.expected for item in guessed),
        sum(item.guessed == "not_met" != item.expected for item in guessed),
        len(blank),
    )


def _place(criterion: str) -> tuple[int, str]:
    return CRITERIA.index(criterion) if criterion in CRITERIA else len(CRITERIA), criterion


def pool(calls: Sequence[Comparison]) -> list[Figure]:
    """All figures over these calls: of summed counts and seconds, not means of calls' ratios, but
    for the mean errors, which are means over calls.

    Intervals are a percentile bootstrap over dialogues with a fixed seed: calls of one dialogue
    have the same words and are no independent samples, so a draw takes or leaves them together
    (a call of several dialogues goes with its first).
    """
    names = list(QUANTITIES)
    sums = np.zeros((len(calls), len(names), 2))
    has_part = np.zeros((len(calls), len(names)), dtype=bool)
    for row, call in enumerate(calls):
        for column, name in enumerate(names):
            parts = QUANTITIES[name].parts(call)
            if parts is not None:
                sums[row, column] = parts
                has_part[row, column] = True
    bounds = _intervals(sums, [call.dialogues[0] for call in calls])
    figures = []
    for column, name in enumerate(names):
        quantity = QUANTITIES[name]
        numerator, denominator = sums[:, column].sum(axis=0)
        if quantity.worst:
            own = sums[has_part[:, column], column]
            value = float((own[:, 0] / own[:, 1]).max()) if len(own) else None
            figures.append(Figure(name, value, None, None, quantity.kind, float(denominator)))
            continue
        value = float(numerator / denominator) if denominator else None
        low, high = bounds[column] if value is not None and bounds is not None else (None, None)
        figures.append(Figure(name, value, low, high, quantity.kind, float(denominator)))
    return figures


def agree(calls: Sequence[Comparison]) -> list[CriterionFigures]:
    """Agreement of verdicts per criterion, over those that were not `unsure`. `num_false` of the
    `num_not_met` given accuse the agent of what is otherwise in truth."""
    found = []
    known = {item.criterion for call in calls for item in call.verdicts}
    for criterion in sorted(known, key=_place):
        pairs = [item for call in calls for item in call.verdicts if item.criterion == criterion]
        judged = [item for item in pairs if item.given != "unsure"]
        accused = [item for item in pairs if item.given == "not_met"]
        confusion: dict[str, int] = {}
        for item in pairs:
            key = f"{item.expected} → {item.given}"
            confusion[key] = confusion.get(key, 0) + 1
        found.append(
            CriterionFigures(
                criterion,
                len(pairs),
                dict(sorted(confusion.items())),
                sum(item.expected == item.given for item in judged) / len(judged) if judged else None,
                1 - len(judged) / len(pairs),
                len(accused),
                sum(item.expected != "not_met" for item in accused),
            )
        )
    return found


def _intervals(sums: NDArray[np.float64], dialogues: Sequence[str]) -> list[tuple[float, float]] | None:
    """Bounds of each column's ratio; None where there are not two dialogues to draw from."""
    names = sorted(set(dialogues))
    if len(names) < 2:
        return None
    by_dialogue = np.zeros((len(names), *sums.shape[1:]))  # (dialogue, figure, numerator | denominator)
    np.add.at(by_dialogue, [names.index(dialogue) for dialogue in dialogues], sums)
    draws = np.random.default_rng(_SEED).multinomial(
        len(names), np.full(len(names), 1 / len(names)), size=_NUM_DRAWS
    )
    drawn = np.einsum("sd,dfp->sfp", draws.astype(float), by_dialogue)
    bounds = []
    for column in range(sums.shape[1]):
        has = drawn[:, column, 1] > 0
        ratios = drawn[has, column, 0] / drawn[has, column, 1]
        low, high = np.quantile(ratios, (0.025, 0.975)) if len(ratios) else (0.0, 0.0)
        bounds.append((float(low), float(high)))
    return bounds


def _roles(result: str) -> Parts:
    return lambda call: None if call.roles is None else (float(call.roles == result), 1.0)


def _abs(name: str) -> Parts:
    def parts(call: Comparison) -> tuple[float, float] | None:
        value = getattr(call, name)
        return None if value is None else (abs(value), 1.0)

    return parts


def _rate_within(call: Comparison) -> tuple[float, float] | None:
    """A call whose roles are settled has to have the number."""
    if not call.rate_known or (call.rate_error is None and call.roles == "uncertain"):
        return None
    return float(call.rate_error is not None and abs(call.rate_error) <= RATE_TOLERANCE), 1.0


def _recall(get: Callable[[Comparison], Found | None]) -> Parts:
    return lambda call: None if (f := get(call)) is None else (f.right, f.right + f.missed)


def _precision(get: Callable[[Comparison], Found | None]) -> Parts:
    return lambda call: None if (f := get(call)) is None else (f.right, f.right + f.false)


def _f1(get: Callable[[Comparison], Found | None]) -> Parts:
    return lambda call: None if (f := get(call)) is None else (2 * f.right, 2 * f.right + f.missed + f.false)


def _text(which: str, part: str | None = None) -> Parts:
    def parts(call: Comparison) -> tuple[float, float] | None:
        errors = getattr(call, which)
        if errors is None:
            return None
        wrong = errors.substituted + errors.deleted + errors.inserted
        return (wrong if part is None else getattr(errors, part)), errors.reference

    return parts


def _der(collar: str, part: str | None = None) -> Parts:
    def parts(call: Comparison) -> tuple[float, float] | None:
        if call.speakers is None:
            return None
        errors = call.speakers[collar]
        wrong = errors.missed + errors.false_alarm + errors.confusion
        return (wrong if part is None else getattr(errors, part)), errors.total

    return parts


def _lost(call: Comparison) -> tuple[float, float] | None:
    return None if call.speech is None else (call.speech.lost, call.speech.total)


def _listed(call: Comparison) -> tuple[float, float] | None:
    return None if call.speech is None else (call.speech.listed, call.speech.total)


def _invented(*names: str) -> Parts:
    def parts(call: Comparison) -> tuple[float, float] | None:
        if call.invented is None:
            return None
        return sum(getattr(call.invented, name) for name in names), call.invented.seconds / 3600

    return parts


def _element(name: str) -> Callable[[Comparison], Found | None]:
    return lambda call: None if call.greeting is None else call.greeting[name]


def _greeting_open(call: Comparison) -> tuple[float, float] | None:
    if call.greeting is None or call.greeting_open is None:
        return None
    return call.greeting_open, len(call.greeting)


def _agreement(call: Comparison) -> tuple[float, float] | None:
    judged = [item for item in call.verdicts if item.given != "unsure"]
    return (sum(item.expected == item.given for item in judged), len(judged)) if judged else None


def _unsure(call: Comparison) -> tuple[float, float] | None:
    given = [item.given for item in call.verdicts]
    return (given.count("unsure"), len(given)) if given else None


def _accused(call: Comparison) -> tuple[float, float] | None:
    accused = [item for item in call.verdicts if item.given == "not_met"]
    return (sum(item.expected != "not_met" for item in accused), len(accused)) if accused else None


def _found(label: str, get: Callable[[Comparison], Found | None]) -> dict[str, Quantity]:
    return {
        f"{label} precision": Quantity(_precision(get)),
        f"{label} recall": Quantity(_recall(get)),
        f"{label} F1": Quantity(_f1(get)),
    }


QUANTITIES: dict[str, Quantity] = {
    "roles right": Quantity(_roles("right")),
    "roles wrong": Quantity(_roles("wrong")),
    "roles uncertain": Quantity(_roles("uncertain")),
    "DER, collar 0": Quantity(_der("0")),
    "  missed": Quantity(_der("0", "missed")),
    "  false alarm": Quantity(_der("0", "false_alarm")),
    "  confusion": Quantity(_der("0", "confusion")),
    "DER, collar 0.25": Quantity(_der("0.25")),
    "text error": Quantity(_text("text")),
    "  substituted": Quantity(_text("text", "substituted")),
    "  deleted": Quantity(_text("text", "deleted")),
    "  inserted": Quantity(_text("text", "inserted")),
    "text error, in order of time": Quantity(_text("text_in_time")),
    "  substituted, in time": Quantity(_text("text_in_time", "substituted")),
    "  deleted, in time": Quantity(_text("text_in_time", "deleted")),
    "  inserted, in time": Quantity(_text("text_in_time", "inserted")),
    "speech lost": Quantity(_lost),
    "speech listed as untranscribed": Quantity(_listed),
    "invented per hour": Quantity(_invented("outside", "runs"), "number"),
    "  words where nobody speaks": Quantity(_invented("outside"), "number"),
    "  runs that nobody said": Quantity(_invented("runs"), "number"),
    "talk share, mean error": Quantity(_abs("talk_share_error"), "number"),
    "talk share, worst error": Quantity(_abs("talk_share_error"), "number", worst=True),
    "speaking rate, mean error": Quantity(_abs("rate_error")),
    "speaking rate, worst error": Quantity(_abs("rate_error"), worst=True),
    "speaking rate within 5 %": Quantity(_rate_within),
    "salutation F1": Quantity(_f1(_element("salutation"))),
    "company F1": Quantity(_f1(_element("company"))),
    "name F1": Quantity(_f1(_element("name"))),
    "offer F1": Quantity(_f1(_element("offer"))),
    **_found("greeting", lambda call: call.whole_greeting),
    "greeting elements left open": Quantity(_greeting_open),
    **_found("jargon", lambda call: call.jargon),
    **_found("jargon, any status,", lambda call: call.jargon_any_status),
    **_found("forbidden", lambda call: call.forbidden),
    **_found("agent interruption", lambda call: call.interruptions),
    **_found("customer interruption", lambda call: call.customer_interruptions),
    "verdicts that agree": Quantity(_agreement),
    "verdicts unsure": Quantity(_unsure),
    "not_met given wrongly": Quantity(_accused),
}
