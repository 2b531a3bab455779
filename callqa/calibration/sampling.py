"""Which calls people listen to: a random sample in which rare verdicts are represented, with each
call's chance of being drawn, so that figures can be weighted back to the whole workspace.

A call's chance rises with its rarest trait: it is proportional to 1 / (calls that share that
trait), traits being the verdict on each criterion and the range of the score. The draw is balanced
by the cube method (Deville & Tillé 2004, fast flight phase after Chauvet & Tillé 2006): of each
verdict, agent, queue, and range of scores and durations as many calls are drawn as the chances
promise, rounded.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from callqa.store import CallSummary

Floats = NDArray[np.float64]
Trait = tuple[str, object]

_SCORE_EDGES = (60.0, 75.0, 90.0)
_TINY = 1e-9
_MAX_TRAITS = 120
"""More traits than this are not balanced: a step of the draw costs the cube of their number."""
_MAX_BALANCED = 400
"""Of more calls than this (or four times the sample), a first random draw takes so many."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Calls drawn from `population` calls, in random order, each with its chance (0-1] of having
    been drawn. A call stands for 1 / chance calls."""

    chances: Mapping[str, float]
    population: int


def draw_sample(calls: Sequence[CallSummary], num_calls: int, criteria: Sequence[str], seed: int) -> Sample:
    """At most `num_calls` of these calls; the same seed draws the same.

    `criteria` are those that people will judge; others do not count as traits.
    """
    rng = np.random.default_rng(seed)
    calls = [calls[index] for index in rng.permutation(len(calls))]
    if num_calls >= len(calls):
        return Sample({call.id: 1.0 for call in calls}, len(calls))
    rare = [_verdicts(call, criteria) | {("score", _score_range(call))} for call in calls]
    chances = _chances(rare, num_calls)
    edges = np.quantile([call.duration for call in calls], (1 / 3, 2 / 3))
    others: list[set[Trait]] = [
        {
            ("agent", call.agent_id or call.agent_name),
            ("queue", call.queue),
            ("duration", int(np.searchsorted(edges, call.duration))),
        }
        for call in calls
    ]
    drawn = _draw_in_two_phases(chances, _indicators(rare, others), rng)
    return Sample({calls[index].id: float(chances[index]) for index in drawn}, len(calls))


def _verdicts(call: CallSummary, criteria: Sequence[str]) -> set[Trait]:
    return {(name, call.verdicts.get(name)) for name in criteria}


def _score_range(call: CallSummary) -> object:
    return None if call.score is None else sum(call.score >= edge for edge in _SCORE_EDGES)


def _chances(traits: Sequence[set[Trait]], num_calls: int) -> Floats:
    """Inclusion probabilities that add up to `num_calls`, none above 1."""
    counts = Counter(trait for theirs in traits for trait in theirs)
    return _capped(np.array([1 / min(counts[trait] for trait in theirs) for theirs in traits]), num_calls)


def _capped(sizes: Floats, total: int) -> Floats:
    """Probabilities proportional to `sizes` that add up to `total`, none above 1."""
    chances = np.zeros(len(sizes))
    certain = np.zeros(len(sizes), dtype=bool)
    while True:
        rest = ~certain
        chances[rest] = (total - certain.sum()) * sizes[rest] / sizes[rest].sum()
        chances[certain] = 1.0
        above = chances > 1.0
        if not above.any():
            return chances
        certain |= above


def _indicators(rare: Sequence[set[Trait]], others: Sequence[set[Trait]]) -> Floats:
    """``(calls, 1 + traits)``: which call has which trait, after a column of ones that keeps the
    sample's size. The rarest verdicts come first: where not all can be kept in balance, the last
    columns are given up."""
    columns: list[Trait] = []
    for traits in (rare, others):
        counts = Counter(trait for theirs in traits for trait in theirs)
        columns += [trait for trait, _ in sorted(counts.items(), key=lambda item: (item[1], str(item[0])))]
    columns = columns[:_MAX_TRAITS]
    rows = [
        [1.0, *(float(trait in ours or trait in also) for trait in columns)]
        for ours, also in zip(rare, others, strict=True)
    ]
    return np.array(rows)


def _draw_in_two_phases(chances: Floats, constraints: Floats, rng: np.random.Generator) -> list[int]:
    """Balanced draws take a step a call, so of very many calls a systematic draw takes some first.
    Its chances are proportional to the final ones, so that those can still be met exactly, and the
    sample's size as well."""
    first_size = max(_MAX_BALANCED, 4 * round(chances.sum()))
    if first_size >= len(chances):
        return _draw(chances, constraints, rng)
    first = _capped(chances, first_size)
    marks = np.floor(np.cumsum(first) + rng.random() + _TINY)
    taken = np.flatnonzero(np.diff(marks, prepend=0.0) > 0)
    drawn = _draw(chances[taken] / first[taken], constraints[taken], rng)
    return [int(taken[index]) for index in drawn]


def _draw(chances: Floats, constraints: Floats, rng: np.random.Generator) -> list[int]:
    """Indices of the calls drawn: each with exactly its chance, with the sums of the columns of
    `constraints` over the sample as near as can be to what the chances promise.

    `constraints` are the balancing variables divided by the chances, which for indicators times
    chances are the indicators themselves.
    """
    state = chances.copy()
    num_columns = constraints.shape[1]
    while True:
        open_ones = np.flatnonzero((state > _TINY) & (state < 1 - _TINY))
        if not len(open_ones):
            return [int(index) for index in np.flatnonzero(state > 0.5)]
        chosen = open_ones[: num_columns + 1]
        direction = _null_vector(constraints[chosen, :num_columns].T)
        if direction is None:
            num_columns -= 1
            continue
        up, down = _room(state[chosen], direction), _room(state[chosen], -direction)
        # A martingale: the expected state is the state, so every call keeps its chance.
        step = up if rng.random() < down / (up + down) else -down
        state[chosen] = np.clip(state[chosen] + step * direction, 0.0, 1.0)


def _null_vector(matrix: Floats) -> Floats | None:
    """A direction in which no row's sum changes, None where there is none."""
    if not len(matrix):
        return np.ones(matrix.shape[1])
    found: Floats
    if matrix.shape[1] > len(matrix):
        found = np.linalg.qr(matrix.T, mode="complete")[0][:, -1]
        return found
    _, sizes, directions = np.linalg.svd(matrix)
    if sizes[-1] > _TINY * max(1.0, sizes[0]):
        return None
    found = directions[-1]
    return found


def _room(state: Floats, direction: Floats) -> float:
    """How far `state` can go in `direction` until one of its values is 0 or 1."""
    up, down = direction > _TINY, direction < -_TINY
    steps = np.concatenate([(1 - state[up]) / direction[up], -state[down] / direction[down]])
    return float(steps.min())
