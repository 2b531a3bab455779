from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from sklearn.metrics import cohen_kappa_score
from typer.testing import CliRunner

from callqa import cli
from callqa.calibration.words import VERDICT_WORDS
from callqa.data import Verdict
from callqa.store import Store

ORDER = (Verdict.MET, Verdict.PARTLY_MET, Verdict.NOT_MET)


def run(*arguments: object, code: int = 0) -> str:
    result = CliRunner().invoke(cli.app, ["calibrate", *map(str, arguments)])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result.output


def fill(path: Path, store: Store, num_different: int, language: str = "zh") -> list[tuple[str, str]]:
    """Fill in a sheet with the machine's own verdicts, but for some that are a step away."""
    book = openpyxl.load_workbook(path)
    page = book.worksheets[0]
    columns = {cell.value: cell.column for cell in page[1]}
    different = []
    for row in range(2, page.max_row + 1):
        call = page.cell(row, columns["通话编号"]).value
        criterion = page.cell(row, columns["标准编号"]).value
        card = store.load(call).analysis.scorecard
        verdict = next(item.verdict for item in card.criteria if item.id == criterion)
        if len(different) < num_different and row % 6 == 0:
            verdict = ORDER[(ORDER.index(verdict) + 1) % 3]
            different.append((call, criterion))
        page.cell(row, columns["您的判断"]).value = VERDICT_WORDS[language][verdict]
    book.save(path)
    return different


def test_sixty_verdicts_of_which_nine_differ(
    store: Store, workspace: Path, save_calls: Callable[[int], list[str]], tmp_path: Path
) -> None:
    save_calls(20)
    sheet = tmp_path / "labels.xlsx"
    text = run("new", "-o", sheet, "--calls", 12, "--workspace", workspace)
    assert "60 verdicts to give on 12 of 20 calls" in text
    different = fill(sheet, store, 9)
    found, table = tmp_path / "found.json", tmp_path / "found.csv"
    text = run(sheet, "--workspace", workspace, "--json", found, "--csv", table)
    assert "read and kept: 60 verdicts" in text
    assert "60 个判断中有 9 个" in text
    document = json.loads(found.read_text(encoding="utf-8"))
    listed = [(item["call"], item["criterion"]) for item in document["differences"]]
    assert sorted(listed) == sorted(different)
    kinds = [item["kind"] for item in document["differences"]]
    assert kinds == sorted(kinds, key=["accused", "stricter", "missed"].index)
    assert kinds.count("accused") > 0
    assert document["differences"][0]["evidence"][0]["quote"] == "=您好"
    with table.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 60
    assert [bool(row["不同之处"]) for row in rows] == [True] * 9 + [False] * 51
    names = {word: verdict for verdict, word in VERDICT_WORDS["zh"].items()}
    kappa = cohen_kappa_score([names[r["机器"]] for r in rows], [names[r["人工"]] for r in rows])
    assert document["overall"]["kappa"]["value"] == pytest.approx(kappa)
    assert document["overall"]["share"]["value"] == pytest.approx(51 / 60)
    assert document["overall"]["weighted_share"]["value"] is not None


def test_labels_accumulate_unless_only_these_are_asked_for(
    store: Store, workspace: Path, save_calls: Callable[[int], list[str]], tmp_path: Path
) -> None:
    save_calls(10)
    one, two = tmp_path / "one.xlsx", tmp_path / "two.xlsx"
    for path in (one, two):
        options = ["--calls", 4, "--criteria", "pace,jargon", "--workspace", workspace]
        run("new", "-o", path, "--labeller", path.stem, *options)
    fill(one, store, 0)
    fill(two, store, 1, "en")
    assert "read and kept: 8 verdicts" in run("read", one, "--workspace", workspace)
    both = run("read", two, "--workspace", workspace, "--language", "en")
    assert "People among themselves" in both
    assert "one / two" in both
    assert "People among" not in run(
        "read", two, "--only-these", "--workspace", workspace, "--language", "en"
    )
    assert "people have no majority: 1" in run("read", "--workspace", workspace, "--language", "en")


def test_a_sheet_with_a_mistake_leaves_the_workspace_as_it_was(
    store: Store, workspace: Path, save_calls: Callable[[int], list[str]], tmp_path: Path
) -> None:
    save_calls(4)
    sheet = tmp_path / "a.xlsx"
    run("new", "-o", sheet, "--calls", 2, "--workspace", workspace)
    fill(sheet, store, 0)
    book = openpyxl.load_workbook(sheet)
    book.worksheets[0]["H3"] = "还行"
    book.save(sheet)
    text = run(sheet, "--workspace", workspace, code=2)
    assert "a.xlsx, row 3: the verdict “还行” is none of 达标、部分达标" in text
    assert store.labels() == []


def test_a_blind_sheet_names_no_agent(
    workspace: Path, save_calls: Callable[[int], list[str]], tmp_path: Path
) -> None:
    save_calls(4)
    run("new", "-o", tmp_path / "a.csv", "--blind", "--workspace", workspace)
    text = (tmp_path / "a.csv").read_text(encoding="utf-8-sig")
    assert "坐席" not in text
    assert "calls/000.wav" in text


def test_what_cannot_be_done_is_said(
    workspace: Path, save_calls: Callable[[int], list[str]], tmp_path: Path
) -> None:
    save_calls(2)
    assert "nobody has judged a call" in run("read", "--workspace", workspace, code=2)
    place = ["-o", tmp_path / "a.csv", "--workspace", workspace]
    assert "no stored call was judged on tempo" in run("new", *place, "--criteria", "tempo", code=2)
    run("new", *place)
    assert "is there already" in run("new", *place, code=2)
    assert "neither zh nor en" in run("new", *place, "--language", "de", code=2)
