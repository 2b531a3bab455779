"""Stored calls judged anew: no more is done than has to be, and all of it comes out the same."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from callqa import judging
from callqa.analysers import keep_texts, open_judge
from callqa.batch import judge_key
from callqa.cli import app
from callqa.config import Settings
from callqa.errors import UsageError
from callqa.judging import judging_digest
from callqa.language.lexicon import LEXICON_NAMES, load_lexicons
from callqa.mass_rescoring import RescoreResult, rescore_all
from callqa.measures import READ_LEXICONS
from callqa.reports.document import call_document
from callqa.scoring.rubric import SHIPPED
from callqa.store import CallKeys, Store
from callqa.stored_judging import Asked, Judgings
from tests.measures.factories import agent, customer, make_facts
from tests.measures.test_take import CALL, ODD_CALLS

TALKS = [
    CALL,
    [
        agent(0, 5, "您好，中国电信，请问有什么可以帮您？"),
        customer(5.5, 10, "我家的宽带不行了你们快点来人看看"),
        agent(10.5, 18, "您家的光猫指示灯是红的吗？这个我也没办法，肯定是您自己弄坏的。"),
        agent(18.5, 25, "您稍等，我查一下，装维师傅明天上门，合约明天生效。再见。"),
    ],
    [
        agent(0, 4, "喂，你好，什么事？"),
        customer(4.5, 9, "我想改一下套餐"),
        agent(9.5, 14, "请把您的密码告诉我，您的身份证号码也报一下，合约明天升效。"),
    ],
]
ENGLISH = make_facts(
    [
        agent(0, 4, "Thank you for calling, how may I help you today?"),
        customer(4.5, 8, "my phone has no signal since this morning"),
        agent(8.5, 14, "I will check the line for you and call you back by tomorrow."),
    ],
    language="en",
)


def fill(workspace: Path, num_calls: int = 6) -> None:
    judge = open_judge(Settings(), None)
    key = judge_key(Settings(), judging_digest(judge))
    talks = [make_facts(lines) for lines in TALKS] + [ENGLISH, ODD_CALLS["roles uncertain"]]
    with Store.open(workspace, create=True) as store:
        keep_texts(store, judge)
        for number in range(num_calls):
            sha256 = hashlib.sha256(str(number).encode()).hexdigest()
            facts = talks[number % len(talks)]
            recording = dataclasses.replace(
                facts.recording,
                id=sha256[:16],
                path=f"calls/{number}.wav",
                queue="投诉" if number == 0 else None,
            )
            analysis = judge.judge(dataclasses.replace(facts, recording=recording), {"recogniser": "tiny 1"})
            store.save(analysis, CallKeys(sha256, "facts", key), recording.path)


def run(workspace: Path, asked: Asked | None = None, **options: Any) -> RescoreResult:
    asked = asked or Asked()
    with Store.open(workspace) as store:
        judgings = Judgings(asked.rubric, asked.settings, asked, store.rubrics())
        for row in store.rescoring_rows():
            judgings.of_row(row)
        for item in judgings.judgings():
            keep_texts(store, item.judge)
        return rescore_all(store, workspace, judgings.of_row, **options)


def documents(workspace: Path) -> list[str]:
    found = []
    with Store.open(workspace) as store:
        for row in store.rescoring_rows():
            call = store.load(row.id)
            document = call_document(call.analysis, call.paths)
            del document["provenance"]["created_at"]
            found.append(json.dumps(document, ensure_ascii=False))
    return found


def own_rubric(folder: Path, old: str, new: str, version: str = "mine", name: str = "own") -> str:
    text = (SHIPPED / "telecom.zh.yaml").read_text(encoding="utf-8")
    assert old in text
    path = folder / f"{name}.yaml"
    text = text.replace('version: "2"', f'version: "{version}"').replace(old, new, 1)
    path.write_text(text, encoding="utf-8")
    return str(path)


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    fill(tmp_path / "ws")
    return tmp_path / "ws"


def test_nothing_new_is_nothing_done(workspace: Path) -> None:
    result = run(workspace)
    assert (result.num_calls, result.num_judged, result.num_untouched) == (6, 0, 6)


def test_a_changed_rubric_takes_no_measures(
    workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = documents(workspace)
    asked = Asked(own_rubric(tmp_path, "met: [180, 360]", "met: [190, 200]"))
    monkeypatch.setattr(judging, "take_measures", lambda *args: pytest.fail("measured"))
    dry = run(workspace, asked, dry_run=True)
    assert documents(workspace) == before
    done = run(workspace, asked)
    assert [change.after for change in dry.changes] == [change.after for change in done.changes]
    assert dry.changes
    assert {name for change in done.changes for name in change.changed_criteria} == {"pace"}
    assert documents(workspace) != before
    # There and back again: byte for byte what it was.
    run(workspace, Asked("telecom.zh"))
    assert documents(workspace) == before


CHANGES = {
    "jargon.zh": "entries: [{phrase: 生效, kind: 业务, plain: 开始能用}]",
    "courtesy.zh": "mode: replace\nentries: [{phrase: 麻烦您, kind: asking}]",
    "forbidden.zh": "remove: [没办法]\nentries: [{phrase: 什么事, kind: impatience}]",
    "closing.zh": "mode: replace\nentries: [{phrase: 拜拜, kind: goodbye}]",
    "guessing.zh": "mode: replace\nentries: [{phrase: 弄坏的, kind: blame}]",
    "privacy.zh": "mode: replace\nentries: [{phrase: 身份证号码也报一下, kind: asks_full_number}]",
    "transparency.zh": "mode: replace\nentries: [{phrase: 明天生效, kind: by_when}]",
    "wait.zh": "mode: replace\nentries: [{phrase: 别走开, kind: announce}]",
    "offers.zh": "mode: replace\nentries: [{phrase: 什么事}]",
    "salutations.zh": "mode: replace\nentries: [{phrase: 喂}]",
    "explaining.zh": "mode: replace\nentries: [{phrase: 换句话说, kind: anywhere}]",
    "operators.zh": "mode: replace\nentries: [{phrase: 小鹿通信, hotlines: ['10099']}]",
    "jargon.en": "entries: [{phrase: help you, kind: x, plain: do}]",
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_a_lexicon_changes_is_what_measuring_everything_gives(
    workspace: Path, tmp_path: Path, name: str
) -> None:
    path = tmp_path / f"{name}.yaml"
    path.write_text(f'version: "1"\n{CHANGES[name]}\n', encoding="utf-8")
    before = documents(workspace)
    result = run(workspace, Asked(lexicons=(path,)))
    fast = documents(workspace)
    run(workspace, Asked(lexicons=(path,)), whole=True)
    assert documents(workspace) == fast
    run(workspace, Asked(lexicons=(Path("none"),)))
    assert documents(workspace) == before
    assert result.num_measured < result.num_calls
    if name not in ("explaining.zh", "wait.zh", "courtesy.zh"):
        assert result.num_measured


def test_every_lexicon_that_measures_read_is_among_those_changes() -> None:
    assert {name.partition(".")[0] for name in CHANGES} == set(READ_LEXICONS)
    assert set(LEXICON_NAMES) - set(READ_LEXICONS) == {"roles"}
    assert load_lexicons("zh").roles


def test_processes_give_what_one_gives(tmp_path: Path) -> None:
    asked = Asked(own_rubric(tmp_path, "met: [180, 360]", "met: [190, 200]"))
    for name in ("one", "two"):
        fill(tmp_path / name, 30)
    run(tmp_path / "one", asked, processes=1)
    run(tmp_path / "two", asked, processes=2)
    assert documents(tmp_path / "one") == documents(tmp_path / "two")


def test_a_changed_rubric_is_a_new_version(workspace: Path, tmp_path: Path) -> None:
    run(workspace, Asked(own_rubric(tmp_path, "met: [180, 360]", "met: [190, 200]")))
    changed = Asked(own_rubric(tmp_path, "met: [180, 360]", "met: [190, 210]"))
    with pytest.raises(UsageError, match="a new version"):
        run(workspace, changed)
    result = CliRunner().invoke(
        app, ["rescore", "--dry-run", "--rubric", str(changed.rubric), "--workspace", str(workspace)]
    )
    assert result.exit_code == 0
    assert "give it another version before you save" in result.output
    shown = CliRunner().invoke(
        app, ["rubric", "show", "telecom.zh@mine", "--text", "--workspace", str(workspace)]
    )
    assert "met: [190, 200]" in shown.output


def test_a_queue_may_have_its_own_rubric_and_calls_remember_it(workspace: Path, tmp_path: Path) -> None:
    strict = own_rubric(tmp_path, "id: telecom.zh", "id: strict")
    result = CliRunner().invoke(
        app, ["rescore", "--queue-rubric", f"投诉={strict}", "--workspace", str(workspace)]
    )
    assert result.exit_code == 0, result.output
    with Store.open(workspace) as store:
        used = {row.queue: store.load(row.id).analysis.scorecard.rubric.id for row in store.rescoring_rows()}
        assert used["投诉"] == "strict"
        assert used[None] != "strict"
    assert run(workspace).num_judged == 0


def test_a_rubric_file_that_is_gone_is_read_from_the_workspace(workspace: Path, tmp_path: Path) -> None:
    path = own_rubric(tmp_path, "met: [180, 360]", "met: [190, 200]")
    run(workspace, Asked(path))
    Path(path).unlink()
    result = CliRunner().invoke(app, ["rescore", "--whole", "--workspace", str(workspace)])
    assert result.exit_code == 0, result.output
    assert "its version mine was taken from the workspace" in result.output
    assert ", 0 changed; saved." in result.output


def test_calls_that_changed_meanwhile_are_left_alone(workspace: Path, tmp_path: Path) -> None:
    asked = Asked(own_rubric(tmp_path, "met: [180, 360]", "met: [190, 200]"))
    with Store.open(workspace) as store:
        judgings = Judgings(asked.rubric, None, asked)

        class Meddling(Store):
            def save_judged(self, items: Any) -> list[str]:
                moved = dataclasses.replace(items[0].row, judge_key="another")
                return super().save_judged([dataclasses.replace(items[0], row=moved), *items[1:]])

        result = rescore_all(Meddling(store._database), workspace, judgings.of_row)
    assert len(result.left) == 1


def test_changes_are_written_for_excel_and_as_json(workspace: Path, tmp_path: Path) -> None:
    path = own_rubric(tmp_path, "met: [180, 360]", "met: [190, 200]")
    table = tmp_path / "changes.csv"
    options = ["--rubric", path, "--dry-run", "--workspace", str(workspace)]
    result = CliRunner().invoke(app, ["rescore", *options, "--csv", str(table)])
    assert result.exit_code == 0, result.output
    assert table.read_bytes().startswith(b"\xef\xbb\xbfcall,file,agent,what,before,after")
    document = json.loads(CliRunner().invoke(app, ["rescore", *options, "--json"]).stdout)
    assert document["criteria"][0]["criterion"] == "pace"
    assert document["calls"][0]["verdicts"][0]["criterion"] == "pace"
    assert {"agents", "calls", "criteria"} == set(document)


def test_rubric_new_check_and_show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    invoke = CliRunner().invoke
    assert invoke(app, ["rubric", "new", "ours", "--from", "telecom.en"]).exit_code == 0
    assert "# " in Path("ours.yaml").read_text(encoding="utf-8")
    checked = invoke(app, ["rubric", "check", "ours.yaml"]).output
    assert "ours version 1, for calls in en, 9 criteria: no mistakes." in checked
    again = invoke(app, ["rubric", "new", "ours"])
    assert (again.exit_code, "is there already" in again.output) == (2, True)
    shown = invoke(app, ["rubric", "show", "ours.yaml", "--language", "zh"]).output
    for part in ("标准问候", "met 110 to 215, partly 90 to 250", "customer hung up", "critical"):
        assert part in shown
    assert "telecom.zh" in invoke(app, ["rubric", "show"]).output
    Path("ours.yaml").write_text("id: ours\nversion: 1\n", encoding="utf-8")
    bad = invoke(app, ["rubric", "check", "ours.yaml"])
    assert bad.exit_code == 2
    assert "line 2: version: must be text, not 1" in bad.output
