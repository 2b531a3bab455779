from __future__ import annotations

import dataclasses
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from callqa import batch
from callqa.batch import BatchListener, BatchResult, Outcome, run_batch
from callqa.config import MeasureSettings, Settings, TurnSettings
from callqa.data import CallRequest
from callqa.errors import CallqaError, StoreError, WeightsError
from callqa.store import Store
from tests.synthetic import TinyAnalyser, TinyFactory


class Bench:
    """A workspace, a folder of tiny calls, and a log of what was analysed."""

    def __init__(self, root: Path) -> None:
        self.workspace = root / "ws"
        self.store = Store.open(self.workspace, create=True)
        self.calls = root / "calls"
        self.calls.mkdir()
        self.log = root / "log.txt"
        self.log.touch()

    def add(self, name: str, content: str | None = None) -> CallRequest:
        (self.calls / name).write_text(name if content is None else content)
        return CallRequest(str(self.calls / name))

    def run(
        self, *requests: CallRequest, factory: TinyFactory | None = None, **options: object
    ) -> BatchResult:
        chosen = {"settings": Settings(), "rubrics_digest": "r1", "workspace": self.workspace, **options}
        return run_batch(requests, self.store, factory or TinyFactory(str(self.log)), **chosen)

    def lines(self) -> list[str]:
        """What the analysers did since the last look; process ids cut off."""
        lines = [line.split(" ", 1) for line in self.log.read_text().splitlines()]
        self.log.write_text("")
        return sorted(f"judge {name}" if who == "judge" else name for who, name in lines)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


@pytest.mark.parametrize("jobs", [1, 2])
def test_every_call_is_scored_once_and_a_rerun_does_nothing(bench: Bench, jobs: int) -> None:
    requests = [bench.add("a.wav"), bench.add("b.wav"), bench.add("c.wav")]
    result = bench.run(*requests, jobs=jobs)
    assert (result.num_scored, result.num_known, result.failures) == (3, 0, [])
    assert bench.lines() == ["a.wav", "b.wav", "c.wav", "judge a.wav", "judge b.wav", "judge c.wav"]
    stored = [bench.store.load(call_id) for call_id in result.call_ids]
    assert sorted(call.paths[0] for call in stored) == [request.path for request in requests]
    again = bench.run(*requests, jobs=jobs)
    assert (again.num_scored, again.num_known) == (0, 3)
    assert bench.lines() == []


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_bad_call_is_noted_and_the_others_go_on(bench: Bench, jobs: int) -> None:
    requests = [bench.add("a.wav", "bad"), bench.add("b.wav"), bench.add("c.wav", "bug")]
    result = bench.run(*requests, jobs=jobs)
    assert result.num_scored == 1
    reasons = {Path(item.paths[0]).name: item.reason for item in result.failures}
    assert reasons["a.wav"] == f"{requests[0].path} is not audio."
    assert "an error inside callqa (ZeroDivisionError: a bug)" in reasons["c.wav"]
    assert [item.path for item in bench.store.failures()] == [requests[0].path, requests[2].path]
    assert "ZeroDivisionError" in (bench.workspace / "errors.log").read_text()


def test_a_file_that_cannot_be_read_or_is_gone_or_is_a_folder(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked, fine = bench.add("locked.wav"), bench.add("fine.wav")
    real = Path.open

    def refuse(self: Path, *args: object, **kwargs: object):  # root is not stopped by permissions
        if self.name == "locked.wav":
            raise PermissionError(13, "Permission denied", str(self))
        return real(self, *args, **kwargs)

    monkeypatch.setattr(Path, "open", refuse)
    gone, folder = CallRequest(str(bench.calls / "gone.wav")), CallRequest(str(bench.calls))
    result = bench.run(locked, gone, folder, fine)
    assert result.num_scored == 1
    assert [Path(item.paths[0]).name for item in result.failures] == ["locked.wav", "gone.wav", "calls"]
    for failure in result.failures:
        assert failure.paths[0] in failure.reason
        assert failure.hint
        assert "\n" not in failure.reason + failure.hint


def test_a_file_that_vanishes_while_the_batch_runs(bench: Bench) -> None:
    first, second = bench.add("a.wav"), bench.add("b.wav")

    class Vanish(BatchListener):
        def finished(self, outcome: Outcome) -> None:
            Path(second.path).unlink(missing_ok=True)

    class Strict(TinyAnalyser):
        def analyse(self, request: CallRequest, hook=None):
            from callqa.audio.decode import hash_file

            hash_file(Path(request.path))
            return super().analyse(request, hook)

    chosen = {"settings": Settings(), "rubrics_digest": "r1", "workspace": bench.workspace}
    result = run_batch(
        [first, second], bench.store, lambda: Strict(str(bench.log)), listener=Vanish(), **chosen
    )
    assert result.num_scored == 1
    assert "is not there" in result.failures[0].reason


def test_a_file_that_changes_while_it_is_scored_is_not_stored_under_the_wrong_name(bench: Bench) -> None:
    request = bench.add("a.wav")

    class Growing(TinyAnalyser):
        def analyse(self, request: CallRequest, hook=None):
            Path(request.path).write_text("more of it")
            return super().analyse(request, hook)

    chosen = {"settings": Settings(), "rubrics_digest": "r1", "workspace": bench.workspace}
    result = run_batch([request], bench.store, lambda: Growing(str(bench.log)), **chosen)
    assert "changed while it was scored" in result.failures[0].reason
    assert bench.store.count() == 0


def test_one_audio_under_two_names_is_scored_once_and_both_are_listed(bench: Bench) -> None:
    first, second = bench.add("a.wav", "same"), bench.add("b.wav", "same")
    second = dataclasses.replace(second, agent_id="7")
    result = bench.run(first, second)
    assert result.num_scored == 1
    assert bench.lines() == ["a.wav", "judge a.wav"]
    stored = bench.store.load(result.call_ids[0])
    assert set(stored.paths) == {first.path, second.path}
    assert stored.analysis.facts.recording.agent_id == "7"
    third = bench.add("c.wav", "same")
    assert bench.run(third).num_known == 1
    assert set(bench.store.load(result.call_ids[0]).paths) == {first.path, second.path, third.path}


def test_one_bad_file_under_two_names_is_listed_twice(bench: Bench) -> None:
    first, second = bench.add("a.wav", "bad"), bench.add("b.wav", "bad")
    bench.run(first, second)
    assert [item.path for item in bench.store.failures()] == [first.path, second.path]
    assert bench.lines() == ["a.wav"]


def test_only_what_changed_is_done_again(bench: Bench) -> None:
    request = bench.add("a.wav")
    bench.run(request)
    bench.lines()
    steps: list[tuple[dict, list[str]]] = [
        ({"rubrics_digest": "r2"}, ["judge a.wav"]),
        ({"rubrics_digest": "r2"}, []),
        ({"settings": Settings(measures=MeasureSettings(dead_air=5.0))}, ["judge a.wav"]),
        ({"settings": Settings(measures=MeasureSettings(pause=0.2))}, ["a.wav", "judge a.wav"]),
        ({"settings": Settings(turns=TurnSettings(merge_gap=0.4))}, ["a.wav", "judge a.wav"]),
        ({"settings": Settings(turns=TurnSettings(merge_gap=0.4)), "force": True}, ["a.wav", "judge a.wav"]),
    ]
    for options, done in steps:
        bench.run(request, **options)
        assert bench.lines() == done, options
    assert bench.store.count() == 1


def test_what_is_said_about_a_call_is_kept_until_something_else_is_said(bench: Bench) -> None:
    request = bench.add("a.wav")
    bench.run(dataclasses.replace(request, agent_id="7", agent_name="李娜"))
    bench.lines()
    assert bench.run(request).num_known == 1
    assert bench.run(dataclasses.replace(request, agent_id="8")).num_rescored == 1
    assert bench.lines() == ["judge a.wav"]
    recording = bench.store.load(bench.store.find(request.path)).analysis.facts.recording
    assert (recording.agent_id, recording.agent_name) == ("8", "李娜")
    # The name goes into recognition, so another one needs the audio again.
    assert bench.run(dataclasses.replace(request, agent_name="王芳")).num_scored == 1
    assert bench.lines() == ["a.wav", "judge a.wav"]


def test_a_worker_that_dies_costs_its_own_call_alone(bench: Bench) -> None:
    requests = [bench.add("a.wav"), bench.add("b.wav", "crash"), bench.add("c.wav"), bench.add("d.wav")]
    result = bench.run(*requests, jobs=2)
    assert result.num_scored == 3
    assert [item.paths[0] for item in result.failures] == [requests[1].path]
    assert "b.wav: the process that scored it was killed; mostly the memory" in result.failures[0].reason
    assert "--jobs" in result.failures[0].hint


@dataclasses.dataclass(frozen=True)
class NoWeights:
    """A factory whose analyser finds no weights."""

    def __call__(self) -> TinyAnalyser:
        raise WeightsError("the weights of whisper-base are missing.", "Run `callqa models pull`.")


@dataclasses.dataclass(frozen=True)
class StillBorn:
    """A factory whose process dies before it is ready."""

    def __call__(self) -> TinyAnalyser:
        os._exit(9)


@pytest.mark.parametrize("jobs", [1, 2])
def test_missing_weights_end_the_batch_with_their_own_error(bench: Bench, jobs: int) -> None:
    with pytest.raises(WeightsError, match="whisper-base") as caught:
        bench.run(bench.add("a.wav"), bench.add("b.wav"), factory=NoWeights(), jobs=jobs)
    assert caught.value.hint == "Run `callqa models pull`."
    assert bench.store.failures() == []


def test_workers_that_never_start_end_the_batch(bench: Bench) -> None:
    with pytest.raises(CallqaError, match="do not start"):
        bench.run(bench.add("a.wav"), bench.add("b.wav"), factory=StillBorn(), jobs=2)


def test_ctrl_c_keeps_what_is_done_and_gives_the_rest_back(bench: Bench) -> None:
    requests = [bench.add("a.wav"), bench.add("b.wav", "interrupt"), bench.add("c.wav")]
    result = bench.run(*requests)
    assert result.interrupted
    assert result.num_scored == 1
    other = bench.store.begin_batch("0", {}, 0)
    for request in requests:
        assert bench.store.claim(batch.hash_file(Path(request.path)), other)


def test_a_full_disk_ends_the_batch_and_says_so(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = bench.add("a.wav"), bench.add("b.wav")
    real = Store.save

    def save(self: Store, analysis, keys, path, batch_id=None, heard=None) -> None:
        if path == second.path:
            raise StoreError("the disk is full or failing.", "Free some space.")
        real(self, analysis, keys, path, batch_id, heard)

    monkeypatch.setattr(Store, "save", save)
    with pytest.raises(StoreError, match="disk is full"):
        bench.run(first, second)
    assert bench.store.count() == 1


PROGRAM = """
import sys
from pathlib import Path
from callqa.batch import run_batch
from callqa.config import Settings
from callqa.data import CallRequest
from callqa.store import Store
from tests.synthetic import TinyFactory

if __name__ == "__main__":
    root, jobs = Path(sys.argv[1]), int(sys.argv[2])
    requests = [CallRequest(str(path)) for path in sorted((root / "calls").iterdir())]
    with Store.open(root / "ws", create=True) as store:
        result = run_batch(
            requests, store, TinyFactory(str(root / "log.txt"), delay=0.1), settings=Settings(),
            rubrics_digest="r1", workspace=root / "ws", jobs=jobs,
        )
    print(result.num_scored, result.num_known, len(result.failures), result.interrupted)
"""


def start(bench: Bench, tmp_path: Path, jobs: int) -> subprocess.Popen[str]:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    return subprocess.Popen(
        [sys.executable, str(program), str(tmp_path), str(jobs)],
        stdout=subprocess.PIPE,
        env=environment,
        text=True,
        start_new_session=True,
    )


def wait_for(bench: Bench, num_calls: int) -> None:
    deadline = time.monotonic() + 30
    while bench.store.count() < num_calls:
        assert time.monotonic() < deadline, "the batch does not get on"
        time.sleep(0.02)


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_killed_batch_goes_on_where_it_was(bench: Bench, tmp_path: Path, jobs: int) -> None:
    for number in range(10):
        bench.add(f"{number}.wav")
    for num_calls in (2, 5):
        running = start(bench, tmp_path, jobs)
        wait_for(bench, num_calls)
        running.kill()
        running.wait()
    survivors = bench.store.count()
    running = start(bench, tmp_path, jobs)
    scored, known, failed, _ = running.communicate(timeout=60)[0].split()
    assert (int(scored), int(known), int(failed)) == (10 - survivors, survivors, 0)
    assert bench.store.count() == 10
    # Only calls that were in flight when the batch was killed were begun twice.
    begun = [line for line in bench.lines() if not line.startswith("judge")]
    assert len(set(begun)) == 10
    assert len(begun) <= 10 + 2 * jobs


def test_a_recording_that_kills_the_program_comes_last_the_next_time(bench: Bench, tmp_path: Path) -> None:
    bench.add("a.wav", "crash")
    bench.add("b.wav")
    for _ in range(2):
        assert start(bench, tmp_path, 1).wait(60) == -signal.SIGKILL
    assert bench.lines() == ["a.wav", "a.wav", "b.wav", "judge b.wav"]
    assert bench.store.count() == 1


def test_two_batches_at_once_share_the_work(bench: Bench, tmp_path: Path) -> None:
    for number in range(8):
        bench.add(f"{number}.wav")
    both = [start(bench, tmp_path, 1), start(bench, tmp_path, 1)]
    results = [process.communicate(timeout=60)[0].split() for process in both]
    assert sum(int(result[0]) for result in results) == 8
    assert all(int(result[0]) + int(result[1]) == 8 for result in results)
    assert len([line for line in bench.lines() if not line.startswith("judge")]) == 8
    assert bench.store.count() == 8


def test_a_real_ctrl_c_ends_workers_too(bench: Bench, tmp_path: Path) -> None:
    # So many that a busy machine is not done with them before it hears of the interrupt.
    for number in range(300):
        bench.add(f"{number}.wav")
    running = start(bench, tmp_path, 2)
    wait_for(bench, 2)
    os.killpg(running.pid, signal.SIGINT)
    output = running.communicate(timeout=10)[0].split()
    assert output[3] == "True"
    assert int(output[0]) == bench.store.count() < 300
    workers = {line.split()[0] for line in bench.log.read_text().splitlines()} - {"judge"}
    assert workers
    for pid in workers:
        with pytest.raises(ProcessLookupError):
            os.kill(int(pid), 0)
