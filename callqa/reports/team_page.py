"""The team's report: levels by agent and behaviour, trend, who needs which module, what waits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from markupsafe import Markup

from callqa.coaching import wording
from callqa.coaching.advice import TeamPlan
from callqa.coaching.levels import Level, level_of
from callqa.coaching.results import AgentResult, TeamResult, day_of
from callqa.coaching.texts import text_of
from callqa.reports.agent_page import figure_words, ordered
from callqa.reports.shapes import interval, number, percent, period_words
from callqa.reports.svg import Step, trend
from callqa.reports.texts import Texts
from callqa.store import CoachingSession, JudgedCall

_STEP_DAYS = 7
_SHADES = (0.3, 0.5, 0.7, 0.85)  # levels from which a cell is a shade greener


@dataclass(frozen=True, slots=True)
class Cell:
    """One level in the heat table. `shade` is 0 (low) to 4 (high), None without a level; `mark` is
    ``above``, ``below`` or ""."""

    level: Level
    words: str
    interval: str
    shade: int | None
    mark: str


@dataclass(frozen=True, slots=True)
class Row:
    """One agent. `missing` is above 0 where there are too few calls, and `cells` are empty then."""

    agent: str
    label: str
    num_calls: int
    missing: int
    judged_share: float | None
    score: tuple[float | None, float | None, float | None]
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class TeamTrend:
    """A behaviour's levels of the whole team, step by step."""

    criterion: str
    title: str
    steps: tuple[Step, ...]
    chart: Markup
    figures: str


@dataclass(frozen=True, slots=True)
class TeamPage:
    """Everything that stands in the team's report. `tiles` are a number and what it counts;
    `num_fine` agents have nothing to work on and do not stand in `plans`."""

    period: str
    tiles: tuple[tuple[str, str], ...]
    criteria: tuple[tuple[str, str], ...]
    rows: tuple[Row, ...]
    total: Row
    min_calls: int
    trends: tuple[TeamTrend, ...]
    plans: tuple[tuple[str, str, str], ...]
    num_fine: int
    needs: tuple[tuple[str, int, tuple[str, ...], int], ...]
    gaps: tuple[str, ...]
    due: tuple[tuple[str, str], ...]
    waiting: tuple[str, ...]
    calls: tuple[JudgedCall, ...]


def make_team_page(
    team: TeamResult,
    plan: TeamPlan,
    calls: Sequence[JudgedCall],
    sessions: Sequence[CoachingSession],
    num_failures: int,
    texts: Texts,
) -> TeamPage:
    """The report of the team; `calls` are those of the period, also those without a score."""
    names = ordered(team.levels)
    scored = [call for call in calls if call.status == "scored"]
    waiting = sum(not call.roles_certain for call in scored)
    shares = [call.judged_share for call in scored]
    mean, low, high = team.score
    tiles = [
        (str(team.calls), texts("calls")),
        (str(len(team.agents)), texts("agents")),
        (number(mean, 0), f"{texts('mean_score')} ({number(low, 0)}–{number(high, 0)})"),
        (percent(sum(shares) / len(shares) if shares else None), texts("judged")),
        (str(waiting), texts("roles_waiting")),
        (str(num_failures), texts("not_scored_files")),
    ]
    tiles += [
        (str(count), texts(key))
        for key, count in (("unassigned", team.unassigned), ("undated", team.undated))
        if count
    ]
    language = scored[-1].language if scored else texts.language
    return TeamPage(
        period=period_words(team.period, texts),
        tiles=tuple(tiles),
        criteria=tuple((name, text_of(plan.texts, name).title) for name in names),
        rows=tuple(_row(agent, names) for agent in team.agents),
        total=Row(
            "",
            texts("team_row"),
            team.calls,
            0,
            sum(shares) / len(shares) if shares else None,
            team.score,
            tuple(_cell(team.levels[name], "") for name in names),
        ),
        min_calls=team.min_calls,
        trends=tuple(_trend(team, name, scored, plan, language, texts) for name in names),
        plans=tuple(
            (item.agent, item.label, wording.headline(plan, item))
            for item in plan.agents
            if item.advice or item.missing_calls
        ),
        num_fine=sum(not item.advice and not item.missing_calls for item in plan.agents),
        needs=tuple(
            (need.module.title, need.module.minutes, need.agents, need.classes) for need in plan.needs
        ),
        gaps=tuple(wording.team_gap_sentence(plan, gap) for gap in plan.team_gaps),
        due=tuple(
            (
                item.agent,
                texts(
                    "session_with",
                    title=text_of(plan.texts, item.criterion).title,
                    coach=item.coach,
                    state=wording.state_words(item, texts.language),
                ),
            )
            for item in sessions
            if item.is_open
        ),
        waiting=(texts("waiting_roles", n=waiting),) if waiting else (),
        calls=tuple(calls),
    )


def _row(agent: AgentResult, names: Sequence[str]) -> Row:
    judged = agent.is_judged
    return Row(
        agent.agent,
        agent.label,
        len(agent.calls),
        agent.missing_calls,
        agent.judged_share if judged else None,
        agent.score if judged else (None, None, None),
        tuple(_cell(agent.behaviours[name].level, agent.behaviours[name].mark or "") for name in names)
        if judged
        else (),
    )


def _cell(level: Level, mark: str) -> Cell:
    shade = None if level.value is None else sum(level.value >= limit for limit in _SHADES)
    return Cell(level, percent(level.value), interval(level), shade, mark)


def _trend(
    team: TeamResult,
    name: str,
    calls: Sequence[JudgedCall],
    plan: TeamPlan,
    language: str,
    texts: Texts,
) -> TeamTrend:
    title = text_of(plan.texts, name).title
    steps = _steps(team, name, calls)
    return TeamTrend(
        name, title, steps, trend(steps, title), figure_words(team.figures[name], language, texts)
    )


def _steps(team: TeamResult, name: str, calls: Sequence[JudgedCall]) -> tuple[Step, ...]:
    days = [(day, call) for call in calls if (day := day_of(call)) is not None]
    if not days:
        return ()
    first = min(day for day, _ in days)
    start = team.period.start if team.period else first - timedelta(days=first.weekday())
    weeks: dict[int, list[JudgedCall]] = defaultdict(list)
    for day, call in days:
        weeks[(day - start).days // _STEP_DAYS].append(call)
    steps = []
    for week in range(max(weeks) + 1):
        level = level_of(weeks.get(week, ()), name)
        begins = start + timedelta(days=week * _STEP_DAYS)
        steps.append((begins.isoformat(), level.value, level.low, level.high))
    return tuple(steps)
