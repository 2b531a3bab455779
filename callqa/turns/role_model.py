"""Who talks like an agent: a small model of sounds that follow each other, learned from dialogues.

The shipped weights are made by ``python -m corpus.roles`` from the project's own written
dialogues. They stand for sounds and not for characters, so that what recognition mixes up counts
all the same.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from callqa.language import sounds

SHIPPED = Path(__file__).resolve().parent.parent / "lexicons"
# How many sounds (syllables, words) in a row make a feature.
ORDERS: Mapping[str, tuple[int, ...]] = {"zh": (2,), "en": (1, 2)}


@dataclass(frozen=True, slots=True)
class RoleModel:
    """Log odds of the agent over the customer for each feature of `language`."""

    language: str
    weights: Mapping[str, float]

    def score(self, texts: Iterable[str]) -> float:
        """How much these utterances of one speaker sound like an agent; below 0 like a customer.

        The features' log odds, added up and divided by the square root of their number: those of
        one call repeat each other, so their sum would grow too fast with its length.
        """
        found = [
            self.weights[key]
            for text in texts
            for key in features(text, self.language)
            if key in self.weights
        ]
        return sum(found) / math.sqrt(len(found) + 1)


def features(text: str, language: str) -> list[str]:
    """The features of one utterance in order, repeated ones too.

    >>> features("您好啊", "zh") == features("您浩阿", "zh")
    True
    """
    keys = sounds(text, language)
    return [
        " ".join(keys[first : first + length])
        for length in ORDERS[language]
        for first in range(len(keys) - length + 1)
    ]


@lru_cache(maxsize=2)
def load_role_model(language: str) -> RoleModel:
    """The shipped model of a language."""
    raw = json.loads(model_path(language).read_text(encoding="utf-8"))
    return RoleModel(language, raw["weights"])


def model_path(language: str) -> Path:
    """The file with a language's weights."""
    return SHIPPED / f"roles_model.{language}.json"
