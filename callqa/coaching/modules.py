"""The catalogue of training modules: which module is for which behaviour."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, Strict, ValidationError, model_validator

from callqa.coaching.advice import Module, Saying
from callqa.errors import InvalidFileError
from callqa.yamlfile import read_yaml, shape_problems

_FOLDER = Path(__file__).resolve().parent
_PLACEHOLDERS = ("company", "name")
_HINT = "docs/coaching.md describes the file; the shipped ones are in callqa/coaching."

Text = Annotated[str, Strict(), Field(min_length=1)]
Id = Annotated[str, Strict(), Field(pattern=r"^[a-z][a-z0-9_]*$")]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Say(_Part):
    words: Text
    instead_of: Text | None = None

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, raw: Any) -> Any:
        return {"words": raw} if isinstance(raw, str) else raw


class _Module(_Part):
    id: Id
    title: Text
    behaviours: tuple[Id, ...] = Field(min_length=1)
    faults: tuple[Id, ...] = ()
    minutes: int = Field(ge=1)
    max_size: int = Field(ge=1)
    practised: tuple[Text, ...] = ()
    say: tuple[_Say, ...] = ()


class _Catalogue(_Part):
    version: Text
    language: Literal["zh", "en"]
    modules: tuple[_Module, ...] = Field(min_length=1)


_KEYS = {
    "": _Catalogue.model_fields,
    "modules": _Module.model_fields,
    "say": _Say.model_fields,
}


def load_modules(source: Path | None, language: str) -> tuple[Module, ...]:
    """The modules of a user's catalogue, of the shipped one in `language` (``zh`` or ``en``) without.

    Raises `InvalidFileError` with every mistake and its line.
    """
    path = source or _FOLDER / f"modules.{language}.yaml"
    file = read_yaml(path)
    problems = list(file.repeated)
    catalogue: _Catalogue | None = None
    try:
        catalogue = _Catalogue.model_validate(file.content)
    except ValidationError as error:
        problems += shape_problems(file, error, _KEYS)
    modules = catalogue.modules if catalogue is not None else ()
    for position, module in enumerate(modules):
        if Counter(item.id for item in modules[:position])[module.id]:
            problems.append(
                file.problem(("modules", position, "id"), f"modules[{position + 1}].id: stands twice")
            )
        for number, say in enumerate(module.say):
            unknown = set(re.findall(r"\{(.*?)\}", say.words)) - set(_PLACEHOLDERS)
            if unknown:
                problems.append(
                    file.problem(
                        ("modules", position, "say", number),
                        f"modules[{position + 1}].say[{number + 1}]: {{{min(unknown)}}} cannot be "
                        "filled in; known: {company}, {name}",
                    )
                )
    if problems:
        raise InvalidFileError(
            f"{path} has mistakes:", _HINT, tuple(str(problem) for problem in sorted(problems))
        )
    return tuple(
        Module(
            module.id,
            module.title,
            module.behaviours,
            module.faults,
            module.minutes,
            module.max_size,
            module.practised,
            tuple(Saying(say.words, say.instead_of) for say in module.say),
        )
        for module in modules
    )


def modules_for(modules: Iterable[Module], criterion: str, faults: Iterable[str]) -> tuple[Module, ...]:
    """Modules for a behaviour; of those that answer certain faults only, the ones whose faults were
    found (`faults`), or all where nothing says which."""
    wanted = [module for module in modules if criterion in module.behaviours]
    found = set(faults) - {""}
    fitting = [module for module in wanted if not module.faults or found & set(module.faults)]
    return tuple(fitting or wanted)
