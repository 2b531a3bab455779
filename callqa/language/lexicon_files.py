"""Lexicon files: their entries, and every mistake in them with its line.

A file is named ``NAME.LANGUAGE.yaml``, or says so with the keys `lexicon` and `language`. A file of
one's own adds to the lexicon that ships: an entry with a phrase that ships takes its place, phrases
under `remove` go. With ``mode: replace`` the file is the whole lexicon.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from callqa.errors import InvalidFileError
from callqa.yamlfile import YamlFile, did_you_mean, read_yaml, shape_problems

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
LANGUAGES = ("zh", "en")
# Read while a recording is analysed; a stored call cannot be measured anew by another.
_ANALYSIS_ONLY = ("roles",)
_MODES = ("extend", "replace")
_KEYS = ("version", "lexicon", "language", "mode", "remove", "entries")


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


@dataclass(frozen=True, slots=True)
class LexiconFile:
    """What one file says. `places` has the line of each entry."""

    path: Path
    name: str
    language: str
    version: str
    replaces: bool
    remove: tuple[str, ...]
    entries: tuple[Entry, ...]
    lines: tuple[int, ...]


def read_lexicon_file(path: Path, names: Sequence[str], *, shipped: bool = False) -> LexiconFile:
    """One file; `names` are the lexicons that there are.

    Raises `InvalidFileError` whose `problems` list every mistake with its line.
    """
    file = read_yaml(path)
    problems = list(file.repeated)
    raw = file.content if isinstance(file.content, dict) else {}
    if raw is not file.content:
        problems.append(file.problem((), "the file must have the keys version and entries"))
    name, language = _target(path, raw, names, problems, file)
    for key in raw:
        if key not in _KEYS:
            problems.append(file.problem((str(key),), f"{key}: no such key; {did_you_mean(key, _KEYS)}"))
    version = raw.get("version")
    if raw and (not isinstance(version, str | int) or isinstance(version, bool)):
        problems.append(file.problem(("version",), "version: must be a text or a number"))
    mode = raw.get("mode", "extend")
    if mode not in _MODES:
        problems.append(
            file.problem(("mode",), f"mode: {mode} is none of them; {did_you_mean(mode, _MODES)}")
        )
    if name in _ANALYSIS_ONLY and not shipped:
        problems.append(
            file.problem(
                (), f"{name}: tells agent and customer apart while recordings are analysed; not for users"
            )
        )
    remove = raw.get("remove", [])
    if not isinstance(remove, list) or not all(isinstance(item, str) for item in remove):
        problems.append(file.problem(("remove",), "remove: must be a list of phrases"))
        remove = []
    entries, lines = _entries(raw.get("entries", [] if remove else None), name, file, problems, bool(raw))
    if problems:
        found = tuple(str(problem) for problem in sorted(set(problems)))
        raise InvalidFileError(f"{path} has mistakes:", "", found)
    return LexiconFile(
        path, name, language, str(version), shipped or mode == "replace", tuple(remove), entries, lines
    )


def files_of(path: Path) -> list[Path]:
    """The lexicon files that a user's path means: itself, or those in the folder.

    Raises `InvalidFileError` where there is nothing.
    """
    if path.is_dir():
        found = sorted(item for item in path.iterdir() if item.suffix in (".yaml", ".yml"))
        if found:
            return found
        raise InvalidFileError(f"{path} has no lexicon files.", "They are called like jargon.zh.yaml.")
    if not path.exists():
        raise InvalidFileError(
            f"There is no lexicon {path}.",
            "Give a YAML file, or a folder of them.",
            ("no such file or folder",),
        )
    return [path]


def _target(
    path: Path, raw: dict[str, Any], names: Sequence[str], problems: list[Any], file: YamlFile
) -> tuple[str, str]:
    """Which lexicon of which language the file is."""
    parts = path.name.split(".")
    by_name = parts[0] if parts[0] in names else None
    by_part = parts[1] if len(parts) > 2 and parts[1] in LANGUAGES else None
    name, language = raw.get("lexicon", by_name), raw.get("language", by_part)
    if name not in names:
        told = (
            "the file's name and the key lexicon name none"
            if name is None
            else f"no lexicon is called {name}"
        )
        problems.append(file.problem(("lexicon",), f"{told}; {did_you_mean(name or parts[0], names)}"))
    if language not in LANGUAGES:
        problems.append(
            file.problem(("language",), "the language is not known; add language: zh or language: en")
        )
    return str(name), str(language)


def _entries(
    items: Any, name: str, file: YamlFile, problems: list[Any], expected: bool
) -> tuple[tuple[Entry, ...], tuple[int, ...]]:
    if not isinstance(items, list):
        if expected:
            problems.append(file.problem(("entries",), "entries: must be a list"))
        return (), ()
    entries: list[Entry] = []
    lines: list[int] = []
    seen: dict[str, int] = {}
    for position, item in enumerate(items):
        line = file.line(("entries", position))
        label = f"entry {position + 1}"
        if isinstance(item, dict) and isinstance(item.get("phrase"), str):
            label += f" ({item['phrase']})"
        entry, mistakes = _check_entry(item, name)
        if entry is not None:
            entries.append(entry)
            lines.append(line)
            for wording in entry.wordings:
                if wording in seen:
                    mistakes.append(("", f"{wording!r} stands already on line {seen[wording]}"))
                seen.setdefault(wording, line)
        for key, text in mistakes:
            problems.append(file.problem(("entries", position, key), f"{label}: {text}"))
    return tuple(entries), tuple(lines)


def _check_entry(item: Any, name: str) -> tuple[Entry | None, list[tuple[str, str]]]:
    """The entry, None where it has not the right shape; mistakes with the key they are under."""
    try:
        entry = Entry.model_validate(item)
    except ValidationError as error:
        shape = YamlFile("", item, {}, ())
        keys = {"": tuple(Entry.model_fields)}
        problems = shape_problems(shape, error, keys)
        places = [str(mistake["loc"][0]) if mistake["loc"] else "" for mistake in error.errors()]
        return None, [(key, problem.text) for key, problem in zip(places, problems, strict=True)]
    mistakes = [
        (key, f"{wording!r} is blank")
        for key, wordings in (
            ("variants", entry.wordings),
            ("unless", entry.unless),
            ("near", entry.near),
        )
        for wording in wordings
        if not wording.strip()
    ]
    kinds = KINDS.get(name)
    if kinds and entry.kind not in kinds:
        told = "is missing" if entry.kind is None else f"{entry.kind} is none of them"
        hint = did_you_mean(entry.kind or "", kinds)
        mistakes.append(("kind", f"kind: {told}; {hint}; must be one of {', '.join(kinds)}"))
    if name == "jargon":
        mistakes += [("", f"{key}: is missing") for key in ("plain", "kind") if not getattr(entry, key)]
    elif entry.plain or entry.explain or entry.near:
        mistakes.append(("plain", "plain, explain, near: belong to jargon only"))
    if name == "operators":
        if not entry.hotlines:
            mistakes.append(("", "hotlines: is missing"))
        mistakes += [
            ("hotlines", f"hotlines: {line!r} is not digits") for line in entry.hotlines if not line.isdigit()
        ]
    return entry, mistakes


def merged(shipped: Sequence[Entry], own: LexiconFile) -> tuple[tuple[Entry, ...], list[str]]:
    """A lexicon with a file of one's own brought in, and the mistakes that only this shows."""
    problems: list[str] = []
    known = {entry.phrase for entry in shipped}
    for phrase in own.remove:
        if phrase not in known:
            problems.append(f"remove: {phrase} is no phrase of this lexicon; {_close(phrase, known)}")
    mine = {entry.phrase: entry for entry in own.entries}
    if own.replaces:
        return own.entries, problems
    kept = [mine.get(entry.phrase, entry) for entry in shipped if entry.phrase not in own.remove]
    added = [entry for entry in own.entries if entry.phrase not in {item.phrase for item in kept}]
    others = {w: e.phrase for e in kept if e.phrase not in mine for w in e.wordings}
    for entry, line in zip(own.entries, own.lines, strict=True):
        for wording in entry.wordings:
            if wording in others:
                problems.append(
                    f"line {line}: entry ({entry.phrase}): {wording!r} stands already in the entry "
                    f"{others[wording]}; write that phrase to take its place, or remove it"
                )
    return (*kept, *added), problems


def _close(name: str, known: Iterable[str]) -> str:
    hint = did_you_mean(name, known)
    return hint if hint.startswith("did") else "none is like it"
