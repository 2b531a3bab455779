"""The coaching plan: for each agent the one to three behaviours that matter most now, with moments to
listen to, words to say instead and the module that trains it; and who needs the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import ceil

from callqa.coaching.advice import Advice, AgentPlan, Module, ModuleNeed, TeamPlan
from callqa.coaching.choosing import Choice, Need, choose, team_gaps
from callqa.coaching.modules import modules_for
from callqa.coaching.moments import Listening
from callqa.coaching.results import AgentResult, TeamResult
from callqa.coaching.rules import CoachingRules
from callqa.coaching.texts import criterion_texts, text_of
from callqa.store import NOT_FOR_TRAINING, CoachingSession, Store


def make_plan(
    store: Store,
    team: TeamResult,
    rules: CoachingRules,
    modules: Sequence[Module],
    language: str,
    agent: str | None = None,
    *,
    with_moments: bool = True,
) -> TeamPlan:
    """Plans of everybody, or of one agent only (the number); `language` (``zh`` or ``en``) is that of
    titles and texts, quotes stay as they were heard.

    Without `with_moments` the plans say what to work on and which module trains it, and have no
    moments, examples and wordings: these take some 10 ms each. Calls marked as not for training
    count in the numbers, but nobody is played them.
    """
    choices = choose(team, rules)
    listening = Listening(
        store,
        team,
        {flag.call_id for flag in store.coaching.flags(NOT_FOR_TRAINING)},
        {consent.agent for consent in store.coaching.consents().values() if consent.by_name},
        rules.max_moments,
    )
    sessions = store.coaching.sessions()
    plans = tuple(
        _agent_plan(result, choices[result.agent], listening, modules, sessions, with_moments)
        for result in team.agents
        if agent in (None, result.agent)
    )
    gaps = team_gaps(team, rules)
    texts = criterion_texts(store.rubrics(), language)
    return TeamPlan(
        period=team.period,
        language=language,
        min_calls=team.min_calls,
        texts={name: text_of(texts, name) for name in team.levels},
        agents=plans,
        needs=_needs(plans),
        team_gaps=gaps,
        calls=team.calls,
    )


def _agent_plan(
    result: AgentResult,
    choice: Choice,
    listening: Listening,
    modules: Sequence[Module],
    sessions: Iterable[CoachingSession],
    with_moments: bool,
) -> AgentPlan:
    own = {
        session.criterion: session
        for session in sessions
        if session.agent == result.agent and session.is_open
    }
    return AgentPlan(
        agent=result.agent,
        name=result.name,
        calls=len(result.calls),
        missing_calls=result.missing_calls,
        strengths=choice.strengths,
        advice=tuple(
            _advice(result, need, listening, modules, own.get(need.result.criterion), with_moments)
            for need in choice.needs
        ),
        recovered=choice.recovered,
    )


def _advice(
    agent: AgentResult,
    need: Need,
    listening: Listening,
    modules: Sequence[Module],
    session: CoachingSession | None,
    with_moments: bool,
) -> Advice:
    criterion = need.result.criterion
    faults = listening.faults(agent, criterion)
    fitting = modules_for(modules, criterion, (moment.fault for moment in faults))
    work_on = listening.masked(faults) if with_moments else ()
    return Advice(
        criterion=criterion,
        why=need.why,
        weight=need.result.weight,
        level=need.result.level,
        team=need.result.team,
        target=need.target,
        gap=need.gap,
        corrected_p=need.corrected_p,
        priority=need.priority,
        work_on=work_on,
        own_good=listening.own_good(agent, criterion) if with_moments else None,
        example=listening.example(agent, criterion) if with_moments else None,
        instead=listening.instead(agent, criterion, work_on, fitting) if with_moments else (),
        modules=fitting,
        session=session,
    )


def _needs(plans: Iterable[AgentPlan]) -> tuple[ModuleNeed, ...]:
    takers: dict[Module, list[str]] = {}
    for plan in plans:
        for module in dict.fromkeys(module for advice in plan.advice for module in advice.modules):
            takers.setdefault(module, []).append(plan.label)
    needs = [
        ModuleNeed(module, tuple(agents), ceil(len(agents) / module.max_size))
        for module, agents in takers.items()
    ]
    return tuple(sorted(needs, key=lambda need: (-len(need.agents), need.module.id)))
