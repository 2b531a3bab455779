"""Coaching sessions in the store, and the commands around them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from callqa.cli import app
from callqa.commands.coach import due_sessions
from callqa.data import Verdict
from callqa.errors import UsageError
from callqa.store import NOT_FOR_TRAINING, Store
from tests.coaching.calls import judged
from tests.coaching.stored import save_calls

DAY = date(2025, 3, 15)
Run = Callable[..., str]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "ws", create=True) as opened:
        yield opened


@pytest.fixture
def run(tmp_path: Path, store: Store) -> Run:
    bad, good = Verdict.NOT_MET, Verdict.MET
    calls = [judged("A1", "2025-03-10", name="张三", pace=bad, greeting=good) for _ in range(12)]
    calls += [judged("A1", "2025-03-20", name="张三", pace=good, greeting=good) for _ in range(12)]
    calls += [judged("A2", "2025-03-10", name="李娜", pace=good, greeting=good) for _ in range(30)]
    save_calls(store, [*calls, judged("A3", "2025-03-10", name="王强", pace=bad, greeting=bad)])

    def call(*arguments: str, code: int = 0) -> str:
        found = CliRunner().invoke(app, [*arguments, "--workspace", str(tmp_path / "ws")])
        assert found.exit_code == code, found.output
        return found.output

    return call


def test_a_session_goes_its_way_and_keeps_who_said_what(store: Store) -> None:
    number = store.coaching.plan("A1", "pace", "王敏", DAY, "lead", "慢一点").id
    store.coaching.move(number, "held", "王敏", held_on=DAY, follow_up_on=date(2025, 3, 29))
    store.coaching.move(number, "acknowledged", "A1", "明白了")
    session = store.coaching.move(number, "followed_up", "王敏")
    assert [(event.state, event.by, event.text) for event in session.events] == [
        ("planned", "lead", "慢一点"),
        ("held", "王敏", ""),
        ("acknowledged", "A1", "明白了"),
        ("followed_up", "王敏", ""),
    ]
    assert session.comment == "明白了"
    assert all(event.at for event in session.events)
    assert not session.is_open


def test_steps_come_in_order(store: Store) -> None:
    number = store.coaching.plan("A1", "pace", "王敏", DAY, "lead").id
    with pytest.raises(UsageError, match="is planned; it cannot become acknowledged"):
        store.coaching.move(number, "acknowledged", "A1")
    store.coaching.move(number, "cancelled", "lead")
    with pytest.raises(UsageError, match="it is closed"):
        store.coaching.move(number, "held", "lead")
    with pytest.raises(UsageError, match="no coaching session 99"):
        store.coaching.session(99)


def test_what_is_due(store: Store) -> None:
    records = store.coaching
    late = records.plan("A1", "pace", "c", date(2025, 3, 1), "c").id
    records.plan("A1", "pace", "c", date(2025, 4, 1), "c")
    held = records.plan("A2", "pace", "c", date(2025, 3, 1), "c").id
    records.move(held, "held", "c", held_on=date(2025, 3, 3), follow_up_on=date(2025, 3, 17))
    waiting = records.plan("A3", "pace", "c", date(2025, 3, 1), "c").id
    records.move(waiting, "held", "c", held_on=date(2025, 3, 3), follow_up_on=date(2025, 3, 17))
    records.move(waiting, "acknowledged", "A3")
    assert [item.id for item in due_sessions(records.sessions(), date(2025, 3, 16))] == [late, held]
    assert [item.id for item in due_sessions(records.sessions(), date(2025, 3, 17))] == [late, held, waiting]


def test_flags_and_consents(store: Store) -> None:
    call = judged(pace=Verdict.MET)
    save_calls(store, [call])
    store.coaching.flag(call.id, NOT_FOR_TRAINING, "QA", "投诉处理中")
    store.coaching.flag(call.id, NOT_FOR_TRAINING, "QA", "再说一次")
    assert [flag.reason for flag in store.coaching.flags(NOT_FOR_TRAINING)] == ["再说一次"]
    assert store.coaching.unflag(call.id, NOT_FOR_TRAINING)
    assert not store.coaching.unflag(call.id, NOT_FOR_TRAINING)
    store.coaching.save_consent("A1", True, "A1")
    store.coaching.save_consent("A1", False, "A1")
    assert store.coaching.consents()["A1"].by_name is False


def test_the_whole_loop_by_commands(run: Run) -> None:
    assert "session 1: A1, pace, planned" in run(
        "sessions", "plan", "张三", "--behaviour", "pace", "--on", "2025-03-15", "--coach", "王敏"
    )
    assert "1 session with a step due" in run("sessions", "list", "--due", "--today", "2025-03-15")
    assert "to be acknowledged" in run("sessions", "hold", "1", "--on", "2025-03-15")
    assert "to be followed up on 2025-03-29" in run(
        "sessions", "acknowledge", "1", "--by", "张三", "--comment", "好"
    )
    assert "1 session in all" in run("sessions", "list", "--agent", "张三")
    closed = run("sessions", "follow-up", "1")
    assert "improved: before 0 %" in closed
    assert "after 100 %" in closed
    listed = json.loads(run("sessions", "list", "--json"))
    assert listed[0]["progress"]["outcome"] == "improved"
    assert listed[0]["events"][2]["by"] == "张三"


def test_a_session_is_about_something_that_is_judged(run: Run) -> None:
    text = run("sessions", "plan", "张三", "--behaviour", "singing", "--on", "2025-03-15", code=2)
    assert "there is no behaviour 'singing'" in text
    assert "greeting, pace" in text


def test_agents_table_says_who_stands_out_and_who_has_too_few_calls(run: Run) -> None:
    text = run("agents", "--period", "2025-W11")
    lines = {line.split()[0]: line for line in text.splitlines() if line.strip()}
    assert "▼" in lines["张三"]
    assert "7 calls missing" in lines["王强"]
    assert "%" not in lines["王强"]
    assert "2025-03-10 to 2025-03-16: 43 calls" in text


def test_agents_sheet_and_document(run: Run, tmp_path: Path) -> None:
    sheet = tmp_path / "a.csv"
    run("agents", "--csv", str(sheet))
    assert sheet.read_bytes().startswith(b"\xef\xbb\xbf")
    rows = sheet.read_text(encoding="utf-8-sig").splitlines()
    assert len(rows) == 1 + 2 * 2 + 1
    document = json.loads(run("agents", "王强", "--json"))
    assert document["agents"][0]["behaviours"] == {}
    assert document["agents"][0]["missing_calls"] == 7


def test_coach_in_both_languages(run: Run) -> None:
    english = run("coach", "张三", "--period", "2025-W11", "--lang", "en")
    assert "what goes well" in english
    assert "1. Pace" in english
    assert english.index("what goes well") < english.index("1. Pace")
    chinese = run("coach", "张三", "--period", "2025-W11", "--lang", "zh")
    assert "1. 语速适中" in chinese
    assert "还差 7 通" in run("coach", "--period", "2025-W11", "--lang", "zh")


def test_flag_and_consents_commands(run: Run, store: Store) -> None:
    call = store.judged()[0].id
    assert "not for training" in run("flag", call[:8], "--reason", "x")
    assert "1 call not for training" in run("flag")
    assert "may be used" in run("flag", call[:8], "--clear")
    assert "by name" in run("consents", "李娜", "--by-name")
    assert "A2: by name" in run("consents")


def test_no_calls_in_the_period(run: Run) -> None:
    assert "no scored call in this period" in run("agents", "--period", "2024", code=2)
