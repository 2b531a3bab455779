"""What is hidden, and what has to stay as it is."""

from __future__ import annotations

import dataclasses
import json

import pytest

from callqa.data import CallAnalysis, Evidence, Measure
from callqa.masking import (
    find_personal_data,
    mask_analysis,
    mask_document,
    mask_quote,
    mask_text,
    mask_utterance,
    spans_of,
)
from callqa.reports.document import call_document
from tests.masking.cases import parse_case
from tests.synthetic import make_analysis

LINES = ["A: 请报一下您的号码。", "C: 我叫陈晓东，号码是幺三八，零零幺三，五五二幺，上个月扣了五十八块。"]
NUMBER = "幺三八，零零幺三，五五二幺"


def call() -> CallAnalysis:
    analysis = make_analysis()
    utterances = parse_case(LINES, "zh").utterances
    said = Evidence(4.0, 7.0, f"号码是{NUMBER}，", f"客户说了“{NUMBER}”。", 0.9)
    cut = Evidence(4.2, 6.0, "零零幺三，五五二幺，上个月", "", 0.9)
    measure = Measure(
        "privacy",
        1,
        "count",
        {"count": 1, "occurrences": [{"heard": "是" + NUMBER, "start": 4.0, "end": 7.0}]},
        (said, cut),
    )
    card = analysis.scorecard
    criterion = dataclasses.replace(
        card.criteria[0], evidence=(said,), reason=f"陈晓东的号码{NUMBER}被念出。"
    )
    return dataclasses.replace(
        analysis,
        facts=dataclasses.replace(analysis.facts, utterances=utterances),
        measures={"privacy": measure},
        scorecard=dataclasses.replace(card, criteria=(criterion,)),
    )


def test_nothing_of_it_is_left_in_the_document() -> None:
    text = json.dumps(call_document(mask_analysis(call()), []), ensure_ascii=False)
    assert "陈晓东" not in text
    assert "零零幺三" not in text
    assert "五五二幺" not in text
    assert "五十八块" in text
    assert "［电话号码］" in text


def test_times_and_verdicts_stay() -> None:
    before, after = call(), mask_analysis(call())
    assert [(e.start, e.end) for e in after.measures["privacy"].evidence] == [(4.0, 7.0), (4.2, 6.0)]
    assert after.scorecard.score == before.scorecard.score
    assert after.measures["privacy"].components["count"] == 1
    assert [(u.start, u.end, u.role) for u in after.facts.utterances] == [
        (u.start, u.end, u.role) for u in before.facts.utterances
    ]


def test_a_document_is_masked_as_the_call_is() -> None:
    assert mask_document(call_document(call(), [])) == call_document(mask_analysis(call()), [])


def test_masked_words_still_give_the_text() -> None:
    utterances = parse_case(LINES, "zh").utterances
    spans = find_personal_data(utterances, "zh")
    shown = mask_utterance(utterances[1], spans_of(spans, 1), "zh")
    assert shown.text == mask_text(utterances[1].text, spans_of(spans, 1), "zh")
    assert shown.text == "我叫［姓名］，号码是［电话号码］，上个月扣了五十八块。"
    assert (shown.words[0].start, shown.words[-1].end) == (
        utterances[1].words[0].start,
        utterances[1].words[-1].end,
    )


def test_english_words_stay_apart() -> None:
    utterances = parse_case(["C: My name is Daniel Whitmore, call 415 555 0132."], "en").utterances
    shown = mask_utterance(utterances[0], find_personal_data(utterances, "en"), "en")
    assert shown.text == "My name is [name], call [phone number]."
    assert [word.text for word in shown.words] == ["My", "name", "is", "[name],", "call", "[phone number]."]


def test_an_utterance_without_personal_data_is_the_same() -> None:
    utterance = parse_case(["A: 请讲。"], "zh").utterances[0]
    assert mask_utterance(utterance, (), "zh") is utterance


@pytest.mark.parametrize(
    ("quote", "shown"),
    [
        (NUMBER, "［电话号码］"),
        ("号码是幺三八，零零", "号码是［电话号码］"),
        ("五五二幺，上个月", "［电话号码］，上个月"),
        # Over two utterances the quote stands in none of them.
        ("您的号码。我叫陈晓东，号码是幺三八，零零幺", "您的号码。我叫［姓名］，号码是［电话号码］"),
        ("上个月扣了五十八块", "上个月扣了五十八块"),
        ("", ""),
    ],
)
def test_quotes_are_parts_of_utterances(quote: str, shown: str) -> None:
    utterances = parse_case(LINES, "zh").utterances
    spans = find_personal_data(utterances, "zh")
    evidence = Evidence(4.0, 7.0, quote, "", None)
    assert mask_quote(evidence, utterances, spans, "zh") == dataclasses.replace(evidence, quote=shown)


def test_of_two_places_the_time_says_which() -> None:
    utterances = parse_case(["C: 王阿姨找我，我姓王。"], "zh").utterances
    spans = [item for item in find_personal_data(utterances, "zh") if item.first_char > 3]
    late = Evidence(utterances[0].words[-1].start, utterances[0].words[-1].end, "王", "", None)
    early = Evidence(utterances[0].words[0].start, utterances[0].words[0].end, "王", "", None)
    assert mask_quote(late, utterances, spans, "zh").quote == "［姓名］"
    assert mask_quote(early, utterances, spans, "zh").quote == "王"
