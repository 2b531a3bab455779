import pytest

from callqa.config import MeasureSettings
from callqa.measures.questions import is_question, unanswered
from callqa.measures.shared import spoken_turns
from tests.measures.factories import Line, agent, customer, make_facts

SETTINGS = MeasureSettings()


@pytest.mark.parametrize(
    ("text", "language", "asks"),
    [
        ("那我什么时候能上网", "zh", True),
        ("您看这样可以吗", "zh", True),
        ("没什么，就这样", "zh", False),
        ("好吗", "zh", False),  # too short to ask anything
        ("我先给您登记上", "zh", False),
        ("and when will it work again", "en", True),
        ("I will check that for you", "en", False),
    ],
)
def test_what_looks_like_a_question(text: str, language: str, asks: bool) -> None:
    assert is_question(text, language) is asks


def left_open(*lines: Line) -> list[str]:
    facts = make_facts(lines)
    return [item.why for item in unanswered(facts, spoken_turns(facts), SETTINGS)]


ASKED = customer(0, 4, "那我这个钱什么时候能退给我")
GOES_ON = customer(9, 12, "喂我说话你听得到没有啊")


def test_a_question_that_nobody_says_anything_to() -> None:
    assert left_open(ASKED, GOES_ON) == ["nothing_said"]
    assert left_open(ASKED, agent(5, 5.5, "嗯"), GOES_ON) == ["nothing_said"]


@pytest.mark.parametrize(
    "lines",
    [
        (ASKED, agent(5, 8, "三天之内退到您话费里"), GOES_ON),
        (ASKED, agent(5, 8, None), GOES_ON),  # speech without words may have been the answer
        (ASKED, customer(5, 8, "我上个月就问过一次了")),  # the customer goes on by itself
        (ASKED,),  # whatever ended the call
    ],
)
def test_nobody_is_accused_of_a_question_that_may_have_been_answered(lines: tuple[Line, ...]) -> None:
    assert left_open(*lines) == []


def test_a_question_that_has_to_be_asked_again() -> None:
    again = customer(9, 13, "我这个钱什么时候能退给我啊")
    assert left_open(ASKED, agent(5, 8, "这个是系统自动算的"), again) == ["asked_again"]
