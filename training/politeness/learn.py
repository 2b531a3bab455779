"""Fitting the network: low-rank changes to the encoder's top layers, and a small head.

A changed layer computes ``W x + s B A x`` with A (rank, in) and B (out, rank), s = 2 (Hu et al.
2021, "LoRA"). Only A, B and the head are learnt, and only they are shipped. What the lower layers
make of a line never changes, so it is worked out once (`training.politeness.states`).
"""

from __future__ import annotations

import copy
import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from callqa.classification.network import (
    HEAD_NAMES,
    LOW_RANK_SCALE,
    fast_numbers,
    pooled,
    scores_of,
)
from callqa.data import FAULTS, WORDING_CLASSES
from training.politeness.data import Line
from training.politeness.states import Progress, Reading, batch_states

_CHANGED = ("query", "key", "value", "attention.output.dense", "intermediate.dense", "output.dense")
_BATCH = 32
_FAULT_LOSS = 0.4
_HIDDEN = 192
# How often a line is learnt from as it was written, where it has noisy readings too.
_CLEAN_SHARE = 0.4


@dataclass(frozen=True, slots=True)
class Options:
    """How to train. `layers` is how many of the top layers change (0: the head alone)."""

    layers: int = 6
    rank: int = 16
    epochs: int = 6
    encoder_rate: float = 2e-3
    head_rate: float = 1.5e-3
    smoothing: float = 0.05


@dataclass(frozen=True, slots=True)
class Trained:
    """A fitted network: the changed top layers, the head, and the tensors to ship."""

    layers: Any
    head: dict[str, Any]
    tensors: dict[str, Any]
    options: Options
    seconds: float

    def scores(self, reading: Reading) -> NDArray[np.float32]:
        """Scores (line, 8) before softmax."""
        scores = np.zeros((len(reading.rows), len(WORDING_CLASSES) + len(FAULTS)), np.float32)
        order = sorted(range(len(reading.rows)), key=lambda i: reading.rows[i].length)
        with torch.inference_mode(), fast_numbers():
            for first in range(0, len(order), 64):
                batch = order[first : first + 64]
                scores[batch] = _forward(self.layers, self.head, [(reading, i) for i in batch]).numpy()
        return scores


class _LowRank(torch.nn.Module):  # type: ignore[misc]  # torch is untyped to mypy here
    def __init__(self, base: Any, rank: int) -> None:
        super().__init__()
        self.base = base
        self.down = torch.nn.Parameter(torch.randn(rank, base.in_features) / base.in_features**0.5)
        self.up = torch.nn.Parameter(torch.zeros(base.out_features, rank))

    def forward(self, states: Any) -> Any:
        change = torch.nn.functional.linear(torch.nn.functional.linear(states, self.down), self.up)
        return self.base(states) + LOW_RANK_SCALE * change


def fit(
    encoder: Any,
    lines: Sequence[Line],
    readings: Sequence[Reading],
    options: Options,
    seed: int,
    tell: Progress = lambda _: None,
) -> Trained:
    """Train on `lines`, of which each reading has one row a line, the first as written.

    `encoder` itself is left as it is; `readings` must be its states below the layers to change.
    """
    started = time.monotonic()
    torch.manual_seed(seed)
    rng = random.Random(f"{seed} fit")
    num_layers = len(encoder.encoder.layer)
    layers = copy.deepcopy(encoder.encoder.layer[num_layers - options.layers :])
    changed = _make_changeable(layers, num_layers - options.layers, options.rank)
    head = _new_head(2 * encoder.config.hidden_size)
    groups: list[dict[str, Any]] = [{"params": list(head.values()), "lr": options.head_rate}]
    if changed:
        low_rank = [p for module in changed.values() for p in (module.down, module.up)]
        groups.append({"params": low_rank, "lr": options.encoder_rate})
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01)
    steps = options.epochs * -(-len(lines) // _BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, [g["lr"] for g in groups], total_steps=steps + options.epochs + 1, pct_start=0.1
    )
    weights = _class_weights(lines)
    faults = torch.tensor([FAULTS.index(line.fault) if line.fault else -100 for line in lines])
    labels = torch.tensor([WORDING_CLASSES.index(line.label) for line in lines])
    layers.train()
    for epoch in range(options.epochs):
        chosen = [_choose(readings, rng) for _ in lines]
        total = 0.0
        for batch in _batches([chosen[i].rows[i].length for i in range(len(lines))], rng):
            with fast_numbers():
                scores = _forward(layers, head, [(chosen[i], i) for i in batch])
            classes, kinds = scores[:, : len(WORDING_CLASSES)], scores[:, len(WORDING_CLASSES) :]
            loss = torch.nn.functional.cross_entropy(
                classes, labels[batch], weights, label_smoothing=options.smoothing
            )
            if bool((faults[batch] >= 0).any()):
                loss = loss + _FAULT_LOSS * torch.nn.functional.cross_entropy(kinds, faults[batch])
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_([p for g in groups for p in g["params"]], 1.0)
            optimizer.step()
            schedule.step()
            total += float(loss.detach()) * len(batch)
        took = time.monotonic() - started
        tell(f"epoch {epoch + 1}/{options.epochs}: loss {total / len(lines):.3f}, {took:.0f} s")
    return _finished(layers, num_layers, changed, head, options, time.monotonic() - started)


def _forward(layers: Any, head: dict[str, Any], items: Sequence[tuple[Reading, int]]) -> Any:
    states, mask, own = batch_states(items)
    for layer in layers:
        states = layer(states, mask)
    return scores_of(pooled(states.float(), own), head).float()


def _choose(readings: Sequence[Reading], rng: random.Random) -> Reading:
    if len(readings) == 1 or rng.random() < _CLEAN_SHARE:
        return readings[0]
    return rng.choice(readings[1:])


def _make_changeable(layers: Any, first: int, rank: int) -> dict[str, _LowRank]:
    """Wrap the layers' matrices; by their names in the whole encoder, counted from `first`."""
    changed = {}
    for i, layer in enumerate(layers):
        for name, module in list(layer.named_modules()):
            if isinstance(module, torch.nn.Linear) and name.endswith(_CHANGED):
                parent, _, own = name.rpartition(".")
                wrapped = _LowRank(module, rank)
                setattr(layer.get_submodule(parent), own, wrapped)
                changed[f"encoder.layer.{first + i}.{name}"] = wrapped
    return changed


def _new_head(width: int) -> dict[str, Any]:
    outputs = len(WORDING_CLASSES) + len(FAULTS)
    hidden, out = torch.nn.Linear(width, _HIDDEN), torch.nn.Linear(_HIDDEN, outputs)
    tensors = (hidden.weight, hidden.bias, out.weight, out.bias)
    return dict(zip(HEAD_NAMES, tensors, strict=True))


def _finished(
    layers: Any,
    num_layers: int,
    changed: dict[str, _LowRank],
    head: dict[str, Any],
    options: Options,
    seconds: float,
) -> Trained:
    """With the changes put into the weights, rounded as they are shipped."""
    tensors = {}
    for name, module in changed.items():
        down, up = module.down.detach().half(), module.up.detach().half()
        tensors[f"{name}.down"], tensors[f"{name}.up"] = down, up
        module.base.weight.data += LOW_RANK_SCALE * (up.float() @ down.float())
        place, _, inside = name.removeprefix("encoder.layer.").partition(".")
        layer = layers[int(place) - (num_layers - options.layers)]
        parent, _, own = inside.rpartition(".")
        setattr(layer.get_submodule(parent), own, module.base)
    rounded = {name: tensor.detach().half() for name, tensor in head.items()}
    layers.eval()
    head = {name: tensor.float() for name, tensor in rounded.items()}
    return Trained(layers, head, tensors | {f"head.{k}": v for k, v in rounded.items()}, options, seconds)


def _class_weights(lines: Sequence[Line]) -> Any:
    counts = Counter(line.label for line in lines)
    weights = torch.tensor([(len(lines) / max(1, counts[name])) ** 0.5 for name in WORDING_CLASSES])
    return weights / weights.mean()


def _batches(lengths: Sequence[int], rng: random.Random) -> Iterator[list[int]]:
    """Shuffled, and of like length within a batch."""
    order = list(range(len(lengths)))
    rng.shuffle(order)
    batches = []
    for first in range(0, len(order), _BATCH * 16):
        chunk = sorted(order[first : first + _BATCH * 16], key=lambda i: lengths[i])
        batches += [chunk[i : i + _BATCH] for i in range(0, len(chunk), _BATCH)]
    rng.shuffle(batches)
    yield from batches
