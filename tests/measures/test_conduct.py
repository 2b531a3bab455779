import pytest

from callqa.config import MeasureSettings
from callqa.data import Measure
from callqa.measures.conduct import measure_conduct
from callqa.measures.ending import call_ending
from tests.measures.factories import Line, agent, customer, make_facts, make_lexicons

SETTINGS = MeasureSettings()
MATTER = customer(3, 30, "我想查一下话费")


def measure(*lines: Line, language: str = "zh", **more: object) -> dict[str, Measure]:
    facts = make_facts(lines, language=language, **more)  # type: ignore[arg-type]
    return measure_conduct(facts, make_lexicons(language), SETTINGS)


@pytest.mark.parametrize(
    ("last", "anything_else", "farewell"),
    [
        ("请问还有什么可以帮您感谢您的来电再见", True, True),
        ("请问还有什么可以帮您", True, False),
        ("感谢您的来电", False, True),
        # Nothing read the meaning: what lists do not find is not said to be missing.
        ("那就这样", None, None),
    ],
)
def test_closing(last: str, anything_else: bool | None, farewell: bool | None) -> None:
    found = measure(agent(0, 2, "您好"), MATTER, agent(31, 34, last))["closing"]
    assert found.value == {"anything_else": anything_else, "farewell": farewell}
    assert found.evidence


def test_closing_words_early_in_the_call_do_not_close_it() -> None:
    lines = [agent(0, 2, "请问还有什么可以帮您"), MATTER]
    lines += [agent(31 + 2 * i, 32 + 2 * i, "这个月的账单") for i in range(5)]
    assert measure(*lines)["closing"].value == {"anything_else": None, "farewell": None}


@pytest.mark.parametrize(
    ("lines", "duration", "ending"),
    [
        ([agent(0, 2, "您好"), customer(2, 4, "我不想听了")], 5.0, "customer_hung_up"),
        ([agent(0, 2, "您好"), customer(2, 4, "好的谢谢再见")], 5.0, "closed"),
        ([agent(0, 2, "您好"), agent(2, 4, "这个月的账单")], 4.05, "recording_cut"),
        ([agent(0, 2, "您好"), agent(2, 4, "感谢您再见")], 4.05, "closed"),
        ([], 5.0, "closed"),
    ],
)
def test_how_the_call_ended(lines: list[Line], duration: float, ending: str) -> None:
    assert call_ending(make_facts(lines, duration=duration)) == ending


@pytest.mark.parametrize(
    ("text", "probability", "certain", "uncertain"),
    [
        ("肯定是您自己弄的", 0.9, 1, 0),
        ("肯定是您自己弄的", 0.3, 0, 1),
        ("我查证以后再告诉您", 0.9, 0, 0),
    ],
)
def test_guessing(text: str, probability: float, certain: int, uncertain: int) -> None:
    found = measure(agent(0, 3, text, probability=probability))["guessing"]
    assert (found.value, found.components["uncertain"]) == (certain, uncertain)


@pytest.mark.parametrize(
    ("text", "certain", "uncertain"),
    [
        ("请报一下您的密码", 1, 0),
        ("请您不要报一下您的密码", 0, 0),
        ("您的身份证是11010519491231002X对吗", 1, 0),
        ("您的身份证是一一零一零五一九四九一二三一零零二X", 1, 0),
        ("您的身份证是110105194912310021", 0, 1),  # no identity number has this check digit
        ("您的号码是13800138000", 0, 0),
        ("您的工单号是2025010112345678", 0, 0),
        ("您的银行卡是4111111111111111", 1, 0),
        ("身份证后四位是1234", 0, 0),
    ],
)
def test_privacy(text: str, certain: int, uncertain: int) -> None:
    found = measure(agent(0, 3, text))["privacy"]
    assert (found.value, found.components["uncertain"]) == (certain, uncertain)
    assert len(found.evidence) == certain + uncertain


def test_transparency() -> None:
    found = measure(agent(0, 3, "我帮您查一下"), agent(4, 8, "二十四小时之内给您回复"))["transparency"]
    assert found.value == {"doing": True, "next": False, "by_when": True}
    assert [item.quote for item in found.evidence] == ["我帮您查一下", "二十四小时之内"]


def test_english() -> None:
    found = measure(agent(0, 3, "let me check"), agent(4, 8, "is there anything else goodbye"), language="en")
    assert found["closing"].value == {"anything_else": True, "farewell": True}
    assert found["transparency"].value == {"doing": True, "next": False, "by_when": False}


@pytest.mark.parametrize("more", [{"certain": False}, {}])
def test_without_roles_or_words_nothing_is_measured(more: dict[str, bool]) -> None:
    lines = [agent(0, 3, "您好")] if more else [agent(0, 3, None)]
    for found in measure(*lines, **more).values():
        assert found.value is None
        assert found.reason


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("你收到的验证码也一起念给我", 1),
        ("麻烦您报一下密码", 1),
        ("初始密码短信会告诉我们", 0),
        ("请您千万不要把验证码告诉别人", 0),
        ("密码请您在键盘上输入", 0),
    ],
)
def test_secrets_asked_for_in_other_words(text: str, count: int) -> None:
    assert measure(agent(0, 3, text))["privacy"].value == count


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("我现在就给您办理", "doing"),
        ("您会收到一条短信", "next"),
        ("两个工作日之内", "by_when"),
        ("明天下午恢复", "by_when"),
    ],
)
def test_telling_in_other_words(text: str, kind: str) -> None:
    value = measure(agent(0, 3, text))["transparency"].value
    assert isinstance(value, dict)
    assert [name for name, told in value.items() if told] == [kind]


def test_telling_in_english() -> None:
    found = measure(
        agent(0, 3, "I can add it again"), agent(4, 8, "you will see it within two days"), language="en"
    )
    assert found["transparency"].value == {"doing": True, "next": True, "by_when": True}
