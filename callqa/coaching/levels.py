"""How well a behaviour goes over a number of calls, how sure that is, and whether two groups differ."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add

from callqa.data import Verdict
from callqa.store.judged import JudgedCall, JudgedCriterion

_Z95 = 1.959964
_NO_VARIANCE = 1e-9
_HALF_A_CALL = 0.5


@dataclass(frozen=True, slots=True)
class Level:
    """A criterion over calls. `value` is the mean of the calls' scores (met 1, not met 0, partly as
    the rubric has it), None where no call was judged; `low` and `high` its 95 % interval."""

    value: float | None
    low: float | None
    high: float | None
    met: int = 0
    partly_met: int = 0
    not_met: int = 0
    unsure: int = 0
    not_applicable: int = 0

    @property
    def judged(self) -> int:
        """Calls with a verdict other than unsure and not applicable."""
        return self.met + self.partly_met + self.not_met

    @property
    def judged_share(self) -> float | None:
        """Share of the calls it applied to that could be judged; None where it applied to none."""
        total = self.judged + self.unsure
        return self.judged / total if total else None


@dataclass(frozen=True, slots=True)
class Difference:
    """Two groups compared: the first's level less the second's, within strata, weighted as the first
    group's calls lie in them. `p` is two-sided, None where there is too little to compare; `low` and
    `high` are the gap's 95 % interval."""

    gap: float | None
    p: float | None
    strata: int
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """How a level moves over time, within strata: `per_week` by so much a week, None where days or
    calls are too few; `p` two-sided, None likewise."""

    per_week: float | None
    p: float | None


@dataclass(frozen=True, slots=True)
class Tally:
    """Verdicts and scores of one criterion over calls, as sums: tallies add and subtract, so that
    everybody else's is the whole less one's own. `verdicts` follows the order of `Verdict`."""

    verdicts: tuple[int, ...] = (0,) * len(Verdict)
    scores: int = 0
    total: float = 0.0
    squares: float = 0.0

    def __add__(self, other: Tally) -> Tally:
        return self._with(other, 1)

    def __sub__(self, other: Tally) -> Tally:
        return self._with(other, -1)

    def _with(self, other: Tally, sign: int) -> Tally:
        return Tally(
            tuple(a + sign * b for a, b in zip(self.verdicts, other.verdicts, strict=True)),
            self.scores + sign * other.scores,
            self.total + sign * other.total,
            self.squares + sign * other.squares,
        )

    @property
    def level(self) -> Level:
        """The level these calls have."""
        met, partly, not_met, unsure, not_applicable = self.verdicts
        value, low, high = mean_interval(self.scores, self.total)
        return Level(value, low, high, met, partly, not_met, unsure, not_applicable)


NO_CHANGE = Change(None, None)

Strata = Mapping[tuple[str, str], Tally]
"""Tallies by queue and language: calls of different kinds are compared within themselves."""

_PLACE = {verdict: place for place, verdict in enumerate(Verdict)}


def strata_of(calls: Iterable[JudgedCall], criterion: str) -> dict[tuple[str, str], Tally]:
    """The tallies of one criterion."""
    rows: dict[tuple[str, str], list[JudgedCriterion]] = {}
    for call in calls:
        item = call.criteria.get(criterion)
        if item is not None:
            rows.setdefault((call.queue or "", call.language), []).append(item)
    return {key: _tally(items) for key, items in rows.items()}


def level_of(calls: Iterable[JudgedCall], criterion: str) -> Level:
    """The level of one criterion over calls."""
    return whole(strata_of(calls, criterion)).level


def whole(strata: Strata) -> Tally:
    """All strata together."""
    return reduce(add, strata.values(), Tally())


def mean_interval(n: int, total: float) -> tuple[float | None, float | None, float | None]:
    """Mean of `n` scores in [0, 1] that sum to `total`, and its 95 % interval, Wilson's (1927): for
    scores between 0 and 1 it is too wide rather than too narrow, since their variance is at most
    that of yes and no."""
    if not n:
        return None, None, None
    # A difference of sums may miss 0 or 1 by a rounding error.
    mean, square = min(1.0, max(0.0, total / n)), _Z95**2
    middle = (mean + square / (2 * n)) / (1 + square / n)
    half = _Z95 / (1 + square / n) * math.sqrt(mean * (1 - mean) / n + square / (4 * n * n))
    return mean, min(mean, max(0.0, middle - half)), max(mean, min(1.0, middle + half))


def student_interval(
    values: Sequence[float], low: float, high: float
) -> tuple[float | None, float | None, float | None]:
    """Mean of numbers that lie in [`low`, `high`] and its 95 % interval, Student's. Where they are
    all alike, or there is one only, nothing is known of how they vary: the interval is then Wilson's."""
    n = len(values)
    middle = math.fsum(values) / n if n else 0.0
    spread = math.fsum((value - middle) ** 2 for value in values)
    if n < 2 or spread < _NO_VARIANCE:
        mean, least, most = mean_interval(n, math.fsum((value - low) / (high - low) for value in values))
        if mean is None or least is None or most is None:
            return None, None, None
        return middle, low + least * (high - low), low + most * (high - low)
    half = _t95(n - 1) * math.sqrt(spread / (n - 1) / n)
    return middle, max(low, middle - half), min(high, middle + half)


def _t95(freedom: int) -> float:
    """The 97.5 % point of Student's distribution, by its expansion about the normal one (Fisher and
    Cornish 1960, three terms); exact where that is poor."""
    exact = {1: 12.706, 2: 4.303, 3: 3.182, 4: 2.776}
    z = _Z95
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
    )
    expansion = z + math.fsum(term / math.pow(freedom, i) for i, term in enumerate(terms, start=1))
    return exact.get(freedom, expansion)


def compare(first: Strata, second: Strata, *, cautious: bool = False) -> Difference:
    """Whether the first group's calls go better than the second's, each queue and language within
    itself: the Cochran-Mantel-Haenszel mean score statistic (Landis, Heyman and Koch 1978), for one
    stratum of yes and no the N-1 chi-square that Campbell (2007) recommends.

    `cautious` takes half a call off the surplus (the continuity correction of Mantel and Haenszel,
    1959): a few calls against very many, of which many comparisons are made and only very small p
    count, are too often taken for a difference without it. The gap's
    interval puts the strata's Wilson intervals together (MOVER, Zou and Donner 2008; with one stratum
    it is Newcombe's of 1998)."""
    weight = gap = surplus = variance = below = above = 0.0
    compared = 0
    for key, one in first.items():
        other = second.get(key)
        if other is None or not one.scores or not other.scores:
            continue
        both = one + other
        n, m = both.scores, one.scores
        mean = both.total / n
        compared += 1
        weight += m
        gap += m * (one.total / m - other.total / other.scores)
        surplus += one.total - m * mean
        variance += m * other.scores / n * max(0.0, both.squares - n * mean * mean) / (n - 1)
        (down, up), (other_down, other_up) = _reach(one), _reach(other)
        below += m * m * (down**2 + other_up**2)
        above += m * m * (up**2 + other_down**2)
    if not compared:
        return Difference(None, None, 0)
    gap /= weight
    low, high = gap - math.sqrt(below) / weight, gap + math.sqrt(above) / weight
    return Difference(
        gap,
        _p_value(surplus, variance, _HALF_A_CALL if cautious else 0.0),
        compared,
        max(-1.0, low),
        min(1.0, high),
    )


def change_of(calls: Iterable[tuple[int, JudgedCall]], criterion: str) -> Change:
    """Whether a level rises or falls with the days, each queue and language within itself: the
    correlation statistic of Mantel (1963). `calls` have the number of their day."""
    strata: dict[tuple[str, str], list[tuple[int, float]]] = {}
    for day, call in calls:
        item = call.criteria.get(criterion)
        if item is not None and item.score is not None:
            strata.setdefault((call.queue or "", call.language), []).append((day, item.score))
    together = spread = variance = 0.0
    for points in strata.values():
        n = len(points)
        if n < 2:
            continue
        middle = math.fsum(day for day, _ in points) / n
        mean = math.fsum(score for _, score in points) / n
        days = math.fsum((day - middle) ** 2 for day, _ in points)
        together += math.fsum((day - middle) * (score - mean) for day, score in points)
        variance += days * math.fsum((score - mean) ** 2 for _, score in points) / (n - 1)
        spread += days
    if not spread:
        return Change(None, None)
    return Change(7 * together / spread, _p_value(together, variance))


def below_target(level: Level, target: float) -> float | None:
    """One-sided p of a level this low where the true one is `target` (0-1), by the score test that
    Wilson's interval inverts; None where nothing was judged."""
    if level.value is None:
        return None
    deviate = (level.value - target) / math.sqrt(target * (1 - target) / level.judged)
    return math.erfc(-deviate / math.sqrt(2)) / 2


def _reach(tally: Tally) -> tuple[float, float]:
    """How far the interval of a tally's mean reaches down and up."""
    mean, low, high = mean_interval(tally.scores, tally.total)
    return (0.0, 0.0) if mean is None or low is None or high is None else (mean - low, high - mean)


def _p_value(sum_of: float, variance: float, less: float = 0.0) -> float:
    """Chi-square of one degree of freedom, the square of a normal deviate."""
    if variance < _NO_VARIANCE:
        return 1.0
    return math.erfc(max(0.0, abs(sum_of) - less) / math.sqrt(2 * variance))


def _tally(items: Sequence[JudgedCriterion]) -> Tally:
    verdicts = [0] * len(_PLACE)
    for item in items:
        verdicts[_PLACE[item.verdict]] += 1
    scores = [item.score for item in items if item.score is not None]
    return Tally(tuple(verdicts), len(scores), math.fsum(scores), math.fsum(x * x for x in scores))


def false_discovery(p_values: Sequence[float | None]) -> list[float | None]:
    """p-values corrected for how many were looked at (Benjamini and Hochberg 1995)."""
    order = sorted((p, i) for i, p in enumerate(p_values) if p is not None)
    found: list[float | None] = [None] * len(p_values)
    least = 1.0
    for rank in range(len(order), 0, -1):
        p, index = order[rank - 1]
        least = min(least, p * len(order) / rank)
        found[index] = least
    return found
