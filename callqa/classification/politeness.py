"""Courteous, neutral, curt or impolite: one utterance in the light of what was said just before.

The encoder comes from the weights that callqa brings in; the changes to it and the head, which
this project trained (`training/politeness`), lie beside this file with their model card.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from callqa.classification.network import (
    HEAD_NAMES,
    LOW_RANK_SCALE,
    Pair,
    encoder_input,
    fast_numbers,
    one_thread,
    pooled,
    scores_of,
    token_rows,
)
from callqa.classification.tags import TagReader, tagged_pieces
from callqa.data import FAULTS, TAGS, WORDING_CLASSES, TaggedPiece, Utterance, UtteranceClass
from callqa.errors import WeightsError
from callqa.weights import resolve
from callqa.weights.cache import ResolvedModel
from callqa.weights.hub import reason_of
from callqa.weights.text_encoder import load_text_encoder

SHIPPED = "shipped"
SHIPPED_FOLDER = Path(__file__).parent / "politeness_model"
TENSORS_NAME = "model.safetensors"
FACTS_NAME = "model.json"

_BATCH = 64
# A long turn is classified piece by piece: one bad sentence in it would be lost in the mean.
_MAX_PIECE = {"zh": 64, "en": 200}
_HAN = re.compile(r"[\u4e00-\u9fff]")
_SENTENCE = re.compile(r"[^。？！?!.;；]+[。？！?!.;；]*")
_LAYER = re.compile(r"encoder\.layer\.(\d+)\.")
_NUM_SCORES = len(WORDING_CLASSES) + len(FAULTS)
_CLAUSE = re.compile(r"[^，,、]+[，,、]*")


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """What belongs to the trained tensors: the encoder they change, and how scores become
    probabilities."""

    encoder: str
    encoder_sha256: str
    class_temperature: float
    fault_temperature: float
    version: str


class PolitenessClassifier:
    """Classifies utterances; loaded once and kept.

    `model` is ``shipped``, or a folder that holds `model.safetensors` and `model.json` as
    `training.politeness.train` writes them. Raises `WeightsError` where these or the encoder are
    missing, damaged or do not belong together. `tags` reads what utterances do on the same run of
    the encoder; left out where it belongs to another encoder, or to layers that the model changes.
    """

    def __init__(self, model: str | Path = SHIPPED, tags: TagReader | None = None) -> None:
        folder = _folder(model)
        self.facts = read_facts(folder)
        found = resolve(self.facts.encoder)
        if found.sha256 != self.facts.encoder_sha256:
            raise WeightsError(
                f"The politeness model in {folder} was trained on another {self.facts.encoder}.",
                "Leave out the setting politeness_model: callqa then takes its own.",
            )
        self._encoder, self.tokenizer, self._head, lowest_changed = _load(folder, found)
        self._tags = tags if tags is not None and tags.fits(found.sha256, lowest_changed) else None

    def classify(self, pairs: Sequence[Pair]) -> list[UtteranceClass]:
        """One entry a pair (what the other party said just before or None, the utterance).

        Takes about 5 ms a pair on two processors. Equal pairs are worked out once. An utterance
        without words is neutral.
        """
        return [_as_class(_joined([row for _, row in some])) for some in self._by_piece(pairs)]

    def read_call(
        self, utterances: Sequence[Utterance]
    ) -> tuple[tuple[UtteranceClass, ...], tuple[TaggedPiece, ...]]:
        """One entry an utterance of a call, each in the light of the one before it; and what each
        piece of it does, none where there is nothing that reads tags."""
        read = self._by_piece(with_context(utterances))
        classes = tuple(_as_class(_joined([row for _, row in some])) for some in read)
        if self._tags is None:
            return classes, ()
        return classes, tuple(
            piece
            for i, (utterance, some) in enumerate(zip(utterances, read, strict=True))
            for piece in tagged_pieces(
                i, utterance.text, [p for p, _ in some], [r[_NUM_SCORES:] for _, r in some]
            )
        )

    def _by_piece(self, pairs: Sequence[Pair]) -> list[list[tuple[str, NDArray[np.float64]]]]:
        pieces = [[(context, part) for part in pieces_of(text)] for context, text in pairs]
        unique = list(dict.fromkeys(piece for some in pieces for piece in some))
        values = dict(zip(unique, self._probabilities(unique), strict=True)) if unique else {}
        return [[(piece[1], values[piece]) for piece in some] for some in pieces]

    def _probabilities(self, pairs: Sequence[Pair]) -> NDArray[np.float64]:
        import torch

        num_classes = len(WORDING_CLASSES)
        probabilities = np.zeros((len(pairs), _NUM_SCORES + (0 if self._tags is None else len(TAGS))))
        rows = token_rows(self.tokenizer, pairs)
        order = sorted(range(len(rows)), key=lambda i: rows[i].length)
        with torch.inference_mode(), fast_numbers(), one_thread():
            for first in range(0, len(order), _BATCH):
                batch = order[first : first + _BATCH]
                ids, counts, own = encoder_input([rows[i] for i in batch])
                states = self._encoder(
                    input_ids=ids, attention_mask=counts.long(), output_hidden_states=self._tags is not None
                )
                scores = scores_of(pooled(states.last_hidden_state.float(), own), self._head).double()
                classes = torch.softmax(scores[:, :num_classes] / self.facts.class_temperature, dim=1)
                faults = torch.softmax(scores[:, num_classes:] / self.facts.fault_temperature, dim=1)
                probabilities[batch, :_NUM_SCORES] = torch.cat([classes, faults], dim=1).numpy()
                if self._tags is not None:
                    below = states.hidden_states[self._tags.layer]
                    probabilities[batch, _NUM_SCORES:] = self._tags.probabilities(below, own)
        return probabilities


def model_name(model: str | Path) -> str:
    """How the model stands in a call's provenance, with the encoder that it changes."""
    folder = _folder(model)
    facts = read_facts(folder)
    return f"{model} {facts.version} on {resolve(facts.encoder).provenance}"


def _folder(model: str | Path) -> Path:
    return SHIPPED_FOLDER if str(model) == SHIPPED else Path(model).expanduser()


def with_context(utterances: Sequence[Utterance]) -> list[Pair]:
    """Each utterance with what another speaker said before it, None where its own speaker goes on."""
    pairs: list[Pair] = []
    for i, utterance in enumerate(utterances):
        before = utterances[i - 1] if i else None
        other = before is not None and before.speaker != utterance.speaker
        pairs.append((before.text if before is not None and other else None, utterance.text))
    return pairs


def pieces_of(text: str) -> list[str]:
    """A text in pieces of one or more sentences, none much longer than what the model learnt from.

    >>> pieces_of("您好。")
    ['您好。']
    """
    limit = _MAX_PIECE["zh" if _HAN.search(text) else "en"]
    if len(text) <= limit:
        return [text]
    parts = _packed(_SENTENCE.findall(text) or [text], limit)
    return [piece for part in parts for piece in (_packed(_CLAUSE.findall(part) or [part], limit)
            if len(part) > limit else [part])]  # fmt: skip


def _packed(parts: Sequence[str], limit: int) -> list[str]:
    packed: list[str] = []
    for part in parts:
        if packed and len(packed[-1]) + len(part) <= limit:
            packed[-1] += part
        else:
            packed.append(part)
    return packed


def _joined(rows: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    """The piece that is most likely impolite speaks for the whole."""
    place = WORDING_CLASSES.index("impolite")
    return max(rows, key=lambda row: float(row[place]))


def _as_class(row: NDArray[np.float64]) -> UtteranceClass:
    values = (round(float(value), 4) for value in row[:_NUM_SCORES])
    return UtteranceClass(**dict(zip((*WORDING_CLASSES, *FAULTS), values, strict=True)))


def read_facts(folder: Path) -> ModelFacts:
    """What stands in a model's `model.json`; raises `WeightsError`."""
    try:
        raw = json.loads((folder / FACTS_NAME).read_text(encoding="utf-8"))
        return ModelFacts(
            str(raw["encoder"]["name"]),
            str(raw["encoder"]["sha256"]),
            float(raw["temperature"]["classes"]),
            float(raw["temperature"]["faults"]),
            str(raw["version"]),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise WeightsError(
            f"{folder} holds no usable politeness model: {reason_of(error)}.",
            f"It needs {FACTS_NAME} and {TENSORS_NAME} as the training program writes them.",
        ) from error


def _load(folder: Path, found: ResolvedModel) -> tuple[Any, Any, dict[str, Any], int]:
    """Encoder, tokenizer, head, and the lowest of the encoder's layers that the model changes."""
    encoder, tokenizer = load_text_encoder(found)
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        tensors = load_file(folder / TENSORS_NAME)
        head = {name: tensors.pop(f"head.{name}").float() for name in HEAD_NAMES}
        changed = sorted({key.rpartition(".")[0] for key in tensors})
        for name in changed:
            down, up = tensors[f"{name}.down"].float(), tensors[f"{name}.up"].float()
            encoder.get_submodule(name).weight.data += LOW_RANK_SCALE * (up @ down)
    except (OSError, KeyError, AttributeError, RuntimeError, SafetensorError) as error:
        raise WeightsError(
            f"{folder / TENSORS_NAME} is no politeness model for {found.name}: {reason_of(error)}.",
            "Install callqa again, or train the model again.",
        ) from error
    layers = [int(match[1]) for name in changed if (match := _LAYER.match(name))]
    return encoder, tokenizer, head, min(layers, default=len(encoder.encoder.layer))
