"""One scored call against its truth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from callqa.data import CallAnalysis, Role, TimeSpan
from callqa.evaluation.counts import Found, InventedText, LostSpeech, SpeakerErrors, TextErrors
from callqa.evaluation.findings import (
    JudgedCriterion,
    match_forbidden,
    match_greeting,
    match_interruptions,
    match_jargon,
    match_verdicts,
)
from callqa.evaluation.speech import Heard, SpeechResult, compare_speech
from callqa.evaluation.truth import Truth

RolesResult = Literal["right", "wrong", "uncertain"]

# What an error is worth when calls are put in order, worst first: speech lost and roles above all.
_TROUBLE_ROLES = {"wrong": 2.0, "uncertain": 1.0, "right": 0.0}
_TROUBLE_LOST = 5.0
_TROUBLE_FINDING = 0.03
_TROUBLE_ACCUSATION = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """How one call came out. Shares are 0-1; None where the reference says nothing about it, or
    callqa gave no number.

    `dialogue` names calls of the same words, several dialogues in one call with ``+`` between;
    `group` is one of `callqa.evaluation.truth.GROUPS`, `file` what to play. `text` compares each
    party's words in their own order, which overlap cannot shuffle; `text_in_time` all words in the
    order of their times. `jargon` counts a term only with the right status, `jargon_any_status`
    any. `unlisted_jargon` are terms that the script does have there but the truth's list does not:
    they are neither right nor false. `greeting_open` are elements of the greeting of which callqa
    said neither that they are there nor that they are missing. `polite_false_alarms` are forbidden
    phrases found in a call that has none and nothing impolite. `interruptions` are the agent's.
    """

    id: str
    file: str
    language: str
    channels: Literal["one", "two"]
    duration: float
    dialogue: str
    group: str
    wording: str | None = None
    condition: str | None = None
    split: str | None = None
    synthetic: bool = False
    agrees: bool = False
    status: str = "scored"
    roles: RolesResult | None = None
    talk_share_error: float | None = None
    rate_error: float | None = None
    rate_known: bool = False
    greeting: Mapping[str, Found] | None = None
    greeting_open: int | None = None
    forbidden: Found | None = None
    polite_false_alarms: int = 0
    jargon: Found | None = None
    jargon_any_status: Found | None = None
    unlisted_jargon: int = 0
    interruptions: Found | None = None
    customer_interruptions: Found | None = None
    verdicts: tuple[JudgedCriterion, ...] = ()
    text: TextErrors | None = None
    text_in_time: TextErrors | None = None
    speakers: Mapping[str, SpeakerErrors] | None = None
    speech: LostSpeech | None = None
    lost: tuple[TimeSpan, ...] = ()
    uncovered: tuple[TimeSpan, ...] = ()
    invented: InventedText | None = None
    details: tuple[str, ...] = ()

    @property
    def dialogues(self) -> tuple[str, ...]:
        """The dialogues that are spoken in the call."""
        return tuple(self.dialogue.split("+"))

    @property
    def whole_greeting(self) -> Found | None:
        """All elements together."""
        return None if self.greeting is None else Found.sum_of(self.greeting.values())

    @property
    def trouble(self) -> float:
        """How bad the call came out, to put the worst first; no figure of its own."""
        text = self.text or self.text_in_time
        total = _TROUBLE_ROLES.get(self.roles or "", 0.0) + ((text.rate or 0.0) if text else 0.0)
        if self.speakers:
            total += self.speakers["0.25"].rate or 0.0
        if self.speech and self.speech.total:
            total += _TROUBLE_LOST * self.speech.lost / self.speech.total
        found = (self.whole_greeting, self.forbidden, self.jargon, self.interruptions)
        total += _TROUBLE_FINDING * sum(item.missed + item.false for item in found if item)
        wrong = [item for item in self.verdicts if item.given == "not_met" != item.expected]
        return total + _TROUBLE_ACCUSATION * len(wrong)


def compare(truth: Truth, analysis: CallAnalysis) -> Comparison:
    """Hold a call's analysis against what is known about it."""
    facts, measures = analysis.facts, analysis.measures
    heard = heard_by_callqa(analysis)
    speech = compare_speech(truth, heard)
    details: list[str] = []

    def value(name: str) -> Any:
        return measures[name].value if name in measures else None

    def occurrences(name: str) -> list[Mapping[str, Any]]:
        return list(measures[name].components.get("occurrences", ())) if name in measures else []

    known_roles = truth.turns is not None and all(turn.role for turn in truth.turns)
    roles = judge_roles(facts.roles.certain, facts.roles.speakers, speech.parties) if known_roles else None
    if roles not in (None, "right"):
        details.append(f"roles: {roles}")
    greeting, greeting_open = match_greeting(truth, value("greeting"), details)
    forbidden, false_alarms = match_forbidden(truth, occurrences("forbidden_phrases"), details)
    jargon, jargon_any, unlisted = match_jargon(truth, occurrences("jargon"), details)
    ours, theirs = (
        match_interruptions(truth, analysis, role, details) for role in (Role.AGENT, Role.CUSTOMER)
    )
    verdicts = match_verdicts(truth, analysis, details)
    talk_share, rate = value("talk_share"), value("speaking_rate")
    return _compared(
        truth,
        heard,
        speech,
        details,
        channels=truth.channel_group,
        status=facts.status,
        roles=roles,
        talk_share_error=_difference(talk_share, truth.talk_share),
        rate_error=None if rate is None or truth.speaking_rate is None else rate / truth.speaking_rate - 1,
        rate_known=truth.speaking_rate is not None,
        greeting=greeting,
        greeting_open=greeting_open,
        forbidden=forbidden,
        polite_false_alarms=0 if truth.forbidden != () or truth.impolite else false_alarms,
        jargon=jargon,
        jargon_any_status=jargon_any,
        unlisted_jargon=unlisted,
        interruptions=ours,
        customer_interruptions=theirs,
        verdicts=verdicts,
    )


def compare_heard(truth: Truth, heard: Heard) -> Comparison:
    """Hold turns and words of another system against the reference: it knows no roles and finds
    nothing else."""
    return _compared(truth, heard, compare_speech(truth, heard), [], channels=truth.channel_group)


def heard_by_callqa(analysis: CallAnalysis) -> Heard:
    """Turns and words of a stored call."""
    facts = analysis.facts
    return Heard(
        facts.language,
        facts.recording.duration,
        facts.turns,
        facts.utterances,
        facts.coverage.untranscribed,
    )


def judge_roles(certain: bool, given: Mapping[str, Role], parties: Mapping[str, str]) -> RolesResult:
    """Whether every speaker that got a role has that of the party it mostly is."""
    if not certain:
        return "uncertain"
    return "right" if all(parties.get(name, str(role)) == role for name, role in given.items()) else "wrong"


def _compared(
    truth: Truth, heard: Heard, speech: SpeechResult, details: list[str], **found: Any
) -> Comparison:
    details += [f"speech lost at {span.start:.1f}–{span.end:.1f} s" for span in speech.lost]
    details += [f"invented at {span.start:.1f} s: {text!r}" for span, text in speech.inventions]
    return Comparison(
        id=truth.id,
        file=truth.file,
        language=truth.language or heard.language,
        duration=truth.duration or heard.duration,
        dialogue=truth.dialogue or truth.id,
        group=truth.group,
        wording=truth.wording,
        condition=truth.condition,
        split=truth.split,
        synthetic=truth.synthetic,
        agrees=truth.agrees,
        text=speech.text,
        text_in_time=speech.text_in_time,
        speakers=speech.speakers,
        speech=speech.speech,
        lost=speech.lost,
        uncovered=speech.uncovered,
        invented=speech.invented,
        details=tuple(details),
        **found,
    )


def _difference(found: Any, known: float | None) -> float | None:
    return None if found is None or known is None else float(found) - known
