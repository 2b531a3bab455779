"""What a batch scores calls with: the pipeline with its models, and the judge."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from callqa.config import Settings
from callqa.data import CallAnalysis, CallFacts, CallRequest
from callqa.data.voices import SpeakerVoice
from callqa.judging import Judge, judging_digest, make_judge
from callqa.language.lexicon import to_plain
from callqa.scoring.book import ChosenRubric, open_book
from callqa.store import RubricText, Store
from callqa.workers import AnalyserFactory

if TYPE_CHECKING:
    from callqa.pipeline import Pipeline


def make_factory(settings: Settings, rubric: str | None) -> AnalyserFactory:
    """What makes analysers, here and in worker processes. `rubric` is a file or a shipped
    rubric's name; it takes the place of the default one of its language. Queues' own rubrics and
    lexicons are named in the settings.

    Raises `InvalidFileError` that lists every mistake of the rubrics, or of the lexicons.
    """
    return _PipelineFactory(open_judge(settings, rubric))


def open_judge(settings: Settings, rubric: str | ChosenRubric | None) -> Judge:
    """The judge of a run. Raises as `make_factory` does."""
    return make_judge(settings, open_book(rubric, settings.rubrics))


def rubrics_digest(rubric: str | None, settings: Settings | None = None) -> str:
    """Changes with any rubric, with any lexicon, and with the code that measures and judges."""
    return judging_digest(open_judge(settings or Settings(), rubric))


def keep_texts(store: Store, judge: Judge) -> None:
    """Keep in the workspace what calls are going to be judged by.

    Raises `UsageError` where a rubric was changed and kept its version.
    """
    for chosen in judge.book:
        store.keep_rubric(rubric_text(chosen))
    for language, lexicons in judge.lexicons.items():
        store.keep_lexicons(lexicons.digest, language, to_plain(lexicons))


def rubric_text(chosen: ChosenRubric) -> RubricText:
    """A rubric as a workspace keeps it."""
    rubric = chosen.rubric
    return RubricText(rubric.digest, rubric.id, rubric.version, rubric.language, chosen.source, chosen.text)


@dataclass(frozen=True, slots=True)
class _PipelineFactory:
    made: Judge

    def __call__(self) -> _PipelineAnalyser:
        return _PipelineAnalyser(self.made)


class _PipelineAnalyser:
    """Loads the pipeline, and with it the models, when the first recording comes."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._pipeline: Pipeline | None = None

    def analyse(self, request: CallRequest, hook: Callable[[str, float], None] | None = None) -> CallFacts:
        """See `callqa.workers.Analyser`."""
        if self._pipeline is None:
            from callqa.pipeline import Pipeline

            self._pipeline = Pipeline(self._judge.settings)
        return self._pipeline.analyse(request, hook)

    @property
    def voices(self) -> tuple[SpeakerVoice, ...]:
        """See `callqa.workers.HearsVoices`."""
        return () if self._pipeline is None else self._pipeline.voices

    def judge(self, facts: CallFacts) -> CallAnalysis:
        """See `callqa.workers.Analyser`. Facts from the store keep the names of the models that
        made them (`callqa.rescoring.judge_anew`), so judging them needs no weights."""
        return self._judge.judge(facts, {} if self._pipeline is None else self._pipeline.model_names)
