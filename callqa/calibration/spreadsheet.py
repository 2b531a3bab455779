"""Sheets as XLSX and CSV: written so that spreadsheets show them well and run nothing in them, read
back whatever a spreadsheet made of them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from callqa.calibration.instructions import instructions
from callqa.calibration.sheet import Sheet, SheetRow
from callqa.calibration.words import HEADINGS, VERDICT_WORDS, heading, parse_heading, say, verdict_word
from callqa.errors import InvalidFileError, UsageError

NEEDED = ("call", "criterion", "verdict")
_WIDTHS = {
    "call": 19,
    "path": 24,
    "agent": 11,
    "criterion": 13,
    "title": 14,
    "requirement": 34,
    "heard": 52,
    "machine": 13,
    "verdict": 14,
    "comment": 34,
    "labeller": 12,
    "sheet": 11,
}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_LIKE_A_NUMBER = re.compile(r"[0-9]+(e[0-9]+)?")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_HEADING_ROWS = 10
"""People write titles above a table: its headings are looked for in so many rows."""


@dataclass(frozen=True, slots=True)
class FilledRow:
    """One row of a sheet that came back, by column (`HEADINGS`); `number` is the spreadsheet's."""

    number: int
    cells: dict[str, str]


def guarded(text: str) -> str:
    """Text that no spreadsheet takes for a formula or a number when it opens a CSV file.

    >>> guarded("=1+1"), guarded("12e4")
    ("'=1+1", "'12e4")
    """
    return f"'{text}" if text.startswith(_FORMULA) or _LIKE_A_NUMBER.fullmatch(text) else text


def unguarded(text: str) -> str:
    """What `guarded` was given.

    >>> unguarded("'=1+1")
    '=1+1'
    """
    bare = text[1:]
    return bare if text.startswith("'") and guarded(bare) != bare else text


def write_sheet(path: Path, sheet: Sheet) -> None:
    """Write a sheet as the file's ending says, ``.xlsx`` or ``.csv``.

    Raises `UsageError` where the ending is another, or the file cannot be written.
    """
    writers = {".xlsx": _write_xlsx, ".csv": _write_csv}
    writer = writers.get(path.suffix.lower())
    if writer is None:
        raise UsageError(f"{path} is neither .xlsx nor .csv.", "Name the sheet labels.xlsx, for example.")
    try:
        writer(path, sheet)
    except OSError as error:
        raise UsageError(
            f"{path} cannot be written: {error.strerror}.", "Close it if it is open, or name another file."
        ) from error


def write_table(path: Path, rows: Sequence[Sequence[str]]) -> None:
    """Write rows of text as CSV that spreadsheets open with Chinese characters right.

    Raises `UsageError` where the file cannot be written.
    """
    try:
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows([[guarded(cell) for cell in row] for row in rows])
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}.", "Name another file.") from error


def read_sheet(path: Path) -> list[FilledRow]:
    """The rows of a sheet that are not blank, in the file's order.

    Raises `InvalidFileError` where it is no such table.
    """
    if not path.is_file():
        raise UsageError(f"there is no file {path}.", "Name the sheet that was filled in.")
    tables = [_read_csv(path)] if path.suffix.lower() == ".csv" else _read_xlsx(path)
    missing: list[str] = list(NEEDED)
    for table in tables:
        for index, cells in enumerate(table[:_HEADING_ROWS]):
            columns = _columns(cells)
            lacking = [name for name in NEEDED if name not in columns.values()]
            if not lacking:
                return list(_filled(table, index, columns))
            missing = min(missing, lacking, key=len)
    names = ", ".join(f"“{'” / “'.join(HEADINGS[name])}”" for name in missing)
    raise InvalidFileError(
        f"{path} has no table of verdicts: no column {names} in its first {_HEADING_ROWS} rows.",
        "Fill in a sheet that `callqa calibrate new` wrote, and leave its headings as they are.",
    )


def _columns(cells: Sequence[str]) -> dict[int, str]:
    """Which column is what; of two that mean the same, the first."""
    found: dict[int, str] = {}
    for index, cell in enumerate(cells):
        name = parse_heading(cell)
        if name is not None and name not in found.values():
            found[index] = name
    return found


def _filled(table: Sequence[Sequence[str]], headings: int, columns: dict[int, str]) -> Iterator[FilledRow]:
    for number, cells in enumerate(table[headings + 1 :], headings + 2):
        row = {name: cells[index] for index, name in columns.items() if index < len(cells)}
        if any(row.values()):
            yield FilledRow(number, row)


def _read_csv(path: Path) -> list[list[str]]:
    data = path.read_bytes()
    # Excel saves CSV in the system's encoding, which in China is GB 18030 or its older parts.
    encodings = ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        first = next((line for line in text.splitlines() if line.strip()), "")
        delimiter = max(",;\t", key=first.count)
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        return [[unguarded(cell.strip()) for cell in row] for row in rows]
    raise InvalidFileError(f"{path} is no text.", "Save it as “CSV UTF-8”, or as .xlsx.")


def _read_xlsx(path: Path) -> list[list[list[str]]]:
    import zipfile

    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = openpyxl.load_workbook(path, data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise InvalidFileError(
            f"{path} cannot be read as a spreadsheet.", "Save it as .xlsx or as “CSV UTF-8”."
        ) from error
    return [
        [[_cell_text(value) for value in row] for row in page.iter_rows(values_only=True)]
        for page in book.worksheets
    ]


def _cell_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return unguarded(str(value).strip())


def _table(sheet: Sheet) -> tuple[list[str], list[list[str]]]:
    """The columns by name, and the rows. A column that no row fills is left out unless it is to be
    filled in."""
    rows = [_row(sheet, row) for row in sheet.rows]
    kept = [
        name
        for name in HEADINGS
        if name in ("verdict", "comment", "labeller") or any(row[name] for row in rows)
    ]
    return kept, [[_CONTROL.sub("", row[name]) for name in kept] for row in rows]


def _row(sheet: Sheet, row: SheetRow) -> dict[str, str]:
    return {
        "call": row.call_id,
        "path": row.path,
        "agent": row.agent,
        "criterion": row.criterion,
        "title": row.title,
        "requirement": row.requirement,
        "heard": row.heard,
        "machine": "" if row.machine is None else verdict_word(row.machine, sheet.language),
        "verdict": "",
        "comment": "",
        "labeller": sheet.labeller,
        "sheet": sheet.id,
    }


def _write_csv(path: Path, sheet: Sheet) -> None:
    columns, rows = _table(sheet)
    write_table(path, [[heading(name, sheet.language) for name in columns], *rows])


def _write_xlsx(path: Path, sheet: Sheet) -> None:
    import openpyxl
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    language = sheet.language
    columns, rows = _table(sheet)
    book = openpyxl.Workbook()
    page = book.active
    page.title = say(language, "判断", "Verdicts")
    line = Side(style="thin", color="D0D0D0")
    fill_in = PatternFill("solid", fgColor="FFF8DC")
    for index, name in enumerate(columns, 1):
        cell = page.cell(1, index, heading(name, language))
        cell.font = Font(bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor="305496")
        cell.alignment = Alignment(vertical="center", wrap_text=True)
        page.column_dimensions[get_column_letter(index)].width = _WIDTHS[name]
    for number, row in enumerate(rows, 2):
        for index, (name, text) in enumerate(zip(columns, row, strict=True), 1):
            cell = page.cell(number, index)
            if text:
                cell.value = text
                # Text whatever it begins with; and it stays text when somebody edits the cell.
                cell.data_type = "s"
                cell.quotePrefix = text.startswith(_FORMULA)
            cell.number_format = "@"
            cell.alignment = Alignment(vertical="top", wrap_text=True)
            cell.border = Border(top=line, bottom=line)
            if name in ("verdict", "comment"):
                cell.fill = fill_in
        page.row_dimensions[number].height = _height(columns, row)
    # Headings, and who is being judged on what, stay in sight.
    page.freeze_panes = page.cell(2, columns.index("title") + 2)
    last = get_column_letter(len(columns))
    page.auto_filter.ref = f"A1:{last}{len(rows) + 1}"
    letter = get_column_letter(columns.index("verdict") + 1)
    choice = DataValidation(
        type="list", formula1=f'"{",".join(VERDICT_WORDS[language].values())}"', allow_blank=True
    )
    choice.errorTitle = say(language, "没有这个判断", "No such verdict")
    choice.error = say(language, "请从下拉列表中选择。", "Please choose from the list.")
    choice.showErrorMessage = True
    page.add_data_validation(choice)
    choice.add(f"{letter}2:{letter}{len(rows) + 1}")
    page.print_title_rows = "1:1"
    page.page_setup.orientation = "landscape"
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    _write_instructions(book, sheet)
    book.save(path)


def _height(columns: Sequence[str], row: Sequence[str]) -> float:
    """Points for the tallest cell: spreadsheets do not work it out when they open a file."""
    lines = 1
    for name, text in zip(columns, row, strict=True):
        widths = [sum(2 if ord(char) > 0x2E7F else 1 for char in part) for part in text.split("\n")]
        lines = max(lines, sum(1 + width // _WIDTHS[name] for width in widths))
    return min(15.0 * lines + 3, 400.0)


def _write_instructions(book: Any, sheet: Sheet) -> None:
    from openpyxl.styles import Alignment, Font

    shown = any(row.machine is not None for row in sheet.rows)
    page = book.create_sheet(say(sheet.language, "说明", "Instructions"))
    page.column_dimensions["A"].width = 16
    page.column_dimensions["B"].width = 90
    for number, (name, text) in enumerate(instructions(sheet.language, shown), 1):
        page.cell(number, 1, name).font = Font(bold=True)
        page.cell(number, 2, text)
        for index in (1, 2):
            page.cell(number, index).alignment = Alignment(vertical="top", wrap_text=True)
