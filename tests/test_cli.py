from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from callqa import analysers, cli
from callqa.batch import Outcome
from callqa.commands import progress, score, terminal
from callqa.config import Settings
from callqa.data import Verdict
from callqa.judging import Judge
from callqa.store import CallSummary, Store
from tests.synthetic import TinyAnalyser, TinyFactory, make_analysis, make_facts


class Cli:
    """Runs commands in a folder of their own, with the tiny analyser in the pipeline's place."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.log = root / "log.txt"
        self.factory = TinyFactory(str(self.log))
        self.digest = "r1"

    def __call__(self, *arguments: str, code: int = 0) -> str:
        result = CliRunner().invoke(cli.app, list(arguments))
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == code, result.output
        return result.output

    def add(self, name: str, content: str | None = None) -> None:
        (self.root / name).parent.mkdir(parents=True, exist_ok=True)
        (self.root / name).write_text(name if content is None else content)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cli:
    monkeypatch.chdir(tmp_path)
    runner = Cli(tmp_path)
    monkeypatch.setattr(analysers, "make_factory", lambda settings, rubric: runner.factory)
    monkeypatch.setattr(analysers, "rubrics_digest", lambda rubric, settings: runner.digest)
    return runner


def test_scoring_a_folder_prints_a_line_each_and_a_table_and_a_rerun_does_nothing(run: Cli) -> None:
    run.add("calls/李娜来电.wav")
    run.add("calls/b.wav")
    run.add("calls/notes.txt")
    text = run("score", "calls")
    assert "1 file without a recording's ending left out" in text
    assert "[1/2] b.wav: 80.0, 85 % judged · greeting met · pace partly · politeness not met" in text
    table = text[text.index("id ") :]
    for column in ("file", "agent", "score", "judged", *terminal.BEHAVIOURS, "notes"):
        assert column in table
    assert "李娜来电.wav" in table
    assert "n/a" in table
    assert "capped by politeness" in table
    assert "2 calls: 2 analysed." in text
    assert "look closer:  callqa show " in text
    again = run("score", "calls")
    assert "nothing to do: 2 calls already scored." in again
    assert "李娜来电.wav" in again


def test_failed_calls_are_listed_with_their_reason_and_end_with_3(run: Cli) -> None:
    run.add("a.wav", "bad")
    run.add("b.wav")
    text = run("score", "a.wav", "b.wav", code=3)
    assert "not scored: 1 file\n  a.wav is not audio. Give a recording.\n" in text
    assert "80.0" in text
    assert "a.wav is not audio. Give a recording." in run("list")


def test_a_failed_file_is_named_once() -> None:
    out = Console(width=200, record=True, markup=False)
    cases = [("./a.wav", "a.wav is empty."), ("b.wav", "the memory did not suffice.")]
    terminal.print_failures(out, [Outcome("failed", (path,), reason=reason) for path, reason in cases])
    assert out.export_text() == "  a.wav is empty.\n  b.wav: the memory did not suffice.\n"


def test_a_call_without_a_conversation_has_its_own_line_and_ends_with_3(run: Cli) -> None:
    @dataclasses.dataclass(frozen=True)
    class Silent(TinyFactory):
        def __call__(self):
            analyser = super().__call__()
            real = analyser.analyse
            analyser.analyse = lambda *args: dataclasses.replace(real(*args), status="no_speech")
            return analyser

    run.factory = Silent(str(run.log))
    run.add("music.wav")
    text = run("score", "music.wav", code=3)
    assert "music.wav: no score: no speech" in text
    assert "music.wav: nobody speaks in it: silence, ringing or music. Leave it out" in text


def factory_with(run: Cli, status: str = "scored") -> Callable[[], TinyAnalyser]:
    """Analysers that find every file cut off."""

    def make() -> TinyAnalyser:
        analyser = TinyFactory(str(run.log))()
        real = analyser.analyse

        def analyse(*args):
            facts = real(*args)
            recording = dataclasses.replace(facts.recording, truncated=True, notes=("The file is cut off.",))
            return dataclasses.replace(facts, recording=recording, status=status)

        analyser.analyse = analyse
        return analyser

    return make


def test_what_could_be_read_of_a_cut_off_file_is_scored_and_the_file_is_listed(run: Cli) -> None:
    run.factory = factory_with(run)
    run.add("a.wav")
    for _ in ("scored", "known"):
        text = run("score", "a.wav", code=3)
        assert (
            "scored in part: 1 file\n  a.wav is cut off or damaged; the 62 s that could be read were judged. "
            "Export or copy the recording again, and score that.\n"
        ) in text
        assert "not scored" not in text
    assert "The file is cut off" in run("list")
    assert "  note      The file is cut off.\n" in run("show", "a.wav")
    document = json.loads(run("show", "a.wav", "--json"))
    assert document["recording"]["truncated"] is True
    assert document["recording"]["notes"] == ["The file is cut off."]


def test_a_cut_off_file_with_nothing_to_score_is_listed_once(run: Cli) -> None:
    run.factory = factory_with(run, "too_short")
    run.add("a.wav")
    text = run("score", "a.wav", code=3)
    assert "no score: too short · The file is cut off\n" in text
    assert "too little is said in it to score, and the file is cut off or damaged. Export or copy" in text
    assert "scored in part" not in text


def test_a_wrong_ending_is_said_but_is_no_failure(run: Cli) -> None:
    run.add("a.wav")
    text = run("score", "a.wav")
    assert "· The file is named .mp3 but holds WAV; give it the ending .wav\n" in text


def test_one_audio_under_two_names_is_one_line_that_names_both(run: Cli) -> None:
    run.add("a.wav", "same")
    run.add("b.wav", "same")
    assert "also b.wav" in run("score", "a.wav", "b.wav")


def test_usage_errors_end_with_2_and_say_what_to_do(run: Cli, capfd: pytest.CaptureFixture[str]) -> None:
    run.add("a.wav")
    (run.root / "calls.csv").write_text("file,agent\nx.wav,1\n")
    (run.root / "empty").mkdir()
    (run.root / "settings.yaml").write_text("no_such: 1\n")
    cases = [
        (["score"], "nothing to score"),
        (["score", "gone.wav"], "not found: gone.wav"),
        (["score", "empty"], "no recordings in empty"),
        (["score", "--manifest", "calls.csv"], "the column path is missing"),
        (["score", "a.wav", "--filename-pattern", "("], "no regular expression"),
        (["score", "a.wav", "--language", "fr"], "no language"),
        (["score", "a.wav", "--settings", "settings.yaml"], "no_such: no such key"),
        (["score", "a.wav", "--company", " "], "--company is empty"),
        (["score", "a.wav", "--jobs", "0"], "--jobs"),
        (["score", "a.wav", "--no-such-option"], "No such option"),
    ]
    for arguments, message in cases:
        text = run(*arguments, code=2)
        assert message in text + capfd.readouterr().err, arguments
    assert not (run.root / "callqa-workspace").exists()


def test_commands_on_a_workspace_that_is_not_there(run: Cli) -> None:
    for arguments in (["list"], ["show", "x"], ["agents"], ["rescore"], ["roles", "x", "--agent", "y"]):
        assert "error: callqa-workspace is no callqa workspace" in run(*arguments, code=1)


def test_show_for_people(run: Cli) -> None:
    run.add("a.wav")
    run("score", "a.wav")
    text = run("show", "a.wav")
    for part in (
        "SPEAKER_00 is the agent",
        "score 80.0 of 100, 85 % judged, capped by politeness (rubric telecom-zh 1.0)",
        "note: roles were set by hand",
        "politeness   not met  (weight 12, critical) Because of politeness.",
        "0:00.5–0:01.1 “您好，” the salutation",
        "0:20.0–0:24.5 both were silent for 4.5 s",
        "salutation yes, company yes, name no, offer unsure",
        "response_latency        –  The customer never asked anything.",
        "0:00.5–0:03.4  agent      您好，这里是中国移动。",
        "without words: 1.2 s (14 % of the speech): 0:07.5–0:08.7",
        "removed   0:10.0–0:12.0 “谢谢观看”: no speech under it",
    ):
        assert part in text, part


def test_show_as_json_is_one_document(run: Cli) -> None:
    run.add("a.wav")
    run("score", "a.wav", "--workspace", "ws")
    document = json.loads(run("show", "a.wav", "--json", "--workspace", "ws"))
    assert document["scorecard"]["score"] == 80.0
    assert document["recording"]["paths"] == ["a.wav"]


def test_show_of_a_call_that_is_not_there(run: Cli) -> None:
    run.add("a.wav")
    run("score", "a.wav")
    assert "error: no stored call is called 'b.wav'" in run("show", "b.wav", code=2)


def test_list_and_agents(run: Cli) -> None:
    run.add("day/x_AGENT_ChrisL_1.wav")
    run.add("day/x_AGENT_ChrisL_2.wav")
    run.add("day/y.wav")
    run("score", "day")
    assert "3 calls in callqa-workspace" in run("list")
    of_one = run("list", "--agent", "ChrisL")
    assert "2 calls in callqa-workspace of ChrisL" in of_one
    assert "y.wav" not in of_one
    row = next(line for line in run("agents").splitlines() if "ChrisL" in line)
    assert row.split() == ["ChrisL", "2", "6", "calls", "missing"]
    row = next(line for line in run("agents", "--min-calls", "2").splitlines() if "ChrisL" in line)
    assert row.split()[:2] == ["ChrisL", "2"]
    assert "80.0" in row


def test_rescore_shows_before_and_after(run: Cli) -> None:
    run.add("a.wav")
    run("score", "a.wav")
    text = run("rescore", "--dry-run")
    for part in ("by criterion", "by agent", "by call", "evidence that came (+) or went (-)", "80.0"):
        assert part in text
    assert "1 call judged anew, 1 with other measures, 1 changed; nothing was saved (--dry-run)." in text
    assert "80.0" in run("list")
    run("rescore")
    assert "80.0" not in run("list")
    assert "0 calls judged anew, 1 with nothing new to be judged by, 0 changed; saved." in run("rescore")


def test_calls_are_judged_anew_as_they_were_judged_before(run: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str | None, str | None]] = []
    open_judge = analysers.open_judge

    def recorded(settings: Settings, rubric: str | None) -> Judge:
        asked.append((settings.company, rubric))
        return open_judge(settings, rubric)

    def make_factory(settings: Settings, rubric: str | None) -> TinyFactory:
        asked.append((settings.company, rubric))
        return run.factory

    run.add("a.wav")
    run.add("b.wav")
    run.add("other.yaml", "company: Other\n")
    run("rubric", "new", "strict")
    run("score", "a.wav", "--company", "中国移动", "--rubric", "strict.yaml")
    run("score", "b.wav")
    monkeypatch.setattr(analysers, "make_factory", make_factory)
    monkeypatch.setattr(analysers, "open_judge", recorded)
    strict = str(run.root / "strict.yaml")
    run("rescore")
    assert sorted(asked, key=str) == sorted([("中国移动", strict), (None, None)], key=str)
    asked.clear()
    run("roles", "a.wav", "--agent", "SPEAKER_01")
    assert asked == [("中国移动", strict)]
    asked.clear()
    run("rescore", "--settings", "other.yaml", "--rubric", "telecom.zh")
    assert set(asked) == {("Other", "telecom.zh")}


def test_roles_are_settled_by_a_person(run: Cli) -> None:
    run.add("a.wav")
    run("score", "a.wav")
    assert "SPEAKER_01 is the agent of" in run("roles", "a.wav", "--agent", "SPEAKER_01")
    assert "SPEAKER_01 is the agent, SPEAKER_00 is the customer (by person" in run("show", "a.wav")
    assert "there speak SPEAKER_00" in run("roles", "a.wav", "--agent", "LiNa", code=2)


def test_ctrl_c_keeps_what_is_done_and_says_how_to_go_on(run: Cli) -> None:
    run.add("a.wav")
    run.add("b.wav", "interrupt")
    text = run("score", "a.wav", "b.wav", code=130)
    assert "stopped; 1 call done and kept. The same command goes on where this one stopped." in text
    assert "a.wav" in run("list")


def test_an_unexpected_error_is_not_hidden(run: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    run.add("a.wav")
    monkeypatch.setattr(score, "collect", lambda *args, **kwargs: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        run("score", "a.wav")


@pytest.mark.parametrize(
    "command", ["score", "show", "list", "agents", "coach", "rescore", "roles", "evaluate", "doctor"]
)
def test_every_commands_help_has_an_example(run: Cli, command: str) -> None:
    text = run(command, "--help")
    assert f"Example: callqa {command}" in text
    assert "--workspace" in text


@pytest.mark.parametrize("command", ["list", "pull", "verify"])
def test_every_models_commands_help_has_an_example(run: Cli, command: str) -> None:
    assert f"Example: callqa models {command}" in run("models", command, "--help")


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys\nsys.argv = ['callqa', '--help']\nfrom callqa.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "heavy = {'torch', 'numpy', 'av', 'librosa', 'sqlalchemy', 'pydantic', 'rich', 'pypinyin'}\n"
        "print('heavy:', sorted(heavy & set(sys.modules)))"
    )
    started = time.perf_counter()
    text = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "heavy: []" in text
    # Half a second on an idle machine; the tests may share theirs.
    assert time.perf_counter() - started < 3


def test_output_that_no_terminal_can_show_does_not_crash(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    command = [sys.executable, "-c", "from callqa.cli import main; main()", "score", "李娜.wav"]
    result = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=tmp_path)
    assert result.returncode == 2
    assert "not found: ??.wav" in result.stderr


def summary(path: str, **changes: object) -> CallSummary:
    values = {
        "id": "ab" * 8,
        "paths": (path,),
        "status": "scored",
        "duration": 60.0,
        "language": "zh",
        "agent_id": None,
        "agent_name": "李娜",
        "started_at": None,
        "roles_certain": True,
        "untranscribed_share": 0.0,
        "score": 77.0,
        "judged_share": 0.9,
        "capped_by": None,
        "notes": (),
        "verdicts": dict.fromkeys(terminal.BEHAVIOURS, Verdict.NOT_MET),
        **changes,
    }
    return CallSummary(**values)


@pytest.mark.parametrize("width", [40, 80, 120, 200])
def test_no_width_of_the_terminal_loses_a_column_or_a_character(width: int) -> None:
    name = "2025年三月四日宽带故障投诉录音李娜坐席第一通.wav"
    call = summary(f"录音/{name}", untranscribed_share=0.4, roles_certain=False)
    out = Console(width=width, force_terminal=True, color_system=None, record=True, markup=False)
    terminal.print_calls(out, [call])
    text = out.export_text()
    joined = "".join(text.split())
    assert text.count("not met") == 5
    for part in ("abababab", "李娜", "77.0", "90%"):
        assert part in joined
    assert all(char in joined for char in name)
    for behaviour in terminal.BEHAVIOURS:
        assert behaviour in text


def test_notes_name_what_a_reader_has_to_know() -> None:
    call = summary("a.wav", roles_certain=False, untranscribed_share=0.2, capped_by="politeness")
    assert terminal.notes_of(call) == [
        "roles uncertain",
        "20 % of the speech not transcribed",
        "capped by politeness",
    ]
    assert terminal.notes_of(summary("a.wav", untranscribed_share=0.15)) == []


def test_ids_are_as_long_as_it_takes_to_tell_them_apart() -> None:
    assert terminal.short_ids(["0123456789", "0123456799"]) == {
        "0123456789": "012345678",
        "0123456799": "012345679",
    }


def test_files_of_one_name_show_their_folders() -> None:
    out = Console(width=200, record=True, markup=False)
    terminal.print_calls(
        out, [summary("x/a.wav"), summary("y/a.wav", id="cd" * 8), summary("z/b.wav", id="ef" * 8)]
    )
    text = out.export_text()
    assert "x/a.wav" in text
    assert "y/a.wav" in text
    assert "z/b.wav" not in text


def test_the_bar_moves_within_a_call_and_shows_the_time_left() -> None:
    out = Console(width=100, force_terminal=True, record=True, markup=False)
    with progress.ScoreProgress(out) as bar:
        bar.looking(0, 4)
        bar.planned(2)
        bar.progress("calls/[a].wav", "words", 0.5)
        (task,) = bar._bar.tasks
        assert (task.completed, task.total) == (0.5, 2)
        assert task.description == "[a].wav: words"
        bar.finished(Outcome("scored", ("calls/[a].wav",), "ab", make_analysis(make_facts())))
        assert task.completed == 1
    assert "[1/2] [a].wav: 81.5" in out.export_text()


def test_the_store_is_usable_by_its_owner_alone(run: Cli) -> None:
    run.add("a.wav")
    run("score", "a.wav")
    assert (run.root / "callqa-workspace").stat().st_mode & 0o077 == 0
    with Store.open(run.root / "callqa-workspace") as store:
        assert store.count() == 1
