"""Verdicts out of filled-in sheets: every mistake of every sheet is told, and none is half-read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from callqa.calibration.rubrics import RubricBook
from callqa.calibration.spreadsheet import FilledRow, read_sheet
from callqa.calibration.words import VERDICT_WORDS, normalised, parse_verdict
from callqa.errors import CallqaError, InvalidFileError, UsageError
from callqa.store import Label, Store


@dataclass(frozen=True, slots=True)
class ReadLabels:
    """What sheets held: verdicts, and how many rows had none yet."""

    labels: tuple[Label, ...]
    num_empty: int


@dataclass(slots=True)
class _Reading:
    """What is known while sheets are read."""

    store: Store
    book: RubricBook
    sheets: Mapping[str, object]
    found: dict[tuple[str, str, str], tuple[Label, str]] = field(default_factory=dict)
    calls: dict[str, tuple[str, Mapping[str, str]] | str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    num_empty: int = 0


def read_labels(store: Store, paths: Sequence[Path], labellers: Sequence[str] = ()) -> ReadLabels:
    """The verdicts of all these sheets. Who gave one says the row itself, else `labellers` (one
    for each sheet, or one for all), else the file's name.

    Raises `InvalidFileError` that lists every mistake with its file and row.
    """
    if len(labellers) > 1 and len(labellers) != len(paths):
        raise UsageError(
            f"{len(labellers)} names of labellers for {len(paths)} sheets.", "Give one for each sheet."
        )
    reading = _Reading(store, RubricBook(store), store.sheets())
    for index, path in enumerate(paths):
        name = labellers[min(index, len(labellers) - 1)] if labellers else path.stem
        try:
            rows = read_sheet(path)
        except CallqaError as error:
            reading.problems.append(str(error))
            continue
        for row in rows:
            _read_row(reading, row, path, name)
    if reading.problems:
        raise InvalidFileError(
            "the sheets have mistakes, and nothing was read:",
            "Mend the rows and run the same command again.",
            tuple(reading.problems),
        )
    return ReadLabels(tuple(label for label, _ in reading.found.values()), reading.num_empty)


def _read_row(reading: _Reading, row: FilledRow, path: Path, default_labeller: str) -> None:
    where = f"{path.name}, row {row.number}"
    word, comment = row.cells.get("verdict", ""), row.cells.get("comment", "")
    if not word:
        # Rows still to be judged; a comment alone is a note to oneself.
        reading.num_empty += 1
        return
    problems = []
    verdict = parse_verdict(word)
    if verdict is None:
        zh, en = ("、".join(VERDICT_WORDS[language].values()) for language in ("zh", "en"))
        problems.append(f"{where}: the verdict “{word}” is none of {zh} ({en}).")
    call = _known_call(reading, row.cells.get("call", ""))
    criterion = None
    if isinstance(call, str):
        problems.append(f"{where}: {call}")
    else:
        named = row.cells.get("criterion", "") or row.cells.get("title", "")
        criterion = call[1].get(normalised(named))
        if not named:
            problems.append(f"{where}: a verdict without a criterion.")
        elif criterion is None:
            known = ", ".join(dict.fromkeys(call[1].values()))
            problems.append(f"{where}: the call was not judged on “{named}”; there are {known}.")
    reading.problems += problems
    if verdict is None or isinstance(call, str) or criterion is None:
        return
    sheet_id = row.cells.get("sheet", "")
    label = Label(
        call_id=call[0],
        criterion=criterion,
        labeller=row.cells.get("labeller", "") or default_labeller,
        verdict=verdict,
        comment=comment,
        source=path.name,
        sheet_id=sheet_id if sheet_id in reading.sheets else None,
    )
    key = (label.call_id, label.criterion, label.labeller)
    before = reading.found.setdefault(key, (label, where))
    if before[0].verdict is not label.verdict:
        reading.problems.append(
            f"{where}: {label.labeller} says “{word}” where {before[1]} says "
            f"“{VERDICT_WORDS['zh'][before[0].verdict]}” ({VERDICT_WORDS['en'][before[0].verdict]})."
        )


def _known_call(reading: _Reading, name: str) -> tuple[str, Mapping[str, str]] | str:
    """A call's id and its criteria by what people may call them, or what is wrong."""
    if not name:
        return "a verdict without a call."
    if name not in reading.calls:
        reading.calls[name] = _look_up(reading, name)
    return reading.calls[name]


def _look_up(reading: _Reading, name: str) -> tuple[str, Mapping[str, str]] | str:
    try:
        call_id = reading.store.find(name)
    except UsageError as error:
        return error.message
    call = reading.store.load(call_id)
    titles = {item.id: item.title for item in reading.book.of(call).criteria}
    names: dict[str, str] = {}
    for result in call.analysis.scorecard.criteria:
        title = titles.get(result.id)
        for text in (result.id, *((title.zh, title.en) if title else ())):
            if text:
                names.setdefault(normalised(text), result.id)
    return call_id, names
