"""What a batch scores calls with: the pipeline with its models, and the judge."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from callqa.config import Settings
from callqa.data import CallAnalysis, CallFacts, CallRequest
from callqa.data.voices import SpeakerVoice
from callqa.scoring import Rubric, default_rubric, load_rubric
from callqa.workers import AnalyserFactory

if TYPE_CHECKING:
    from callqa.pipeline import Pipeline

_LANGUAGES = ("zh", "en")
_LEXICONS = Path(__file__).parent / "lexicons"


def make_factory(settings: Settings, rubric: str | None) -> AnalyserFactory:
    """What makes analysers, here and in worker processes. `rubric` is a file or a shipped
    rubric's name; it takes the place of the default one of its language.

    Raises `InvalidFileError` that lists every mistake of the rubric.
    """
    return _PipelineFactory(settings, load_rubrics(rubric))


def load_rubrics(rubric: str | None) -> dict[str, Rubric]:
    """The rubric of each language."""
    rubrics = {language: default_rubric(language) for language in _LANGUAGES}
    if rubric is not None:
        chosen = load_rubric(rubric)
        rubrics[chosen.language] = chosen
    return rubrics


def rubrics_digest(rubric: str | None) -> str:
    """Changes with any rubric and with any lexicon."""
    digest = hashlib.sha256()
    for language, chosen in sorted(load_rubrics(rubric).items()):
        digest.update(f"{language} {chosen.digest}\n".encode())
    for path in sorted(_LEXICONS.glob("*.yaml")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class _PipelineFactory:
    settings: Settings
    rubrics: dict[str, Rubric]

    def __call__(self) -> _PipelineAnalyser:
        return _PipelineAnalyser(self.settings, self.rubrics)


class _PipelineAnalyser:
    """Loads the pipeline, and with it the models, when the first recording comes."""

    def __init__(self, settings: Settings, rubrics: dict[str, Rubric]) -> None:
        self._settings = settings
        self._rubrics = rubrics
        self._pipeline: Pipeline | None = None

    def analyse(self, request: CallRequest, hook: Callable[[str, float], None] | None = None) -> CallFacts:
        """See `callqa.workers.Analyser`."""
        if self._pipeline is None:
            from callqa.pipeline import Pipeline

            self._pipeline = Pipeline(self._settings)
        return self._pipeline.analyse(request, hook)

    @property
    def voices(self) -> tuple[SpeakerVoice, ...]:
        """See `callqa.workers.HearsVoices`."""
        return () if self._pipeline is None else self._pipeline.voices

    def judge(self, facts: CallFacts) -> CallAnalysis:
        """See `callqa.workers.Analyser`. Facts from the store keep the names of the models that
        made them (`callqa.rescoring.judge_anew`), so judging them needs no weights."""
        from callqa.pipeline import judge

        models = {} if self._pipeline is None else self._pipeline.model_names
        return judge(facts, self._settings, self._rubrics, models)
