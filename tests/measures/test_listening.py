import pytest

from callqa.config import MeasureSettings
from callqa.data import CallFacts
from callqa.measures.listening import measure_listening
from tests.measures.factories import Line, agent, customer, make_facts

SETTINGS = MeasureSettings()
MATTER = "我想问一下我这个月的话费怎么这么多啊"
ANSWER = "您好这个月您用了十兆流量所以多了"


def listen(*lines: Line, **more: object) -> dict:
    return measure_listening(make_facts(lines, **more), SETTINGS)  # type: ignore[arg-type]


def test_talk_share_counts_overlap_for_both() -> None:
    measure = listen(agent(0, 6, ANSWER), customer(5, 9, MATTER))["talk_share"]
    assert measure.value == pytest.approx(0.6)
    assert measure.components["agent_seconds"] == 6
    assert measure.components["customer_seconds"] == 4
    assert measure.components["overlap_seconds"] == 1


def test_talk_share_needs_two_parties() -> None:
    assert listen(agent(0, 6, ANSWER))["talk_share"].value is None
    assert listen(customer(0, 6, MATTER))["talk_share"].value is None


@pytest.mark.parametrize(
    ("reply", "count"),
    [
        (agent(4, 8, ANSWER), 1),
        (agent(4.6, 8, ANSWER), 0),  # 0.4 s of overlap
        (agent(4, 6, "嗯好的"), 0),  # three syllables
        (agent(4, 6.5, "嗯嗯好的好的对"), 0),  # nothing but listening
        (agent(4, 4.9, "不是这样"), 0),  # under a second
        (agent(4, 5.0, None), 1),  # no words, a second: somebody took the floor
        (agent(0.3, 6, ANSWER), 0),  # both began together
        (agent(5, 8, ANSWER), 0),  # right after
    ],
)
def test_what_is_an_interruption_by_the_agent(reply: Line, count: int) -> None:
    measures = listen(customer(0, 5, MATTER), reply)
    assert measures["agent_interruptions"].value == count
    assert measures["customer_interruptions"].value == 0


def test_interruption_has_its_overlap_and_both_quotes() -> None:
    event = listen(customer(0, 5, MATTER), agent(4, 8, ANSWER))["agent_interruptions"]
    row = event.components["events"][0]
    assert (row["start"], row["end"], row["overlap"], row["yielded"]) == (4, 5, 1, True)
    assert ANSWER.startswith(row["quote"])
    assert row["interrupted_quote"] in MATTER
    assert event.evidence[0].start == 4
    assert "插话" in event.evidence[0].reason


def test_listening_words_before_the_reply_do_not_start_the_interruption() -> None:
    # Two seconds for eight characters: 嗯好的 lasts until 4.9, so only 0.1 s of overlap is left.
    measures = listen(customer(0, 5, MATTER), agent(4.15, 6.15, "嗯好的那我看看"))
    assert measures["agent_interruptions"].value == 0


def test_nobody_interrupts_a_backchannel() -> None:
    assert listen(customer(0, 2, "嗯好的"), agent(1, 5, ANSWER))["agent_interruptions"].value == 0


def test_customer_interruptions_by_the_same_rule() -> None:
    measures = listen(agent(0, 5, ANSWER), customer(4, 8, MATTER))
    assert measures["customer_interruptions"].value == 1
    assert measures["agent_interruptions"].value == 0


def test_opening_heard_out() -> None:
    measure = listen(
        agent(0, 2, "您好很高兴为您服务"),
        customer(2.2, 3.2, "喂你好"),
        customer(3.5, 6, MATTER),
        agent(6.2, 6.8, "嗯"),
        customer(7, 9, MATTER),
        agent(9.5, 12, ANSWER),
        customer(12, 14, MATTER),
    )["customer_opening"]
    assert measure.value == pytest.approx(5.5)
    assert measure.components["cut_off"] is False
    assert measure.components["turns"] == 2
    assert measure.evidence[0].quote == MATTER * 2


def test_opening_cut_off_and_talked_through() -> None:
    cut = listen(customer(0, 5, MATTER), agent(4, 8, ANSWER))["customer_opening"]
    assert cut.components["cut_off"] is True
    assert len(cut.evidence) == 2
    through = listen(customer(0, 8, MATTER), agent(4, 6, ANSWER))["customer_opening"]
    assert through.components == {**through.components, "cut_off": False, "interrupted": True}


def test_no_matter_stated_is_no_opening() -> None:
    measure = listen(agent(0, 3, ANSWER), customer(3, 4, "喂你好"))["customer_opening"]
    assert measure.value is None
    assert measure.components["cut_off"] is None


def test_monologue_runs_over_backchannels_only() -> None:
    measure = listen(
        agent(0, 10, ANSWER),
        customer(5, 5.5, "嗯"),
        agent(10.5, 20, ANSWER),
        customer(20, 23, MATTER),
        agent(23, 30, ANSWER),
        agent(40, 48, ANSWER),  # after ten seconds of silence
    )["longest_agent_monologue"]
    assert measure.value == pytest.approx(19.5)
    assert measure.components == {"start": 0, "end": 20}


def test_customer_talking_inside_splits_the_monologue() -> None:
    measure = listen(agent(0, 20, ANSWER), customer(5, 8, MATTER))["longest_agent_monologue"]
    assert measure.value == pytest.approx(12)


def test_latency_is_the_median_of_answers() -> None:
    measure = listen(
        customer(0, 2, MATTER),
        agent(2.4, 4, ANSWER),
        customer(5, 7, MATTER),
        agent(8, 9, ANSWER),
        customer(10, 12, MATTER),
        agent(11.9, 14, ANSWER),
        customer(15, 17, MATTER),
        agent(23, 25, ANSWER),
    )["response_latency"]
    assert measure.components["latencies"] == [0.4, 1, 6]
    assert measure.value == pytest.approx(1)
    assert measure.evidence[0].start == 23


def test_no_words_at_all() -> None:
    measures = listen()
    assert measures["talk_share"].value is None
    assert measures["longest_agent_monologue"].value is None
    assert measures["agent_interruptions"].value == 0


def test_uncertain_roles_measure_nothing() -> None:
    measures = listen(customer(0, 5, MATTER), agent(4, 8, ANSWER), certain=False)
    assert {measure.value for measure in measures.values()} == {None}
    assert all(measure.reason for measure in measures.values())


def test_third_party_is_nobodys_talk() -> None:
    facts: CallFacts = make_facts(
        [Line(None, 0, 8, "请按一"), agent(9, 12, ANSWER), customer(12, 15, MATTER)]
    )
    assert measure_listening(facts, SETTINGS)["talk_share"].value == pytest.approx(0.5)


def test_a_listeners_words_while_the_customer_goes_on_interrupt_nobody() -> None:
    measures = listen(customer(0, 8, MATTER), agent(4, 5.5, "嗯我明白您说"))
    assert measures["agent_interruptions"].value == 0
    assert measures["agent_interruptions"].components["backchannels"] == 1
    # The same words as the customer stops take the floor.
    assert listen(customer(0, 5, MATTER), agent(4, 5.5, "嗯我明白您说"))["agent_interruptions"].value == 1


@pytest.mark.parametrize(
    ("words", "at_end"), [("我想问一下话费怎么这么多。谢谢", 1), ("我想问一下话费怎么这么多就是说", 0)]
)
def test_coming_in_at_the_end_of_a_sentence_is_no_interruption(words: str, at_end: int) -> None:
    found = listen(customer(0, 7, words), agent(6, 9, ANSWER))["agent_interruptions"]
    assert (found.value, len(found.components["at_sentence_end"])) == (1 - at_end, at_end)


@pytest.mark.parametrize("opener", ["喂你好是移动吗", "喂喂听得到吗你好", "你好请问是移动客服吗"])
def test_opening_the_line_is_not_stating_the_matter(opener: str) -> None:
    lines = [
        agent(0, 2, "您好"),
        customer(2, 4, opener),
        agent(4.5, 6, "是的您请说"),
        customer(7, 12, MATTER),
    ]
    assert listen(*lines)["customer_opening"].components["start"] == 7


def test_what_cut_the_opening_off_is_told() -> None:
    found = listen(customer(0, 5, MATTER), agent(4, 8, ANSWER))["customer_opening"].components
    assert (found["cut_off"], found["cut_at"]) == (True, 4)
    assert found["cut_off_by"]
    assert ANSWER.startswith(found["cut_off_by"])


def test_who_asks() -> None:
    lines = [customer(0, 3, "我的话费怎么多了呢"), agent(4, 6, "您的号码是多少"), agent(7, 9, "您看行不行啊")]
    found = listen(*lines)["talk_share"].components
    assert (found["agent_questions"], found["customer_questions"]) == (2, 1)
    assert found["agent_question_share"] == pytest.approx(0.667)
