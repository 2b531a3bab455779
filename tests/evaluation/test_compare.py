from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from callqa.data import CriterionResult, Measure, Role, Roles, Verdict
from callqa.evaluation.compare import compare
from callqa.evaluation.counts import Found, TextErrors
from callqa.evaluation.truth import Truth
from tests.evaluation.conftest import found_phrases, found_terms, perfect


def test_a_flawless_analysis_has_no_faults(truth: Truth, analyse: Any) -> None:
    call = compare(truth, analyse())
    assert (call.roles, call.channels, call.details, call.lost) == ("right", "one", (), ())
    assert (call.talk_share_error, call.rate_error) == (0, 0)
    assert call.whole_greeting == Found(4, 0, 0)
    assert call.forbidden == call.jargon == call.interruptions == Found(1, 0, 0)
    assert call.customer_interruptions == Found(0, 0, 0)
    assert call.text is not None
    assert call.text.rate == 0
    assert call.speakers is not None
    assert call.speakers["0"].rate == call.speakers["0.25"].rate == 0
    assert call.trouble == 0


def test_swapped_roles_are_wrong_but_words_are_still_compared(truth: Truth, analyse: Any) -> None:
    swapped = Roles(True, 0.9, "signs", {"SPEAKER_00": Role.CUSTOMER, "SPEAKER_01": Role.AGENT})
    call = compare(truth, analyse(roles=swapped))
    assert call.roles == "wrong"
    assert call.text is not None
    assert call.text.rate == 0
    assert call.details == ("roles: wrong",)
    assert call.trouble == 2


def test_open_roles_give_no_numbers_and_are_no_error(truth: Truth, analyse: Any) -> None:
    nothing = {name: Measure(name, None, "") for name in ("talk_share", "speaking_rate")}
    call = compare(truth, analyse(nothing, roles=Roles(False, 0.6, "signs")))
    assert (call.roles, call.talk_share_error, call.rate_error) == ("uncertain", None, None)


def test_shares_and_rates_are_differences(truth: Truth, analyse: Any) -> None:
    off = {
        "talk_share": Measure("talk_share", 0.51, "share"),
        "speaking_rate": Measure("speaking_rate", 198.0, "字/分"),
    }
    call = compare(truth, analyse(off))
    assert call.talk_share_error == pytest.approx(-0.04)
    assert call.rate_error == pytest.approx(0.1)


def test_greeting_elements_missed_invented_and_unknown(truth: Truth, analyse: Any) -> None:
    known = {"salutation": True, "company": True, "name": False, "offer": False}
    silent = truth.model_copy(update={"greeting": known})
    value = {"salutation": True, "company": None, "name": True, "offer": False}
    call = compare(silent, analyse({"greeting": Measure("greeting", value, "elements")}))
    assert call.greeting == {
        "salutation": Found(1, 0, 0),
        "company": Found(0, 0, 0),
        "name": Found(0, 0, 1),
        "offer": Found(0, 0, 0),
    }
    assert call.whole_greeting == Found(right=1, missed=0, false=1)
    assert call.greeting_open == 1
    assert "greeting: company left open, said" in call.details
    missed = compare(truth, analyse({"greeting": Measure("greeting", {**value, "company": False}, "")}))
    assert missed.greeting is not None
    assert missed.greeting["company"] == Found(0, 1, 0)
    none = compare(truth, analyse({"greeting": Measure("greeting", None, "elements", reason="?")}))
    assert (none.whole_greeting, none.greeting_open) == (Found(), 4)


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


def test_each_party_has_its_own_interruptions(truth: Truth, analyse: Any) -> None:
    own = perfect(truth).measures["agent_interruptions"]
    swapped = {
        "agent_interruptions": replace(own, value=0, evidence=()),
        "customer_interruptions": replace(own, name="customer_interruptions"),
    }
    call = compare(truth, analyse(swapped))
    assert call.interruptions == Found(right=0, missed=1, false=0)
    assert call.customer_interruptions == Found(right=0, missed=0, false=1)


def verdict(criterion: str, given: Verdict) -> CriterionResult:
    return CriterionResult(criterion, given, None, 1.0, False, "因为")


def test_verdicts_are_held_against_what_a_listener_says(truth: Truth, analyse: Any) -> None:
    expected = {
        "greeting": "met",
        "politeness": "not_met，服务禁语",
        "jargon": "met, no jargon",
        "pace": "met 或 partly_met",
        "taste": "met",
    }
    judged = truth.model_copy(update={"expected": expected})
    whole = analyse()
    criteria = (
        verdict("greeting", Verdict.NOT_MET),
        verdict("politeness", Verdict.NOT_MET),
        verdict("jargon", Verdict.UNSURE),
        verdict("pace", Verdict.PARTLY_MET),
    )
    scored = replace(whole, scorecard=replace(whole.scorecard, criteria=criteria))
    call = compare(judged, scored)
    assert [(item.criterion, item.expected, item.given) for item in call.verdicts] == [
        ("greeting", "met", "not_met"),
        ("politeness", "not_met", "not_met"),
        ("jargon", "met", "unsure"),
        ("pace", "partly_met", "partly_met"),
    ]
    assert call.details == (
        "verdict: greeting is met; said not_met: 因为",
        "verdict: jargon is met, no jargon; said unsure: 因为",
    )
    # A call that got no scorecard leaves everything open.
    assert {item.given for item in compare(judged, whole).verdicts} == {"unsure"}


def test_what_a_reference_does_not_tell_is_not_compared(analyse: Any) -> None:
    only_words = Truth(id="a", file="zh99.wav", text="您好，我是中国移动的李娜")
    call = compare(only_words, analyse())
    assert (call.language, call.duration, call.dialogue) == ("zh", 40.0, "a")
    assert call.text_in_time is not None
    assert call.text_in_time.reference == 11
    for name in ("roles", "talk_share_error", "rate_error", "greeting", "forbidden", "jargon"):
        assert getattr(call, name) is None
    for name in ("interruptions", "text", "speakers", "speech", "invented"):
        assert getattr(call, name) is None
    assert (call.details, call.verdicts) == ((), ())


def test_a_known_wrong_word_is_a_substitution(truth: Truth, analyse: Any) -> None:
    from tests.evaluation.conftest import say

    utterances = list(perfect(truth).facts.utterances)
    utterances[0] = say(utterances[0], "您好，我是中国移动的李那，请问有什么可以帮您？")
    call = compare(truth, analyse(utterances=tuple(utterances)))
    assert call.text == TextErrors(substituted=1, reference=50)


def test_groups_go_by_language_channels_noise_and_codec(truth: Truth) -> None:
    def group(**update: Any) -> str:
        conditions = {"snr_db": 25.0, "line_codec": "alaw", "codec": "flac", "leakage_db": None}
        conditions.update({k: update.pop(k) for k in tuple(update) if k in conditions})
        known = {**truth.model_dump(by_alias=False), "conditions": conditions, **update}
        return Truth.model_validate(known).group

    assert group().startswith("Mandarin, one channel, 20 dB")
    assert group(layout="dual_mono") == group()
    assert group(snr_db=20.0) == group()
    assert group(snr_db=10.0) == group(codec="libopencore_amrnb") == group(line_codec="gsm")
    assert group(snr_db=10.0).startswith("Mandarin, one channel, under")
    assert group(layout="two_channel") == "Mandarin, two channels without leakage"
    assert group(layout="two_channel", leakage_db=-25.0) == "Mandarin, two channels with leakage"
    assert group(language="en") == "English"
    assert Truth(id="a", file="a.wav").group == "recordings of unknown condition"
