"""A workspace of many stored calls for speed trials, made of a few: the same conversations under
other ids, each utterance with another word missing, so that no text comes twice.

``python -m callqa.evaluation.many_calls SOURCE TARGET --calls 1000``
"""

from __future__ import annotations

import argparse
import dataclasses
import hashlib
import random
from collections.abc import Sequence
from pathlib import Path

from callqa.analysers import keep_texts, open_judge
from callqa.batch import judge_key
from callqa.config import Settings
from callqa.data import CallFacts, Utterance
from callqa.judging import judging_digest
from callqa.store import CallKeys, Store

_FEWEST_WORDS = 4


def make_many(source: Path, target: Path, num_calls: int, seed: int = 1) -> None:
    """Fill the workspace `target` with variations of the calls of `source`, judged by the defaults."""
    settings = Settings()
    judge = open_judge(settings, None)
    key = judge_key(settings, judging_digest(judge))
    rng = random.Random(seed)
    with Store.open(source) as store:
        originals = [store.load(row.id) for row in store.rescoring_rows()]
    with Store.open(target, create=True) as store:
        keep_texts(store, judge)
        for number in range(num_calls):
            original = originals[number % len(originals)]
            digest = hashlib.sha256(f"{original.id} {number}".encode()).hexdigest()
            facts = varied(original.analysis.facts, digest, number, rng)
            analysis = judge.judge(facts, original.analysis.provenance.models)
            keys = CallKeys(digest, original.keys.facts_key, key, settings=settings.model_dump(mode="json"))
            store.save(analysis, keys, facts.recording.path)


def varied(facts: CallFacts, digest: str, number: int, rng: random.Random) -> CallFacts:
    """The call under another id, its utterances without one word each."""
    recording = dataclasses.replace(
        facts.recording, id=digest[: len(facts.recording.id)], path=f"calls/{number:05d}.wav"
    )
    utterances = tuple(_without_a_word(item, rng) for item in facts.utterances)
    return dataclasses.replace(facts, recording=recording, utterances=utterances)


def _without_a_word(utterance: Utterance, rng: random.Random) -> Utterance:
    if len(utterance.words) < _FEWEST_WORDS:
        return utterance
    gone = rng.randrange(len(utterance.words))
    return dataclasses.replace(utterance, words=(*utterance.words[:gone], *utterance.words[gone + 1 :]))


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("source", type=Path, help="workspace with some scored calls")
    parser.add_argument("target", type=Path, help="workspace to make")
    parser.add_argument("--calls", type=int, default=1000)
    given = parser.parse_args(arguments)
    make_many(given.source, given.target, given.calls)


if __name__ == "__main__":
    main()
