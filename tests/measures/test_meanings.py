import dataclasses

import pytest

from callqa.config import MeasureSettings
from callqa.data import TAGS, CallFacts, TaggedPiece
from callqa.language.lexicon import load_lexicons
from callqa.measures.conduct import measure_conduct
from callqa.measures.dead_air import measure_dead_air, promised_seconds
from callqa.measures.jargon import measure_jargon
from callqa.measures.meanings import Meanings
from tests.measures.factories import Line, agent, customer, make_facts, make_lexicons

SETTINGS = MeasureSettings()
FILLER = "这个月的账单一共是一百二十八块里面有套餐费还有两项别的钱我都给您念过了"
# Enough words for their absence to mean something.
LONG = FILLER + FILLER


def tagged(facts: CallFacts, tags: dict[str, dict[str, float]]) -> CallFacts:
    """Facts in which the utterance with such words is one piece with these probabilities."""
    pieces = []
    for number, utterance in enumerate(facts.utterances):
        values = dict.fromkeys(TAGS, 0.01) | tags.get(utterance.text, {})
        pieces.append(TaggedPiece(number, 0, len(utterance.text), **values))
    return dataclasses.replace(facts, tags=tuple(pieces))


def conduct(tags: dict[str, dict[str, float]], *lines: Line) -> dict:
    return measure_conduct(tagged(make_facts(lines), tags), make_lexicons(), SETTINGS)


def test_what_no_list_has_is_found_by_its_meaning() -> None:
    found = conduct({"这就弄": {"doing": 0.95}}, agent(0, 3, "这就弄"), agent(4, 20, LONG))["transparency"]
    assert found.value == {"doing": True, "next": False, "by_when": False}
    assert found.components["elements"]["doing"]["by_meaning"]
    assert found.evidence[0].quote == "这就弄"


@pytest.mark.parametrize(("likely", "value"), [(0.1, False), (0.4, None)])
def test_nobody_is_accused_of_what_may_have_been_meant(likely: float, value: bool | None) -> None:
    found = conduct({"那边弄妥了": {"next": likely}}, agent(0, 3, "那边弄妥了"), agent(4, 20, LONG))
    assert found["transparency"].value == {"doing": False, "next": value, "by_when": False}


def test_who_says_next_to_nothing_left_nothing_out() -> None:
    found = conduct({}, agent(0, 3, "这个月的账单"))["transparency"]
    assert set(found.value.values()) == {None}
    assert found.reason


def test_closing_by_meaning() -> None:
    tags = {"旁的呢": {"more": 0.9}, "慢走啊": {"farewell": 0.9}}
    found = conduct(tags, agent(0, 9, LONG), agent(10, 12, "旁的呢"), agent(13, 15, "慢走啊"))["closing"]
    assert found.value == {"anything_else": True, "farewell": True}
    assert [item.quote for item in found.evidence] == ["旁的呢", "慢走啊"]


def test_badly_heard_last_words_may_have_been_a_farewell() -> None:
    for probability, value in ((0.9, False), (0.4, None)):
        found = conduct({}, agent(0, 9, LONG), agent(10, 12, "好娜娜这一节", probability=probability))
        assert found["closing"].value == {"anything_else": value, "farewell": value}


@pytest.mark.parametrize(
    ("text", "likely", "certain", "uncertain"),
    [
        ("你家娃儿点的嘛", 0.99, 1, 0),
        ("你家娃儿点的嘛", 0.8, 0, 1),
        ("你家娃儿点的嘛", 0.3, 0, 0),
        ("肯定是您自己弄的", 0.5, 1, 0),
        ("肯定是您自己弄的", 0.01, 0, 1),  # the listed words, but they mean something else
    ],
)
def test_guessing(text: str, likely: float, certain: int, uncertain: int) -> None:
    found = conduct({text: {"guessing": likely}}, agent(0, 3, text))["guessing"]
    assert (found.value, found.components["uncertain"]) == (certain, uncertain)


def jargon(tags: dict[str, dict[str, float]], *lines: Line) -> list[tuple[str, str, bool]]:
    measure = measure_jargon(tagged(make_facts(lines), tags), load_lexicons("zh"), SETTINGS)
    return [(row["term"], row["status"], row["by_meaning"]) for row in measure.components["occurrences"]]


def test_an_explanation_in_words_of_its_own() -> None:
    said = "您看一下光猫墙角那个一直闪的白盒"
    lines = [agent(0, 5, said), agent(6, 12, FILLER)]
    assert jargon({}, *lines) == [("光猫", "unexplained", False)]
    assert jargon({said: {"explaining": 0.9}}, *lines) == [("光猫", "explained", True)]


def test_an_explanation_comes_at_most_two_utterances_later() -> None:
    answer = "墙角那个一直闪的白东西"
    near = [agent(0, 4, "您把光猫重启一下看看"), customer(5, 6, "啥"), agent(7, 9, answer)]
    far = [near[0], *(agent(5 + i, 5.9 + i, "好的您稍等我看看") for i in range(3)), agent(12, 15, answer)]
    assert jargon({answer: {"explaining": 0.95}}, *near)[0][1] == "explained"
    assert jargon({answer: {"explaining": 0.95}}, *far)[0][1] == "unexplained"


def test_of_several_terms_nobody_can_tell_which_one_is_explained() -> None:
    said = "光猫和分光器都在弱电箱旁边一闪一闪的"
    statuses = {status for _, status, _ in jargon({said: {"explaining": 0.99}}, agent(0, 6, said))}
    assert statuses == {"unexplained"}


def test_the_reader_sees_the_term_in_the_agents_own_sentence() -> None:
    facts = make_facts([agent(0, 8, "嗯，麻烦您把光猫重启一下。" + FILLER)])
    measure = measure_jargon(facts, load_lexicons("zh"), SETTINGS)
    better = "麻烦您把光纤转网络的小盒子重启一下"
    assert measure.components["occurrences"][0]["suggestion"] == better
    assert better in measure.evidence[0].reason


def test_a_wait_announced_in_other_words_and_how_long_it_was_said_to_be() -> None:
    said = "我去问下同事两分钟就回"
    lines = [agent(0, 4, said), agent(140, 143, "哎回来了")]
    tags = {said: {"wait": 0.9}, "哎回来了": {"thanks_wait": 0.9}}
    facts = make_facts(lines)
    plain = measure_dead_air(facts, make_lexicons(), SETTINGS).components
    assert (plain["unannounced"], plain["events"][0]["thanked"]) == (1, False)
    meant = measure_dead_air(tagged(facts, tags), make_lexicons(), SETTINGS).components
    event = meant["events"][0]
    assert (event["announced_by"], event["promised_seconds"], event["kept"]) == ("agent", 120.0, False)
    assert (event["thanked"], meant["longer_than_promised"]) == (True, 1)


@pytest.mark.parametrize(
    ("text", "language", "seconds"),
    [
        ("您稍等一下", "zh", None),
        ("大概两三分钟", "zh", 180),
        ("等我十五秒", "zh", 15),
        ("稍等半分钟", "zh", 30),
        ("bear with me a couple of minutes", "en", 120),
        ("hold on please", "en", None),
    ],
)
def test_promised_seconds(text: str, language: str, seconds: float | None) -> None:
    assert promised_seconds(text, language) == seconds


def test_facts_from_before_there_were_tags() -> None:
    assert not Meanings.of(make_facts([agent(0, 3, "您好")])).known
