"""`callqa roles`: what waits, a person's word from the command line and from a sheet."""

from __future__ import annotations

import csv
import dataclasses
from pathlib import Path

import pytest
from typer.testing import CliRunner

from callqa import analysers, cli
from callqa.config import Settings
from callqa.data import CallFacts, Role
from callqa.pipeline import lexicons_of, role_context
from callqa.settling import with_roles
from callqa.store import CallKeys, Store
from callqa.turns.roles import find_roles
from tests.measures.factories import Line, agent, customer
from tests.measures.factories import make_facts as make_call
from tests.synthetic import TinyFactory, make_analysis

A, B = "SPEAKER_00", "SPEAKER_01"
VAGUE = [
    agent(0.0, 4.0, "嗯，对。"),
    customer(4.5, 8.0, "=1+1 是这样的。"),
    agent(68.5, 71.0, "啊。" * 40),
]
ENGLISH = [agent(0.0, 4.0, "Yes."), customer(4.5, 8.0, "I see."), agent(8.5, 11.0, "Right.")]


class Desk:
    def __init__(self, root: Path) -> None:
        self.workspace = root / "ws"

    def add(self, number: int, name: str, lines: list[Line], language: str = "zh") -> str:
        facts = make_call(lines, language=language)
        recording = dataclasses.replace(
            facts.recording, id=f"{number:x}" + "0" * 15, path=name, agent_id="A1"
        )
        facts = dataclasses.replace(facts, recording=recording)
        context = role_context(recording, language, lexicons_of(language), Settings())
        facts = with_roles(facts, find_roles(facts.turns, facts.utterances, context, 0.8))
        with Store.open(self.workspace, create=True) as store:
            settings = Settings().model_dump(mode="json")
            keys = CallKeys(recording.id + "0" * 48, "f", "j", settings=settings)
            store.save(make_analysis(facts), keys, name)
        return recording.id

    def facts(self, call_id: str) -> CallFacts:
        with Store.open(self.workspace) as store:
            return store.load(call_id).analysis.facts

    def __call__(self, *arguments: str, code: int = 0) -> str:
        result = CliRunner().invoke(cli.app, ["roles", *arguments, "--workspace", str(self.workspace)])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == code, result.output
        return result.output


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr(analysers, "make_factory", lambda *args: TinyFactory(str(tmp_path / "log.txt")))
    monkeypatch.chdir(tmp_path)
    return Desk(tmp_path)


def test_what_waits_is_told_so_that_a_person_can_decide(run: Desk) -> None:
    call_id = run.add(1, "来电.wav", VAGUE)
    run.add(2, "b.wav", ENGLISH, "en")
    text = run()
    assert f"{call_id[:8]}  来电.wav" in text
    assert "SPEAKER_00  6 s" in text or "SPEAKER_00  7 s" in text
    assert "0:00.0  “嗯，对。”" in text
    assert f"1:08.5  “{'啊。' * 30}…”" in text
    assert "像坐席的迹象：" in text
    assert "先开口 (中)" in text
    assert "signs of being the agent: " in text
    assert "(slight)" in text
    assert f"callqa roles {call_id[:8]} --agent SPEAKER_01 --workspace" in text
    assert "2 calls." in text


def test_a_persons_word_is_kept_with_the_name_and_shown(run: Desk) -> None:
    call_id = run.add(1, "a.wav", VAGUE)
    assert "SPEAKER_01 is the agent of" in run("a.wav", "--agent", B, "--by", "chen")
    assert run.facts(call_id).roles.speakers == {B: Role.AGENT, A: Role.CUSTOMER}
    shown = CliRunner().invoke(cli.app, ["show", "a.wav", "--workspace", str(run.workspace)]).output
    assert "(by person, confidence 1.00), settled by chen at 20" in shown
    assert "no call in" in run()
    run("a.wav", "--swap")
    assert run.facts(call_id).roles.speakers[A] is Role.AGENT
    assert run.facts(call_id).roles.settled_by not in (None, "chen")
    assert "nobody is an agent in" in run("a.wav", "--none", "--by", "li")
    assert "no call in" in run()
    shown = CliRunner().invoke(cli.app, ["show", "a.wav", "--workspace", str(run.workspace)]).output
    assert "nobody is an agent (by person), settled by li at" in shown
    assert "callqa decides again: the roles are uncertain in" in run("a.wav", "--auto")
    assert "1 call." in run()


def test_words_that_make_no_sense_together(run: Desk) -> None:
    run.add(1, "a.wav", VAGUE)
    for arguments, what in (
        (("a.wav",), "Nobody is named"),
        (("--swap",), "of which call"),
        (("a.wav", "--swap", "--none"), "exclude each other"),
        (("a.wav", "--from", "s.csv"), "--from goes alone"),
        (("a.wav", "--csv", "s.csv"), "Nobody is named"),
    ):
        assert what in run(*arguments, code=2)


def fill(path: Path, words: dict[str, str], encoding: str = "utf-8-sig", **other: str) -> None:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        row["agent_is"] = words.get(row["file"], "")
        row.update(other)
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)


def test_many_calls_are_settled_from_a_sheet(run: Desk, tmp_path: Path) -> None:
    ids = [run.add(number, f"{number}.wav", VAGUE) for number in range(1, 6)]
    sheet = tmp_path / "waiting.csv"
    assert "5 calls in" in run("--csv", str(sheet))
    text = sheet.read_text(encoding="utf-8-sig")
    assert sheet.read_bytes().startswith(b"\xef\xbb\xbf")
    # What was said must not become a formula.
    assert ",=" not in text
    assert "0:04.5 =1+1" in text
    fill(sheet, {"1.wav": B, "2.wav": "2", "3.wav": "speaker_00", "4.wav": "none"}, "gb18030")
    out = run("--from", str(sheet), "--by", "chen")
    assert out.count("is the agent of") == 3
    agents = [
        next((name for name, role in run.facts(item).roles.speakers.items() if role is Role.AGENT), None)
        for item in ids
    ]
    assert agents == [B, B, A, None, None]
    assert run.facts(ids[3]).roles.settled_by == "chen"
    assert "1 call." in run()


def test_a_call_is_found_by_its_file_where_its_id_became_a_number(run: Desk, tmp_path: Path) -> None:
    call_id = run.add(1, "1.wav", VAGUE)
    sheet = tmp_path / "waiting.csv"
    run("--csv", str(sheet))
    fill(sheet, {"1.wav": "1"}, call="1.00E+00")
    run("--from", str(sheet))
    assert run.facts(call_id).roles.speakers[A] is Role.AGENT


def test_a_sheet_with_mistakes_settles_nothing_and_lists_them_all(
    run: Desk, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    call_id = run.add(1, "1.wav", VAGUE)
    run.add(2, "2.wav", VAGUE)
    sheet = tmp_path / "s.csv"
    sheet.write_text(
        f"call,agent_is\n{call_id},1\n{call_id},2\n2.wav,李娜\nno.wav,1\n2.wav,swap\n,\n", encoding="utf-8"
    )
    output = run("--from", str(sheet), code=2) + capfd.readouterr().err
    assert "nothing was settled" in output
    assert f"line 3: call {call_id} already stands in line 2" in output
    assert "line 4: agent_is is '李娜'; known are SPEAKER_00, SPEAKER_01" in output
    assert "line 5: no stored call is called 'no.wav'" in output
    assert run.facts(call_id).roles.source == "signs"
    sheet.write_text("call,who\n", encoding="utf-8")
    output = run("--from", str(sheet), code=2) + capfd.readouterr().err
    assert "line 1: the column agent_is is missing" in output
    sheet.write_text(f"call,agent_is\n{call_id},\n", encoding="utf-8")
    assert "names no agent" in run("--from", str(sheet))
