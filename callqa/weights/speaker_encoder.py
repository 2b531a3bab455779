"""The speaker encoder: a voice as 256 numbers, near each other for the same person.

The network is that of Wan et al. 2018, "Generalized end-to-end loss for speaker verification":
three LSTM layers over mel frames, the last state through a linear layer.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from callqa.errors import WeightsError
from callqa.weights.cache import ResolvedModel, resolve
from callqa.weights.convert import CONFIG_NAME, TENSORS_NAME
from callqa.weights.hub import reason_of

if TYPE_CHECKING:
    import torch


def load_speaker_encoder(model: str | Path | ResolvedModel = "ge2e") -> torch.nn.Module:
    """The encoder in eval mode, gradients off.

    It maps mel power spectra (batch, frame, 40), float32, to unit vectors (batch, 256). The
    frames it was trained on: 16 kHz, 400-point transform, hop 160, power without logarithm,
    windows of 160 frames (1.6 s) of speech at about -30 dBFS. Shorter windows work less well.
    A folder needs `model.safetensors` and `config.json` as callqa writes them. Raises
    `WeightsError` where the model cannot be had.
    """
    found = model if isinstance(model, ResolvedModel) else resolve(model)
    folder = _hub_folder(found.name) if found.path is None else found.path
    import torch
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    class SpeakerEncoder(torch.nn.Module):  # type: ignore[misc]  # torch is untyped to mypy here
        def __init__(self, num_mels: int, hidden_size: int, num_layers: int, embedding_size: int) -> None:
            super().__init__()
            self.lstm = torch.nn.LSTM(num_mels, hidden_size, num_layers, batch_first=True)
            self.linear = torch.nn.Linear(hidden_size, embedding_size)

        def forward(self, mels: torch.Tensor) -> torch.Tensor:
            _, (hidden, _) = self.lstm(mels)  # (layer, batch, hidden_size)
            embeddings = torch.relu(self.linear(hidden[-1]))  # (batch, embedding_size)
            return torch.nn.functional.normalize(embeddings, dim=1)

    try:
        config = json.loads((folder / CONFIG_NAME).read_text(encoding="utf-8"))
        sizes = {key: config[key] for key in ("num_mels", "hidden_size", "num_layers", "embedding_size")}
        encoder = SpeakerEncoder(**sizes)
        encoder.load_state_dict(load_file(folder / TENSORS_NAME))
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, SafetensorError) as error:
        raise WeightsError(
            f"{found.load_name} holds no usable speaker encoder: {reason_of(error)}.",
            f"It needs {TENSORS_NAME} and {CONFIG_NAME} as callqa writes them for ge2e; "
            "use ge2e, or run: callqa models pull ge2e",
        ) from error
    encoder.eval()
    encoder.requires_grad_(False)
    return encoder


def _hub_folder(name: str) -> Path:
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(name, allow_patterns=[TENSORS_NAME, CONFIG_NAME]))
    except Exception as error:
        # Hub, network and name errors have no common kind there.
        raise WeightsError(
            f"The speaker encoder {name} could not be had from the hub: {reason_of(error)}.",
            "Check the name and the network; or use ge2e, which needs neither.",
        ) from error
