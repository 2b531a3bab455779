"""How far two judges agree: shares, Cohen's kappa, confusion, with intervals over calls.

Kappa is Cohen's (1960), over the verdicts met, partly met, not met and not applicable; the weighted
one (Cohen 1968) over the first three with linear weights, so that met against not met counts twice
as much as met against partly met. Intervals are percentiles of a bootstrap that draws whole calls
with replacement, because verdicts on one call are not independent of each other.
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from callqa.data import Verdict

Floats = NDArray[np.float64]

GIVEN = (Verdict.MET, Verdict.PARTLY_MET, Verdict.NOT_MET, Verdict.NOT_APPLICABLE)
"""Verdicts that say something; `UNSURE` withholds."""
ORDERED = GIVEN[:3]
RESAMPLES = 2000
_SEED = 20250301


@dataclass(frozen=True, slots=True)
class Pair:
    """One criterion of one call, judged twice. `weight` is for how many calls of the workspace it
    stands, None where that is not known."""

    call_id: str
    first: Verdict
    second: Verdict
    weight: float | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with its 95 % interval; None where it is not defined, as kappa where both judges
    only ever gave one and the same verdict."""

    value: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Agreement:
    """`num_labels` pairs, `num_compared` of them with a verdict of both (`GIVEN`). `share` is how
    many of these are the same, `kappa` and `linear_kappa` as above; the `weighted_` figures stand
    for the whole workspace. `confusion` counts all pairs, withheld ones among them."""

    num_labels: int
    num_compared: int
    num_first_unsure: int
    num_second_unsure: int
    share: Figure
    kappa: Figure
    linear_kappa: Figure
    weighted_share: Figure
    weighted_kappa: Figure
    confusion: Mapping[tuple[Verdict, Verdict], int]


def measure_agreement(pairs: Sequence[Pair]) -> Agreement:
    """All figures of these pairs; the same pairs give the same intervals."""
    given = [pair for pair in pairs if pair.first in GIVEN and pair.second in GIVEN]
    ordered = [pair for pair in given if pair.first in ORDERED and pair.second in ORDERED]
    weighed = [pair for pair in given if pair.weight is not None]
    if len(weighed) < len(given):
        # Some came without a known chance of being drawn: they stand for nothing but themselves.
        weighed = []
    return Agreement(
        num_labels=len(pairs),
        num_compared=len(given),
        num_first_unsure=sum(pair.first is Verdict.UNSURE for pair in pairs),
        num_second_unsure=sum(pair.second is Verdict.UNSURE for pair in pairs),
        share=_share(given),
        kappa=_kappa(given, GIVEN),
        linear_kappa=_kappa(ordered, ORDERED, linear=True),
        weighted_share=_share(weighed, use_weights=True),
        weighted_kappa=_kappa(weighed, GIVEN, use_weights=True),
        confusion=Counter((pair.first, pair.second) for pair in pairs),
    )


def _share(pairs: Sequence[Pair], *, use_weights: bool = False) -> Figure:
    if not pairs:
        return Figure()
    weights = _weights(pairs, use_weights)
    same = np.array([pair.first is pair.second for pair in pairs], dtype=np.float64)
    counts = np.stack([same * weights, weights], axis=1)
    resampled = _resampled(pairs, counts)
    return _figure(float(np.average(same, weights=weights)), resampled[:, 0] / resampled[:, 1])


def _kappa(
    pairs: Sequence[Pair], verdicts: Sequence[Verdict], *, linear: bool = False, use_weights: bool = False
) -> Figure:
    first = [verdicts.index(pair.first) for pair in pairs]
    second = [verdicts.index(pair.second) for pair in pairs]
    if len({*first, *second}) < 2:
        return Figure()
    from sklearn.metrics import cohen_kappa_score

    weights = _weights(pairs, use_weights)
    size = len(verdicts)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        value = float(
            cohen_kappa_score(
                first,
                second,
                labels=list(range(size)),
                weights="linear" if linear else None,
                sample_weight=weights,
            )
        )
    cells = np.zeros((len(pairs), size * size))
    cells[np.arange(len(pairs)), np.array(first) * size + np.array(second)] = weights
    return _figure(value, kappas(_resampled(pairs, cells).reshape(-1, size, size), linear))


def kappas(confusions: Floats, linear: bool) -> Floats:
    """Cohen's kappa of many confusion matrices at a time, ``(matrices, verdicts, verdicts)``; not a
    number where it is not defined. One at a time takes a thousand times as long."""
    size = confusions.shape[1]
    apart = np.abs(np.subtract.outer(np.arange(size), np.arange(size)))
    cost = apart if linear else (apart > 0).astype(int)
    totals = confusions.sum(axis=(1, 2))
    expected = confusions.sum(axis=2)[:, :, None] * confusions.sum(axis=1)[:, None, :]
    with np.errstate(invalid="ignore", divide="ignore"):
        found: Floats = 1 - (confusions * cost).sum(axis=(1, 2)) * totals / (expected * cost).sum(axis=(1, 2))
    return found


def _weights(pairs: Sequence[Pair], use_weights: bool) -> Floats:
    return np.array([(pair.weight or 0.0) if use_weights else 1.0 for pair in pairs])


def _resampled(pairs: Sequence[Pair], rows: Floats) -> Floats:
    """Sums of `rows` over samples of calls with replacement, ``(RESAMPLES, columns)``."""
    names = {call_id: index for index, call_id in enumerate(dict.fromkeys(p.call_id for p in pairs))}
    by_call = np.zeros((len(names), rows.shape[1]))
    np.add.at(by_call, [names[pair.call_id] for pair in pairs], rows)
    rng = np.random.default_rng(_SEED)
    times = rng.multinomial(len(names), np.full(len(names), 1 / len(names)), size=RESAMPLES)
    sums: Floats = times @ by_call
    return sums


def _figure(value: float, resampled: Floats) -> Figure:
    if not np.isfinite(value):
        return Figure()
    defined = resampled[np.isfinite(resampled)]
    if len(defined) < RESAMPLES / 2:
        return Figure(value)
    low, high = np.percentile(defined, (2.5, 97.5))
    return Figure(value, float(low), float(high))
