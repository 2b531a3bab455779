"""Measure the shipped tags on the held-out pass: the tables of `docs/tags.md`.

    python -m training.tags.report

Prints one table a language, as written and with recognition errors. Never prints a line.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from callqa.classification.tags import TagReader
from callqa.data import TAGS
from callqa.weights.text_encoder import load_text_encoder
from training.politeness.noise import Noise
from training.tags.data import TaggedLine, held_out_lines, spoilt
from training.tags.learn import probabilities_of, read_lines, truth_of
from training.tags.train import ENCODER, MEASURING_NOISE


def rates(said: NDArray[np.bool_], truth: NDArray[np.bool_]) -> tuple[float, float, float]:
    """Precision, recall and F1; 0 where there is nothing to count."""
    right = float((said & truth).sum())
    precision = right / max(1.0, float(said.sum()))
    recall = right / max(1.0, float(truth.sum()))
    return precision, recall, 2 * right / max(1.0, float(said.sum() + truth.sum()))


def table(lines: Sequence[TaggedLine], clean: NDArray[np.float64], heard: NDArray[np.float64]) -> list[str]:
    """A Markdown table: a probability of a half and more counts as said."""
    truth = truth_of(lines)
    rows = [
        "| tag | lines | precision | recall | F1 | F1 with errors |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    scores = []
    for i, tag in enumerate(TAGS):
        precision, recall, f1 = rates(clean[:, i] >= 0.5, truth[:, i])
        noisy = rates(heard[:, i] >= 0.5, truth[:, i])[2]
        scores.append((f1, noisy))
        rows.append(
            f"| `{tag}` | {truth[:, i].sum()} | {precision:.2f} | {recall:.2f} | {f1:.2f} | {noisy:.2f} |"
        )
    mean = np.mean(scores, axis=0)
    return [*rows, f"| mean | {len(lines)} | | | {mean[0]:.2f} | {mean[1]:.2f} |"]


def main() -> int:
    """Print the tables."""
    torch.set_num_threads(1)
    lines = held_out_lines()
    encoder, tokenizer = load_text_encoder(ENCODER)
    reader = TagReader()
    noisy = spoilt(lines, Noise.of_tokenizer(tokenizer), "held out", MEASURING_NOISE)
    clean, heard = (
        probabilities_of(reader, read_lines(encoder, tokenizer, version, reader.layer))
        for version in (lines, noisy)
    )
    for language, name in (("zh", "Mandarin"), ("en", "English")):
        here = [i for i, line in enumerate(lines) if line.language == language]
        print(f"{name}:\n")
        print("\n".join(table([lines[i] for i in here], clean[here], heard[here])), end="\n\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
