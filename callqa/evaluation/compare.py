"""One scored call against its truth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from callqa.data import CallAnalysis, Role, TimeSpan, Turn, Utterance, Word, intersect, total_duration
from callqa.evaluation.counts import Found, SpeakerErrors, TextErrors, text_errors
from callqa.evaluation.truth import Speech, TrueTurn, Truth
from callqa.language import normalise_for_scoring

# Word times come from recognition and are a little off.
_TOLERANCE = 1.0
_MIN_TURN = 1.0
_EDGE = 0.25
_COLLARS = {"0": 0.0, "0.25": 0.5}  # pyannote.metrics takes both sides together
_GREETING = ("salutation", "company", "name", "offer")

RolesResult = Literal["right", "wrong", "uncertain"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """How one call came out. Shares are 0-1; a difference is None where callqa gave no number.

    `text` compares each party's words in their own order, which overlap cannot shuffle;
    `text_in_time` all words in the order of their times. `jargon` counts a term only with the
    right status, `jargon_any_status` any. `unlisted_jargon` are terms that the script does have
    there but the truth's list does not: they are neither right nor false.
    `polite_false_alarms` are forbidden phrases found in a call that has none and nothing impolite.
    """

    id: str
    language: str
    channels: Literal["one", "two"]
    status: str
    roles: RolesResult
    talk_share_error: float | None
    rate_error: float | None
    greeting: Found
    forbidden: Found
    polite_false_alarms: int
    jargon: Found
    jargon_any_status: Found
    unlisted_jargon: int
    interruptions: Found
    text: TextErrors
    text_in_time: TextErrors
    speakers: Mapping[str, SpeakerErrors]
    uncovered: tuple[TimeSpan, ...] = ()
    details: tuple[str, ...] = field(default=())


def compare(truth: Truth, analysis: CallAnalysis) -> Comparison:
    """Hold a call's analysis against what is known about it."""
    facts, measures = analysis.facts, analysis.measures
    parties = assign_speakers(truth.turns, facts.turns)
    details: list[str] = []

    def value(name: str) -> Any:
        return measures[name].value if name in measures else None

    def occurrences(name: str) -> list[Mapping[str, Any]]:
        return list(measures[name].components.get("occurrences", ())) if name in measures else []

    talk_share, rate = value("talk_share"), value("speaking_rate")
    forbidden, false_alarms = _match_quotes(truth, occurrences("forbidden_phrases"), details)
    jargon, jargon_any, unlisted = _match_jargon(truth, occurrences("jargon"), details)
    text, text_in_time = compare_text(truth, facts.utterances, parties)
    return Comparison(
        id=truth.id,
        language=truth.language,
        channels=truth.channel_group,
        status=facts.status,
        roles=_judge_roles(facts.roles.certain, facts.roles.speakers, parties),
        talk_share_error=None if talk_share is None else float(talk_share) - truth.talk_share,
        rate_error=None if rate is None else float(rate) / truth.speaking_rate - 1,
        greeting=_match_greeting(truth, value("greeting"), details),
        forbidden=forbidden,
        polite_false_alarms=0 if truth.forbidden or truth.impolite else false_alarms,
        jargon=jargon,
        jargon_any_status=jargon_any,
        unlisted_jargon=unlisted,
        interruptions=_match_interruptions(truth, analysis, details),
        text=text,
        text_in_time=text_in_time,
        speakers=speaker_errors(truth.speech, truth.duration, facts.turns),
        uncovered=_uncovered(truth, analysis, parties),
        details=tuple(details),
    )


def assign_speakers(truth: Sequence[TrueTurn], turns: Sequence[Turn]) -> dict[str, Role]:
    """Each speaker label with the party whose turns it shares most time with, so that what was
    said can be compared whatever roles callqa gave."""
    shared: dict[str, dict[Role, float]] = {}
    spans = {role: [turn.span for turn in truth if turn.role is role] for role in Role}
    for turn in turns:
        sums = shared.setdefault(turn.speaker, dict.fromkeys(Role, 0.0))
        for role in Role:
            sums[role] += total_duration(intersect([turn.span], spans[role]))
    return {speaker: max(sums, key=lambda role: sums[role]) for speaker, sums in shared.items()}


def compare_text(
    truth: Truth, utterances: Sequence[Utterance], parties: Mapping[str, Role]
) -> tuple[TextErrors, TextErrors]:
    """Errors of each party's words in their order, and of all words in the order of time."""
    language = truth.language
    joiner = "" if language == "zh" else " "
    by_party = []
    for role in Role:
        said = joiner.join(turn.text for turn in truth.turns_of(role))
        heard = joiner.join(
            utterance.text
            for utterance in sorted(utterances, key=lambda item: item.start)
            if parties.get(utterance.speaker) is role
        )
        by_party.append(_errors(said, heard, language))
    said = joiner.join(turn.text for turn in sorted(truth.turns, key=lambda turn: turn.start))
    words: list[Word] = sorted(
        (word for item in utterances for word in item.words), key=lambda word: word.start
    )
    heard = joiner.join(word.text for word in words)
    return TextErrors.sum_of(by_party), _errors(said, heard, language)


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
    for name, collar in _COLLARS.items():
        metric = DiarizationErrorRate(collar=collar)
        parts = metric(reference, hypothesis, uem=whole, detailed=True)
        found[name] = SpeakerErrors(
            parts["missed detection"], parts["false alarm"], parts["confusion"], parts["total"]
        )
    return found


def _errors(said: str, heard: str, language: str) -> TextErrors:
    return text_errors(
        normalise_for_scoring(said, language), normalise_for_scoring(heard, language), language
    )


def _judge_roles(certain: bool, given: Mapping[str, Role], parties: Mapping[str, Role]) -> RolesResult:
    if not certain:
        return "uncertain"
    return "right" if all(parties.get(speaker, role) is role for speaker, role in given.items()) else "wrong"


def _match_greeting(truth: Truth, value: Any, details: list[str]) -> Found:
    right = missed = false = 0
    for name in _GREETING:
        there = truth.greeting[name]
        found = isinstance(value, Mapping) and value.get(name) is True
        right += there and found
        missed += there and not found
        false += found and not there
        if there != found:
            details.append(f"greeting: {name} {'missed' if there else 'found though not said'}")
    return Found(right, missed, false)


def _match_quotes(
    truth: Truth, occurrences: Sequence[Mapping[str, Any]], details: list[str]
) -> tuple[Found, int]:
    """Forbidden phrases found for certain; what touches something else impolite is no false alarm."""
    left = [item for item in occurrences if item.get("certain", True)]
    missed = list(truth.forbidden)
    # The very words first: two phrases in one breath are near each other.
    for same_words in (True, False):
        for quote in tuple(missed):
            near = [
                item
                for item in left
                if _near(quote.span, item) and (_shares_words(quote.quote, item) or not same_words)
            ]
            if near:
                left.remove(min(near, key=lambda item: abs(float(item["start"]) - quote.start)))
                missed.remove(quote)
    details += [f"forbidden: missed {quote.quote!r} at {quote.start:.1f} s" for quote in missed]
    known = (*truth.forbidden, *truth.impolite)
    alarms = [item for item in left if not any(_near(quote.span, item) for quote in known)]
    details += [f"forbidden: false {item['heard']!r} at {item['start']:.1f} s" for item in alarms]
    return Found(len(truth.forbidden) - len(missed), len(missed), len(alarms)), len(alarms)


def _shares_words(quote: str, item: Mapping[str, Any]) -> bool:
    known, heard = quote.casefold(), str(item["heard"]).casefold()
    return heard in known or known in heard


def _match_jargon(
    truth: Truth, occurrences: Sequence[Mapping[str, Any]], details: list[str]
) -> tuple[Found, Found, int]:
    left = list(occurrences)
    right = right_status = missed = 0
    for term in truth.jargon:
        near = [item for item in left if _near(term.span, item) and _same_term(term.term, str(item["term"]))]
        if not near:
            missed += 1
            details.append(f"jargon: missed {term.term} at {term.start:.1f} s")
            continue
        best = min(near, key=lambda item: abs(float(item["start"]) - term.start))
        left.remove(best)
        right += 1
        right_status += best["status"] == term.status
        if best["status"] != term.status:
            details.append(
                f"jargon: {term.term} at {term.start:.1f} s is {term.status}, said {best['status']}"
            )
    unlisted = [item for item in left if _in_script(truth, item)]
    false = [item for item in left if item not in unlisted]
    details += [
        f"jargon: false {item['term']} ({item['heard']!r}) at {item['start']:.1f} s" for item in false
    ]
    wrong_status = right - right_status
    return (
        Found(right_status, missed + wrong_status, len(false) + wrong_status),
        Found(right, missed, len(false)),
        len(unlisted),
    )


def _same_term(known: str, found: str) -> bool:
    first, second = known.casefold(), found.casefold()
    return first in second or second in first


def _in_script(truth: Truth, item: Mapping[str, Any]) -> bool:
    """Whether the agent's script has the term, or the words heard for it, around that time."""
    said = "".join(turn.text for turn in truth.turns_of(Role.AGENT) if _near(turn.span, item)).casefold()
    return any(str(item[key]).casefold() in said for key in ("term", "heard"))


def _match_interruptions(truth: Truth, analysis: CallAnalysis, details: list[str]) -> Found:
    right = missed = false = 0
    for role in Role:
        measure = analysis.measures.get(f"{role}_interruptions")
        left = [TimeSpan(item.start, item.end) for item in measure.evidence] if measure else []
        for known in truth.interruptions:
            if known.by is not role:
                continue
            near = [span for span in left if span.gap(known.span) <= _TOLERANCE]
            if near:
                right += 1
                left.remove(near[0])
            else:
                missed += 1
                details.append(f"interruption: missed the {role}'s at {known.start:.1f} s")
        false += len(left)
        details += [f"interruption: false, the {role}'s at {span.start:.1f} s" for span in left]
    return Found(right, missed, false)


def _uncovered(truth: Truth, analysis: CallAnalysis, parties: Mapping[str, Role]) -> tuple[TimeSpan, ...]:
    """True turns over a second that have neither words nor a place in `coverage.untranscribed`."""
    untranscribed = analysis.facts.coverage.untranscribed
    words = {
        role: [
            TimeSpan(word.start, max(word.start, word.end))
            for item in analysis.facts.utterances
            if parties.get(item.speaker) is role
            for word in item.words
        ]
        for role in Role
    }
    return tuple(
        turn.span
        for turn in truth.turns
        if turn.end - turn.start > _MIN_TURN
        and not any(word.gap(turn.span) <= _EDGE for word in words[turn.role])
        and not intersect([turn.span], untranscribed)
    )


def _near(span: TimeSpan, item: Mapping[str, Any]) -> bool:
    start = float(item["start"])
    return span.gap(TimeSpan(start, max(start, float(item["end"])))) <= _TOLERANCE
