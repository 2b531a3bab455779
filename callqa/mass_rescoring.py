"""All stored calls judged anew, without their audio: in processes, and no more than has to be.

Where only the rubric is another, measures are kept. Where lexicons are, only measures that read
them are taken anew, and only of calls in which a changed phrase may be said. Results are the same
as those of measuring everything, which `whole` does.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import callqa
from callqa.data import CallFacts, Measure, Scorecard
from callqa.judging import Judge, Retaking, measures_key, retaking, with_retaken
from callqa.language.lexicon import LexiconSet, from_plain
from callqa.measures import GROUPS
from callqa.rescoring import Rescored
from callqa.store import JudgedAnew, RescoringRow, Store

_CHUNK = 25
# Calls that are saved in one transaction. Fewer stored calls than this change all together or not
# at all; of more, what is saved stays when the rest is stopped, and the same command goes on.
_CALLS_A_SAVE = 2000
# Seconds of work that starting a process has to be worth.
_WORTH_A_PROCESS = 1.5
_SECONDS_A_CALL = {"none": 0.006, "some": 0.015, "all": 0.08}


@dataclass(frozen=True, slots=True)
class CallJudging:
    """How one call is to be judged: the judge, and what is kept with the call."""

    judge: Judge
    judge_key: str
    rubric: str | None


JudgingOfRow = Callable[[RescoringRow], CallJudging]


@dataclass(frozen=True, slots=True)
class _Work:
    """What calls of one kind have in common. `retake` None: every measure."""

    judging: CallJudging
    retake: Retaking | None

    @property
    def amount(self) -> str:
        """How much measuring it asks for."""
        return "all" if self.retake is None else "some" if self.retake.groups else "none"


@dataclass(frozen=True, slots=True)
class _Judged:
    """What a worker gives back for a call; `measures` are those that are another now."""

    call_id: str
    before: Scorecard
    after: Scorecard
    measures: Mapping[str, Measure]


@dataclass(slots=True)
class RescoreResult:
    """What re-scoring came to. `num_untouched` calls had nothing to be judged anew by;
    `num_measured` had measures that are others now. `changes` are those calls whose scorecard is
    another, in the order of `callqa list`. `left` were changed by another program meanwhile."""

    changes: list[Rescored] = field(default_factory=list)
    num_calls: int = 0
    num_judged: int = 0
    num_untouched: int = 0
    num_measured: int = 0
    left: list[str] = field(default_factory=list)


class Listener:
    """Hears how far re-scoring is; the default keeps silent."""

    def planned(self, num_calls: int) -> None:
        """So many calls are to be judged anew."""

    def advanced(self, num_calls: int) -> None:
        """So many more are done."""


def rescore_all(
    store: Store,
    workspace: Path,
    judging_of: JudgingOfRow,
    *,
    dry_run: bool = False,
    whole: bool = False,
    processes: int | None = None,
    listener: Listener | None = None,
) -> RescoreResult:
    """Judge every stored call anew as `judging_of` says and save what is another; with `dry_run`
    nothing is saved. `whole` takes every measure of every call. `processes` is how many to use,
    None for as many as pay.
    """
    tell = listener or Listener()
    rows = store.rescoring_rows()
    result = RescoreResult(num_calls=len(rows))
    works, planned = _plan(store, rows, judging_of, whole)
    result.num_judged, result.num_untouched = len(planned), len(rows) - len(planned)
    tell.planned(len(planned))
    by_id = {row.id: (row, works[number]) for row, number in planned}
    unsaved: list[JudgedAnew] = []
    order = {row.id: position for position, (row, _) in enumerate(planned)}
    tasks = [(row.id, number) for row, number in planned]
    for judged in _run(workspace, store, works, tasks, processes):
        for item in judged:
            row, work = by_id[item.call_id]
            result.num_measured += bool(item.measures)
            change = _rescored(row, item)
            if change.is_other:
                result.changes.append(change)
            if not dry_run:
                unsaved.append(_to_save(row, item, work))
        tell.advanced(len(judged))
        if len(unsaved) >= _CALLS_A_SAVE:
            result.left += store.save_judged(unsaved)
            unsaved = []
    if unsaved:
        result.left += store.save_judged(unsaved)
    result.changes.sort(key=lambda change: order[change.call_id])
    return result


def _plan(
    store: Store, rows: Sequence[RescoringRow], judging_of: JudgingOfRow, whole: bool
) -> tuple[list[_Work], list[tuple[RescoringRow, int]]]:
    """Kinds of work, and which kind each call needs; calls that need none are left out."""
    kept = {digest: _lexicon_set(item) for digest, item in store.lexicon_sets().items()}
    works: list[_Work] = []
    numbers: dict[tuple[Any, ...], int] = {}
    planned: list[tuple[RescoringRow, int]] = []
    retakings: dict[tuple[str, str], Retaking] = {}
    for row in rows:
        judging = judging_of(row)
        if judging.judge_key == row.judge_key and not whole:
            continue
        now = judging.judge.lexicons[row.language]
        same_measuring = row.measures_key == measures_key(judging.judge.settings)
        if whole or not same_measuring or row.lexicons_digest not in kept:
            retake = None
            key: tuple[Any, ...] = (id(judging), None)
        else:
            pair = (str(row.lexicons_digest), now.digest)
            if pair not in retakings:
                retakings[pair] = retaking(kept[pair[0]], now)
            retake = retakings[pair]
            key = (id(judging), pair)
        if key not in numbers:
            numbers[key] = len(works)
            works.append(_Work(judging, retake))
        planned.append((row, numbers[key]))
    return works, planned


def _lexicon_set(kept: tuple[str, dict[str, Any]]) -> LexiconSet:
    return from_plain(*kept)


def _run(
    workspace: Path,
    store: Store,
    works: list[_Work],
    tasks: list[tuple[str, int]],
    processes: int | None,
) -> Iterator[list[_Judged]]:
    chunks = [tasks[first : first + _CHUNK] for first in range(0, len(tasks), _CHUNK)]
    seconds = sum(_SECONDS_A_CALL[works[number].amount] for _, number in tasks)
    paying = 1 + int(seconds / 2 / _WORTH_A_PROCESS)
    num = processes or min(len(os.sched_getaffinity(0)), paying)
    if num <= 1 or len(chunks) < 2:
        for chunk in chunks:
            yield _judge_chunk(store, works, chunk)
        return
    # New processes rather than forks: libraries may have started threads in this one.
    pool = ProcessPoolExecutor(
        num, mp_context=get_context("spawn"), initializer=_start, initargs=(workspace, _plain(works))
    )
    try:
        waiting: set[Future[list[_Judged]]] = {pool.submit(_in_process, chunk) for chunk in chunks}
        while waiting:
            done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            for future in done:
                yield future.result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _plain(works: list[_Work]) -> list[tuple[CallJudging, tuple[tuple[str, ...], Any, Any] | None]]:
    """Work as it can be sent to a process: what takes measures is named, not sent."""
    return [
        (
            work.judging,
            None
            if work.retake is None
            else (
                tuple(group.names[0] for group in work.retake.groups),
                work.retake.phrases,
                work.retake.loose,
            ),
        )
        for work in works
    ]


_here: dict[str, Any] = {}


def _start(workspace: Path, works: list[tuple[CallJudging, Any]]) -> None:
    # Ctrl-C is the parent's business: it ends this process in good order.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _here["store"] = Store.open(workspace)
    _here["works"] = [_Work(judging, None if sent is None else _received(*sent)) for judging, sent in works]


def _received(names: tuple[str, ...], phrases: Any, loose: Any) -> Retaking:
    return Retaking(tuple(group for group in GROUPS if group.names[0] in names), phrases, loose)


def _in_process(chunk: list[tuple[str, int]]) -> list[_Judged]:
    return _judge_chunk(_here["store"], _here["works"], chunk)


def _judge_chunk(store: Store, works: Sequence[_Work], chunk: Sequence[tuple[str, int]]) -> list[_Judged]:
    work_of = dict(chunk)
    return [
        _judge_one(works[work_of[call_id]], call_id, facts, measures, before)
        for call_id, facts, measures, before in store.load_for_judging(list(work_of))
    ]


def _judge_one(
    work: _Work, call_id: str, facts: CallFacts, measures: Mapping[str, Measure], before: Scorecard
) -> _Judged:
    judge = work.judging.judge
    groups = (
        GROUPS
        if work.retake is None
        else work.retake.affected(facts, judge.settings.measures.pinyin_similarity)
    )
    taken = with_retaken(facts, measures, groups, judge) if groups else dict(measures)
    changed = {name: measure for name, measure in taken.items() if measures.get(name) != measure}
    return _Judged(call_id, before, judge.score(facts, taken), changed)


def _rescored(row: RescoringRow, item: _Judged) -> Rescored:
    return Rescored(
        row.id, row.paths, item.before, item.after, row.agent_id, row.agent_name, tuple(item.measures)
    )


def _to_save(row: RescoringRow, item: _Judged, work: _Work) -> JudgedAnew:
    judging = work.judging
    settings = judging.judge.settings
    return JudgedAnew(
        row=row,
        before=item.before,
        after=item.after,
        measures=item.measures,
        settings=settings.model_dump(mode="json"),
        settings_hash=settings.hash(),
        callqa_version=callqa.__version__,
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        rubric=judging.rubric,
        lexicons_digest=judging.judge.lexicons[row.language].digest,
        measures_key=measures_key(settings),
        judge_key=judging.judge_key,
    )
