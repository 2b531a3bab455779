"""Learns who talks like an agent, from the written dialogues of the samples and of the tuning half.

`python -m corpus.roles` writes callqa/lexicons/roles_model.LANGUAGE.json; the reporting half is
not opened. The same dialogues give the same files.
"""

from __future__ import annotations

import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml

from callqa.turns.role_model import RoleModel, features, model_path

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")
FOLDERS = (Path(__file__).parent / "dialogues", Path(__file__).parents[1] / "samples" / "dialogues")
# A feature that one dialogue alone has is its matter, not its parties'.
LEAST_DIALOGUES = 2
SMOOTHING = 1.0


@dataclass(frozen=True, slots=True)
class Lines:
    """A dialogue's lines: which party says what."""

    id: str
    language: Language
    said: tuple[tuple[Literal["agent", "customer"], str], ...]


def main() -> None:
    """The command."""
    dialogues = list(read_lines())
    for language in LANGUAGES:
        model = learn(dialogues, language)
        model_path(language).write_text(as_json(model), encoding="utf-8")
        print(f"{model_path(language).name}: {len(model.weights)} features")


def read_lines(folders: Sequence[Path] = FOLDERS) -> Iterator[Lines]:
    """The samples' dialogues and those of the corpus's tuning half."""
    for folder in folders:
        for path in sorted(folder.glob("*.yaml")):
            if not _is_reporting(path):
                yield _lines_of(path)


def learn(dialogues: Iterable[Lines], language: Language) -> RoleModel:
    """Naive Bayes: the smoothed log odds of each feature in agents' against customers' lines."""
    counts: dict[str, Counter[str]] = {"agent": Counter(), "customer": Counter()}
    where: defaultdict[str, set[str]] = defaultdict(set)
    for dialogue in dialogues:
        if dialogue.language != language:
            continue
        for party, text in dialogue.said:
            for key in features(text, language):
                counts[party][key] += 1
                where[key].add(dialogue.id)
    total = {party: count.total() for party, count in counts.items()}
    kept = sorted(key for key, ids in where.items() if len(ids) >= LEAST_DIALOGUES)
    agent, customer = counts["agent"], counts["customer"]
    weights = {
        key: math.log((agent[key] + SMOOTHING) / total["agent"])
        - math.log((customer[key] + SMOOTHING) / total["customer"])
        for key in kept
    }
    return RoleModel(language, weights)


def as_json(model: RoleModel) -> str:
    """The file's text: one weight a line, so that a change can be read."""
    content = {
        "made_by": "python -m corpus.roles",
        "weights": {key: round(weight, 2) for key, weight in model.weights.items()},
    }
    return json.dumps(content, ensure_ascii=False, indent=0) + "\n"


def _is_reporting(path: Path) -> bool:
    # Read no further than the line that tells.
    with path.open(encoding="utf-8") as file:
        return any(line.split() == ["split:", "reporting"] for line in _head(file))


def _head(file: Iterable[str]) -> Iterator[str]:
    for line in file:
        yield line
        if line.startswith(("split:", "lines:")):
            return


def _lines_of(path: Path) -> Lines:
    raw: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    said: list[tuple[Literal["agent", "customer"], str]] = []
    for line in raw["lines"]:
        if "customer" in line:
            said.append(("customer", line["customer"]))
        elif text := line.get("agent") or line.get("agent2"):
            said.append(("agent", text))
    return Lines(path.stem, raw["language"], tuple(said))


if __name__ == "__main__":
    main()
