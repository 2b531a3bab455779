"""Measures and verdicts of a call from its facts, and what they depend on: no audio, no models.

A call's judgement depends on four things beside its facts, each with a digest that is kept with it:
the lexicons, the rubric, the settings of the measures, and callqa's own code. Where only the first
two changed, only what depends on them is done again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import callqa
from callqa.config import Settings
from callqa.data import CallAnalysis, CallFacts, Measure, Provenance, Scorecard
from callqa.language import searcher
from callqa.language.lexicon import Entry, LexiconSet, changed_entries, load_lexicons
from callqa.measures import GROUPS, MEASURE_NAMES, MeasureGroup, take_measures
from callqa.scoring import score_call
from callqa.scoring.book import RubricBook

LANGUAGES = ("zh", "en")
# Least likeness at which any measure looks for a phrase, where the setting asks for more.
_LEAST_ALIKE = 0.9


@dataclass(frozen=True, slots=True)
class Judge:
    """Judges calls with certain settings, rubrics and lexicons."""

    settings: Settings
    book: RubricBook
    lexicons: Mapping[str, LexiconSet]

    def judge(self, facts: CallFacts, models: Mapping[str, str]) -> CallAnalysis:
        """Every measure and the scorecard; `models` names those that the facts come from."""
        measures = take_measures(
            facts, self.lexicons[facts.language], self.settings.measures, self.company(facts)
        )
        return CallAnalysis(facts, measures, self.score(facts, measures), self.provenance(facts, models))

    def score(self, facts: CallFacts, measures: Mapping[str, Measure]) -> Scorecard:
        """The scorecard by the rubric of the call's queue and language."""
        return score_call(facts, measures, self.book.of(facts.recording.queue, facts.language).rubric)

    def company(self, facts: CallFacts) -> str | None:
        """What agents greet for in this call."""
        return facts.recording.company or self.settings.company

    def provenance(self, facts: CallFacts, models: Mapping[str, str]) -> Provenance:
        """What made a judgement of these facts, now."""
        return Provenance(
            callqa_version=callqa.__version__,
            models=models,
            settings_hash=self.settings.hash(),
            created_at=datetime.now(UTC).isoformat(timespec="seconds"),
            lexicons_digest=self.lexicons[facts.language].digest,
            measures_key=measures_key(self.settings),
        )


def make_judge(settings: Settings, book: RubricBook) -> Judge:
    """A judge with the lexicons that the settings name.

    Raises `InvalidFileError` that lists every mistake in them.
    """
    own = tuple(settings.lexicons)
    return Judge(settings, book, {language: _lexicons(language, own) for language in LANGUAGES})


@cache
def _lexicons(language: str, own: tuple[str, ...]) -> LexiconSet:
    return load_lexicons(language, [Path(path) for path in own])


def judging_digest(judge: Judge) -> str:
    """Changes with all that verdicts depend on beside settings and facts."""
    lexicons = [judge.lexicons[language].digest for language in LANGUAGES]
    return _digest([judge.book.digest, *lexicons, measuring_code(), scoring_code()])


def measures_key(settings: Settings) -> str:
    """Changes with all that measures depend on beside the facts and the lexicons."""
    return _digest([measuring_code(), settings.measures.model_dump(mode="json"), settings.company])


@cache
def measuring_code() -> str:
    """A digest of the code that takes measures: a corrected measure is taken anew."""
    return _code("measures", "language")


@cache
def scoring_code() -> str:
    """A digest of the code that judges them."""
    return _code("scoring")


def _code(*folders: str) -> str:
    digest = hashlib.sha256(callqa.__version__.encode())
    for folder in folders:
        for path in sorted((Path(__file__).parent / folder).glob("*.py")):
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def _digest(parts: Sequence[object]) -> str:
    text = json.dumps(list(parts), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Retaking:
    """Which measures have to be taken anew because lexicons changed.

    `phrases` has, for each changed lexicon, the wordings of the entries that came, went or changed;
    `loose` those of them that are also found by a looser likeness beside certain words.
    """

    groups: tuple[MeasureGroup, ...] = ()
    phrases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    loose: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def affected(self, facts: CallFacts, least_alike: float) -> list[MeasureGroup]:
        """The groups whose measures may be others for this call: those that read a changed phrase
        that may be said in it. `least_alike` is the setting `pinyin_similarity`."""
        if not self.groups or not facts.roles.certain:
            return list(self.groups)
        said = {name for name in self.phrases if self._may_be_said(name, facts, least_alike)}
        return [group for group in self.groups if group.whole_call or group.lexicons & said]

    def _may_be_said(self, name: str, facts: CallFacts, least_alike: float) -> bool:
        phrases, loose = self.phrases[name], self.loose.get(name, ())
        for utterance in facts.utterances:
            if utterance.role is None:
                continue
            search = searcher(utterance.text, facts.language)
            if search.may_say(phrases, min(least_alike, _LEAST_ALIKE)):
                return True
            if any(search.may_say_loosely(phrase) for phrase in loose):
                return True
        return False


def retaking(before: LexiconSet, after: LexiconSet) -> Retaking:
    """What has to be taken anew where calls were measured with `before` and `after` is now."""
    changed = changed_entries(before, after)
    return Retaking(
        tuple(group for group in GROUPS if group.lexicons & set(changed)),
        {
            name: tuple(dict.fromkeys(w for e in entries for w in e.wordings))
            for name, entries in changed.items()
        },
        {name: _loose(entries) for name, entries in changed.items()},
    )


def _loose(entries: Sequence[Entry]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(w for e in entries if e.near for w in e.wordings))


def with_retaken(
    facts: CallFacts, measures: Mapping[str, Measure], groups: Sequence[MeasureGroup], judge: Judge
) -> dict[str, Measure]:
    """The measures with those of some groups taken anew."""
    taken = take_measures(
        facts, judge.lexicons[facts.language], judge.settings.measures, judge.company(facts), groups
    )
    both = {**measures, **taken}
    return {name: both[name] for name in MEASURE_NAMES if name in both}
