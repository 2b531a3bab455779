"""A coaching plan in sentences that a person can act on, in Chinese (``zh``) and English (``en``).

Whoever reads these is told about their own work: what goes well comes first, numbers come with how
sure they are, and nothing is said about the person.
"""

from __future__ import annotations

from collections.abc import Iterable

from callqa.coaching.advice import (
    Advice,
    AgentPlan,
    Instead,
    ModuleNeed,
    Moment,
    Progress,
    Strength,
    TeamGap,
    TeamPlan,
)
from callqa.coaching.levels import Level
from callqa.coaching.texts import text_of
from callqa.store import CoachingSession

_STATES = {
    "planned": ("已约定", "planned"),
    "held": ("已进行", "held"),
    "acknowledged": ("坐席已确认", "acknowledged"),
    "followed_up": ("已回访", "followed up"),
    "cancelled": ("已取消", "cancelled"),
}


def say(language: str, zh: str, en: str) -> str:
    """The one of two texts that is in `language`."""
    return zh if language == "zh" else en


def percent(value: float | None) -> str:
    """A share for people, – where there is none."""
    return "–" if value is None else f"{100 * value:.0f} %"


def level_words(level: Level, language: str) -> str:
    """A level with its interval and the calls it rests on.

    >>> level_words(Level(0.8, 0.49, 0.943, met=8, not_met=2), "en")
    '80 % (49–94 %, 10 calls)'
    """
    if level.value is None or level.low is None or level.high is None:
        return say(language, "没有可判断的通话", "no call could be judged")
    between = f"{100 * level.low:.0f}–{100 * level.high:.0f} %"
    calls = say(language, f"{level.judged} 通", f"{level.judged} calls")
    return f"{percent(level.value)} ({between}, {calls})"


def title(plan: TeamPlan, criterion: str) -> str:
    """What a criterion is called."""
    return text_of(plan.texts, criterion).title


def missing_sentence(missing: int, min_calls: int, language: str) -> str:
    """Why nothing is said about an agent yet."""
    return say(
        language,
        f"还差 {missing} 通通话才满 {min_calls} 通；在那之前不作评价，也不给建议。",
        f"{missing} more call{'' if missing == 1 else 's'} until there are {min_calls}; "
        "before that nothing is judged or advised.",
    )


def strength_sentence(plan: TeamPlan, strength: Strength) -> str:
    """Something that goes well."""
    name, language = title(plan, strength.criterion), plan.language
    level = level_words(strength.level, language)
    if strength.why == "above_team":
        return say(
            language,
            f"{name}：做得明显比团队好，{level}。",
            f"{name}: clearly better than the team, {level}.",
        )
    if strength.why == "improved":
        return say(language, f"{name}：在稳步提高，{level}。", f"{name}: clearly on the rise, {level}.")
    if strength.why == "on_target":
        return say(language, f"{name}：一直做得好，{level}。", f"{name}: steadily good, {level}.")
    return say(language, f"{name}：几项里做得最好，{level}。", f"{name}: what goes best, {level}.")


def recovered_sentence(plan: TeamPlan, criterion: str) -> str:
    """A behaviour that was below and is not now."""
    name = title(plan, criterion)
    return say(
        plan.language,
        f"{name}：前一阵偏低，最近的通话已经追上来了，请保持。",
        f"{name}: was low for a while, and the latest calls are level with the team. Keep it up.",
    )


def no_advice_sentence(plan: TeamPlan, agent: AgentPlan) -> str:
    """That there is nothing to work on, said kindly; or that nothing could be judged."""
    if not agent.strengths and not agent.recovered:
        return say(
            plan.language,
            "这些通话里没有可以判断的内容，所以不给建议；请看看通话是不是在等人确认角色（callqa roles）。",
            "Nothing in these calls could be judged, so nothing is advised; see whether they wait for a "
            "person to settle the roles (callqa roles).",
        )
    return say(
        plan.language,
        "目前没有需要特别改进的地方：各项都不明显低于团队。保持就好。",
        "Nothing to work on for now: no behaviour is clearly below the team's. Just keep it up.",
    )


def why_sentence(plan: TeamPlan, advice: Advice) -> str:
    """Why this behaviour is advised on, with its numbers."""
    own, language = level_words(advice.level, plan.language), plan.language
    gap, p = f"{100 * advice.gap:.0f}", p_words(advice.corrected_p)
    if advice.why == "below_target":
        return say(
            language,
            f"这一项是 {own}，目标是 {percent(advice.target)}，相差 {gap} 个百分点（{p}）。",
            f"{own}; the target is {percent(advice.target)}, {gap} points away ({p}).",
        )
    team = percent(advice.team.value)
    return say(
        language,
        f"这一项是 {own}，同类通话里同事们是 {team}，相差 {gap} 个百分点（{p}）。",
        f"{own}; colleagues reach {team}, and in calls of the same kind the gap is {gap} points ({p}).",
    )


def do_sentence(plan: TeamPlan, advice: Advice) -> str:
    """What to do, as the rubric has it; "" where it says nothing."""
    text = text_of(plan.texts, advice.criterion)
    return text.advice or text.description


def moment_words(moment: Moment, language: str) -> str:
    """Where to listen, and why."""
    begins = f"{int(moment.start) // 60}:{int(moment.start) % 60:02}"
    day = f"{moment.day} " if moment.day else ""
    quote = say(language, f"“{moment.quote}” ", f'"{moment.quote}" ') if moment.quote else ""
    return f"{day}{moment.call_id[:8]} {begins}  {quote}{moment.reason}".rstrip()


def example_words(moment: Moment, language: str) -> str:
    """A colleague's example, with the name where it may be shown."""
    who = say(language, "一位同事", "a colleague") if moment.agent is None else moment.agent
    return f"{who}  {moment_words(moment, language)}"


def instead_words(instead: Instead, language: str) -> str:
    """What to say in place of what was said."""
    if not instead.said:
        return say(language, f"可以说：“{instead.better}”", f'say: "{instead.better}"')
    return say(
        language,
        f"不说“{instead.said}”，可以说：“{instead.better}”",
        f'instead of "{instead.said}" say: "{instead.better}"',
    )


def team_gap_sentence(plan: TeamPlan, gap: TeamGap) -> str:
    """A gap of the whole team's, and what to look at first."""
    name, level = title(plan, gap.criterion), level_words(gap.level, plan.language)
    return say(
        plan.language,
        f"{name}：整个团队是 {level}，低于目标 {percent(gap.target)}。先用 callqa calibrate 核对测得准不准，"
        "再考虑全员培训；这不是某个人的问题。",
        f"{name}: the whole team is at {level}, below the target of {percent(gap.target)}. First check the "
        "measuring with callqa calibrate, then think of training everybody; no single person is the cause.",
    )


def need_sentence(need: ModuleNeed, language: str) -> str:
    """Who needs a module, and how large a class that makes."""
    names = say(language, "、", ", ").join(need.agents)
    size = len(need.agents)
    classes = (
        "" if need.classes == 1 else say(language, f"，{need.classes} 个班", f", {need.classes} classes")
    )
    return say(
        language,
        f"{need.module.title}（{need.module.minutes} 分钟）：{size} 人{classes}：{names}",
        f"{need.module.title} ({need.module.minutes} min): {size} {'person' if size == 1 else 'people'}"
        f"{classes}: {names}",
    )


def progress_sentence(progress: Progress, language: str) -> str:
    """Improved, no clear change, worse or too few calls, with the numbers."""
    before, after = (level_words(level, language) for level in (progress.before, progress.after))
    levels = say(language, f"之前 {before}，之后 {after}", f"before {before}, after {after}")
    if progress.outcome == "too_few":
        lacking = say(
            language,
            f"通话太少：之前还差 {progress.missing_before} 通，之后还差 {progress.missing_after} 通",
            f"too few calls: {progress.missing_before} more before, {progress.missing_after} more after",
        )
        return say(language, f"{lacking}。{levels}。", f"{lacking}. {levels}.")
    word = {
        "improved": say(language, "有提高", "improved"),
        "no_clear_change": say(language, "没有明显变化", "no clear change"),
        "worse": say(language, "有下降", "worse"),
    }[progress.outcome]
    gap, low, high = progress.difference.gap, progress.difference.low, progress.difference.high
    points = "" if gap is None or low is None or high is None else _points(gap, low, high, language)
    p = "" if progress.difference.p is None else f", {p_words(progress.difference.p)}"
    team = ""
    if progress.team.gap is not None:
        moved = f"{100 * progress.team.gap:+.0f}"
        team = say(language, f" 同期其他人 {moved} 个百分点。", f" Everybody else meanwhile: {moved} points.")
    return say(language, f"{word}：{levels}，{points}{p}。{team}", f"{word}: {levels}, {points}{p}.{team}")


def session_words(session: CoachingSession, language: str) -> str:
    """A session's number, state and the day of its next step."""
    state = state_words(session, language)
    return say(language, f"辅导 {session.id}：{state}", f"session {session.id}: {state}")


def state_words(session: CoachingSession, language: str) -> str:
    """What became of a session, and since when what is due."""
    zh, en = _STATES[session.state]
    due = session.due_on
    if due is None:
        return say(language, zh, en)
    next_step = {
        "planned": say(language, "进行", "to be held"),
        "held": say(language, "待坐席确认", "to be acknowledged"),
        "acknowledged": say(language, "回访", "to be followed up"),
    }[session.state]
    return say(language, f"{zh}，{due} {next_step}", f"{en}, {next_step} on {due}")


def p_words(p: float) -> str:
    """A p-value for people.

    >>> p_words(0.0004), p_words(0.0312)
    ('p < 0.001', 'p = 0.031')
    """
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"


def headline(plan: TeamPlan, agent: AgentPlan) -> str:
    """An agent's plan in a few words, for lists."""
    if agent.missing_calls:
        return missing_sentence(agent.missing_calls, plan.min_calls, plan.language)
    if not agent.advice and not agent.strengths and not agent.recovered:
        return say(plan.language, "没有可以判断的内容", "nothing could be judged")
    if not agent.advice:
        return say(plan.language, "无需建议", "nothing to work on")
    return join((title(plan, advice.criterion) for advice in agent.advice), plan.language)


def join(parts: Iterable[str], language: str) -> str:
    """Several things in a row."""
    return say(language, "、", ", ").join(parts)


def _points(gap: float, low: float, high: float, language: str) -> str:
    number = f"{100 * gap:+.0f}"
    between = f"{100 * low:+.0f} … {100 * high:+.0f}"
    return say(language, f"{number} 个百分点（{between}）", f"{number} points ({between})")
