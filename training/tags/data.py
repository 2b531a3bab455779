"""The written dialogues that the tags are learnt from and measured on.

The files ``PASS.txt`` and ``PASS.en.txt`` are one writing pass; ``.test`` stands in the names of the
pass that is held out. A line ``# ID THEME`` begins a dialogue, ``C TEXT`` is what the customer says,
``A TAGS | TEXT`` what the agent answers: tags with commas between them, ``-`` for none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

from callqa.data import TAGS
from callqa.errors import InvalidFileError
from training.politeness.noise import Noise

DATA = Path(__file__).parent / "data"
_HELD_OUT = ".test"
_HAN = re.compile(r"[\u4e00-\u9fff]")
_AGENT_LINE = re.compile(r"A (\S+) \| (\S.*)")
_HEAD_LINE = re.compile(r"# (\S+)\s+(\S.*)")


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
        return "zh" if _HAN.search(self.text) else "en"


def read_file(path: Path) -> list[TaggedLine]:
    """The agent lines of one file; raises `InvalidFileError` listing every mistake with its line."""
    lines: list[TaggedLine] = []
    mistakes: list[str] = []
    dialogue: str | None = None
    context: str | None = None
    for number, raw in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        text = raw.strip()
        if not text:
            continue
        head, spoken = _HEAD_LINE.fullmatch(text), _AGENT_LINE.fullmatch(text)
        if head is not None:
            dialogue, context = head[1], None
        elif dialogue is None:
            mistakes.append(f"line {number}: it stands before the first dialogue")
        elif text.startswith("C ") and text[2:].strip():
            context = text[2:].strip()
        elif spoken is None:
            mistakes.append(f"line {number}: neither '# ID THEME' nor 'C TEXT' nor 'A TAGS | TEXT'")
        else:
            tags = frozenset(spoken[1].split(",")) - {"-"}
            if unknown := sorted(tags - set(TAGS)):
                mistakes.append(f"line {number}: no such tag: {', '.join(unknown)}")
            lines.append(TaggedLine(context, spoken[2].strip(), tags, dialogue, path.name.split(".")[0]))
            context = None
    if mistakes:
        raise InvalidFileError(f"{path} has mistakes:", "", problems=tuple(mistakes))
    return lines


def learning_lines(folder: Path = DATA) -> list[TaggedLine]:
    """Every pass but the held-out one."""
    return [
        line
        for path in sorted(folder.glob("*.txt"))
        if _HELD_OUT not in path.name
        for line in read_file(path)
    ]


def held_out_lines(folder: Path = DATA) -> list[TaggedLine]:
    """The pass that nothing was trained, tuned or calibrated on."""
    return [
        line for path in sorted(folder.glob("*.txt")) if _HELD_OUT in path.name for line in read_file(path)
    ]


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
