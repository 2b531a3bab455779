"""Many calls at once: worker processes that load their models once, and may die without harm.

`concurrent.futures` gives up on every call when one worker is killed for memory. Here each
worker has one call and one pipe of its own, so that a dead one costs its own call alone.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
import traceback
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection, wait
from typing import Any, Protocol, runtime_checkable

from callqa.data import CallAnalysis, CallFacts, CallRequest
from callqa.data.voices import SpeakerVoice
from callqa.errors import AudioError, CallqaError
from callqa.store.codec import pack, unpack

_POLL_SECONDS = 1.0
_MAX_FALSE_STARTS = 3
_THREAD_VARIABLES = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")


class Analyser(Protocol):
    """Scores one call after the other; models are loaded on the first."""

    def analyse(self, request: CallRequest, hook: Callable[[str, float], None] | None = None) -> CallFacts:
        """What can be found out from the recording. Raises `AudioError` for one that cannot be
        scored; any other `CallqaError` ends the batch."""

    def judge(self, facts: CallFacts) -> CallAnalysis:
        """Measures and scorecard, without the audio and without models."""


@runtime_checkable
class HearsVoices(Protocol):
    """An analyser that also knows how the speakers of the call it last analysed sound. That is no
    part of the call's facts, so that it is not stored or exported with them."""

    @property
    def voices(self) -> tuple[SpeakerVoice, ...]:
        """The voices, empty where they are not to be heard."""


AnalyserFactory = Callable[[], Analyser]
"""Makes an analyser; has to be picklable, for worker processes make their own."""


@dataclass(frozen=True, slots=True)
class Task:
    """One recording to score. `paths` are further names of the same audio."""

    sha256: str
    request: CallRequest
    paths: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finished:
    """How a task ended: with an analysis, or with a reason and a hint. `trace` is where an
    unexpected error came from. `voices` is how the speakers sound, where that is to be kept."""

    task: Task
    analysis: CallAnalysis | None = None
    reason: str = ""
    hint: str = ""
    trace: str = ""
    voices: tuple[SpeakerVoice, ...] = ()


OnProgress = Callable[[Task, str, float], None]


def run_inline(
    tasks: Iterable[Task | None], factory: AnalyserFactory, on_progress: OnProgress
) -> Generator[Finished]:
    """Score one call after the other in this process. A task of None means: none right now."""
    analyser = factory()
    for task in tasks:
        if task is None:
            time.sleep(_POLL_SECONDS)
            continue
        yield _run_one(analyser, task, partial(on_progress, task))


def run_processes(
    tasks: Iterable[Task | None], factory: AnalyserFactory, jobs: int, on_progress: OnProgress
) -> Generator[Finished]:
    """Score calls in `jobs` processes, each with its share of the cores.

    Results come as they are ready. A process that dies gives its call up with a reason and is
    replaced. Raises the `CallqaError` that any process meets which is not about one recording.
    """
    queue = iter(tasks)
    workers = [_Worker(factory, jobs) for _ in range(jobs)]
    false_starts = 0
    more = True
    try:
        while True:
            for worker in workers:
                if not (more and worker.ready and worker.task is None):
                    continue
                try:
                    task = next(queue)
                except StopIteration:
                    more = False
                    break
                if task is None:
                    break
                worker.give(task)
            if not more and all(worker.task is None for worker in workers):
                return
            by_pipe = {worker.pipe: worker for worker in workers}
            for pipe in wait(list(by_pipe), _POLL_SECONDS):
                worker = by_pipe[pipe]  # type: ignore[index]
                message = worker.receive()
                if message is None:
                    workers[workers.index(worker)] = _Worker(factory, jobs)
                    if worker.task is not None:
                        reason, hint = _cause_of_death(worker.exit_code())
                        yield Finished(worker.task, None, f"{worker.task.request.path}: {reason}", hint)
                        continue
                    false_starts += 1
                    if false_starts >= _MAX_FALSE_STARTS:
                        reason, hint = _cause_of_death(worker.exit_code())
                        raise CallqaError(f"worker processes do not start: {reason}", hint)
                elif message[0] == "progress" and worker.task is not None:
                    on_progress(worker.task, message[1], message[2])
                elif message[0] == "fatal":
                    raise message[1]
                elif message[0] == "done":
                    task, worker.task = worker.task, None
                    if task is not None:
                        yield _unpacked(task, *message[1:])
    finally:
        for worker in workers:
            worker.stop()


def _run_one(analyser: Analyser, task: Task, hook: Callable[[str, float], None]) -> Finished:
    path = task.request.path
    try:
        analysis = analyser.judge(analyser.analyse(task.request, hook))
        voices = analyser.voices if isinstance(analyser, HearsVoices) else ()
        return Finished(task, analysis, voices=voices)
    except AudioError as error:
        return Finished(task, None, error.message, error.hint)
    except CallqaError:
        raise
    except MemoryError:
        return Finished(task, None, f"{path}: the memory did not suffice.", _LESS_MEMORY)
    except Exception as error:
        # A mistake of ours must not cost the other calls; it is listed, and its trace is kept.
        reason = f"{path}: an error inside callqa ({type(error).__name__}: {error})."
        return Finished(task, None, reason, "", traceback.format_exc())


_LESS_MEMORY = "Use fewer --jobs, or a machine with more memory, and run the same command again."


def _cause_of_death(code: int | None) -> tuple[str, str]:
    if code is not None and code < 0:
        try:
            name = signal.Signals(-code).name
        except ValueError:
            name = f"signal {-code}"
        if -code == signal.SIGKILL:
            return "the process that scored it was killed; mostly the memory was used up.", _LESS_MEMORY
        return (
            f"the process that scored it crashed ({name}).",
            "Convert the recording to WAV and try again; if it crashes again, leave it out and report it.",
        )
    return f"the process that scored it ended (exit code {code}).", "Run the same command again."


def _unpacked(
    task: Task,
    packed: bytes | None,
    reason: str,
    hint: str,
    trace: str,
    voices: tuple[SpeakerVoice, ...],
) -> Finished:
    analysis = None if packed is None else unpack(CallAnalysis, packed)
    return Finished(task, analysis, reason, hint, trace, voices)


class _Worker:
    """One process, its pipe, and the call it is at."""

    def __init__(self, factory: AnalyserFactory, jobs: int) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.ready = False
        self.task: Task | None = None
        self._process = context.Process(target=_work, args=(theirs, factory), daemon=True)
        with _spawning(jobs):
            self._process.start()
        theirs.close()

    def give(self, task: Task) -> None:
        """Hand over a call. A worker that has just died is found out by `receive`."""
        self.task = task
        try:
            self.pipe.send(task)
        except OSError:
            return

    def receive(self) -> tuple[Any, ...] | None:
        """The worker's next message; None where it died."""
        try:
            message: tuple[Any, ...] = self.pipe.recv()
        except (EOFError, OSError):
            self._process.join()
            self.pipe.close()
            return None
        if message[0] == "ready":
            self.ready = True
        return message

    def exit_code(self) -> int | None:
        """What the process ended with; negative for a signal."""
        return self._process.exitcode

    def stop(self) -> None:
        """End the process, whatever it is at."""
        self._process.kill()
        self._process.join()
        self.pipe.close()


@contextmanager
def _spawning(jobs: int) -> Iterator[None]:
    """Children start with their share of the threads, and deaf to Ctrl-C: the parent decides."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    before = {name: os.environ.get(name) for name in _THREAD_VARIABLES}
    os.environ.update(dict.fromkeys(_THREAD_VARIABLES, str(max(1, cores // jobs))))
    can_block = hasattr(signal, "pthread_sigmask")
    if can_block:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        if can_block:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _work(pipe: Connection, factory: AnalyserFactory) -> None:
    """A worker's life: make the analyser, score what comes, end with the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()

    def report(stage: str, share: float) -> None:
        pipe.send(("progress", stage, share))

    try:
        analyser = factory()
        pipe.send(("ready",))
        while True:
            done = _run_one(analyser, pipe.recv(), report)
            packed = None if done.analysis is None else pack(done.analysis)
            pipe.send(("done", packed, done.reason, done.hint, done.trace, done.voices))
    except CallqaError as error:
        pipe.send(("fatal", error))
    except (EOFError, OSError):
        return


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
