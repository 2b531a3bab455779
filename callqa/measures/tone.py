"""Raised voice: stretches that are both louder and higher than this agent otherwise is in this call.

Loudness and pitch are compared with the agent's own medians, so a loud line or a high voice by
itself is nothing. What comes out are events to listen to, never a guess about an emotion.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from callqa.config import MeasureSettings
from callqa.data import CallFacts, Evidence, Measure, TimeSpan, ToneWindow
from callqa.measures.shared import (
    SpokenTurn,
    agent_turns,
    join_words,
    mean_probability,
    roles_unknown,
    say,
    seconds,
    words_within,
)

# An own level needs this many voiced windows; raised ones must stay the exception.
_MIN_WINDOWS = 8
_MIN_EVENT = 1.0


@dataclass(frozen=True, slots=True)
class _Level:
    """What the agent's voice is like in this call."""

    loudness_dbfs: float
    pitch_hz: float

    def louder_by(self, window: ToneWindow) -> float:
        return window.loudness_dbfs - self.loudness_dbfs

    def higher_by(self, window: ToneWindow) -> float:
        """Semitones."""
        return 12 * math.log2(window.pitch_hz / self.pitch_hz) if window.pitch_hz else -math.inf


def measure_raised_voice(facts: CallFacts, settings: MeasureSettings) -> Measure:
    """Number of raised-voice events: two consecutive windows, or a second, of one turn."""
    unknown = roles_unknown(facts, "raised_voice", "events")
    if unknown:
        return unknown
    usable = [(spoken, _windows_alone(facts, spoken)) for spoken in agent_turns(facts)]
    voiced = [window for _, windows in usable for window in windows if window.pitch_hz]
    if len(voiced) < _MIN_WINDOWS:
        reason = say(
            facts.language,
            f"坐席单独说话、可听出音高的窗口只有 {len(voiced)} 个，不足以知道其平时的音量和音高。",
            f"Only {len(voiced)} voiced windows of the agent alone: too few to know the agent's own level.",
        )
        return Measure("raised_voice", None, "events", {"num_windows": len(voiced)}, reason=reason)

    level = _Level(
        median(w.loudness_dbfs for w in voiced), median(w.pitch_hz for w in voiced if w.pitch_hz is not None)
    )
    evidence: list[Evidence] = []
    events = []
    for spoken, windows in usable:
        for run in _raised_runs(windows, level, settings):
            louder = median(level.louder_by(w) for w in run)
            higher = median(level.higher_by(w) for w in run)
            span = TimeSpan(run[0].start, run[-1].end)
            events.append(
                {
                    "start": span.start,
                    "end": span.end,
                    "loudness_db_above": round(louder, 1),
                    "semitones_above": round(higher, 1),
                }
            )
            evidence.append(_cite_event(spoken, span, louder, higher, facts.language))
    components = {
        "events": events,
        "seconds": seconds(sum(e.end - e.start for e in evidence)),
        "num_windows": len(voiced),
        "median_loudness_dbfs": round(level.loudness_dbfs, 1),
        "median_pitch_hz": round(level.pitch_hz, 1),
    }
    return Measure("raised_voice", len(events), "events", components, tuple(evidence))


def _windows_alone(facts: CallFacts, spoken: SpokenTurn) -> list[ToneWindow]:
    """The windows of a turn in which nobody else speaks."""
    if spoken.acoustics is None or spoken.acoustics.overlapped:
        return []
    mine = spoken.turn
    others = [t.span for t in facts.turns if t.speaker != mine.speaker and t.span.overlap(mine.span) > 0]
    return [
        window
        for window in spoken.acoustics.windows
        if not any(TimeSpan(window.start, window.end).overlap(other) > 0 for other in others)
    ]


def _raised_runs(
    windows: Sequence[ToneWindow], level: _Level, settings: MeasureSettings
) -> list[list[ToneWindow]]:
    runs: list[list[ToneWindow]] = []
    previous: ToneWindow | None = None
    for window in windows:
        raised = (
            level.louder_by(window) >= settings.raised_voice_db
            and level.higher_by(window) >= settings.raised_voice_semitones
        )
        if raised:
            # Windows that were left out in between (somebody else spoke) break a run.
            adjacent = previous is not None and window.start - previous.end < 0.1
            if adjacent and runs:
                runs[-1].append(window)
            else:
                runs.append([window])
            previous = window
        else:
            previous = None
    return [run for run in runs if len(run) >= 2 or run[-1].end - run[0].start >= _MIN_EVENT]


def _cite_event(spoken: SpokenTurn, span: TimeSpan, louder: float, higher: float, language: str) -> Evidence:
    words = words_within(spoken.utterance, span)
    quote = join_words(words, spoken.utterance.joiner if spoken.utterance else "")
    reason = say(
        language,
        f"比本通话中自己平时的音量高 {louder:.1f} 分贝，音高高 {higher:.1f} 个半音。",
        f"{louder:.1f} dB louder and {higher:.1f} semitones higher than the agent otherwise is in this call.",
    )
    return Evidence(span.start, span.end, quote, reason, mean_probability(words))
