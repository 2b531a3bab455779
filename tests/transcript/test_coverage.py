"""Every stretch of detected speech has words or is listed."""

from __future__ import annotations

import numpy as np
import pytest

from callqa.data import RemovedText, TimeSpan, Turn, Utterance, Word, total_duration
from callqa.transcript.coverage import measure_coverage, untranscribed_of


def _utterance(turn: Turn, *words: tuple[float, float]) -> Utterance:
    heard = tuple(Word(start, end, "字", 0.9) for start, end in words)
    return Utterance(turn.start, turn.end, turn.speaker, heard, turn.channel)


def test_a_turn_without_words_is_listed_whole() -> None:
    assert untranscribed_of(TimeSpan(1.0, 1.2), []) == (TimeSpan(1.0, 1.2),)


def test_a_turn_full_of_words_is_covered() -> None:
    words = [TimeSpan(at, at + 0.3) for at in np.arange(1.0, 5.0, 0.3)]
    assert untranscribed_of(TimeSpan(1.0, 5.0), words) == ()


def test_the_hole_between_words_is_listed() -> None:
    (hole,) = untranscribed_of(TimeSpan(0.0, 10.0), [TimeSpan(0.0, 3.0), TimeSpan(7.0, 10.0)])
    assert 3.0 <= hole.start < 3.5
    assert 6.5 < hole.end <= 7.0


def test_the_ends_of_a_turn_are_listed() -> None:
    found = untranscribed_of(TimeSpan(0.0, 10.0), [TimeSpan(4.0, 6.0)])
    assert [(round(span.start), round(span.end)) for span in found] == [(0, 4), (6, 10)]


def test_a_little_pause_inside_a_turn_is_not_listed() -> None:
    assert untranscribed_of(TimeSpan(0.0, 4.0), [TimeSpan(0.0, 1.5), TimeSpan(2.5, 4.0)]) == ()


@pytest.mark.parametrize("seed", range(40))
def test_every_instant_of_a_turn_is_near_a_word_or_listed(seed: int) -> None:
    rng = np.random.default_rng(seed)
    turn = TimeSpan(5.0, 5.0 + float(rng.uniform(0.2, 20.0)))
    starts = np.sort(rng.uniform(turn.start, turn.end, int(rng.integers(0, 8))))
    words = [TimeSpan(float(at), min(turn.end, float(at) + 0.3)) for at in starts]
    listed = untranscribed_of(turn, words)
    assert list(listed) == sorted(listed)
    assert sum(span.duration for span in listed) == pytest.approx(total_duration(listed))
    assert all(turn.start <= span.start < span.end <= turn.end for span in listed)
    assert not any(span.overlap(word) for span in listed for word in words)
    for at in np.arange(turn.start, turn.end, 0.05):
        instant = TimeSpan(float(at), float(at))
        if not words or min(word.gap(instant) for word in words) > 1.4:
            assert any(span.start <= at <= span.end for span in listed)


def test_speech_of_both_speakers_counts_where_they_overlap() -> None:
    turns = [Turn(0.0, 4.0, "A"), Turn(3.0, 6.0, "B")]
    coverage = measure_coverage(turns, [], [])
    assert coverage.speech_seconds == 7.0
    assert coverage.untranscribed_seconds == 7.0
    assert coverage.untranscribed == (TimeSpan(0.0, 4.0), TimeSpan(3.0, 6.0))
    assert coverage.untranscribed_share == 1.0


def test_words_cover_the_turn_of_their_speaker_and_channel_only() -> None:
    first, second = Turn(0.0, 2.0, "A", 0), Turn(0.0, 2.0, "B", 1)
    coverage = measure_coverage([first, second], [_utterance(first, (0.0, 2.0))], [])
    assert coverage.untranscribed == (TimeSpan(0.0, 2.0),)
    assert coverage.untranscribed_seconds == 2.0
    assert coverage.untranscribed_share == 0.5


def test_no_turns_have_no_share() -> None:
    coverage = measure_coverage([], [], [])
    assert (coverage.speech_seconds, coverage.untranscribed_seconds) == (0.0, 0.0)
    assert coverage.untranscribed_share == 0.0


def test_removed_text_is_kept_in_order_of_time() -> None:
    late, early = RemovedText(9.0, 9.5, "谢谢观看", "b"), RemovedText(1.0, 2.0, "嗯嗯嗯", "a")
    assert measure_coverage([], [], [late, early]).removed == (early, late)
