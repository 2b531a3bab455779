"""What `callqa calibrate read` found, as a JSON document and as rows for a spreadsheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from callqa.calibration.agreement import Agreement
from callqa.calibration.bands import Effect, Suggestion
from callqa.calibration.compare import Comparison, Item
from callqa.calibration.sheet import quoted
from callqa.calibration.tables import KIND_WORDS
from callqa.calibration.words import say, verdict_word


def calibration_document(comparison: Comparison, suggestions: Sequence[Suggestion]) -> dict[str, Any]:
    """Everything, JSON-ready: times in seconds, shares 0-1, verdicts as `callqa show --json` has
    them, None where a figure is not defined. In `confusion` the machine (or the first person of
    two) stands first: ``confusion[machine][person]``."""
    return {
        "overall": _agreement(comparison.overall),
        "criteria": {name: _agreement(found) for name, found in comparison.by_criterion.items()},
        "labellers": {name: _agreement(found) for name, found in comparison.by_labeller.items()},
        "between": [
            {"labellers": list(names), "criteria": {k or "all": _agreement(v) for k, v in found.items()}}
            for names, found in comparison.between.items()
        ],
        "differences": [_item(item) for item in comparison.differences],
        "withheld": [_item(item) for item in comparison.withheld],
        "disputed": [_item(item) for item in comparison.disputed],
        "bands": [_suggestion(item) for item in suggestions],
    }


def calibration_rows(comparison: Comparison, titles: Mapping[str, str], language: str) -> list[list[str]]:
    """Every labelled verdict beside the machine's, a row each, differences first."""
    labellers = sorted({name for item in comparison.items for name in item.people})
    rows = [
        [
            say(language, "通话编号", "call"),
            say(language, "录音文件", "recording"),
            say(language, "坐席", "agent"),
            say(language, "评分标准", "criterion"),
            say(language, "机器", "machine"),
            say(language, "人工", "people"),
            say(language, "不同之处", "difference"),
            *labellers,
            say(language, "机器的理由", "the machine's reason"),
            say(language, "备注", "comments"),
            say(language, "机器听到的内容", "what the machine heard"),
        ]
    ]
    first = comparison.differences
    differing = {id(item) for item in first}
    for item in [*first, *(item for item in comparison.items if id(item) not in differing)]:
        recording = item.call.analysis.facts.recording
        said = {name: item.people.get(name) for name in labellers}
        rows.append(
            [
                item.call.id,
                recording.path,
                recording.agent_name or recording.agent_id or "",
                titles.get(item.result.id, item.result.id),
                verdict_word(item.result.verdict, language),
                verdict_word(item.consensus, language),
                say(language, *KIND_WORDS[item.kind]) if item.kind else "",
                *(verdict_word(label.verdict, language) if label else "" for label in said.values()),
                item.result.reason,
                "\n".join(f"{n}: {label.comment}" for n, label in item.people.items() if label.comment),
                "\n".join(quoted(evidence, language) for evidence in item.result.evidence),
            ]
        )
    return rows


def _agreement(found: Agreement) -> dict[str, Any]:
    confusion: dict[str, dict[str, int]] = {}
    for (first, second), number in found.confusion.items():
        confusion.setdefault(first.value, {})[second.value] = number
    return {**asdict(found), "confusion": confusion}


def _item(item: Item) -> dict[str, Any]:
    recording = item.call.analysis.facts.recording
    return {
        "call": item.call.id,
        "path": recording.path,
        "agent_id": recording.agent_id,
        "agent_name": recording.agent_name,
        "criterion": item.result.id,
        "kind": item.kind,
        "machine": item.result.verdict,
        "people": item.consensus,
        "labels": {
            name: {"verdict": label.verdict, "comment": label.comment} for name, label in item.people.items()
        },
        "reason": item.result.reason,
        "evidence": [asdict(evidence) for evidence in item.result.evidence],
    }


def _suggestion(item: Suggestion) -> dict[str, Any]:
    def effect(found: Effect | None) -> dict[str, Any] | None:
        if found is None:
            return None
        return {
            "num_calls": found.num_calls,
            "changes": [
                {"before": before, "after": after, "num_calls": number}
                for (before, after), number in found.changes.items()
            ],
        }

    return {
        **{name: getattr(item, name) for name in ("rubric", "criterion", "measure", "component", "unit")},
        "num_labels": item.num_labels,
        "is_enough": item.is_enough,
        "present": asdict(item.present),
        "suggested": item.suggested and asdict(item.suggested),
        "present_fit": item.fit and asdict(item.fit),
        "suggested_fit": item.suggested_fit and asdict(item.suggested_fit),
        "cross_validated_fit": item.crossed and asdict(item.crossed),
        "in_sample": effect(item.in_sample),
        "in_workspace": effect(item.in_workspace),
    }
