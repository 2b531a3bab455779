"""What this machine has of what callqa needs, and how to mend what is missing."""

from __future__ import annotations

import importlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from callqa.errors import CallqaError, StoreError
from callqa.weights import cache_folder, list_models
from callqa.weights.torch_cpu import prepare_torch

MIN_PYTHON = (3, 11)
MIN_FREE_BYTES = 1 << 30
# What telephone recordings come in: container or family, and the decoder in FFmpeg's naming.
DECODERS = {
    "WAV": "pcm_s16le",
    "WAV A-law": "pcm_alaw",
    "WAV μ-law": "pcm_mulaw",
    "MP3": "mp3",
    "AAC": "aac",
    "Opus": "opus",
    "Vorbis": "vorbis",
    "FLAC": "flac",
    "AMR": "amrnb",
    "AMR wide": "amrwb",
    "WMA": "wmav2",
}


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at. `detail` says what was found, `hint` how to mend it (empty
    where all is well). A check that is not `required` may fail: callqa works without it."""

    name: str
    ok: bool
    detail: str
    hint: str = ""
    required: bool = True


def run_checks(workspace: Path) -> Iterator[Check]:
    """Look at everything, one after the other; a check that fails never stops the next.

    Some take seconds (torch is imported), so results come as they are found.
    """
    steps: tuple[tuple[str, Callable[[], Iterator[Check]]], ...] = (
        ("Python", _python),
        ("packages", _packages),
        ("torch", _torch),
        ("weights", _weights),
        ("decoders", _decoders),
        ("workspace", lambda: _workspace(workspace)),
        ("disk space", lambda: _disk_space(workspace)),
        ("voices", lambda: _voices(workspace)),
        ("processors", _processors),
        ("Chinese font", _chinese_font),
    )
    for name, step in steps:
        try:
            yield from step()
        except CallqaError as error:
            yield Check(name, False, error.message, error.hint)
        except Exception as error:
            # A library that is damaged can fail in any way; that is what doctor is there to say.
            yield Check(name, False, f"{type(error).__name__}: {error}", _reinstall())


def is_healthy(checks: list[Check] | tuple[Check, ...]) -> bool:
    """Whether everything that is required is well."""
    return all(check.ok or not check.required for check in checks)


def _reinstall() -> str:
    return f"Run: {sys.executable} -m pip install --force-reinstall callqa"


def _python() -> Iterator[Check]:
    found = ".".join(str(part) for part in sys.version_info[:3])
    needed = ".".join(str(part) for part in MIN_PYTHON)
    ok = sys.version_info[:2] >= MIN_PYTHON
    yield Check(
        "Python", ok, f"{found} at {sys.executable}", "" if ok else f"Install Python {needed} or newer."
    )


def _packages() -> Iterator[Check]:
    from packaging.requirements import Requirement

    problems = []
    requirements = [Requirement(text) for text in metadata.requires("callqa") or ()]
    needed = [item for item in requirements if item.marker is None or item.marker.evaluate({"extra": ""})]
    for requirement in needed:
        try:
            version = metadata.version(requirement.name)
        except metadata.PackageNotFoundError:
            problems.append(f"{requirement.name} is missing")
            continue
        if not requirement.specifier.contains(version, prereleases=True):
            problems.append(f"{requirement.name} is {version}, needed is {requirement.specifier}")
    detail = "; ".join(problems) or f"{len(needed)} packages, all in the range callqa asks for"
    yield Check("packages", not problems, detail, _reinstall() if problems else "")


def _torch() -> Iterator[Check]:
    import torch

    state = prepare_torch()
    importlib.import_module("pyannote.audio")
    where = f"{torch.cuda.get_device_name()}" if torch.cuda.is_available() else "CPU"
    how = {
        "real": "torchaudio with its own extension",
        "stubbed": "torchaudio without its compiled extension, which is not needed",
        "absent": "torchaudio is missing",
    }[state]
    ok = state != "absent"
    yield Check("torch", ok, f"{torch.__version__} on {where}; {how}", "" if ok else _reinstall())


def _weights() -> Iterator[Check]:
    for status in list_models():
        ok = status.state == "present"
        detail = status.detail or f"{status.state} in {status.path.parent}"
        yield Check(
            f"weights {status.name}", ok, detail, "" if ok else f"Run: callqa models pull {status.name}"
        )


def _decoders() -> Iterator[Check]:
    import av

    missing = []
    for family, decoder in DECODERS.items():
        try:
            av.codec.Codec(decoder, "r")
        except (ValueError, av.FFmpegError):
            missing.append(family)
    detail = f"missing: {', '.join(missing)}" if missing else f"PyAV {av.__version__}: {', '.join(DECODERS)}"
    hint = f"Run: {sys.executable} -m pip install --force-reinstall av" if missing else ""
    yield Check("decoders", not missing, detail, hint)


def _existing_parent(path: Path) -> Path:
    path = path.absolute()
    # Not `Path.exists`: it raises inside a folder that may not be entered.
    while not os.path.exists(path):
        path = path.parent
    return path


def _workspace(workspace: Path) -> Iterator[Check]:
    # A workspace that does not exist yet is made by the first command that needs it: its
    # nearest folder must let that happen. Nothing is left behind.
    folder = _existing_parent(workspace)
    try:
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(b"callqa")
    except OSError as error:
        yield Check(
            "workspace",
            False,
            f"{workspace} cannot be written: {error.strerror}",
            "Mend its permissions or name another with --workspace.",
        )
        return
    state = "can be written" if folder == workspace.absolute() else "can be made"
    yield Check("workspace", True, f"{workspace} {state}")


def _voices(workspace: Path) -> Iterator[Check]:
    from callqa.store import Store
    from callqa.store.database import DATABASE_NAME
    from callqa.store.sealing import KEY_VARIABLE, key_path, load_sealer

    known = []
    if (workspace / DATABASE_NAME).exists():
        with Store.open(workspace) as store:
            known = store.known_voices()
    path = key_path(None)
    if not known:
        yield Check("voices", True, "none are kept; they are biometric personal data, and off by default")
        return
    what = f"of {len(known)} agents are kept, encrypted: biometric personal data"
    try:
        load_sealer(path)
    except StoreError as error:
        hint = f"{error.hint} Where the settings file names another key, say it by {KEY_VARIABLE}."
        yield Check("voices", False, f"{what}; {error.message}", hint, required=False)
        return
    yield Check("voices", True, f"{what}; the key is {path}; delete with `callqa voices forget`")


def _disk_space(workspace: Path) -> Iterator[Check]:
    for name, folder in (("workspace", workspace), ("weights", cache_folder())):
        free = shutil.disk_usage(_existing_parent(folder)).free
        ok = free >= MIN_FREE_BYTES
        hint = "" if ok else f"Make room: at least {MIN_FREE_BYTES / 1e9:.1f} GB."
        yield Check(f"disk space for {name}", ok, f"{free / 1e9:.1f} GB free", hint)


def _processors() -> Iterator[Check]:
    try:
        usable = len(os.sched_getaffinity(0))
    except AttributeError:
        usable = os.cpu_count() or 1
    yield Check("processors", True, f"{usable} usable; `--jobs` takes up to that many")


def _chinese_font() -> Iterator[Check]:
    hint = "On Debian: apt install fonts-noto-cjk. Only pictures need it, web pages use the reader's fonts."
    try:
        listed = subprocess.run(
            ["fc-list", ":lang=zh-cn", "family"], capture_output=True, text=True, timeout=20, check=False
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        yield Check("Chinese font", False, "cannot be told: fc-list is not there", hint, required=False)
        return
    families = sorted({line.split(",")[0].strip() for line in listed.splitlines() if line.strip()})
    if families:
        yield Check("Chinese font", True, ", ".join(families[:3]), required=False)
    else:
        yield Check("Chinese font", False, "none found", hint, required=False)
