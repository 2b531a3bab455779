"""A workspace with the calls of a team: verdicts as planned, with the evidence that callqa gives."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from callqa.data import CallAnalysis, CriterionResult, Evidence, Measure, RubricRef, Scorecard, Verdict
from callqa.store import CallKeys, JudgedCall, Store
from tests.synthetic import make_analysis, make_facts

TERM = {"term": "光猫", "heard": "光猫", "start": 10.0, "end": 10.5, "status": "unexplained",
        "plain": "光纤转网络的小盒子", "explain": "光猫就是接光纤的小盒子"}  # fmt: skip
OPENING = Evidence(2.0, 6.0, "我想问一下", "客户的第一段陈述，坐席听完了。", 0.9)
NAME_HEARD = "李那"


def save_calls(store: Store, calls: Iterable[JudgedCall]) -> None:
    """Keep calls as if they had been scored."""
    for call in calls:
        analysis = analysis_of(call)
        store.save(analysis, CallKeys(call.id.ljust(64, "0"), "f", "j"), f"{call.id}.wav")


def analysis_of(call: JudgedCall) -> CallAnalysis:
    """A whole analysis with these verdicts."""
    facts = make_facts(call.id, f"{call.id}.wav")
    recording = dataclasses.replace(
        facts.recording,
        agent_id=call.agent_id,
        agent_name=call.agent_name,
        started_at=call.started_at,
        queue=call.queue,
    )
    results, measures = [], {}
    for name, item in call.criteria.items():
        evidence, measure = _found(name, item.verdict)
        results.append(CriterionResult(name, item.verdict, item.score, item.weight, False, "", evidence))
        if measure is not None:
            measures[measure.name] = measure
    # As the pipeline has it: the opening is always cited, by a measure of its own.
    measures["customer_opening"] = Measure("customer_opening", 4.0, "s", {}, (OPENING,))
    return dataclasses.replace(
        make_analysis(dataclasses.replace(facts, recording=recording)),
        measures=measures,
        scorecard=Scorecard(RubricRef("telecom.zh", "2"), call.score, 1.0, tuple(results)),
    )


def _found(criterion: str, verdict: Verdict) -> tuple[tuple[Evidence, ...], Measure | None]:
    bad = verdict is Verdict.NOT_MET
    if criterion == "greeting":
        there = Evidence(0.5, 1.0, "您好，", "有问候。", 0.9)
        name = Evidence(1.0, 2.0, NAME_HEARD, f"有姓名或工号。听到“{NAME_HEARD}”。", 0.9)
        missing = Evidence(0.5, 4.0, "喂你说", "开头没有听到姓名或工号。", 0.9)
        evidence = (there, missing) if bad else (there, name)
        elements = {
            "company": {"expected": "中国移动"},
            "name": {"quote": None if bad else NAME_HEARD},
        }
        return evidence, Measure("greeting", {}, "elements", {"elements": elements}, evidence)
    if criterion == "jargon":
        heard = Evidence(9.5, 11.0, "光猫", "术语“光猫”没有解释。", 0.4)
        terms = (heard,) if bad else ()
        components = {"occurrences": [TERM] if bad else [], "unexplained": int(bad), "agent_syllables": 90}
        return terms, Measure("jargon", float(bad), "per 100 syllables", components, terms)
    if criterion == "listening":
        cut = Evidence(7.0, 9.0, "你先听我说", "客户正在说，坐席插话。", 0.9)
        measure = Measure("agent_interruptions", int(bad), "count", {}, (cut,) if bad else ())
        return ((OPENING, cut) if bad else (OPENING,)), measure
    if criterion == "pace":
        fast = Evidence(3.0, 6.0, "说得很快", "最快的一段。", 0.9)
        slow = Evidence(8.0, 12.0, "说得慢", "最慢的一段。", 0.9)
        return (fast, slow), Measure("articulation_rate", 420.0 if bad else 300.0, "字/分", {}, (fast, slow))
    return ((Evidence(1.0, 2.0, "词", criterion, 0.9),) if bad else ()), None
