"""What a rubric may ask of each measure: its units, its parts, its elements.

A test holds this against the measures as they are taken, so a rubric that names a part is told
at once whether there is one, not by verdicts that are forever unsure.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["number", "faults", "elements"]


@dataclass(frozen=True, slots=True)
class MeasureTerms:
    """`kind`: a number; a count of faults (with `uncertain` ones apart), which is a number too; or
    elements that were found or not. `units` are those of Mandarin and of English calls.
    `components` are those that hold one number or a yes or no."""

    kind: Kind
    units: tuple[str, str]
    components: tuple[str, ...] = ()
    elements: tuple[str, ...] = field(default=())

    def unit(self, language: str) -> str:
        """The unit in calls of a language."""
        return self.units[0 if language == "zh" else 1]


def _number(unit: str, *components: str, en: str | None = None) -> MeasureTerms:
    return MeasureTerms("number", (unit, en or unit), components)


def _faults(*components: str) -> MeasureTerms:
    return MeasureTerms("faults", ("count", "count"), ("count", "uncertain", *components))


def _elements(elements: tuple[str, ...], *components: str) -> MeasureTerms:
    return MeasureTerms("elements", ("elements", "elements"), components, elements)


_RATE = ("syllables", "speech_seconds", "turn_seconds", "untranscribed_seconds")

TERMS: dict[str, MeasureTerms] = {
    "greeting": _elements(
        ("salutation", "company", "name", "offer"), "late", "name_is_rosters", "window_seconds"
    ),
    "speaking_rate": _number("字/分", *_RATE, en="words/min"),
    "articulation_rate": _number("字/分", *_RATE, en="words/min"),
    "acoustic_rate": _number(
        "字/分", "disagreement", "nuclei", "speech_seconds", "syllables", en="syllables/min"
    ),
    "talk_share": _number(
        "share",
        *("agent_seconds", "customer_seconds", "overlap_seconds"),
        *("agent_questions", "customer_questions", "agent_question_share"),
    ),
    "agent_interruptions": _number("count", "overlap_seconds", "opportunity_seconds", "backchannels"),
    "customer_interruptions": _number("count", "overlap_seconds", "opportunity_seconds", "backchannels"),
    "customer_opening": _number(
        "s", "cut_off", "interrupted", "cut_at", "start", "end", "speech_seconds", "turns"
    ),
    "longest_agent_monologue": _number("s", "start", "end"),
    "response_latency": _number("s", "count"),
    "dead_air": _number(
        "s",
        *("count", "seconds", "announced", "announced_seconds", "longer_than_promised"),
        *("unannounced", "unannounced_agent", "unannounced_seconds"),
    ),
    "courtesy": _number("share", "owed", "given", "uncertain"),
    "you_forms": _number("share", "nin", "ni", "ni_uncertain", "ni_hao"),
    "forbidden_phrases": _faults(),
    "commands": _faults(),
    "impolite_utterances": _faults("agent_utterances"),
    "raised_voice": _number("events", "seconds", "num_windows", "median_loudness_dbfs", "median_pitch_hz"),
    "jargon": _number(
        "unexplained per 100 syllables",
        "unexplained",
        "explained",
        "customer_first",
        "agent_syllables",
        en="unexplained per 100 words",
    ),
    "closing": _elements(("anything_else", "farewell"), "window_start"),
    "guessing": _faults(),
    "privacy": _faults(),
    "transparency": _elements(("doing", "next", "by_when"), "agent_seconds"),
}
