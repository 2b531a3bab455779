"""Which behaviours matter most now, and what goes well: decided on numbers alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from callqa.coaching.advice import Strength, TeamGap, Why
from callqa.coaching.levels import below_target, compare, false_discovery, strata_of
from callqa.coaching.results import AgentResult, BehaviourResult, TeamResult
from callqa.coaching.rules import CoachingRules

_MAX_STRENGTHS = 3
_GOOD = 0.5  # what is reached in fewer than half of the calls is nobody's strength


@dataclass(frozen=True, slots=True)
class Need:
    """A behaviour to work on, before moments and modules are looked for; see `Advice`."""

    result: BehaviourResult
    why: Why
    target: float | None
    gap: float
    corrected_p: float

    @property
    def priority(self) -> float:
        """Gap x weight x certainty."""
        return self.gap * self.result.weight * (1 - self.corrected_p)


@dataclass(frozen=True, slots=True)
class Choice:
    """What was found of one agent; empty where there are too few calls."""

    needs: tuple[Need, ...] = ()
    strengths: tuple[Strength, ...] = ()
    recovered: tuple[str, ...] = ()


def choose(team: TeamResult, rules: CoachingRules) -> dict[str, Choice]:
    """What matters most now for each agent, and what goes well.

    A behaviour needs work where the agent is certainly below everybody else, or certainly below its
    target while the others certainly reach it; both by at least `rules.min_gap`, with p corrected for
    all that was looked at. What was below but has clearly risen, and is level with the team in the
    latest half of the calls, is no need any more: it has recovered.
    """
    judged = [agent for agent in team.agents if agent.is_judged]
    to_target = _target_ps(judged, rules)
    found = {agent.agent: Choice() for agent in team.agents}
    for agent in judged:
        needs, recovered = [], []
        for name, result in agent.behaviours.items():
            need = _need(result, rules, to_target.get((agent.agent, name)))
            if need is None:
                continue
            if _caught_up(agent, name, team, rules):
                recovered.append(name)
            else:
                needs.append(need)
        needs.sort(key=lambda need: (-need.priority, need.result.criterion))
        weak = {need.result.criterion for need in needs}
        found[agent.agent] = Choice(
            tuple(needs[: rules.max_advice]), _strengths(agent, weak, rules), tuple(recovered)
        )
    return found


def team_gaps(team: TeamResult, rules: CoachingRules) -> tuple[TeamGap, ...]:
    """Behaviours in which the team as a whole is certainly below its target: all calls together, and
    the agent in the middle as well, so that a few agents do not make a gap of everybody's."""
    gaps = []
    for name, level in team.levels.items():
        target = rules.target_of(name)
        values = [
            value
            for agent in team.agents
            if agent.is_judged and (value := agent.behaviours[name].level.value) is not None
        ]
        if target is None or level.high is None or not values:
            continue
        if level.high < target and median(values) < target:
            gaps.append(TeamGap(name, level, target))
    return tuple(gaps)


def _target_ps(agents: Sequence[AgentResult], rules: CoachingRules) -> dict[tuple[str, str], float]:
    keys, values = [], []
    for agent in agents:
        for name, result in agent.behaviours.items():
            target = rules.target_of(name)
            if target is not None:
                keys.append((agent.agent, name))
                values.append(below_target(result.level, target))
    corrected = zip(keys, false_discovery(values), strict=True)
    return {key: p for key, p in corrected if p is not None}


def _need(result: BehaviourResult, rules: CoachingRules, target_p: float | None) -> Need | None:
    gap, p = result.against_team.gap, result.corrected_p
    if gap is not None and p is not None and -gap >= rules.min_gap and p < rules.advise_below:
        return Need(result, "below_team", None, -gap, p)
    target, value, others = rules.target_of(result.criterion), result.level.value, result.team.low
    if target is None or value is None or target_p is None or others is None or others < target:
        return None
    if target - value >= rules.min_gap and target_p < rules.advise_below:
        return Need(result, "below_target", target, target - value, target_p)
    return None


def _caught_up(agent: AgentResult, criterion: str, team: TeamResult, rules: CoachingRules) -> bool:
    """Whether the latest half of the calls is clearly better than the half before, and level with the
    team: one look at what stands out already, so its p is as it is."""
    half = len(agent.calls) // 2
    earlier, latest = (strata_of(calls, criterion) for calls in (agent.calls[:half], agent.calls[half:]))
    risen = compare(latest, earlier)
    if risen.gap is None or risen.p is None or risen.gap <= 0 or risen.p >= rules.certain_below:
        return False
    others = [call for other in team.agents if other.agent != agent.agent for call in other.calls]
    beside = compare(latest, strata_of(others, criterion))
    return beside.gap is not None and beside.gap > -rules.min_gap


def _strengths(agent: AgentResult, weak: set[str], rules: CoachingRules) -> tuple[Strength, ...]:
    """At most three, the surest first; where nothing stands out, what goes best."""
    found: list[tuple[int, float, Strength]] = []
    known: Mapping[str, BehaviourResult] = {
        name: result
        for name, result in agent.behaviours.items()
        if name not in weak and result.level.value is not None and result.level.value >= _GOOD
    }
    for name, result in known.items():
        target, level = rules.target_of(name), result.level
        if result.mark == "above":
            strength = Strength(name, "above_team", level, result.against_team.gap)
            found.append((0, result.weight, strength))
        elif result.direction == "up":
            found.append((1, result.weight, Strength(name, "improved", level)))
        elif target is not None and level.low is not None and level.low >= target:
            found.append((2, result.weight, Strength(name, "on_target", level)))
    if not found and known:
        best = max(known.values(), key=lambda item: (item.level.value or 0.0, item.weight))
        found.append((3, best.weight, Strength(best.criterion, "best", best.level)))
    found.sort(key=lambda item: (item[0], -item[1], item[2].criterion))
    return tuple(strength for _, _, strength in found[:_MAX_STRENGTHS])
