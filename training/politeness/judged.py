"""Written lines as callqa judges them: phrase lists, classifier, and both as in a scored call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from callqa.classification.politeness import PolitenessClassifier
from callqa.config import MeasureSettings
from callqa.data import (
    CallFacts,
    Coverage,
    Recording,
    Role,
    Roles,
    Utterance,
    UtteranceClass,
    Word,
)
from callqa.language.lexicon import load_lexicons
from callqa.measures.politeness import measure_politeness
from training.politeness.data import Line

AGENT, CUSTOMER = "agent", "customer"
# A telephone line that is understood well.
_PROBABILITY = 0.9


@dataclass(frozen=True, slots=True)
class Judged:
    """One line: what the classifier says, and whether lists alone and both together hold it
    impolite (True), possibly so (None) or not (False)."""

    line: Line
    wording: UtteranceClass
    by_lists: bool | None
    by_both: bool | None


def judge_lines(
    lines: Sequence[Line], classifier: PolitenessClassifier, settings: MeasureSettings
) -> list[Judged]:
    """Every line, in their order; the lines of a dialogue stand together."""
    wordings = classifier.classify([(line.context, line.text) for line in lines])
    judged: list[Judged] = []
    pairs = zip(lines, wordings, strict=True)
    for _, group in groupby(pairs, key=lambda item: (item[0].dialogue, item[0].language)):
        some = list(group)
        alone = _verdicts([line for line, _ in some], (), settings)
        both = _verdicts([line for line, _ in some], [wording for _, wording in some], settings)
        judged += [Judged(*item, *verdicts) for item, *verdicts in _joined(some, alone, both)]
    return judged


def _joined(
    some: Sequence[tuple[Line, UtteranceClass]],
    alone: Sequence[bool | None],
    both: Sequence[bool | None],
) -> list[tuple[tuple[Line, UtteranceClass], bool | None, bool | None]]:
    return list(zip(some, alone, both, strict=True))


def _verdicts(
    lines: Sequence[Line], wordings: Sequence[UtteranceClass], settings: MeasureSettings
) -> list[bool | None]:
    language = lines[0].language
    joiner = "" if language == "zh" else " "
    utterances = []
    for i, line in enumerate(lines):
        texts = [line.text] if language == "zh" else line.text.split()
        step = 1.0 / len(texts)
        words = tuple(
            Word(2 * i + k * step, 2 * i + (k + 1) * step, text, _PROBABILITY) for k, text in enumerate(texts)
        )
        utterances.append(Utterance(2.0 * i, 2.0 * i + 1, AGENT, words, role=Role.AGENT, joiner=joiner))
    length = 2.0 * len(lines)
    facts = CallFacts(
        recording=Recording(id="written", path="written", duration=length, sample_rate=8000, channels=1),
        language=language,
        turns=(),
        roles=Roles(certain=True, confidence=1.0, source="written", speakers={AGENT: Role.AGENT}),
        utterances=tuple(utterances),
        coverage=Coverage(length, 0.0),
        acoustics=(),
        wording=tuple(wordings),
    )
    measure = measure_politeness(facts, load_lexicons(language), settings)["impolite_utterances"]
    found = {row["start"]: row["certain"] for row in measure.components["utterances"]}
    return [{True: True, False: None}[found[u.start]] if u.start in found else False for u in utterances]
