"""Many calls: what has to be done, doing it, and keeping each call as soon as it is done."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import threading
from collections import deque
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import callqa
from callqa.audio.decode import hash_file, recording_id
from callqa.config import Settings
from callqa.data import CallAnalysis, CallRequest
from callqa.errors import AudioError, StoreError
from callqa.rescoring import Judge, judge_anew
from callqa.settling import carry_roles, look_again
from callqa.store import GIVEN_FIELDS, CallKeys, KnownCall, SealedVoice, Store
from callqa.voices import voice_keeper
from callqa.workers import Analyser, AnalyserFactory, Finished, Task, run_inline, run_processes

_RENEW_SECONDS = 15.0
_ERROR_LOG = "errors.log"

OutcomeKind = Literal["scored", "rescored", "known", "failed"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one file of a batch ended. ``known``: it had been scored before and nothing changed;
    ``rescored``: judged anew from what was stored, without its audio. `paths` are all of its
    names in this batch. `analysis` is there for calls that were scored or re-scored now."""

    kind: OutcomeKind
    paths: tuple[str, ...]
    call_id: str | None = None
    analysis: CallAnalysis | None = None
    reason: str = ""
    hint: str = ""


class BatchListener:
    """Hears what a batch does; the default keeps silent."""

    def looking(self, num_looked: int, num_files: int) -> None:
        """So many of the files were compared with what is stored."""

    def planned(self, num_to_do: int) -> None:
        """So many recordings have to be scored or re-scored."""

    def progress(self, path: str, stage: str, share: float) -> None:
        """A call is at a stage; `share` (0-1) of the whole call is done."""

    def waiting(self, num_calls: int) -> None:
        """Another batch is at work on the last so many calls; this one waits for it."""

    def finished(self, outcome: Outcome) -> None:
        """A file is done, one way or another."""


@dataclass(slots=True)
class BatchResult:
    """What a batch came to. `call_ids` has every call of the batch that is stored, in order."""

    call_ids: list[str] = field(default_factory=list)
    num_scored: int = 0
    num_rescored: int = 0
    num_known: int = 0
    failures: list[Outcome] = field(default_factory=list)
    interrupted: bool = False


def facts_key(settings: Settings, request: CallRequest) -> str:
    """A digest of all that a call's facts depend on beside its audio."""
    chosen = settings.model_dump(mode="json")
    measures = chosen.pop("measures")
    # Of rubrics and lexicons, facts know nothing.
    for name in ("voice_key_file", "rubrics", "lexicons"):
        chosen.pop(name)
    if not chosen["voices"]:
        # Calls that were analysed before there was this setting are not done again.
        chosen.pop("voices")
    # The only setting of the measures that is already used while the audio is at hand.
    chosen["pause"] = measures["pause"]
    # These four steer recognition and roles; the others only stand on the scorecard.
    given = [request.agent_name, request.company, request.agent_channel, request.language]
    return _digest([chosen, given])


def judge_key(settings: Settings, rubrics_digest: str) -> str:
    """A digest of all that verdicts depend on beside the facts."""
    chosen = settings.model_dump(mode="json", exclude={"voices", "voice_key_file", "rubrics", "lexicons"})
    return _digest([callqa.__version__, chosen, rubrics_digest])


def run_batch(
    requests: Sequence[CallRequest],
    store: Store,
    factory: AnalyserFactory,
    *,
    settings: Settings,
    rubrics_digest: str,
    workspace: Path,
    rubric: str | None = None,
    jobs: int = 1,
    force: bool = False,
    listener: BatchListener | None = None,
) -> BatchResult:
    """Score every recording that is not yet stored as these settings would make it.

    Each call is saved in one transaction when it is done. A recording that cannot be scored is
    noted and does not stop the others. Ctrl-C ends the batch with what is done kept. Raises
    `StoreError` where the workspace cannot be written, and any `CallqaError` that is not about
    one recording (missing weights).
    """
    batch = _Batch(
        store, factory, settings, rubric, rubrics_digest, workspace, force, listener or BatchListener()
    )
    return batch.run(requests, jobs)


class _Batch:
    def __init__(
        self,
        store: Store,
        factory: AnalyserFactory,
        settings: Settings,
        rubric: str | None,
        rubrics_digest: str,
        workspace: Path,
        force: bool,
        listener: BatchListener,
    ) -> None:
        self.store = store
        self.factory = factory
        self.settings = settings
        self.rubric = rubric
        self.judge_key = judge_key(settings, rubrics_digest)
        self.workspace = workspace
        self.force = force
        self.listener = listener
        self.voices = voice_keeper(store, settings)
        self.result = BatchResult()
        self.batch_id = ""
        self._judge: Analyser | None = None
        # Calls stored under this digest when the batch began; --force does those again, but not
        # what another batch stored since.
        self._forced: set[str] = set()
        # Calls of this batch with uncertain roles.
        self._uncertain: list[str] = []

    def run(self, requests: Sequence[CallRequest], jobs: int) -> BatchResult:
        self.batch_id = self.store.begin_batch(
            callqa.__version__, self.settings.model_dump(mode="json"), len(requests)
        )
        with _renewing(self.store, self.batch_id):
            try:
                to_do = self._plan(requests)
                self.listener.planned(len(to_do))
                jobs = min(jobs, len(to_do))
                results: Generator[Finished]
                if jobs > 1:
                    results = run_processes(self._claimable(to_do), self.factory, jobs, self._progress)
                else:
                    results = run_inline(self._claimable(to_do), self.factory, self._progress)
                with closing(results):
                    for finished in results:
                        self._keep(finished)
                self._look_again()
            except KeyboardInterrupt:
                self.result.interrupted = True
            finally:
                self.store.end_batch(self.batch_id)
        return self.result

    def _plan(self, requests: Sequence[CallRequest]) -> deque[Task]:
        """What is to do: one task an audio, whatever the number of its names."""
        tasks: dict[str, Task] = {}
        for position, request in enumerate(requests):
            self.listener.looking(position, len(requests))
            try:
                sha256 = hash_file(Path(request.path))
            except AudioError as error:
                self._fail((request.path,), None, error.message, error.hint)
                continue
            twin = tasks.get(sha256)
            if twin is None:
                tasks[sha256] = Task(sha256, request)
            else:
                merged = _with_given(twin.request, _given(request))
                tasks[sha256] = Task(sha256, merged, (*twin.paths, request.path))
        to_do: deque[Task] = deque()
        for task in tasks.values():
            known = self.store.known(task.sha256)
            if known is None:
                to_do.append(task)
            elif self.force:
                self._forced.add(task.sha256)
                to_do.append(self._as_known(task, known))
            elif not self._settle_known(self._as_known(task, known), known):
                to_do.append(self._as_known(task, known))
        # A recording that kills the program must not keep the others from being scored.
        abandoned = self.store.abandoned()
        return deque(sorted(to_do, key=lambda task: task.sha256 in abandoned))

    def _as_known(self, task: Task, known: KnownCall) -> Task:
        """What an earlier batch knew about a call holds until something else is said."""
        return dataclasses.replace(task, request=_with_given(task.request, known.keys.given))

    def _settle_known(self, task: Task, known: KnownCall) -> bool:
        """Deal with a call whose facts are stored; False where the audio is needed."""
        request = task.request
        if known.keys.facts_key != facts_key(self.settings, request):
            return False
        given = _given(request)
        if known.keys.judge_key == self.judge_key and given == dict(known.keys.given):
            for path in (request.path, *task.paths):
                self.store.save_path(known.id, path)
            self._report(Outcome("known", (request.path, *task.paths), known.id))
            return True
        before = self.store.load(known.id).analysis
        facts = before.facts
        said = {name: value for name, value in given.items() if value is not None}
        facts = dataclasses.replace(facts, recording=dataclasses.replace(facts.recording, **said))
        # What an agent's voice was taken for goes with the agent's number.
        heard = None if facts.recording.agent_id == before.facts.recording.agent_id else ()
        self._save(task, judge_anew(before, facts, self._made_judge()), "rescored", heard)
        return True

    def _claimable(self, to_do: deque[Task]) -> Iterator[Task | None]:
        """Tasks of which this batch has the claim. None while another batch has the rest."""
        told = False
        while to_do:
            held: deque[Task] = deque()
            while to_do:
                task = to_do.popleft()
                if not self.store.claim(task.sha256, self.batch_id):
                    held.append(task)
                    continue
                # Between looking and claiming, another batch may have finished it.
                known = None if task.sha256 in self._forced else self.store.known(task.sha256)
                if known is not None and self._settle_known(self._as_known(task, known), known):
                    self.store.release(task.sha256, self.batch_id)
                    continue
                yield self._with_agent_voice(task)
            to_do = held
            if to_do:
                if not told:
                    self.listener.waiting(len(to_do))
                    told = True
                yield None

    def _with_agent_voice(self, task: Task) -> Task:
        """The task with how its agent sounded in other calls, those of this batch among them."""
        agent_id = task.request.agent_id
        if self.voices is None or agent_id is None:
            return task
        known = self.voices.agent_voice(agent_id, leave_out=recording_id(task.sha256))
        return dataclasses.replace(task, request=dataclasses.replace(task.request, agent_voice=known))

    def _look_again(self) -> None:
        """Find roles that stayed uncertain by voices that only later calls of the batch taught."""
        if self.voices is None:
            return
        for call_id in self._uncertain:
            look_again(self.store, call_id, self.voices, self._made_judge())

    def _made_judge(self) -> Judge:
        if self._judge is None:
            self._judge = self.factory()
        return self._judge.judge

    def _progress(self, task: Task, stage: str, share: float) -> None:
        self.listener.progress(task.request.path, stage, share)

    def _keep(self, finished: Finished) -> None:
        task = finished.task
        analysis = finished.analysis
        if analysis is None:
            hint = finished.hint
            if finished.trace:
                hint = f"Where it came from stands in {self._log(finished)}; please report it."
            self._fail((task.request.path, *task.paths), task.sha256, finished.reason, hint)
        elif not task.sha256.startswith(analysis.facts.recording.id):
            self._fail(
                (task.request.path, *task.paths),
                task.sha256,
                f"{task.request.path} changed while it was scored.",
                "Wait until the recording is complete, and run the same command again.",
            )
        else:
            analysis = self._with_settled_roles(task, analysis)
            # Where voices are off now, none are kept from when they were on.
            heard = () if self.voices is None else self.voices.sealed(analysis.facts, finished.voices)
            self._save(task, analysis, "scored", heard)
            if not analysis.facts.roles.certain:
                self._uncertain.append(analysis.facts.recording.id)

    def _with_settled_roles(self, task: Task, analysis: CallAnalysis) -> CallAnalysis:
        """What a person said about the roles of this audio holds for a new analysis as well."""
        known = self.store.known(task.sha256)
        if known is None:
            return analysis
        before = self.store.load(known.id).analysis.facts
        facts = carry_roles(before, analysis.facts)
        if facts is analysis.facts:
            return analysis
        return judge_anew(analysis, facts, self._made_judge())

    def _save(
        self,
        task: Task,
        analysis: CallAnalysis,
        kind: OutcomeKind,
        heard: Sequence[SealedVoice] | None,
    ) -> None:
        request = task.request
        keys = CallKeys(
            task.sha256,
            facts_key(self.settings, request),
            self.judge_key,
            _given(request),
            self.settings.model_dump(mode="json"),
            self.rubric,
        )
        self.store.save(analysis, keys, request.path, self.batch_id, heard)
        call_id = analysis.facts.recording.id
        for path in task.paths:
            self.store.save_path(call_id, path)
        self._report(Outcome(kind, (request.path, *task.paths), call_id, analysis))

    def _fail(self, paths: tuple[str, ...], sha256: str | None, reason: str, hint: str) -> None:
        self.store.save_failure(paths[0], reason, hint, self.batch_id, sha256)
        for path in paths[1:]:
            self.store.save_failure(path, f"{path} is the same file: {reason}", hint, self.batch_id)
        self._report(Outcome("failed", paths, None, None, reason, hint))

    def _report(self, outcome: Outcome) -> None:
        result = self.result
        if outcome.call_id is not None:
            result.call_ids.append(outcome.call_id)
        if outcome.kind == "scored":
            result.num_scored += 1
        elif outcome.kind == "rescored":
            result.num_rescored += 1
        elif outcome.kind == "known":
            result.num_known += 1
        else:
            result.failures.append(outcome)
        self.listener.finished(outcome)

    def _log(self, finished: Finished) -> Path:
        path = self.workspace / _ERROR_LOG
        try:
            with path.open("a", encoding="utf-8") as log:
                log.write(f"{finished.task.request.path}\n{finished.trace}\n")
        except OSError as error:
            raise StoreError(f"cannot write {path}: {error.strerror}.", "Free some space.") from error
        return path


def _given(request: CallRequest) -> dict[str, Any]:
    return {name: getattr(request, name) for name in GIVEN_FIELDS}


def _with_given(request: CallRequest, given: Mapping[str, Any]) -> CallRequest:
    """The request, with what it does not say itself taken from `given`."""
    missing = {
        name: value for name, value in given.items() if value is not None and getattr(request, name) is None
    }
    return dataclasses.replace(request, **missing) if missing else request


@contextmanager
def _renewing(store: Store, batch_id: str) -> Iterator[None]:
    """Keep the batch's claims alive, also while a long call is being scored."""
    stop = threading.Event()

    def renew() -> None:
        while not stop.wait(_RENEW_SECONDS):
            try:
                store.renew(batch_id)
            except StoreError:
                # The next save meets the same trouble, in the thread that can report it.
                return

    thread = threading.Thread(target=renew, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _digest(value: object) -> str:
    text = json.dumps(value, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
