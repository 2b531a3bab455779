"""Results of agents over a period: levels, trends, against the team and against themselves before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from callqa.coaching.figures import Figure, figures_of
from callqa.coaching.levels import (
    NO_CHANGE,
    Change,
    Difference,
    Level,
    Strata,
    Tally,
    change_of,
    compare,
    false_discovery,
    level_of,
    strata_of,
    student_interval,
    whole,
)
from callqa.errors import UsageError
from callqa.store.judged import JudgedCall

DEFAULT_MIN_CALLS = 8
"""Calls below which nothing is ranked or advised. With eight calls a 95 % interval of a level is
still some 0.6 wide in its middle: fewer say next to nothing about a person."""
CERTAIN = 0.05
"""A difference counts as clear where its corrected p is below this."""
_FEWEST_RANKED = 3  # among fewer agents a percentile is no more than an order


@dataclass(frozen=True, slots=True)
class Period:
    """Days [start, end)."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise UsageError(f"a period cannot end ({self.end}) before it begins ({self.start}).")

    @property
    def days(self) -> int:
        """How long it is."""
        return (self.end - self.start).days

    @property
    def before(self) -> Period:
        """The period of the same length just before."""
        return Period(self.start - timedelta(days=self.days), self.start)

    def holds(self, call: JudgedCall) -> bool:
        """Whether a call began in it."""
        day = day_of(call)
        return day is not None and self.start <= day < self.end


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """One step of a trend, from its first day."""

    start: date
    level: Level


@dataclass(frozen=True, slots=True)
class BehaviourResult:
    """One criterion of one agent.

    `team` is the level of everybody else's calls, `against_team` the comparison with them inside
    each queue and language, its p corrected for all agents and criteria that were looked at
    (`corrected_p`). `change` is the movement inside the period, its p corrected likewise
    (`corrected_change_p`). `percentile` is the share of agents with enough calls whose level is not
    higher (0-100), None where fewer than three have. `earlier` is the agent's own level in the
    period before.
    """

    criterion: str
    weight: float
    level: Level
    team: Level
    against_team: Difference
    corrected_p: float | None
    percentile: float | None
    earlier: Level
    against_earlier: Difference
    trend: tuple[TrendPoint, ...]
    figures: tuple[Figure, ...]
    change: Change = NO_CHANGE
    corrected_change_p: float | None = None

    @property
    def mark(self) -> Literal["above", "below"] | None:
        """Whether it is clearly above or below the team; None where that is not certain, as always
        for agents with too few calls."""
        sign = _sign(self.against_team.gap, self.corrected_p)
        return ("above" if sign > 0 else "below") if sign else None

    @property
    def direction(self) -> Literal["up", "down"] | None:
        """Where it clearly moves inside the period, None where that is not certain."""
        sign = _sign(self.change.per_week, self.corrected_change_p)
        return ("up" if sign > 0 else "down") if sign else None


@dataclass(frozen=True, slots=True)
class AgentResult:
    """One agent's period. `missing_calls` says how many more it takes until anything is ranked
    or advised; 0 where there are enough. `score` is the mean call score (0-100) with its 95 %
    interval. `name` is the latest that was given."""

    agent: str
    name: str | None
    calls: tuple[JudgedCall, ...]
    missing_calls: int
    score: tuple[float | None, float | None, float | None]
    judged_share: float | None
    behaviours: Mapping[str, BehaviourResult]

    @property
    def is_judged(self) -> bool:
        """Whether there are enough calls to say anything."""
        return not self.missing_calls

    @property
    def label(self) -> str:
        """Name and number, as far as they are known."""
        if self.name and self.name != self.agent:
            return f"{self.name} ({self.agent})"
        return self.name or self.agent


@dataclass(frozen=True, slots=True)
class TeamResult:
    """Everybody's period. `agents` by label's number; `unassigned` counts the calls of nobody known,
    `undated` those in no period because they have no time."""

    period: Period | None
    min_calls: int
    agents: tuple[AgentResult, ...]
    levels: Mapping[str, Level]
    figures: Mapping[str, tuple[Figure, ...]]
    score: tuple[float | None, float | None, float | None]
    calls: int
    unassigned: int
    undated: int

    def find(self, agent: str) -> AgentResult:
        """An agent by number or name. Raises `UsageError` where there is none, or several."""
        found = [item for item in self.agents if agent in (item.agent, item.name)]
        if len(found) == 1:
            return found[0]
        if found:
            raise UsageError(
                f"{agent!r} means {len(found)} agents: {', '.join(item.agent for item in found)}.",
                "Give the agent's number.",
            )
        known = ", ".join(item.label for item in self.agents[:8]) or "nobody"
        raise UsageError(f"no agent {agent!r} has calls in this period.", f"There are: {known}.")


def team_results(
    calls: Sequence[JudgedCall],
    period: Period | None = None,
    *,
    min_calls: int = DEFAULT_MIN_CALLS,
    step_days: int = 7,
) -> TeamResult:
    """Results of everybody. `calls` also holds those before the period, for what is compared with
    them; without a period all calls count and nothing is earlier. Only calls with a conversation
    (status ``scored``) count; trends go in steps of `step_days`."""
    scored = [call for call in calls if call.status == "scored"]
    current = [call for call in scored if period is None or period.holds(call)]
    earlier = [call for call in scored if period is not None and period.before.holds(call)]
    of_agent, of_agent_before = _by_agent(current), _by_agent(earlier)
    criteria = list(dict.fromkeys(name for call in current for name in call.criteria))
    weights = {name: item.weight for call in current for name, item in call.criteria.items()}
    enough = {agent for agent, own in of_agent.items() if len(own) >= min_calls}
    everybody = {name: strata_of(current, name) for name in criteria}
    unassigned = {
        name: strata_of((call for call in current if agent_of(call) is None), name) for name in criteria
    }
    tallies = {(agent, name): strata_of(own, name) for agent, own in of_agent.items() for name in criteria}
    others = {
        (agent, name): _less(_less(everybody[name], unassigned[name]), own)
        for (agent, name), own in tallies.items()
    }
    gaps = {key: compare(own, others[key], cautious=True) for key, own in tallies.items()}
    levels = {key: whole(own).level for key, own in tallies.items()}
    # Only who has enough calls is looked at, so only they count in the correction.
    looked_at = [key for key in gaps if key[0] in enough]
    corrected = dict(zip(looked_at, false_discovery([gaps[key].p for key in looked_at]), strict=True))
    days = {agent: [(_ordinal(call), call) for call in own] for agent, own in of_agent.items()}
    changes = {
        (agent, name): change_of(((day, call) for day, call in days[agent] if day is not None), name)
        for agent, name in looked_at
    }
    changed = dict(zip(looked_at, false_discovery([changes[key].p for key in looked_at]), strict=True))
    agents = []
    for agent, own in of_agent.items():
        before = of_agent_before.get(agent, [])
        behaviours = {}
        for name in criteria:
            was = strata_of(before, name)
            behaviours[name] = BehaviourResult(
                criterion=name,
                weight=weights[name],
                level=levels[agent, name],
                team=whole(others[agent, name]).level,
                against_team=gaps[agent, name],
                corrected_p=corrected.get((agent, name)),
                percentile=_percentile(agent, name, levels, enough),
                earlier=whole(was).level,
                against_earlier=compare(tallies[agent, name], was),
                trend=_trend(own, name, period, step_days),
                figures=figures_of(own, name),
                change=changes.get((agent, name), NO_CHANGE),
                corrected_change_p=changed.get((agent, name)),
            )
        shares = [call.judged_share for call in own]
        agents.append(
            AgentResult(
                agent=agent,
                name=next((call.agent_name for call in reversed(own) if call.agent_name), None),
                calls=tuple(own),
                missing_calls=max(0, min_calls - len(own)),
                score=score_of(own),
                judged_share=sum(shares) / len(shares) if shares else None,
                behaviours=behaviours,
            )
        )
    return TeamResult(
        period=period,
        min_calls=min_calls,
        agents=tuple(sorted(agents, key=lambda item: item.agent)),
        levels={name: whole(everybody[name]).level for name in criteria},
        figures={name: figures_of(current, name) for name in criteria},
        score=score_of(current),
        calls=len(current),
        unassigned=len(current) - sum(map(len, of_agent.values())),
        undated=sum(day_of(call) is None for call in scored) if period is not None else 0,
    )


def score_of(calls: Sequence[JudgedCall]) -> tuple[float | None, float | None, float | None]:
    """Mean call score (0-100) with its 95 % interval."""
    return student_interval([call.score for call in calls if call.score is not None], 0.0, 100.0)


def agent_of(call: JudgedCall) -> str | None:
    """The agent's number, else name; None where nobody is known."""
    return call.agent_id or call.agent_name


def day_of(call: JudgedCall) -> date | None:
    """The day it began, None where that is not known."""
    try:
        return date.fromisoformat((call.started_at or "")[:10])
    except ValueError:
        return None


def _ordinal(call: JudgedCall) -> int | None:
    day = day_of(call)
    return None if day is None else day.toordinal()


def _sign(value: float | None, p: float | None) -> int:
    """1 or -1 where a number is clearly above or below 0, else 0."""
    if not value or p is None or p >= CERTAIN:
        return 0
    return 1 if value > 0 else -1


def _by_agent(calls: Sequence[JudgedCall]) -> dict[str, list[JudgedCall]]:
    groups: dict[str, list[JudgedCall]] = defaultdict(list)
    for call in calls:
        agent = agent_of(call)
        if agent is not None:
            groups[agent].append(call)
    return groups


def _less(all_strata: Strata, own: Strata) -> dict[tuple[str, str], Tally]:
    return {key: tally - own[key] if key in own else tally for key, tally in all_strata.items()}


def _percentile(
    agent: str, criterion: str, levels: Mapping[tuple[str, str], Level], enough: set[str]
) -> float | None:
    own = levels[agent, criterion].value
    known = [value for other in enough if (value := levels[other, criterion].value) is not None]
    if agent not in enough or own is None or len(known) < _FEWEST_RANKED:
        return None
    return 100 * sum(value <= own for value in known) / len(known)


def _trend(
    calls: Sequence[JudgedCall], criterion: str, period: Period | None, step_days: int
) -> tuple[TrendPoint, ...]:
    days = [day for call in calls if (day := day_of(call)) is not None]
    if not days:
        return ()
    start = period.start if period else min(days) - timedelta(days=min(days).weekday())
    steps: dict[int, list[JudgedCall]] = defaultdict(list)
    for call in calls:
        day = day_of(call)
        if day is not None:
            steps[(day - start).days // step_days].append(call)
    return tuple(
        TrendPoint(start + timedelta(days=step * step_days), level_of(own, criterion))
        for step, own in sorted(steps.items())
    )
