from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from callqa.errors import WeightsError
from callqa.weights.convert import convert
from callqa.weights.segmentation import load_segmentation
from callqa.weights.speaker_encoder import load_speaker_encoder


def run(program: str) -> str:
    """What a fresh interpreter prints: these tests are about the first import."""
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_importing_weights_loads_no_model_library() -> None:
    heavy = run("""
        import sys, callqa.weights
        print(sorted({"torch", "pyannote.audio", "torchaudio", "safetensors"} & set(sys.modules)))
    """)
    assert heavy == "[]"


def test_pyannote_imports_quietly_and_without_telemetry() -> None:
    answer = run("""
        import warnings
        from callqa.weights.torch_cpu import prepare_torch
        with warnings.catch_warnings(record=True) as caught:
            state = prepare_torch()
            import pyannote.audio
        from pyannote.audio.telemetry.metrics import is_metrics_enabled
        from huggingface_hub import constants
        print(state in ("real", "stubbed"), is_metrics_enabled(), constants.HF_HUB_OFFLINE)
        print([str(item.message) for item in caught if "torchcodec" in str(item.message)])
    """)
    assert answer == "True False True\n[]"


def test_the_stub_is_used_only_where_the_real_extension_cannot_load(tmp_path: Path) -> None:
    package = tmp_path / "torchaudio"
    package.mkdir()
    (package / "__init__.py").write_text("from . import _extension\n")
    (package / "_extension.py").write_text("origin = 'real'\n")
    program = f"""
        import sys
        sys.path.insert(0, {str(tmp_path)!r})
        from callqa.weights.torch_cpu import prepare_torch
        print(prepare_torch(), prepare_torch(), hasattr(sys.modules["torchaudio._extension"], "origin"))
    """
    assert run(program) == "real real True"
    (package / "_extension.py").write_text("raise OSError('libcudart.so: cannot open shared object file')\n")
    assert run(program) == "stubbed stubbed False"


@pytest.fixture
def encoder_folder(tmp_path: Path) -> Path:
    """A tiny checkpoint as Resemblyzer publishes it, converted."""
    import torch

    torch.manual_seed(0)
    lstm, linear = torch.nn.LSTM(40, 8, 2), torch.nn.Linear(8, 6)
    state = {f"lstm.{key}": value for key, value in lstm.state_dict().items()}
    state |= {f"linear.{key}": value for key, value in linear.state_dict().items()}
    source, target = tmp_path / "published", tmp_path / "converted"
    source.mkdir()
    target.mkdir()
    torch.save(
        {"step": 1, "model_state": state | {"similarity_bias": torch.ones(1)}}, source / "pretrained.pt"
    )
    convert("ge2e", source, target)
    return target


def test_speaker_encoder_gives_unit_vectors(encoder_folder: Path) -> None:
    import torch

    encoder = load_speaker_encoder(encoder_folder)
    embeddings = encoder(torch.rand(3, 20, 40))

    assert embeddings.shape == (3, 6)
    assert torch.allclose(embeddings.norm(dim=1), torch.ones(3))
    assert not encoder.training
    assert not embeddings.requires_grad


def test_a_converted_file_can_be_read_by_others(encoder_folder: Path) -> None:
    umask = os.umask(0)
    os.umask(umask)
    assert (encoder_folder / "model.safetensors").stat().st_mode & 0o777 == 0o666 & ~umask


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda folder: (folder / "config.json").unlink(), "no usable speaker encoder: .*No such file"),
        (lambda folder: (folder / "config.json").write_text("{}"), "it has no entry 'num_mels'"),
        (lambda folder: (folder / "model.safetensors").write_bytes(b"no"), "no usable speaker encoder"),
    ],
)
def test_speaker_encoder_from_an_unusable_folder(encoder_folder: Path, spoil: object, message: str) -> None:
    spoil(encoder_folder)  # type: ignore[operator]
    with pytest.raises(WeightsError, match=message) as caught:
        load_speaker_encoder(encoder_folder)
    assert caught.value.hint.endswith("callqa models pull ge2e")


def test_segmentation_from_a_folder_without_a_model(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("nothing here")
    with pytest.raises(
        WeightsError, match=r"no usable segmentation model: none of the files is there\. It needs"
    ):
        load_segmentation(tmp_path)


def test_segmentation_from_a_damaged_folder(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"no tensors")
    (tmp_path / "config.json").write_text(json.dumps({}))
    with pytest.raises(WeightsError, match="it has no entry 'hyper_parameters'"):
        load_segmentation(tmp_path)


def test_segmentation_the_hub_does_not_hand_out(monkeypatch: pytest.MonkeyPatch) -> None:
    from callqa.weights.torch_cpu import prepare_torch

    prepare_torch()
    from pyannote.audio import Model

    def refuse(*_: object, **__: object) -> None:
        raise RuntimeError("401 Client Error.\nmore lines")

    monkeypatch.setattr(Model, "from_pretrained", refuse)
    with pytest.raises(WeightsError, match=r"from the hub: 401 Client Error\. Check the name.*HF_TOKEN"):
        load_segmentation("somebody/gated")
    monkeypatch.setattr(Model, "from_pretrained", lambda *_, **__: None)
    with pytest.raises(WeightsError, match="the hub did not hand it out"):
        load_segmentation("somebody/gated")


def test_conversion_runs_no_code_of_a_checkpoint(tmp_path: Path) -> None:
    mark = tmp_path / "code-ran"

    class Evil:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return os.mkdir, (str(mark),)

    import torch

    torch.save({"model_state": Evil()}, tmp_path / "pretrained.pt")
    with pytest.raises(pickle.UnpicklingError):
        convert("ge2e", tmp_path, tmp_path)
    assert not mark.exists()


@pytest.mark.weights
def test_own_segmentation_hears_no_speech_in_silence() -> None:
    import torch

    network = load_segmentation()
    scores = network(torch.zeros(1, 1, 80_000))

    assert scores.shape == (1, 293, 3)
    assert network.specifications.duration == 5.0
    assert scores.max() < 0.5
    assert not network.training


@pytest.mark.weights
def test_own_speaker_encoder_tells_spectra_apart() -> None:
    import torch

    encoder = load_speaker_encoder()
    mels = torch.zeros(2, 160, 40)
    mels[0, :, 5], mels[1, :, 25] = 0.1, 0.1
    first, second = encoder(mels)

    assert first.shape == (256,)
    assert float(first @ first) == pytest.approx(1, abs=1e-5)
    assert float(first @ second) < 0.95
