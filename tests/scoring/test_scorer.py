"""Verdicts on measures made by hand: what each number leads to, and what leads to no verdict."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from callqa.data import CallFacts, CriterionResult, Evidence, Measure, Scorecard, Verdict
from callqa.scoring import Rubric, default_rubric, load_rubric, score_call
from callqa.scoring.rubric import SHIPPED
from tests.measures.factories import Line, agent, customer, make_facts

TALK = "您好这里是客服中心我帮您查一下这个月的账单请您稍等"
CALL = [agent(0, 6, TALK), customer(6, 10, "我想问一下我的话费"), agent(10, 16, TALK)]
UNEXPLAINED = [{"status": "unexplained"}]
HERE = (Evidence(1.0, 2.0, "您好", "因为。"),)


def faults(name: str, count: int = 0, uncertain: int = 0) -> Measure:
    components = {"count": count, "uncertain": uncertain, "occurrences": []}
    return Measure(name, count, "count", components, HERE if count + uncertain else ())


def number(name: str, value: float | None, unit: str = "", **components: Any) -> Measure:
    return Measure(name, value, unit, components, HERE)


def pace(rate: float, syllables: int = 48, unit: str = "字/分") -> Measure:
    return number("articulation_rate", rate, unit, syllables=syllables)


def elements(name: str, **value: bool | None) -> Measure:
    return Measure(name, value, "elements", {}, HERE)


def good() -> dict[str, Measure]:
    """Measures of a call without fault."""
    found = [
        Measure(
            "greeting", dict.fromkeys(("salutation", "company", "name", "offer"), True), "elements", {}, HERE
        ),
        Measure("articulation_rate", 240.0, "字/分", {"syllables": 48}, HERE),
        Measure("acoustic_rate", 230.0, "字/分", {"disagreement": 0.05}, HERE),
        Measure("talk_share", 0.6, "share", {}, HERE),
        Measure("customer_opening", 4.0, "s", {"cut_off": False}, HERE),
        Measure("agent_interruptions", 0, "count", {}, ()),
        Measure("courtesy", 1.0, "share", {"owed": 3, "given": 3}, HERE),
        Measure("you_forms", 1.0, "share", {"nin": 5, "ni": 0}, ()),
        Measure("dead_air", 0.0, "s", {"unannounced_agent": 0}, ()),
        Measure("raised_voice", 0, "events", {}, ()),
        Measure("jargon", 0.0, "per 100 syllables", {"occurrences": []}, ()),
        Measure("closing", {"anything_else": True, "farewell": True}, "elements", {}, HERE),
        Measure("transparency", {"doing": True, "next": True, "by_when": False}, "elements", {}, HERE),
        *(faults(name) for name in ("forbidden_phrases", "impolite_utterances", "guessing", "privacy")),
    ]
    return {item.name: item for item in found}


def score(
    *changed: Measure, facts: CallFacts | None = None, language: str = "zh", rubric: Rubric | None = None
) -> Scorecard:
    measures = good() | {item.name: item for item in changed}
    return score_call(facts or make_facts(CALL), measures, rubric or default_rubric(language))


def result(card: Scorecard, name: str) -> CriterionResult:
    return next(item for item in card.criteria if item.id == name)


def test_a_call_without_fault() -> None:
    card = score()
    assert {item.verdict for item in card.criteria} == {Verdict.MET}
    assert (card.score, card.judged_share, card.capped_by, card.notes) == (100, 1, None, ())
    assert (card.rubric.id, card.rubric.version) == ("telecom.zh", "2")
    assert all(item.reason.endswith("。") and item.reason.count("。") == 1 for item in card.criteria)


@pytest.mark.parametrize(
    ("criterion", "changed", "verdict", "words"),
    [
        ("pace", pace(380), "partly_met", "高于 360"),
        ("pace", pace(420), "not_met", "420 字"),
        ("pace", pace(120), "not_met", "低于 180"),
        ("pace", pace(240, syllables=12), "unsure", "太少"),
        ("pace", pace(240, unit="words/min"), "unsure", "单位"),
        ("pace", number("acoustic_rate", 400, disagreement=0.4), "unsure", "相差 40%"),
        ("pace", Measure("articulation_rate", None, "字/分", reason="没有话。"), "unsure", "没有话"),
        ("politeness", faults("forbidden_phrases", 1), "not_met", "服务禁语 1 处"),
        ("politeness", faults("forbidden_phrases", 0, 2), "unsure", "请听录音"),
        ("politeness", faults("impolite_utterances", 1), "partly_met", "不礼貌的话 1 处"),
        ("politeness", faults("impolite_utterances", 2), "not_met", "不礼貌的话 2 处"),
        ("politeness", number("courtesy", 0.2, owed=5, given=1), "partly_met", "5 处中用了 1 处"),
        ("politeness", number("courtesy", 0.0, owed=1, given=0), "met", ""),
        ("politeness", Measure("courtesy", None, "share", reason="没有。"), "met", ""),
        ("politeness", number("you_forms", 0.1, nin=1, ni=9), "partly_met", "“你”9 次"),
        ("politeness", number("you_forms", 0.0, nin=0, ni=1), "met", ""),
        ("politeness", number("dead_air", 9.0, unannounced_agent=1), "partly_met", "没有说明"),
        ("politeness", number("raised_voice", 2), "partly_met", "提高嗓门 2 处"),
        ("politeness", Measure("raised_voice", None, "events", reason="太少。"), "met", ""),
        ("listening", number("customer_opening", 3.0, cut_off=True), "partly_met", "打断"),
        ("listening", number("customer_opening", None, cut_off=None), "met", ""),
        ("listening", number("agent_interruptions", 2), "partly_met", "插话 2 处"),
        ("listening", number("agent_interruptions", 3), "not_met", "插话 3 处"),
        ("listening", number("talk_share", 0.95), "partly_met", "95%，高于 85"),
        ("jargon", number("jargon", 1.0, occurrences=UNEXPLAINED), "partly_met", "1 处"),
        ("jargon", number("jargon", 4.0, occurrences=UNEXPLAINED), "not_met", "4.0"),
        ("closing", elements("closing", anything_else=False, farewell=True), "partly_met", "其他需要"),
        ("closing", elements("closing", anything_else=False, farewell=False), "not_met", "有 0 项"),
        ("guessing", faults("guessing", 1), "not_met", "主观臆断的话 1 处"),
        ("privacy", faults("privacy", 1), "not_met", "隐私"),
        ("privacy", faults("privacy", 0, 1), "unsure", "请听录音"),
        ("transparency", elements("transparency", doing=True, next=False), "partly_met", "下一步"),
    ],
)
def test_verdicts(criterion: str, changed: Measure, verdict: str, words: str) -> None:
    card = score(changed)
    found = result(card, criterion)
    assert found.verdict.value == verdict
    assert words in found.reason
    if verdict in ("partly_met", "not_met"):
        assert found.evidence
    others = {item.id: item.verdict for item in card.criteria if item.id != criterion}
    assert set(others.values()) == {Verdict.MET}


@pytest.mark.parametrize(
    ("value", "components", "verdict", "points"),
    [
        ({"salutation": True, "company": True, "name": False, "offer": True}, {}, "partly_met", 0.75),
        ({"salutation": True, "company": False, "name": False, "offer": False}, {}, "not_met", 0.25),
        ({"salutation": True, "company": None, "name": True, "offer": True}, {}, "met", 1.0),
        (
            {"salutation": True, "company": True, "name": True, "offer": True},
            {"late": True},
            "partly_met",
            0.5,
        ),
        (dict.fromkeys(("salutation", "company", "name", "offer")), {}, "unsure", None),
    ],
)
def test_greeting_scores_its_elements(
    value: dict[str, bool | None], components: dict[str, Any], verdict: str, points: float | None
) -> None:
    found = result(score(Measure("greeting", value, "elements", components, HERE)), "greeting")
    assert (found.verdict.value, found.score) == (verdict, points)


@pytest.mark.parametrize(
    ("others", "verdict", "points"),
    [
        ("cno", "met", 1.0),  # rests on the others
        ("co", "partly_met", 2 / 3),
        ("c", "unsure", None),  # 1 of 3 is not met, 2 of 4 would not be
        ("", "not_met", 0.0),
    ],
)
def test_an_unclear_salutation_neither_helps_nor_accuses(
    others: str, verdict: str, points: float | None
) -> None:
    value = {name: name[0] in others for name in ("company", "name", "offer")}
    components = {"elements": {"salutation": {"found": None, "quote": "你好"}}}
    measure = Measure("greeting", {"salutation": None, **value}, "elements", components, HERE)
    found = result(score(measure), "greeting")
    assert (found.verdict.value, found.score) == (verdict, points and pytest.approx(points))
    assert "听不清" in found.reason


def test_unsure_and_not_applicable_leave_the_denominator() -> None:
    unsure = score(faults("privacy", 0, 1), faults("guessing", 1))
    assert unsure.judged_share == pytest.approx(0.95)
    assert unsure.score == pytest.approx(100 * 90 / 95, abs=0.05)


def test_critical_fault_caps_the_score() -> None:
    card = score(faults("forbidden_phrases", 1))
    assert (card.score, card.capped_by) == (60, "politeness")
    assert result(card, "politeness").critical
    assert score(faults("impolite_utterances", 5)).capped_by is None


def test_cap_that_does_not_lower_the_score_is_not_named() -> None:
    bad = [Measure(name, 999.0, "", {"occurrences": []}, HERE) for name in ("agent_interruptions", "jargon")]
    bad.append(
        Measure("greeting", dict.fromkeys(("salutation", "company", "name", "offer"), False), "", {}, HERE)
    )
    card = score(faults("privacy", 2), *bad)
    assert card.score is not None
    assert card.score < 60
    assert card.capped_by is None


@pytest.mark.parametrize(
    ("status", "verdict"),
    [("no_speech", "not_applicable"), ("one_party", "unsure"), ("too_short", "unsure"), ("odd", "unsure")],
)
def test_no_conversation_is_no_score(status: str, verdict: str) -> None:
    card = score(facts=make_facts(CALL, status=status))
    assert {item.verdict.value for item in card.criteria} == {verdict}
    assert (card.score, card.judged_share) == (None, 0)
    assert all(item.reason for item in card.criteria)


def test_uncertain_roles_are_unsure_throughout() -> None:
    card = score(facts=make_facts(CALL, certain=False))
    assert {item.verdict for item in card.criteria} == {Verdict.UNSURE}
    assert "60%" in card.criteria[0].reason
    assert card.score is None


def test_too_little_agent_speech_is_unsure_but_a_fault_stays() -> None:
    facts = make_facts([agent(0, 2, "你自己看着办"), customer(2, 6, "我想问一下我的话费")])
    card = score(faults("forbidden_phrases", 1), facts=facts)
    verdicts = {item.id: item.verdict for item in card.criteria}
    assert verdicts.pop("politeness") is Verdict.NOT_MET
    assert set(verdicts.values()) == {Verdict.UNSURE}
    assert "2.0 秒" in result(card, "pace").reason


NOT_GREETED = Measure(
    "greeting", dict.fromkeys(("salutation", "company", "name", "offer"), False), "", {}, HERE
)


@pytest.mark.parametrize(
    ("lines", "verdict"),
    [
        ([agent(0, 3, None), *CALL[1:]], "unsure"),  # the first words are lost
        ([*CALL, agent(17, 30, TALK), agent(60, 61, None)], "not_met"),  # lost long after the greeting
        ([agent(0, 0.5, None), *CALL[1:]], "not_met"),  # too short for a greeting
        ([*CALL[:2], customer(10, 14, None), CALL[2]], "not_met"),  # the customer's words
    ],
)
def test_greeting_not_found_where_words_are_missing(lines: list[Line], verdict: str) -> None:
    assert result(score(NOT_GREETED, facts=make_facts(lines)), "greeting").verdict.value == verdict


def test_greeting_found_stays_found_beside_missing_words() -> None:
    assert result(score(facts=make_facts([agent(0, 3, None), *CALL[1:]])), "greeting").verdict is Verdict.MET


def test_much_untranscribed_speech_is_noted_and_absence_proves_nothing() -> None:
    lines = [*CALL, agent(20, 30, None)]
    card = score(faults("guessing", 2), facts=make_facts(lines))
    assert len(card.notes) == 1
    assert "38%" in card.notes[0]
    assert result(card, "privacy").verdict is Verdict.UNSURE
    assert result(card, "jargon").verdict is Verdict.UNSURE
    assert result(card, "guessing").verdict is Verdict.NOT_MET  # what was heard stays
    assert result(card, "listening").verdict is Verdict.MET


NOT_CLOSED = Measure("closing", {"anything_else": False, "farewell": False}, "", {}, HERE)


@pytest.mark.parametrize(
    ("lines", "duration", "verdict"),
    [
        ([*CALL, customer(16, 18, "我不想听了")], None, "not_applicable"),
        ([*CALL, customer(16, 18, "好的谢谢再见")], None, "not_met"),
        (CALL, 16.05, "not_applicable"),
        (CALL, None, "not_met"),
    ],
)
def test_no_closing_is_owed_where_there_was_no_chance(
    lines: list[Line], duration: float | None, verdict: str
) -> None:
    facts = make_facts(lines, duration=duration)
    assert result(score(NOT_CLOSED, facts=facts), "closing").verdict.value == verdict


def test_closing_that_was_said_counts_even_if_the_customer_hangs_up() -> None:
    facts = make_facts([*CALL, customer(16, 18, "我不想听了")])
    assert result(score(facts=facts), "closing").verdict is Verdict.MET


def test_listening_needs_a_customer() -> None:
    facts = make_facts([CALL[0], customer(6, 10, None), CALL[2]])
    cut = Measure("agent_interruptions", 3, "count", {}, HERE)
    assert result(score(cut, facts=facts), "listening").verdict is Verdict.NOT_APPLICABLE


def test_a_missing_measure_is_unsure() -> None:
    measures = good()
    del measures["privacy"]
    card = score_call(make_facts(CALL), measures, default_rubric("zh"))
    assert result(card, "privacy").verdict is Verdict.UNSURE
    assert card.judged_share == pytest.approx(0.95)


def test_negative_verdicts_always_have_something_to_play() -> None:
    card = score(Measure("talk_share", 0.95, "share", {}, ()))
    evidence = result(card, "listening").evidence
    assert [(item.start, item.end, item.quote) for item in evidence] == [(0, 6, TALK)]


def test_evidence_of_several_checks_takes_turns_and_is_limited() -> None:
    many = tuple(Evidence(i, i + 1.0, "你", f"{i}") for i in range(30))
    loud = Measure("raised_voice", 1, "events", {}, (Evidence(40.0, 41.0, "您", "高"),))
    you = Measure("you_forms", 0.0, "share", {"nin": 0, "ni": 30}, many)
    evidence = result(score(you, loud), "politeness").evidence
    assert len(evidence) == 12
    assert evidence[1].reason == "高"


def test_short_evidence_is_widened_so_that_it_can_be_made_out() -> None:
    short = Measure("raised_voice", 1, "events", {}, (Evidence(4.0, 4.3, "您", "高"),))
    (item,) = [e for e in result(score(short), "politeness").evidence if e.reason == "高"]
    assert (item.start, item.end) == (pytest.approx(3.15), pytest.approx(5.15))
    early = Measure("raised_voice", 1, "events", {}, (Evidence(0.0, 0.3, "您", "高"),))
    (item,) = [e for e in result(score(early), "politeness").evidence if e.reason == "高"]
    assert item.start == 0.0
    assert item.end == pytest.approx(1.15)


def test_rubric_of_another_language_is_noted_and_its_limits_are_not_used() -> None:
    card = score(language="en")
    assert result(card, "pace").verdict is Verdict.UNSURE
    assert len(card.notes) == 1


def test_english_reasons() -> None:
    talk = "thank you for calling how may I help you today I will check your bill now"
    facts = make_facts(
        [agent(0, 6, talk), customer(6, 10, "my bill is too high"), agent(10, 12, "goodbye now")],
        language="en",
    )
    rate = pace(230, unit="words/min")
    card = score(rate, faults("guessing", 1), NOT_CLOSED, facts=facts, language="en")
    assert result(card, "pace").reason == "230 words a minute without pauses, above 215."
    assert result(card, "guessing").reason == "1 guess."
    assert result(card, "closing").reason.startswith("0 of 2 parts of the closing")


def own_rubric(tmp_path: Path, **changes: Any) -> Rubric:
    content = yaml.safe_load((SHIPPED / "telecom.zh.yaml").read_text(encoding="utf-8"))
    content["version"] = "mine"
    for name, value in changes.pop("criteria", {}).items():
        next(item for item in content["criteria"] if item["id"] == name).update(value)
    path = tmp_path / "own.yaml"
    path.write_text(yaml.safe_dump(content | changes, allow_unicode=True), encoding="utf-8")
    return load_rubric(path)


def test_sections_share_their_weight_among_what_applies(tmp_path: Path) -> None:
    names = [item.id for item in default_rubric("zh").criteria]
    sections = {name: {"section": "end" if name == "closing" else "talk", "weight": 10} for name in names}
    sections["pace"] |= {
        "weight": 30,
        "not_applicable_when": [{"measure": "articulation_rate", "above": 400}],
    }
    rubric = own_rubric(
        tmp_path, criteria=sections, sections=[{"id": "talk", "weight": 60}, {"id": "end", "weight": 40}]
    )
    card = score(rubric=rubric)
    assert sum(item.weight for item in card.criteria) == pytest.approx(100)
    assert result(card, "closing").weight == 40
    assert result(card, "pace").weight == pytest.approx(60 * 30 / 100)
    # What does not apply leaves its weight to the others of the section.
    card = score(pace(420), rubric=rubric)
    assert result(card, "pace").verdict is Verdict.NOT_APPLICABLE
    assert "高于 400" in result(card, "pace").reason
    assert sum(item.weight for item in card.criteria if item.id != "pace") == pytest.approx(100)
    # A fault in the small section weighs what the section does.
    card = score(elements("closing", anything_else=False, farewell=False), rubric=rubric)
    assert card.score == pytest.approx(60)


def test_a_rubric_may_withhold_the_score_of_what_is_unsure(tmp_path: Path) -> None:
    strict = own_rubric(tmp_path, when_unsure="no_score")
    assert score(rubric=strict).score == 100
    card = score(faults("privacy", 0, 1), rubric=strict)
    assert card.score is None
    assert "privacy" in card.notes[-1]
    at_least = own_rubric(tmp_path, min_judged_share=0.96)
    card = score(faults("privacy", 0, 1), rubric=at_least)
    assert (card.score, card.judged_share) == (None, pytest.approx(0.95))
    assert "95%" in card.notes[-1]
    assert score(faults("privacy", 0, 1), rubric=own_rubric(tmp_path, min_judged_share=0.95)).score == 100
