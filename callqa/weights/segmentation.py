"""The speaker segmentation model: who speaks in each 17 ms of a window, built without a pickle."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from callqa.errors import WeightsError
from callqa.weights.cache import ResolvedModel, resolve
from callqa.weights.convert import CONFIG_NAME, TENSORS_NAME
from callqa.weights.hub import reason_of
from callqa.weights.torch_cpu import prepare_torch

if TYPE_CHECKING:
    import torch


def load_segmentation(model: str | Path | ResolvedModel = "pyannote-segmentation") -> torch.nn.Module:
    """A pyannote.audio segmentation model in eval mode, gradients off.

    It maps float32 waveforms (batch, channel = 1, sample) at 16 kHz to (batch, frame, class).
    For callqa's own the classes are three anonymous speakers of the window, each with its own
    probability 0-1; its `specifications` say so, and name the window's `duration` in seconds.
    A hub model may have other classes (powerset): ask `specifications`. A folder holds either
    `model.safetensors` with `config.json` as callqa writes them, or pyannote.audio's
    `pytorch_model.bin`. Raises `WeightsError` where the model cannot be had.
    """
    found = model if isinstance(model, ResolvedModel) else resolve(model)
    if found.path is not None and (found.path / TENSORS_NAME).is_file():
        return _frozen(_build(found.path))
    return _frozen(_from_pretrained(found))


def _build(folder: Path) -> Any:
    prepare_torch()
    from pyannote.audio.core.task import Problem, Resolution, Specifications
    from pyannote.audio.models.segmentation import PyanNet
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        config = json.loads((folder / CONFIG_NAME).read_text(encoding="utf-8"))
        network = PyanNet(**config["hyper_parameters"])
        facts = config["specifications"]
        network.specifications = Specifications(
            problem=Problem(facts["problem"]),
            resolution=Resolution(facts["resolution"]),
            duration=facts["duration"],
            classes=facts["classes"],
            permutation_invariant=facts["permutation_invariant"],
        )
        network.build()
        network.load_state_dict(load_file(folder / TENSORS_NAME))
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, SafetensorError) as error:
        raise WeightsError(
            f"The folder {folder} holds no usable segmentation model: {reason_of(error)}.",
            "If callqa brought it in, run: callqa models pull pyannote-segmentation",
        ) from error
    return network


def _from_pretrained(found: ResolvedModel) -> Any:
    checkpoint = found.name
    if found.path is not None:
        checkpoint = str(found.path / "pytorch_model.bin")
        if not Path(checkpoint).is_file():
            raise _not_loaded(found, "none of the files is there")
    prepare_torch()
    from pyannote.audio import Model

    try:
        network = Model.from_pretrained(checkpoint, strict=False)
    except Exception as error:
        # Hub, network and checkpoint errors have no common kind in these libraries.
        raise _not_loaded(found, reason_of(error)) from error
    if network is None:
        raise _not_loaded(found, "the hub did not hand it out")
    return network


def _not_loaded(found: ResolvedModel, reason: str) -> WeightsError:
    if found.source == "hub":
        return WeightsError(
            f"The segmentation model {found.name} could not be had from the hub: {reason}.",
            "Check the name, the network, and that your hub account (HF_TOKEN) may use it; or use "
            "pyannote-segmentation, which needs no account.",
        )
    return WeightsError(
        f"The folder {found.path} holds no usable segmentation model: {reason}.",
        f"It needs {TENSORS_NAME} with {CONFIG_NAME}, or pyannote.audio's pytorch_model.bin.",
    )


def _frozen(network: Any) -> Any:
    network.eval()
    network.requires_grad_(False)
    return network
