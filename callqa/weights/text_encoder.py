"""The text encoder: what an utterance means as 384 numbers a token.

E5 (Wang et al. 2024, "Multilingual E5 Text Embeddings") wants "query: " before a text, and the
mean over a text's tokens stands for the text.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from callqa.errors import WeightsError
from callqa.weights.cache import ResolvedModel, resolve
from callqa.weights.convert import CONFIG_NAME, TENSORS_NAME, TOKENIZER_NAME
from callqa.weights.hub import reason_of
from callqa.weights.torch_cpu import prepare_torch

NEEDED = (TENSORS_NAME, CONFIG_NAME, TOKENIZER_NAME)


def load_text_encoder(model: str | Path | ResolvedModel = "multilingual-e5-small") -> tuple[Any, Any]:
    """A `transformers.BertModel` in eval mode, 32-bit, gradients off, and its `tokenizers.Tokenizer`.

    A folder or hub repository needs `model.safetensors`, `config.json` and `tokenizer.json` of a
    BERT encoder. Raises `WeightsError` where the model cannot be had.
    """
    found = model if isinstance(model, ResolvedModel) else resolve(model)
    folder = _hub_folder(found.name) if found.path is None else found.path
    prepare_torch()
    import torch
    from safetensors import SafetensorError
    from safetensors.torch import load_file
    from tokenizers import Tokenizer
    from transformers import BertConfig, BertModel

    try:
        config = json.loads((folder / CONFIG_NAME).read_text(encoding="utf-8"))
        with torch.device("meta"):
            encoder = BertModel(BertConfig(**config), add_pooling_layer=False)
        tensors = load_file(folder / TENSORS_NAME)
        encoder.load_state_dict({key: value.float() for key, value in tensors.items()}, assign=True)
        # What is no weight but made by counting.
        embeddings = encoder.embeddings
        positions = torch.arange(config["max_position_embeddings"]).expand((1, -1))
        embeddings.register_buffer("position_ids", positions, persistent=False)
        embeddings.register_buffer("token_type_ids", torch.zeros_like(positions), persistent=False)
        tokenizer = Tokenizer.from_file(str(folder / TOKENIZER_NAME))
    # tokenizers raises bare Exception for a file it cannot read.
    except (SafetensorError, Exception) as error:
        raise WeightsError(
            f"{found.load_name} holds no usable text encoder: {reason_of(error)}.",
            f"It needs {', '.join(NEEDED)} of a BERT encoder; use multilingual-e5-small, or run: "
            "callqa models pull multilingual-e5-small",
        ) from error
    encoder.eval()
    encoder.requires_grad_(False)
    return encoder, tokenizer


def _hub_folder(name: str) -> Path:
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(name, allow_patterns=list(NEEDED)))
    except Exception as error:
        # Hub, network and name errors have no common kind there.
        raise WeightsError(
            f"The text encoder {name} could not be had from the hub: {reason_of(error)}.",
            "Check the name and the network; or use multilingual-e5-small, which needs neither.",
        ) from error
