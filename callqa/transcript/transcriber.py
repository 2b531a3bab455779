"""Turns become utterances: recognition by windows, a second pass where it failed, cleaning,
word attribution, normalisation, coverage."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from callqa.config import TranscriptSettings
from callqa.data import Coverage, RemovedText, TimeSpan, Turn, Utterance, Word
from callqa.language import count_syllables
from callqa.transcript.attribution import attribute_words
from callqa.transcript.coverage import measure_coverage, untranscribed_of
from callqa.transcript.cutins import find_cut_ins, with_first_words, without_echo
from callqa.transcript.invention import remove_invented
from callqa.transcript.normalise import normalise_words
from callqa.transcript.recogniser import SAMPLE_RATE_HZ, Heard, Recogniser
from callqa.transcript.windows import audio_of, cut_window, group_turns

Samples = NDArray[np.float32]
Progress = Callable[[float], None]

LANGUAGE_PIECES = 2  # the longest windows, from which the language is told
LANGUAGE_SECONDS = 10.0  # of each of these windows
RETRY_PENALTY = 1.1  # on repeated tokens: what was lost is often drowned by a loop
RETRY_FROM = 0.6  # seconds of speech without words that are worth a second pass
RETRY_GAP = 1.5  # seconds of a turn with words
JOINERS = {"zh": "", "en": " "}
# Less than this many syllables or words a second in a turn of some length: words are missing.
SPARSE_RATE = {"zh": 2.6, "en": 1.0}
SPARSE_FROM = 2.0  # seconds
PLAUSIBLE_LOGPROB = -1.1  # below it a second pass's text is a guess


@dataclass(frozen=True, slots=True)
class Transcription:
    """`language_share` is the share of the evidence for `language`, None where it was given."""

    language: str
    language_share: float | None
    utterances: tuple[Utterance, ...]
    coverage: Coverage


class Transcriber:
    """Recognition of a call's turns."""

    def __init__(self, recogniser: Recogniser, settings: TranscriptSettings) -> None:
        self._recogniser = recogniser
        self._settings = settings

    def transcribe(
        self,
        channels: Sequence[Samples],
        turns: Sequence[Turn],
        language: str | None,
        prompt_for: Callable[[str], str],
        progress: Progress | None = None,
        louder: Sequence[tuple[TimeSpan, str]] = (),
    ) -> Transcription:
        """Words of `turns` (in order of start, `turn.channel` indexing `channels`, mono 16 kHz).

        `prompt_for(language)` gives the names and terms to listen for. `progress` is called with
        the share done. `louder` names the speaker that is heard where two speak on one channel.
        """
        channel_windows = [
            (channel, [index for index, turn in enumerate(turns) if turn.channel == channel])
            for channel in range(len(channels))
        ]
        jobs: list[_Job] = []
        for channel, members in channel_windows:
            for window in group_turns([turns[index] for index in members], self._settings.max_window):
                held = tuple(members[index] for index in window.turns)
                span = TimeSpan(window.start, window.end)
                pieces = cut_window(span, channels[channel], SAMPLE_RATE_HZ)
                jobs.extend(_Job(channel, piece, held) for piece in pieces)
        share: float | None = None
        if language is None:
            language, share = self._find_language(channels, jobs)
        # Somebody who talks to nobody neither talks as people do on the telephone nor of the trade.
        alone = len({turn.speaker for turn in turns}) < 2
        listening = _Listening(language, "" if alone else prompt_for(language), alone)
        return self._recognise(channels, turns, jobs, listening, share, progress, louder)

    def _find_language(self, channels: Sequence[Samples], jobs: Sequence[_Job]) -> tuple[str, float | None]:
        longest = sorted(jobs, key=lambda job: -job.span.duration)[:LANGUAGE_PIECES]
        if not longest:
            return self._settings.languages[0], None
        most = int(LANGUAGE_SECONDS * SAMPLE_RATE_HZ)
        pieces = [audio_of(job.span, channels[job.channel], SAMPLE_RATE_HZ)[1][:most] for job in longest]
        shares = self._recogniser.language_probabilities(pieces, self._settings.languages)
        language = max(shares, key=lambda name: shares[name])
        return language, shares[language]

    def _recognise(
        self,
        channels: Sequence[Samples],
        turns: Sequence[Turn],
        jobs: Sequence[_Job],
        listening: _Listening,
        share: float | None,
        progress: Progress | None,
        louder: Sequence[tuple[TimeSpan, str]],
    ) -> Transcription:
        words: dict[int, list[Word]] = {index: [] for index in range(len(turns))}
        removed: list[RemovedText] = []
        language = listening.language
        for job, heard in zip(jobs, self._run(channels, jobs, listening), strict=True):
            kept = self._clean(heard, job.span.duration, listening, removed)
            spans = [
                (index, turns[index].span) for index in job.turns if turns[index].span.overlap(job.span) > 0
            ]
            for index, own in attribute_words(kept, spans).items():
                words[index].extend(own)
        if progress:
            progress(0.8)
        self._second_pass(channels, turns, words, listening, removed)
        self._hear_cut_ins(channels, turns, words, listening, louder)
        utterances = [
            Utterance(
                start=turn.start,
                end=turn.end,
                speaker=turn.speaker,
                words=normalised,
                channel=turn.channel,
                role=turn.role,
                joiner=JOINERS.get(language, " "),
            )
            for index, turn in enumerate(turns)
            if (normalised := normalise_words(_within(sorted_words(words[index]), turn.span), language))
        ]
        return Transcription(language, share, tuple(utterances), measure_coverage(turns, utterances, removed))

    def _run(
        self,
        channels: Sequence[Samples],
        jobs: Sequence[_Job],
        listening: _Listening,
        repetition_penalty: float = 1.0,
    ) -> list[tuple[float, Heard]]:
        """What is heard in each job, and when its audio starts."""
        cut = [audio_of(job.span, channels[job.channel], SAMPLE_RATE_HZ) for job in jobs]
        found = self._recogniser.recognise(
            [piece for _, piece in cut],
            listening.language,
            listening.prompt,
            repetition_penalty=repetition_penalty,
            whole_context=listening.whole_context,
        )
        return [(start, heard) for (start, _), heard in zip(cut, found, strict=True)]

    def _clean(
        self,
        timed: tuple[float, Heard],
        seconds: float,
        listening: _Listening,
        removed: list[RemovedText],
    ) -> tuple[Word, ...]:
        start, heard = timed
        language = listening.language
        words = [
            Word(start + word.start, start + word.end, word.text, min(1.0, max(0.0, word.probability)))
            for word in heard.words
            if word.text.strip()
        ]
        cleaned = remove_invented(
            words, seconds, language, lambda text: count_syllables(text, language), listening.prompt
        )
        for run, reason in cleaned.removed:
            text = "".join(word.text for word in run).strip()
            gone = RemovedText(run[0].start, max(run[-1].end, run[0].start), text, reason)
            # The second pass may hear the same nonsense again.
            if not any(_same_removal(gone, known) for known in removed):
                removed.append(gone)
        return cleaned.words

    def _second_pass(
        self,
        channels: Sequence[Samples],
        turns: Sequence[Turn],
        words: dict[int, list[Word]],
        listening: _Listening,
        removed: list[RemovedText],
    ) -> None:
        """Listen again, alone, to turns that got no or too few words and to holes inside turns."""
        retries: list[_Job] = []
        language = listening.language
        for index, turn in enumerate(turns):
            own = words[index]
            if _mostly_inside_another(index, turns):
                continue
            sparse = (
                own
                and turn.duration >= SPARSE_FROM
                and (
                    count_syllables(JOINERS.get(language, " ").join(w.text for w in own), language)
                    < SPARSE_RATE.get(language, 0.8) * turn.duration
                )
            )
            if sparse or (not own and turn.duration >= RETRY_FROM):
                pieces = cut_window(turn.span, channels[turn.channel], SAMPLE_RATE_HZ)
                retries.extend(_Job(turn.channel, piece, (index,)) for piece in pieces)
                continue
            holes = (
                untranscribed_of(turn.span, [TimeSpan(word.start, word.end) for word in own]) if own else ()
            )
            retries.extend(
                _Job(turn.channel, piece, (index,))
                for hole in holes
                if hole.duration >= RETRY_GAP
                for piece in cut_window(hole, channels[turn.channel], SAMPLE_RATE_HZ)
            )
        if not retries:
            return
        found = self._run(channels, retries, listening, RETRY_PENALTY)
        for job, timed in zip(retries, found, strict=True):
            index = job.turns[0]
            if timed[1].mean_logprob < PLAUSIBLE_LOGPROB:
                continue
            fresh = self._clean(timed, job.span.duration, listening, removed)
            inside = [
                word for word in words[index] if job.span.start <= (word.start + word.end) / 2 < job.span.end
            ]
            if _amount(fresh, language) > _amount(inside, language):
                words[index] = [word for word in words[index] if word not in inside] + list(fresh)

    def _hear_cut_ins(
        self,
        channels: Sequence[Samples],
        turns: Sequence[Turn],
        words: dict[int, list[Word]],
        listening: _Listening,
        louder: Sequence[tuple[TimeSpan, str]],
    ) -> None:
        """Listen again to the beginnings of turns that cut into others."""
        cut_ins = find_cut_ins(turns, louder)
        jobs = [
            _Job(turns[item.turn].channel, span, (item.turn,))
            for item in cut_ins
            for span in item.spans(turns)
        ]
        if not jobs:
            return
        found = [
            self._clean(timed, job.span.duration, listening, [])
            for job, timed in zip(jobs, self._run(channels, jobs, listening), strict=True)
        ]
        language = listening.language
        for index, item in enumerate(cut_ins):
            own, other = (sorted_words(words[position]) for position in (item.turn, item.other))
            better = with_first_words(item, own, other, found[2 * index : 2 * index + 2], language)
            if better is not None:
                own, other = better
            words[item.turn], words[item.other] = own, without_echo(item, own, other, language)


@dataclass(frozen=True, slots=True)
class _Listening:
    """How a call is heard. With `whole_context` each stretch is padded to the length that the
    recogniser was trained on: better on read speech, worse on telephone calls (21 against 20 % of
    characters wrong)."""

    language: str
    prompt: str
    whole_context: bool = False


@dataclass(frozen=True, slots=True)
class _Job:
    """A stretch of one channel to recognise, and the turns its words may belong to."""

    channel: int
    span: TimeSpan
    turns: tuple[int, ...]


def _same_removal(one: RemovedText, other: RemovedText) -> bool:
    close = abs(one.start - other.start) < 0.5 and abs(one.end - other.end) < 0.5
    return close and one.text == other.text


def sorted_words(words: Sequence[Word]) -> list[Word]:
    """Words in the order they were said."""
    return sorted(words, key=lambda word: (word.start, word.end))


def _amount(words: Sequence[Word], language: str) -> int:
    return count_syllables("".join(word.text for word in words), language)


def _within(words: Sequence[Word], turn: TimeSpan) -> list[Word]:
    """Words with their times held inside the turn they belong to."""
    held = []
    for word in words:
        start = min(max(word.start, turn.start), turn.end)
        held.append(Word(start, min(max(word.end, start), turn.end), word.text, word.probability))
    return held


def _mostly_inside_another(index: int, turns: Sequence[Turn]) -> bool:
    """Whether another turn on the same channel covers most of this one: listening to it alone
    would only hear the other speaker again."""
    turn = turns[index]
    return any(
        other.channel == turn.channel
        and other.duration > turn.duration
        and other.span.overlap(turn.span) > 0.6 * turn.duration
        for position, other in enumerate(turns)
        if position != index
    )
