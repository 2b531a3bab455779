"""The first words of somebody who cuts in."""

from __future__ import annotations

from callqa.data import TimeSpan, Turn, Word
from callqa.transcript.cutins import CutIn, find_cut_ins, with_first_words, without_echo

TURNS = [Turn(0.0, 5.0, "A"), Turn(4.0, 8.0, "B")]
BOTH = TimeSpan(4.0, 5.0)


def said(text: str, start: float, step: float = 0.2, probability: float = 0.8) -> list[Word]:
    return [
        Word(start + index * step, start + (index + 1) * step, char, probability)
        for index, char in enumerate(text)
    ]


def text_of(words: list[Word]) -> str:
    return "".join(word.text for word in words)


def test_a_turn_that_begins_in_anothers_and_outlasts_it_cuts_in() -> None:
    assert find_cut_ins(TURNS, []) == [CutIn(1, 0, BOTH, False)]


def test_the_voice_that_the_mix_sounds_like_prevails() -> None:
    assert find_cut_ins(TURNS, [(TimeSpan(4.1, 4.9), "B")])[0].prevails
    assert not find_cut_ins(TURNS, [(TimeSpan(4.1, 4.9), "A")])[0].prevails


def test_a_word_thrown_in_is_no_cut_in() -> None:
    assert not find_cut_ins([Turn(0.0, 5.0, "A"), Turn(2.0, 2.6, "B")], [])


def test_two_channels_need_no_second_hearing() -> None:
    assert not find_cut_ins([Turn(0.0, 5.0, "A", 0), Turn(4.0, 8.0, "B", 1)], [])


def test_first_words_heard_twice_alike_are_added() -> None:
    own = said("这个电话不是", 5.0)
    heard = [said("先听我说这个电话不是", 4.1), said("先停我说这个电话不是", 4.1)]
    found = with_first_words(CutIn(1, 0, BOTH, False), own, said("我说了多少次", 2.8), heard, "zh")
    assert found is not None
    assert text_of(found[0]) == "先听我说这个电话不是"
    assert text_of(found[1]) == "我说了多少次"


def test_what_only_one_hearing_has_is_left_out() -> None:
    own = said("这个电话不是", 5.0)
    heard = [said("每天都在这个电话不是", 4.1), said("红茶绿茶这个电话不是", 4.1)]
    assert with_first_words(CutIn(1, 0, BOTH, False), own, [], heard, "zh") is None


def test_the_others_last_words_stay_the_others() -> None:
    own = said("这个电话不是", 5.0)
    heard = [said("不需要了这个电话不是", 4.1)] * 2
    other = said("不需要了", 4.1)
    assert with_first_words(CutIn(1, 0, BOTH, False), own, other, heard, "zh") is None


def test_words_given_to_the_other_are_moved_where_this_voice_prevails() -> None:
    own = said("这个电话不是", 5.0)
    heard = [said("先听我说这个电话不是", 4.1)] * 2
    other = said("我说了", 3.2) + said("先听我说", 4.1)
    found = with_first_words(CutIn(1, 0, BOTH, True), own, other, heard, "zh")
    assert found is not None
    assert text_of(found[0]) == "先听我说这个电话不是"
    assert text_of(found[1]) == "我说了"


def test_words_that_are_no_more_than_a_guess_are_not_taken() -> None:
    own = said("这个电话不是", 5.0)
    heard = [said("先听我说", 4.1, probability=0.1) + said("这个电话不是", 4.9)] * 2
    assert with_first_words(CutIn(1, 0, BOTH, False), own, [], heard, "zh") is None


def test_words_recognised_twice_are_kept_once() -> None:
    other = said("还是不行", 3.0) + said("我先帮您看", 4.0)
    own = said("我先帮您看一下", 5.0)
    assert text_of(without_echo(CutIn(1, 0, BOTH, False), own, other, "zh")) == "还是不行"


def test_a_short_word_that_both_may_have_said_stays() -> None:
    other = said("还是不行", 3.0) + said("好的", 4.2)
    own = said("好的您稍等", 4.8)
    assert text_of(without_echo(CutIn(1, 0, BOTH, False), own, other, "zh")) == "还是不行好的"
