from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from callqa.calibration.labels import read_labels
from callqa.data import Verdict
from callqa.errors import InvalidFileError, UsageError
from callqa.store import Label, Store


def write(path: Path, *rows: str, headings: str = "call,criterion,verdict,comment") -> Path:
    path.write_text("\n".join([headings, *rows]) + "\n", encoding="utf-8")
    return path


def test_words_in_both_languages_ids_titles_and_empty_rows(
    store: Store, save_calls: Callable[[int], list[str]], tmp_path: Path
) -> None:
    first, second, _ = save_calls(3)
    path = write(
        tmp_path / "王芳.csv",
        f"{first},pace,达标,好",
        f"{first},标准问候,不达标,",
        f"{second[:8]},Listening first,Partly_met,",
        f"{second},jargon,,还没听",
        "calls/002.wav,pace,N/A,",
    )
    read = read_labels(store, [path])
    assert read.num_empty == 1
    assert [(item.criterion, item.verdict, item.labeller) for item in read.labels] == [
        ("pace", Verdict.MET, "王芳"),
        ("greeting", Verdict.NOT_MET, "王芳"),
        ("listening", Verdict.PARTLY_MET, "王芳"),
        ("pace", Verdict.NOT_APPLICABLE, "王芳"),
    ]
    assert read.labels[2].call_id == second


def test_every_mistake_of_every_sheet_is_told_with_its_row(
    store: Store, save_calls: Callable[[int], list[str]], tmp_path: Path
) -> None:
    [first] = save_calls(1)
    one = write(
        tmp_path / "a.csv",
        f"{first},pace,可以,",
        "ffff,pace,达标,",
        f"{first},tempo,达标,",
        ",pace,met,",
        f"{first},,met,",
        f"{first},jargon,met,",
        f"{first},jargon,不达标,",
        f"{first},jargon,met,",
    )
    two = tmp_path / "missing.csv"
    with pytest.raises(InvalidFileError) as caught:
        read_labels(store, [one, two])
    problems = caught.value.problems
    assert [problem.split(":")[0] for problem in problems] == [
        *(f"a.csv, row {row}" for row in (2, 3, 4, 5, 6, 8)),
        f"there is no file {two}. Name the sheet that was filled in.",
    ]
    for problem, part in zip(
        problems,
        ("“可以”", "'ffff'", "“tempo”", "without a call", "without a criterion", "“达标”"),
        strict=False,
    ):
        assert part in problem


def test_who_judged_is_told_by_the_row_then_by_the_option_then_by_the_file(
    store: Store, save_calls: Callable[[int], list[str]], tmp_path: Path
) -> None:
    [first] = save_calls(1)
    headings = "call,criterion,verdict,labeller"
    one = write(tmp_path / "a.csv", f"{first},pace,met,王芳", f"{first},jargon,met,", headings=headings)
    two = write(tmp_path / "b.csv", f"{first},pace,met,", headings=headings)
    assert [i.labeller for i in read_labels(store, [one, two]).labels] == ["王芳", "a", "b"]
    given = read_labels(store, [one, two], ["甲", "乙"]).labels
    assert [item.labeller for item in given] == ["王芳", "甲", "乙"]
    with pytest.raises(UsageError, match="2 names of labellers for 1 sheets"):
        read_labels(store, [one], ["甲", "乙"])


def test_labels_are_kept_replaced_and_deleted_with_their_call(
    store: Store, save_calls: Callable[[int], list[str]]
) -> None:
    first, second = save_calls(2)
    label = Label(first, "pace", "王芳", Verdict.MET, "", "a.csv")
    other = Label(second, "pace", "王芳", Verdict.UNSURE, "听不清", "a.csv")
    store.save_labels([label, other])
    again = Label(first, "pace", "王芳", Verdict.NOT_MET, "重听", "b.csv")
    store.save_labels([again])
    assert store.labels() == [again, other]
    with store._database.writing() as connection:
        connection.exec_driver_sql("DELETE FROM calls WHERE id = ?", (first,))
    assert store.labels() == [other]
