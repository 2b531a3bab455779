import pytest

from callqa.config import MeasureSettings
from callqa.data import Measure
from callqa.measures.dead_air import measure_dead_air
from tests.measures.factories import Line, agent, customer, make_facts, make_lexicons

SETTINGS = MeasureSettings()


def dead_air(*lines: Line, **more: object) -> Measure:
    return measure_dead_air(make_facts(lines, **more), make_lexicons(), SETTINGS)  # type: ignore[arg-type]


def test_silence_over_the_limit_counts() -> None:
    measure = dead_air(agent(0, 2, "您好"), customer(5, 6, "你好"), agent(9.5, 11, "好的"))
    assert measure.value == pytest.approx(3.5)  # the gap of exactly three seconds does not
    assert measure.components["unannounced"] == 1
    assert (measure.evidence[0].start, measure.evidence[0].end, measure.evidence[0].quote) == (6, 9.5, "")


def test_ringing_before_and_silence_after_do_not_count() -> None:
    measure = dead_air(customer(5, 6, "喂"), agent(12, 14, "您好"), customer(15, 16, "你好"), duration=60.0)
    assert measure.value == 0


@pytest.mark.parametrize(
    ("last", "announced_by"),
    [
        (agent(0, 2, "请您稍等我查一下"), "agent"),
        (customer(0, 2, "你稍等我找一下身份证"), "customer"),
        (agent(0, 2, "我查一下您的账单"), "agent"),
        (customer(0, 2, "你帮我查一下吧"), None),
        (agent(0, 2, "我看到您的账单了"), None),
    ],
)
def test_who_announced_the_wait(last: Line, announced_by: str | None) -> None:
    first = agent(-0.0, 0.0, "好") if last.role == "customer" else customer(0, 0.1, "好")
    event = dead_air(first, last, agent(10, 12, "查到了")).components["events"][0]
    assert event["announced_by"] == announced_by
    assert event["announced"] is (announced_by is not None)


def test_announcement_long_ago_does_not_count() -> None:
    measure = dead_air(agent(0, 2, "请稍等"), customer(3, 30, "我家的宽带"), agent(40, 41, "好的"))
    assert measure.components["events"][0]["announced"] is False


def test_measured_without_roles_but_nobody_announced() -> None:
    measure = dead_air(agent(0, 2, "请稍等"), agent(10, 12, "查到了"), certain=False)
    assert measure.value == 8
    assert measure.components["events"][0]["announced"] is None
    assert measure.components["unannounced"] == 0


def test_an_announcement_playing_is_no_silence() -> None:
    assert dead_air(agent(0, 2, "请稍等"), Line(None, 3, 9, "您的来电很重要"), agent(10, 12, "好")).value == 0


def test_no_turns_is_no_dead_air() -> None:
    assert dead_air().value == 0


def test_silence_that_the_customer_ends_is_not_the_agents() -> None:
    asked, done = agent(0, 2, "您把手机关机"), customer(8, 9, "好了")
    components = dead_air(asked, done, agent(16, 17, "查到了")).components
    assert [event["ended_by"] for event in components["events"]] == ["customer", "agent"]
    assert (components["unannounced"], components["unannounced_agent"]) == (2, 1)
