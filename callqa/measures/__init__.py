"""Numbers about a call: one file a behaviour, each a pure function of the call's facts."""

from __future__ import annotations

MEASURE_NAMES = (
    "greeting",
    "speaking_rate",
    "articulation_rate",
    "acoustic_rate",
    "talk_share",
    "agent_interruptions",
    "customer_interruptions",
    "customer_opening",
    "longest_agent_monologue",
    "response_latency",
    "dead_air",
    "courtesy",
    "you_forms",
    "forbidden_phrases",
    "commands",
    "impolite_utterances",
    "raised_voice",
    "jargon",
    "closing",
    "guessing",
    "privacy",
    "transparency",
)
