"""YAML files that people edit: read with the line that everything stands on, so that each mistake
can be told with its line."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from callqa.errors import InvalidFileError

# The same safe loader, ten times faster where PyYAML was built with libyaml.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Place = tuple[str | int, ...]
"""Where something stands: keys and list positions from the top, as pydantic gives them."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake; `line` is counted from 1."""

    line: int
    text: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.text}"


@dataclass(frozen=True, slots=True)
class YamlFile:
    """A file's content, and the line of each key and each list item. `repeated` are keys that
    stand twice in one mapping, of which YAML would silently keep the last."""

    text: str
    content: Any
    lines: Mapping[Place, int]
    repeated: tuple[Problem, ...]

    def line(self, place: Sequence[str | int]) -> int:
        """The line of a place, of what it stands in where it is not there itself."""
        known = tuple(place)
        while known and known not in self.lines:
            known = known[:-1]
        return self.lines.get(known, 1)

    def problem(self, place: Sequence[str | int], text: str) -> Problem:
        """A mistake at a place."""
        return Problem(self.line(place), text)


def read_yaml(path: Path) -> YamlFile:
    """The file at `path`.

    Raises `InvalidFileError` where it cannot be read or is no YAML.
    """
    try:
        return parse_yaml(path.read_text(encoding="utf-8-sig"), str(path))
    except OSError as error:
        problem = f"cannot be read: {error.strerror or error}"
        raise InvalidFileError(f"{path} {problem}.", "Check the path.", (problem,)) from error
    except UnicodeDecodeError as error:
        raise InvalidFileError(
            f"{path} is no UTF-8 text.", "Save it as UTF-8.", ("no UTF-8 text",)
        ) from error


def parse_yaml(text: str, name: str) -> YamlFile:
    """A file's text. Raises `InvalidFileError`, which calls it `name`, where it is no YAML."""
    loader = _LOADER(text)
    try:
        node = loader.get_single_node()
        lines: dict[Place, int] = {}
        repeated: list[Problem] = []
        if node is not None:
            _walk(node, (), lines, repeated)
        content = None if node is None else loader.construct_document(node)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        what = " ".join(str(getattr(error, "problem", None) or error).split())
        problem = f"line {mark.line + 1}: no valid YAML: {what}" if mark else f"no valid YAML: {what}"
        raise InvalidFileError(
            f"{name} is no valid YAML.", "Mend the line it names; the rest is checked then.", (problem,)
        ) from error
    finally:
        loader.dispose()
    return YamlFile(text, content, lines, tuple(repeated))


def _walk(node: Any, place: Place, lines: dict[Place, int], repeated: list[Problem]) -> None:
    lines.setdefault(place, node.start_mark.line + 1)
    if isinstance(node, yaml.SequenceNode):
        for position, item in enumerate(node.value):
            _walk(item, (*place, position), lines, repeated)
    elif isinstance(node, yaml.MappingNode):
        seen: dict[str, int] = {}
        for key, value in node.value:
            name = str(key.value)
            line = key.start_mark.line + 1
            if name in seen:
                repeated.append(Problem(line, f"{name}: stands already on line {seen[name]}"))
            seen.setdefault(name, line)
            lines[(*place, name)] = line
            _walk(value, (*place, name), lines, repeated)


def did_you_mean(name: object, known: Iterable[str]) -> str:
    """What was probably meant, and what there is.

    >>> did_you_mean("articulation_rat", ["articulation_rate", "talk_share"])
    'did you mean articulation_rate?'
    >>> did_you_mean("loud", ["met", "partly"])
    'known: met, partly'
    """
    names = list(known)
    close = difflib.get_close_matches(str(name), names, n=1, cutoff=0.6)
    return f"did you mean {close[0]}?" if close else f"known: {', '.join(names)}"


def shape_problems(
    file: YamlFile, error: ValidationError, keys_at: Mapping[str, Iterable[str]] | None = None
) -> list[Problem]:
    """What pydantic found, one mistake each, with its line and in plain words.

    `keys_at` gives the keys that a part may have, by the part's name as pydantic's errors show it
    in the place before an unknown key ("" for the top); without it, unknown keys get no proposal.
    """
    found = []
    for item in error.errors():
        place = real_place(file.content, item["loc"])
        kind, value = item["type"], item["input"]
        if kind == "too_short" and isinstance(value, Sequence) and value:
            # Its items have mistakes of their own, and were left out for them.
            continue
        label = label_of(place)
        if kind == "extra_forbidden":
            known = (keys_at or {}).get(_part_name(item["loc"][:-1]))
            text = "no such key" + (f"; {did_you_mean(place[-1], known)}" if known and place else "")
        elif kind == "union_tag_not_found":
            text, label = "is missing", f"{label}.kind"
        elif kind == "union_tag_invalid":
            tag, known = value.get("kind"), _choices(item.get("ctx", {}).get("expected_tags"))
            text, label = f"{_shown(tag)} is none of them; {did_you_mean(tag, known)}", f"{label}.kind"
            place = (*place, "kind")
        elif kind == "literal_error":
            known = _choices(item.get("ctx", {}).get("expected"))
            text = f"{_shown(value)} is none of them; {did_you_mean(value, known)}"
        else:
            text = _in_words(kind, value, item.get("ctx", {}), item["msg"])
        found.append(file.problem(place, f"{label}: {text}"))
    return found


def _choices(expected: object) -> list[str]:
    return [part.strip("' ") for part in str(expected or "").replace(" or ", ", ").split(",")]


def _in_words(kind: str, value: object, context: Mapping[str, Any], message: str) -> str:
    shown = _shown(value)
    if kind == "missing":
        return "is missing"
    if kind.startswith("float_") or kind in ("finite_number",):
        return f"must be a number, not {shown}"
    if kind.startswith("int_"):
        return f"must be a whole number, not {shown}"
    if kind == "string_type":
        return f"must be text, not {shown}; write it in quotes"
    if kind.startswith("bool_"):
        return f"must be true or false, not {shown}"
    if kind == "string_pattern_mismatch":
        return f"{shown} will not do: letters, digits, _ . and - only, small letters for ids of parts"
    if kind in ("greater_than", "greater_than_equal", "less_than", "less_than_equal"):
        limits = {"greater_than": "above", "less_than": "below"}
        word = limits.get(kind) or ("at least" if kind.startswith("greater") else "at most")
        return f"must be {word} {next(iter(context.values())):g}, not {shown}"
    if kind in ("tuple_type", "list_type"):
        return f"must be a list, not {shown}"
    if kind == "too_short":
        return "must not be empty"
    if kind == "too_long":
        return f"must have {context.get('max_length')} items, not {context.get('actual_length')}"
    if kind in ("model_type", "model_attributes_type", "dict_type"):
        return f"must have keys, not be {shown}"
    return message[:1].lower() + message[1:].removeprefix("alue error, ")


def real_place(content: Any, loc: Sequence[str | int]) -> Place:
    """A place without the parts that only pydantic knows (the name of a union's branch)."""
    place: list[str | int] = []
    here = content
    for position, part in enumerate(loc):
        last = position == len(loc) - 1
        if isinstance(here, Mapping):
            if part in here:
                here = here[part]
            elif last:
                here = None
            else:
                continue
        elif isinstance(here, Sequence) and not isinstance(here, str):
            if not isinstance(part, int) or part >= len(here):
                if not last or not isinstance(part, int):
                    continue
                here = None
            else:
                here = here[part]
        else:
            continue
        place.append(part)
    return tuple(place)


def label_of(place: Place) -> str:
    """A place as people read it, list positions from 1.

    >>> label_of(("criteria", 2, "checks", 0, "met"))
    'criteria[3].checks[1].met'
    """
    label = ""
    for part in place:
        label += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if label else part
    return label or "the file"


def _part_name(loc: Sequence[str | int]) -> str:
    names = [part for part in loc if isinstance(part, str)]
    return names[-1] if names else ""


def _shown(value: object) -> str:
    text = (
        "nothing" if value is None else str(value) if isinstance(value, bool | int | float) else repr(value)
    )
    return text if len(text) <= 40 else f"{text[:37]}…"
