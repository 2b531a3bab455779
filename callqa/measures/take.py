"""All measures of a call at once."""

from __future__ import annotations

from callqa.config import MeasureSettings
from callqa.data import CallFacts, Measure
from callqa.language.lexicon import LexiconSet
from callqa.measures.conduct import measure_conduct
from callqa.measures.dead_air import measure_dead_air
from callqa.measures.greeting import measure_greeting
from callqa.measures.jargon import measure_jargon
from callqa.measures.listening import measure_listening
from callqa.measures.pace import measure_pace
from callqa.measures.politeness import measure_politeness
from callqa.measures.tone import measure_raised_voice

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


def take_measures(
    facts: CallFacts, lexicons: LexiconSet, settings: MeasureSettings, company: str | None
) -> dict[str, Measure]:
    """Every measure, by name in the order of `MEASURE_NAMES`; a pure function of its arguments.

    `company` is what agents greet for where the recording itself names none. Measures that need
    to know who the agent is have no value while that is uncertain, and say so.
    """
    taken = {
        "greeting": measure_greeting(facts, lexicons, settings, company),
        "dead_air": measure_dead_air(facts, lexicons, settings),
        "raised_voice": measure_raised_voice(facts, settings),
        "jargon": measure_jargon(facts, lexicons, settings),
        **measure_pace(facts, settings),
        **measure_listening(facts, settings),
        **measure_politeness(facts, lexicons, settings),
        **measure_conduct(facts, lexicons, settings),
    }
    return {name: taken[name] for name in MEASURE_NAMES}
