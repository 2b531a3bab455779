"""Stored calls are read by the text classifiers without their audio."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from callqa import rewording
from callqa.config import Settings
from callqa.data import TAGS, TaggedPiece, UtteranceClass
from callqa.errors import UsageError
from callqa.rewording import reword
from callqa.store import Store
from callqa.stored_judging import Judgings
from tests.test_rescoring import fill

CALM = UtteranceClass(0.0, 1.0, 0.0, 0.0, 0.25, 0.25, 0.25, 0.25)


class _Reader:
    """Takes every utterance for a neutral one with which help is offered."""

    def __init__(self) -> None:
        self.num_calls = 0

    def read_call(self, utterances):  # type: ignore[no-untyped-def]
        self.num_calls += 1
        values = dict.fromkeys(TAGS, 0.0) | {"offer": 1.0}
        pieces = [TaggedPiece(i, 0, len(u.text), **values) for i, u in enumerate(utterances)]
        return tuple(CALM for _ in utterances), tuple(pieces)


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> _Reader:
    found = _Reader()
    monkeypatch.setattr(rewording, "load_classifier", lambda settings: found)
    monkeypatch.setattr(rewording, "wording_names", lambda settings: {"tags": "1.1"})
    return found


def test_calls_without_classes_are_read_judged_and_saved(tmp_path: Path, reader: _Reader) -> None:
    fill(tmp_path)
    with Store.open(tmp_path) as store:
        judgings = Judgings(None, None, kept=store.rubrics())
        found = reword(store, Settings(), judgings.of)
        with_words = [
            call
            for summary in store.summaries()
            if (call := store.load(summary.id)).analysis.facts.utterances
        ]
        assert {call.id for call in with_words} == {change.call_id for change in found.calls}
        for call in with_words:
            facts = call.analysis.facts
            assert len(facts.wording) == len(facts.tags) == len(facts.utterances)
            assert call.analysis.provenance.models["tags"] == "1.1"
        # Nobody's words carry any tag that was owed: now that is known, not only not found.
        changed = {name for change in found.calls for name in change.measured}
        assert {"closing", "transparency"} <= changed
        num_read = reader.num_calls
        assert reword(store, Settings(), judgings.of).calls == ()
        assert reader.num_calls == num_read
        assert len(reword(store, Settings(), judgings.of, everything=True).calls) == len(with_words)


def test_without_a_classifier_nothing_can_be_read(tmp_path: Path) -> None:
    fill(tmp_path, 1)
    with Store.open(tmp_path) as store, pytest.raises(UsageError, match="politeness_model is null"):
        reword(store, Settings(politeness_model=None), lambda call: SimpleNamespace())  # type: ignore[arg-type, return-value]
