"""Dialogues: what is found wrong in one, and that those of the corpus are right."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from corpus.dialogue import CRITERIA, FOLDER, check, load_dialogues, read, shared_sentences
from corpus.terms import spoken_terms, unlisted
from tests.corpus.conftest import dialogue

_GREETING = {"agent": "您好，中国移动。"}
_MATTER = {"customer": "我想问一下我这个月的话费为什么多了三十块钱。"}


def _mistakes(*lines: dict[str, Any], **changes: Any) -> str:
    return "\n".join(check(dialogue(lines=list(lines) or [_GREETING, _MATTER], **changes)).mistakes)


def test_the_dialogues_of_the_corpus_are_without_mistakes_and_kept_apart() -> None:
    dialogues = load_dialogues()
    samples = sorted((FOLDER.parents[1] / "samples" / "dialogues").glob("*.yaml"))
    said = {
        path.stem: [
            line.get("agent") or line["customer"] for line in yaml.safe_load(path.read_text("utf-8"))["lines"]
        ]
        for path in samples
    }
    assert len(dialogues) >= 30
    assert {d.split for d in dialogues} == {"tuning", "reporting"}
    assert {d.wording for d in dialogues} == {"written", "spontaneous"}
    assert shared_sentences(dialogues, said) == []


def test_a_right_dialogue_has_no_mistakes() -> None:
    assert check(dialogue()).mistakes == []


@pytest.mark.parametrize(
    ("line", "mistake"),
    [
        ({"agent": "好的。", "customer": "好的。"}, "exactly one of"),
        ({"agent2": "您好。"}, "agent2 speaks but is not described"),
        ({"agent": "我来看。", "gap": 1.0, "overlap": 0.5}, "only one of gap, overlap and under"),
        ({"agent": "我来看。", "overlap": 5.5}, "overlaps 5.5 s of a line of about 4."),
        ({"customer": "还有。", "overlap": 0.5}, "overlaps a line of the same party"),
        ({"agent": "我来看。", "forbidden": ["不知道"]}, "“不知道” is not in it"),
        ({"agent": "你看。", "impolite": [{"quote": "你看", "kind": "rude"}]}, "kind rude"),
        ({"customer": "不知道。", "forbidden": ["不知道"]}, "only the agents' lines are marked"),
        ({"agent": "一共30块。"}, "digits are written as spoken: 30"),
        ({"agent": "一共《三十》块。"}, "no voice can say 《 》"),
        ({"agent": "我来看。", "explains": ["不是词"]}, "explains 不是词, which"),
    ],
)
def test_a_mistake_in_a_line_is_named(line: dict[str, Any], mistake: str) -> None:
    assert mistake in _mistakes(_GREETING, _MATTER, line)


def test_5g_is_no_number() -> None:
    assert _mistakes(_GREETING, {"customer": "我用5G上网。"}) == ""


def test_verdicts_are_checked() -> None:
    expected = dict.fromkeys(CRITERIA, "met")
    assert "expected lacks jargon" in _mistakes(expected={k: v for k, v in expected.items() if k != "jargon"})
    assert "expected does not know pace" in _mistakes(expected=expected | {"pace": "met"})
    assert "expected jargon: good" in _mistakes(expected=expected | {"jargon": "good"})
    assert _mistakes(expected=expected | {"jargon": "not_met，光猫没有解释"}) == ""


def test_an_id_says_the_language() -> None:
    assert "an id of zh does not begin with e" in _mistakes(id="e01")


def test_a_file_that_is_no_dialogue_says_why(tmp_path: Path) -> None:
    path = tmp_path / "z01.yaml"
    path.write_text("id: z01\nsplit: training\n", encoding="utf-8")
    found, findings = read(path)
    assert found is None
    assert any(mistake.startswith("split:") for mistake in findings.mistakes)
    path.write_text("id: [z01", encoding="utf-8")
    assert read(path)[1].mistakes
    with pytest.raises(ValueError, match=r"z01\.yaml: "):
        load_dialogues(tmp_path)


def test_sentences_of_two_dialogues_are_found_but_not_short_formulas() -> None:
    first = dialogue(lines=[_GREETING, _MATTER, {"agent": "好的，谢谢您。"}])
    second = dialogue(id="z02", lines=[_GREETING, _MATTER, {"agent": "好的，谢谢您。"}])
    assert len(shared_sentences([first, second], {})) == 1
    assert shared_sentences([first], {}) == []


def test_every_listed_term_is_said_and_what_callqa_lists_besides_is_named() -> None:
    for language in ("zh", "en"):
        own = [d for d in load_dialogues() if d.language == language]
        said = [line.text for d in own for line in d.lines if line.party == "agent"]
        joined = "\n".join(said).lower()
        assert [form for form in spoken_terms(language) if form not in joined] == []
    assert spoken_terms("zh")["障碍单"] == "工单"
    assert unlisted(["请您看一下OLT。"], "zh") == {"olt"}
    assert unlisted(["我建一个障碍单。"], "zh") == set()
