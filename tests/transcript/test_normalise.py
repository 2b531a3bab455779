"""One written form: Simplified, numbers as read, punctuation with its word, times kept."""

from __future__ import annotations

import itertools

import pytest

from callqa.data import Word
from callqa.transcript.normalise import normalise_words

STEP = 0.3


def _words(*texts: str, probability: float = 0.9) -> list[Word]:
    return [Word(i * STEP, (i + 1) * STEP, text, probability) for i, text in enumerate(texts)]


def _texts(language: str, *texts: str) -> list[str]:
    return [word.text for word in normalise_words(_words(*texts), language)]


@pytest.mark.parametrize(
    ("tokens", "read"),
    [
        (["168", "元"], "一百六十八元"),
        (["1", "68", "元"], "一百六十八元"),
        (["100", "86"], "一零零八六"),
        (["1", ".", "5", "倍"], "一点五倍"),
        (["50", "%"], "百分之五十"),
        (["３", "８", "元"], "三十八元"),
        (["5", "G"], "五G"),
    ],
)
def test_a_number_over_several_tokens_is_read_as_one(tokens: list[str], read: str) -> None:
    assert "".join(_texts("zh", "是", *tokens, "吗")) == f"是{read}吗"


def test_a_number_keeps_the_time_of_all_its_tokens_and_the_least_probability() -> None:
    words = [Word(0.0, 0.4, "查", 0.9), Word(0.5, 0.9, "1", 0.8), Word(0.9, 1.6, "68", 0.4)]
    _, number = normalise_words(words, "zh")
    assert (number.start, number.end, number.probability) == (0.5, 1.6, 0.4)
    assert number.text == "一百六十八"


def test_numbers_apart_stay_apart() -> None:
    assert _texts("zh", "38", "和", "58") == ["三十八", "和", "五十八"]


def test_traditional_characters_become_simplified() -> None:
    assert "".join(_texts("zh", "您的", "寬帶", "號碼")) == "您的宽带号码"


def test_punctuation_alone_joins_the_word_before() -> None:
    words = normalise_words(_words("您好", "，", "请讲", "。", "！"), "zh")
    assert [word.text for word in words] == ["您好，", "请讲。！"]
    assert [(word.start, word.end) for word in words] == [
        (0.0, pytest.approx(STEP)),
        (pytest.approx(2 * STEP), pytest.approx(3 * STEP)),
    ]


def test_punctuation_before_the_first_word_is_dropped() -> None:
    assert _texts("zh", "，", "您好") == ["您好"]
    assert _texts("zh", "。") == []
    assert _texts("en", " -", " Hello") == ["Hello"]


def test_ascii_punctuation_in_mandarin_becomes_full_width() -> None:
    assert "".join(_texts("zh", "您好", ",", "在吗", "?")) == "您好，在吗？"


def test_blanks_around_mandarin_tokens_go() -> None:
    assert _texts("zh", " 您好", "请 讲") == ["您好", "请讲"]


@pytest.mark.parametrize(
    ("tokens", "words"),
    [
        ([" north", "-west"], ["north-west"]),
        ([" nine", " a", ".m.", " sharp"], ["nine", "a.m.", "sharp"]),
        ([" don", "'t", " worry"], ["don't", "worry"]),
        ([" Hello", ",", " there", "."], ["Hello,", "there."]),
    ],
)
def test_parts_of_an_english_word_are_one_word(tokens: list[str], words: list[str]) -> None:
    assert _texts("en", *tokens) == words


def test_an_english_word_keeps_the_time_of_its_parts() -> None:
    _, word = normalise_words(_words(" the", " north", "-west"), "en")
    assert (word.start, word.end) == (pytest.approx(STEP), pytest.approx(3 * STEP))


def test_a_part_after_a_long_silence_is_a_word_of_its_own() -> None:
    words = [Word(0.0, 0.4, " yes", 0.9), Word(3.0, 3.4, "please", 0.9)]
    assert [word.text for word in normalise_words(words, "en")] == ["yes", "please"]


def test_english_is_not_read_as_mandarin() -> None:
    assert _texts("en", " It", " costs", " 168", " dollars", "?") == ["It", "costs", "168", "dollars?"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_words_are_no_words(language: str) -> None:
    assert normalise_words([], language) == ()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_words_stay_in_order_and_inside_their_time(language: str) -> None:
    tokens = [" 10", "086", "，", " a", ".m", ".", " 請", "講", "3", "月", " 5", "號", "%", "?"]
    words = normalise_words(_words(*tokens), language)
    assert all(word.text == word.text.strip() != "" for word in words)
    assert all(word.start < word.end <= len(tokens) * STEP + 1e-9 for word in words)
    assert all(one.end <= other.start + 1e-9 for one, other in itertools.pairwise(words))
