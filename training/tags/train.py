"""Train the head that reads tags and write what callqa ships.

    python -m training.tags.train --seed 1

Probabilities are calibrated on lines that their head had not seen: the dialogues of the large
learning pass in four parts, and each other pass as a whole, are each scored by a head learnt from
the rest. The shipped head learns from all of them. The held-out pass is not touched.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import save
from sklearn.linear_model import LogisticRegression

from callqa.classification.tags import FACTS_NAME, TAGS_FOLDER, TENSORS_NAME
from callqa.data import TAGS
from callqa.weights import resolve
from callqa.weights.text_encoder import load_text_encoder
from training.politeness.noise import Noise
from training.tags.data import TaggedLine, learning_lines, spoilt
from training.tags.learn import Options, fit, read_lines, scores_of, truth_of

ENCODER = "multilingual-e5-small"
# Share of words with recognition errors in the noisy readings of a line, from and to.
LEARNING_NOISE = ((0.03, 0.12), (0.1, 0.25))
MEASURING_NOISE = (0.15, 0.15)
_PARTS = 4
_WHOLE_PASSES = ("t3",)


def folds_of(lines: Sequence[TaggedLine]) -> NDArray[np.int64]:
    """Which lines are scored together by a head that has not seen them: whole dialogues."""
    numbers: dict[str, int] = {}
    for line in lines:
        numbers.setdefault(line.dialogue, len(numbers))
    return np.array(
        [_PARTS if line.source in _WHOLE_PASSES else numbers[line.dialogue] % _PARTS for line in lines]
    )


def calibrated(scores: NDArray[np.float64], truth: NDArray[np.bool_]) -> tuple[list[float], list[float]]:
    """For each tag what to multiply its scores by and what to add, so that they become the log odds
    of its probability (Platt 1999)."""
    scale, shift = [], []
    for tag in range(len(TAGS)):
        found = LogisticRegression(C=10.0).fit(scores[:, [tag]], truth[:, tag])
        scale.append(round(float(found.coef_[0, 0]), 4))
        shift.append(round(float(found.intercept_[0]), 4))
    return scale, shift


def best_f1(scores: NDArray[np.float64], truth: NDArray[np.bool_]) -> float:
    """The highest F1 that any threshold gives."""
    hits = np.cumsum(truth[np.argsort(-scores, kind="stable")])
    return float((2 * hits / (np.arange(1, len(hits) + 1) + truth.sum())).max())


def main(arguments: Sequence[str] | None = None) -> int:
    """Train, calibrate, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=TAGS_FOLDER, help="folder for the trained head")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="an option")
    chosen = parser.parse_args(arguments)
    torch.set_num_threads(1)
    options = Options(**{name: json.loads(value) for name, value in (item.split("=") for item in chosen.set)})

    def tell(text: str) -> None:
        print(text, file=sys.stderr, flush=True)

    lines = learning_lines()
    encoder, tokenizer = load_text_encoder(ENCODER)
    noise = Noise.of_tokenizer(tokenizer)
    noisy = [
        spoilt(lines, noise, f"{chosen.seed} learn {i}", rates) for i, rates in enumerate(LEARNING_NOISE)
    ]
    readings = [read_lines(encoder, tokenizer, version, options.layer) for version in (lines, *noisy)]
    heard = read_lines(
        encoder, tokenizer, spoilt(lines, noise, f"{chosen.seed} measure", MEASURING_NOISE), options.layer
    )
    truth, folds = truth_of(lines), folds_of(lines)
    tell(f"{len(lines)} lines read")
    unseen = np.zeros((2, len(lines), len(TAGS)))
    for fold in sorted(set(folds)):
        rest, here = np.flatnonzero(folds != fold).tolist(), np.flatnonzero(folds == fold).tolist()
        head = fit([lines[i] for i in rest], [r.part(rest) for r in readings], options, chosen.seed)
        unseen[0, here] = scores_of(head, readings[0].part(here))
        unseen[1, here] = scores_of(head, heard.part(here))
        tell(f"part {fold + 1} of {folds.max() + 1} scored by a head that had not seen it")
    both = np.concatenate([truth, truth])
    scale, shift = calibrated(unseen.reshape(-1, len(TAGS)), both)
    f1 = {
        tag: [round(best_f1(unseen[k, :, i], truth[:, i]), 3) for k in range(2)] for i, tag in enumerate(TAGS)
    }
    tell("best F1 as written, with errors: " + json.dumps(f1))
    head = fit(lines, readings, options, chosen.seed)
    _write(chosen.out, head, chosen.seed, options, scale, shift, len(lines))
    return 0


def _write(
    folder: Path,
    head: dict[str, Any],
    seed: int,
    options: Options,
    scale: list[float],
    shift: list[float],
    num_lines: int,
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / TENSORS_NAME).write_bytes(save({name: value.contiguous() for name, value in head.items()}))
    written = {
        "version": f"1.{seed}",
        "encoder": {"name": ENCODER, "sha256": resolve(ENCODER).sha256},
        "layer": options.layer,
        "tags": list(TAGS),
        "scale": scale,
        "shift": shift,
        "learnt_from": {"lines": num_lines},
        "options": asdict(options) | {"seed": seed},
    }
    (folder / FACTS_NAME).write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
