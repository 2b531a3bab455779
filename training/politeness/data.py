"""The written dialogues that the classifier learns from and is measured on.

The files ``PASS.txt`` and ``PASS.en.txt`` are one writing pass; ``.test`` stands in the names of the
pass that is held out. A line ``# ID THEME`` begins a dialogue, ``C TEXT`` is what the
customer says, ``A LABEL | TEXT`` what the agent answers; the label is `courteous`, `neutral`,
`curt` or `impolite/FAULT`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from callqa.data import FAULTS, WORDING_CLASSES
from callqa.errors import InvalidFileError

DATA = Path(__file__).parent / "data"
# Only ever seen by the report.
_HELD_OUT = ".test"
_HAN = re.compile(r"[\u4e00-\u9fff]")
_AGENT_LINE = re.compile(r"A (\w+)(?:/(\w+))? \| (\S.*)")
_HEAD_LINE = re.compile(r"# (\S+)\s+(\S.*)")


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
        return "zh" if _HAN.search(self.text) else "en"


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
    current: list[Line] | None = None
    name, context = "", None
    for number, raw in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        text = raw.strip()
        if not text:
            continue
        head, spoken = _HEAD_LINE.fullmatch(text), _AGENT_LINE.fullmatch(text)
        if head is not None:
            name, context = head[1], None
            if name in dialogues:
                mistakes.append(f"line {number}: the dialogue {name} stands there twice")
            current = []
            dialogues[name] = (head[2], current)
        elif current is None:
            mistakes.append(f"line {number}: it stands before the first dialogue")
        elif text.startswith("C ") and text[2:].strip():
            context = text[2:].strip()
        elif spoken is None:
            mistakes.append(f"line {number}: neither '# ID THEME' nor 'C TEXT' nor 'A LABEL | TEXT'")
        else:
            label, fault, words = spoken.groups()
            problem = _problem(label, fault)
            if problem:
                mistakes.append(f"line {number}: {problem}")
            current.append(Line(context, words.strip(), label, fault, name))
            context = None
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
    return _passes(path for path in folder.glob("*.txt") if _HELD_OUT not in path.name)


def held_out_pass(folder: Path = DATA) -> tuple[Dialogue, ...]:
    """The pass that nothing was trained, tuned or calibrated on."""
    passes = _passes(path for path in folder.glob("*.txt") if _HELD_OUT in path.name)
    return tuple(dialogue for dialogues in passes.values() for dialogue in dialogues)


def _passes(paths: Iterable[Path]) -> dict[str, tuple[Dialogue, ...]]:
    passes: dict[str, tuple[Dialogue, ...]] = {}
    for path in sorted(paths):
        name = path.name.split(".")[0]
        passes[name] = (*passes.get(name, ()), *read_pass(path))
    return passes


def lines_of(passes: Iterable[Iterable[Dialogue]]) -> list[Line]:
    """Every agent line of some passes, in their order."""
    return [line for dialogues in passes for dialogue in dialogues for line in dialogue.lines]
