"""Every word goes to one turn; hand-overs are where people pause."""

from __future__ import annotations

import numpy as np
import pytest

from callqa.data import TimeSpan, Word
from callqa.transcript.attribution import attribute_words

Spoken = tuple[float, float, str]


def _words(*spoken: Spoken) -> list[Word]:
    return [Word(start, end, text, 0.9) for start, end, text in spoken]


def _texts(words: list[Word], *turns: tuple[float, float]) -> list[str]:
    spans = [(index, TimeSpan(*turn)) for index, turn in enumerate(turns)]
    found = attribute_words(words, spans)
    return ["".join(word.text for word in found.get(index, [])) for index in range(len(turns))]


def test_words_go_to_the_turn_they_lie_in() -> None:
    words = _words((0.1, 0.6, "您好，"), (0.6, 1.4, "请讲。"), (2.1, 2.6, "我想"), (2.6, 3.2, "查话费"))
    assert _texts(words, (0, 1.5), (2, 3.5)) == ["您好，请讲。", "我想查话费"]


def test_a_word_over_the_boundary_goes_by_the_punctuation_before_it() -> None:
    words = _words((0.2, 0.8, "好的，"), (0.8, 1.4, "再见。"), (1.42, 1.7, "再见"), (1.7, 2.4, "谢谢"))
    # The boundary was drawn a little late and a little early.
    assert _texts(words, (0, 1.62), (1.62, 2.5)) == ["好的，再见。", "再见谢谢"]
    assert _texts(words, (0, 1.2), (1.2, 2.5)) == ["好的，再见。", "再见谢谢"]


def test_a_word_over_the_boundary_goes_by_the_pause_before_it() -> None:
    words = _words((0.2, 0.6, "没有"), (0.6, 1.0, "了"), (1.4, 1.6, "祝您"), (1.6, 2.3, "愉快"))
    assert _texts(words, (0, 1.55), (1.55, 2.5)) == ["没有了", "祝您愉快"]
    assert _texts(words, (0, 0.75), (0.75, 2.5)) == ["没有了", "祝您愉快"]


def test_far_inside_a_turn_time_outweighs_punctuation() -> None:
    words = _words((0.2, 0.8, "好的。"), (0.8, 1.4, "我看"), (1.4, 2.0, "一下"), (3.0, 3.6, "嗯"))
    assert _texts(words, (0, 2.1), (2.9, 3.8)) == ["好的。我看一下", "嗯"]


def test_words_around_an_answer_inside_a_turn_are_all_the_turns() -> None:
    words = _words((0.2, 1.0, "您的"), (1.0, 2.4, "套餐，"), (3.2, 4.0, "月底"), (4.0, 5.0, "到期。"))
    assert _texts(words, (0, 5.2), (2.6, 2.9)) == ["您的套餐，月底到期。", ""]


def test_turns_that_overlap_share_their_words_in_order() -> None:
    words = _words(
        (0.2, 1.0, "等一下，"), (1.0, 2.0, "我说完。"), (2.1, 3.0, "不行，"), (3.0, 4.0, "我要投诉")
    )
    assert _texts(words, (0, 2.4), (1.8, 4.2)) == ["等一下，我说完。", "不行，我要投诉"]


def test_a_window_with_one_turn_owns_all_even_what_lies_outside() -> None:
    words = _words((0.0, 0.5, "您"), (9.0, 9.5, "好"))
    assert _texts(words, (2, 3)) == ["您好"]


def test_nothing_is_attributed_without_words_or_turns() -> None:
    assert attribute_words([], [(0, TimeSpan(0, 1))]) == {}
    assert attribute_words(_words((0, 1, "喂")), []) == {}


def test_the_order_in_which_turns_are_given_does_not_matter() -> None:
    words = _words((0.1, 1.4, "您好。"), (2.1, 3.2, "喂"))
    turns = [(7, TimeSpan(2, 3.5)), (3, TimeSpan(0, 1.5))]
    found = attribute_words(words, turns)
    assert found == attribute_words(words, turns[::-1]) == {3: words[:1], 7: words[1:]}


@pytest.mark.parametrize("seed", range(60))
def test_every_word_has_one_owner_and_stays_in_order(seed: int) -> None:
    rng = np.random.default_rng(seed)
    num_turns, num_words = int(rng.integers(1, 7)), int(rng.integers(1, 40))
    starts = np.cumsum(rng.exponential(1.5, num_turns))
    turns = [
        (100 + index, TimeSpan(float(start), float(start + rng.exponential(2.0))))
        for index, start in enumerate(starts)
    ]
    # Word times may be wild: outside of all turns, of no length, in long pauses.
    begins = np.cumsum(rng.exponential(0.4, num_words))
    words = [
        Word(float(begin), float(begin + rng.exponential(0.2)), f"{index}{rng.choice(['', '，', '。'])}", 0.5)
        for index, begin in enumerate(begins)
    ]
    found = attribute_words(words, turns)
    assert set(found) <= {index for index, _ in turns}
    owned = [word for own in found.values() for word in own]
    assert sorted(owned, key=words.index) == words
    for own in found.values():
        assert own == sorted(own, key=words.index)


@pytest.mark.parametrize("seed", range(30))
def test_words_well_inside_turns_that_do_not_touch_go_to_them(seed: int) -> None:
    rng = np.random.default_rng(seed)
    turns, words, expected, at = [], [], {}, 0.0
    for index in range(int(rng.integers(2, 6))):
        at += float(rng.uniform(0.6, 2.0))
        start = at
        own = []
        for _ in range(int(rng.integers(1, 12))):
            own.append(Word(at, at + 0.25, "字", 0.9))
            at += 0.25
        turns.append((index, TimeSpan(start, at)))
        words += own
        expected[index] = own
    assert attribute_words(words, turns) == expected
