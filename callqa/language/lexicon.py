"""Lexicons: the phrases that measures look for, and finding them in a text.

The files they are read from stand in `callqa.language.lexicon_files`.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any

from callqa.errors import InvalidFileError
from callqa.language.lexicon_files import LANGUAGES, LexiconFile, files_of, merged, read_lexicon_file
from callqa.language.lexicon_files import Entry as Entry
from callqa.language.matches import PhraseMatch, PhraseSearcher

SHIPPED = Path(__file__).resolve().parent.parent / "lexicons"

# An `unless` phrase counts up to this many characters from the match, inside one sentence.
UNLESS_REACH = {"zh": 15, "en": 60}
_EXCUSE_ALIKE = 0.95
_PAUSE = re.compile(r"[，。！？；…,!?;]|\.(?=\s)")
_NOT_TEXT = re.compile(r"[\W_]+")
_SENTENCE_END = re.compile(r"[。？！…?!;；]|\.(?=\s|$)")


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
        content = [entry.model_dump(mode="json", exclude_defaults=True) for entry in self.entries]
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

    @cached_property
    def digest(self) -> str:
        """Changes when any lexicon does."""
        parts = [self.language, *(getattr(self, name).digest for name in LEXICON_NAMES)]
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


def load_lexicons(language: str, own: Sequence[Path] = ()) -> LexiconSet:
    """Every lexicon of a language, with the user's `own` files and folders brought in, in order.

    Raises `InvalidFileError` listing the mistakes of all files together.
    """
    problems: list[str] = []
    files = _read_all([path for given in own for path in _files_of(given, problems)], problems)
    loaded = {name: load_lexicon(name, language) for name in LEXICON_NAMES}
    for file in files:
        if file.language == language:
            lexicon = loaded[file.name]
            entries, mistakes = merged(lexicon.entries, file)
            problems += [f"{file.path}: {mistake}" for mistake in mistakes]
            version = file.version if file.replaces else f"{lexicon.version}+{file.version}"
            loaded[file.name] = Lexicon(file.name, language, version, entries)
    if problems:
        where = ", ".join(str(path) for path in own)
        raise InvalidFileError(f"The lexicons in {where} have mistakes:", "", tuple(problems))
    return LexiconSet(language=language, **loaded)


def load_lexicon(name: str, language: str) -> Lexicon:
    """One lexicon as it ships.

    Raises `InvalidFileError` whose `problems` list every mistake.
    """
    path = SHIPPED / f"{name}.{language}.yaml"
    if not path.exists() and (name, language) in _OPTIONAL:
        return Lexicon(name, language, "", ())
    file = read_lexicon_file(path, LEXICON_NAMES, shipped=True)
    return Lexicon(name, language, file.version, file.entries)


def check_lexicons(own: Sequence[Path]) -> None:
    """Read the user's files for both languages. Raises `InvalidFileError` with every mistake."""
    problems: dict[str, None] = {}
    for language in LANGUAGES:
        try:
            load_lexicons(language, own)
        except InvalidFileError as error:
            problems.update(dict.fromkeys(error.problems))
    if problems:
        where = ", ".join(str(path) for path in own)
        raise InvalidFileError(f"The lexicons in {where} have mistakes:", "", tuple(problems))


def to_plain(lexicons: LexiconSet) -> dict[str, Any]:
    """A language's lexicons as plain values, without what is empty; `from_plain` takes them back."""
    return {
        name: [
            getattr(lexicons, name).version,
            [entry.model_dump(mode="json", exclude_defaults=True) for entry in getattr(lexicons, name)],
        ]
        for name in LEXICON_NAMES
    }


def from_plain(language: str, plain: Mapping[str, Any]) -> LexiconSet:
    """What `to_plain` gave; a lexicon that it does not have is empty."""
    made = {}
    for name in LEXICON_NAMES:
        version, entries = plain.get(name, ("", ()))
        made[name] = Lexicon(name, language, version, tuple(Entry.model_validate(item) for item in entries))
    return LexiconSet(language=language, **made)


def changed_entries(before: LexiconSet, after: LexiconSet) -> dict[str, tuple[Entry, ...]]:
    """By the name of each lexicon that is another now: the entries that came, went or changed, as
    they were and as they are. All of them where the order is another: of matches that overlap and
    are equally good, the earlier entry's stays."""
    changed = {}
    for name in LEXICON_NAMES:
        old, new = getattr(before, name).entries, getattr(after, name).entries
        if old == new:
            continue
        known, now = {_text(entry) for entry in old}, {_text(entry) for entry in new}
        if [t for t in map(_text, old) if t in now] != [t for t in map(_text, new) if t in known]:
            changed[name] = (*old, *new)
        else:
            gone = [entry for entry in old if _text(entry) not in now]
            changed[name] = (*gone, *(entry for entry in new if _text(entry) not in known))
    return changed


def _text(entry: Entry) -> str:
    return entry.model_dump_json()


def _files_of(path: Path, problems: list[str]) -> list[Path]:
    try:
        return files_of(path)
    except InvalidFileError as error:
        problems.append(f"{path}: {error.message}")
        return []


def _read_all(paths: Sequence[Path], problems: list[str]) -> list[LexiconFile]:
    found = []
    for path in paths:
        try:
            found.append(read_lexicon_file(path, LEXICON_NAMES))
        except InvalidFileError as error:
            problems += [f"{path}: {problem}" for problem in error.problems]
    return found
