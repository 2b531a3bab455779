"""Text that nobody said is taken out with its reason; what people do repeat stays."""

from __future__ import annotations

import pytest

from callqa.data import Word
from callqa.language import count_syllables
from callqa.transcript.invention import Cleaned, remove_invented

PROMPT = "中国移动客服通话。客服代表李娜。宽带、光猫、携号转网、国际漫游、营业厅。"


def _clean(
    text: str | list[str],
    seconds: float,
    language: str = "zh",
    probability: float = 0.9,
    prompt: str = "",
    window: float | None = None,
) -> Cleaned:
    """`text` said evenly over `seconds`; Mandarin by character, English by word."""
    if isinstance(text, str):
        text = list(text) if language == "zh" else [f" {word}" for word in text.split()]
    each = seconds / len(text)
    words = [Word(i * each, (i + 1) * each, part, probability) for i, part in enumerate(text)]
    return remove_invented(
        words,
        seconds=seconds if window is None else window,
        language=language,
        count=lambda said: count_syllables(said, language),
        prompt=prompt,
    )


def _kept(cleaned: Cleaned) -> str:
    return "".join(word.text for word in cleaned.words)


def _removed(cleaned: Cleaned) -> list[str]:
    return ["".join(word.text for word in run) for run, _ in cleaned.removed]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("好的好的", 0.9),
        ("对对对", 0.6),
        ("对，对，对，对。", 1.2),
        ("是是是是", 0.9),
        ("三三三八", 0.9),
        ("幺三八八八八六六六六二", 3.0),
        ("嗯，嗯，嗯，好。", 2.0),
        ("谢谢，谢谢。", 1.0),
        ("您好您好，请讲。", 1.8),
        ("一个一个来。", 1.4),
    ],
)
def test_what_people_repeat_stays(text: str, seconds: float) -> None:
    cleaned = _clean(text, seconds)
    assert _kept(cleaned) == text
    assert cleaned.removed == ()


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("yes yes yes", 1.0), ("no, no, no.", 1.0), ("thank you, thank you.", 1.2), ("five five five two", 1.5)],
)
def test_what_people_repeat_in_english_stays(text: str, seconds: float) -> None:
    cleaned = _clean(text, seconds, "en")
    assert cleaned.removed == ()


def test_ordinary_speech_stays_as_it_is() -> None:
    text = "您好，请问有什么可以帮您？我想查一下我这个月的话费。"
    assert _kept(_clean(text, 5.0)) == text
    spoken = "Thank you for calling Northline, how can I help you today?"
    assert _kept(_clean(spoken, 3.5, "en")).strip() == spoken


def test_a_loop_is_said_once() -> None:
    cleaned = _clean("我帮您查一下" * 6, 4.5)
    assert _kept(cleaned) == "我帮您查一下"
    assert _removed(cleaned) == ["我帮您查一下" * 5]
    assert "repeated" in cleaned.removed[0][1]


def test_a_loop_inside_speech_leaves_what_is_around_it() -> None:
    head, tail = list("好的，"), list("请稍等。")
    cleaned = _clean([*head, *list("您的套餐" * 5), *tail], 5.0)
    assert _kept(cleaned) == "好的，您的套餐请稍等。"


def test_an_english_loop_is_said_once() -> None:
    cleaned = _clean("I will check the account " * 5, 4.0, "en")
    assert _kept(cleaned).split() == ["I", "will", "check", "the", "account"]


def test_a_loop_does_not_hide_behind_punctuation() -> None:
    assert _kept(_clean("不好意思，" * 8, 4.0)).rstrip("，") == "不好意思"


def test_many_copies_that_the_recogniser_doubts_are_a_loop() -> None:
    assert _kept(_clean("嗯" * 12, 6.0, probability=0.3)) == "嗯"


def test_a_few_copies_stay_though_the_recogniser_doubts_them() -> None:
    assert _kept(_clean("对对对", 0.8, probability=0.4)) == "对对对"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("字幕由志愿者提供", "zh"),
        ("请不吝点赞订阅转发打赏支持明镜与点点栏目", "zh"),
        ("谢谢观看", "zh"),
        ("Thanks for watching!", "en"),
        ("Subtitles by the Amara.org community", "en"),
    ],
)
def test_subtitle_credits_are_not_speech(text: str, language: str) -> None:
    cleaned = _clean(text, 3.0, language)
    assert cleaned.words == ()
    assert "subtitle" in cleaned.removed[0][1]
    assert _removed(cleaned)[0].strip() == text


def test_thanks_that_agents_say_are_no_credits() -> None:
    assert _clean("感谢您的来电，感谢您的耐心等待。", 3.5).removed == ()
    assert _clean("Thank you for waiting.", 1.5, "en").removed == ()


def test_an_echo_of_the_prompt_that_is_doubted_is_removed() -> None:
    cleaned = _clean("宽带、光猫、携号转网", 2.5, probability=0.4, prompt=PROMPT)
    assert cleaned.words == ()
    assert "prompt" in cleaned.removed[0][1]


def test_words_of_the_prompt_that_are_heard_stay() -> None:
    assert _clean("宽带、光猫、携号转网", 2.5, probability=0.9, prompt=PROMPT).removed == ()
    assert _clean("宽带", 0.6, probability=0.4, prompt=PROMPT).removed == ()
    assert _clean("我的宽带和光猫坏了", 2.0, probability=0.4, prompt=PROMPT).removed == ()


def test_what_nobody_can_say_so_fast_is_removed() -> None:
    cleaned = _clean("请问有什么可以帮您今天天气很好", 0.6)
    assert cleaned.words == ()
    assert "fast" in cleaned.removed[0][1]
    english = _clean("thank you for calling how can I help you today", 0.8, "en")
    assert english.words == ()


def test_fast_speech_stays() -> None:
    # Eight syllables a second, as the fastest agents speak.
    assert _clean("好的请您稍等我马上帮您查一下", 14 / 8).removed == ()


def test_no_words_are_no_words() -> None:
    cleaned = remove_invented([], seconds=1.0, language="zh", count=len)
    assert cleaned == Cleaned((), ())


@pytest.mark.parametrize(
    "text", ["好的好的", "我帮您查一下" * 6, "谢谢观看", "请问有什么可以帮您今天天气很好"]
)
def test_nothing_is_lost_without_being_listed(text: str) -> None:
    for seconds in (0.5, 1.5, 4.0):
        cleaned = _clean(text, seconds)
        assert len(_kept(cleaned)) + sum(map(len, _removed(cleaned))) == len(text)
        assert all(reason for _, reason in cleaned.removed)
