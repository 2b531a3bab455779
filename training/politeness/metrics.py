"""How good probabilities are: calibration, thresholds, precision and recall."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from callqa.data import FAULTS, WORDING_CLASSES
from training.politeness.data import Line

Array = NDArray[np.float64]
IMPOLITE = WORDING_CLASSES.index("impolite")


@dataclass(frozen=True, slots=True)
class Rates:
    """Of what was said to be so: how many are (`right` of `said`); `true` is how many there were."""

    said: int
    right: int
    true: int

    @property
    def precision(self) -> float | None:
        """Share of what was said that is right, None where nothing was."""
        return self.right / self.said if self.said else None

    @property
    def recall(self) -> float | None:
        """Share of what there was that was said, None where there was nothing."""
        return self.right / self.true if self.true else None


def softmax(scores: NDArray[np.floating], temperature: float) -> Array:
    """Probabilities (row, class)."""
    raised = scores.astype(np.float64) / temperature
    raised -= raised.max(axis=1, keepdims=True)
    exponentials = np.exp(raised)
    result: Array = exponentials / exponentials.sum(axis=1, keepdims=True)
    return result


def labels_of(lines: Sequence[Line]) -> NDArray[np.int64]:
    """Each line's class by its place in `WORDING_CLASSES`."""
    return np.array([WORDING_CLASSES.index(line.label) for line in lines])


def faults_of(lines: Sequence[Line]) -> NDArray[np.int64]:
    """Each line's fault by its place in `FAULTS`, -1 without."""
    return np.array([FAULTS.index(line.fault) if line.fault else -1 for line in lines])


def best_temperature(scores: NDArray[np.floating], truth: NDArray[np.int64]) -> float:
    """What to divide scores by so that the truth is most likely (Guo et al. 2017)."""
    candidates = np.geomspace(0.3, 6.0, 121)
    rows = np.arange(len(truth))
    losses = [-np.log(softmax(scores, t)[rows, truth] + 1e-12).mean() for t in candidates]
    return round(float(candidates[int(np.argmin(losses))]), 3)


def rates_at(probability: Array, is_true: NDArray[np.bool_], threshold: float) -> Rates:
    """What a threshold gives."""
    said = probability >= threshold
    return Rates(int(said.sum()), int((said & is_true).sum()), int(is_true.sum()))


def threshold_for(
    probability: Array, is_true: NDArray[np.bool_], precision: float, least: float = 0.1
) -> float:
    """The lowest threshold, in steps of 0.01 from 0.99 down, from which on `precision` is kept.

    Where less than the share `least` of what is true has been found, one mistake weighs too much
    to end the search. 0.99 where no threshold will do.
    """
    best = 0.99
    for step in range(99, 29, -1):
        rates = rates_at(probability, is_true, step / 100)
        reached = rates.precision is not None and rates.precision >= precision
        if reached:
            best = step / 100
        elif (rates.recall or 0.0) >= least:
            break
    return best


def calibration_error(probabilities: Array, truth: NDArray[np.int64], num_bins: int = 10) -> float:
    """Expected calibration error of the chosen class: mean distance of confidence and accuracy over
    bins of equal width, weighted by their size (Naeini et al. 2015)."""
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == truth
    bins = np.minimum((confidence * num_bins).astype(int), num_bins - 1)
    error = 0.0
    for i in range(num_bins):
        inside = bins == i
        if inside.any():
            error += float(inside.mean() * abs(confidence[inside].mean() - right[inside].mean()))
    return error


def average_precision(probability: Array, is_true: NDArray[np.bool_]) -> float:
    """Mean of the precision at each true item, from the most probable on."""
    hits = is_true[np.argsort(-probability, kind="stable")]
    precisions = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    return float(precisions[hits].mean()) if hits.any() else 0.0


def best_recall(probability: Array, is_true: NDArray[np.bool_], precision: float) -> float:
    """The highest recall that any threshold gives at this precision or better."""
    hits = np.cumsum(is_true[np.argsort(-probability, kind="stable")])
    good = hits[hits / np.arange(1, len(hits) + 1) >= precision]
    return float(good.max() / is_true.sum()) if len(good) and is_true.any() else 0.0
