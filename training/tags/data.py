"""The written dialogues that the tags are learnt from and measured on.

Their form is that of `training.dialogues`; agent lines have tags with commas between them, ``-`` for
none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

from callqa.data import TAGS
from callqa.errors import InvalidFileError
from training.dialogues import Head, held_out_files, language_of, learning_files, pass_of, walk
from training.politeness.noise import Noise

DATA = Path(__file__).parent / "data"
_AGENT_LINE = re.compile(r"A (\S+) \| (\S.*)")


@dataclass(frozen=True, slots=True)
class TaggedLine:
    """One agent utterance; `context` is what the customer said just before, None where the agent
    goes on or begins."""

    context: str | None
    text: str
    tags: frozenset[str]
    dialogue: str
    source: str

    @property
    def language(self) -> str:
        """``zh`` where it has a Han character, else ``en``."""
        return language_of(self.text)


def read_file(path: Path) -> list[TaggedLine]:
    """The agent lines of one file; raises `InvalidFileError` listing every mistake with its line."""
    lines: list[TaggedLine] = []
    mistakes: list[str] = []
    dialogue = ""
    for item in walk(path, _AGENT_LINE, "A TAGS | TEXT", mistakes):
        if isinstance(item, Head):
            dialogue = item.id
            continue
        tags = frozenset(item.match[1].split(",")) - {"-"}
        if unknown := sorted(tags - set(TAGS)):
            mistakes.append(f"line {item.number}: no such tag: {', '.join(unknown)}")
        lines.append(TaggedLine(item.context, item.match[2].strip(), tags, dialogue, pass_of(path)))
    if mistakes:
        raise InvalidFileError(f"{path} has mistakes:", "", problems=tuple(mistakes))
    return lines


def learning_lines(folder: Path = DATA) -> list[TaggedLine]:
    """Every pass but the held-out one."""
    return [line for path in learning_files(folder) for line in read_file(path)]


def held_out_lines(folder: Path = DATA) -> list[TaggedLine]:
    """The pass that nothing was trained, tuned or calibrated on."""
    return [line for path in held_out_files(folder) for line in read_file(path)]


def spoilt(
    lines: Sequence[TaggedLine], noise: Noise, seed: str, rates: tuple[float, float]
) -> list[TaggedLine]:
    """The lines as a recogniser may have written them, the customer's words too."""
    rng = Random(seed)
    result = []
    for line in lines:
        rate = rng.uniform(*rates)
        context = noise.spoil(line.context, rng, rate) if line.context else None
        result.append(replace(line, text=noise.spoil(line.text, rng, rate), context=context))
    return result
