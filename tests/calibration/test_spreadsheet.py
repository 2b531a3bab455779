from __future__ import annotations

import csv
from pathlib import Path

import openpyxl
import pytest

from callqa.calibration.sheet import Sheet, SheetRow
from callqa.calibration.spreadsheet import guarded, read_sheet, unguarded, write_sheet
from callqa.data import Verdict
from callqa.errors import InvalidFileError, UsageError

ROW = SheetRow("12345678", "=a.wav", "@王芳", "pace", "语速适中", "不快", "0:01 “-1”\n0:02 “+您”", None)
SHEET = Sheet("Sabc", "zh", "", (ROW,))


def test_an_xlsx_holds_text_only_and_leads_the_hand(tmp_path: Path) -> None:
    write_sheet(tmp_path / "a.xlsx", SHEET)
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    page = book.worksheets[0]
    cells = {page.cell(1, i).value: page.cell(2, i) for i in range(1, page.max_column + 1)}
    assert cells["坐席"].value == "@王芳"
    assert {cell.data_type for cell in cells.values() if cell.value is not None} == {"s"}
    assert cells["录音文件"].quotePrefix
    assert "机器的判断" not in cells
    [choice] = page.data_validations.dataValidation
    assert choice.formula1 == '"达标,部分达标,未达标,无法判断,不适用"'
    assert str(choice.sqref) == cells["您的判断"].coordinate
    assert page.freeze_panes == "F2"
    assert page.auto_filter.ref == "A1:K2"
    assert book.worksheets[1].title == "说明"


def test_the_verdict_of_the_machine_stands_only_where_it_was_asked_for(tmp_path: Path) -> None:
    shown = SheetRow(*[getattr(ROW, name) for name in SheetRow.__slots__[:-1]], Verdict.NOT_MET)
    write_sheet(tmp_path / "a.csv", Sheet("Sabc", "en", "", (shown,)))
    [row] = read_sheet(tmp_path / "a.csv")
    assert row.cells["machine"] == "not met"


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_sheet_comes_back_as_it_was_written(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"a.{ending}"
    write_sheet(path, SHEET)
    [row] = read_sheet(path)
    assert row.number == 2
    assert row.cells["call"] == "12345678"
    assert (row.cells["path"], row.cells["agent"], row.cells["sheet"]) == ("=a.wav", "@王芳", "Sabc")
    assert row.cells["heard"] == ROW.heard


def test_a_csv_starts_no_formula_and_no_number(tmp_path: Path) -> None:
    write_sheet(tmp_path / "a.csv", SHEET)
    assert (tmp_path / "a.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        row = list(csv.reader(file))[1]
    assert row[:3] == ["'12345678", "'=a.wav", "'@王芳"]
    assert all(unguarded(guarded(text)) == text for text in ("=1", "'quoted'", "1e5", "您好", ""))


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16", "utf-8"])
def test_csv_as_spreadsheets_save_it_is_read(tmp_path: Path, encoding: str) -> None:
    text = "质检三月;;;\n\n备注;标准;我自己的;您的判断;通话编号\n很好;pace;x;达标;abc\n;;;;\n;jargon;;;def\n"
    (tmp_path / "a.csv").write_text(text.replace(";", "\t" if encoding == "utf-16" else ";"), encoding)
    rows = read_sheet(tmp_path / "a.csv")
    assert [(row.number, row.cells["call"], row.cells["verdict"]) for row in rows] == [
        (4, "abc", "达标"),
        (6, "def", ""),
    ]


def test_a_table_without_the_needed_columns_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("call,criterion,opinion\n1,pace,met\n")
    with pytest.raises(InvalidFileError, match=r"no column “您的判断” / “your verdict”"):
        read_sheet(tmp_path / "a.csv")


def test_what_is_no_spreadsheet_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_text("no")
    with pytest.raises(InvalidFileError, match="cannot be read as a spreadsheet"):
        read_sheet(tmp_path / "a.xlsx")
    with pytest.raises(UsageError, match=r"neither \.xlsx nor \.csv"):
        write_sheet(tmp_path / "a.ods", SHEET)
