"""The JSON document of one call: what `callqa show CALL --json` prints.

Field by field it is described in ``docs/output.md``; a test holds the two against each other.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from callqa.data import CallAnalysis, Evidence, Measure, TimeSpan

_TIME_KEYS = frozenset({"start", "end"})
_TIME_DIGITS = 3
_NUMBER_DIGITS = 6


def call_document(analysis: CallAnalysis, paths: Sequence[str]) -> dict[str, Any]:
    """One call as a JSON-ready document. `paths` are all names its audio was given under.

    Times are rounded to a millisecond, other numbers to six digits after the point. A number
    that is none (NaN, infinite) becomes null.
    """
    facts, card = analysis.facts, analysis.scorecard
    recording, roles, coverage = facts.recording, facts.roles, facts.coverage
    document = {
        "recording": {
            "id": recording.id,
            "path": recording.path,
            "paths": list(paths),
            "duration": recording.duration,
            "sample_rate": recording.sample_rate,
            "channels": recording.channels,
            "agent_id": recording.agent_id,
            "agent_name": recording.agent_name,
            "started_at": recording.started_at,
            "company": recording.company,
            "queue": recording.queue,
            "agent_channel": recording.agent_channel,
            "language": facts.language,
            "truncated": recording.truncated,
            "notes": list(recording.notes),
        },
        "status": facts.status,
        "roles": {
            "status": "certain" if roles.certain else "uncertain",
            "confidence": roles.confidence,
            "source": roles.source,
            "speakers": {speaker: role.value for speaker, role in roles.speakers.items()},
            "favoured": roles.favoured,
            "signs": dict(roles.signs),
            "settled_by": roles.settled_by,
            "settled_at": roles.settled_at,
        },
        "turns": [
            {
                **_span(turn),
                "speaker": turn.speaker,
                "role": None if turn.role is None else turn.role.value,
                "channel": turn.channel,
            }
            for turn in facts.turns
        ],
        "utterances": [
            {
                **_span(item),
                "speaker": item.speaker,
                "role": None if item.role is None else item.role.value,
                "channel": item.channel,
                "text": item.text,
                "words": [
                    {**_span(word), "text": word.text, "probability": word.probability} for word in item.words
                ],
            }
            for item in facts.utterances
        ],
        "coverage": {
            "speech_seconds": coverage.speech_seconds,
            "untranscribed_seconds": coverage.untranscribed_seconds,
            "untranscribed": [_span(span) for span in coverage.untranscribed],
            "removed": [
                {**_span(item), "text": item.text, "reason": item.reason} for item in coverage.removed
            ],
        },
        "measures": {name: _measure(measure) for name, measure in analysis.measures.items()},
        "scorecard": {
            "rubric": {"id": card.rubric.id, "version": card.rubric.version},
            "score": card.score,
            "judged_share": card.judged_share,
            "capped_by": card.capped_by,
            "notes": list(card.notes),
            "criteria": [
                {
                    "id": item.id,
                    "verdict": item.verdict.value,
                    "score": item.score,
                    "weight": item.weight,
                    "critical": item.critical,
                    "reason": item.reason,
                    "evidence": _evidence(item.evidence),
                }
                for item in card.criteria
            ],
        },
        "provenance": {
            "callqa_version": analysis.provenance.callqa_version,
            "models": dict(analysis.provenance.models),
            "settings_hash": analysis.provenance.settings_hash,
            "created_at": analysis.provenance.created_at,
        },
    }
    clean: dict[str, Any] = _clean(document)
    return clean


def _measure(measure: Measure) -> dict[str, Any]:
    return {
        "value": measure.value,
        "unit": measure.unit,
        "reason": measure.reason,
        "components": dict(measure.components),
        "evidence": _evidence(measure.evidence),
    }


def _evidence(items: Iterable[Evidence]) -> list[dict[str, Any]]:
    return [
        {**_span(item), "quote": item.quote, "reason": item.reason, "probability": item.probability}
        for item in items
    ]


def _span(item: Any) -> dict[str, float]:
    span = TimeSpan(item.start, item.end)
    return {"start": span.start, "end": span.end}


def _clean(value: Any, key: str = "") -> Any:
    """Plain lists, dictionaries and rounded numbers, as JSON knows them."""
    if isinstance(value, Mapping):
        return {str(name): _clean(item, str(name)) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_clean(item) for item in value]
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        return round(value, _TIME_DIGITS if key in _TIME_KEYS else _NUMBER_DIGITS)
    return value
