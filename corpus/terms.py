"""Telecom terms with all their spoken forms, from the word lists that callqa ships."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

_LEXICONS = Path(__file__).parents[1] / "callqa" / "lexicons"


@lru_cache
def spoken_terms(language: str) -> MappingProxyType[str, str]:
    """Lower-case spoken form -> the term it stands for."""
    forms: dict[str, str] = {}
    for entry in _entries(language):
        for form in (entry["phrase"], *entry.get("variants", [])):
            forms.setdefault(form.lower(), entry["phrase"])
            if language == "en":
                forms.setdefault(f"{form.lower()}s", entry["phrase"])
    return MappingProxyType(forms)


@lru_cache
def not_terms(language: str) -> frozenset[str]:
    """Lower-case wordings that hold a term's words and mean something else."""
    wordings = {wording.lower() for entry in _entries(language) for wording in entry.get("unless", [])}
    return frozenset(wordings - spoken_terms(language).keys())


def _entries(language: str) -> list[dict[str, Any]]:
    path = _LEXICONS / f"jargon.{language}.yaml"
    return list(yaml.safe_load(path.read_text(encoding="utf-8"))["entries"])
