"""From turns to utterances, with a recogniser that hears what the test says.

The sound is a ramp: a sample's value is its second (negative on the second channel), so that the
recogniser can tell which part of the call it is given.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np
import pytest
from numpy.typing import NDArray

from callqa.config import TranscriptSettings
from callqa.data import TimeSpan, Turn, Utterance
from callqa.transcript.recogniser import MAX_PIECE, SAMPLE_RATE_HZ, Heard, HeardWord, Recogniser
from callqa.transcript.transcriber import Transcriber, Transcription

Samples = NDArray[np.float32]
Spoken = tuple[float, float, str]
LENGTH = 120.0
# The commonest Simplified characters, each once: words that can be told apart.
CHARACTERS = [bytes((row, cell)).decode("gb2312") for row in range(0xB0, 0xB8) for cell in range(0xA1, 0xFF)]


def _sound(channels: int = 1) -> list[Samples]:
    ramp = np.arange(round(LENGTH * SAMPLE_RATE_HZ), dtype=np.float32) / SAMPLE_RATE_HZ
    return [ramp, -ramp][:channels]


def _span_of(piece: Samples) -> tuple[int, float, float]:
    """Channel, start and end of a piece of the ramp."""
    channel = int(piece[-1] < 0)
    start = abs(float(piece[0]))
    return channel, start, start + len(piece) / SAMPLE_RATE_HZ


@dataclass
class _Recogniser:
    """Hears `first` in its first run and `again` in its second, words of a channel each."""

    first: Sequence[Sequence[Spoken]]
    again: Sequence[Sequence[Spoken]] = ()
    logprobs: tuple[float, float] = (-0.3, -0.3)
    shares: dict[str, float] = field(default_factory=lambda: {"zh": 0.7, "en": 0.3})
    runs: list[list[tuple[int, float, float]]] = field(default_factory=list)
    asked: list[tuple[int, float, float]] = field(default_factory=list)
    told: list[tuple[str, str]] = field(default_factory=list)
    whole: list[bool] = field(default_factory=list)

    def recognise(self, pieces: Sequence[Samples], language: str, prompt: str, **how: Any) -> list[Heard]:
        self.whole.append(how["whole_context"])
        said = self.again if self.runs else self.first
        logprob = self.logprobs[min(len(self.runs), 1)]
        self.runs.append([_span_of(piece) for piece in pieces])
        self.told.append((language, prompt))
        return [self._hear(said, logprob, *_span_of(piece)) for piece in pieces]

    def _hear(
        self, said: Sequence[Sequence[Spoken]], logprob: float, channel: int, start: float, end: float
    ) -> Heard:
        words = [
            HeardWord(a - start, b - start, text, 0.9)
            for a, b, text in (said[channel] if channel < len(said) else ())
            if start <= (a + b) / 2 < end
        ]
        return Heard(tuple(words), logprob, 0.1)

    def language_probabilities(self, pieces: Sequence[Samples], languages: Sequence[str]) -> dict[str, float]:
        self.asked = [_span_of(piece) for piece in pieces]
        return {language: self.shares[language] for language in languages}


def _transcribe(
    recogniser: _Recogniser,
    turns: Sequence[Turn],
    language: str | None = "zh",
    channels: int = 1,
    **more: Any,
) -> Transcription:
    transcriber = Transcriber(cast(Recogniser, recogniser), TranscriptSettings())
    return transcriber.transcribe(_sound(channels), turns, language, lambda name: f"prompt {name}", **more)


def _evenly(text: str, start: float, end: float) -> list[Spoken]:
    """A character at a time."""
    each = (end - start) / len(text)
    return [(start + i * each, start + (i + 1) * each, char) for i, char in enumerate(text)]


def _texts(found: Transcription) -> list[tuple[str, str]]:
    return [(item.speaker, item.text) for item in found.utterances]


A, B = "SPEAKER_00", "SPEAKER_01"
OPENING = [
    *_evenly("您好，请问有什么可以帮您？", 1.0, 3.6),
    *_evenly("我想查一下我的话费。", 4.2, 6.2),
]
OPENING_TURNS = [Turn(1.0, 3.7, A), Turn(4.1, 6.3, B)]


def test_each_turn_has_its_words_at_their_times() -> None:
    found = _transcribe(_Recogniser([OPENING]), OPENING_TURNS)
    assert _texts(found) == [(A, "您好，请问有什么可以帮您？"), (B, "我想查一下我的话费。")]
    assert [(item.start, item.end) for item in found.utterances] == [(1.0, 3.7), (4.1, 6.3)]
    assert found.utterances[0].words[0].start == pytest.approx(1.0, abs=0.02)
    assert found.utterances[1].words[-1].end == pytest.approx(6.0, abs=0.02)
    assert found.coverage.untranscribed == ()
    assert found.coverage.removed == ()


def test_neighbouring_turns_are_heard_together_and_far_ones_apart() -> None:
    recogniser = _Recogniser([[*OPENING, *_evenly("好的再见", 30.0, 31.0)]])
    _transcribe(recogniser, [*OPENING_TURNS, Turn(30.0, 31.0, A)])
    assert len(recogniser.runs) == 1
    assert [(round(start, 1), round(end, 1)) for _, start, end in recogniser.runs[0]] == [
        (0.8, 6.5),
        (29.8, 31.2),
    ]


@pytest.mark.parametrize(("second", "whole"), [(B, False), (A, True)])
def test_somebody_who_speaks_alone_is_heard_with_the_whole_context(second: str, whole: bool) -> None:
    recogniser = _Recogniser([OPENING[:13]], [OPENING[13:]])
    _transcribe(recogniser, [Turn(1.0, 3.7, A), Turn(4.1, 6.3, second)])
    assert recogniser.whole == [whole, whole]
    assert {prompt for _, prompt in recogniser.told} == {"" if whole else "prompt zh"}


def test_channels_are_heard_apart() -> None:
    first = _evenly("您好，请问有什么可以帮您？", 1.0, 3.6)
    second = _evenly("喂喂，你好，听得到吗？", 2.0, 4.2)
    turns = [Turn(1.0, 3.7, A, 0), Turn(1.9, 4.3, B, 1)]
    recogniser = _Recogniser([first, second])
    found = _transcribe(recogniser, turns, channels=2)
    assert _texts(found) == [(A, "您好，请问有什么可以帮您？"), (B, "喂喂，你好，听得到吗？")]
    assert [item.channel for item in found.utterances] == [0, 1]
    assert sorted(channel for channel, _, _ in recogniser.runs[0]) == [0, 1]


def test_words_are_held_inside_their_turn() -> None:
    said = [(0.6, 1.4, "您好，"), (1.4, 2.4, "请讲。"), (2.4, 3.9, "我听着呢")]
    found = _transcribe(_Recogniser([said]), [Turn(1.0, 3.5, A)])
    (utterance,) = found.utterances
    assert utterance.text == "您好，请讲。我听着呢"
    assert utterance.words[0].start == 1.0
    assert utterance.words[-1].end == 3.5


def test_english_words_are_joined_by_blanks_and_parts_of_words_are_not() -> None:
    tokens = [" Thank", " you", " for", " calling", " North", "-west", "."]
    said = [(1.0 + 0.4 * i, 1.4 + 0.4 * i, token) for i, token in enumerate(tokens)]
    (utterance,) = _transcribe(_Recogniser([said]), [Turn(1.0, 4.0, A)], "en").utterances
    assert utterance.text == "Thank you for calling North-west."
    assert [word.text for word in utterance.words][-2:] == ["calling", "North-west."]


def test_a_turn_in_which_nothing_was_heard_is_heard_again() -> None:
    again = [_evenly("我想查一下我的话费。", 4.2, 6.2)]
    recogniser = _Recogniser([OPENING[:13]], again)
    found = _transcribe(recogniser, OPENING_TURNS)
    assert _texts(found)[1] == (B, "我想查一下我的话费。")
    assert [(round(start, 1), round(end, 1)) for _, start, end in recogniser.runs[1]] == [(3.9, 6.5)]
    assert found.coverage.untranscribed == ()


def test_a_second_hearing_that_is_a_guess_is_not_believed() -> None:
    again = [_evenly("我想查一下我的话费。", 4.2, 6.2)]
    found = _transcribe(_Recogniser([OPENING[:13]], again, logprobs=(-0.3, -1.8)), OPENING_TURNS)
    assert [speaker for speaker, _ in _texts(found)] == [A]
    assert found.coverage.untranscribed == (TimeSpan(4.1, 6.3),)
    assert found.coverage.untranscribed_seconds == pytest.approx(2.2)


@pytest.mark.parametrize(
    ("again", "text"),
    [("我想查一下我这个月的话费", "我想查一下我这个月的话费"), ("嗯", "话费"), ("", "话费")],
    ids=["more", "less", "nothing"],
)
def test_a_second_hearing_counts_only_if_it_hears_more(again: str, text: str) -> None:
    turn = Turn(1.0, 4.0, B)
    heard = _evenly(again, 1.0, 4.0) if again else []
    recogniser = _Recogniser([_evenly("话费", 2.0, 3.0)], [heard])
    assert _texts(_transcribe(recogniser, [turn])) == [(B, text)]
    assert len(recogniser.runs) == 2


def test_a_hole_inside_a_turn_is_heard_again_and_the_rest_stays() -> None:
    head, middle, tail = (
        _evenly("您这个月的套餐是五十八元一共用了", 1.0, 4.0),
        _evenly("二十兆流量还有", 4.2, 7.8),
        _evenly("这个月底就要到期了您看一下短信", 8.0, 11.0),
    )
    recogniser = _Recogniser([[*head, *tail]], [middle])
    found = _transcribe(recogniser, [Turn(1.0, 11.0, A)])
    said = "您这个月的套餐是五十八元一共用了二十兆流量还有这个月底就要到期了您看一下短信"
    assert _texts(found) == [(A, said)]
    ((_, start, end),) = recogniser.runs[1]
    assert 3.5 < start < end < 8.5


def test_what_was_heard_well_is_not_heard_again() -> None:
    recogniser = _Recogniser([OPENING])
    _transcribe(recogniser, OPENING_TURNS)
    assert len(recogniser.runs) == 1


def test_an_answer_inside_anothers_turn_is_not_heard_again_alone() -> None:
    # Alone it would give the other's words once more.
    said = _evenly("您的套餐这个月底到期您需要续订吗我帮您办", 1.0, 5.0)
    recogniser = _Recogniser([said], [said])
    found = _transcribe(recogniser, [Turn(1.0, 5.0, A), Turn(2.4, 3.2, B)])
    assert _texts(found) == [(A, "您的套餐这个月底到期您需要续订吗我帮您办")]
    assert found.coverage.untranscribed == (TimeSpan(2.4, 3.2),)


def test_a_given_language_is_not_asked_for() -> None:
    recogniser = _Recogniser([OPENING], shares={"zh": 0.1, "en": 0.9})
    found = _transcribe(recogniser, OPENING_TURNS, "zh")
    assert (found.language, found.language_share) == ("zh", None)
    assert recogniser.asked == []
    assert recogniser.told == [("zh", "prompt zh")]


def test_the_language_is_told_from_the_longest_windows() -> None:
    times = ((0, 1), (10, 5), (20, 2), (30, 6), (40, 7), (50, 3))
    turns = [Turn(at, at + length, (A, B)[at // 10 % 2]) for at, length in times]
    said = [(turn.start + 0.1, turn.end - 0.1, " hello") for turn in turns]
    recogniser = _Recogniser([said], [said], shares={"zh": 0.2, "en": 0.8})
    found = _transcribe(recogniser, turns, None)
    assert (found.language, found.language_share) == ("en", 0.8)
    assert {language for language, _ in recogniser.told} == {"en"}
    assert recogniser.told[0] == ("en", "prompt en")
    assert {round(start) for _, start, _ in recogniser.asked} == {40, 30}


def test_removed_text_is_listed_and_its_turn_has_no_words() -> None:
    said = [*OPENING, *_evenly("字幕由志愿者提供", 20.0, 22.0)]
    found = _transcribe(_Recogniser([said]), [*OPENING_TURNS, Turn(20.0, 22.0, A)])
    (removed,) = [item for item in found.coverage.removed if "字幕" in item.text]
    assert removed.text == "字幕由志愿者提供"
    assert removed.start == pytest.approx(20.0, abs=0.05)
    assert removed.end == pytest.approx(22.0, abs=0.05)
    assert removed.reason
    assert found.coverage.untranscribed == (TimeSpan(20.0, 22.0),)
    assert len(found.utterances) == 2


def test_progress_only_grows() -> None:
    shares: list[float] = []
    _transcribe(_Recogniser([OPENING]), OPENING_TURNS, progress=shares.append)
    assert shares
    assert shares == sorted(shares)
    assert 0 < shares[0] <= shares[-1] <= 1


def test_without_turns_nothing_is_heard() -> None:
    found = _transcribe(_Recogniser([[]]), [], None)
    assert found.utterances == ()
    assert found.language in ("zh", "en")
    assert found.language_share is None
    assert found.coverage.speech_seconds == 0.0


def test_an_empty_channel_is_no_trouble() -> None:
    found = _transcribe(_Recogniser([OPENING]), OPENING_TURNS, channels=2)
    assert len(found.utterances) == 2


def test_a_monologue_is_heard_in_pieces_and_each_word_once() -> None:
    said = [(1.0 + 0.25 * i, 1.25 + 0.25 * i, CHARACTERS[i]) for i in range(240)]
    recogniser = _Recogniser([said])
    found = _transcribe(recogniser, [Turn(1.0, 61.0, A)])
    assert len(recogniser.runs[0]) >= 3
    assert all(end - start <= MAX_PIECE for _, start, end in recogniser.runs[0])
    text = _texts(found)[0][1]
    # Where a piece ends a word may be heard from both sides.
    assert len(text) == pytest.approx(240, abs=2 * (len(recogniser.runs[0]) - 1))
    assert set(text) == {spoken[2] for spoken in said}


def _random_call(rng: np.random.Generator) -> tuple[list[Turn], list[Spoken]]:
    turns, said, at, number = [], [], 1.0, 0
    while at < 90:
        start = at
        for _ in range(int(rng.integers(1, 25))):
            said.append((at, at + 0.2, CHARACTERS[number]))
            at, number = at + 0.22, number + 1
        turns.append(Turn(start, at, str(rng.choice([A, B]))))
        at += float(rng.choice([0.3, 0.6, 2.5]))
    return turns, said


@pytest.mark.parametrize("seed", range(10))
def test_every_word_is_one_turns_and_every_turn_has_words_or_is_listed(seed: int) -> None:
    rng = np.random.default_rng(seed)
    turns, said = _random_call(rng)
    # The recogniser misses some stretches altogether, in both runs.
    deaf = TimeSpan(30.0, 45.0)
    heard = [word for word in said if not deaf.start <= word[0] <= deaf.end]
    found = _transcribe(_Recogniser([heard], [heard]), turns)
    text = "".join(item.text for item in found.utterances)
    assert text == "".join(word[2] for word in heard)
    with_words = {item.start: item for item in found.utterances}
    for turn in turns:
        assert turn.start in with_words or turn.span in found.coverage.untranscribed
    for utterance in found.utterances:
        _check_words(utterance)


def _check_words(utterance: Utterance) -> None:
    assert all(utterance.start <= word.start <= word.end <= utterance.end for word in utterance.words)
    assert all(one.start <= other.start for one, other in itertools.pairwise(utterance.words))
    assert all(0 <= word.probability <= 1 for word in utterance.words)
