"""`callqa score`: which recordings are scored, how it gets on, and what came of it."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from callqa import analysers
from callqa.batch import BatchResult, Outcome, run_batch
from callqa.commands.progress import ScoreProgress
from callqa.commands.terminal import console, count, print_calls, print_failures, short_ids
from callqa.config import Settings, load_settings
from callqa.data import CallRequest
from callqa.errors import EXIT_OK, EXIT_SOME_CALLS_FAILED, UsageError
from callqa.manifest import read_manifest
from callqa.reports.call_text import print_line
from callqa.sources import collect, compile_pattern, parse_field
from callqa.store import CallSummary, Store
from callqa.stored_judging import Asked, findable

EXIT_INTERRUPTED = 130
_WITHOUT_SCORE = {
    "no_speech": (
        "nobody speaks in it: silence, ringing or music.",
        "Leave it out, or look after the recorder if somebody should be heard.",
    ),
    "one_party": (
        "only one person is heard.",
        "Leave it out, or look after the recorder: it has to take both sides.",
    ),
    "too_short": ("too little is said in it to score.", "Leave it out."),
}
_EXPORT_AGAIN = "Export or copy the recording again, and score that."


@dataclass(frozen=True, slots=True)
class ScoreOptions:
    """What `callqa score` was asked for."""

    paths: tuple[str, ...]
    manifest: Path | None
    company: str | None
    filename_pattern: str | None
    jobs: int
    asked: Asked
    language: str | None
    force: bool
    workspace: Path


def score(options: ScoreOptions) -> int:
    """Score recordings, print a line each and the table of them all; gives the exit code."""
    settings = _settings(options.asked.settings, options.company)
    settings = options.asked.applied(settings)
    rubric = None if options.asked.rubric is None else findable(options.asked.rubric)
    factory = analysers.make_factory(settings, rubric)
    requests, unreadable = _requests(options)
    out = console()
    with Store.open(options.workspace, create=True) as store:
        analysers.keep_texts(store, analysers.open_judge(settings, rubric))
        with ScoreProgress(out) as progress:
            result = run_batch(
                requests,
                store,
                factory,
                settings=settings,
                rubrics_digest=analysers.rubrics_digest(rubric, settings),
                rubric=rubric,
                workspace=options.workspace,
                jobs=options.jobs,
                force=options.force,
                listener=progress,
            )
        calls = store.summaries(ids=result.call_ids)
    if calls:
        print_calls(out, calls)
    failures = [*unreadable, *result.failures, *_without_score(calls)]
    in_part = _scored_in_part(calls)
    for title, listed in (("not scored", failures), ("scored in part", in_part)):
        if listed:
            num_files = sum(len(item.paths) for item in listed)
            print_line(out, f"{title}: {count(num_files, 'file')}")
            print_failures(out, listed)
    _print_end(result, calls, options.workspace)
    if result.interrupted:
        return EXIT_INTERRUPTED
    return EXIT_SOME_CALLS_FAILED if failures or in_part else EXIT_OK


def _settings(file: Path | None, company: str | None) -> Settings:
    settings = load_settings(file)
    if company is None:
        return settings
    if not company.strip():
        raise UsageError("--company is empty.", "Write the name as agents say it, or leave it out.")
    return settings.model_copy(update={"company": company.strip()})


def _requests(options: ScoreOptions) -> tuple[Sequence[CallRequest], list[Outcome]]:
    language = options.language
    if language is not None:
        try:
            parsed = parse_field("language", language)
        except ValueError as error:
            raise UsageError(f"--language: {error}.", "Leave it out and the language is found.") from error
        language = None if parsed is None else str(parsed)
    pattern = None if options.filename_pattern is None else compile_pattern(options.filename_pattern)
    manifest = [] if options.manifest is None else read_manifest(options.manifest)
    found = collect(
        options.paths,
        manifest=manifest,
        pattern=pattern,
        language=language,
        leave_out=options.workspace,
    )
    if found.num_ignored:
        print(f"{count(found.num_ignored, 'file')} without a recording's ending left out.", file=sys.stderr)
    unreadable = [
        Outcome("failed", (path,), reason=f"{path}: {reason}", hint=hint)
        for path, reason, hint in found.unreadable
    ]
    return found.requests, unreadable


def _without_score(calls: Sequence[CallSummary]) -> list[Outcome]:
    """Calls that were analysed but hold no conversation to score."""
    found = []
    for call in calls:
        if call.status in _WITHOUT_SCORE:
            reason, hint = _WITHOUT_SCORE[call.status]
            if call.truncated:
                reason, hint = f"{reason[:-1]}, and the file is cut off or damaged.", _EXPORT_AGAIN
            found.append(Outcome("failed", call.paths, call.id, None, f"{call.paths[0]}: {reason}", hint))
    return found


def _scored_in_part(calls: Sequence[CallSummary]) -> list[Outcome]:
    """Calls of which the file's beginning alone could be read."""
    return [
        Outcome(
            "failed",
            call.paths,
            call.id,
            None,
            f"{call.paths[0]} is cut off or damaged; "
            f"the {call.duration:.0f} s that could be read were judged.",
            _EXPORT_AGAIN,
        )
        for call in calls
        if call.truncated and call.status not in _WITHOUT_SCORE
    ]


def _print_end(result: BatchResult, calls: Sequence[CallSummary], workspace: Path) -> None:
    out = console()
    num_new = result.num_scored + result.num_rescored
    if result.interrupted:
        kept = f"stopped; {count(len(result.call_ids), 'call')} done and kept."
        print_line(out, f"{kept} The same command goes on where this one stopped.")
        return
    if not num_new and result.num_known and not result.failures:
        print_line(out, f"nothing to do: {count(result.num_known, 'call')} already scored.")
    elif result.call_ids:
        parts = [
            f"{number} {what}"
            for number, what in (
                (result.num_scored, "analysed"),
                (result.num_rescored, "judged anew from what was stored"),
                (result.num_known, "already scored"),
            )
            if number
        ]
        print_line(out, f"{count(len(result.call_ids), 'call')}: {', '.join(parts)}.")
    if calls:
        place = "" if str(workspace) == "callqa-workspace" else f" --workspace {shlex.quote(str(workspace))}"
        first = short_ids([call.id for call in calls])[calls[0].id]
        print_line(out, f"look closer:  callqa show {first}{place}")
        uncertain = [call for call in calls if not call.roles_certain and call.status == "scored"]
        if uncertain:
            waiting = count(len(uncertain), "call")
            print_line(out, f"{waiting} with uncertain roles; look and settle:  callqa roles{place}")
