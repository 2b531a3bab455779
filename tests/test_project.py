"""The project's frame: what is written down in two places says the same in both."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import callqa

ROOT = Path(__file__).parent.parent
DOCUMENTS = (
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "docs/output.md",
    "docs/evaluation.md",
    "docs/roles.md",
    "docs/calibration.md",
    "docs/coaching.md",
    "docs/clips.md",
    "docs/export.md",
    "docs/reports.md",
    "corpus/README.md",
    "models/README.md",
    "samples/README.md",
)


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def pins() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pairs = [line.split("==") for line in lines if line and not line.startswith("#")]
    assert all(len(pair) == 2 for pair in pairs)
    return {canonicalize_name(name): version for name, version in pairs}


def test_every_dependency_has_a_tested_version_in_its_range(
    project: dict[str, Any], pins: dict[str, str]
) -> None:
    asked = project["project"]["dependencies"] + project["project"]["optional-dependencies"]["dev"]
    for requirement in map(Requirement, asked):
        pin = pins.get(canonicalize_name(requirement.name))
        assert pin is not None, f"constraints.txt has no {requirement.name}"
        assert requirement.specifier.contains(pin, prereleases=True), f"{requirement} against {pin}"


def test_every_imported_library_is_a_declared_dependency(project: dict[str, Any]) -> None:
    asked = project["project"]["dependencies"] + project["project"]["optional-dependencies"]["parquet"]
    declared = {canonicalize_name(Requirement(text).name) for text in asked}
    owners = metadata.packages_distributions()
    undeclared = set()
    for path in (ROOT / "callqa").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module or ""]
            for name in names:
                top = name.split(".")[0]
                if top == "callqa" or top in sys.stdlib_module_names:
                    continue
                # Several distributions share a namespace such as pyannote: one of them will do.
                if not {canonicalize_name(owner) for owner in owners.get(top, [top])} & declared:
                    undeclared.add(f"{path.relative_to(ROOT)}: {top}")
    assert undeclared == set()


def test_pins_are_versions_that_any_index_has(pins: dict[str, str]) -> None:
    assert [name for name, version in pins.items() if not re.fullmatch(r"[0-9][0-9a-z.]*", version)] == []


def test_every_file_of_the_package_is_packaged(project: dict[str, Any]) -> None:
    package = ROOT / "callqa"
    patterns = project["tool"]["setuptools"]["package-data"]["callqa"]
    packaged = {path for pattern in patterns for path in package.glob(pattern)}
    others = {
        path
        for path in package.rglob("*")
        if path.is_file() and path.suffix not in (".py", ".pyc") and "__pycache__" not in path.parts
    }
    assert others - packaged == set()
    for pattern in patterns:
        assert list(package.glob(pattern)), f"package-data: nothing matches {pattern}"


def test_every_folder_with_code_is_a_package() -> None:
    folders = {path.parent for path in (ROOT / "callqa").rglob("*.py")}
    assert [folder for folder in folders if not (folder / "__init__.py").is_file()] == []


def test_the_manifest_in_models_is_the_packaged_one() -> None:
    assert (ROOT / "models/manifest.yaml").resolve() == ROOT / "callqa/weights/manifest.yaml"


def test_the_changelog_tells_of_this_version_or_of_what_is_to_come() -> None:
    headings = re.findall(r"^## \[(.+?)\]", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert headings[0] in ("Unreleased", callqa.__version__)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_make_targets_and_files_named_in_documents_exist(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    asked = set(re.findall(r"(?:^|`)make ([a-z-]+)", text, re.MULTILINE))
    assert asked - targets == set()
    named = re.findall(r"`((?:callqa|docs|models|samples|tests|\.ci)/[\w./-]+)`", text)
    assert [path for path in named if not (ROOT / path).exists()] == []


def commands_in(text: str) -> list[list[str]]:
    """The words after `callqa` in inline code, in code blocks and in recipes of the Makefile."""
    blocks = "\n".join(re.findall(r"^```\w*$(.+?)^```$", text, re.MULTILINE | re.DOTALL))
    found = re.findall(r"`callqa ([^`]+)`", text)
    found += re.findall(r"(?:^|&& )callqa (.+?)(?: #|  |$)", blocks, re.MULTILINE)
    found += re.findall(r"\$\(BIN\)/callqa (.+?)(?:\"|  |$)", text, re.MULTILINE)
    return [re.split(r"[ |]+", command.split(" && ")[0].strip()) for command in found]


@pytest.mark.parametrize("document", [*DOCUMENTS, "Makefile"])
def test_commands_and_options_named_in_documents_exist(document: str) -> None:
    import typer.main

    from callqa.cli import app

    root: Any = typer.main.get_command(app)
    commands = commands_in((ROOT / document).read_text(encoding="utf-8"))
    assert commands
    for first, *rest in commands:
        assert first in {*root.commands, "--help"}, first
        if first in root.commands:
            below = getattr(root.commands[first], "commands", {})
            # `callqa calibrate FILE` names none of its commands and means one of them.
            meant = [below[word] for word in rest[:1] if word in below] or list(below.values())
            options = [
                parameter.opts for command in meant or [root.commands[first]] for parameter in command.params
            ]
            known = {option for names in options for option in names}
            assert {word for word in rest if word.startswith("--")} <= known | {"--help"}, [first, *rest]
