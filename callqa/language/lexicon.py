"""Lexicons: the phrases that measures look for, in YAML files that users edit copies of.

Every file is named ``NAME.LANGUAGE.yaml`` and has one schema: a list of entries, each with a
`phrase` and what else that lexicon needs. A folder of one's own overrides the shipped files one
by one.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from callqa.errors import InvalidFileError
from callqa.language.matches import PhraseMatch, PhraseSearcher

SHIPPED = Path(__file__).resolve().parent.parent / "lexicons"

# The same safe loader, ten times faster where PyYAML was built with libyaml.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

# Kinds that each lexicon's entries may have; lexicons that are not listed have no kinds.
KINDS: dict[str, tuple[str, ...]] = {
    "courtesy": ("asking", "waiting", "refusing", "correcting", "complaint", "close", "thanks"),
    "forbidden": ("refusing", "blaming", "mocking", "impatience", "commanding"),
    "closing": ("anything_else", "thanks", "rating", "goodbye"),
    "guessing": ("blame", "assumption"),
    "privacy": ("asks_secret", "asks_full_number", "reads_out"),
    "transparency": ("doing", "next", "by_when", "cost"),
    "wait": ("announce", "back"),
    "explaining": ("weak", "after", "before", "anywhere"),
    "roles": ("agent_strong", "agent", "customer_strong", "customer"),
}
# An `unless` phrase counts up to this many characters from the match, inside one sentence.
UNLESS_REACH = {"zh": 15, "en": 60}
_EXCUSE_ALIKE = 0.95
_PAUSE = re.compile(r"[，。！？；…,!?;]|\.(?=\s)")
_NOT_TEXT = re.compile(r"[\W_]+")
_SENTENCE_END = re.compile(r"[。？！…?!;；]|\.(?=\s|$)")


class Entry(BaseModel):
    """One thing that is said, with the ways it is said.

    `unless` are phrases that make it harmless: where one of them overlaps a match, or is said
    near it in the same sentence, the match does not count.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    phrase: str = Field(min_length=1, description="the wording, as it is said")
    variants: tuple[str, ...] = Field((), description="other wordings and spoken forms of the same")
    kind: str | None = Field(None, description="what sort of phrase it is; each lexicon lists its own")
    unless: tuple[str, ...] = Field((), description="phrases that make it harmless")
    examples: tuple[str, ...] = Field((), description="sentences it is heard in")
    plain: str | None = Field(None, description="jargon: everyday words to say instead")
    explain: str | None = Field(None, description="jargon: how an agent may explain the term")
    near: tuple[str, ...] = Field(
        (), description="jargon: words said near a short term; beside one, a looser likeness in sound will do"
    )
    hotlines: tuple[str, ...] = Field((), description="operators: service numbers, digits")

    @property
    def wordings(self) -> tuple[str, ...]:
        """The phrase and its variants."""
        return (self.phrase, *self.variants)


@dataclass(frozen=True)
class Lexicon:
    """One lexicon of one language. `entries` stand in the file's order."""

    name: str
    language: str
    version: str
    entries: tuple[Entry, ...]

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    @cached_property
    def wordings(self) -> tuple[str, ...]:
        """Every wording of every entry."""
        return tuple(wording for entry in self.entries for wording in entry.wordings)

    def of_kind(self, *kinds: str) -> Lexicon:
        """The same lexicon with the entries of some kinds only."""
        kept = tuple(entry for entry in self.entries if entry.kind in kinds)
        return Lexicon(self.name, self.language, self.version, kept)

    @cached_property
    def digest(self) -> str:
        """Changes when anything in the lexicon does."""
        content = [entry.model_dump(mode="json") for entry in self.entries]
        text = json.dumps([self.name, self.language, content], ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:12]


@dataclass(frozen=True)
class LexiconSet:
    """Every lexicon of one language. A lexicon that a language does not have is empty."""

    language: str
    jargon: Lexicon
    courtesy: Lexicon
    forbidden: Lexicon
    closing: Lexicon
    guessing: Lexicon
    privacy: Lexicon
    transparency: Lexicon
    wait: Lexicon
    offers: Lexicon
    salutations: Lexicon
    explaining: Lexicon
    operators: Lexicon
    roles: Lexicon

    @property
    def digest(self) -> str:
        """Changes when any lexicon does."""
        parts = [getattr(self, name).digest for name in LEXICON_NAMES]
        return hashlib.sha256(" ".join(parts).encode()).hexdigest()[:12]


LEXICON_NAMES = tuple(field.name for field in fields(LexiconSet) if field.name != "language")
# English calls have no operators that are known without configuration.
_OPTIONAL = {("operators", "en")}


@dataclass(frozen=True, slots=True)
class EntryMatch:
    """An entry that was found, by which wording (`match.phrase`) and where."""

    entry: Entry
    match: PhraseMatch


def find_entries(lexicon: Lexicon, searcher: PhraseSearcher, threshold: float) -> list[EntryMatch]:
    """The entries that a text says, in text order, `unless` heeded.

    Of wordings that overlap, the longer one stays unless another is clearly more alike.
    `threshold` is the least similarity, 0-1.
    """
    found: list[EntryMatch] = []
    heard = searcher.find_all(lexicon.wordings, threshold)
    if not heard:
        return []
    for entry in lexicon:
        matches = [match for wording in entry.wordings for match in heard.get(wording, ())]
        if matches and entry.unless:
            matches = _without_harmless(matches, entry, searcher, lexicon.language, threshold)
        found.extend(EntryMatch(entry, match) for match in matches)
    return _longest_apart(found)


def _longest_apart(found: list[EntryMatch]) -> list[EntryMatch]:
    kept: list[EntryMatch] = []
    for item in sorted(found, key=_rank):
        if not any(item.match.overlaps(other.match) for other in kept):
            kept.append(item)
    return sorted(kept, key=lambda f: f.match.first_char)


def _rank(item: EntryMatch) -> tuple[float, bool, int]:
    # Length first: 光猫 inside 光猫设备 is the longer term; a poor match loses to a good one.
    match = item.match
    weight = (match.end_char - match.first_char) * (match.similarity - 0.5)
    return -weight, not _same_text(match), match.first_char


def _without_harmless(
    matches: list[PhraseMatch], entry: Entry, searcher: PhraseSearcher, language: str, threshold: float
) -> list[PhraseMatch]:
    excuses = [match for phrase in entry.unless for match in searcher.find(phrase, threshold)]
    reach = UNLESS_REACH.get(language, UNLESS_REACH["en"])
    return [
        match
        for match in matches
        if not any(_excuses(other, match, searcher.text, reach) for other in excuses)
    ]


def _excuses(excuse: PhraseMatch, match: PhraseMatch, text: str, reach: int) -> bool:
    if _PAUSE.search(excuse.heard) and not _PAUSE.search(excuse.phrase):
        # 我不知道，您问别人 does not say 不知道您.
        return False
    if not _same_text(excuse):
        # By sound alone 广贸 would excuse every 光猫: an excuse must say more than the match does.
        longer = excuse.end_char - excuse.first_char > match.end_char - match.first_char
        if not longer or excuse.similarity < _EXCUSE_ALIKE:
            return False
    if excuse.overlaps(match):
        return True
    first = min(excuse.end_char, match.end_char)
    last = max(excuse.first_char, match.first_char)
    return last - first <= reach and not _SENTENCE_END.search(text, first, last)


def _same_text(match: PhraseMatch) -> bool:
    return _NOT_TEXT.sub("", match.heard).lower() == _NOT_TEXT.sub("", match.phrase).lower()


def load_lexicons(language: str, folder: Path | None = None) -> LexiconSet:
    """Every lexicon of a language; files in `folder` stand in for the shipped ones.

    Raises `InvalidFileError` listing the mistakes of all files together.
    """
    problems: list[str] = []
    loaded: dict[str, Lexicon] = {}
    if folder is not None:
        problems.extend(_unknown_files(folder))
    for name in LEXICON_NAMES:
        try:
            loaded[name] = load_lexicon(name, language, folder)
        except InvalidFileError as error:
            problems.extend(f"{lexicon_path(name, language, folder).name}: {line}" for line in error.problems)
    if problems:
        where = folder or SHIPPED
        raise InvalidFileError(
            f"The lexicons in {where} have mistakes:", "Mend the lines it names.", tuple(problems)
        )
    return LexiconSet(language=language, **loaded)


def load_lexicon(name: str, language: str, folder: Path | None = None) -> Lexicon:
    """One lexicon, from `folder` where it has the file, else the shipped one.

    Raises `InvalidFileError` whose `problems` list every mistake.
    """
    path = lexicon_path(name, language, folder)
    if not path.exists() and (name, language) in _OPTIONAL:
        return Lexicon(name, language, "", ())
    try:
        raw: Any = yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)
    except OSError as error:
        problem = f"cannot be read: {error.strerror or error}"
        raise InvalidFileError(f"{path} {problem}.", "Check the path.", (problem,)) from error
    except UnicodeDecodeError as error:
        raise InvalidFileError(
            f"{path} is no UTF-8 text.", "Save it as UTF-8.", ("no UTF-8 text",)
        ) from error
    except yaml.YAMLError as error:
        problem = "no valid YAML: " + " ".join(str(error).split())
        raise InvalidFileError(f"{path} is no valid YAML.", "Mend the line it names.", (problem,)) from error
    problems, lexicon = _check(raw, name, language)
    if problems:
        raise InvalidFileError(f"{path} has mistakes:", "", tuple(problems))
    return lexicon


def lexicon_path(name: str, language: str, folder: Path | None = None) -> Path:
    """The file that a lexicon is read from."""
    file_name = f"{name}.{language}.yaml"
    if folder is not None and (folder / file_name).exists():
        return folder / file_name
    return SHIPPED / file_name


def _unknown_files(folder: Path) -> list[str]:
    if not folder.is_dir():
        return [f"{folder}: no such folder"]
    known = {f"{name}.{language}" for name in LEXICON_NAMES for language in ("zh", "en")}
    names = sorted(path.name for path in folder.iterdir() if path.suffix in (".yaml", ".yml"))
    return [
        f"{name}: no lexicon has this name; known: NAME.zh.yaml or NAME.en.yaml with NAME one of "
        f"{', '.join(LEXICON_NAMES)}"
        for name in names
        if name.removesuffix(".yaml") not in known
    ]


def _check(raw: Any, name: str, language: str) -> tuple[list[str], Lexicon]:
    if not isinstance(raw, dict):
        return ["the file must have the keys version and entries"], Lexicon(name, language, "", ())
    problems = [f"{key}: no such key" for key in raw if key not in ("version", "entries")]
    version = raw.get("version")
    if not isinstance(version, str | int) or isinstance(version, bool):
        problems.append("version: must be a text or a number")
    items = raw.get("entries")
    if not isinstance(items, list):
        problems.append("entries: must be a list")
        items = []
    entries: list[Entry] = []
    seen: dict[str, int] = {}
    for number, item in enumerate(items, start=1):
        entry, mistakes = _check_entry(item, name, language)
        label = f"entry {number}" + (f" ({item['phrase']})" if _has_phrase(item) else "")
        if entry is not None:
            entries.append(entry)
            for wording in entry.wordings:
                if wording in seen:
                    mistakes.append(f"{wording!r} stands already in entry {seen[wording]}")
                seen.setdefault(wording, number)
        problems.extend(f"{label}: {mistake}" for mistake in mistakes)
    return problems, Lexicon(name, language, str(version), tuple(entries))


def _has_phrase(item: Any) -> bool:
    return isinstance(item, dict) and isinstance(item.get("phrase"), str)


def _check_entry(item: Any, name: str, language: str) -> tuple[Entry | None, list[str]]:
    try:
        entry = Entry.model_validate(item)
    except ValidationError as error:
        return None, [
            ".".join(str(part) for part in mistake["loc"])
            + (": no such key" if mistake["type"] == "extra_forbidden" else f": {mistake['msg']}")
            for mistake in error.errors()
        ]
    mistakes = [
        f"{wording!r} is blank"
        for wording in (*entry.wordings, *entry.unless, *entry.near)
        if not wording.strip()
    ]
    kinds = KINDS.get(name)
    if kinds and entry.kind not in kinds:
        mistakes.append(f"kind: must be one of {', '.join(kinds)}, not {entry.kind}")
    if name == "jargon":
        mistakes.extend(f"{key}: is missing" for key in ("plain", "kind") if not getattr(entry, key))
    elif entry.plain or entry.explain or entry.near:
        mistakes.append("plain, explain, near: belong to jargon only")
    if name == "operators":
        if not entry.hotlines:
            mistakes.append("hotlines: is missing")
        mistakes.extend(f"hotlines: {line!r} is not digits" for line in entry.hotlines if not line.isdigit())
    return entry, mistakes
