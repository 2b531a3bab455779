"""Limits of a rubric's bands that agree best with people, and what they would change.

Each band of a criterion is looked at by itself, the criterion's other checks as they are. What a
call's verdict would be with the number inside `met`, inside `partly` and outside of both is asked of
the scorer itself, so that whatever else the rubric says (`at_worst`, what is needed, exemptions)
holds for the suggestion as well.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from numpy.typing import NDArray

from callqa.calibration.agreement import ORDERED
from callqa.calibration.compare import Comparison
from callqa.calibration.limits import Band, limit_candidates
from callqa.calibration.rubrics import RubricBook
from callqa.data import Verdict
from callqa.scoring import Rubric
from callqa.scoring.rubric import BandCheck, Criterion
from callqa.scoring.scorer import score_call
from callqa.store import Store, StoredCall

MIN_LABELS = 20
MIN_OTHERS = 5
"""Limits are only suggested from so many labels, so many of which are not the commonest verdict."""

_FOLDS = 5
_BEYOND = 1e300
_FORCED = (
    {"met": (None, None), "partly": None},
    {"met": (_BEYOND, None), "partly": (None, None)},
    {"met": (_BEYOND, None), "partly": (_BEYOND, None)},
)
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Probe:
    """One call as a band sees it: the number, and the criterion's verdict with it inside `met`,
    inside `partly`, and outside of both."""

    call_id: str
    value: float
    verdicts: tuple[Verdict, Verdict, Verdict]

    def verdict(self, band: Band) -> Verdict:
        """The criterion's verdict with these limits."""
        return self.verdicts[band.zone(self.value)]

    @property
    def is_free(self) -> bool:
        """Whether the limits decide anything, and always lead to a verdict."""
        return len(set(self.verdicts)) > 1 and all(verdict in ORDERED for verdict in self.verdicts)


@dataclass(frozen=True, slots=True)
class Effect:
    """What other limits change: of `num_calls`, which verdicts become which."""

    num_calls: int
    changes: Mapping[tuple[Verdict, Verdict], int]

    @property
    def num_changed(self) -> int:
        """How many verdicts become others."""
        return sum(self.changes.values())


@dataclass(frozen=True, slots=True)
class Fit:
    """How limits agree with people: `agreement` is the share of the same verdicts, `distance` the
    mean number of steps between verdicts, `num_accused` the calls with not met where people said
    better."""

    agreement: float
    distance: float
    num_accused: int


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One band of one rubric. `suggested` is None where the present limits should stay, for lack of
    labels (`is_enough` false) or because no others agree better on calls that they were not chosen
    on. `crossed` is the agreement of such choices over `_FOLDS` parts."""

    rubric: str
    criterion: str
    measure: str
    component: str | None
    unit: str | None
    present: Band
    num_labels: int
    is_enough: bool
    fit: Fit | None = None
    suggested: Band | None = None
    suggested_fit: Fit | None = None
    crossed: Fit | None = None
    in_sample: Effect | None = None
    in_workspace: Effect | None = None

    @property
    def name(self) -> str:
        """The number that the limits are for."""
        return self.measure if self.component is None else f"{self.measure}.{self.component}"


@dataclass(frozen=True, slots=True)
class _Target:
    """A band and where it stands in its rubric."""

    rubric: Rubric
    criterion: Criterion
    index: int
    check: BandCheck


def suggest_bands(
    store: Store,
    comparison: Comparison,
    book: RubricBook,
    progress: Callable[[int, int], None] | None = None,
) -> list[Suggestion]:
    """What people's verdicts suggest for every band of the criteria that they judged.

    `progress` hears how many of all stored calls have been looked at.
    """
    people = {
        (item.call.id, item.result.id): item.consensus
        for item in comparison.items
        if item.consensus in ORDERED
    }
    judged = {criterion for _, criterion in people}
    rubrics = {book.of(item.call).digest: book.of(item.call) for item in comparison.items}
    calls = {item.call.id: item.call for item in comparison.items}
    targets = [
        _Target(rubric, criterion, index, check)
        for rubric in rubrics.values()
        for criterion in rubric.criteria
        if criterion.id in judged
        for index, check in enumerate(criterion.checks)
        if isinstance(check, BandCheck)
    ]
    found = []
    for target in targets:
        theirs = [call for call in calls.values() if book.of(call).digest == target.rubric.digest]
        probes = [(probe_call(call, target.rubric, target.criterion, target.index)) for call in theirs]
        labelled = [
            (probe, verdict)
            for probe in probes
            if probe is not None and probe.is_free
            if (verdict := people.get((probe.call_id, target.criterion.id))) is not None
        ]
        found.append(_suggest(target, labelled))
    return _with_effect(store, book, targets, found, progress)


def probe_call(call: StoredCall, rubric: Rubric, criterion: Criterion, index: int) -> Probe | None:
    """The criterion's verdict with its band number `index` met, partly met and not met, None where
    the call has no such number."""
    check = criterion.checks[index]
    assert isinstance(check, BandCheck)
    measure = call.analysis.measures.get(check.measure)
    if measure is None:
        return None
    raw = measure.components.get(check.component) if check.component else measure.value
    if not isinstance(raw, int | float) or (check.unit is not None and check.unit != measure.unit):
        return None
    verdicts = []
    for limits in _FORCED:
        checks = list(criterion.checks)
        checks[index] = check.model_copy(update=limits)
        alone = rubric.model_copy(
            update={"criteria": (criterion.model_copy(update={"checks": tuple(checks)}),), "sections": ()}
        )
        card = score_call(call.analysis.facts, call.analysis.measures, alone)
        verdicts.append(card.criteria[0].verdict)
    return Probe(call.id, float(raw), (verdicts[0], verdicts[1], verdicts[2]))


def _suggest(target: _Target, labelled: Sequence[tuple[Probe, Verdict]]) -> Suggestion:
    check = target.check
    present = Band(*check.met, *(check.partly or (None, None)), has_partly=check.partly is not None)
    counts = Counter(verdict for _, verdict in labelled)
    others = len(labelled) - max(counts.values(), default=0)
    enough = len(labelled) >= MIN_LABELS and others >= MIN_OTHERS
    base = Suggestion(
        rubric=f"{target.rubric.id} {target.rubric.version}",
        criterion=target.criterion.id,
        measure=check.measure,
        component=check.component,
        unit=check.unit,
        present=present,
        num_labels=len(labelled),
        is_enough=enough,
        fit=_fit(labelled, [present] * len(labelled)) if labelled else None,
    )
    if not enough or base.fit is None:
        return base
    best = best_band(labelled, present)
    chosen = [present] * len(labelled)
    order = np.random.default_rng(0).permutation(len(labelled))
    for fold in range(_FOLDS):
        held_out = set(order[fold::_FOLDS].tolist())
        learned = best_band([pair for i, pair in enumerate(labelled) if i not in held_out], present)
        for i in held_out:
            chosen[i] = learned
    crossed = _fit(labelled, chosen)
    better = best != present and crossed.distance < base.fit.distance
    return replace(
        base,
        suggested=best if better else None,
        suggested_fit=_fit(labelled, [best] * len(labelled)) if better else None,
        crossed=crossed,
        in_sample=_effect([probe for probe, _ in labelled], present, best) if better else None,
    )


def best_band(labelled: Sequence[tuple[Probe, Verdict]], present: Band) -> Band:
    """The limits with the smallest mean distance to people's verdicts; of those alike, the ones
    with the fewest false accusations, then the ones that change the fewest verdicts.

    Limits that the band does not have are not added. One side is searched whole, then the other,
    until neither gets better.
    """
    values = np.array([probe.value for probe, _ in labelled])
    zones = np.array([[ORDERED.index(v) for v in probe.verdicts] for probe, _ in labelled])
    people = np.array([ORDERED.index(verdict) for _, verdict in labelled])
    before = _verdicts_of(values, zones, present)

    def cost(band: Band) -> tuple[float, int, int]:
        verdicts = _verdicts_of(values, zones, band)
        accused = ((verdicts == 2) & (people < 2)).sum()
        return float(np.abs(verdicts - people).sum()), int(accused), int((verdicts != before).sum())

    best = present
    while True:
        improved = best
        lows = product(
            limit_candidates(values, present.partly_low, "low"),
            limit_candidates(values, present.met_low, "low"),
        )
        highs = product(
            limit_candidates(values, present.met_high, "high"),
            limit_candidates(values, present.partly_high, "high"),
        )
        for is_low, pairs in ((True, lows), (False, highs)):
            for one, other in pairs:
                if is_low:
                    band = replace(improved, partly_low=one, met_low=other)
                else:
                    band = replace(improved, met_high=one, partly_high=other)
                if band.is_ordered and cost(band) < cost(improved):
                    improved = band
        if improved == best:
            return best
        best = improved


def _verdicts_of(values: Floats, zones: NDArray[np.int_], band: Band) -> NDArray[np.int_]:
    found: NDArray[np.int_] = zones[np.arange(len(values)), band.zones(values)]
    return found


def _fit(labelled: Sequence[tuple[Probe, Verdict]], bands: Sequence[Band]) -> Fit:
    steps = [
        ORDERED.index(probe.verdict(band)) - ORDERED.index(verdict)
        for (probe, verdict), band in zip(labelled, bands, strict=True)
    ]
    accused = sum(
        probe.verdict(band) is Verdict.NOT_MET and verdict is not Verdict.NOT_MET
        for (probe, verdict), band in zip(labelled, bands, strict=True)
    )
    return Fit(steps.count(0) / len(steps), sum(map(abs, steps)) / len(steps), accused)


def _effect(probes: Sequence[Probe], before: Band, after: Band) -> Effect:
    changes = Counter(
        (probe.verdict(before), probe.verdict(after))
        for probe in probes
        if probe.verdict(before) is not probe.verdict(after)
    )
    return Effect(len(probes), changes)


def _with_effect(
    store: Store,
    book: RubricBook,
    targets: Sequence[_Target],
    suggestions: Sequence[Suggestion],
    progress: Callable[[int, int], None] | None,
) -> list[Suggestion]:
    """The suggestions with what they change over all stored calls, which are read one by one."""
    if all(suggestion.suggested is None for suggestion in suggestions):
        return list(suggestions)
    summaries = store.summaries()
    probes: list[list[Probe]] = [[] for _ in targets]
    for number, summary in enumerate(summaries, 1):
        call = store.load(summary.id)
        for mine, target, suggestion in zip(probes, targets, suggestions, strict=True):
            if suggestion.suggested is None or book.of(call).digest != target.rubric.digest:
                continue
            probe = probe_call(call, target.rubric, target.criterion, target.index)
            if probe is not None:
                mine.append(probe)
        if progress is not None:
            progress(number, len(summaries))
    return [
        suggestion
        if suggestion.suggested is None
        else replace(suggestion, in_workspace=_effect(mine, suggestion.present, suggestion.suggested))
        for mine, suggestion in zip(probes, suggestions, strict=True)
    ]
