"""How fast the agent speaks: by the words, and by the audio alone as a cross-check.

Articulation rate = syllables ÷ speaking time without pauses over 150 ms; speaking rate =
syllables ÷ time of the turns as diarization timed them. Recognition's own segment ends are never
used: they drift into silence. Speech that has no words stays out of both, or a lost turn would
look like slow speech.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from callqa.config import MeasureSettings
from callqa.data import CallFacts, Evidence, Measure, Utterance
from callqa.language import count_syllables, english
from callqa.language.latin import count_word_syllables
from callqa.measures.shared import (
    agent_turns,
    cite,
    roles_unknown,
    say,
    seconds,
)

NAMES = ("speaking_rate", "articulation_rate", "acoustic_rate")


@dataclass(frozen=True, slots=True)
class _Stretch:
    """One agent utterance: `num_units` are syllables in Mandarin, words in English; `num_spoken`
    are syllables in both. Seconds leave out what has no words."""

    utterance: Utterance
    num_units: int
    num_spoken: int
    num_nuclei: int
    overlapped: bool
    speech_seconds: float
    turn_seconds: float


_Duration = Callable[[_Stretch], float]


def measure_pace(facts: CallFacts, settings: MeasureSettings) -> dict[str, Measure]:
    """`speaking_rate`, `articulation_rate` (字/分, in English words/min), and `acoustic_rate`
    (syllable nuclei per minute of the same speech)."""
    unit = say(facts.language, "字/分", "words/min")
    acoustic_unit = say(facts.language, "字/分", "syllables/min")
    units = dict(zip(NAMES, (unit, unit, acoustic_unit), strict=True))
    unknown = {name: roles_unknown(facts, name, units[name]) for name in NAMES}
    if not facts.roles.certain:
        return {name: measure for name, measure in unknown.items() if measure is not None}

    stretches, left_out = _stretches(facts)
    components = _pooled(stretches, left_out)
    components["utterances"] = [_row(stretch, settings) for stretch in stretches]
    return {
        "speaking_rate": _rate(
            "speaking_rate", unit, facts, settings, stretches, components, lambda s: s.turn_seconds
        ),
        "articulation_rate": _rate(
            "articulation_rate", unit, facts, settings, stretches, components, lambda s: s.speech_seconds
        ),
        "acoustic_rate": _acoustic_rate(acoustic_unit, facts, stretches),
    }


def _stretches(facts: CallFacts) -> tuple[list[_Stretch], float]:
    """The agent's utterances, and the seconds of agent speech left out because they have no words."""
    found: list[_Stretch] = []
    left_out = 0.0
    for spoken in agent_turns(facts):
        missing = spoken.untranscribed_seconds
        left_out += missing
        if spoken.utterance is None or spoken.acoustics is None:
            continue
        num_units = count_syllables(spoken.text, facts.language)
        kept = spoken.turn.duration - missing
        speech = max(0.0, spoken.acoustics.speech_seconds - missing)
        if num_units == 0 or kept <= 0 or speech <= 0:
            continue
        num_spoken = num_units if facts.language == "zh" else count_english_syllables(spoken.text)
        share = speech / spoken.acoustics.speech_seconds
        nuclei = round(spoken.acoustics.num_nuclei * share)
        found.append(
            _Stretch(
                spoken.utterance, num_units, num_spoken, nuclei, spoken.acoustics.overlapped, speech, kept
            )
        )
    return found, left_out


def count_english_syllables(text: str) -> int:
    """Spoken syllables of an English text, by vowel groups, numbers as they are read.

    >>> count_english_syllables("Thank you for calling, room 12")
    7
    """
    return sum(count_word_syllables(word) for word in english.normalise(text).split())


def _pooled(stretches: Sequence[_Stretch], left_out: float) -> dict[str, Any]:
    return {
        "syllables": sum(s.num_units for s in stretches),
        "speech_seconds": seconds(sum(s.speech_seconds for s in stretches)),
        "turn_seconds": seconds(sum(s.turn_seconds for s in stretches)),
        "untranscribed_seconds": seconds(left_out),
    }


def _row(stretch: _Stretch, settings: MeasureSettings) -> dict[str, Any]:
    rated = stretch.num_units >= settings.min_rate_syllables
    return {
        "start": stretch.utterance.start,
        "end": stretch.utterance.end,
        "syllables": stretch.num_units,
        "speech_seconds": seconds(stretch.speech_seconds),
        "turn_seconds": seconds(stretch.turn_seconds),
        "articulation_rate": round(60 * stretch.num_units / stretch.speech_seconds, 1) if rated else None,
        "speaking_rate": round(60 * stretch.num_units / stretch.turn_seconds, 1) if rated else None,
    }


def _rate(
    name: str,
    unit: str,
    facts: CallFacts,
    settings: MeasureSettings,
    stretches: Sequence[_Stretch],
    components: dict[str, Any],
    duration_of: _Duration,
) -> Measure:
    total = sum(duration_of(s) for s in stretches)
    if not total:
        reason = say(facts.language, "坐席没有可计时的话。", "The agent has no words that could be timed.")
        return Measure(name, None, unit, components, reason=reason)
    rated = [s for s in stretches if s.num_units >= settings.min_rate_syllables]
    evidence = _extremes(rated, facts.language, unit, duration_of)
    return Measure(name, 60 * sum(s.num_units for s in stretches) / total, unit, components, evidence)


def _extremes(
    rated: Sequence[_Stretch], language: str, unit: str, duration_of: _Duration
) -> tuple[Evidence, ...]:
    """The fastest and the slowest utterance; one of them where there is only one."""
    ordered = sorted(rated, key=lambda s: -s.num_units / duration_of(s))
    if not ordered:
        return ()
    picked = [(ordered[0], "最快的一段", "The fastest stretch")]
    if len(ordered) > 1:
        picked.append((ordered[-1], "最慢的一段", "The slowest stretch"))
    found = []
    for stretch, zh, en in picked:
        rate, spent = 60 * stretch.num_units / duration_of(stretch), duration_of(stretch)
        reason = say(
            language,
            f"{zh}：{rate:.0f} {unit}（{stretch.num_units} 字，{spent:.1f} 秒）。",
            f"{en}: {rate:.0f} {unit} ({stretch.num_units} words in {spent:.1f} s).",
        )
        found.append(cite(stretch.utterance, reason))
    return tuple(found)


def _acoustic_rate(unit: str, facts: CallFacts, stretches: Sequence[_Stretch]) -> Measure:
    """Nuclei per minute, over the turns with words so that it checks the rate of just those.

    Where two people speak at once the nuclei are of both: such turns count only if there is
    nothing else. `disagreement` = |nuclei - syllables| ÷ syllables.
    """
    alone = [s for s in stretches if not s.overlapped]
    used = alone or list(stretches)
    spent = sum(s.speech_seconds for s in used)
    nuclei, spoken = sum(s.num_nuclei for s in used), sum(s.num_spoken for s in used)
    components: dict[str, Any] = {
        "nuclei": nuclei,
        "syllables": spoken,
        "speech_seconds": seconds(spent),
        "disagreement": round(abs(nuclei - spoken) / spoken, 4) if spoken else None,
    }
    if not spent:
        reason = say(facts.language, "坐席没有可计时的话。", "The agent has no words that could be timed.")
        return Measure("acoustic_rate", None, unit, components, reason=reason)
    # The utterance where the two differ most is the one to listen to.
    doubted = max(used, key=lambda s: abs(s.num_nuclei - s.num_spoken))
    reason = say(
        facts.language,
        f"这一段只凭声音数出 {doubted.num_nuclei} 个音节，文字有 {doubted.num_spoken} 个。",
        f"Here the audio alone has {doubted.num_nuclei} syllables, the words have {doubted.num_spoken}.",
    )
    return Measure("acoustic_rate", 60 * nuclei / spent, unit, components, (cite(doubted.utterance, reason),))
