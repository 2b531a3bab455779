"""Workbooks that open cleanly in Excel: real numbers and days, filters, frozen headings, links."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

from callqa.data import Verdict
from callqa.errors import UsageError
from callqa.reports.texts import Texts

Kind = Literal["text", "integer", "number", "percent", "datetime", "date", "verdict", "link"]
Cell = str | float | int | date | datetime | Verdict | tuple[str, str | None] | None

_FORMATS: dict[Kind, dict[str, Any]] = {
    "text": {"text_wrap": True},
    "integer": {"num_format": "0"},
    "number": {"num_format": "0.0"},
    "percent": {"num_format": "0%"},
    "datetime": {"num_format": "yyyy-mm-dd hh:mm"},
    "date": {"num_format": "yyyy-mm-dd"},
    "verdict": {},
    "link": {},
}
_COLOURS = {
    Verdict.MET: ("#DCF1E2", "#0B4A22"),
    Verdict.PARTLY_MET: ("#FFF1C9", "#574000"),
    Verdict.NOT_MET: ("#FBDEDB", "#7A110D"),
    Verdict.UNSURE: ("#E9E5F6", "#3B2A70"),
    Verdict.NOT_APPLICABLE: ("#F0F0F0", "#444444"),
}
_LONGEST_CELL = 32_767
_LONGEST_NAME = 31  # Excel's limit for a sheet's name
_MOST_LINKS = 65_000  # Excel's limit for a sheet


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `width` is in characters, `low_is_bad` colours numbers below it."""

    title: str
    kind: Kind = "text"
    width: int = 14
    low_is_bad: float | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: headings in the first row, then `rows` in the columns' order. A link's cell is its
    text and its address (None where there is nothing to open)."""

    name: str
    columns: tuple[Column, ...]
    rows: Sequence[Sequence[Cell]]


def write_workbook(path: Path, sheets: Sequence[Sheet], texts: Texts) -> None:
    """Write sheets into a file. Texts are always texts: none is taken for a formula or an address.

    Raises `UsageError` where the file cannot be written, as while Excel has it open.
    """
    import xlsxwriter
    from xlsxwriter.exceptions import XlsxFileError

    book = xlsxwriter.Workbook(
        str(path),
        {
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "nan_inf_to_errors": False,
            "constant_memory": False,
        },
    )
    formats = {
        kind: book.add_format({"valign": "top", "font_name": _font(texts), **shape})
        for kind, shape in _FORMATS.items()
    }
    formats["link"].set_font_color("#1F4F8F")
    formats["link"].set_underline()
    heading = book.add_format(
        {
            "bold": True,
            "bg_color": "#E8EDF4",
            "border": 1,
            "text_wrap": True,
            "valign": "top",
            "font_name": _font(texts),
        }
    )
    colours = {
        verdict: book.add_format({"bg_color": back, "font_color": front})
        for verdict, (back, front) in _COLOURS.items()
    }
    for sheet in sheets:
        _write_sheet(book, sheet, texts, formats, heading, colours)
    try:
        book.close()
    except (XlsxFileError, OSError) as error:
        raise UsageError(
            f"cannot write {path}: {error}.", "Close it where it is open, or name another file."
        ) from error


def _font(texts: Texts) -> str:
    return "Microsoft YaHei" if texts.language == "zh" else "Calibri"


def _write_sheet(
    book: Any, sheet: Sheet, texts: Texts, formats: dict[Kind, Any], heading: Any, colours: dict[Verdict, Any]
) -> None:
    page = book.add_worksheet(sheet.name[:_LONGEST_NAME])
    for place, column in enumerate(sheet.columns):
        page.write_string(0, place, column.title, heading)
        page.set_column(place, place, column.width)
    num_links = 0
    for line, row in enumerate(sheet.rows, start=1):
        for place, (column, value) in enumerate(zip(sheet.columns, row, strict=True)):
            if isinstance(value, tuple) and value[1] is not None and num_links < _MOST_LINKS:
                num_links += 1
                page.write_url(line, place, f"external:{value[1]}", formats["link"], value[0])
            else:
                _write_cell(page, line, place, column, value, formats, texts)
    last = max(1, len(sheet.rows))
    page.freeze_panes(1, 1)
    page.autofilter(0, 0, last, len(sheet.columns) - 1)
    page.set_landscape()
    page.set_paper(9)  # A4
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    for place, column in enumerate(sheet.columns):
        if column.kind == "verdict":
            for verdict, colour in colours.items():
                rule = {
                    "type": "cell",
                    "criteria": "==",
                    "value": f'"{texts(verdict.value)}"',
                    "format": colour,
                }
                page.conditional_format(1, place, last, place, rule)
        if column.low_is_bad is not None:
            # A blank cell counts as 0 for a rule on numbers alone.
            first = _cell_name(1, place)
            formula = f"=AND(ISNUMBER({first}),{first}<{column.low_is_bad})"
            page.conditional_format(
                1,
                place,
                last,
                place,
                {"type": "formula", "criteria": formula, "format": colours[Verdict.NOT_MET]},
            )


def _cell_name(row: int, column: int) -> str:
    from xlsxwriter.utility import xl_rowcol_to_cell

    return str(xl_rowcol_to_cell(row, column, col_abs=True))


def _write_cell(
    page: Any, line: int, place: int, column: Column, value: Cell, formats: dict[Kind, Any], texts: Texts
) -> None:
    form = formats["text" if column.kind == "link" else column.kind]
    if value is None or value == "":
        page.write_blank(line, place, None, form)
    elif isinstance(value, tuple):
        page.write_string(line, place, value[0], form)
    elif isinstance(value, Verdict):
        page.write_string(line, place, texts(value.value), form)
    elif isinstance(value, datetime | date):
        page.write_datetime(line, place, value, form)
    elif isinstance(value, str):
        page.write_string(line, place, value[:_LONGEST_CELL], form)
    else:
        page.write_number(line, place, value, form)
