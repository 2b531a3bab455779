"""What a sheet for people holds: a row for each call and criterion, with what the machine heard."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import uuid4

from callqa.calibration.rubrics import RubricBook
from callqa.calibration.sampling import Sample, draw_sample
from callqa.data import Evidence, Recording, Verdict
from callqa.errors import UsageError
from callqa.masking import mask_analysis
from callqa.reports.call_text import clock
from callqa.store import CallSummary, LabelSheet, Store

_MAX_QUOTE = 120


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One verdict to give. `agent` is "" where it is hidden, `path` where it would tell who the
    agent is. `machine` is None where the machine's verdict is not shown."""

    call_id: str
    path: str
    agent: str
    criterion: str
    title: str
    requirement: str
    heard: str
    machine: Verdict | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet to hand out, in `language`, filled in by `labeller` ("" where it is open who)."""

    id: str
    language: str
    labeller: str
    rows: tuple[SheetRow, ...]


@dataclass(frozen=True, slots=True)
class SheetOptions:
    """What `callqa calibrate new` was asked for; `criteria` empty means all, `language` None that
    of most calls."""

    num_calls: int
    criteria: tuple[str, ...] = ()
    seed: int = 0
    labeller: str = ""
    blind: bool = False
    show_verdicts: bool = False
    language: str | None = None


def make_sheet(store: Store, options: SheetOptions) -> tuple[Sheet, LabelSheet]:
    """A sheet of randomly drawn calls, and what is to be kept about how they were drawn.

    Raises `UsageError` where there is no scored call or no such criterion.
    """
    calls = [call for call in store.summaries() if call.status == "scored"]
    if not calls:
        raise UsageError(
            "there is no scored call to draw from.", "Score calls first, or name another --workspace."
        )
    criteria = _criteria(calls, options.criteria)
    language = options.language or _language_of_most(call.language for call in calls)
    sample = draw_sample(calls, options.num_calls, criteria, options.seed)
    # Never only digits and an e: a spreadsheet would take that for a number.
    sheet_id = f"S{uuid4().hex[:8]}"
    rows = _rows(store, sample, criteria, language, options)
    sheet = Sheet(sheet_id, language, options.labeller, tuple(rows))
    return sheet, LabelSheet(sheet_id, options.seed, sample.population, sample.chances)


def _language_of_most(languages: Iterable[str]) -> str:
    found = list(languages)
    return "zh" if found.count("zh") * 2 >= len(found) else "en"


def _criteria(calls: Sequence[CallSummary], wanted: Sequence[str]) -> list[str]:
    known = list(dict.fromkeys(name for call in calls for name in call.verdicts))
    unknown = [name for name in wanted if name not in known]
    if unknown:
        raise UsageError(
            f"no stored call was judged on {', '.join(unknown)}.", f"There are {', '.join(known)}."
        )
    return [name for name in known if not wanted or name in wanted]


def _rows(
    store: Store, sample: Sample, criteria: Sequence[str], language: str, options: SheetOptions
) -> list[SheetRow]:
    book = RubricBook(store)
    rows = []
    for call_id in sample.chances:
        call = store.load(call_id)
        recording = call.analysis.facts.recording
        texts = {item.id: item for item in book.of(call).criteria}
        # A sheet goes from hand to hand: what customers said of themselves stays out of it.
        card = mask_analysis(call.analysis).scorecard
        results = {result.id: result for result in card.criteria}
        for name in criteria:
            if name not in results:
                continue
            text = texts.get(name)
            rows.append(
                SheetRow(
                    call_id=call_id,
                    path="" if options.blind and _names_agent(recording) else recording.path,
                    agent="" if options.blind else recording.agent_name or recording.agent_id or "",
                    criterion=name,
                    title=(text.title.in_language(language) if text else "") or name,
                    requirement=text.description.in_language(language) if text else "",
                    heard="\n".join(quoted(item, language) for item in _in_time(results[name].evidence)),
                    machine=results[name].verdict if options.show_verdicts else None,
                )
            )
    return rows


def _names_agent(recording: Recording) -> bool:
    path = recording.path.casefold()
    names = [name for name in (recording.agent_name, recording.agent_id) if name]
    return any(name.casefold() in path for name in names)


def _in_time(evidence: Iterable[Evidence]) -> list[Evidence]:
    """By time, not by weight: the order would tell what the machine found worst."""
    return sorted(evidence, key=lambda item: (item.start, item.end))


def quoted(item: Evidence, language: str) -> str:
    """When something was heard and what, without what the machine made of it."""
    quote = item.quote if len(item.quote) <= _MAX_QUOTE else f"{item.quote[:_MAX_QUOTE]}…"
    words = (f"“{quote}”" if language == "zh" else f'"{quote}"') if quote else "–"
    return f"{clock(item.start)}–{clock(item.end)} {words}"


def file_name(path: str) -> str:
    """The last part of a recording's path, by which people know it."""
    return os.path.basename(path) or path
