"""Results of agents, coaching plans and sessions as they are printed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from callqa.coaching import wording
from callqa.coaching.advice import Advice, AgentPlan, CriterionText, Progress, TeamPlan
from callqa.coaching.levels import Level
from callqa.coaching.results import AgentResult, BehaviourResult, Period, TeamResult
from callqa.coaching.texts import text_of
from callqa.coaching.wording import percent, say
from callqa.commands.terminal import BEHAVIOURS, count
from callqa.reports.call_text import print_line, score_word
from callqa.store import CoachingSession

_TABLE_WIDTH = 120
"""Narrower terminals get the levels without their intervals."""
_MARKS = {"above": ("▲", "green"), "below": ("▼", "red")}
_ARROWS = {"up": "↑", "down": "↓"}
_LEGEND = (
    "level (95 % interval) of the judged calls; ▲ ▼ clearly above, below everybody else in calls of the same "
    "queue and language; ↑ ↓ clearly rising, falling"
)


def print_agents(out: Console, team: TeamResult) -> None:
    """A line for each agent; those with too few calls say how many are missing, and nothing else."""
    short = out.is_terminal and out.width < _TABLE_WIDTH
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("agent", overflow="fold", min_width=8)
    for name in ("calls", "judged", "score", *BEHAVIOURS):
        table.add_column(name, justify="right", no_wrap=True)
    for agent in team.agents:
        if not agent.is_judged:
            table.add_row(agent.label, str(len(agent.calls)), "", _missing(agent))
            continue
        table.add_row(
            agent.label,
            str(len(agent.calls)),
            percent(agent.judged_share),
            _score(agent.score, short),
            *(_cell(agent.behaviours.get(name), short) for name in BEHAVIOURS),
        )
    table.add_section()
    table.add_row(
        "all",
        str(team.calls),
        "",
        _score(team.score, short),
        *(_level(team.levels[name], short) if name in team.levels else "–" for name in BEHAVIOURS),
    )
    out.print(table)
    print_line(out, _LEGEND)
    print_notes(out, team)


def print_agent(out: Console, team: TeamResult, agent: AgentResult) -> None:
    """Everything about one agent."""
    head = f"{agent.label}  {count(len(agent.calls), 'call')}  {_period(team.period)}"
    print_line(out, Text(head, "bold"))
    if not agent.is_judged:
        print_line(out, f"{_missing(agent)} to reach {team.min_calls}; before that nothing is judged.")
        return
    score = f"score {_score(agent.score)}, judged {percent(agent.judged_share)}"
    print_line(out, f"{score}; all agents {_score(team.score)}")
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("behaviour", no_wrap=True)
    for name in ("level", "judged", "others", "gap", "p", "percentile", "before", "a week"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("figures", overflow="fold")
    for name, result in agent.behaviours.items():
        gap = result.against_team.gap
        table.add_row(
            name,
            _cell(result),
            f"{result.level.judged}/{result.level.judged + result.level.unsure}",
            percent(result.team.value),
            "–" if gap is None else f"{100 * gap:+.0f}",
            "–" if result.corrected_p is None else f"{result.corrected_p:.3f}",
            "–" if result.percentile is None else f"{result.percentile:.0f}",
            percent(result.earlier.value),
            "–" if result.change.per_week is None else f"{100 * result.change.per_week:+.0f}",
            "; ".join(
                f"{figure.value:.3g} {figure.unit}" for figure in result.figures if figure.value is not None
            ),
        )
    out.print(table)
    print_line(
        out,
        "gap: points to the others in calls of the same queue and language; p: corrected for all agents and "
        "behaviours; before: own level in the period before; a week: points gained each week",
    )
    print_notes(out, team)


def print_notes(out: Console, team: TeamResult) -> None:
    """Which period, and which calls count for nobody."""
    print_line(out, f"{_period(team.period)}: {count(team.calls, 'call')}")
    if team.unassigned:
        print_line(out, f"{count(team.unassigned, 'call')} of nobody known: name the agents in a manifest.")
    if team.undated:
        print_line(out, f"{count(team.undated, 'call')} without a time are in no period.")


def print_plan(out: Console, plan: TeamPlan, agents: Sequence[AgentPlan]) -> None:
    """Plans, one agent after the other."""
    for agent in agents:
        _print_agent_plan(out, plan, agent)


def print_team(out: Console, plan: TeamPlan) -> None:
    """Who works on what, who needs the same module, and gaps of the whole team's."""
    language = plan.language
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(say(language, "坐席", "agent"), overflow="fold", min_width=8)
    table.add_column(say(language, "通话", "calls"), justify="right", no_wrap=True)
    table.add_column(say(language, "现在最值得练的", "what matters most now"), overflow="fold")
    for agent in plan.agents:
        table.add_row(agent.label, str(agent.calls), wording.headline(plan, agent))
    out.print(table)
    if plan.needs:
        print_line(out, Text(say(language, "需要同一门课的人", "who needs the same module"), "bold"))
        for need in plan.needs:
            print_line(out, f"  {wording.need_sentence(need, language)}")
    if plan.team_gaps:
        print_line(out, Text(say(language, "整个团队", "the whole team"), "bold"))
        for gap in plan.team_gaps:
            print_line(out, f"  {wording.team_gap_sentence(plan, gap)}")
    print_line(out, f"{_period(plan.period)}: {say(language, f'{plan.calls} 通', count(plan.calls, 'call'))}")


def print_sessions(
    out: Console,
    sessions: Sequence[CoachingSession],
    texts: dict[str, CriterionText],
    language: str,
    progress: Callable[[CoachingSession], Progress | None],
) -> None:
    """A line for each session, and what came of it where that is known."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("no", justify="right", no_wrap=True)
    for name in ("agent", "behaviour", "coach"):
        table.add_column(name, overflow="fold", min_width=8)
    table.add_column("state", overflow="fold", min_width=20)
    table.add_column("before and after", overflow="fold")
    for session in sessions:
        found = progress(session)
        table.add_row(
            str(session.id),
            session.agent,
            text_of(texts, session.criterion).title,
            session.coach,
            wording.state_words(session, language),
            "" if found is None else wording.progress_sentence(found, language),
        )
    out.print(table)


def _print_agent_plan(out: Console, plan: TeamPlan, agent: AgentPlan) -> None:
    language = plan.language
    print_line(
        out, Text(f"{agent.label}  {say(language, f'{agent.calls} 通', count(agent.calls, 'call'))}", "bold")
    )
    if agent.missing_calls:
        print_line(out, f"  {wording.missing_sentence(agent.missing_calls, plan.min_calls, language)}")
        return
    if agent.strengths:
        print_line(out, say(language, "  做得好的", "  what goes well"))
    for strength in agent.strengths:
        print_line(out, f"    {wording.strength_sentence(plan, strength)}")
    for criterion in agent.recovered:
        print_line(out, f"    {wording.recovered_sentence(plan, criterion)}")
    if not agent.advice:
        print_line(out, f"  {wording.no_advice_sentence(plan, agent)}")
    for number, advice in enumerate(agent.advice, start=1):
        _print_advice(out, plan, number, advice)


def _print_advice(out: Console, plan: TeamPlan, number: int, advice: Advice) -> None:
    language = plan.language
    print_line(out, Text(f"  {number}. {wording.title(plan, advice.criterion)}", "bold"))
    print_line(out, f"     {wording.why_sentence(plan, advice)}")
    todo = wording.do_sentence(plan, advice)
    if todo:
        print_line(out, f"     {todo}")
    blocks = [
        (
            say(language, "听一听，可以改进的地方", "listen to these and work on them"),
            [wording.moment_words(moment, language) for moment in advice.work_on],
        ),
        (
            say(language, "您自己做得好的一次", "one of your own that went well"),
            [wording.moment_words(advice.own_good, language)] if advice.own_good else [],
        ),
        (
            say(language, "同事的例子", "a colleague's example"),
            [wording.example_words(advice.example, language)] if advice.example else [],
        ),
        (
            say(language, "换一种说法", "what to say instead"),
            [wording.instead_words(item, language) for item in advice.instead],
        ),
        (
            say(language, "课程", "training"),
            [
                f"{module.title} ({module.minutes} min): {wording.join(module.practised, language)}"
                for module in advice.modules
            ],
        ),
    ]
    for name, lines in blocks:
        if lines:
            print_line(out, f"     {name}")
        for line in lines:
            print_line(out, f"       {line}")
    if advice.session is not None:
        print_line(out, f"     {wording.session_words(advice.session, language)}")


def _cell(result: BehaviourResult | None, short: bool = False) -> Text:
    if result is None or result.level.value is None:
        return Text("–")
    mark, style = _MARKS.get(result.mark or "", ("", ""))
    arrow = _ARROWS.get(result.direction or "", "")
    return Text(f"{_level(result.level, short)} {mark}{arrow}".rstrip(), style)


def _level(level: Level, short: bool = False) -> str:
    if level.value is None or level.low is None or level.high is None:
        return "–"
    if short:
        return f"{100 * level.value:.0f}"
    return f"{100 * level.value:.0f} ({100 * level.low:.0f}–{100 * level.high:.0f})"


def _score(score: tuple[float | None, float | None, float | None], short: bool = False) -> str:
    mean, low, high = score
    if short:
        return score_word(mean)
    return "–" if mean is None else f"{score_word(mean)} ({low:.0f}–{high:.0f})"


def _missing(agent: AgentResult) -> str:
    return f"{count(agent.missing_calls, 'call')} missing"


def _period(period: Period | None) -> str:
    if period is None:
        return "all stored calls"
    last = period.end.fromordinal(period.end.toordinal() - 1)
    return f"{period.start}" if period.days == 1 else f"{period.start} to {last}"
