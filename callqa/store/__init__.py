"""The workspace: what was scored, in one SQLite file. Knows `data`, never a model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from callqa.data import CallAnalysis, CallFacts, Measure, Scorecard, Verdict
from callqa.store import calls, claims, exports, judged, labels, queries, rescoring, texts, voices
from callqa.store.calls import GIVEN_FIELDS, CallKeys, KnownCall
from callqa.store.coaching import (
    NOT_FOR_TRAINING,
    CallFlag,
    CoachingRecords,
    CoachingSession,
    Consent,
    SessionEvent,
    StoredEvidence,
)
from callqa.store.database import Database, open_database
from callqa.store.exports import ExportedNumber, ExportedVerdict
from callqa.store.judged import JudgedCall, JudgedCriterion
from callqa.store.labels import Label, LabelSheet
from callqa.store.queries import CallSummary, Failure
from callqa.store.rescoring import JudgedAnew, RescoringRow
from callqa.store.texts import RubricText
from callqa.store.voices import KnownVoice, SealedVoice

__all__ = [
    "GIVEN_FIELDS",
    "NOT_FOR_TRAINING",
    "CallFlag",
    "CallKeys",
    "CallSummary",
    "CoachingRecords",
    "CoachingSession",
    "Consent",
    "ExportedNumber",
    "ExportedVerdict",
    "Failure",
    "JudgedAnew",
    "JudgedCall",
    "JudgedCriterion",
    "KnownCall",
    "KnownVoice",
    "Label",
    "LabelSheet",
    "RescoringRow",
    "RubricText",
    "SealedVoice",
    "SessionEvent",
    "Store",
    "StoredCall",
    "StoredEvidence",
]


@dataclass(frozen=True, slots=True)
class StoredCall:
    """One stored call, with every name its audio was given under."""

    id: str
    analysis: CallAnalysis
    paths: tuple[str, ...]
    keys: CallKeys


class Store:
    """One workspace. Every method is one transaction and raises `StoreError`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @classmethod
    def open(cls, workspace: Path, create: bool = False) -> Self:
        """The workspace in this folder, migrated if an older callqa wrote it; made if it is not
        there and `create` is true."""
        return cls(open_database(workspace, create))

    def close(self) -> None:
        """Let go of the workspace."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def save(
        self,
        analysis: CallAnalysis,
        keys: CallKeys,
        path: str,
        batch_id: str | None = None,
        heard: Sequence[SealedVoice] | None = None,
    ) -> None:
        """Store a finished call whole, in place of an earlier analysis of the same audio, and give
        back the claim on it. `heard` takes the place of what was kept of its voices; None leaves
        that alone."""
        with self._database.writing() as connection:
            calls.save_call(connection, analysis, keys, path, batch_id)
            if heard is not None:
                voices.replace_voices(connection, analysis.facts.recording.id, heard)
            if batch_id is not None:
                claims.release(connection, keys.sha256, batch_id)

    def save_path(self, call_id: str, path: str) -> None:
        """Note another name of a stored call's audio."""
        with self._database.writing() as connection:
            calls.save_path(connection, call_id, path)

    def save_failure(
        self, path: str, reason: str, hint: str, batch_id: str | None = None, sha256: str | None = None
    ) -> None:
        """Note why a file could not be scored, and give back the claim on it."""
        with self._database.writing() as connection:
            calls.save_failure(connection, path, reason, hint, batch_id)
            if batch_id is not None and sha256 is not None:
                claims.release(connection, sha256, batch_id)

    def find(self, name: str) -> str:
        """The id of the call that an id, the beginning of one, or a path means."""
        with self._database.reading() as connection:
            return queries.find_call(connection, name)

    def load(self, call_id: str) -> StoredCall:
        """One call, exactly as it was saved."""
        with self._database.reading() as connection:
            analysis = calls.load_call(connection, call_id)
            return StoredCall(
                call_id,
                analysis,
                queries.load_paths(connection, call_id),
                calls.load_call_keys(connection, call_id),
            )

    def files(self, call_id: str) -> tuple[str, ...]:
        """Where the files with a call's audio were when they were scored."""
        with self._database.reading() as connection:
            return queries.load_files(connection, call_id)

    def known(self, sha256: str) -> KnownCall | None:
        """What the call stored for this audio was made of, None where there is none."""
        with self._database.reading() as connection:
            return calls.load_known(connection, sha256)

    def summaries(
        self,
        *,
        agent: str | None = None,
        criterion: str | None = None,
        verdict: Verdict | None = None,
        ids: Iterable[str] | None = None,
    ) -> list[CallSummary]:
        """Stored calls, narrowed to an agent, to a criterion's verdict, or to certain ids."""
        with self._database.reading() as connection:
            return queries.list_calls(connection, agent=agent, criterion=criterion, verdict=verdict, ids=ids)

    def judged(
        self,
        *,
        start: str | None = None,
        end: str | None = None,
        agent: str | None = None,
        queue: str | None = None,
    ) -> list[JudgedCall]:
        """How calls were judged, for results over many of them; see `callqa.store.judged`."""
        with self._database.reading() as connection:
            return judged.load_judged(connection, start=start, end=end, agent=agent, queue=queue)

    def exported_verdicts(
        self, *, start: str | None = None, end: str | None = None, queue: str | None = None
    ) -> Iterator[ExportedVerdict]:
        """Verdicts row by row, for other systems."""
        with self._database.reading() as connection:
            yield from exports.verdict_rows(connection, start, end, queue)

    def exported_measures(
        self, *, start: str | None = None, end: str | None = None, queue: str | None = None
    ) -> Iterator[ExportedNumber]:
        """Every number of the measures row by row, for other systems."""
        with self._database.reading() as connection:
            yield from exports.measure_rows(connection, start, end, queue)

    @property
    def coaching(self) -> CoachingRecords:
        """Coaching sessions, consents, and marks on calls."""
        return CoachingRecords(self._database)

    def failures(self) -> list[Failure]:
        """Files whose last try failed."""
        with self._database.reading() as connection:
            return queries.list_failures(connection)

    def count(self) -> int:
        """How many calls are stored."""
        with self._database.reading() as connection:
            return queries.count_calls(connection)

    def count_undated(self, queue: str | None = None) -> int:
        """How many scored calls, of a queue or of all, have no time."""
        with self._database.reading() as connection:
            return queries.count_undated(connection, queue)

    def keep_rubric(self, rubric: RubricText) -> None:
        """Keep a rubric's text. Raises `UsageError` where its id and version mean another one."""
        with self._database.writing() as connection:
            texts.keep_rubric(connection, rubric)

    def other_text(self, rubric: RubricText) -> RubricText | None:
        """What a rubric's id and version meant before, None where it is the same or new."""
        with self._database.reading() as connection:
            return texts.find_other_text(connection, rubric)

    def rubrics(self) -> list[RubricText]:
        """Every rubric that calls were judged by."""
        with self._database.reading() as connection:
            return texts.list_rubrics(connection)

    def keep_lexicons(self, digest: str, language: str, content: Mapping[str, Any]) -> None:
        """Keep a language's lexicons."""
        with self._database.writing() as connection:
            texts.keep_lexicons(connection, digest, language, content)

    def lexicon_sets(self) -> dict[str, tuple[str, dict[str, Any]]]:
        """Language and content of each kept set of lexicons, by its digest."""
        with self._database.reading() as connection:
            return texts.load_lexicon_sets(connection)

    def rescoring_rows(self) -> list[RescoringRow]:
        """What tells, of each stored call, how it is to be judged anew."""
        with self._database.reading() as connection:
            return rescoring.rescoring_rows(connection)

    def load_for_judging(
        self, ids: Sequence[str]
    ) -> list[tuple[str, CallFacts, dict[str, Measure], Scorecard]]:
        """Facts, measures and scorecard of some calls."""
        with self._database.reading() as connection:
            return rescoring.load_for_judging(connection, ids)

    def save_judged(self, items: Sequence[JudgedAnew]) -> list[str]:
        """Write what is another now; gives the ids of calls that were changed meanwhile."""
        with self._database.writing() as connection:
            return rescoring.save_judged(connection, items)

    def begin_batch(self, version: str, settings: Any, num_requests: int) -> str:
        """Note that a batch has begun; gives its id."""
        with self._database.writing() as connection:
            return claims.begin_batch(connection, version, settings, num_requests)

    def end_batch(self, batch_id: str) -> None:
        """Note that a batch has ended, and give back all it claims."""
        with self._database.writing() as connection:
            claims.end_batch(connection, batch_id)

    def claim(self, sha256: str, batch_id: str) -> bool:
        """Take a recording for a batch; False where another batch is at work on it."""
        with self._database.writing() as connection:
            return claims.claim(connection, sha256, batch_id)

    def abandoned(self) -> set[str]:
        """Recordings (SHA-256) that a batch was at when it died."""
        with self._database.reading() as connection:
            return claims.abandoned(connection)

    def renew(self, batch_id: str) -> None:
        """Keep a batch's claims alive."""
        with self._database.writing() as connection:
            claims.renew(connection, batch_id)

    def release(self, sha256: str, batch_id: str) -> None:
        """Give a recording back unscored."""
        with self._database.writing() as connection:
            claims.release(connection, sha256, batch_id)

    def settle_voices(self, call_id: str, agent: str | None) -> None:
        """Let the voice of a call's agent teach, and forget the other speaker's; with None both."""
        with self._database.writing() as connection:
            voices.settle_voices(connection, call_id, agent)

    def call_voices(self, call_id: str) -> list[SealedVoice]:
        """What is kept of a call's voices."""
        with self._database.reading() as connection:
            return voices.call_voices(connection, call_id)

    def teaching_voices(self, agent_id: str, leave_out: str | None = None) -> list[SealedVoice]:
        """An agent's voice in the last calls that teach it, newest first, `leave_out` not among them."""
        with self._database.reading() as connection:
            return voices.teaching_voices(connection, agent_id, leave_out)

    def known_voices(self) -> list[KnownVoice]:
        """Of which agents voices are kept, and how much."""
        with self._database.reading() as connection:
            return voices.list_voices(connection)

    def forget_voices(self, agent_id: str | None = None) -> int:
        """Delete all that is kept of an agent's voice, with None of everybody's, from the file as
        well; gives how many voices there were."""
        with self._database.writing() as connection:
            num_deleted = voices.forget_voices(connection, agent_id)
        self._database.drop_log()
        return num_deleted

    def save_sheet(self, sheet: LabelSheet) -> None:
        """Keep how the calls of a sheet for people were drawn."""
        with self._database.writing() as connection:
            labels.save_sheet(connection, sheet)

    def sheets(self) -> dict[str, LabelSheet]:
        """Every sheet that was handed out, by its id."""
        with self._database.reading() as connection:
            return labels.load_sheets(connection)

    def save_labels(self, given: Iterable[Label]) -> None:
        """Keep people's verdicts, each in place of what the same person said of it before."""
        with self._database.writing() as connection:
            labels.save_labels(connection, given)

    def labels(self) -> list[Label]:
        """Every verdict that people gave."""
        with self._database.reading() as connection:
            return labels.load_labels(connection)
