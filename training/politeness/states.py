"""Lines as the network gets to read them, and what the encoder's lower layers make of them."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch

from callqa.classification.network import TokenRow, encoder_input, fast_numbers, token_rows
from training.politeness.data import Line
from training.politeness.noise import Noise

Progress = Callable[[str], None]

# Share of words with errors in the noisy readings of a line, from and to.
_NOISE_RATES = ((0.03, 0.12), (0.1, 0.25))
_CONTEXT_LOST = 0.15
TEST_NOISE_RATE = 0.15


@dataclass(frozen=True, slots=True)
class Reading:
    """One row a line; `states[i]` (token, hidden size) is what the lower layers make of row i."""

    rows: tuple[TokenRow, ...]
    states: tuple[Any, ...]

    def part(self, places: Sequence[int]) -> Reading:
        """Some of its lines."""
        return Reading(tuple(self.rows[i] for i in places), tuple(self.states[i] for i in places))


def noisy_readings(lines: Sequence[Line], noise: Noise, seed: int) -> list[list[Line]]:
    """The lines as a recogniser may have written them, twice; now and then without the context."""
    readings = []
    for i, (low, high) in enumerate(_NOISE_RATES):
        rng = random.Random(f"{seed} learn {i}")
        spoilt = [spoil(line, noise, rng, rng.uniform(low, high)) for line in lines]
        readings.append(
            [replace(line, context=None) if rng.random() < _CONTEXT_LOST else line for line in spoilt]
        )
    return readings


def with_errors(lines: Sequence[Line], noise: Noise, seed: str) -> list[Line]:
    """The lines with the errors that are measured on; the seed is none that anything learns from."""
    rng = random.Random(f"{seed} measure")
    return [spoil(line, noise, rng, TEST_NOISE_RATE) for line in lines]


def spoil(line: Line, noise: Noise, rng: random.Random, rate: float) -> Line:
    """A line with recognition errors, in what the customer said as well."""
    context = noise.spoil(line.context, rng, rate) if line.context else None
    return replace(line, text=noise.spoil(line.text, rng, rate), context=context)


def read(encoder: Any, tokenizer: Any, lines: Sequence[Line], num_changing: int) -> Reading:
    """Run the lines through all layers but the top `num_changing`."""
    rows = token_rows(tokenizer, [(line.context, line.text) for line in lines])
    lower = encoder.encoder.layer[: len(encoder.encoder.layer) - num_changing]
    states: list[Any] = [None] * len(rows)
    order = sorted(range(len(rows)), key=lambda i: rows[i].length)
    with torch.inference_mode(), fast_numbers():
        for first in range(0, len(order), 64):
            batch = order[first : first + 64]
            ids, counts, _ = encoder_input([rows[i] for i in batch])
            values = encoder.embeddings(input_ids=ids)
            for layer in lower:
                values = layer(values, _attention(counts))
            for place, i in enumerate(batch):
                states[i] = values[place, : rows[i].length].bfloat16().clone()
    return Reading(tuple(rows), tuple(states))


def batch_states(items: Sequence[tuple[Reading, int]]) -> tuple[Any, Any, Any]:
    """States (row, token, hidden size) of some lines, their attention mask, the utterance's tokens."""
    rows = [reading.rows[i] for reading, i in items]
    _, counts, own = encoder_input(rows)
    states = torch.nn.utils.rnn.pad_sequence([reading.states[i] for reading, i in items], batch_first=True)
    return states.float(), _attention(counts), own


def _attention(counts: Any) -> Any:
    """(row, 1, 1, token) of numbers that are added to attention scores."""
    mask = torch.zeros(counts.shape, dtype=torch.float32)
    return mask.masked_fill(~counts, torch.finfo(torch.float32).min)[:, None, None, :]
