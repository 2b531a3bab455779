"""`callqa export`: tables and xAPI statements for other systems."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from callqa.coaching.periods import choose_period
from callqa.coaching.texts import criterion_texts
from callqa.commands.terminal import console, count
from callqa.config import load_settings
from callqa.reports.call_text import print_line
from callqa.reports.tables import call_rows, exported_rows, write_table
from callqa.reports.xapi import call_statements, check_homepage, session_statements, write_statements
from callqa.store import Store


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """Which calls, and where to."""

    workspace: Path
    output: Path
    period: str | None
    first: str | None
    last: str | None
    queue: str | None


def export_table(table: str, options: ExportOptions) -> None:
    """Write one table, ``calls``, ``verdicts`` or ``measures``."""
    with Store.open(options.workspace) as store:
        start, end = _days(store, options)
        queue = options.queue
        if table == "calls":
            rows = call_rows(store.judged(start=start, end=end, queue=queue), store.summaries())
        elif table == "verdicts":
            rows = exported_rows(table, store.exported_verdicts(start=start, end=end, queue=queue))
        else:
            rows = exported_rows(table, store.exported_measures(start=start, end=end, queue=queue))
        num_rows = write_table(options.output, table, rows)
    print_line(console(), f"{count(num_rows, 'row')} in {options.output}")


def export_xapi(options: ExportOptions, homepage: str | None, settings_file: Path | None) -> None:
    """Write statements about scored calls and coaching sessions."""
    settings = load_settings(settings_file).reports
    address = check_homepage(homepage or settings.xapi_homepage)
    with Store.open(options.workspace) as store:
        start, end = _days(store, options)
        language = settings.language or "zh"
        titles = criterion_texts(store.rubrics(), language)
        calls = store.judged(start=start, end=end, queue=options.queue)
        statements = [*call_statements(calls, titles, address)]
        sessions = [
            item
            for item in store.coaching.sessions()
            if (start is None or item.on.isoformat() >= start) and (end is None or item.on.isoformat() < end)
        ]
        statements += session_statements(sessions, titles, address, language)
        num_statements = write_statements(options.output, statements)
    print_line(console(), f"{count(num_statements, 'statement')} in {options.output}")


def _days(store: Store, options: ExportOptions) -> tuple[str | None, str | None]:
    period = choose_period(options.period, options.first, options.last, store.coaching.days())
    return (None, None) if period is None else (period.start.isoformat(), period.end.isoformat())
