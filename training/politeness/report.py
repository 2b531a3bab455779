"""What the shipped classifier does on the held-out pass: writes docs/politeness.md.

    python -m training.politeness.report

Nothing may be changed because of what it shows; the pass would be held out no longer.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from callqa.classification.politeness import FACTS_NAME, SHIPPED_FOLDER, PolitenessClassifier
from callqa.config import MeasureSettings
from callqa.data import FAULTS, WORDING_CLASSES
from training.politeness.data import Line, held_out_pass, learning_passes, lines_of
from training.politeness.judged import Judged, judge_lines
from training.politeness.metrics import IMPOLITE, Rates, calibration_error, labels_of
from training.politeness.noise import Noise
from training.politeness.states import with_errors

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = Path(__file__).parent / "report.md"
SEED = "report"
_SPEED_UTTERANCES = 1_000
_WORST = 20

Says = Callable[[Judged], bool]


def rates(judged: Sequence[Judged], says: Says) -> Rates:
    """Impolite, as `says` has it, against the written label."""
    said = [says(item) for item in judged]
    true = [item.line.label == "impolite" for item in judged]
    both = sum(a and b for a, b in zip(said, true, strict=True))
    return Rates(sum(said), both, sum(true))


def comparison(sets: Mapping[str, Sequence[Judged]], settings: MeasureSettings) -> str:
    """Lists, classifier and both: precision and recall of what is held impolite for certain."""
    ways: dict[str, Says] = {
        "phrase lists alone": lambda item: item.by_lists is True,
        "classifier alone": lambda item: item.wording.impolite >= settings.impolite_certain,
        "both, as in a scored call": lambda item: item.by_both is True,
        "both, possible ones included": lambda item: item.by_both is not False,
    }
    lines = ["| on | | precision | recall | said, right, true |", "|---|---|---|---|---|"]
    for name, judged in sets.items():
        for way, says in ways.items():
            found = rates(judged, says)
            lines.append(
                f"| {name} | {way} | {_share(found.precision)} | {_share(found.recall)} "
                f"| {found.said}, {found.right}, {found.true} |"
            )
    return "\n".join(lines)


def confusion(judged: Sequence[Judged]) -> str:
    """Rows are the written classes, columns the most probable one."""
    lines = [f"| written | {' | '.join(WORDING_CLASSES)} |", "|---" * 5 + "|"]
    for label in WORDING_CLASSES:
        counts = [
            sum(item.line.label == label and item.wording.label == other for item in judged)
            for other in WORDING_CLASSES
        ]
        lines.append(f"| {label} | {' | '.join(map(str, counts))} |")
    return "\n".join(lines)


def faults_table(judged: Sequence[Judged]) -> str:
    """Recall and named kind, by the written fault."""
    lines = ["| fault | lines | held impolite | kind right |", "|---|---|---|---|"]
    for fault in FAULTS:
        some = [item for item in judged if item.line.fault == fault]
        found = sum(item.by_both is True for item in some)
        right = sum(item.wording.fault == fault for item in some)
        lines.append(f"| {fault} | {len(some)} | {found} | {right} |")
    return "\n".join(lines)


def probabilities(judged: Sequence[Judged]) -> NDArray[np.float64]:
    """The four classes' probabilities (line, class)."""
    return np.array([[getattr(item.wording, name) for name in WORDING_CLASSES] for item in judged])


def worst(judged: Sequence[Judged]) -> str:
    """The lines whose probability of impolite is farthest from the truth."""

    def error(item: Judged) -> float:
        return abs((item.line.label == "impolite") - item.wording.impolite)

    lines = ["| written | impolite | before it | utterance |", "|---|---|---|---|"]
    for item in sorted(judged, key=error, reverse=True)[:_WORST]:
        label = item.line.label + (f"/{item.line.fault}" if item.line.fault else "")
        context = item.line.context or "–"
        lines.append(f"| {label} | {item.wording.impolite:.2f} | {context} | {item.line.text} |")
    return "\n".join(lines)


def seconds_for_a_thousand(classifier: PolitenessClassifier, lines: Sequence[Line]) -> float:
    """Seconds for 1,000 different utterances with their contexts, without loading."""
    pairs = list(dict.fromkeys((line.context, line.text) for line in lines))[:_SPEED_UTTERANCES]
    classifier.classify(pairs[:100])
    started = time.perf_counter()
    classifier.classify(pairs)
    return (time.perf_counter() - started) * _SPEED_UTTERANCES / len(pairs)


def counts(lines: Sequence[Line]) -> str:
    """Lines by language and class."""
    cells = []
    for language, name in (("zh", "Mandarin"), ("en", "English")):
        some = [line for line in lines if line.language == language]
        by_label = ", ".join(f"{label} {sum(x.label == label for x in some)}" for label in WORDING_CLASSES)
        cells.append(f"{len(some)} {name} ({by_label})")
    return "; ".join(cells)


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and write the document."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--model", type=Path, default=SHIPPED_FOLDER)
    parser.add_argument("--on", help="a learning pass instead of the held-out one: prints, writes nothing")
    parser.add_argument("--heard", type=Path, help="what training.politeness.spoken wrote")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "politeness.md")
    chosen = parser.parse_args(arguments)
    learnt = learning_passes()
    lines = lines_of([learnt[chosen.on]]) if chosen.on else lines_of([held_out_pass()])
    classifier = PolitenessClassifier(chosen.model)
    settings = MeasureSettings()
    noise = Noise.of_tokenizer(classifier.tokenizer)
    clean = judge_lines(lines, classifier, settings)
    spoilt = judge_lines(with_errors(lines, noise, SEED), classifier, settings)
    sets = {}
    for name, judged in (("as written", clean), ("with recognition errors", spoilt)):
        for language, title in (("zh", "Mandarin"), ("en", "English")):
            sets[f"{title}, {name}"] = [item for item in judged if item.line.language == language]
        sets[f"all, {name}"] = judged
    if chosen.heard:
        texts = {int(k): v for k, v in json.loads(chosen.heard.read_text(encoding="utf-8")).items()}
        picked = [replace(lines[i], text=text or "嗯") for i, text in texts.items()]
        sets["spoken and recognised"] = judge_lines(picked, classifier, settings)
        sets["the same lines as written"] = judge_lines([lines[i] for i in texts], classifier, settings)
    truth = labels_of(lines)
    accuracy = [float((probabilities(j).argmax(axis=1) == truth).mean()) for j in (clean, spoilt)]
    uncertain = [sum(item.by_both is None for item in judged) / len(judged) for judged in (clean, spoilt)]
    facts = json.loads((chosen.model / FACTS_NAME).read_text(encoding="utf-8"))
    fitted = facts["learnt_from"]["passes"]
    print("judged; measuring the speed", file=sys.stderr, flush=True)
    values = {
        "VERSION": facts["version"],
        "LEARNT": counts(lines_of(learnt[name] for name in fitted)),
        "CALIBRATED": counts(lines_of(some for name, some in learnt.items() if name not in fitted)),
        "HELD_OUT": counts(lines),
        "DIALOGUES": str(len({line.dialogue for line in lines})),
        "CERTAIN": f"{settings.impolite_certain:g}",
        "POSSIBLE": f"{settings.impolite_possible:g}",
        "TEMPERATURE": f"{facts['temperature']['classes']:g}",
        "COMPARISON": comparison(sets, settings),
        "CONFUSION": confusion(clean),
        "CONFUSION_ERRORS": confusion(spoilt),
        "FAULTS": faults_table(clean),
        "ACCURACY": f"{accuracy[0]:.3f} as written, {accuracy[1]:.3f} with recognition errors",
        "ECE": " and ".join(f"{calibration_error(probabilities(j), truth):.3f}" for j in (clean, spoilt)),
        "UNCERTAIN": " and ".join(f"{100 * share:.1f} %" for share in uncertain),
        "SECONDS": f"{seconds_for_a_thousand(classifier, [*lines, *lines_of(learnt.values())]):.1f}",
        "IMPOLITE_SHARE": f"{100 * float((truth == IMPOLITE).mean()):.0f} %",
    }
    if chosen.on:
        print("\n\n".join(f"{name}: {value}" for name, value in values.items()))
        return 0
    text = TEMPLATE.read_text(encoding="utf-8")
    for name, value in (values | {"WORST": worst(clean)}).items():
        text = text.replace("{{" + name + "}}", value)
    chosen.out.write_text(text, encoding="utf-8")
    print(values["COMPARISON"])
    return 0


if __name__ == "__main__":
    sys.exit(main())
