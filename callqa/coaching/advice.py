"""What a coaching plan consists of: values only. `callqa.coaching.plan` makes them,
`callqa.coaching.wording` puts them into sentences in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from callqa.coaching.levels import Difference, Level
from callqa.coaching.results import Period
from callqa.store.coaching import CoachingSession

Why = Literal["below_team", "below_target"]
Praise = Literal["above_team", "improved", "on_target", "best"]


@dataclass(frozen=True, slots=True)
class CriterionText:
    """How a criterion is called and explained to people, in one language. `advice` is what the
    rubric tells agents to do, "" where it says nothing."""

    title: str
    description: str
    advice: str


@dataclass(frozen=True, slots=True)
class Saying:
    """Words to practise; ``{company}`` and ``{name}`` stand for the agent's. `instead_of` is a kind of
    the forbidden phrases (``refusing``, …), None where they hold for all."""

    words: str
    instead_of: str | None = None


@dataclass(frozen=True, slots=True)
class Module:
    """A training module of the catalogue, in one language.

    `behaviours` are the criteria it is for, `faults` the measures whose findings it answers (empty:
    all of them), `minutes` how long it takes, `max_size` how many can take it at once, `practised`
    what is practised in it.
    """

    id: str
    title: str
    behaviours: tuple[str, ...]
    faults: tuple[str, ...]
    minutes: int
    max_size: int
    practised: tuple[str, ...]
    say: tuple[Saying, ...] = ()


@dataclass(frozen=True, slots=True)
class Moment:
    """A stretch of one call to listen to. `start` and `end` are seconds, `quote` as heard, `reason`
    the evidence's own sentence, `probability` the recogniser's mean over the quote. `day` is ISO 8601,
    None where it is not known. `agent` is whose call it is, None where that person is not to be named;
    names are then out of `quote` and `reason` too. `fault` is the measure that found it, "" where that
    is not one, as for good moments."""

    call_id: str
    day: str | None
    criterion: str
    start: float
    end: float
    quote: str
    reason: str
    probability: float | None
    agent: str | None
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Instead:
    """What to say. `said` is what was said, as heard, "" where something was left out; `better` is
    what to say in its place; `call_id` is the call it comes from, None where it holds for all."""

    said: str
    better: str
    call_id: str | None = None


@dataclass(frozen=True, slots=True)
class Strength:
    """Something that goes well. `against_team` is None unless `why` is ``above_team``."""

    criterion: str
    why: Praise
    level: Level
    gap: float | None = None


@dataclass(frozen=True, slots=True)
class Advice:
    """One behaviour that matters most now.

    `gap` (0-1) is how far the agent lies below the team, or below `target` where `why` is
    ``below_target``; `corrected_p` is that of the comparison it rests on; `priority` = gap x weight x
    (1 - corrected p), by which advice is ordered. `work_on` are the agent's own moments, newest first
    and each of another call; `own_good` one where it went well; `example` a colleague's. Any of them
    may be missing. `session` is one on this behaviour that is not closed yet.
    """

    criterion: str
    why: Why
    weight: float
    level: Level
    team: Level
    target: float | None
    gap: float
    corrected_p: float
    priority: float
    work_on: tuple[Moment, ...]
    own_good: Moment | None
    example: Moment | None
    instead: tuple[Instead, ...]
    modules: tuple[Module, ...]
    session: CoachingSession | None


@dataclass(frozen=True, slots=True)
class Progress:
    """Calls before and after a coaching session, of the behaviour it was about.

    `outcome` is ``too_few`` where one side has fewer judged calls than asked for; `missing_before`
    and `missing_after` say how many. `difference` is after less before, inside each queue and
    language.
    """

    outcome: Literal["improved", "no_clear_change", "worse", "too_few"]
    before_period: Period
    after_period: Period
    before: Level
    after: Level
    difference: Difference
    team: Difference
    missing_before: int
    missing_after: int


@dataclass(frozen=True, slots=True)
class AgentPlan:
    """One agent's plan. `strengths` come first when it is told. Without `advice` there is nothing
    certain to work on, which is a good result; with `missing_calls` above 0 there are too few calls
    to say anything, and both are empty. `recovered` are behaviours that were below and are not now."""

    agent: str
    name: str | None
    calls: int
    missing_calls: int
    strengths: tuple[Strength, ...]
    advice: tuple[Advice, ...]
    recovered: tuple[str, ...]

    @property
    def label(self) -> str:
        """Name and number, as far as they are known."""
        if self.name and self.name != self.agent:
            return f"{self.name} ({self.agent})"
        return self.name or self.agent


@dataclass(frozen=True, slots=True)
class ModuleNeed:
    """Who needs the same module. `agents` are labels, `classes` how many classes that makes."""

    module: Module
    agents: tuple[str, ...]
    classes: int


@dataclass(frozen=True, slots=True)
class TeamGap:
    """A behaviour that the whole team is clearly below its target in: first a question to the
    measuring (`callqa calibrate`), then to the training of all, and no reproach to anyone."""

    criterion: str
    level: Level
    target: float


@dataclass(frozen=True, slots=True)
class TeamPlan:
    """Everybody's plans. `texts` names every criterion that occurs, in the plan's `language`
    (``zh`` or ``en``). `needs` are ordered by how many need the module."""

    period: Period | None
    language: str
    min_calls: int
    texts: Mapping[str, CriterionText]
    agents: tuple[AgentPlan, ...]
    needs: tuple[ModuleNeed, ...]
    team_gaps: tuple[TeamGap, ...]
    calls: int
