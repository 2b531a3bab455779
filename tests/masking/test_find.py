"""What is found, where and when."""

from __future__ import annotations

import pytest

from callqa.config import MaskingSettings
from callqa.masking import find_personal_data
from callqa.masking.digits import all_alike, mandarin_runs
from callqa.masking.english_digits import english_runs
from callqa.masking.kinds import Kind
from tests.masking.cases import parse_case


def find(
    lines: list[str], language: str = "zh", settings: MaskingSettings | None = None
) -> list[tuple[str, str]]:
    utterances = parse_case(lines, language).utterances
    return [
        (item.kind.value, utterances[item.utterance].text[item.first_char : item.end_char])
        for item in find_personal_data(utterances, language, settings)
    ]


def test_a_number_in_pieces_is_one_number() -> None:
    found = find(["C: 我的号码是一三八", "A: 嗯。", "C: 零零一三", "A: 零零一三。", "C: 八零零零"])
    assert found == [("phone", "一三八"), ("phone", "零零一三"), ("phone", "零零一三"), ("phone", "八零零零")]


def test_the_kind_is_that_which_was_asked_for() -> None:
    assert find(["A: 请报一下身份证后四位。", "C: 二零三七。"]) == [("id", "二零三七")]
    assert find(["A: 请把验证码念给我。", "C: 二零三七。"]) == [("code", "二零三七")]


def test_an_answer_in_words_of_the_same_sound() -> None:
    assert find(["A: 请报一下身份证后四位。", "C: 期期要六"]) == [("id", "期期要六")]
    assert find(["A: 请问还有别的问题吗？", "C: 期期要六"]) == []


@pytest.mark.parametrize(
    "line",
    [
        "A: 请拨打一零零八六。",
        "A: 一共一百二十八元。",
        "A: 二零二五年三月十五号到期。",
        "A: 您好，我是李娜，工号一零二三，很高兴为您服务。",
        "A: 流量用了二十三点五G，通话四百五十分钟。",
    ],
)
def test_what_scoring_needs_stays(line: str) -> None:
    assert find([line]) == []


def test_the_agents_own_name_stays_and_the_customers_does_not() -> None:
    assert find(["A: 您好，我叫李娜。"]) == []
    assert find(["C: 您好，我叫李娜。"]) == [("name", "李娜")]


def test_a_name_is_masked_wherever_it_is_said_again() -> None:
    found = find(["C: 我叫陈晓东。", "A: 查到了，登记人就是陈晓东没错。"])
    assert found == [("name", "陈晓东"), ("name", "陈晓东")]


def test_last_four_digits_may_be_left() -> None:
    settings = MaskingSettings(keep_last_four=True)
    assert find(["C: 号码是一三八零零一三五五二一。"], settings=settings) == [("phone", "一三八零零一三")]
    assert find(["C: 身份证后四位是二零三七。"], settings=settings) == []
    assert find(["C: 验证码是三八二九一四。"], settings=settings) == [("code", "三八二九一四")]


def test_times_are_those_of_the_words_and_a_margin() -> None:
    utterances = parse_case(["C: 我姓{name:王}。"], "zh").utterances
    (found,) = find_personal_data(utterances, "zh", MaskingSettings(margin=0.1))
    word = utterances[0].words[2]
    assert word.text == "王。"
    assert (found.span.start, found.span.end) == pytest.approx((word.start - 0.1, word.end + 0.1))
    assert found.kind is Kind.NAME


def test_a_margin_does_not_reach_before_the_recording() -> None:
    utterances = parse_case(["C: {phone:13800135521}"], "zh").utterances
    (found,) = find_personal_data(utterances, "zh")
    assert found.span.start == 0.0


def test_amounts_are_no_part_of_a_run() -> None:
    assert [run.digits for run in mandarin_runs("一八五零零九九八八七六，四月份用了三百二十兆")] == [
        "18500998876"
    ]
    assert [run.digits for run in english_runs("five five five oh one two three for twenty dollars")] == [
        "5550123"
    ]


def test_repeated_digits_are_counted_out() -> None:
    assert mandarin_runs("一三一三个零二二")[0].digits == "131000" + "22"
    assert english_runs("double oh triple seven")[0].digits == "00777"


def test_a_few_words_are_no_digits() -> None:
    assert all_alike("就是要") is None
    assert all_alike("幺二三好") is None


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        (
            "我的手机号码是一千六百六十九、五千一百八十七、二千六百四十。",
            ["一千六百六十九、五千一百八十七、二千六百四十"],
        ),
        ("对就是一六九五一八七N后面是二千六百四十。", ["一六九五一八七", "二千六百四十"]),
        ("我的号码是一千六百六十九。", ["一千六百六十九"]),
        (
            "身份证号码是三二零一零二一九八八零六五三七四最后一个事务。",
            ["三二零一零二一九八八零六五三七四", "事务"],
        ),
    ],
)
def test_digits_that_recognition_wrote_as_amounts_are_found(text: str, numbers: list[str]) -> None:
    assert [found for _, found in find([f"C: {text}"])] == numbers


@pytest.mark.parametrize(
    "text",
    [
        "每个月一千六百六十九块，两千六百四十块的也有。",
        "一共是一千六百六十九，没有别的费用。",
        "有一千兆、两千兆的宽带。",
        "套餐包含一千二百分钟通话。",
        "积分有一千两千的差别，一千、两千都可以换。",
    ],
)
def test_amounts_stay(text: str) -> None:
    assert find([f"A: {text}"]) == []
