import pytest

from callqa.config import MeasureSettings
from callqa.data import Measure
from callqa.measures.politeness import measure_politeness
from tests.measures.factories import Line, agent, customer, make_facts, make_lexicons

SETTINGS = MeasureSettings()


def measure(*lines: Line, language: str = "zh", **more: object) -> dict[str, Measure]:
    facts = make_facts(lines, language=language, **more)  # type: ignore[arg-type]
    return measure_politeness(facts, make_lexicons(language), SETTINGS)


@pytest.mark.parametrize(
    ("text", "probability", "certain", "uncertain"),
    [
        ("这个我没办法", 0.9, 1, 0),
        ("你自己看着办吧", 0.9, 1, 0),
        ("这个我没办法", 0.3, 0, 1),  # heard badly
        ("我们步行过去", 0.9, 0, 0),  # sounds like 不行
        ("不知道您方便吗", 0.9, 0, 0),  # unless
        ("您刚才说没办法是吧", 0.9, 0, 0),  # the customer's words
        ("您好很高兴为您服务", 0.9, 0, 0),
    ],
)
def test_forbidden_phrases(text: str, probability: float, certain: int, uncertain: int) -> None:
    found = measure(agent(0, 3, text, probability=probability))["forbidden_phrases"]
    assert (found.value, found.components["uncertain"]) == (certain, uncertain)
    assert len(found.evidence) == certain + uncertain


def test_only_the_agents_words_count() -> None:
    found = measure(agent(0, 2, "您好"), customer(2, 4, "你自己看着办吧"))
    assert found["forbidden_phrases"].value == 0


def test_evidence_is_the_phrase_with_its_time() -> None:
    found = measure(agent(0, 6, "这个我没办法"))["forbidden_phrases"].evidence[0]
    assert (found.quote, found.start, found.end) == ("没办法", 3, 6)
    assert "没办法" in found.reason


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("你赶紧去营业厅", 1),
        ("别吵了", 1),
        ("请您别催好吗", 0),
        ("您不要着急", 0),
        ("麻烦你必须先登记", 0),
        ("请问您需要什么帮助", 0),
    ],
)
def test_commands(text: str, count: int) -> None:
    assert measure(agent(0, 3, text))["commands"].value == count


@pytest.mark.parametrize(
    ("text", "count"),
    [("这是你自己弄错的", 1), ("谁让您不看合同", 1), ("难怪您觉得慢", 0), ("奇怪你的账单正常", 0)],
)
def test_blaming_makes_an_impolite_utterance(text: str, count: int) -> None:
    found = measure(agent(0, 3, text))["impolite_utterances"]
    assert found.value == count


def test_impolite_utterance_keeps_every_kind() -> None:
    found = measure(agent(0, 4, "你自己看着办你赶紧去"), agent(5, 6, "好的"))["impolite_utterances"]
    assert found.value == 1
    row = found.components["utterances"][0]
    assert row["kinds"] == ["command", "forbidden"]
    assert found.components["agent_utterances"] == 2
    assert found.evidence[0].quote == "你自己看着办你赶紧"


def test_you_forms_leave_out_greetings_plurals_and_weak_words() -> None:
    found = measure(
        agent(0, 3, "你好您的账单"),
        agent(4, 6, "你的话费和你们家的宽带"),
        agent(7, 8, "你说", probability=0.4),
    )["you_forms"]
    assert found.components == {"nin": 1, "ni": 1, "ni_uncertain": 1, "ni_hao": 1}
    assert found.value == 0.5
    assert len(found.evidence) == 1
    assert found.evidence[0].start == 4


def occasions(*lines: Line, **more: object) -> dict[str, bool]:
    found = measure(*lines, **more)["courtesy"]  # type: ignore[arg-type]
    return {row["kind"]: row["given"] for row in found.components.get("occasions", [])}


@pytest.mark.parametrize(
    ("lines", "kind", "given"),
    [
        ([agent(0, 3, "请报一下您的手机号")], "asking", True),
        ([agent(0, 3, "报一下你的手机号")], "asking", False),
        ([agent(0, 3, "您稍等")], "waiting", True),
        ([agent(0, 3, "稍等啊")], "waiting", False),
        ([agent(0, 3, "稍等啊"), agent(9, 12, "感谢您的耐心等待")], "waiting", True),
        ([agent(0, 3, "这个费用退不了")], "refusing", False),
        ([agent(0, 3, "很抱歉这个费用退不了")], "refusing", True),
        ([agent(0, 3, "你记错了")], "correcting", False),
        ([customer(0, 3, "我要投诉你们"), agent(3, 6, "这是规定")], "complaint", False),
        ([customer(0, 3, "我要投诉你们"), agent(3, 6, "非常抱歉")], "complaint", True),
        ([agent(0, 3, "好的再见")], "close", True),
        ([agent(0, 3, "就这样吧")], "close", False),
    ],
)
def test_courtesy_where_it_is_owed(lines: list[Line], kind: str, given: bool) -> None:
    assert occasions(*lines)[kind] is given


def test_courtesy_is_a_share_of_what_was_owed() -> None:
    found = measure(agent(0, 3, "报一下你的手机号"), agent(5, 8, "感谢您的来电再见"))["courtesy"]
    assert found.value == 0.5
    assert (found.components["owed"], found.components["given"]) == (2, 1)
    assert found.evidence[0].quote == "报一下你的手机号"


def test_badly_heard_words_lack_no_courtesy() -> None:
    found = measure(agent(0, 3, "报一下你的手机号", probability=0.3), customer(3, 5, "一三八"))["courtesy"]
    assert found.value is None
    assert found.components["uncertain"] == 1


def test_no_close_owed_when_the_customer_hangs_up() -> None:
    assert "close" not in occasions(agent(0, 3, "这是规定"), customer(3, 5, "我不想听了"))


def test_complaint_before_nobody_answers_is_no_occasion() -> None:
    assert "complaint" not in occasions(agent(0, 1, "您好"), customer(2, 5, "我要投诉"))


def test_english() -> None:
    found = measure(
        agent(0, 3, "please give me your account number"),
        agent(4, 6, "well that is not my problem"),
        language="en",
    )
    assert found["forbidden_phrases"].value == 1
    assert found["forbidden_phrases"].evidence[0].quote == "not my problem"
    assert found["you_forms"].value is None
    assert found["courtesy"].components["occasions"][0] == {
        **found["courtesy"].components["occasions"][0],
        "kind": "asking",
        "given": True,
    }


@pytest.mark.parametrize("more", [{"certain": False}, {}])
def test_without_roles_or_words_nothing_is_measured(more: dict[str, bool]) -> None:
    lines = [agent(0, 3, "没办法")] if more else [agent(0, 3, None)]
    for found in measure(*lines, **more).values():
        assert found.value is None
        assert found.reason


def test_a_command_by_one_ni_is_no_command_of_an_agent_who_says_nin() -> None:
    order = agent(4, 6, "你去营业厅问")
    assert measure(agent(0, 3, "你的话费"), order)["commands"].value == 1
    assert measure(agent(0, 3, "您好您的话费您看"), order)["commands"].value == 0


def test_looking_something_up_is_no_wait_by_itself() -> None:
    assert "waiting" not in occasions(agent(0, 3, "我查一下您的账单"))
