"""Machines that speak in front of a call."""

from __future__ import annotations

import pytest

from callqa.data import Utterance
from callqa.turns.announcements import find_announcements
from tests.turns.talk import said, talk

MACHINE, AGENT, CUSTOMER = "SPEAKER_00", "SPEAKER_01", "SPEAKER_02"


def _end(utterances: list[Utterance], language: str = "zh") -> float:
    (span,) = find_announcements(utterances, language)
    assert span.start == 0.0
    return span.end


def test_a_menu_in_front_of_the_call_is_found_to_its_end() -> None:
    _, utterances = talk(
        (MACHINE, "欢迎致电中国移动，话费查询请按一，宽带报障请按二。"),
        (MACHINE, "人工服务请按零。"),
        (AGENT, "您好，请问有什么可以帮您？"),
    )
    assert _end(utterances) == pytest.approx(utterances[1].end)


@pytest.mark.parametrize(
    "text",
    [
        "您的通话可能会被录音。",
        "正在为您转接人工客服。",
        "客服代表忙，请不要挂机。",
        "请输入您的手机号码，以井号键结束。",
    ],
)
def test_what_machines_say_in_mandarin(text: str) -> None:
    _, utterances = talk((MACHINE, text), (AGENT, "您好，有什么可以帮您？"))
    assert _end(utterances) == pytest.approx(utterances[0].end)


@pytest.mark.parametrize(
    "text", ["当前来店较多，坐习正盲，请您稍等。", "我们将按顺许为您接通。", "请你不要挂鸡。"]
)
def test_what_machines_say_is_known_by_its_sound(text: str) -> None:
    _, utterances = talk((MACHINE, text), (AGENT, "您好，有什么可以帮您？"))
    assert _end(utterances) == pytest.approx(utterances[0].end)


@pytest.mark.parametrize(
    "text", ["您好，请讲。", "您好，欢迎致电中国移动，很高兴为您服务。", "喂，你好，我来电是想问一下。"]
)
def test_what_people_open_with_does_not_sound_like_a_machine(text: str) -> None:
    _, utterances = talk((AGENT, text), (CUSTOMER, "我想问一下话费。"))
    assert not find_announcements(utterances, "zh")


@pytest.mark.parametrize(
    "text",
    [
        "Thank you for calling. For billing, press one.",
        "This call may be recorded for quality purposes.",
        "All of our agents are busy.",
        "Please hold while we connect you.",
        "Please listen carefully as our menu options have changed.",
    ],
)
def test_what_machines_say_in_english(text: str) -> None:
    _, utterances = talk((MACHINE, text), (AGENT, "Hello, how can I help you?"), joiner=" ")
    assert _end(utterances, "en") == pytest.approx(utterances[0].end)


def test_a_greeting_in_the_same_utterance_is_kept() -> None:
    text = "本次通话会被录音。您好，很高兴为您服务。"
    utterance = said(MACHINE, text, 1.0)
    greeting = utterance.span_between(text.index("您"), len(text))
    assert _end([utterance]) == pytest.approx(greeting.start)


def test_an_english_greeting_in_the_same_utterance_is_kept() -> None:
    text = "This call may be recorded. Good morning, how can I help you?"
    utterance = said(MACHINE, text, 1.0, " ")
    greeting = utterance.span_between(text.index("Good"), len(text))
    assert _end([utterance], "en") == pytest.approx(greeting.start)


def test_a_machine_without_full_stops_speaks_to_the_utterances_end() -> None:
    utterance = said(MACHINE, "人工服务请按零，投诉请按九", 0.5)
    assert _end([utterance]) == pytest.approx(utterance.end)


def test_an_agent_who_names_a_key_later_is_no_machine() -> None:
    _, utterances = talk(
        (AGENT, "您好，请问有什么可以帮您？"),
        (CUSTOMER, "我想查一下话费。"),
        (AGENT, "您拨打热线以后请按一，再按二号键就可以查询。"),
    )
    assert find_announcements(utterances, "zh") == ()


def test_what_one_party_says_after_the_other_spoke_is_kept() -> None:
    _, utterances = talk((MACHINE, "人工服务请按零。"), (CUSTOMER, "喂？"), (MACHINE, "评价服务请按一。"))
    assert _end(utterances) == pytest.approx(utterances[0].end)


def test_nobody_is_greeted_by_a_machine_after_a_minute() -> None:
    assert find_announcements([said(AGENT, "稍后评价请按一。", 75.0)], "zh") == ()


def test_an_ordinary_opening_is_no_announcement() -> None:
    _, utterances = talk(
        (AGENT, "您好，中国移动客服李娜，请问有什么可以帮您？"), (CUSTOMER, "你好，我想查一下话费。")
    )
    assert find_announcements(utterances, "zh") == ()
    _, english = talk((AGENT, "Thank you for calling, how can I help you?"), joiner=" ")
    assert find_announcements(english, "en") == ()


def test_without_words_nothing_is_announced() -> None:
    assert find_announcements([], "zh") == ()


def test_the_order_of_the_utterances_does_not_matter() -> None:
    _, utterances = talk((MACHINE, "人工服务请按零。"), (AGENT, "您好。"), (CUSTOMER, "喂你好。"))
    assert find_announcements(utterances[::-1], "zh") == find_announcements(utterances, "zh")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("您好，您的通话可能会被录音，我是李娜，请问有什么可以帮您？", "zh"),
        ("您好，中国移动，请稍候，我看一下，请问有什么可以帮您？", "zh"),
        (
            "Thanks for calling Northline, this call may be recorded, my name is Emma, how can I help you?",
            "en",
        ),
    ],
)
def test_an_agent_who_tells_of_the_recording_is_no_machine(text: str, language: str) -> None:
    assert find_announcements([said("A", text, 0.5)], language) == ()
