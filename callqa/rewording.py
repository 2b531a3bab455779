"""What the text classifiers say of stored calls that were analysed before there were any."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from callqa.config import Settings
from callqa.data import CallAnalysis, CallFacts
from callqa.errors import UsageError
from callqa.mass_rescoring import Listener
from callqa.pipeline import load_classifier, wording_names
from callqa.rescoring import JudgingOf, judge_anew
from callqa.store import Store, StoredCall


@dataclass(frozen=True, slots=True)
class Reworded:
    """How many calls there are, and how many were read now."""

    num_calls: int
    num_read: int


def reword(
    store: Store,
    settings: Settings,
    judging_of: JudgingOf,
    *,
    everything: bool = False,
    listener: Listener | None = None,
) -> Reworded:
    """Classify the stored utterances of every call that lacks it, judge these calls anew and save
    them: no audio. `everything` does so for every call, with a newer model for one. `listener`
    hears how far it is.

    Raises `UsageError` where the settings name no classifier, `WeightsError` where it is not here.
    """
    if settings.politeness_model is None:
        raise UsageError(
            "the setting politeness_model is null: there is nothing to classify utterances with.",
            "Leave it out of the settings; callqa then takes its own.",
        )
    names = wording_names(settings)
    wanted = [item.id for item in store.summaries()]
    classifier, num_read = None, 0
    tell = listener or Listener()
    tell.planned(len(wanted))
    for call_id in wanted:
        tell.advanced(1)
        call = store.load(call_id)
        facts = call.analysis.facts
        if not facts.utterances or (facts.wording and facts.tags and not everything):
            continue
        if classifier is None:
            classifier = load_classifier(settings)
        wording, tags = classifier.read_call(facts.utterances)
        _save(store, call, dataclasses.replace(facts, wording=wording, tags=tags), names, judging_of)
        num_read += 1
    return Reworded(len(wanted), num_read)


def _save(
    store: Store, call: StoredCall, facts: CallFacts, names: dict[str, str], judging_of: JudgingOf
) -> None:
    judging = judging_of(call)
    analysis = judge_anew(call.analysis, facts, judging.judge)
    models = {**analysis.provenance.models, **names}
    provenance = dataclasses.replace(analysis.provenance, models=models)
    keys = dataclasses.replace(
        call.keys, judge_key=judging.judge_key, settings=judging.settings, rubric=judging.rubric
    )
    store.save(
        CallAnalysis(facts, analysis.measures, analysis.scorecard, provenance), keys, facts.recording.path
    )
