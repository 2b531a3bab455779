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
from callqa.data import FAULTS, WORDING_CLASSES, Utterance, UtteranceClass
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
    missing, damaged or do not belong together.
    """

    def __init__(self, model: str | Path = SHIPPED) -> None:
        folder = _folder(model)
        self.facts = read_facts(folder)
        found = resolve(self.facts.encoder)
        if found.sha256 != self.facts.encoder_sha256:
            raise WeightsError(
                f"The politeness model in {folder} was trained on another {self.facts.encoder}.",
                "Leave out the setting politeness_model: callqa then takes its own.",
            )
        self._encoder, self.tokenizer, self._head = _load(folder, found)

    def classify(self, pairs: Sequence[Pair]) -> list[UtteranceClass]:
        """One entry a pair (what the other party said just before or None, the utterance).

        Takes about 5 ms a pair on two processors. Equal pairs are worked out once. An utterance
        without words is neutral.
        """
        if not pairs:
            return []
        pieces = [[(context, part) for part in pieces_of(text)] for context, text in pairs]
        unique = list(dict.fromkeys(piece for some in pieces for piece in some))
        values = dict(zip(unique, self._probabilities(unique), strict=True))
        return [_as_class(_joined([values[piece] for piece in some])) for some in pieces]

    def classify_call(self, utterances: Sequence[Utterance]) -> tuple[UtteranceClass, ...]:
        """One entry an utterance of a call, each in the light of the one before it."""
        return tuple(self.classify(with_context(utterances)))

    def _probabilities(self, pairs: Sequence[Pair]) -> NDArray[np.float64]:
        import torch

        num_classes = len(WORDING_CLASSES)
        probabilities = np.zeros((len(pairs), num_classes + len(FAULTS)))
        rows = token_rows(self.tokenizer, pairs)
        order = sorted(range(len(rows)), key=lambda i: rows[i].length)
        with torch.inference_mode(), fast_numbers(), one_thread():
            for first in range(0, len(order), _BATCH):
                batch = order[first : first + _BATCH]
                ids, counts, own = encoder_input([rows[i] for i in batch])
                states = self._encoder(input_ids=ids, attention_mask=counts.long()).last_hidden_state
                scores = scores_of(pooled(states.float(), own), self._head).double()
                classes = torch.softmax(scores[:, :num_classes] / self.facts.class_temperature, dim=1)
                faults = torch.softmax(scores[:, num_classes:] / self.facts.fault_temperature, dim=1)
                probabilities[batch] = torch.cat([classes, faults], dim=1).numpy()
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
    values = (round(float(value), 4) for value in row)
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


def _load(folder: Path, found: ResolvedModel) -> tuple[Any, Any, dict[str, Any]]:
    encoder, tokenizer = load_text_encoder(found)
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        tensors = load_file(folder / TENSORS_NAME)
        head = {name: tensors.pop(f"head.{name}").float() for name in HEAD_NAMES}
        for name in sorted({key.rpartition(".")[0] for key in tensors}):
            down, up = tensors[f"{name}.down"].float(), tensors[f"{name}.up"].float()
            encoder.get_submodule(name).weight.data += LOW_RANK_SCALE * (up @ down)
    except (OSError, KeyError, AttributeError, RuntimeError, SafetensorError) as error:
        raise WeightsError(
            f"{folder / TENSORS_NAME} is no politeness model for {found.name}: {reason_of(error)}.",
            "Install callqa again, or train the model again.",
        ) from error
    return encoder, tokenizer, head
