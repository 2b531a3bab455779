"""Fitting the head that reads tags from the encoder's lower half, which never changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from callqa.classification.tags import TagReader, tag_features, tag_scores
from callqa.data import TAGS
from training.politeness.data import Line
from training.politeness.states import Reading, read
from training.tags.data import TaggedLine

_BATCH = 32
_WEIGHT_DECAY = 0.05


@dataclass(frozen=True, slots=True)
class Options:
    """How to train. `layer` is how many of the encoder's layers are read, `looks` how many weighted
    means over the tokens."""

    layer: int = 6
    looks: int = 8
    hidden: int = 192
    epochs: int = 15
    rate: float = 1e-3
    dropout: float = 0.3
    clean_share: float = 0.4


def read_lines(encoder: Any, tokenizer: Any, lines: Sequence[TaggedLine], layer: int) -> Reading:
    """What the encoder's first `layer` layers make of the lines."""
    written = [Line(line.context, line.text, "neutral", None, line.dialogue) for line in lines]
    return read(encoder, tokenizer, written, len(encoder.encoder.layer) - layer)


def truth_of(lines: Sequence[TaggedLine]) -> NDArray[np.bool_]:
    """(line, tag)."""
    return np.array([[tag in line.tags for tag in TAGS] for line in lines])


def fit(
    lines: Sequence[TaggedLine], readings: Sequence[Reading], options: Options, seed: int
) -> dict[str, Any]:
    """The head's tensors, learnt from `lines`, of which each reading has one row a line, the first
    as written."""
    torch.manual_seed(seed)
    rng = Random(f"{seed} tags")
    head = _new_head(readings[0], options)
    learnt = [head[name].requires_grad_() for name in head if name not in ("centre", "spread")]
    optimizer = torch.optim.AdamW(learnt, lr=options.rate, weight_decay=_WEIGHT_DECAY)
    steps = options.epochs * -(-len(lines) // _BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, options.rate, total_steps=steps + options.epochs + 1, pct_start=0.1
    )
    truth = torch.tensor(truth_of(lines)).float()
    dropped = torch.nn.Dropout(options.dropout)
    for _ in range(options.epochs):
        items = [(_choose(readings, options, rng), i) for i in range(len(lines))]
        for batch in _batches(items, rng):
            states, own = _states(batch)
            features = dropped(tag_features(states, own, head))
            hidden = torch.nn.functional.linear(features, head["hidden.weight"], head["hidden.bias"])
            hidden = dropped(torch.nn.functional.gelu(hidden))
            scores = torch.nn.functional.linear(hidden, head["out.weight"], head["out.bias"])
            wanted = truth[[i for _, i in batch]]
            loss = torch.nn.functional.binary_cross_entropy_with_logits(scores, wanted)
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(learnt, 1.0)
            optimizer.step()
            schedule.step()
    return {name: tensor.detach().half() for name, tensor in head.items()}


def scores_of(head: dict[str, Any], reading: Reading) -> NDArray[np.float64]:
    """(line, tag), as the shipped head gives them."""
    whole = {name: tensor.float() for name, tensor in head.items()}
    scores = np.zeros((len(reading.rows), len(TAGS)))
    order = sorted(range(len(reading.rows)), key=lambda i: reading.rows[i].length)
    with torch.inference_mode():
        for first in range(0, len(order), 64):
            batch = order[first : first + 64]
            states, own = _states([(reading, i) for i in batch])
            scores[batch] = tag_scores(tag_features(states, own, whole), whole).numpy()
    return scores


def probabilities_of(reader: TagReader, reading: Reading) -> NDArray[np.float64]:
    """(line, tag), as the shipped reader gives them."""
    found = np.zeros((len(reading.rows), len(TAGS)))
    with torch.inference_mode():
        for i in range(len(reading.rows)):
            states, own = _states([(reading, i)])
            found[i] = reader.probabilities(states, own)[0]
    return found


def _new_head(reading: Reading, options: Options) -> dict[str, Any]:
    tokens = torch.cat([states.float() for states in reading.states[::3]])
    size = tokens.shape[1]
    look = torch.nn.Linear(size, options.looks, bias=False)
    hidden = torch.nn.Linear(size * (options.looks + 2), options.hidden)
    out = torch.nn.Linear(options.hidden, len(TAGS))
    return {
        "centre": tokens.mean(0),
        "spread": tokens.std(0),
        "look.weight": look.weight.detach().clone(),
        "hidden.weight": hidden.weight.detach().clone(),
        "hidden.bias": hidden.bias.detach().clone(),
        "out.weight": out.weight.detach().clone(),
        "out.bias": out.bias.detach().clone(),
    }


def _choose(readings: Sequence[Reading], options: Options, rng: Random) -> Reading:
    if len(readings) == 1 or rng.random() < options.clean_share:
        return readings[0]
    return rng.choice(readings[1:])


def _states(items: Sequence[tuple[Reading, int]]) -> tuple[Any, Any]:
    states = torch.nn.utils.rnn.pad_sequence([reading.states[i] for reading, i in items], batch_first=True)
    places = torch.arange(states.shape[1])
    return states.float(), places < torch.tensor([[reading.rows[i].num_own] for reading, i in items])


def _batches(items: list[tuple[Reading, int]], rng: Random) -> list[list[tuple[Reading, int]]]:
    """Shuffled, and of like length within a batch."""
    rng.shuffle(items)
    batches = []
    for first in range(0, len(items), _BATCH * 16):
        chunk = sorted(items[first : first + _BATCH * 16], key=lambda item: item[0].rows[item[1]].length)
        batches += [chunk[i : i + _BATCH] for i in range(0, len(chunk), _BATCH)]
    rng.shuffle(batches)
    return batches
