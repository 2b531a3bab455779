"""`callqa agents`, `coach`, `sessions`, `consents` and `flag`: results of agents, what to work on, and
what came of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

from callqa.coaching import wording
from callqa.coaching.advice import Progress
from callqa.coaching.modules import load_modules
from callqa.coaching.periods import choose_period, parse_day
from callqa.coaching.plan import make_plan
from callqa.coaching.progress import progress_of
from callqa.coaching.results import Period, TeamResult, agent_of, team_results
from callqa.coaching.rules import CoachingRules, load_rules
from callqa.coaching.texts import criterion_texts
from callqa.commands.coach_tables import (
    PLAN_COLUMNS,
    RESULT_COLUMNS,
    plain,
    plan_rows,
    print_json,
    result_rows,
    results_document,
    write_csv,
)
from callqa.commands.coach_text import print_agent, print_agents, print_plan, print_sessions, print_team
from callqa.commands.terminal import console, count
from callqa.errors import UsageError
from callqa.reports.call_text import print_line
from callqa.settling import user_name
from callqa.store import NOT_FOR_TRAINING, CoachingSession, JudgedCall, Store

Step = Literal["held", "acknowledged", "followed_up", "cancelled"]


@dataclass(frozen=True, slots=True)
class Selection:
    """Which calls are looked at: a period in words or by its days, a queue."""

    period: str | None
    first: str | None
    last: str | None
    queue: str | None
    workspace: Path


def list_agents(
    selection: Selection, agent: str | None, min_calls: int | None, csv: Path | None, as_json: bool
) -> None:
    """Print results of all agents, or everything about one."""
    rules = _rules(None, min_calls)
    with Store.open(selection.workspace) as store:
        team = _team(store, selection, rules)
    shown = team.agents if agent is None else (team.find(agent),)
    if as_json:
        print_json(results_document(team, shown))
        return
    out = console()
    if csv is not None:
        num_rows = write_csv(csv, RESULT_COLUMNS, result_rows(team, shown))
        print_line(out, f"{count(num_rows, 'row')} in {csv}")
    elif agent is None:
        print_agents(out, team)
    else:
        print_agent(out, team, shown[0])


def coach(
    selection: Selection,
    agent: str | None,
    *,
    min_calls: int | None,
    rules_file: Path | None,
    modules_file: Path | None,
    language: str | None,
    csv: Path | None,
    as_json: bool,
) -> None:
    """Print an agent's plan, or everybody's in short and who needs the same."""
    rules = _rules(rules_file, min_calls)
    with Store.open(selection.workspace) as store:
        team = _team(store, selection, rules)
        chosen = _language(language, [call for item in team.agents for call in item.calls])
        only = None if agent is None else team.find(agent).agent
        modules = load_modules(modules_file, chosen)
        in_full = agent is not None or as_json or csv is not None
        plan = make_plan(store, team, rules, modules, chosen, only, with_moments=in_full)
    if as_json:
        print_json(plain(plan))
        return
    out = console()
    if csv is not None:
        num_rows = write_csv(csv, PLAN_COLUMNS, plan_rows(plan, plan.agents))
        print_line(out, f"{count(num_rows, 'row')} in {csv}")
    elif agent is None:
        print_team(out, plan)
        print_line(out, "one agent's plan:  callqa coach AGENT")
    else:
        print_plan(out, plan, plan.agents)


def plan_session(
    workspace: Path, agent: str, behaviour: str, on: str, coach_name: str | None, note: str, by: str | None
) -> None:
    """Plan a talk with an agent about one behaviour."""
    day, who = parse_day(on, "--on"), by or user_name()
    with Store.open(workspace) as store:
        calls = store.judged()
        number = team_results(calls).find(agent).agent
        known = sorted({name for call in calls for name in call.criteria})
        if behaviour not in known:
            raise UsageError(f"there is no behaviour {behaviour!r}.", f"There are: {', '.join(known)}.")
        session = store.coaching.plan(number, behaviour, coach_name or who, day, who, note)
    print_line(
        console(), f"session {session.id}: {number}, {behaviour}, {wording.state_words(session, 'en')}"
    )


def move_session(
    workspace: Path,
    number: int,
    step: Step,
    *,
    text: str,
    by: str | None,
    on: str | None = None,
    rules_file: Path | None = None,
) -> None:
    """Take a session one step on; a follow-up says what came of it."""
    rules = load_rules(rules_file)
    out = console()
    with Store.open(workspace) as store:
        held_on = follow_up = None
        if step == "held":
            held_on = date.today() if on is None else parse_day(on, "--on")
            follow_up = held_on + timedelta(days=rules.follow_up_days)
        session = store.coaching.move(
            number, step, by or user_name(), text, held_on=held_on, follow_up_on=follow_up
        )
        print_line(out, f"session {number}: {session.agent}, {wording.state_words(session, 'en')}")
        progress = _progress(store, [session], rules).get(session.id) if step == "followed_up" else None
    if progress is not None:
        print_line(out, wording.progress_sentence(progress, "en"))


def list_sessions(
    workspace: Path,
    agent: str | None,
    due_only: bool,
    today: str | None,
    language: str | None,
    rules_file: Path | None,
    as_json: bool,
) -> None:
    """Print sessions with what came of them, or those with a step that is due."""
    rules = load_rules(rules_file)
    day = date.today() if today is None else parse_day(today, "--today")
    with Store.open(workspace) as store:
        number = None if agent is None else team_results(store.judged()).find(agent).agent
        sessions = store.coaching.sessions(number)
        if due_only:
            sessions = due_sessions(sessions, day)
        found = _progress(store, sessions, rules)
        chosen = language or "en"
        texts = criterion_texts(store.rubrics(), chosen)
    if as_json:
        print_json([plain(session) | {"progress": plain(found.get(session.id))} for session in sessions])
        return
    out = console()
    if sessions:
        print_sessions(out, sessions, texts, chosen, lambda session: found.get(session.id))
    what = f"with a step due on {day}" if due_only else "in all"
    print_line(out, f"{count(len(sessions), 'session')} {what}")


def set_consent(workspace: Path, agent: str | None, by_name: bool | None, by: str | None) -> None:
    """Note whether an agent's good examples may carry the name, or list what was said."""
    out = console()
    with Store.open(workspace) as store:
        if agent is None:
            for consent in store.coaching.consents().values():
                word = "by name" if consent.by_name else "without a name"
                print_line(out, f"{consent.agent}: {word}, since {consent.at[:10]}, noted by {consent.by}")
            print_line(out, "of anybody else, good examples are shown without a name.")
            return
        if by_name is None:
            raise UsageError(f"what did {agent} say?", "Add --by-name or --anonymous.")
        number = team_results(store.judged()).find(agent).agent
        store.coaching.save_consent(number, by_name, by or user_name())
    print_line(out, f"{number}: good examples are shown {'by name' if by_name else 'without a name'}.")


def flag_call(workspace: Path, call: str | None, clear: bool, reason: str, by: str | None) -> None:
    """Mark a call as not for training, take that back, or list what is marked."""
    out = console()
    with Store.open(workspace) as store:
        if call is None:
            flags = store.coaching.flags(NOT_FOR_TRAINING)
            for flag in flags:
                why = f": {flag.reason}" if flag.reason else ""
                print_line(out, f"{flag.call_id}  {flag.at[:10]}  {flag.by}{why}")
            print_line(out, f"{count(len(flags), 'call')} not for training")
            return
        call_id = store.find(call)
        if clear:
            there = store.coaching.unflag(call_id, NOT_FOR_TRAINING)
            print_line(out, f"{call_id}: {'may be used for training again' if there else 'was not marked'}.")
            return
        store.coaching.flag(call_id, NOT_FOR_TRAINING, by or user_name(), reason)
    print_line(out, f"{call_id}: not for training; it still counts in the results.")


def due_sessions(sessions: list[CoachingSession], today: date) -> list[CoachingSession]:
    """Sessions whose next step is due, the longest due first."""
    due = [(session.due_on, session.id, session) for session in sessions if session.due_on is not None]
    return [session for day, _, session in sorted(due, key=lambda item: item[:2]) if day <= today]


def _rules(path: Path | None, min_calls: int | None) -> CoachingRules:
    rules = load_rules(path)
    return rules if min_calls is None else rules.model_copy(update={"min_calls": min_calls})


def _team(store: Store, selection: Selection, rules: CoachingRules) -> TeamResult:
    period = choose_period(selection.period, selection.first, selection.last, store.coaching.days())
    calls = store.judged(
        start=None if period is None else period.before.start.isoformat(),
        end=None if period is None else period.end.isoformat(),
        queue=selection.queue,
    )
    team = team_results(calls, period, min_calls=rules.min_calls)
    if not team.calls:
        where = f"the queue {selection.queue}" if selection.queue else "this period"
        raise UsageError(
            f"no scored call in {where if period or selection.queue else selection.workspace}.",
            "`callqa list` shows what there is.",
        )
    return replace(team, undated=store.count_undated(selection.queue)) if period is not None else team


def _language(language: str | None, calls: list[JudgedCall]) -> str:
    if language is not None:
        if language not in ("zh", "en"):
            raise UsageError(f"--lang {language!r} is neither zh nor en.", "Leave it out for the calls' own.")
        return language
    return "zh" if 2 * sum(call.language == "zh" for call in calls) >= len(calls) else "en"


def _progress(store: Store, sessions: list[CoachingSession], rules: CoachingRules) -> dict[int, Progress]:
    """Before and after, of the sessions that were held."""
    held = [(session, session.held_on) for session in sessions if session.held_on is not None]
    if not held:
        return {}
    days = [day for _, day in held]
    reach = timedelta(days=rules.window_days + 2)
    window = Period(min(days) - reach, max(days) + reach)
    calls = store.judged(start=window.start.isoformat(), end=window.end.isoformat())
    return {
        session.id: progress_of(calls, session.agent, session.criterion, day, rules)
        for session, day in held
        if session.state != "cancelled" and any(agent_of(call) == session.agent for call in calls)
    }
