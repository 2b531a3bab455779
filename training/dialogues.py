"""Files of written dialogues, whatever their agent lines are labelled with.

A line ``# ID THEME`` begins a dialogue, ``C TEXT`` is what the customer says, ``A LABELS | TEXT`` what
the agent answers. ``PASS.txt`` and ``PASS.en.txt`` are one writing pass; ``.test`` stands in the names
of the pass that is held out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_HELD_OUT = ".test"  # only ever seen by the reports
_HAN = re.compile(r"[\u4e00-\u9fff]")
_HEAD_LINE = re.compile(r"# (\S+)\s+(\S.*)")


@dataclass(frozen=True, slots=True)
class Head:
    """The beginning of a dialogue."""

    number: int
    id: str
    theme: str


@dataclass(frozen=True, slots=True)
class Spoken:
    """An agent line as its pattern matched it. `context` is what the customer said just before, None
    where the agent goes on or begins."""

    number: int
    context: str | None
    match: re.Match[str]


def walk(path: Path, agent_line: re.Pattern[str], form: str, mistakes: list[str]) -> Iterator[Head | Spoken]:
    """The beginnings and agent lines of a file, in order. Lines that are neither, nor a customer's, are
    added to `mistakes`; `form` is how an agent line is written."""
    begun = False
    context: str | None = None
    for number, raw in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        text = raw.strip()
        if not text:
            continue
        head, spoken = _HEAD_LINE.fullmatch(text), agent_line.fullmatch(text)
        if head is not None:
            begun, context = True, None
            yield Head(number, head[1], head[2])
        elif not begun:
            mistakes.append(f"line {number}: it stands before the first dialogue")
        elif text.startswith("C ") and text[2:].strip():
            context = text[2:].strip()
        elif spoken is None:
            mistakes.append(f"line {number}: neither '# ID THEME' nor 'C TEXT' nor '{form}'")
        else:
            yield Spoken(number, context, spoken)
            context = None


def learning_files(folder: Path) -> list[Path]:
    """The files of every pass but the held-out one."""
    return [path for path in sorted(folder.glob("*.txt")) if _HELD_OUT not in path.name]


def held_out_files(folder: Path) -> list[Path]:
    """The files of the pass that nothing may be trained, tuned or calibrated on."""
    return [path for path in sorted(folder.glob("*.txt")) if _HELD_OUT in path.name]


def pass_of(path: Path) -> str:
    """The writing pass that a file belongs to."""
    return path.name.split(".")[0]


def language_of(text: str) -> str:
    """``zh`` where it has a Han character, else ``en``."""
    return "zh" if _HAN.search(text) else "en"
