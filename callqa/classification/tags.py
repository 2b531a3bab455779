"""What an utterance does: says what is being done, explains, asks to wait, refuses, …

A small head on what the encoder's lower half makes of a text. The politeness model changes the
upper half alone, so one run of the encoder serves both, and neither has to be trained again when
the other is. The head was trained by this project (`training/tags`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from callqa.data import TAGS, TaggedPiece
from callqa.errors import WeightsError
from callqa.weights.hub import reason_of

TAGS_FOLDER = Path(__file__).parent / "tags_model"
TENSORS_NAME = "model.safetensors"
FACTS_NAME = "model.json"
TENSOR_NAMES = ("centre", "spread", "look.weight", "hidden.weight", "hidden.bias", "out.weight", "out.bias")


@dataclass(frozen=True, slots=True)
class TagFacts:
    """What belongs to the trained tensors.

    `layer` is how many of the encoder's layers the head reads. A tag's score times its entry of
    `scale` plus its entry of `shift` is the log odds of its probability.
    """

    encoder_sha256: str
    layer: int
    scale: tuple[float, ...]
    shift: tuple[float, ...]
    version: str


def tag_features(states: Any, own: Any, head: Mapping[str, Any]) -> Any:
    """What the two layers read of `states` (row, token, hidden size), of which `own` (row, token)
    are the utterance's: several weighted means over its tokens, the plain mean, the first token."""
    import torch

    # Some numbers of the encoder's states are far from 0 whatever the text.
    states = (states - head["centre"]) / head["spread"]
    apart = own.unsqueeze(-1)  # (row, token, 1)
    looks = (states @ head["look.weight"].T).masked_fill(~apart, -1e4).softmax(1)  # (row, token, look)
    means = torch.einsum("rtl,rth->rlh", looks, states).flatten(1)
    return torch.cat([means, (states * apart).sum(1) / apart.sum(1), states[:, 0]], dim=1)


def tag_scores(features: Any, head: Mapping[str, Any]) -> Any:
    """Scores (row, tag) before they are calibrated."""
    import torch

    hidden = torch.nn.functional.linear(features, head["hidden.weight"], head["hidden.bias"])
    return torch.nn.functional.linear(torch.nn.functional.gelu(hidden), head["out.weight"], head["out.bias"])


class TagReader:
    """Probabilities of the tags, from the encoder's states after `layer` layers.

    Raises `WeightsError` where the folder holds no usable model.
    """

    def __init__(self, folder: Path = TAGS_FOLDER) -> None:
        self.facts = read_tag_facts(folder)
        self._head = _load(folder)

    @property
    def layer(self) -> int:
        """How many of the encoder's layers the states must have passed."""
        return self.facts.layer

    def fits(self, encoder_sha256: str, lowest_changed: int) -> bool:
        """Whether it may read an encoder whose layers from `lowest_changed` on, counted from 0, are
        not the original's any more."""
        return self.facts.encoder_sha256 == encoder_sha256 and self.facts.layer <= lowest_changed

    def probabilities(self, states: Any, own: Any) -> NDArray[np.float64]:
        """(row, tag), calibrated."""
        import torch

        scores = tag_scores(tag_features(states.float(), own, self._head), self._head).double()
        odds = scores * torch.tensor(self.facts.scale).double() + torch.tensor(self.facts.shift).double()
        result: NDArray[np.float64] = torch.sigmoid(odds).numpy()
        return result


def tagged_pieces(
    utterance: int, text: str, pieces: Sequence[str], rows: Sequence[NDArray[np.float64]]
) -> list[TaggedPiece]:
    """An utterance's pieces with their probabilities and their places in its text."""
    found, place = [], 0
    for piece, row in zip(pieces, rows, strict=True):
        first = max(place, text.find(piece, place))
        place = first + len(piece)
        values = dict(zip(TAGS, (round(float(value), 3) for value in row), strict=True))
        found.append(TaggedPiece(utterance, first, place, **values))
    return found


def read_tag_facts(folder: Path = TAGS_FOLDER) -> TagFacts:
    """What stands in a model's `model.json`; raises `WeightsError`."""
    try:
        raw = json.loads((folder / FACTS_NAME).read_text(encoding="utf-8"))
        if tuple(raw["tags"]) != TAGS:
            raise ValueError("it knows other tags")
        scale, shift = (tuple(float(value) for value in raw[name]) for name in ("scale", "shift"))
        if len(scale) != len(TAGS) or len(shift) != len(TAGS):
            raise ValueError("scale and shift need one number a tag")
        return TagFacts(str(raw["encoder"]["sha256"]), int(raw["layer"]), scale, shift, str(raw["version"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _no_model(folder, error) from error


def _load(folder: Path) -> dict[str, Any]:
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        tensors = load_file(folder / TENSORS_NAME)
        return {name: tensors[name].float() for name in TENSOR_NAMES}
    except (OSError, KeyError, SafetensorError) as error:
        raise _no_model(folder, error) from error


def _no_model(folder: Path, error: Exception) -> WeightsError:
    return WeightsError(f"{folder} holds no usable tags model: {reason_of(error)}.", "Install callqa again.")
