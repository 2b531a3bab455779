"""The waiting calls as a sheet: written for a person to fill in, read back with every mistake."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from callqa.data import CallFacts
from callqa.errors import InvalidFileError, StoreError, UsageError
from callqa.manifest import read_table
from callqa.reports.call_text import clock
from callqa.reports.roles_text import describe_signs, first_words, speakers_of
from callqa.settling import Settlement
from callqa.store import Store, StoredCall

AGENT_IS = "agent_is"
_HINT = (
    f"The first line names the columns: call and {AGENT_IS} at least, as `callqa roles --csv` writes them."
)
_NUM_SPEAKERS = 2
_COLUMNS = ("call", "file", AGENT_IS, "started_at", "agent_id", "agent_name", "likely", "confidence")
_PARTS = ("seconds", "words", "signs")


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One line that was read: how it names its call, and what it says about the agent."""

    line: int
    call: str
    file: str
    agent: str


def write_sheet(path: Path, calls: Sequence[StoredCall]) -> None:
    """Write the calls, one a line, the column `agent_is` left empty. UTF-8 with a mark that
    spreadsheet programs know it by. Raises `StoreError` where it cannot be written."""
    header = [*_COLUMNS]
    for number in range(1, _NUM_SPEAKERS + 1):
        header += [f"speaker_{number}", *(f"speaker_{number}_{part}" for part in _PARTS)]
    try:
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(header)
            for call in calls:
                writer.writerow([_plain(cell) for cell in _cells(call)])
    except OSError as error:
        raise StoreError(f"cannot write {path}: {error.strerror}.", "Name another file.") from error


def read_sheet(path: Path) -> list[SheetRow]:
    """The lines of a sheet. Raises `InvalidFileError` where it cannot be read or lacks a column."""
    rows = read_table(path, "sheet", _HINT)
    header = [cell.strip().lower() for cell in rows[0][1]] if rows else []
    lacking = [name for name in ("call", AGENT_IS) if name not in header]
    if lacking:
        problems = tuple(f"line 1: the column {name} is missing" for name in lacking)
        raise InvalidFileError(f"the sheet {path} cannot be used:", _HINT, problems)
    found = []
    for line, cells in rows[1:]:
        row = dict(zip(header, (cell.strip().removeprefix("'") for cell in cells), strict=False))
        found.append(SheetRow(line, row.get("call", ""), row.get("file", ""), row.get(AGENT_IS, "")))
    return found


def find_call(store: Store, row: SheetRow) -> str:
    """The call that a line means, by its file where a spreadsheet program has made a number of
    the id. Raises `UsageError` where there is none."""
    try:
        return store.find(row.call)
    except UsageError:
        if not row.file:
            raise
    return store.find(row.file)


def settlement(row: SheetRow, facts: CallFacts, by: str) -> Settlement:
    """What a line says: the agent's label or number among the speakers, ``swap``, ``none`` or
    ``auto``. Raises `UsageError` for anything else, and where that person does not speak."""
    word = row.agent.strip()
    if word.lower() in ("swap", "none", "auto"):
        return Settlement(word.lower(), by)  # type: ignore[arg-type]
    speakers = list(speakers_of(facts))
    if re.fullmatch(r"[1-9]", word) and int(word) <= len(speakers):
        return Settlement("agent", by, speakers[int(word) - 1])
    by_name = {name.lower(): name for name in speakers}
    if word.lower() not in by_name:
        raise UsageError(
            f"{AGENT_IS} is {word!r}; known are {', '.join(speakers)} (or their numbers), swap, none, auto"
        )
    return Settlement("agent", by, by_name[word.lower()])


def _cells(call: StoredCall) -> list[str]:
    facts = call.analysis.facts
    recording, roles = facts.recording, facts.roles
    cells = [
        call.id,
        call.paths[0] if call.paths else recording.path,
        "",
        recording.started_at or "",
        recording.agent_id or "",
        recording.agent_name or "",
        roles.favoured or "",
        "" if roles.confidence is None else f"{roles.confidence:.2f}",
    ]
    for speaker, seconds in list(speakers_of(facts).items())[:_NUM_SPEAKERS]:
        words = " | ".join(f"{clock(at)} {text}" for at, text in first_words(facts, speaker))
        cells += [speaker, f"{seconds:.0f}", words, describe_signs(facts, speaker)]
    return cells


def _plain(cell: str) -> str:
    """The cell as text for a spreadsheet program: what was said must not become a formula."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
