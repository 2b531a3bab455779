"""Reads the written cases, and holds what was found against them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from callqa.config import MaskingSettings
from callqa.data import Role, Utterance
from callqa.masking import Masked, find_personal_data
from tests.measures.factories import words_of

FOLDER = Path(__file__).parent
_MARK = re.compile(r"\{(\w+):([^}]*)\}")
_ROLES = {"A": Role.AGENT, "C": Role.CUSTOMER, "?": None}


@dataclass(frozen=True)
class Expected:
    """Characters of one utterance that have to be masked."""

    kind: str
    utterance: int
    first_char: int
    end_char: int


@dataclass(frozen=True)
class Case:
    """A call or a line of one, and what is personal in it."""

    language: str
    utterances: tuple[Utterance, ...]
    expected: tuple[Expected, ...]


@dataclass
class Score:
    """Counts over cases. A span is found if all its letters and digits are masked; a masked span is right
    if at least half of its letters and digits are in an expected one."""

    expected: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    masked: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    kind_right: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def recall(self) -> float:
        """Share of the expected spans that were found."""
        return self.found.total() / self.expected.total()

    @property
    def precision(self) -> float:
        """Share of the masked spans that are right."""
        return self.right.total() / self.masked.total()


def load_cases(name: str) -> Iterator[Case]:
    """The cases of one file."""
    for language, entries in yaml.safe_load((FOLDER / name).read_text(encoding="utf-8")).items():
        for entry in entries:
            yield parse_case(entry if isinstance(entry, list) else [entry], language)


def parse_case(lines: list[str], language: str) -> Case:
    """Lines of a call with marks, as utterances of three seconds each."""
    utterances, expected = [], []
    for i, line in enumerate(lines):
        who, _, marked = line.partition(": ")
        text, cursor = "", 0
        for match in _MARK.finditer(marked):
            text += marked[cursor : match.start()]
            first = len(text)
            text += match[2]
            expected.append(Expected(match[1], i, first, len(text)))
            cursor = match.end()
        text += marked[cursor:]
        start = 4.0 * i
        joiner = " " if language == "en" else ""
        words = words_of(text, start, start + 3, 0.9, language)
        utterances.append(Utterance(start, start + 3, who, words, 0, _ROLES[who], joiner))
        assert utterances[-1].text == text, text
    return Case(language, tuple(utterances), tuple(expected))


def score(name: str, settings: MaskingSettings | None = None) -> Score:
    """Masking held against the cases of one file."""
    result = Score()
    for case in load_cases(name):
        spans = find_personal_data(case.utterances, case.language, settings)
        _count(case, spans, result)
    return result


def _count(case: Case, spans: tuple[Masked, ...], result: Score) -> None:
    texts = [item.text for item in case.utterances]

    def chars(item: Expected | Masked) -> set[tuple[int, int]]:
        text = texts[item.utterance]
        return {(item.utterance, i) for i in range(item.first_char, item.end_char) if text[i].isalnum()}

    hidden = set().union(*(chars(span) for span in spans)) if spans else set()
    wanted = set().union(*(chars(item) for item in case.expected)) if case.expected else set()
    for item in case.expected:
        result.expected[item.kind] += 1
        if chars(item) <= hidden:
            result.found[item.kind] += 1
        else:
            text = texts[item.utterance]
            shown = "".join(text[i] if (u, i) not in hidden else "■" for u, i in sorted(chars(item)))
            result.problems.append(f"MISSED {item.kind}: {shown} | {text}")
    for span in spans:
        result.masked[span.kind] += 1
        own = chars(span)
        if 2 * len(own & wanted) >= len(own):
            result.right[span.kind] += 1
            same = [e for e in case.expected if chars(e) & own and e.kind == span.kind]
            result.kind_right += bool(same)
        else:
            text = texts[span.utterance]
            result.problems.append(f"WRONG {span.kind}: {text[span.first_char : span.end_char]} | {text}")
