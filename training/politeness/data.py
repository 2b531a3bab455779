"""The written dialogues that the classifier learns from and is measured on.

Their form is that of `training.dialogues`; the label of an agent line is `courteous`, `neutral`,
`curt` or `impolite/FAULT`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from callqa.data import FAULTS, WORDING_CLASSES
from callqa.errors import InvalidFileError
from training.dialogues import Head, held_out_files, language_of, learning_files, pass_of, walk

DATA = Path(__file__).parent / "data"
_AGENT_LINE = re.compile(r"A (\w+)(?:/(\w+))? \| (\S.*)")


@dataclass(frozen=True, slots=True)
class Line:
    """One agent utterance: `context` is what the customer said just before, None at the start of a
    call or where the agent goes on; `fault` only where `label` is ``impolite``."""

    context: str | None
    text: str
    label: str
    fault: str | None
    dialogue: str

    @property
    def language(self) -> str:
        """``zh`` where it has a Han character, else ``en``."""
        return language_of(self.text)


@dataclass(frozen=True, slots=True)
class Dialogue:
    """One written call."""

    id: str
    theme: str
    lines: tuple[Line, ...]

    @property
    def language(self) -> str:
        """That of most lines."""
        english = sum(line.language == "en" for line in self.lines)
        return "en" if 2 * english > len(self.lines) else "zh"


def read_pass(path: Path) -> tuple[Dialogue, ...]:
    """The dialogues of one file; raises `InvalidFileError` listing every mistake with its line."""
    dialogues: dict[str, tuple[str, list[Line]]] = {}
    mistakes: list[str] = []
    current: list[Line] = []
    name = ""
    for item in walk(path, _AGENT_LINE, "A LABEL | TEXT", mistakes):
        if isinstance(item, Head):
            name, current = item.id, []
            if name in dialogues:
                mistakes.append(f"line {item.number}: the dialogue {name} stands there twice")
            dialogues[name] = (item.theme, current)
            continue
        label, fault, words = item.match.groups()
        problem = _problem(label, fault)
        if problem:
            mistakes.append(f"line {item.number}: {problem}")
        current.append(Line(item.context, words.strip(), label, fault, name))
    mistakes += [
        f"the dialogue {name} has no agent line" for name, (_, lines) in dialogues.items() if not lines
    ]
    if mistakes:
        raise InvalidFileError(f"{path} has mistakes:", "", problems=tuple(mistakes))
    return tuple(Dialogue(name, theme, tuple(lines)) for name, (theme, lines) in dialogues.items())


def _problem(label: str, fault: str | None) -> str | None:
    if label not in WORDING_CLASSES:
        return f"{label} is none of {', '.join(WORDING_CLASSES)}"
    if label == "impolite" and fault not in FAULTS:
        return f"impolite needs one of {', '.join(FAULTS)}"
    if label != "impolite" and fault is not None:
        return f"{label} has no fault"
    return None


def learning_passes(folder: Path = DATA) -> dict[str, tuple[Dialogue, ...]]:
    """Every pass but the held-out one, by name, both languages together."""
    return _passes(learning_files(folder))


def held_out_pass(folder: Path = DATA) -> tuple[Dialogue, ...]:
    """The pass that nothing was trained, tuned or calibrated on."""
    passes = _passes(held_out_files(folder))
    return tuple(dialogue for dialogues in passes.values() for dialogue in dialogues)


def _passes(paths: Iterable[Path]) -> dict[str, tuple[Dialogue, ...]]:
    passes: dict[str, tuple[Dialogue, ...]] = {}
    for path in paths:
        name = pass_of(path)
        passes[name] = (*passes.get(name, ()), *read_pass(path))
    return passes


def lines_of(passes: Iterable[Iterable[Dialogue]]) -> list[Line]:
    """Every agent line of some passes, in their order."""
    return [line for dialogues in passes for dialogue in dialogues for line in dialogue.lines]
