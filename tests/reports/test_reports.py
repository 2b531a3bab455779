"""Pages and workbooks: what they say, what they hide, and that they need nothing from outside."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import io
import re
from collections.abc import Iterator
from datetime import date, datetime
from html.parser import HTMLParser
from pathlib import Path

import av
import numpy as np
import openpyxl
import pytest

from callqa.commands.report import ReportOptions, report_agents, report_calls, report_day, report_team
from callqa.data import Evidence, Roles, Verdict
from callqa.errors import UsageError
from callqa.reports.texts import CATALOGUE, Texts
from callqa.reports.workbook import Column, Sheet, write_workbook
from callqa.store import Store
from tests.reports.workspaces import (
    SECRET,
    fill_team,
    phone_call,
    save,
    with_verdicts,
    write_recording,
)


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    with Store.open(tmp_path / "ws", create=True):
        return tmp_path / "ws"


@pytest.fixture
def team(workspace: Path) -> Path:
    with Store.open(workspace) as store:
        fill_team(store)
    return workspace


def options(workspace: Path, output: Path, **changes: object) -> ReportOptions:
    asked = ReportOptions(workspace, output, "html", "zh", "none")
    return dataclasses.replace(asked, **changes)


class _Checker(HTMLParser):
    """Addresses that a page loads, and tags that were opened and not closed."""

    VOID = frozenset({"meta", "link", "img", "br", "hr", "input", "line", "circle", "polyline", "polygon"})

    def __init__(self) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.open: list[str] = []
        self.names: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.loaded += [
            value or "" for name, value in attrs if name == "src" or (tag == "link" and name == "href")
        ]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self.open, f"</{tag}> closes nothing"
            assert self.open.pop() == tag


def check_page(text: str) -> _Checker:
    """A page stands alone: well formed, without a script, nothing loaded but its own data."""
    checker = _Checker()
    checker.feed(text)
    assert checker.open == []
    assert "script" not in checker.names
    assert [address for address in checker.loaded if not address.startswith("data:")] == []
    assert not re.search(r"url\(|@import|https?://", text)
    return checker


def heard(text: str) -> Iterator[np.ndarray]:
    """The sounds in a page, mono at 16 kHz."""
    for encoded in re.findall(r'src="data:audio/mpeg;base64,([^"]+)"', text):
        with av.open(io.BytesIO(base64.b64decode(encoded))) as container:
            resampler = av.AudioResampler(format="flt", layout="mono", rate=16_000)
            frames = [
                out.to_ndarray()[0]
                for frame in container.decode(audio=0)
                for out in resampler.resample(frame)
            ]
        yield np.concatenate(frames)


def loudest_hz(samples: np.ndarray) -> float:
    return float(np.fft.rfftfreq(samples.size, 1 / 16_000)[np.abs(np.fft.rfft(samples)).argmax()])


def test_both_languages_have_the_same_places_to_fill_in() -> None:
    for key, texts in CATALOGUE.items():
        places = [set(re.findall(r"\{(\w+)\}", text)) for text in texts]
        assert places[0] == places[1], key


def test_a_calls_page_hides_personal_data_in_words_and_sound(workspace: Path, tmp_path: Path) -> None:
    sha256 = hashlib.sha256(write_recording(tmp_path / "a.wav")).hexdigest()
    with Store.open(workspace) as store:
        save(store, phone_call(sha256), sha256, str(tmp_path / "a.wav"))
    report_calls([sha256[:8]], options(workspace, tmp_path / "page.html", audio="embed"))
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    check_page(text)
    assert SECRET not in text
    assert "［电话号码］" in text
    # The evidence is 3.0-6.2 s, so the sound is 1.6-7.6 s; the number is said at 4-6 s.
    sound = next(heard(text))
    assert sound.size / 16_000 == pytest.approx(6, abs=0.2)
    assert loudest_hz(sound[: 2 * 16_000]) == pytest.approx(300, abs=3)
    assert loudest_hz(sound[5 * 8000 : 4 * 16_000]) == pytest.approx(1000, abs=3)


def test_unsure_and_not_applicable_are_explained(workspace: Path, tmp_path: Path) -> None:
    with Store.open(workspace) as store:
        save(store, phone_call("ab" * 32), "ab" * 32, "a.wav")
    report_calls(["abab"], options(workspace, tmp_path / "page.html", language="en"))
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert Texts("en")("unsure_why") in text
    assert Texts("en")("not_applicable_why") in text
    assert "A critical fault" in text
    assert '<html lang="en">' in text


@pytest.mark.parametrize(("content", "key"), [(b"another file", "audio_changed"), (None, "audio_gone")])
def test_another_or_no_file_is_not_played_and_the_page_says_so(
    workspace: Path, tmp_path: Path, content: bytes | None, key: str
) -> None:
    path = tmp_path / "a.wav"
    if content is not None:
        path.write_bytes(content)
    with Store.open(workspace) as store:
        save(store, phone_call("ab" * 32), "ab" * 32, str(path))
    report_calls(["abab"], options(workspace, tmp_path / "page.html", audio="embed"))
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "<audio" not in text
    assert Texts("zh")(key) in text


def test_a_linked_recording_is_told_to_be_unmasked(workspace: Path, tmp_path: Path) -> None:
    sha256 = hashlib.sha256(write_recording(tmp_path / "a b.wav")).hexdigest()
    with Store.open(workspace) as store:
        save(store, phone_call(sha256), sha256, str(tmp_path / "a b.wav"))
    (tmp_path / "out").mkdir()
    report_calls([sha256[:8]], options(workspace, tmp_path / "out", audio="link"))
    text = (tmp_path / "out" / f"call-{sha256[:16]}.html").read_text(encoding="utf-8")
    assert 'src="../a%20b.wav#t=3.0,6.2"' in text
    assert Texts("zh")("audio_linked") in text


def test_markup_in_what_was_given_is_shown_as_it_is(workspace: Path, tmp_path: Path) -> None:
    name = "<b>李</b>"
    with Store.open(workspace) as store:
        save(store, phone_call("ab" * 32, name=name, queue="<script>x</script>"), "ab" * 32, "a.wav")
    report_calls(["abab"], options(workspace, tmp_path / "page.html"))
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    check_page(text)
    assert "&lt;b&gt;李&lt;/b&gt;" in text


def test_feedback_begins_with_what_goes_well_and_names_nobody_else(team: Path, tmp_path: Path) -> None:
    report_agents(["王芳"], options(team, tmp_path / "page.html"))
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    check_page(text)
    texts = Texts("zh")
    assert 0 < text.index(texts("what_goes_well")) < text.index(texts("to_work_on"))
    assert "1. 少用专业术语" in text
    assert "2. " not in re.sub(r"<[^>]+>", "", text).split(texts("levels_title"))[0]
    assert "李娜" not in text
    assert "赵敏" not in text
    assert texts("appeal") in text


def test_a_met_call_with_a_fault_in_it_is_nobodys_good_example(team: Path, tmp_path: Path) -> None:
    with Store.open(team) as store:
        for first, day, faults in (("e0", 20, True), ("e1", 19, False)):
            analysis = with_verdicts(
                phone_call(first * 32, "A2", "王芳", started_at=f"2025-03-{day}T09:00:00")
            )
            fault = Evidence(0.5, 1.1, "光猫", "this term was not explained")
            criteria = tuple(
                dataclasses.replace(item, evidence=(fault,)) if faults and item.id == "jargon" else item
                for item in analysis.scorecard.criteria
            )
            card = dataclasses.replace(analysis.scorecard, criteria=criteria)
            save(store, dataclasses.replace(analysis, scorecard=card), first * 32, f"{first}.wav")
    report_agents(["A2"], options(team, tmp_path / "page.html"))
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    good = text.split(Texts("zh")("your_good"))[1].split("</ul>")[0]
    assert "e1e1e1e1" in good
    assert "this term was not explained" not in text.split(Texts("zh")("levels_title"))[0]


def test_whom_to_tell_comes_from_the_settings(team: Path, tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text("reports: {appeal: 请拨分机 8021。}", encoding="utf-8")
    report_agents(["A2"], options(team, tmp_path / "page.html", settings=tmp_path / "s.yaml"))
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "请拨分机 8021。" in text
    assert Texts("zh")("appeal") not in text


def test_of_too_few_calls_nothing_is_said_but_how_many_are_missing(team: Path, tmp_path: Path) -> None:
    report_agents(["A3"], options(team, tmp_path, fmt="both"))
    text = (tmp_path / "agent-A3.html").read_text(encoding="utf-8")
    assert "还差 6 通" in text
    for key in ("levels_title", "to_work_on", "what_goes_well"):
        assert Texts("zh")(key) not in text
    assert openpyxl.load_workbook(tmp_path / "agent-A3.xlsx").sheetnames == ["通话"]


def test_the_teams_page_marks_only_what_is_certain(team: Path, tmp_path: Path) -> None:
    report_team(options(team, tmp_path / "page.html"))
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    check_page(text)
    row = next(part for part in text.split("<tr>") if "王芳 (A2)" in part)
    assert row.count("▼") == 1
    assert "还差 6 通" in next(part for part in text.split("<tr>") if "赵敏 (A3)" in part)
    assert "把术语说成大白话" in text


def test_a_day_lists_exceptions_first_and_every_call_once(workspace: Path, tmp_path: Path) -> None:
    with Store.open(workspace) as store:
        unsettled = with_verdicts(phone_call("01" * 32), None, **dict.fromkeys(("pace",), Verdict.UNSURE))
        facts = dataclasses.replace(unsettled.facts, roles=Roles(False, 0.6, "signs"))
        save(store, with_verdicts(phone_call("02" * 32)), "02" * 32, "good.wav")
        save(store, dataclasses.replace(unsettled, facts=facts), "01" * 32, "roles.wav")
        save(store, phone_call("03" * 32), "03" * 32, "critical.wav")
        save(store, with_verdicts(phone_call("04" * 32), 40.0), "04" * 32, "low.wav")
        store.save_failure("broken.wav", "broken.wav is empty.", "Export it again.")
    report_day("2025-03-04", options(workspace, tmp_path, fmt="both"))
    text = (tmp_path / "day-2025-03-04.html").read_text(encoding="utf-8")
    check_page(text)
    places = [text.index(item) for item in ("broken.wav", "03030303", "01010101", "04040404", "02020202")]
    assert places == sorted(places)
    assert all(text.count(item * 4) == 1 for item in ("01", "02", "03", "04"))
    sheet = openpyxl.load_workbook(tmp_path / "day-2025-03-04.xlsx")["通话"]
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert [row[0] for row in rows] == ["严重问题", "角色待定", "得分最低", None]
    assert rows[0][1] == datetime(2025, 3, 4, 9, 15)


def test_links_lead_to_the_calls_pages_that_are_there(workspace: Path, tmp_path: Path) -> None:
    with Store.open(workspace) as store:
        save(store, with_verdicts(phone_call("02" * 32)), "02" * 32, "good.wav")
    report_day("last", options(workspace, tmp_path, fmt="both", pages=True))
    name = f"call-{'02' * 8}.html"
    assert (tmp_path / name).is_file()
    assert f'href="{name}"' in (tmp_path / "day-2025-03-04.html").read_text(encoding="utf-8")
    link = openpyxl.load_workbook(tmp_path / "day-2025-03-04.xlsx")["通话"]["C2"].hyperlink
    assert link.target.endswith(name)


def test_a_workbook_has_real_types_filters_and_a_frozen_heading(team: Path, tmp_path: Path) -> None:
    report_team(options(team, tmp_path / "team.xlsx"))
    book = openpyxl.load_workbook(tmp_path / "team.xlsx")
    assert book.sheetnames == ["水平", "走势", "课程", "通话"]
    for sheet in book:
        assert sheet.freeze_panes == "B2"
        assert sheet.auto_filter.ref
    levels = book["水平"]
    headings = {cell.value: cell.column for cell in levels[1]}
    row = next(row for row in levels.iter_rows(min_row=2) if row[0].value == "王芳 (A2)")
    assert row[headings["通话"] - 1].value == 20
    jargon = row[headings["少用专业术语"] - 1]
    assert jargon.value == 0
    assert jargon.number_format == "0%"
    trend = next(book["走势"].iter_rows(min_row=2))
    assert isinstance(trend[1].value, datetime)
    first = next(book["通话"].iter_rows(min_row=2))
    assert isinstance(first[0].value, datetime)
    assert first[4].value == 80


def test_text_is_never_a_formula_or_an_address(tmp_path: Path) -> None:
    words = ["=1+1", "+49", "@x", "http://example.com", "-2", "12"]
    sheet = Sheet("s", (Column("words"), Column("day", "date")), [(word, date(2025, 3, 4)) for word in words])
    write_workbook(tmp_path / "w.xlsx", [sheet], Texts("en"))
    cells = [row[0] for row in openpyxl.load_workbook(tmp_path / "w.xlsx")["s"].iter_rows(min_row=2)]
    assert [cell.value for cell in cells] == words
    assert {cell.data_type for cell in cells} == {"s"}
    assert not any(cell.hyperlink for cell in cells)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"fmt": "pdf"}, "--format 'pdf'"),
        ({"language": "fr"}, "--lang 'fr'"),
        ({"queue": "nobody's"}, "no scored call"),
    ],
)
def test_mistakes_are_told(team: Path, tmp_path: Path, changes: dict[str, str], said: str) -> None:
    with pytest.raises(UsageError, match=re.escape(said)):
        report_team(options(team, tmp_path, **changes))


def test_several_reports_do_not_go_into_one_file(team: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="one file"):
        report_agents(["A1", "A2"], options(team, tmp_path / "page.html"))


def test_a_day_without_calls_is_told(team: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="2024-01-01"):
        report_day("2024-01-01", options(team, tmp_path))
