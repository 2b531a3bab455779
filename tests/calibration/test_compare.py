from __future__ import annotations

from collections.abc import Callable

import pytest

from callqa.calibration.compare import Kind, call_weights, compare, consensus
from callqa.data import Verdict
from callqa.store import Label, LabelSheet, Store
from tests.calibration.conftest import save_call

M, P, N, U, A = Verdict


def label(call_id: str, criterion: str, verdict: Verdict, who: str = "甲") -> Label:
    return Label(call_id, criterion, who, verdict, "", "a.csv")


def test_false_accusations_come_first_and_withheld_verdicts_are_no_difference(store: Store) -> None:
    call = save_call(store, 1, {"greeting": M, "pace": P, "politeness": N, "listening": U, "jargon": M})
    people = {"greeting": N, "pace": M, "politeness": P, "listening": N, "jargon": U}
    found = compare(store, [label(call, name, verdict) for name, verdict in people.items()])
    assert [(item.result.id, item.kind) for item in found.differences] == [
        ("politeness", Kind.ACCUSED),
        ("pace", Kind.STRICTER),
        ("greeting", Kind.MISSED),
        ("jargon", Kind.WITHOUT_GROUNDS),
    ]
    assert [item.result.id for item in found.withheld] == ["listening"]


def test_two_people_are_held_against_each_other_and_the_machine_against_both(
    store: Store, save_calls: Callable[[int], list[str]]
) -> None:
    calls = save_calls(8)
    machine = {
        call: next(r.verdict for r in store.load(call).analysis.scorecard.criteria if r.id == "pace")
        for call in calls
    }
    labels = [label(call, "pace", verdict) for call, verdict in machine.items()]
    labels += [label(call, "pace", machine[call] if i else A, "乙") for i, call in enumerate(calls)]
    found = compare(store, labels)
    assert found.by_labeller["甲"].share.value == 1.0
    assert found.by_labeller["乙"].share.value == 7 / 8
    assert found.between[("乙", "甲")]["pace"].share.value == 7 / 8
    assert [item.call.id for item in found.disputed] == calls[:1]
    assert found.overall.num_compared == 7


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [([M], M), ([M, N], None), ([M, N, N], N), ([U, N], N), ([U, U], U), ([M, P, N], None)],
)
def test_consensus_is_what_most_say(verdicts: list[Verdict], expected: Verdict | None) -> None:
    assert consensus(verdicts) is expected


def test_weights_of_a_sheet_add_up_to_the_workspace() -> None:
    sheet = LabelSheet("S1", 0, 100, {"a": 1.0, "b": 0.1, "c": 0.1})
    given = [Label(name, "pace", "甲", M, "", "x", "S1") for name in "abc"]
    weights = call_weights(given, {"S1": sheet})
    assert sum(weights.values()) == pytest.approx(100)
    assert weights["b"] == pytest.approx(10 * weights["a"])
    assert call_weights([label("a", "pace", M)], {"S1": sheet}) == {}
