"""Packages made on the spot, that pip takes for real ones."""

from __future__ import annotations

import zipfile
from pathlib import Path

HALVES = (b"first half, " * 40, b"second half" * 40)
CONFIG = b'{"a": 1}'


def make_wheel(folder: Path, name: str, version: str, members: dict[str, bytes]) -> Path:
    """A package that pip takes for a real one."""
    stem = name.replace("-", "_")
    info = f"{stem}-{version}.dist-info"
    path = folder / f"{stem}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for member, content in members.items():
            archive.writestr(member, content)
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    return path
