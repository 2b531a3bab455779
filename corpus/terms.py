"""Telecom terms, each with the forms in which the dialogues say it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

import yaml

_TERMS = Path(__file__).with_name("terms.yaml")
_WORD_LISTS = Path(__file__).parents[1] / "callqa" / "lexicons"


@lru_cache
def spoken_terms(language: str) -> MappingProxyType[str, str]:
    """Lower-case spoken form -> the term it stands for."""
    terms = yaml.safe_load(_TERMS.read_text(encoding="utf-8"))[language]
    return MappingProxyType({form.lower(): term for term, forms in terms.items() for form in forms})


def unlisted(texts: Iterable[str], language: str) -> set[str]:
    """What callqa's word list calls a term, and these texts say, but terms.yaml lacks."""
    entries = yaml.safe_load((_WORD_LISTS / f"jargon.{language}.yaml").read_text(encoding="utf-8"))["entries"]
    forms = {form for entry in entries for form in (entry["phrase"], *entry.get("variants", []))}
    edge = r"\b" if language == "en" else ""
    # A longer form hides a shorter one in it, in either list.
    longest = sorted(forms | set(spoken_terms(language)), key=len, reverse=True)
    pattern = re.compile(f"{edge}(?:{'|'.join(map(re.escape, longest))}){edge}", re.IGNORECASE)
    said = {form.lower() for text in texts for form in pattern.findall(text)}
    return said - set(spoken_terms(language))
