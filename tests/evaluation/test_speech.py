from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from callqa.data import Coverage, TimeSpan, Turn, Utterance, Word
from callqa.evaluation.alignment import align, heard_units, spread_units
from callqa.evaluation.compare import Comparison, compare, heard_by_callqa
from callqa.evaluation.counts import Found, InventedText, LostSpeech, TextErrors
from callqa.evaluation.differences import find_differences
from callqa.evaluation.truth import Truth
from tests.evaluation.conftest import perfect, say

AGENT, CUSTOMER = "SPEAKER_00", "SPEAKER_01"


def text_errors(said: str, heard: str, language: str) -> TextErrors:
    return align(spread_units(said, 0, 1, 0, language), spread_units(heard, 0, 1, 0, language)).errors


def extra(start: float, end: float, text: str, speaker: str) -> Utterance:
    return say(Utterance(start, end, speaker, ()), text)


def with_more(truth: Truth, analyse: Any, *more: Utterance) -> Comparison:
    return compare(truth, analyse(utterances=(*perfect(truth).facts.utterances, *more)))


def test_edits_are_told_apart() -> None:
    assert text_errors("", "嗯", "zh") == TextErrors(inserted=1)
    assert text_errors("一二三", "", "zh") == TextErrors(deleted=3, reference=3)
    assert text_errors("您的光猫", "您的光毛了", "zh") == TextErrors(1, 0, 1, 4)
    assert text_errors("the red cat", "the cat", "en") == TextErrors(deleted=1, reference=3)
    assert text_errors("", "", "zh") == TextErrors()


def test_numbers_keep_the_times_of_their_words() -> None:
    words = (Word(0, 1, "打", 1), Word(1, 2, "100", 1), Word(2, 3, "86", 1), Word(3, 4, "吧", 1))
    units = heard_units(Utterance(0, 4, AGENT, words), 0, "zh")
    assert "".join(unit.text for unit in units) == "打一零零八六吧"
    assert (units[0].start, units[-1].start) == (0, 3)
    assert [unit.start for unit in units] == sorted(unit.start for unit in units)


def test_text_is_compared_by_party_and_in_time(truth: Truth, analyse: Any) -> None:
    utterances = list(perfect(truth).facts.utterances)
    utterances[3] = say(utterances[3], "好吧，谢谢你了。")
    call = compare(truth, analyse(utterances=tuple(utterances)))
    assert call.text == TextErrors(inserted=2, reference=50)
    assert call.text_in_time is not None
    # In time, the words of 11 to 12 s are shuffled into each other.
    assert (call.text_in_time.rate or 0) > (call.text.rate or 0)


def test_a_lost_turn_is_lost_speech_unless_it_is_listed(truth: Truth, analyse: Any) -> None:
    without = tuple(item for item in perfect(truth).facts.utterances if item.start != 19.0)
    call = compare(truth, analyse(utterances=without))
    assert call.speech == LostSpeech(lost=2.0, total=20.0)
    assert call.lost == call.uncovered == (TimeSpan(19.0, 21.0),)
    assert call.details == ("speech lost at 19.0–21.0 s",)
    listed = compare(truth, analyse(utterances=without, coverage=Coverage(20.0, 2.0, (TimeSpan(19, 21),))))
    assert (listed.speech, listed.uncovered) == (LostSpeech(0, 20.0, 2.0), ())


def test_a_lost_half_of_a_turn_is_lost_speech_a_pause_is_not(truth: Truth, analyse: Any) -> None:
    utterances = list(perfect(truth).facts.utterances)
    words = utterances[2].words
    step = 7 / len(words)
    utterances[2] = replace(utterances[2], words=words[: len(words) // 2])
    call = compare(truth, analyse(utterances=tuple(utterances)))
    assert call.speech is not None
    assert call.speech.lost == pytest.approx(7 - step * (len(words) // 2))
    assert call.uncovered == ()
    utterances[2] = replace(utterances[2], words=words[: -int(0.9 / step)])
    call = compare(truth, analyse(utterances=tuple(utterances)))
    assert call.speech is not None
    assert call.speech.lost == 0


def test_words_of_the_wrong_party_are_not_lost(truth: Truth, analyse: Any) -> None:
    utterances = list(perfect(truth).facts.utterances)
    utterances[3] = replace(utterances[3], speaker=AGENT)
    call = compare(truth, analyse(utterances=tuple(utterances)))
    assert call.speech == LostSpeech(0, 20.0)
    assert call.text == TextErrors(deleted=4, inserted=4, reference=50)
    # And they are not invented: the customer lacks them there.
    assert call.invented == InventedText(0, 0, 40.0)


def test_a_backchannel_under_the_other_party_is_lost_too(truth: Truth, analyse: Any) -> None:
    soft = {"start": 14.0, "end": 14.4, "role": "customer", "text": "嗯", "kind": "backchannel"}
    known = Truth.model_validate({**truth.model_dump(), "turns": [*truth.model_dump()["turns"], soft]})
    call = compare(known, analyse())
    assert call.lost == (TimeSpan(14.0, 14.4),)
    assert call.uncovered == ()  # shorter than a second


def test_words_where_nobody_speaks_are_invented(truth: Truth, analyse: Any) -> None:
    call = with_more(truth, analyse, extra(25.0, 27.0, "请不吝点赞", AGENT))
    assert call.invented == InventedText(outside=5, runs=0, seconds=40.0)
    # Half a second around speech is nobody's fault, and an announcement is speech.
    near = with_more(truth, analyse, extra(21.1, 21.4, "的", CUSTOMER))
    assert near.invented == InventedText(0, 0, 40.0)
    other = [{"start": 25.0, "end": 27.0, "kind": "announcement"}]
    announced = Truth.model_validate({**truth.model_dump(), "not_party": other})
    assert with_more(announced, analyse, extra(25.0, 27.0, "请不吝点赞", AGENT)).invented == InventedText(
        0, 0, 40
    )
    music = Truth.model_validate({**truth.model_dump(), "not_party": [{**other[0], "kind": "music"}]})
    assert with_more(music, analyse, extra(25.0, 27.0, "请不吝点赞", AGENT)).invented == InventedText(
        5, 0, 40
    )


def test_a_phrase_put_into_speech_is_invented(truth: Truth, analyse: Any) -> None:
    call = with_more(truth, analyse, extra(2.0, 4.4, "谢谢观看节目", AGENT))
    assert call.invented is not None
    assert call.invented.runs == 1
    assert "invented at" in " ".join(call.details)
    slip = with_more(truth, analyse, extra(4.4, 4.6, "的呢", AGENT))
    assert slip.invented == InventedText(0, 0, 40.0)


def test_diarization_error_has_its_parts(truth: Truth, analyse: Any) -> None:
    turns = perfect(truth).facts.turns
    # The last turn given to the other speaker, and 4 s of speech where there is none.
    changed = (*turns[:3], Turn(19.0, 21.0, AGENT), Turn(30.0, 34.0, AGENT))
    speakers = compare(truth, analyse(turns=changed)).speakers
    assert speakers is not None
    errors = speakers["0"]
    assert (errors.confusion, errors.false_alarm, errors.missed) == pytest.approx((2.0, 4.0, 0.0))
    assert errors.total == pytest.approx(20.0)


def test_a_boundary_off_by_a_fifth_of_a_second_is_inside_the_collar(truth: Truth, analyse: Any) -> None:
    turns = tuple(replace(turn, end=turn.end + 0.2) for turn in perfect(truth).facts.turns)
    speakers = compare(truth, analyse(turns=turns)).speakers
    assert speakers is not None
    assert (speakers["0"].rate or 0) > 0.03
    assert speakers["0.25"].rate == pytest.approx(0)


def test_two_agents_are_two_speakers_of_one_party(truth: Truth, analyse: Any) -> None:
    agents = [{"start": 0.5, "end": 4.5, "name": "李娜"}, {"start": 11.0, "end": 18.0, "name": "王强"}]
    handed = Truth.model_validate({**truth.model_dump(), "agents": agents})
    turns = list(perfect(truth).facts.turns)
    turns[2] = replace(turns[2], speaker="SPEAKER_02")
    utterances = list(perfect(truth).facts.utterances)
    utterances[2] = replace(utterances[2], speaker="SPEAKER_02")
    call = compare(handed, analyse(turns=tuple(turns), utterances=tuple(utterances)))
    assert call.text == TextErrors(reference=50)
    assert call.speakers is not None
    assert call.speakers["0"].rate == 0
    one = compare(handed, analyse()).speakers
    assert one is not None
    assert one["0"].confusion == pytest.approx(4.0)  # the shorter of the two agents' speech


def test_reference_and_result_stand_beside_each_other(truth: Truth, analyse: Any) -> None:
    utterances = list(perfect(truth).facts.utterances)
    utterances[3] = say(utterances[3], "好把，谢谢你了。")
    rows = find_differences(truth, heard_by_callqa(analyse(utterances=tuple(utterances))))
    assert [(row.start, row.party, row.num_errors) for row in rows] == [
        (0.5, "agent", 0), (5.0, "customer", 0), (11.0, "agent", 0), (19.0, "customer", 3),
    ]  # fmt: skip
    assert rows[3].lines() == ("好吧谢谢＊＊", "好把谢谢你了")


def test_words_without_times_stand_in_one_row(analyse: Any) -> None:
    truth = Truth(id="a", file="a.wav", text="您好，我是")
    (row,) = find_differences(truth, heard_by_callqa(analyse()))
    assert (row.start, row.end, row.num_errors) == (0.0, 40.0, 46)
    assert row.lines()[0].startswith("您好我是＊")
    assert find_differences(Truth(id="a", file="a.wav"), heard_by_callqa(analyse())) == []


def test_ratios_of_nothing_are_nothing() -> None:
    nothing = Found()
    assert (nothing.recall, nothing.precision, nothing.f1) == (None, None, None)
    assert Found.sum_of([Found(1, 2, 3), Found(1, 0, 0)]) == Found(2, 2, 3)
