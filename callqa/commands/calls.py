"""`callqa show` and `callqa list`: one stored call, and all of them."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from callqa.commands.terminal import console, count, print_calls, print_failures
from callqa.config import load_settings
from callqa.masking import mask_analysis
from callqa.masking.access import note_unmasked
from callqa.reports.call_text import print_call, print_line
from callqa.reports.document import call_document
from callqa.store import Store


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
