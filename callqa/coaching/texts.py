"""What criteria are called and what they ask for, as the rubrics say it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from callqa.coaching.advice import CriterionText
from callqa.errors import InvalidFileError
from callqa.store import RubricText
from callqa.yamlfile import parse_yaml

_SHIPPED = Path(__file__).resolve().parent.parent / "rubrics"


def criterion_texts(rubrics: Iterable[RubricText], language: str) -> dict[str, CriterionText]:
    """Texts by criterion in `language` (``zh`` or ``en``): those of the rubrics that calls were judged
    by, the newest before older ones, else of the shipped rubric."""
    shipped = _SHIPPED / f"telecom.{language}.yaml"
    known = [shipped.read_text(encoding="utf-8")]
    known += [item.text for item in sorted(rubrics, key=lambda item: item.added_at)]
    texts: dict[str, CriterionText] = {}
    for text in known:
        try:
            content = parse_yaml(text, "a stored rubric").content
        except InvalidFileError:
            continue  # of a program whose rubrics were written in another way
        for item in content.get("criteria", ()) if isinstance(content, Mapping) else ():
            if isinstance(item, Mapping) and item.get("title"):
                texts[str(item["id"])] = CriterionText(
                    *(_in_language(item.get(key), language) for key in ("title", "description", "advice"))
                )
    return texts


def text_of(texts: Mapping[str, CriterionText], criterion: str) -> CriterionText:
    """A criterion's texts; its id where a rubric gives it none."""
    return texts.get(criterion, CriterionText(criterion, "", ""))


def _in_language(words: Any, language: str) -> str:
    if not isinstance(words, Mapping):
        return str(words or "")
    other = "en" if language == "zh" else "zh"
    return str(words.get(language) or words.get(other) or "")
