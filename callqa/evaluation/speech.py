"""Who spoke, what was said, what was lost and what was invented, against a reference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from callqa.data import (
    TimeSpan,
    Turn,
    Utterance,
    intersect,
    merge_spans,
    subtract,
    total_duration,
)
from callqa.evaluation.alignment import (
    Alignment,
    Unit,
    align,
    heard_units,
    split_units,
    spread_units,
)
from callqa.evaluation.counts import InventedText, LostSpeech, SpeakerErrors, TextErrors
from callqa.evaluation.truth import Speech, TrueTurn, Truth

COLLARS = {"0": 0.0, "0.25": 0.5}  # pyannote.metrics takes both sides together

# Word times come from recognition: shorter stretches without a word are pauses, or their errors.
MIN_LOST = 1.0
_EDGE = 0.25
# A word further than this from every true turn was put where nobody speaks.
_FAR = 0.5
MIN_RUN = {"zh": 4, "en": 3}
"""Units of an insertion that is more than a slip: characters of Mandarin, words of English."""
_NEAR = 1.0


@dataclass(frozen=True, slots=True)
class Heard:
    """What a system made of a recording: turns, utterances, and speech that it lists as without
    words. `duration` in seconds."""

    language: str
    duration: float
    turns: tuple[Turn, ...]
    utterances: tuple[Utterance, ...]
    untranscribed: tuple[TimeSpan, ...] = ()


@dataclass(frozen=True, slots=True)
class SpeechResult:
    """How speech came out; None where the reference says nothing about it."""

    parties: Mapping[str, str]
    text: TextErrors | None
    text_in_time: TextErrors | None
    speakers: Mapping[str, SpeakerErrors] | None
    speech: LostSpeech | None = None
    lost: tuple[TimeSpan, ...] = ()
    uncovered: tuple[TimeSpan, ...] = ()
    invented: InventedText | None = None
    inventions: tuple[tuple[TimeSpan, str], ...] = ()


def compare_speech(truth: Truth, heard: Heard) -> SpeechResult:
    """Hold turns and words against the reference, whatever roles they were given."""
    language = truth.language or heard.language
    turns = truth.spoken
    parties = assign_speakers(turns or truth.turns or truth.speech or (), heard.turns)
    text, text_in_time = compare_text(truth, heard.utterances, parties, language)
    known = truth.speakers
    speakers = None if known is None else speaker_errors(known, truth.duration or heard.duration, heard.turns)
    if turns is None:
        return SpeechResult(parties, text, text_in_time, speakers)
    speech, lost, uncovered = find_lost(turns, heard, parties)
    invented, inventions = find_invented(truth, heard, parties, language)
    return SpeechResult(parties, text, text_in_time, speakers, speech, lost, uncovered, invented, inventions)


def assign_speakers(truth: Sequence[TrueTurn], turns: Sequence[Turn]) -> dict[str, str]:
    """Each speaker label with the party whose turns it shares most time with, so that what was
    said can be compared whatever roles were given."""
    spans: dict[str, list[TimeSpan]] = {}
    for known in truth:
        spans.setdefault(known.party, []).append(known.span)
    if not spans:
        return {}
    shared: dict[str, dict[str, float]] = {}
    for turn in turns:
        sums = shared.setdefault(turn.speaker, dict.fromkeys(sorted(spans), 0.0))
        for party in sums:
            sums[party] += total_duration(intersect([turn.span], spans[party]))
    return {speaker: max(sums, key=lambda party: sums[party]) for speaker, sums in shared.items()}


def speaker_errors(truth: Speech, duration: float, turns: Sequence[Turn]) -> dict[str, SpeakerErrors]:
    """Diarization error and its parts over the whole recording, overlap scored, without and with
    a collar of 0.25 s on each side of the truth's boundaries."""
    from pyannote.core import Annotation, Segment, Timeline
    from pyannote.metrics.diarization import DiarizationErrorRate

    reference, hypothesis = Annotation(), Annotation()
    for index, (span, speaker) in enumerate(truth):
        if span.duration > 0:
            reference[Segment(span.start, span.end), index] = speaker
    for index, own in enumerate(turns):
        if own.end > own.start:
            hypothesis[Segment(own.start, own.end), index] = own.speaker
    whole = Timeline([Segment(0, duration)])
    found = {}
    for name, collar in COLLARS.items():
        metric = DiarizationErrorRate(collar=collar)
        parts = metric(reference, hypothesis, uem=whole, detailed=True)
        found[name] = SpeakerErrors(
            parts["missed detection"], parts["false alarm"], parts["confusion"], parts["total"]
        )
    return found


def align_parties(
    turns: Sequence[TrueTurn], utterances: Sequence[Utterance], parties: Mapping[str, str], language: str
) -> dict[str, Alignment]:
    """Each party's own words, in their order, beside what was heard of that party. A unit's
    `turn` is the index in `turns`, a heard one's that in `utterances`."""
    found = {}
    for party in sorted({turn.party for turn in turns}):
        said = [
            unit
            for index, turn in sorted(enumerate(turns), key=lambda item: item[1].start)
            if turn.party == party
            for unit in spread_units(turn.text or "", turn.start, turn.end, index, language)
        ]
        heard = [
            unit
            for index, item in sorted(enumerate(utterances), key=lambda pair: pair[1].start)
            if parties.get(item.speaker) == party
            for unit in heard_units(item, index, language)
        ]
        found[party] = align(said, heard)
    return found


def compare_text(
    truth: Truth, utterances: Sequence[Utterance], parties: Mapping[str, str], language: str
) -> tuple[TextErrors | None, TextErrors | None]:
    """Errors of each party's words in their own order, which overlap cannot shuffle, and of all
    words in the order of time. The first is None where it is not known who said what."""
    turns = truth.spoken
    in_time = align_in_time(truth, utterances, language)
    if turns is None:
        return None, None if in_time is None else in_time.errors
    by_party = align_parties(turns, utterances, parties, language)
    own = TextErrors.sum_of(alignment.errors for alignment in by_party.values())
    return own, None if in_time is None else in_time.errors


def align_in_time(truth: Truth, utterances: Sequence[Utterance], language: str) -> Alignment | None:
    """All words, whoever said them, in the order of their times; None where the reference has none."""
    turns = truth.spoken
    if turns is not None:
        said = [
            unit
            for turn in sorted(turns, key=lambda turn: turn.start)
            for unit in spread_units(turn.text or "", turn.start, turn.end, 0, language)
        ]
    elif truth.text is not None:
        said = spread_units(truth.text, 0.0, 0.0, 0, language)
    else:
        return None
    words = sorted((word for item in utterances for word in item.words), key=lambda word: word.start)
    joiner = "" if language == "zh" else " "
    heard = split_units(joiner.join(word.text for word in words), language)
    return align(said, [Unit(text, 0.0, 0.0, 0) for text in heard])


def find_lost(
    turns: Sequence[TrueTurn], heard: Heard, parties: Mapping[str, str]
) -> tuple[LostSpeech, tuple[TimeSpan, ...], tuple[TimeSpan, ...]]:
    """True speech without words: stretches of a turn of over a second, and whole turns of any
    length, that have no word in them and are not listed as untranscribed; then the turns of over
    a second among them that have none at all.

    A word counts for its speaker's party, and for the other one where that one alone speaks: a
    word given to the wrong party is wrong, not lost.
    """
    spans: dict[str, list[TimeSpan]] = {}
    for turn in turns:
        spans.setdefault(turn.party, []).append(turn.span)
    own: dict[str, list[TimeSpan]] = {party: [] for party in spans}
    for item in heard.utterances:
        for word in item.words:
            span = TimeSpan(word.start, max(word.start, word.end))
            middle = (span.start + span.end) / 2
            for party, covered in own.items():
                others = [s for other, found in spans.items() if other != party for s in found]
                if parties.get(item.speaker) == party or not any(
                    other.start <= middle < other.end for other in others
                ):
                    covered.append(span)
    lost: list[TimeSpan] = []
    uncovered: list[TimeSpan] = []
    for turn in turns:
        near = [span for span in own[turn.party] if span.gap(turn.span) <= _EDGE]
        pieces = subtract([turn.span], near) if near else (turn.span,)
        listed = subtract(pieces, heard.untranscribed)
        lost += [
            piece
            for piece in listed
            if piece.duration > MIN_LOST or (not near and piece.duration == turn.span.duration)
        ]
        if not near and turn.span.duration > MIN_LOST and not intersect([turn.span], heard.untranscribed):
            uncovered.append(turn.span)
    total = sum(turn.span.duration for turn in turns)
    told = sum(total_duration(intersect([turn.span], heard.untranscribed)) for turn in turns)
    return LostSpeech(sum(s.duration for s in lost), total, told), tuple(sorted(lost)), tuple(uncovered)


def find_invented(
    truth: Truth, heard: Heard, parties: Mapping[str, str], language: str
) -> tuple[InventedText, tuple[tuple[TimeSpan, str], ...]]:
    """Words that nobody said: each one over half a second away from everybody's speech, and longer
    insertions within speech, unless the other party misses words there that they can be. Text that
    was given to both parties is invented for one of them.

    Words under an announcement are real ones, whatever else is wrong with them.
    """
    turns = truth.spoken or ()
    announced = [item.span for item in truth.not_party if item.kind not in ("music", "ringback")]
    voiced = _widened([turn.span for turn in turns] + announced)
    outside = [
        unit
        for index, item in enumerate(heard.utterances)
        for unit in heard_units(item, index, language)
        if not _touches(unit, voiced)
    ]
    runs: list[list[Unit]] = []
    machine = _widened(announced)
    alignments = align_parties(turns, heard.utterances, parties, language)
    for party, alignment in alignments.items():
        others = [other for name, other in alignments.items() if name != party]
        for chunk in alignment.chunks:
            if chunk.kind != "insert":
                continue
            inserted = alignment.heard[chunk.heard_first : chunk.heard_end]
            run = [unit for unit in inserted if _touches(unit, voiced) and not _touches(unit, machine)]
            if len(run) >= MIN_RUN[language] and not _is_misplaced(run, others):
                runs.append(run)
    joiner = "" if language == "zh" else " "
    found = [(TimeSpan(unit.start, unit.end), unit.text) for unit in outside] + [
        (TimeSpan(run[0].start, max(unit.end for unit in run)), joiner.join(unit.text for unit in run))
        for run in runs
    ]
    counted = InventedText(len(outside), len(runs), truth.duration or heard.duration)
    return counted, tuple(sorted(found))


def _widened(spans: Sequence[TimeSpan]) -> tuple[TimeSpan, ...]:
    return merge_spans(TimeSpan(max(0.0, span.start - _FAR), span.end + _FAR) for span in spans)


def _touches(unit: Unit, spans: Sequence[TimeSpan]) -> bool:
    return any(span.start <= unit.end and unit.start <= span.end for span in spans)


def _is_misplaced(run: Sequence[Unit], others: Sequence[Alignment]) -> bool:
    """Whether the other parties miss words about there that this can be: words given to the wrong
    party, or misheard where both speak."""
    start, end = run[0].start - _NEAR, max(unit.end for unit in run) + _NEAR
    missed = sum(
        start <= unit.start and unit.end <= end
        for alignment in others
        for chunk in alignment.chunks
        if chunk.kind in ("delete", "substitute")
        for unit in alignment.reference[chunk.first : chunk.end]
    )
    return 2 * missed >= len(run)
