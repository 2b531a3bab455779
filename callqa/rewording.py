"""What the text classifiers say of stored calls that were analysed before there were any."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from callqa.config import Settings
from callqa.data import CallFacts
from callqa.errors import UsageError
from callqa.mass_rescoring import Listener
from callqa.pipeline import load_classifier, wording_names
from callqa.rescoring import JudgingOf, Rescored, judge_anew
from callqa.store import Store, StoredCall


@dataclass(frozen=True, slots=True)
class Reworded:
    """How many calls there are, and the calls that were read now, each before and after."""

    num_calls: int
    calls: tuple[Rescored, ...]


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
    classifier = None
    read: list[Rescored] = []
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
        facts = dataclasses.replace(facts, wording=wording, tags=tags)
        read.append(_save(store, call, facts, names, judging_of))
    return Reworded(len(wanted), tuple(read))


def _save(
    store: Store, call: StoredCall, facts: CallFacts, names: dict[str, str], judging_of: JudgingOf
) -> Rescored:
    judging = judging_of(call)
    before = call.analysis
    after = judge_anew(before, facts, judging.judge)
    models = {**after.provenance.models, **names}
    after = dataclasses.replace(after, provenance=dataclasses.replace(after.provenance, models=models))
    keys = dataclasses.replace(
        call.keys, judge_key=judging.judge_key, settings=judging.settings, rubric=judging.rubric
    )
    store.save(after, keys, facts.recording.path)
    measured = tuple(name for name, item in after.measures.items() if before.measures.get(name) != item)
    recording = facts.recording
    return Rescored(
        call.id,
        call.paths,
        before.scorecard,
        after.scorecard,
        recording.agent_id,
        recording.agent_name,
        measured,
    )
