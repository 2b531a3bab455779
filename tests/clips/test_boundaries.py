from __future__ import annotations

import pytest

from callqa.clips.boundaries import MAX_CLIP, MIN_CLIP, clip_span
from callqa.data import CallFacts, Role, TimeSpan
from tests.clips.calls import make_call

A, C = Role.AGENT, Role.CUSTOMER


def facts_of(lines: list[tuple[Role, float, str]], duration: float) -> CallFacts:
    return make_call(lines, duration).facts


def cuts_a_word(facts: CallFacts, span: TimeSpan) -> bool:
    return any(
        word.start + 1e-6 < time < word.end - 1e-6
        for item in facts.utterances
        for word in item.words
        for time in (span.start, span.end)
    )


def test_a_clip_holds_whole_turns_with_context_up_to_the_next_pause() -> None:
    facts = facts_of([(C, 1, "天" * 12), (A, 5, "好" * 16), (C, 10, "地" * 8), (A, 13, "人" * 40)], 30)
    span = clip_span(facts, TimeSpan(6, 8), 3.0)
    assert span.start <= 1.0
    assert 12.0 < span.end < 13.0


def test_the_silence_around_a_clip_is_short() -> None:
    facts = facts_of([(A, 20, "好" * 24), (C, 45, "地" * 8)], 60)
    span = clip_span(facts, TimeSpan(21, 22), 1.0)
    assert span == TimeSpan(19, 27)


@pytest.mark.parametrize("start", [0.0, 4.0, 11.3, 22.2, 40.0, 55.0, 58.5])
@pytest.mark.parametrize("length", [0.3, 2.0, 9.0, 19.0, 35.0])
@pytest.mark.parametrize("context", [0.0, 3.0, 8.0])
def test_clips_have_their_length_their_evidence_and_whole_words(
    start: float, length: float, context: float
) -> None:
    lines = [(A, 0.4, "好" * 20), (C, 5.1, "天" * 100), (A, 29.0, "好" * 30), (C, 36.4, "地" * 90)]
    facts = facts_of(lines, 60.0)
    evidence = TimeSpan(start, min(60.0, start + length))
    span = clip_span(facts, evidence, context)
    assert MIN_CLIP - 1e-6 <= span.duration <= MAX_CLIP + 1e-6
    assert not cuts_a_word(facts, span)
    assert span.start <= evidence.start
    assert span.end >= min(evidence.end, span.start + MAX_CLIP - 1)


def test_where_two_speak_at_a_time_neither_is_cut() -> None:
    facts = facts_of([(A, 2, "好" * 30), (C, 8.1, "天" * 40), (A, 17.05, "好" * 30)], 30)
    for start in (3.0, 8.2, 9.0, 17.2, 20.0):
        assert not cuts_a_word(facts, clip_span(facts, TimeSpan(start, start + 1), 2.0))


def test_a_short_recording_is_played_whole() -> None:
    facts = facts_of([(A, 0.5, "好" * 8)], 3.0)
    assert clip_span(facts, TimeSpan(0.5, 1.5), 3.0) == TimeSpan(0.0, 3.0)
