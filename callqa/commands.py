"""What each command does between reading its options and ending with a code."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from callqa import analysers
from callqa.batch import BatchResult, Outcome, run_batch
from callqa.config import Settings, load_settings
from callqa.data import CallRequest
from callqa.errors import EXIT_OK, EXIT_SOME_CALLS_FAILED, UsageError
from callqa.manifest import read_manifest
from callqa.masking import mask_analysis
from callqa.masking.access import note_unmasked
from callqa.progress import PullBars, ScoreProgress
from callqa.reports.call_text import print_call, print_line
from callqa.reports.document import call_document
from callqa.sources import collect, compile_pattern, parse_field
from callqa.store import CallSummary, Store
from callqa.stored_judging import Asked, findable
from callqa.terminal import (
    console,
    count,
    print_calls,
    print_check,
    print_failures,
    print_models,
    short_ids,
)

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


def show(
    name: str,
    as_json: bool,
    workspace: Path,
    *,
    unmasked: bool = False,
    reason: str | None = None,
    settings_file: Path | None = None,
) -> None:
    """Print one call, for people or as the document of ``docs/output.md``, with personal data masked
    unless the original is asked for with a right to it."""
    masking = load_settings(settings_file).masking
    with Store.open(workspace) as store:
        call = store.load(store.find(name))
    if unmasked:
        note_unmasked(workspace, call.id, "show", reason, masking)
        analysis = call.analysis
    else:
        analysis = mask_analysis(call.analysis, masking)
    if as_json:
        encoding = (sys.stdout.encoding or "").lower().replace("-", "")
        document = call_document(analysis, call.paths)
        text = json.dumps(document, ensure_ascii=encoding != "utf8", indent=2, allow_nan=False)
        print(text)
    else:
        print_call(console(), analysis, call.paths)


def list_calls(agent: str | None, workspace: Path) -> None:
    """Print the stored calls, and the files that failed when they were last tried."""
    out = console()
    with Store.open(workspace) as store:
        calls = store.summaries(agent=agent)
        failures = [] if agent is not None else store.failures()
    if calls:
        print_calls(out, calls)
    print_line(out, f"{count(len(calls), 'call')} in {workspace}" + (f" of {agent}" if agent else ""))
    if failures:
        print_line(out, f"not scored: {count(len(failures), 'file')}")
        print_failures(out, failures)


def list_models() -> None:
    """Print callqa's own models and whether their weights are here."""
    from callqa.weights import list_models as look

    print_models(console(), look())


def pull_models(names: Sequence[str]) -> None:
    """Bring in weights, with a bar for each model."""
    from callqa.weights import pull

    with PullBars(console()) as bars:
        folders = pull(names, bars.update)
    for folder in folders:
        print(folder)


def verify_models(names: Sequence[str]) -> bool:
    """Read weights whole and print what is wrong with them; whether all are right."""
    from callqa.weights import verify

    found = verify(names, progress=lambda name: print(f"reading {name} …", file=sys.stderr))
    print_models(console(), found)
    return all(item.state == "present" for item in found)


def run_doctor(workspace: Path) -> bool:
    """Print each check as it is made; whether everything required is well."""
    from callqa.doctor import is_healthy, run_checks

    out = console()
    checks = []
    for check in run_checks(workspace):
        checks.append(check)
        print_check(out, check)
    return is_healthy(checks)


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
