"""The written cases: what has to be masked is, and hardly anything else."""

from __future__ import annotations

import pytest

from tests.masking.cases import load_cases, parse_case, score


@pytest.mark.parametrize("name", ["cases.yaml", "cases_held_out.yaml"])
def test_recall_and_precision(name: str) -> None:
    result = score(name)
    problems = "\n".join(result.problems)
    assert result.recall >= 0.97, problems
    assert result.precision >= 0.95, problems


def test_there_are_enough_cases() -> None:
    cases = [case for name in ("cases.yaml", "cases_held_out.yaml") for case in load_cases(name)]
    assert sum(len(case.expected) for case in cases) >= 200
    assert sum(not case.expected for case in cases) >= 100
    assert 2 * len(cases) <= 3 * sum(case.language == "zh" for case in cases)


def test_marks_are_read() -> None:
    case = parse_case(["A: 请讲。", "C: 我姓{name:王}。"], "zh")
    assert case.utterances[1].text == "我姓王。"
    assert [(item.kind, item.utterance, item.first_char, item.end_char) for item in case.expected] == [
        ("name", 1, 2, 3)
    ]
