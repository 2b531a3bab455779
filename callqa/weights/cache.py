"""Where weights lie on this machine, and whether they are what they must be.

Each model has a folder ``NAME-REVISION`` in the cache. It appears whole or not at all, and a
record inside it keeps the size, digest and time stamp of every file, so that a check at each
start costs no reading.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from callqa.errors import WeightsError
from callqa.weights.convert import CONVERTED_NAMES
from callqa.weights.hub import allow_hub, keep_off_hub
from callqa.weights.manifest import Manifest, ModelEntry, ModelKind, load_manifest

RECORD_NAME = "callqa-record.json"
_CHUNK = 1 << 20

Source = Literal["cache", "folder", "hub"]
State = Literal["present", "missing", "damaged"]


@dataclass(frozen=True, slots=True)
class ResolvedModel:
    """A model that an adapter can load.

    `source` says where it is: ``cache`` (one of callqa's own, checked), ``folder`` (a local
    folder the user named, taken as it is) or ``hub`` (the loading library fetches it). `path`
    is None for ``hub``. `sha256` is the digest of the model's largest published file, of the
    largest file for a folder, None for ``hub``.
    """

    name: str
    source: Source
    path: Path | None
    kind: ModelKind | None = None
    sha256: str | None = None

    @property
    def load_name(self) -> str:
        """What to hand to the loading library: the folder, or the hub's name."""
        return self.name if self.path is None else str(self.path)

    @property
    def provenance(self) -> str:
        """How the model stands in a call's provenance: ``whisper-base sha256:d01c3014881c``."""
        return f"{self.name} sha256:{self.sha256[:12]}" if self.sha256 else f"{self.name} (hub)"


@dataclass(frozen=True, slots=True)
class ModelStatus:
    """One of callqa's own models on this machine; `detail` says what is wrong where it is damaged."""

    name: str
    entry: ModelEntry
    state: State
    path: Path
    detail: str = ""


def cache_folder() -> Path:
    """The folder that holds the weights: ``$CALLQA_CACHE``, else ``callqa/models`` in the user's cache."""
    own = os.environ.get("CALLQA_CACHE")
    if own:
        return Path(own).expanduser()
    user_cache = os.environ.get("XDG_CACHE_HOME")
    return (Path(user_cache) if user_cache else Path.home() / ".cache") / "callqa" / "models"


def model_folder(name: str, entry: ModelEntry, cache: Path | None = None) -> Path:
    """Where one model lies, whether or not it is there yet."""
    return (cache or cache_folder()) / f"{name}-{entry.revision}"


def entry_of(name: str, manifest: Manifest) -> ModelEntry:
    """The manifest's entry; raises `WeightsError` that lists the known names."""
    try:
        return manifest.models[name]
    except KeyError:
        known = ", ".join(manifest.models)
        raise WeightsError(f"callqa has no model named {name}.", f"It has: {known}.") from None


def file_sha256(path: Path) -> str:
    """The file's SHA-256 in hex, read in pieces."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


@lru_cache
def _digest_once(path: Path, size: int, mtime_ns: int) -> str:
    """The digest of a user's own model, which may be gigabytes: read once as long as it stays so."""
    return file_sha256(path)


def write_record(folder: Path) -> None:
    """Record size, digest and time stamp of every file of a model's folder."""
    record = {
        path.name: {
            "size": path.stat().st_size,
            "sha256": file_sha256(path),
            "mtime_ns": path.stat().st_mtime_ns,
        }
        for path in sorted(folder.iterdir())
        if path.name != RECORD_NAME
    }
    (folder / RECORD_NAME).write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


def check(name: str, entry: ModelEntry, cache: Path | None = None, *, thorough: bool = False) -> Path:
    """The model's folder, if every file is what it must be.

    The quick check reads a file only if its time stamp changed since it was recorded; the
    thorough one reads them all, and holds those that were not converted against the manifest.
    Raises `WeightsError` naming the file: missing, truncated or altered.
    """
    folder = model_folder(name, entry, cache)
    pull = f"Run: callqa models pull {name}"
    if not folder.is_dir():
        raise WeightsError(f"The weights of {name} are missing: {folder} is not there.", pull)
    record = _read_record(folder)
    if record is None:
        raise WeightsError(f"The weights of {name} in {folder} have no readable {RECORD_NAME}.", pull)
    published = {} if entry.convert else {file.path: file.sha256 for file in entry.files}
    touched = False
    for file_name in CONVERTED_NAMES[entry.convert] if entry.convert else published:
        facts = record.get(file_name)
        if facts is None:
            raise WeightsError(f"{folder / RECORD_NAME} does not list {file_name}.", pull)
        path = folder / file_name
        try:
            stat = path.stat()
            if stat.st_size != facts["size"]:
                raise WeightsError(
                    f"{path} is {'truncated' if stat.st_size < facts['size'] else 'altered'}: "
                    f"{stat.st_size:,} bytes instead of {facts['size']:,}.",
                    pull,
                )
            fresh = stat.st_mtime_ns == facts["mtime_ns"]
            if fresh and not thorough:
                continue
            if file_sha256(path) != published.get(file_name, facts["sha256"]):
                raise WeightsError(f"{path} is altered: its SHA-256 is not the expected one.", pull)
        except FileNotFoundError:
            raise WeightsError(f"The weights of {name} are incomplete: {path} is missing.", pull) from None
        except OSError as error:
            raise WeightsError(
                f"{path} cannot be read: {error.strerror}.", "Mend the file's permissions."
            ) from error
        touched |= not fresh
        facts["mtime_ns"] = stat.st_mtime_ns
    if touched:
        # A copied cache has new time stamps; a read-only one is simply read again next time.
        with suppress(OSError):
            _replace_record(folder, record)
    return folder


def _read_record(folder: Path) -> dict[str, dict[str, Any]] | None:
    try:
        record = json.loads((folder / RECORD_NAME).read_text(encoding="utf-8"))
        complete = bool(record) and all({"size", "sha256", "mtime_ns"} <= set(v) for v in record.values())
    except (OSError, ValueError, AttributeError, TypeError):
        return None
    return record if complete else None


def _replace_record(folder: Path, record: dict[str, dict[str, Any]]) -> None:
    fresh = folder / f".{RECORD_NAME}.{os.getpid()}"
    fresh.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    fresh.replace(folder / RECORD_NAME)


def resolve(
    name_or_path: str | Path, *, cache: Path | None = None, manifest: Manifest | None = None
) -> ResolvedModel:
    """Find the model a setting names.

    One of callqa's own names gives its checked folder in the cache. A path to a folder gives
    that folder. Anything else is taken for a hub name (``large-v3-turbo``,
    ``pyannote/segmentation-3.0``), which the loading library fetches: only then may anything
    go over the network. Raises `WeightsError` with the mending command where callqa's own
    weights are missing or damaged, or a path names nothing.
    """
    manifest = manifest or load_manifest()
    name = str(name_or_path)
    keep_off_hub()
    if name in manifest.models:
        entry = manifest.models[name]
        return ResolvedModel(name, "cache", check(name, entry, cache), entry.kind, entry.sha256)
    path = Path(name).expanduser()
    if path.is_dir():
        largest = max(
            (item for item in path.iterdir() if item.is_file()), key=lambda p: p.stat().st_size, default=None
        )
        if largest is None:
            raise WeightsError(f"The folder {path} holds no weights.", "Name a folder with a model in it.")
        stat = largest.stat()
        return ResolvedModel(
            name, "folder", path, None, _digest_once(largest, stat.st_size, stat.st_mtime_ns)
        )
    if isinstance(name_or_path, Path) or path.is_absolute() or name.startswith((".", "~")) or path.exists():
        raise WeightsError(
            f"{name} is no folder with a model.",
            f"Name a folder, a hub name, or one of: {', '.join(manifest.models)}.",
        )
    allow_hub()
    return ResolvedModel(name, "hub", None)


def list_models(*, cache: Path | None = None, manifest: Manifest | None = None) -> tuple[ModelStatus, ...]:
    """All of callqa's own models and whether they are on this machine (quick check)."""
    return _statuses(None, cache, manifest, thorough=False)


def verify(
    names: Sequence[str] = (),
    *,
    cache: Path | None = None,
    manifest: Manifest | None = None,
    progress: Callable[[str], None] | None = None,
) -> tuple[ModelStatus, ...]:
    """Read every file of the named models (all without names) and hold it against its SHA-256.

    `progress` is called with each model's name before it is read. Damage is a status, not an
    error. Raises `WeightsError` for an unknown name.
    """
    return _statuses(names or None, cache, manifest, thorough=True, progress=progress)


def _statuses(
    names: Sequence[str] | None,
    cache: Path | None,
    manifest: Manifest | None,
    *,
    thorough: bool,
    progress: Callable[[str], None] | None = None,
) -> tuple[ModelStatus, ...]:
    manifest = manifest or load_manifest()
    statuses = []
    for name in manifest.models if names is None else names:
        entry = entry_of(name, manifest)
        folder = model_folder(name, entry, cache)
        if progress:
            progress(name)
        if not folder.is_dir():
            statuses.append(ModelStatus(name, entry, "missing", folder))
            continue
        try:
            check(name, entry, cache, thorough=thorough)
        except WeightsError as error:
            statuses.append(ModelStatus(name, entry, "damaged", folder, error.message))
        else:
            statuses.append(ModelStatus(name, entry, "present", folder))
    return tuple(statuses)
