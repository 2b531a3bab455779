"""The machine's verdicts beside people's: who agrees with whom, and where they differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

from callqa.calibration.agreement import GIVEN, ORDERED, Agreement, Pair, measure_agreement
from callqa.data import CriterionResult, Verdict
from callqa.masking import mask_analysis
from callqa.store import Label, LabelSheet, Store, StoredCall


class Kind(StrEnum):
    """How machine and people differ, worst first. `ACCUSED`: not met by the machine, at least in
    part by people. `STRICTER`: one step harsher than people. `MISSED`: milder than people.
    `WITHOUT_GROUNDS`: a verdict where people could not tell. `APPLIES`: only one of them holds
    that the criterion has no place in the call."""

    ACCUSED = "accused"
    STRICTER = "stricter"
    MISSED = "missed"
    WITHOUT_GROUNDS = "without_grounds"
    APPLIES = "applies"


@dataclass(frozen=True, slots=True)
class Item:
    """One criterion of one call: the machine's result with personal data masked, people's verdicts
    by name, and what they agree on (None where they do not). `weight` is for how many calls it
    stands."""

    call: StoredCall
    result: CriterionResult
    people: Mapping[str, Label]
    consensus: Verdict | None
    weight: float | None

    @property
    def kind(self) -> Kind | None:
        """How the two differ; None where they do not, or one of them says nothing."""
        machine, person = self.result.verdict, self.consensus
        if person is None or machine is Verdict.UNSURE or machine is person:
            return None
        if person is Verdict.UNSURE:
            return Kind.WITHOUT_GROUNDS
        if machine is Verdict.NOT_MET:
            return Kind.ACCUSED
        if Verdict.NOT_APPLICABLE in (machine, person):
            return Kind.APPLIES
        return Kind.STRICTER if ORDERED.index(machine) > ORDERED.index(person) else Kind.MISSED


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything about labelled calls. `by_criterion` and `overall` hold the machine (first) against
    people's consensus (second); `by_labeller` the machine against each person; `between` each two
    people who judged the same, by criterion, with "" for all criteria."""

    items: tuple[Item, ...]
    by_criterion: Mapping[str, Agreement]
    overall: Agreement
    by_labeller: Mapping[str, Agreement]
    between: Mapping[tuple[str, str], Mapping[str, Agreement]]

    @property
    def differences(self) -> list[Item]:
        """Where machine and people differ, false accusations first."""
        kinds = list(Kind)
        found = [(kinds.index(item.kind), item) for item in self.items if item.kind is not None]
        return [item for _, item in sorted(found, key=lambda pair: pair[0])]

    @property
    def withheld(self) -> list[Item]:
        """Where the machine gave no verdict but people could."""
        return [
            item for item in self.items if item.result.verdict is Verdict.UNSURE and item.consensus in GIVEN
        ]

    @property
    def disputed(self) -> list[Item]:
        """Where people do not agree among themselves."""
        return [item for item in self.items if item.consensus is None]


def compare(store: Store, labels: Sequence[Label]) -> Comparison:
    """Hold the stored verdicts against these labels."""
    sheets = store.sheets()
    weights = call_weights(labels, sheets)
    items = []
    calls: dict[str, StoredCall] = {}
    shown: dict[str, dict[str, CriterionResult]] = {}
    for (call_id, criterion), theirs in _grouped(labels).items():
        if call_id not in calls:
            calls[call_id] = store.load(call_id)
            card = mask_analysis(calls[call_id].analysis).scorecard
            shown[call_id] = {result.id: result for result in card.criteria}
        results = shown[call_id]
        if criterion not in results:
            # The rubric has changed since people judged.
            continue
        people = {label.labeller: label for label in theirs}
        items.append(
            Item(
                calls[call_id],
                results[criterion],
                people,
                consensus(label.verdict for label in theirs),
                weights.get(call_id),
            )
        )
    order = {name: i for i, name in enumerate(dict.fromkeys(_criteria_in_order(calls.values())))}
    items.sort(key=lambda item: (order[item.result.id], item.call.paths, item.call.id))
    agreed = [item for item in items if item.consensus is not None]
    names = list(dict.fromkeys(item.result.id for item in items))
    labellers = sorted({label.labeller for label in labels})
    return Comparison(
        items=tuple(items),
        by_criterion={
            name: measure_agreement([_with_consensus(item) for item in agreed if item.result.id == name])
            for name in names
        },
        overall=measure_agreement([_with_consensus(item) for item in agreed]),
        by_labeller={name: measure_agreement(_with_person(items, name)) for name in labellers},
        between=_between(items, names, labellers),
    )


def consensus(verdicts: Iterable[Verdict]) -> Verdict | None:
    """What most of them say, None where no verdict has more voices than every other.

    Who could not tell has no voice beside those who could.

    >>> consensus([Verdict.MET, Verdict.UNSURE]).value
    'met'
    """
    found = list(verdicts)
    counts = Counter(verdict for verdict in found if verdict in GIVEN) or Counter(found)
    (best, most), *others = counts.most_common()
    return None if others and others[0][1] == most else best


def call_weights(labels: Sequence[Label], sheets: Mapping[str, LabelSheet]) -> dict[str, float]:
    """For how many calls each labelled call stands, where it came on a sheet that callqa drew.

    A call's weight within its sheet is 1 / chance (Horvitz & Thompson 1952). Sheets count by how
    many of their calls were labelled; a call on several sheets has the sum of its weights.
    """
    by_sheet: dict[str, set[str]] = {}
    for label in labels:
        sheet_id = label.sheet_id
        if sheet_id is not None and sheet_id in sheets and label.call_id in sheets[sheet_id].chances:
            by_sheet.setdefault(sheet_id, set()).add(label.call_id)
    total = sum(len(calls) for calls in by_sheet.values())
    weights: dict[str, float] = {}
    for sheet_id, calls in by_sheet.items():
        sheet = sheets[sheet_id]
        raw = {call_id: 1 / sheet.chances[call_id] for call_id in calls}
        factor = sheet.population * len(calls) / total / sum(raw.values())
        for call_id, weight in raw.items():
            weights[call_id] = weights.get(call_id, 0.0) + weight * factor
    return weights


def _grouped(labels: Sequence[Label]) -> dict[tuple[str, str], list[Label]]:
    found: dict[tuple[str, str], list[Label]] = {}
    for label in labels:
        found.setdefault((label.call_id, label.criterion), []).append(label)
    return found


def _criteria_in_order(calls: Iterable[StoredCall]) -> list[str]:
    return [result.id for call in calls for result in call.analysis.scorecard.criteria]


def _with_consensus(item: Item) -> Pair:
    assert item.consensus is not None
    return Pair(item.call.id, item.result.verdict, item.consensus, item.weight)


def _with_person(items: Sequence[Item], name: str) -> list[Pair]:
    return [
        Pair(item.call.id, item.result.verdict, item.people[name].verdict, item.weight)
        for item in items
        if name in item.people
    ]


def _between(
    items: Sequence[Item], criteria: Sequence[str], labellers: Sequence[str]
) -> dict[tuple[str, str], dict[str, Agreement]]:
    found = {}
    for one, other in combinations(labellers, 2):
        both = [item for item in items if one in item.people and other in item.people]
        if not both:
            continue
        pairs = {
            name: [
                Pair(item.call.id, item.people[one].verdict, item.people[other].verdict, item.weight)
                for item in both
                if name in ("", item.result.id)
            ]
            for name in ("", *criteria)
        }
        found[(one, other)] = {name: measure_agreement(theirs) for name, theirs in pairs.items() if theirs}
    return found
