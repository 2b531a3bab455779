"""Variants of the classifier side by side: learnt from all learning passes but one, measured on that.

    python -m training.politeness.compare --seed 1

Prints a Markdown table.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch

from callqa.weights.text_encoder import load_text_encoder
from training.politeness.data import Line, learning_passes, lines_of
from training.politeness.learn import Options, Trained, fit
from training.politeness.metrics import IMPOLITE, average_precision, best_recall, labels_of, softmax
from training.politeness.noise import Noise
from training.politeness.states import Reading, noisy_readings, read, with_errors


@dataclass(frozen=True, slots=True)
class Variant:
    """One way to train; `context` and `errors` say what it gets to read."""

    name: str
    options: Options
    context: bool = True
    errors: bool = True


VARIANTS = (
    Variant("low rank, top 6 layers", Options()),
    Variant("without the customer's words", Options(), context=False),
    Variant("without recognition errors", Options(), errors=False),
    Variant("low rank, top 2 layers", replace(Options(), layers=2)),
    Variant("head alone", replace(Options(), layers=0, epochs=8, head_rate=3e-3)),
)


def figures(trained: Trained, reading: Reading, lines: Sequence[Line]) -> str:
    """Accuracy, average precision of impolite, its recall at 95 % precision: cells of a table."""
    scores = trained.scores(reading)[:, :4]
    truth = labels_of(lines)
    probability, is_true = softmax(scores, 1.0)[:, IMPOLITE], truth == IMPOLITE
    accuracy = float(np.mean(scores.argmax(axis=1) == truth))
    average, recall = average_precision(probability, is_true), best_recall(probability, is_true, 0.95)
    return f"{accuracy:.3f} | {average:.3f} | {recall:.3f}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Train and measure every variant."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--on", default="w4", help="the learning pass to measure on")
    parser.add_argument("--only", nargs="*", default=[], help="variants, by how their names begin")
    chosen = parser.parse_args(arguments)
    torch.set_num_threads(1)
    passes = learning_passes()
    measured = lines_of([passes.pop(chosen.on)])
    lines = lines_of(passes.values())
    encoder, tokenizer = load_text_encoder()
    noise = Noise.of_tokenizer(tokenizer)
    spoilt = with_errors(measured, noise, str(chosen.seed))
    print(f"{len(lines)} lines to learn from, {len(measured)} of {chosen.on} to measure on\n")
    print("| variant | accuracy | average precision | recall at 0.95 | with errors: accuracy "
          "| average precision | recall at 0.95 | seconds |")  # fmt: skip
    print("|---|---|---|---|---|---|---|---|", flush=True)
    for variant in VARIANTS:
        if chosen.only and not variant.name.startswith(tuple(chosen.only)):
            continue

        def reading(some: Sequence[Line], variant: Variant = variant) -> Reading:
            seen = some if variant.context else [replace(line, context=None) for line in some]
            return read(encoder, tokenizer, seen, variant.options.layers)

        versions = [lines, *(noisy_readings(lines, noise, chosen.seed) if variant.errors else ())]
        trained = fit(encoder, lines, [reading(v) for v in versions], variant.options, chosen.seed)
        cells = [figures(trained, reading(some), measured) for some in (measured, spoilt)]
        print(f"| {variant.name} | {' | '.join(cells)} | {trained.seconds:.0f} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
