"""All measures of a call at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

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


class _Allowed:
    """A language's lexicons, of which a measure may read those that stand beside it in `GROUPS`.

    Re-scoring takes a measure anew only where a lexicon changed that it reads, so a lexicon that is
    read without being named is a mistake, and shows at once.
    """

    __slots__ = ("_lexicons", "_names")

    def __init__(self, lexicons: LexiconSet, names: frozenset[str]) -> None:
        self._lexicons = lexicons
        self._names = names

    def __getattr__(self, name: str) -> Any:
        if name != "language" and name not in self._names:
            raise AttributeError(f"the lexicon {name} has to be named in callqa.measures.take.GROUPS")
        return getattr(self._lexicons, name)


@dataclass(frozen=True, slots=True)
class MeasureGroup:
    """Measures that are taken together: their names, the lexicons they read, and what takes them.

    Lexicons are looked for in single utterances, at `MeasureSettings.pinyin_similarity` or above,
    so that what nobody says changes nothing. `whole_call`: not so; whatever changes in a lexicon,
    the group is taken anew.
    """

    names: tuple[str, ...]
    lexicons: frozenset[str]
    take: Callable[[CallFacts, Any, MeasureSettings, str | None], Mapping[str, Measure]]
    whole_call: bool = False


GROUPS = (
    MeasureGroup(
        ("greeting",),
        frozenset({"salutations", "offers", "operators"}),
        lambda facts, lexicons, settings, company: {
            "greeting": measure_greeting(facts, lexicons, settings, company)
        },
        whole_call=True,
    ),
    MeasureGroup(
        ("speaking_rate", "articulation_rate", "acoustic_rate"),
        frozenset(),
        lambda facts, lexicons, settings, company: measure_pace(facts, settings),
    ),
    MeasureGroup(
        (
            "talk_share",
            "agent_interruptions",
            "customer_interruptions",
            "customer_opening",
            "longest_agent_monologue",
            "response_latency",
        ),
        frozenset(),
        lambda facts, lexicons, settings, company: measure_listening(facts, settings),
    ),
    MeasureGroup(
        ("dead_air",),
        frozenset({"wait"}),
        lambda facts, lexicons, settings, company: {"dead_air": measure_dead_air(facts, lexicons, settings)},
    ),
    MeasureGroup(
        ("courtesy", "you_forms", "forbidden_phrases", "commands", "impolite_utterances"),
        frozenset({"courtesy", "forbidden", "wait", "closing"}),
        lambda facts, lexicons, settings, company: measure_politeness(facts, lexicons, settings),
    ),
    MeasureGroup(
        ("raised_voice",),
        frozenset(),
        lambda facts, lexicons, settings, company: {"raised_voice": measure_raised_voice(facts, settings)},
    ),
    MeasureGroup(
        ("jargon",),
        frozenset({"jargon", "explaining"}),
        lambda facts, lexicons, settings, company: {"jargon": measure_jargon(facts, lexicons, settings)},
    ),
    MeasureGroup(
        ("closing", "guessing", "privacy", "transparency"),
        frozenset({"closing", "guessing", "privacy", "transparency"}),
        lambda facts, lexicons, settings, company: measure_conduct(facts, lexicons, settings),
    ),
)
"""Which measures are taken together, and on which lexicons they depend."""

MEASURE_NAMES = tuple(name for group in GROUPS for name in group.names)
READ_LEXICONS = frozenset().union(*(group.lexicons for group in GROUPS))
"""The lexicons that any measure reads; the others serve roles alone."""


def take_measures(
    facts: CallFacts,
    lexicons: LexiconSet,
    settings: MeasureSettings,
    company: str | None,
    groups: Iterable[MeasureGroup] = GROUPS,
) -> dict[str, Measure]:
    """Every measure of `groups`, in the order of `MEASURE_NAMES`; a pure function of its arguments.

    `company` is what agents greet for where the recording itself names none. Measures that need
    to know who the agent is have no value while that is uncertain, and say so.
    """
    taken: dict[str, Measure] = {}
    for group in groups:
        measured = group.take(facts, _Allowed(lexicons, group.lexicons), settings, company)
        taken.update({name: measured[name] for name in group.names})
    return taken
