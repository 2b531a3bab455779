from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from callqa.data import Coverage, Measure, Role, Roles, TimeSpan, Turn
from callqa.evaluation.compare import compare
from callqa.evaluation.counts import Found, TextErrors, interval, text_errors
from callqa.evaluation.summary import check_targets, pool
from callqa.evaluation.truth import Truth
from tests.evaluation.conftest import found_phrases, found_terms, perfect, say


def unmet(call: Any) -> list[str]:
    return [target.name for target in check_targets([call]) if not target.met]


def test_a_flawless_analysis_has_no_faults(truth: Truth, analyse: Any) -> None:
    call = compare(truth, analyse())
    assert (call.roles, call.channels, call.details, call.uncovered) == ("right", "one", (), ())
    assert (call.talk_share_error, call.rate_error) == (0, 0)
    assert call.greeting == Found(4, 0, 0)
    assert call.forbidden == call.jargon == call.interruptions == Found(1, 0, 0)
    assert call.text.rate == 0
    assert call.speakers["0"].rate == call.speakers["0.25"].rate == 0
    assert unmet(call) == []


def test_swapped_roles_are_wrong_but_words_are_still_compared(truth: Truth, analyse: Any) -> None:
    swapped = Roles(True, 0.9, "signs", {"SPEAKER_00": Role.CUSTOMER, "SPEAKER_01": Role.AGENT})
    call = compare(truth, analyse(roles=swapped))
    assert call.roles == "wrong"
    assert call.text.rate == 0
    assert unmet(call) == ["no role wrong"]


def test_uncertain_roles_break_no_other_target(truth: Truth, analyse: Any) -> None:
    nothing = {name: Measure(name, None, "") for name in ("talk_share", "speaking_rate")}
    call = compare(truth, analyse(nothing, roles=Roles(False, 0.6, "signs")))
    assert call.roles == "uncertain"
    assert unmet(call) == []
    assert unmet(replace(call, roles="right")) == [
        "talk share of every call within 0.03",
        "speaking rate of every call within 8 %",
    ]


def test_shares_and_rates_are_differences(truth: Truth, analyse: Any) -> None:
    off = {
        "talk_share": Measure("talk_share", 0.51, "share"),
        "speaking_rate": Measure("speaking_rate", 198.0, "字/分"),
    }
    call = compare(truth, analyse(off))
    assert call.talk_share_error == pytest.approx(-0.04)
    assert call.rate_error == pytest.approx(0.1)
    assert len(unmet(call)) == 2


def test_greeting_elements_missed_invented_and_unknown(truth: Truth, analyse: Any) -> None:
    silent = truth.model_copy(
        update={"greeting": {"salutation": True, "company": True, "name": False, "offer": False}}
    )
    value = {"salutation": True, "company": None, "name": True, "offer": False}
    call = compare(silent, analyse({"greeting": Measure("greeting", value, "elements")}))
    assert call.greeting == Found(right=1, missed=1, false=1)


def test_forbidden_phrases(truth: Truth, analyse: Any) -> None:
    found = found_phrases([("不知道", 30.0, 31.0, True), ("不归我管", 33.0, 34.0, False)])
    call = compare(truth, analyse({"forbidden_phrases": found}))
    assert call.forbidden == Found(right=0, missed=1, false=1)
    assert call.polite_false_alarms == 0  # the call is not a polite one
    polite = truth.model_copy(update={"forbidden": ()})
    assert compare(polite, analyse({"forbidden_phrases": found})).polite_false_alarms == 1


def test_two_forbidden_phrases_in_one_breath_are_two(truth: Truth, analyse: Any) -> None:
    quotes = [
        {"quote": "没办法", "start": 11.0, "end": 11.5},
        {"quote": "你自己看着办", "start": 11.8, "end": 12.6},
    ]
    both = Truth.model_validate({**truth.model_dump(), "forbidden": quotes})
    found = found_phrases([("没办法", 11.0, 11.5, True), ("你自己看着办", 11.8, 12.6, True)])
    assert compare(both, analyse({"forbidden_phrases": found})).forbidden == Found(2, 0, 0)
    call = compare(both, analyse({"forbidden_phrases": found_phrases([("你自己看着办", 11.8, 12.6, True)])}))
    assert call.forbidden == Found(1, 1, 0)
    assert call.details == ("forbidden: missed '没办法' at 11.0 s",)


def test_a_phrase_found_in_something_impolite_is_no_false_alarm(truth: Truth, analyse: Any) -> None:
    rude = Truth.model_validate(
        {**truth.model_dump(), "forbidden": [], "impolite": [{"quote": "没办法", "start": 11, "end": 12}]}
    )
    assert compare(rude, analyse()).forbidden == Found(0, 0, 0)


def test_jargon_needs_its_status(truth: Truth, analyse: Any) -> None:
    call = compare(truth, analyse({"jargon": found_terms([("光猫", 13.2, 13.6, "explained")])}))
    assert call.jargon == Found(right=0, missed=1, false=1)
    assert call.jargon_any_status == Found(right=1, missed=0, false=0)


def test_jargon_beyond_the_truths_list(truth: Truth, analyse: Any) -> None:
    terms = [
        ("光猫", 13.0, 13.5, "unexplained"),
        ("换一个", 16.0, 16.5, "unexplained"),
        ("基站", 2.0, 2.5, "unexplained"),
    ]
    call = compare(truth, analyse({"jargon": found_terms(terms)}))
    assert (call.jargon, call.unlisted_jargon) == (Found(right=1, missed=0, false=1), 1)


def test_jargon_far_away_is_not_it(truth: Truth, analyse: Any) -> None:
    call = compare(truth, analyse({"jargon": found_terms([("光猫", 30.0, 30.5, "unexplained")])}))
    assert call.jargon == Found(right=0, missed=1, false=1)


def test_interruptions_by_the_other_party_do_not_count(truth: Truth, analyse: Any) -> None:
    own = perfect(truth).measures["agent_interruptions"]
    swapped = {
        "agent_interruptions": replace(own, value=0, evidence=()),
        "customer_interruptions": replace(own, name="customer_interruptions"),
    }
    assert compare(truth, analyse(swapped)).interruptions == Found(right=0, missed=1, false=1)


def test_text_is_compared_by_party_and_in_time(truth: Truth, analyse: Any) -> None:
    utterances = list(perfect(truth).facts.utterances)
    utterances[3] = say(utterances[3], "好吧，谢谢你了。")
    call = compare(truth, analyse(utterances=tuple(utterances)))
    assert call.text == TextErrors(inserted=2, reference=call.text.reference)
    # In time, the words of 11 to 12 s are shuffled into each other.
    assert (call.text_in_time.rate or 0) > (call.text.rate or 0)


def test_a_turn_without_words_has_to_be_listed(truth: Truth, analyse: Any) -> None:
    without = tuple(item for item in perfect(truth).facts.utterances if item.start != 19.0)
    call = compare(truth, analyse(utterances=without))
    assert call.uncovered == (TimeSpan(19.0, 21.0),)
    listed = Coverage(20.0, 2.0, (TimeSpan(19.0, 21.0),))
    assert compare(truth, analyse(utterances=without, coverage=listed)).uncovered == ()


def test_diarization_error_has_its_parts(truth: Truth, analyse: Any) -> None:
    turns = perfect(truth).facts.turns
    # The last turn given to the other speaker, and 4 s of speech where there is none.
    changed = (*turns[:3], Turn(19.0, 21.0, "SPEAKER_00"), Turn(30.0, 34.0, "SPEAKER_00"))
    errors = compare(truth, analyse(turns=changed)).speakers["0"]
    assert (errors.confusion, errors.false_alarm, errors.missed) == pytest.approx((2.0, 4.0, 0.0))
    assert errors.total == pytest.approx(20.0)


def test_a_boundary_off_by_a_fifth_of_a_second_is_inside_the_collar(truth: Truth, analyse: Any) -> None:
    turns = tuple(replace(turn, end=turn.end + 0.2) for turn in perfect(truth).facts.turns)
    call = compare(truth, analyse(turns=turns))
    assert (call.speakers["0"].rate or 0) > 0.03
    assert call.speakers["0.25"].rate == pytest.approx(0)


def test_text_errors_of_empty_texts() -> None:
    assert text_errors("", "嗯", "zh") == TextErrors(inserted=1)
    assert text_errors("一二三", "", "zh") == TextErrors(deleted=3, reference=3)
    assert text_errors("the red cat", "the cat", "en") == TextErrors(deleted=1, reference=3)


def test_figures_are_pooled_and_have_intervals(truth: Truth, analyse: Any) -> None:
    good = compare(truth, analyse())
    bad = compare(truth, analyse({"greeting": Measure("greeting", {}, "elements")}))
    figures = {figure.name: figure for figure in pool([good, good, bad])}
    recall = figures["greeting recall"]
    assert recall.value == pytest.approx(8 / 12)
    assert recall.low is not None
    assert recall.high is not None
    assert recall.low <= 8 / 12 <= recall.high
    assert recall.low < recall.high
    assert pool([good])[0].low is None


def test_ratios_of_nothing_are_nothing() -> None:
    nothing = Found()
    assert (nothing.recall, nothing.precision, nothing.f1) == (None, None, None)
    assert Found.sum_of([Found(1, 2, 3), Found(1, 0, 0)]) == Found(2, 2, 3)
    assert interval([1, 2], lambda items: None) is None
