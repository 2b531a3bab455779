"""Published checkpoints made into files that hold numbers and nothing else.

A pickle can run code when it is read. So the published checkpoints, whose SHA-256 was held
against the manifest before, are read once with torch's restricted reader, and what is kept is
safetensors plus JSON.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from callqa.weights.manifest import Conversion

TENSORS_NAME = "model.safetensors"
CONFIG_NAME = "config.json"
TOKENIZER_NAME = "tokenizer.json"
# What a conversion leaves in the model's folder.
CONVERTED_NAMES: Mapping[Conversion, tuple[str, ...]] = {
    "pyannote-segmentation": (TENSORS_NAME, CONFIG_NAME),
    "ge2e": (TENSORS_NAME, CONFIG_NAME),
    "e5": (TENSORS_NAME, CONFIG_NAME, TOKENIZER_NAME),
}

# Classes that the segmentation checkpoint names. The restricted reader is given an empty class
# in place of each: their code is not needed to get at the numbers.
_SEGMENTATION_CLASSES = (
    "omegaconf.base.ContainerMetadata",
    "omegaconf.base.Metadata",
    "omegaconf.listconfig.ListConfig",
    "omegaconf.nodes.AnyNode",
    "pyannote.audio.core.model.Introspection",
    "pyannote.audio.core.task.Problem",
    "pyannote.audio.core.task.Resolution",
    "pyannote.audio.core.task.Specifications",
    "torch.torch_version.TorchVersion",
    "typing.Any",
)


class _Inert:
    """Takes whatever a pickle hands to a class, and does nothing with it."""

    def __init__(self, *arguments: Any) -> None:
        self.arguments = arguments


def convert(conversion: Conversion, source: Path, target: Path) -> None:
    """Read the checkpoint in the folder `source`, write safetensors and JSON to the folder `target`."""
    converters = {"pyannote-segmentation": _convert_segmentation, "ge2e": _convert_ge2e, "e5": _convert_e5}
    converters[conversion](source, target)


def _convert_segmentation(source: Path, target: Path) -> None:
    import collections

    import torch

    stand_ins: list[Any] = [
        (type(name.rpartition(".")[2], (_Inert,), {}), name) for name in _SEGMENTATION_CLASSES
    ]
    plain: list[Any] = [collections.defaultdict, list, dict, int]
    with torch.serialization.safe_globals([*stand_ins, *plain]):
        checkpoint = torch.load(source / "pytorch_model.bin", map_location="cpu", weights_only=True)
    hyper = dict(checkpoint["hyper_parameters"])
    specifications = vars(checkpoint["pyannote.audio"]["specifications"])
    config = {
        "architecture": checkpoint["pyannote.audio"]["architecture"],
        "hyper_parameters": {
            key: hyper[key] for key in ("sincnet", "lstm", "linear", "sample_rate", "num_channels")
        },
        "specifications": {
            "problem": specifications["problem"].arguments[0],
            "resolution": specifications["resolution"].arguments[0],
            "duration": specifications["duration"],
            "classes": list(specifications["classes"]),
            "permutation_invariant": specifications["permutation_invariant"],
        },
    }
    _write(target, checkpoint["state_dict"], config)


def _convert_ge2e(source: Path, target: Path) -> None:
    import torch

    checkpoint = torch.load(source / "pretrained.pt", map_location="cpu", weights_only=True)
    tensors = {
        key: value for key, value in checkpoint["model_state"].items() if key.startswith(("lstm.", "linear."))
    }
    config = {
        "architecture": "ge2e-lstm",
        "num_mels": tensors["lstm.weight_ih_l0"].shape[1],
        "hidden_size": tensors["lstm.weight_hh_l0"].shape[1],
        "num_layers": sum(key.startswith("lstm.weight_ih_l") for key in tensors),
        "embedding_size": tensors["linear.weight"].shape[0],
        "sample_rate_hz": 16_000,
        "fft_size": 400,
        "hop": 160,
        "window_frames": 160,
    }
    _write(target, tensors, config)


def _convert_e5(source: Path, target: Path) -> None:
    from callqa.weights.e5 import SOURCE_NAME, config_of, kept_pieces, read_encoder, tensors_of, tokenizer_of

    encoder = read_encoder(source / SOURCE_NAME)
    kept = kept_pieces(encoder.pieces)
    (target / TOKENIZER_NAME).write_text(tokenizer_of(encoder, kept).to_str(), encoding="utf-8")
    _write(target, tensors_of(encoder, kept), config_of(encoder, len(kept)))


def _write(target: Path, tensors: Mapping[str, Any], config: Mapping[str, Any]) -> None:
    from safetensors.torch import save

    text = json.dumps(config, indent=1, ensure_ascii=False)
    (target / CONFIG_NAME).write_text(text + "\n", encoding="utf-8")
    # Not `save_file`: it makes the file unreadable to other users, and hides a full disk.
    (target / TENSORS_NAME).write_bytes(save({key: value.contiguous() for key, value in tensors.items()}))
