"""One agent's report: feedback to the person, what goes well first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from callqa.coaching import wording
from callqa.coaching.advice import Advice, AgentPlan, CriterionText, Instead, Moment, Progress, TeamPlan
from callqa.coaching.figures import Figure
from callqa.coaching.levels import Level
from callqa.coaching.results import AgentResult, BehaviourResult, TeamResult
from callqa.coaching.texts import text_of
from callqa.data import Evidence, Verdict
from callqa.reports.call_page import unit_words
from callqa.reports.shapes import BEHAVIOURS, number, percent, period_words, when
from callqa.reports.sounds import CallReader, Shown
from callqa.reports.svg import Step, sparkline
from callqa.reports.texts import Texts
from callqa.store import CoachingSession, JudgedCall

MOST_CALLS = 40
"""Calls that the page lists; the workbook has them all."""
_MOST_ADVICE = 3


@dataclass(frozen=True, slots=True)
class ShownMoment:
    """A moment to listen to. `call_id` is None where the call would tell whose it is; `who` is the
    colleague's name or "a colleague", "" for the agent's own."""

    call_id: str | None
    day: str
    who: str
    shown: Shown


@dataclass(frozen=True, slots=True)
class ShownAdvice:
    """One thing to work on, in sentences."""

    criterion: str
    title: str
    why: str
    to_do: str
    work_on: tuple[ShownMoment, ...]
    own_good: ShownMoment | None
    example: ShownMoment | None
    instead: tuple[Instead, ...]
    modules: tuple[tuple[str, int, str], ...]
    session: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one behaviour stands. `compared` and `trend` are words, `chart` their picture."""

    criterion: str
    title: str
    level: Level
    compared: str
    percentile: float | None
    team: Level
    earlier: Level
    gap: float | None
    corrected_p: float | None
    trend: str
    chart: Markup
    steps: tuple[Step, ...]
    figures: str


@dataclass(frozen=True, slots=True)
class AgentPage:
    """Everything that stands in an agent's report."""

    agent: str
    name: str
    label: str
    period: str
    num_calls: int
    missing: str
    score: str
    team_score: str
    judged_share: float | None
    strengths: tuple[str, ...]
    advice: tuple[ShownAdvice, ...]
    nothing_to_do: str
    standings: tuple[Standing, ...]
    sessions: tuple[tuple[str, str], ...]
    calls: tuple[JudgedCall, ...]
    criteria: tuple[tuple[str, str], ...]
    appeal: str
    sound_note: str


def make_agent_page(
    team: TeamResult,
    plan: TeamPlan,
    own: AgentPlan,
    sessions: Sequence[tuple[CoachingSession, Progress | None]],
    reader: CallReader,
    texts: Texts,
    appeal: str,
) -> AgentPage:
    """The report of the agent that `own` is the plan of. `sessions` are the agent's, each with what
    came of it; `appeal` says whom to tell when something is wrong."""
    result = team.find(own.agent)
    judged = result.is_judged
    advice = tuple(_advice(item, plan, reader, texts) for item in own.advice[:_MOST_ADVICE])
    strengths = [wording.strength_sentence(plan, item) for item in own.strengths]
    strengths += [wording.recovered_sentence(plan, item) for item in own.recovered]
    names = ordered(team.levels)
    return AgentPage(
        agent=result.agent,
        name=result.name or result.agent,
        label=result.label,
        period=period_words(team.period, texts),
        num_calls=len(result.calls),
        missing=(
            "" if judged else wording.missing_sentence(own.missing_calls, team.min_calls, texts.language)
        ),
        score=_score(result.score, texts) if judged else "",
        team_score=_score(team.score, texts) if judged else "",
        judged_share=result.judged_share if judged else None,
        strengths=tuple(strengths),
        advice=advice,
        nothing_to_do=wording.no_advice_sentence(plan, own) if judged and not own.advice else "",
        standings=(tuple(_standing(result, name, plan.texts, texts) for name in names) if judged else ()),
        sessions=tuple(_session(item, found, plan, texts) for item, found in sessions),
        calls=tuple(reversed(result.calls)),
        criteria=tuple((name, text_of(plan.texts, name).title) for name in names),
        appeal=appeal or texts("appeal"),
        sound_note=_sound_note(own, advice, reader, texts),
    )


def ordered(names: Mapping[str, object]) -> tuple[str, ...]:
    """Criteria with the five behaviours first."""
    return tuple(name for name in BEHAVIOURS if name in names) + tuple(
        name for name in names if name not in BEHAVIOURS
    )


def _advice(advice: Advice, plan: TeamPlan, reader: CallReader, texts: Texts) -> ShownAdvice:
    return ShownAdvice(
        criterion=advice.criterion,
        title=wording.title(plan, advice.criterion),
        why=wording.why_sentence(plan, advice),
        to_do=wording.do_sentence(plan, advice),
        work_on=tuple(_moment(item, reader, texts) for item in advice.work_on),
        own_good=None if advice.own_good is None else _moment(advice.own_good, reader, texts),
        example=None if advice.example is None else _moment(advice.example, reader, texts, others=True),
        instead=tuple(_masked_instead(item, reader) for item in advice.instead),
        modules=tuple(
            (module.title, module.minutes, wording.join(module.practised, texts.language))
            for module in advice.modules
        ),
        session="" if advice.session is None else wording.session_words(advice.session, texts.language),
    )


def _moment(moment: Moment, reader: CallReader, texts: Texts, *, others: bool = False) -> ShownMoment:
    """A colleague who is not named is not to be known by voice or by the call's number either."""
    hidden = others and moment.agent is None
    evidence = Evidence(moment.start, moment.end, moment.quote, moment.reason, moment.probability)
    shown = reader.read(moment.call_id).show(evidence, audible=not hidden)
    who = "" if not others else moment.agent or texts("one_colleague")
    return ShownMoment(
        None if hidden else moment.call_id, "" if hidden else when(moment.day)[:10], who, shown
    )


def _masked_instead(item: Instead, reader: CallReader) -> Instead:
    if item.call_id is None or not item.said:
        return item
    evidence = Evidence(0.0, 0.0, "", item.said)
    return Instead(reader.read(item.call_id).show(evidence, audible=False).reason, item.better, item.call_id)


def _sound_note(own: AgentPlan, advice: Sequence[ShownAdvice], reader: CallReader, texts: Texts) -> str:
    """What is to be known about the sounds, or why there are none."""
    if any(_sounds(item) for item in advice):
        return texts("audio_linked" if reader.mode == "link" else "masked_note")
    silent = {reader.read(item.call_id).silent for advised in own.advice for item in advised.work_on}
    return texts("audio_gone") if reader.mode != "none" and silent - {None} else ""


def _sounds(advice: ShownAdvice) -> bool:
    moments = (*advice.work_on, advice.own_good, advice.example)
    return any(item is not None and item.shown.audio for item in moments)


def _standing(agent: AgentResult, name: str, titles: Mapping[str, CriterionText], texts: Texts) -> Standing:
    result: BehaviourResult = agent.behaviours[name]
    title = text_of(titles, name).title
    steps = tuple(
        (point.start.isoformat(), point.level.value, point.level.low, point.level.high)
        for point in result.trend
    )
    compared = {"above": "above", "below": "below"}.get(result.mark or "", "like_team")
    direction = {"up": "trend_up", "down": "trend_down"}.get(result.direction or "", "trend_flat")
    return Standing(
        criterion=name,
        title=title,
        level=result.level,
        compared=texts(compared) if result.against_team.gap is not None else "–",
        percentile=result.percentile,
        team=result.team,
        earlier=result.earlier,
        gap=result.against_team.gap,
        corrected_p=result.corrected_p,
        trend=texts(direction) if result.change.per_week is not None else "",
        chart=sparkline(steps, title),
        steps=steps,
        figures=figure_words(result.figures, agent.calls[-1].language, texts),
    )


def figure_words(figures: Sequence[Figure], language: str, texts: Texts) -> str:
    """Figures in words; `language` is that of the calls."""
    words = []
    for figure in figures:
        if figure.value is None:
            continue
        value = percent(figure.value) if figure.unit == "share" else number(figure.value)
        units = {
            "per 10 min of customer speech": "unit_per_10_min",
            "per 100 calls": "unit_per_100_calls",
        }
        unit = texts(units[figure.unit]) if figure.unit in units else unit_words(figure.unit, language, texts)
        words.append(f"{texts(figure.name)} {value} {unit}".rstrip())
    return ("；" if texts.language == "zh" else "; ").join(words)


def _session(
    session: CoachingSession, found: Progress | None, plan: TeamPlan, texts: Texts
) -> tuple[str, str]:
    head = texts(
        "session_with",
        title=text_of(plan.texts, session.criterion).title,
        coach=session.coach,
        state=wording.state_words(session, texts.language),
    )
    return head, "" if found is None else wording.progress_sentence(found, texts.language)


def _score(score: tuple[float | None, float | None, float | None], texts: Texts) -> str:
    mean, low, high = score
    if mean is None:
        return texts("no_score")
    return texts("mean_score_words", mean=number(mean, 0), low=number(low, 0), high=number(high, 0))


def verdict_of(call: JudgedCall, name: str) -> Verdict | None:
    """What a call's verdict on a criterion is, None where its rubric has none."""
    item = call.criteria.get(name)
    return None if item is None else item.verdict
