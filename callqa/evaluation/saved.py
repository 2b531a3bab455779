"""Results of an evaluation as a file, and out of one again."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from callqa.config import describe_problems
from callqa.errors import CallqaError, InvalidFileError
from callqa.evaluation.compare import Comparison

Systems = Mapping[str, Sequence[Comparison]]
"""What was compared, by name: callqa, the plain tools, an earlier callqa."""

CALLQA = "callqa"
_FORMAT = 2


def save_systems(systems: Systems) -> dict[str, Any]:
    """JSON-ready values of which `load_systems` makes the same comparisons again."""
    return {
        "format": _FORMAT,
        "systems": {name: [asdict(call) for call in calls] for name, calls in systems.items()},
    }


def load_systems(path: Path) -> dict[str, list[Comparison]]:
    """The comparisons that `callqa evaluate --json` wrote. Raises `InvalidFileError` where the
    file is none."""
    hint = "Give a file that `callqa evaluate --json FILE` wrote."
    try:
        plain = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(plain, dict) or plain.get("format") != _FORMAT:
            raise InvalidFileError(f"{path} is no result of an evaluation by this version.", hint)
        return TypeAdapter(dict[str, list[Comparison]]).validate_python(plain["systems"])
    except OSError as error:
        raise InvalidFileError(f"{path} cannot be read: {error.strerror}.", "Check the path.") from error
    except ValidationError as error:
        problems = tuple(describe_problems(error))[:5]
        raise InvalidFileError(f"{path} is no result of an evaluation:", hint, problems) from error
    except (ValueError, KeyError) as error:
        raise InvalidFileError(f"{path} is no result of an evaluation.", hint) from error


def load_against(spec: str) -> tuple[str, list[Comparison]]:
    """A named column of a table: ``NAME=FILE``, or a file whose name it takes. Raises
    `InvalidFileError` where the file holds nothing of callqa's."""
    name, _, file = spec.rpartition("=")
    systems = load_systems(Path(file))
    if CALLQA not in systems:
        raise InvalidFileError(
            f"{file} holds no calls scored by callqa.", "Give a file that `callqa evaluate --json` wrote."
        )
    return name or Path(file).stem, systems[CALLQA]


def shared(systems: Systems) -> dict[str, list[Comparison]]:
    """Every system's comparisons of those calls that all of them have, in the first one's order,
    so that columns are over the same calls."""
    by_id = {name: {call.id: call for call in calls} for name, calls in systems.items()}
    first = next(iter(systems.values()), ())
    ids = [call.id for call in first if all(call.id in known for known in by_id.values())]
    return {name: [known[call] for call in ids] for name, known in by_id.items()}


def write_json(path: Path, result: Mapping[str, Any]) -> None:
    """Write a result for other programs. Raises `CallqaError` where it cannot be written."""
    write_text(path, json.dumps(result, ensure_ascii=False, indent=1) + "\n")


def write_text(path: Path, text: str) -> None:
    """Write a file. Raises `CallqaError` where it cannot be written."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise CallqaError(f"{path} cannot be written: {error.strerror}.", "Choose another place.") from error
