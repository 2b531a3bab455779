"""The classifier's network: an utterance and what was said before it into scores.

The encoder reads ``<s> query: UTTERANCE </s> </s> CONTEXT </s>``. What goes on is the mean over
the utterance's own tokens, which by then know the context, and the first token. Training and
classifying share all of this.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

Pair = tuple[str | None, str]  # what the other party said just before, the utterance

HEAD_NAMES = ("hidden.weight", "hidden.bias", "out.weight", "out.bias")
# What a low-rank change of a weight is multiplied by.
LOW_RANK_SCALE = 2.0
_START, _PAD, _END = 0, 1, 2
_PREFIX = "query: "
_MAX_TOKENS = 96
# The end of what was said before matters most.
_MAX_CONTEXT_TOKENS = 32
_END_MARKS = "。．.，,、；;~～ "


@dataclass(frozen=True, slots=True)
class TokenRow:
    """Token ids of one pair, and how many of them, from the first on, are the utterance's."""

    ids: tuple[int, ...]
    num_own: int

    @property
    def length(self) -> int:
        """Tokens in all."""
        return len(self.ids)


def token_rows(tokenizer: Any, pairs: Sequence[Pair]) -> list[TokenRow]:
    """Tokens of each pair. Full stops at the ends are dropped: recognition sets them at will."""
    tokenizer.no_padding()
    own = tokenizer.encode_batch([_PREFIX + _bare(text) for _, text in pairs], add_special_tokens=False)
    before = tokenizer.encode_batch([_bare(context or "") for context, _ in pairs], add_special_tokens=False)
    rows = []
    for mine, theirs in zip(own, before, strict=True):
        ids = [_START, *mine.ids[:_MAX_TOKENS], _END]
        num_own = len(ids)
        if theirs.ids:
            ids += [_END, *theirs.ids[-_MAX_CONTEXT_TOKENS:], _END]
        rows.append(TokenRow(tuple(ids), num_own))
    return rows


def _bare(text: str) -> str:
    return text.strip().rstrip(_END_MARKS)


def encoder_input(rows: Sequence[TokenRow]) -> tuple[Any, Any, Any]:
    """Ids (row, token), which of them count (row, token), which are the utterance's (row, token)."""
    import torch

    longest = max(row.length for row in rows)
    ids = torch.tensor([[*row.ids, *[_PAD] * (longest - row.length)] for row in rows])
    places = torch.arange(longest)
    counts = places < torch.tensor([[row.length] for row in rows])
    return ids, counts, places < torch.tensor([[row.num_own] for row in rows])


def pooled(states: Any, own: Any) -> Any:
    """What the head reads, (row, 2 * hidden size): mean of the utterance's tokens, first token."""
    import torch

    own = own.unsqueeze(-1)  # (row, token, 1)
    return torch.cat([(states * own).sum(1) / own.sum(1), states[:, 0]], dim=1)


def scores_of(features: Any, head: Mapping[str, Any]) -> Any:
    """Scores (row, 8) before softmax: four classes, four faults."""
    import torch

    hidden = torch.nn.functional.linear(features, head["hidden.weight"], head["hidden.bias"])
    return torch.nn.functional.linear(torch.nn.functional.gelu(hidden), head["out.weight"], head["out.bias"])


def fast_numbers() -> Any:
    """A context in which products run in 16-bit floats where the processor has them in hardware.

    Elsewhere they would be slower than 32-bit ones.
    """
    import torch

    can = torch.cpu.get_capabilities()
    fast = bool(can.get("amx_bf16") or can.get("avx512_bf16"))
    return torch.autocast("cpu", torch.bfloat16, enabled=fast)


@contextmanager
def one_thread() -> Iterator[None]:
    """A context in which torch works with one thread.

    Batches here are too small to share out: where anything else runs, two threads that wait for
    each other took six times as long as one.
    """
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
