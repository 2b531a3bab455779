"""`callqa report`: which calls a report is about, and the files it is written to."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from callqa.clips.hiding import spans_to_beep, widen_numbers
from callqa.coaching.modules import load_modules
from callqa.coaching.periods import choose_period, parse_day
from callqa.coaching.plan import make_plan
from callqa.coaching.progress import progress_of
from callqa.coaching.results import Period, TeamResult, team_results
from callqa.coaching.rules import CoachingRules, load_rules
from callqa.commands.terminal import console
from callqa.config import Settings, load_settings
from callqa.data import CallFacts
from callqa.errors import AudioError, UsageError
from callqa.masking import Masked
from callqa.reports.agent_page import MOST_CALLS, make_agent_page
from callqa.reports.call_page import make_call_page
from callqa.reports.call_text import print_line
from callqa.reports.day_page import make_day_page
from callqa.reports.html import render
from callqa.reports.sheets import agent_sheets, call_sheets, day_sheets, team_sheets
from callqa.reports.snippets import RATE_HZ, Missing, Sound, cover
from callqa.reports.sounds import AudioMode, CallReader
from callqa.reports.team_page import make_team_page
from callqa.reports.texts import LANGUAGES, Texts
from callqa.reports.workbook import Sheet, write_workbook
from callqa.store import CoachingSession, JudgedCall, Store

_ENDINGS = {"html": (".html",), "xlsx": (".xlsx",), "both": (".html", ".xlsx")}


@dataclass(frozen=True, slots=True)
class ReportOptions:
    """What every report is asked for. `fmt` is ``html``, ``xlsx`` or ``both``; `output` a file for one
    report in one format, else a folder; `pages` writes the calls' own pages beside it."""

    workspace: Path
    output: Path | None
    fmt: str
    language: str | None
    audio: AudioMode
    settings: Path | None = None
    period: str | None = None
    first: str | None = None
    last: str | None = None
    queue: str | None = None
    rules: Path | None = None
    modules: Path | None = None
    pages: bool = False


def report_calls(names: Sequence[str], options: ReportOptions) -> None:
    """Write each call's report."""
    settings = load_settings(options.settings)
    with Store.open(options.workspace) as store:
        ids = list(dict.fromkeys(store.find(name) for name in names))
        place = _Place.of(options, len(ids))
        reader = _reader(store, options, settings, place.folder)
        for call_id in ids:
            _write_call(call_id, reader, place, options, settings)


def report_agents(names: Sequence[str], options: ReportOptions) -> None:
    """Write each agent's report, everybody's where nobody is named."""
    settings, rules = load_settings(options.settings), load_rules(options.rules)
    with Store.open(options.workspace) as store:
        team, _ = _team(store, options, rules)
        texts = _texts(options, settings, (call for item in team.agents for call in item.calls))
        wanted = list(dict.fromkeys(team.find(name).agent for name in names))
        wanted = wanted or [item.agent for item in team.agents]
        place = _Place.of(options, len(wanted))
        reader = _reader(store, options, settings, place.folder)
        modules = load_modules(options.modules, texts.language)
        for agent in wanted:
            plan = make_plan(store, team, rules, modules, texts.language, agent)
            sessions = _sessions(store, agent, rules)
            page = make_agent_page(
                team, plan, plan.agents[0], sessions, reader, texts, settings.reports.appeal or ""
            )
            if options.pages:
                for call in _told(page.calls[:MOST_CALLS]):
                    _write_call(call.id, reader, place.beside(), options, settings, say=False)
            links = place.links(call.id for call in page.calls)
            place.write(
                f"agent-{agent}{_period_name(team.period)}",
                texts,
                lambda page=page, links=links: render(  # type: ignore[misc]
                    "agent", texts, page=page, links=links, queue=options.queue, most=MOST_CALLS
                ),
                lambda page=page, links=links: agent_sheets(page, texts, links),  # type: ignore[misc]
            )


def report_team(options: ReportOptions) -> None:
    """Write the team's report."""
    settings, rules = load_settings(options.settings), load_rules(options.rules)
    with Store.open(options.workspace) as store:
        team, calls = _team(store, options, rules)
        texts = _texts(options, settings, calls)
        place = _Place.of(options, 1)
        plan = make_plan(store, team, rules, load_modules(options.modules, texts.language), texts.language)
        page = make_team_page(team, plan, calls, store.coaching.sessions(), len(store.failures()), texts)
        links = place.links(call.id for call in calls)
        place.write(
            f"team{_period_name(team.period)}",
            texts,
            lambda: render("team", texts, page=page, links=links, queue=options.queue),
            lambda: team_sheets(page, texts, links),
        )


def report_day(word: str, options: ReportOptions) -> None:
    """Write a day's report."""
    settings = load_settings(options.settings)
    with Store.open(options.workspace) as store:
        day = _day(word, store.coaching.days())
        calls = store.judged(
            start=day.isoformat(), end=(day + timedelta(days=1)).isoformat(), queue=options.queue
        )
        failures = store.failures()
        if not calls:
            raise UsageError(f"no stored call began on {day}.", "`callqa list` shows what there is.")
        texts = _texts(options, settings, calls)
        place = _Place.of(options, 1)
        if options.pages:
            reader = _reader(store, options, settings, place.folder)
            for call in _told(calls):
                _write_call(call.id, reader, place.beside(), options, settings, say=False)
        silent = CallReader(store, "none", settings.masking, place.folder)
        summaries = store.summaries(ids=[call.id for call in calls])
        page = make_day_page(day, summaries, failures, silent.titles(texts.language), silent, texts)
        links = place.links(call.id for call in calls)
        place.write(
            f"day-{day}",
            texts,
            lambda: render("day", texts, page=page, links=links, queue=options.queue),
            lambda: day_sheets(page, texts, links),
        )


@dataclass(frozen=True, slots=True)
class _Place:
    """Where reports go: `file` where one is named, else into `folder`."""

    folder: Path
    file: Path | None
    endings: tuple[str, ...]

    @classmethod
    def of(cls, options: ReportOptions, num_reports: int) -> _Place:
        if options.fmt not in _ENDINGS:
            raise UsageError(f"--format {options.fmt!r} is none.", "Write html, xlsx or both.")
        output, endings = options.output, _ENDINGS[options.fmt]
        if output is None:
            return cls(Path(), None, endings)
        if output.suffix.lower() not in (".html", ".htm", ".xlsx"):
            try:
                output.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise UsageError(
                    f"cannot make the folder {output}: {error.strerror}.", "Name another one."
                ) from error
            return cls(output, None, endings)
        if num_reports > 1:
            raise UsageError(
                f"{num_reports} reports do not go into one file, {output}.", "Name a folder: -o reports"
            )
        ending = ".xlsx" if output.suffix.lower() == ".xlsx" else ".html"
        if options.fmt == "both":
            return cls(output.parent, output.with_suffix(""), endings)
        return cls(output.parent, output, (ending,))

    def beside(self) -> _Place:
        """The folder, for pages that go with a report."""
        return _Place(self.folder, None, (".html",))

    def links(self, ids: Iterable[str]) -> dict[str, str]:
        """Addresses of the calls' pages that lie in the folder."""
        try:
            there = {path.name for path in self.folder.glob("call-*.html")}
        except OSError:
            there = set()
        return {call_id: f"call-{call_id}.html" for call_id in ids if f"call-{call_id}.html" in there}

    def write(
        self,
        name: str,
        texts: Texts,
        html: Callable[[], str],
        sheets: Callable[[], list[Sheet]],
        *,
        say: bool = True,
    ) -> None:
        """Write the formats that are asked for and print where."""
        for ending in self.endings:
            if self.file is None:
                path = self.folder / f"{_file_name(name)}{ending}"
            elif self.file.suffix:
                path = self.file
            else:
                path = self.file.with_suffix(ending)
            if ending == ".xlsx":
                write_workbook(path, sheets(), texts)
            else:
                _write_text(path, html())
            if say:
                print_line(console(), str(path))


def _write_call(
    call_id: str,
    reader: CallReader,
    place: _Place,
    options: ReportOptions,
    settings: Settings,
    *,
    say: bool = True,
) -> None:
    call = reader.read(call_id)
    language = options.language or settings.reports.language or call.analysis.facts.language
    texts = Texts(_checked(language))
    page = make_call_page(call, reader.titles(texts.language), texts)
    place.write(
        f"call-{call_id}",
        texts,
        lambda: render("call", texts, page=page),
        lambda: call_sheets(page, texts),
        say=say,
    )


def _told(calls: Sequence[JudgedCall]) -> Iterable[JudgedCall]:
    """The calls, with a bar while their pages are written."""
    from rich.progress import track

    return track(calls, "pages of calls", console=console(stderr=True), transient=True)


def _reader(store: Store, options: ReportOptions, settings: Settings, folder: Path) -> CallReader:
    def listen(path: Path, facts: CallFacts, masked: Sequence[Masked]) -> Sound | Missing:
        # Decoded as it was for scoring: times of damaged files would be others with another decoder.
        from callqa.audio.decode import decode

        try:
            samples = decode(path, RATE_HZ, max_duration=settings.audio.max_duration).samples
        except AudioError:
            return "audio_unreadable"
        personal = widen_numbers(facts, masked, settings.masking.margin)
        return cover(samples.mean(axis=0), facts, spans_to_beep(facts, personal))

    return CallReader(store, options.audio, settings.masking, folder, listen)


def _team(store: Store, options: ReportOptions, rules: CoachingRules) -> tuple[TeamResult, list[JudgedCall]]:
    """Results of the period, and its calls."""
    period = choose_period(options.period, options.first, options.last, store.coaching.days())
    calls = store.judged(
        start=None if period is None else period.before.start.isoformat(),
        end=None if period is None else period.end.isoformat(),
        queue=options.queue,
    )
    team = team_results(calls, period, min_calls=rules.min_calls)
    if not team.calls:
        raise UsageError("no scored call in this period and queue.", "`callqa list` shows what there is.")
    if period is None:
        return team, calls
    undated = store.count_undated(options.queue)
    return replace(team, undated=undated), [call for call in calls if period.holds(call)]


def _sessions(store: Store, agent: str, rules: CoachingRules) -> list[tuple[CoachingSession, Any]]:
    sessions = store.coaching.sessions(agent)
    calls = store.judged() if any(item.held_on for item in sessions) else []
    return [
        (
            item,
            None if item.held_on is None else progress_of(calls, agent, item.criterion, item.held_on, rules),
        )
        for item in sessions
        if item.state != "cancelled"
    ]


def _texts(options: ReportOptions, settings: Settings, calls: Iterable[JudgedCall]) -> Texts:
    language = options.language or settings.reports.language
    if language is None:
        languages = [call.language for call in calls]
        language = "zh" if 2 * languages.count("zh") >= len(languages) else "en"
    return Texts(_checked(language))


def _checked(language: str) -> str:
    if language not in LANGUAGES:
        raise UsageError(f"--lang {language!r} is neither zh nor en.", "Leave it out for the calls' own.")
    return language


def _day(word: str, days: tuple[date, date] | None) -> date:
    """A day as people write it: ISO 8601, ``today``, ``yesterday``, or ``last``, the newest stored."""
    if word == "last":
        if days is None:
            raise UsageError("no stored call has a time.", "Give times in a manifest (started_at).")
        return days[1]
    if word in ("today", "yesterday"):
        return date.today() - timedelta(days=word == "yesterday")
    return parse_day(word, "the day")


def _period_name(period: Period | None) -> str:
    if period is None:
        return ""
    last = period.end - timedelta(days=1)
    return f"-{period.start}" if period.days == 1 else f"-{period.start}-{last}"


def _file_name(name: str) -> str:
    """A name that every system takes for a file."""
    return re.sub(r'[\x00-\x1f<>:"/\\|?*\s]+', "_", name).strip(". ") or "report"


def _write_text(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(
            f"cannot write {path}: {error.strerror}.", "Check the folder, or name another file with -o."
        ) from error
