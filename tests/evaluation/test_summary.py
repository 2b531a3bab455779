from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from callqa.evaluation.compare import Comparison
from callqa.evaluation.counts import Found, InventedText, LostSpeech, SpeakerErrors, TextErrors
from callqa.evaluation.findings import JudgedCriterion
from callqa.evaluation.summary import Figure, agree, pool, risks
from callqa.evaluation.targets import Target, check_targets, show_number
from callqa.evaluation.truth import HARD, LEAKING, MAIN

CALL = Comparison(
    id="z01",
    file="z01.wav",
    language="zh",
    channels="one",
    duration=60.0,
    dialogue="z01",
    group=MAIN,
    wording="written",
    roles="right",
    talk_share_error=0.01,
    rate_error=-0.03,
    rate_known=True,
    greeting={name: Found(1, 0, 0) for name in ("salutation", "company", "name", "offer")},
    forbidden=Found(2, 0, 0),
    jargon=Found(3, 0, 0),
    jargon_any_status=Found(3, 0, 0),
    interruptions=Found(1, 0, 0),
    customer_interruptions=Found(0, 0, 0),
    text=TextErrors(3, 2, 1, 100),
    text_in_time=TextErrors(3, 2, 2, 100),
    speakers={"0": SpeakerErrors(1, 2, 1, 50), "0.25": SpeakerErrors(0, 1, 0, 40)},
    speech=LostSpeech(0.0, 50.0),
    invented=InventedText(0, 0, 60.0),
)


def figures(*calls: Comparison) -> dict[str, Figure]:
    return {figure.name: figure for figure in pool(calls)}


def test_sums_are_pooled_not_ratios() -> None:
    long = replace(CALL, text=TextErrors(0, 0, 0, 300), dialogue="z02")
    found = figures(CALL, long)
    assert found["text error"].value == pytest.approx(6 / 400)
    assert found["text error"].size == 400
    assert found["  substituted"].value == pytest.approx(3 / 400)
    assert found["  deleted"].value == pytest.approx(2 / 400)
    assert found["  inserted"].value == pytest.approx(1 / 400)
    assert found["DER, collar 0"].value == pytest.approx(4 / 50)
    assert found["DER, collar 0.25"].value == pytest.approx(1 / 40)


def test_roles_are_shares_of_calls() -> None:
    found = figures(CALL, replace(CALL, roles="wrong"), replace(CALL, roles="uncertain"), CALL)
    assert found["roles right"].value == 0.5
    assert found["roles wrong"].value == found["roles uncertain"].value == 0.25


def test_mean_and_worst_error() -> None:
    found = figures(CALL, replace(CALL, talk_share_error=-0.05), replace(CALL, talk_share_error=None))
    assert found["talk share, mean error"].value == pytest.approx(0.03)
    assert found["talk share, worst error"].value == pytest.approx(0.05)
    assert found["talk share, worst error"].low is None


def test_rate_within_five_percent_asks_for_a_number_where_roles_are_settled() -> None:
    calls = [
        CALL,
        replace(CALL, rate_error=0.0501),
        replace(CALL, rate_error=None),
        replace(CALL, rate_error=None, roles="uncertain"),
    ]
    assert figures(*calls)["speaking rate within 5 %"].value == pytest.approx(1 / 3)


def test_lost_and_invented() -> None:
    bad = replace(CALL, speech=LostSpeech(5.0, 50.0), invented=InventedText(3, 1, 60.0))
    found = figures(CALL, bad)
    assert found["speech lost"].value == pytest.approx(0.05)
    assert found["invented per hour"].value == pytest.approx(4 / (120 / 3600))
    assert found["  words where nobody speaks"].value == pytest.approx(3 / (120 / 3600))


def test_findings_have_precision_recall_and_f1() -> None:
    found = figures(replace(CALL, interruptions=Found(1, 3, 1)))
    assert found["agent interruption recall"].value == 0.25
    assert found["agent interruption precision"].value == 0.5
    assert found["agent interruption F1"].value == pytest.approx(2 / 6)
    nothing = figures(replace(CALL, interruptions=Found()))
    assert nothing["agent interruption F1"].value is None


def test_greeting_elements_left_open_are_a_share_of_all_elements() -> None:
    found = figures(
        replace(CALL, greeting_open=1), replace(CALL, greeting_open=0), replace(CALL, greeting=None)
    )
    assert found["greeting elements left open"].value == pytest.approx(1 / 8)


def test_intervals_of_constant_data_are_the_value() -> None:
    for figure in pool([replace(CALL, dialogue=f"z{i:02}") for i in range(10)]):
        if figure.value is not None and figure.low is not None:
            assert figure.low == pytest.approx(figure.value)
            assert figure.high == pytest.approx(figure.value)


def test_intervals_draw_dialogues_not_calls() -> None:
    bad = replace(CALL, text=TextErrors(20, 0, 0, 100))
    alone = [replace(call, dialogue=f"d{i}") for i, call in enumerate([CALL] * 20 + [bad] * 20)]
    together = [
        replace(call, dialogue=f"d{i % 2}{call is bad}") for i, call in enumerate([CALL] * 20 + [bad] * 20)
    ]
    narrow, wide = (figures(*calls)["text error"] for calls in (alone, together))
    assert narrow.value == wide.value == pytest.approx(0.13)
    assert narrow.low is not None
    assert narrow.high is not None
    assert narrow.low < 0.13 < narrow.high
    assert wide.low == pytest.approx(0.06)
    assert wide.high == pytest.approx(0.2)
    assert figures(*alone)["text error"] == narrow  # the seed is fixed
    assert figures(CALL, bad)["text error"].low is None  # one dialogue


def test_verdicts_per_criterion() -> None:
    pairs = [("met", "met"), ("met", "not_met"), ("not_met", "not_met"), ("partly_met", "unsure")]
    calls = [replace(CALL, verdicts=(JudgedCriterion("jargon", *pair),)) for pair in pairs]
    (found,) = agree(calls)
    assert (found.num_calls, found.num_not_met, found.num_false) == (4, 2, 1)
    assert found.agreement == pytest.approx(2 / 3)
    assert found.unsure_share == 0.25
    assert found.confusion["met → not_met"] == 1
    pooled = figures(*calls)
    assert pooled["not_met given wrongly"].value == 0.5
    assert pooled["verdicts that agree"].value == pytest.approx(2 / 3)
    assert pooled["verdicts unsure"].value == 0.25


def missed(calls: list[Comparison], stock: Any = None) -> list[str]:
    return [target.name for target in check_targets(calls, stock) if target.met is False]


def test_a_good_call_misses_no_target() -> None:
    assert missed([CALL]) == []
    assert all(target.met is not None for target in check_targets([CALL]))


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"roles": "wrong"}, "roles wrong at most 1.0%"),
        ({"roles": "uncertain"}, "roles uncertain at most 5.0%"),
        ({"speakers": {"0": SpeakerErrors(), "0.25": SpeakerErrors(2, 0, 1, 40)}}, "DER, collar 0.25"),
        ({"speech": LostSpeech(0.3, 50)}, "speech lost at most 0.5%"),
        ({"invented": InventedText(1, 0, 60)}, "invented per hour at most 1"),
        ({"jargon": Found(3, 1, 0)}, "jargon F1 at least 90.0%"),
        ({"forbidden": Found(9, 1, 0)}, "forbidden recall"),
        ({"forbidden": Found(9, 0, 1)}, "forbidden precision"),
        ({"interruptions": Found(1, 1, 0)}, "agent interruption F1"),
        ({"rate_error": 0.06}, "speaking rate within 5 %"),
        ({"text": TextErrors(11, 0, 0, 100)}, "written wording: text error at most 10.0%"),
    ],
)
def test_each_target_can_be_missed(change: dict[str, Any], name: str) -> None:
    (found,) = missed([replace(CALL, **change)])
    assert name in found


def test_talk_share_has_two_targets() -> None:
    assert len(missed([replace(CALL, talk_share_error=0.07)])) == 2
    assert len(missed([CALL] * 9 + [replace(CALL, talk_share_error=0.07)])) == 1


def test_two_channels_have_targets_of_their_own() -> None:
    two = replace(CALL, group=LEAKING, channels="two", talk_share_error=0.03, roles="uncertain")
    assert len(missed([two])) == 2
    assert check_targets([replace(two, group=HARD)]) == []


def test_the_better_plain_way_counts() -> None:
    own = replace(CALL, text=TextErrors(7, 0, 0, 100), text_in_time=TextErrors(7, 0, 0, 100))
    poor = replace(CALL, text=TextErrors(50, 0, 0, 100), text_in_time=TextErrors(50, 0, 0, 100))
    good = replace(CALL, text=TextErrors(20, 0, 0, 100), text_in_time=TextErrors(9, 0, 0, 100))
    assert missed([own], {"whole": [poor]}) == []
    (name,) = missed([own], {"whole": [poor], "turns": [good]})
    assert "0.75 of the better plain way" in name
    target = next(t for t in check_targets([own], {"whole": [good]}) if "plain" in t.name)
    assert target == Target(target.name, "0.35 by party, 0.78 in order of time", False)


def test_numbers_for_people() -> None:
    assert (show_number(None, "share"), show_number(0.0312, "share")) == ("-", "3.1%")
    assert (show_number(0.02, "number"), show_number(9.6, "number")) == ("0.020", "9.6")


def test_risk_and_coverage_per_criterion() -> None:
    said = [
        ("met", "met", "met"),
        ("met", "not_met", "not_met"),  # a wrong accusation
        ("partly_met", "met", "met"),
        ("met", "unsure", "not_met"),  # one that was kept back
        ("met", "unsure", "met"),
        ("not_met", "unsure", "unsure"),  # nothing to go by
        ("not_applicable", "not_applicable", "not_applicable"),
    ]
    calls = [replace(CALL, verdicts=(JudgedCriterion("pace", *item),)) for item in said]
    pace, everything = risks(calls)
    assert (pace.num_given, pace.num_wrong, pace.num_accused) == (3, 2, 1)
    assert (pace.num_withheld, pace.num_kept_back, pace.num_blank) == (3, 1, 1)
    assert pace.num_accusations_kept_back == 1
    assert pace.coverage == 0.5
    assert pace.risk == pytest.approx(2 / 3)
    assert pace.risk_without == pytest.approx(3 / 5)
    assert pace.accusation_risk_without == pytest.approx(2 / 5)
    assert everything.criterion == "all"
    assert everything.num_given == pace.num_given
    assert risks([CALL]) == []
