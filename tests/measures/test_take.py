import dataclasses
import json
from dataclasses import asdict

import pytest

from callqa.config import MeasureSettings
from callqa.data import CallFacts
from callqa.language.lexicon import load_lexicons
from callqa.measures import GROUPS, MEASURE_NAMES, take_measures
from callqa.scoring import default_rubric, score_call
from tests.measures.factories import agent, customer, make_facts

CALL = [
    agent(0, 5, "您好，我是中国移动的李娜，请问有什么可以帮您？"),
    customer(5.5, 10, "我想问一下我上个月的话费怎么多扣了五十块钱"),
    agent(10.5, 16, "好的，我帮您查一下，请您稍等。"),
    agent(22, 28, "感谢您的耐心等待，这是您订购的视频会员，我可以帮您取消。"),
    customer(28.5, 30, "行那你帮我取消吧"),
    agent(30.5, 36, "已经帮您取消了，二十四小时之内生效，请问您还有其他需要吗？"),
    customer(36.2, 37, "没有了谢谢"),
    agent(37.5, 40, "感谢您的来电，再见。"),
]
ODD_CALLS = {
    "good": make_facts(CALL),
    "roles uncertain": make_facts(CALL, certain=False),
    "nothing": make_facts([]),
    "agent only": make_facts([CALL[0]]),
    "customer only": make_facts([CALL[1]]),
    "no words": make_facts([agent(0, 3, None), customer(3, 6, None)]),
    "all at once": make_facts([agent(0, 6, "您好您好您好"), customer(0, 6, "喂喂喂喂喂喂喂喂")]),
    "english": make_facts([agent(0, 4, "thank you for calling how may I help you")], language="en"),
}


@pytest.mark.parametrize("name", ODD_CALLS)
def test_every_call_gets_every_measure_and_a_scorecard(name: str) -> None:
    facts: CallFacts = ODD_CALLS[name]
    measures = take_measures(facts, load_lexicons(facts.language), MeasureSettings(), None)
    assert tuple(measures) == MEASURE_NAMES
    for key, measure in measures.items():
        assert measure.name == key
        assert measure.value is not None or measure.reason
        assert all(0 <= item.start <= item.end <= facts.recording.duration for item in measure.evidence)
        assert all(item.reason for item in measure.evidence)
        json.dumps(asdict(measure), allow_nan=False)
    card = score_call(facts, measures, default_rubric(facts.language))
    for criterion in card.criteria:
        assert criterion.reason
        assert criterion.evidence or criterion.verdict.value not in ("partly_met", "not_met")


def test_a_good_call_is_good() -> None:
    facts = ODD_CALLS["good"]
    measures = take_measures(facts, load_lexicons("zh"), MeasureSettings(), "中国移动")
    card = score_call(facts, measures, default_rubric("zh"))
    verdicts = {item.id: item.verdict.value for item in card.criteria}
    assert set(verdicts.pop("pace")) <= set("met partly_met not_met")
    assert set(verdicts.values()) == {"met"}


def test_dead_air_is_measured_without_roles() -> None:
    facts = ODD_CALLS["roles uncertain"]
    measures = take_measures(facts, load_lexicons("zh"), MeasureSettings(), None)
    assert {name for name, item in measures.items() if item.value is not None} == {"dead_air"}


def test_measuring_is_a_function_of_the_facts() -> None:
    facts, lexicons = ODD_CALLS["good"], load_lexicons("zh")
    once = take_measures(facts, lexicons, MeasureSettings(), None)
    assert once == take_measures(facts, lexicons, MeasureSettings(), None)


def test_a_lexicon_that_is_read_has_to_be_named() -> None:
    facts, lexicons = ODD_CALLS["good"], load_lexicons("zh")
    jargon = next(group for group in GROUPS if group.names == ("jargon",))
    unnamed = dataclasses.replace(jargon, lexicons=frozenset({"jargon"}))
    with pytest.raises(AttributeError, match=r"explaining has to be named.*GROUPS"):
        take_measures(facts, lexicons, MeasureSettings(), None, [unnamed])


def test_some_groups_give_the_same_as_all_of_them() -> None:
    facts, lexicons = ODD_CALLS["good"], load_lexicons("zh")
    whole = take_measures(facts, lexicons, MeasureSettings(), None)
    for group in GROUPS:
        part = take_measures(facts, lexicons, MeasureSettings(), None, [group])
        assert part == {name: whole[name] for name in group.names}
