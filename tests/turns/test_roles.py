"""Who is the agent: by what they say, and no guess where that does not tell."""

from __future__ import annotations

import pytest

from callqa.data import Role, Roles
from callqa.language.lexicon import load_lexicons
from callqa.turns.role_model import RoleModel, features
from callqa.turns.roles import (
    LEARNED,
    MOST_LEARNED,
    MOST_VOICE,
    VOICE,
    RoleContext,
    certain_without_voice,
    find_roles,
    roles_by_channel,
)
from tests.turns.talk import talk

A, B = "SPEAKER_00", "SPEAKER_01"
CONFIDENCE = 0.8
# What the signs that are written down bring by themselves.
NOTHING_LEARNED = RoleModel("zh", {})
OPERATORS = ("中国移动", "中国联通", "中国电信")


def _roles(
    *lines: tuple[str, str],
    language: str = "zh",
    company: tuple[str, ...] = (),
    name: str | None = None,
    least: float = CONFIDENCE,
    model: RoleModel | None = NOTHING_LEARNED,
) -> Roles:
    turns, utterances = talk(*lines, joiner="" if language == "zh" else " ")
    context = RoleContext(language, load_lexicons(language), company, name, model)
    return find_roles(turns, utterances, context, least)


def _agent(roles: Roles) -> str:
    assert roles.certain
    assert roles.source == "signs"
    assert roles.confidence is not None
    assert roles.confidence >= CONFIDENCE
    (agent,) = [speaker for speaker, role in roles.speakers.items() if role is Role.AGENT]
    assert sorted(roles.speakers) == [A, B]
    assert roles.favoured == agent
    return agent


def test_who_greets_is_the_agent() -> None:
    roles = _roles(
        (A, "您好，中国移动，请问有什么可以帮您？"),
        (B, "你好，我想问一下我的话费怎么回事。"),
        (A, "好的，请您稍等，我帮您查一下。"),
    )
    assert _agent(roles) == A
    assert roles.signs["greets"] > 0


def test_the_agent_is_told_though_the_customer_speaks_first() -> None:
    roles = _roles(
        (A, "喂，你好，我要投诉，你们公司怎么乱扣费。"),
        (B, "您好，非常抱歉给您造成不便，请您提供一下手机号，我帮您查。"),
        (A, "我手机号是幺三八。"),
    )
    assert _agent(roles) == B


def test_a_rude_agent_without_greeting_is_told_by_the_wording() -> None:
    roles = _roles(
        (A, "喂，说。"),
        (B, "我想问一下我家宽带怎么又断了，你们的师傅什么时候能来。"),
        (A, "你报一下号码。"),
        (B, "我的号码是幺三八，你帮我查一下。"),
        (A, "系统显示正常，这是公司规定，你自己看合同。"),
        (B, "你们怎么这样，我要投诉。"),
    )
    assert _agent(roles) == A
    assert "greets" not in roles.signs


def test_english_roles() -> None:
    roles = _roles(
        (A, "Thank you for calling Northline, how can I help you?"),
        (B, "Hi, I'm calling about my bill."),
        (A, "Can I have your account number please? Let me check in our system."),
        (B, "I appreciate it."),
        language="en",
    )
    assert _agent(roles) == A


def test_an_english_caller_who_speaks_first_is_the_customer() -> None:
    roles = _roles(
        (A, "Hello, I'm calling because my internet is down."),
        (B, "I'm sorry for the inconvenience. May I have your account number?"),
        (A, "Why is my service so bad, you guys?"),
        language="en",
    )
    assert _agent(roles) == B


def test_nothing_that_tells_is_left_open() -> None:
    roles = _roles((A, "嗯。"), (B, "啊。"), (A, "对。"), (B, "行。"))
    assert not roles.certain
    assert roles.speakers == {}
    assert roles.confidence is not None
    assert 0.5 <= roles.confidence < CONFIDENCE
    assert roles.favoured in (A, B)


def test_signs_that_contradict_each_other_are_left_open() -> None:
    roles = _roles(
        (A, "我帮您查一下。"),
        (B, "我帮您查一下。"),
        (A, "我想问一下我的手机。"),
        (B, "我想问一下我的手机。"),
    )
    assert not roles.certain


def test_how_sure_is_sure_enough_is_a_setting() -> None:
    lines = ((A, "您看一下。"), (B, "嗯。"))
    assert not _roles(*lines, least=0.999).certain
    assert _roles(*lines, least=0.5).certain


def test_the_company_and_the_roster_name_in_the_opening_point_to_the_agent() -> None:
    lines = ((A, "喂，谁呀？"), (B, "小鹿通信的李娜。"), (A, "什么？"))
    plain = _roles(*lines)
    company = _roles(*lines, company=("小鹿通信",))
    both = _roles(*lines, company=("小鹿通信",), name="李娜")
    assert not plain.certain
    assert {"names_company", "says_roster_name"}.isdisjoint(plain.signs)
    assert company.favoured == both.favoured == B
    assert company.signs["names_company"] > 0
    assert both.signs["says_roster_name"] > 0
    assert company.confidence is not None
    assert both.confidence is not None
    assert both.confidence > company.confidence
    assert _agent(both) == B


def test_a_customer_who_names_the_company_later_is_not_its_agent() -> None:
    filler = "嗯那个前天我在外地的时候收到短信说流量快用完了但是我明明没怎么用手机你知道吧就很奇怪"
    roles = _roles((A, filler), (B, "嗯。"), (A, "小鹿通信。"), company=("小鹿通信",))
    assert "names_company" not in roles.signs


@pytest.mark.parametrize(
    "opening",
    [
        "你好，电信，啥事？",
        "铃号，联统，请讲。",
        "哎，你好啊，移动。",
        "联通客服，请讲。",
        "喂，以动为您找师傅。",
    ],
)
def test_a_short_name_in_its_place_is_a_greeting(opening: str) -> None:
    assert "names_company" in _roles((A, opening), (B, "喂。"), company=OPERATORS).signs


@pytest.mark.parametrize(
    "opening",
    [
        "你好，电信吗？",
        "喂，你好，是移动客服吗？",
        "你好，中国联通吧？",
        "我家是电信的宽带。",
        "你好，我用联通的卡。",
    ],
)
def test_a_customer_who_asks_for_the_company_or_has_its_line_does_not_greet(opening: str) -> None:
    assert "names_company" not in _roles((A, opening), (B, "嗯。"), company=OPERATORS).signs


def test_a_short_name_of_another_company_is_no_greeting() -> None:
    lines = ((A, "你好，电信，啥事？"), (B, "喂。"))
    assert "names_company" not in _roles(*lines, company=("中国移动",)).signs
    assert "names_company" not in _roles(*lines, company=("小鹿通信",)).signs


def test_how_both_talk_through_the_call_is_weighed() -> None:
    lines = ((A, "哎。"), (B, "光猫。"))
    model = RoleModel("zh", dict.fromkeys(features("光猫", "zh"), 2.0))
    plain, roles = _roles(*lines, least=1), _roles(*lines, least=1, model=model)
    assert plain.favoured == A
    assert "talks_like_agent" not in plain.signs
    assert roles.favoured == B
    assert roles.signs["talks_like_agent"] == pytest.approx(LEARNED["zh"] * 2 / 2**0.5, abs=0.001)


def test_what_was_learned_may_not_claim_more_than_its_most() -> None:
    lines = ((A, "光猫。"), (B, "嗯。"))
    roles = _roles(*lines, model=RoleModel("zh", dict.fromkeys(features("光猫", "zh"), 99.0)))
    assert roles.signs["talks_like_agent"] == MOST_LEARNED


def test_an_agent_whose_words_are_badly_recognised_is_told_by_the_shipped_model() -> None:
    lines = (
        (A, "那曾经是你手机，手机没打开开关吗？"),
        (B, "开了开了的，我让店里的人看过，他说都是开着的。"),
        (A, "无开着的，那那请问是在哪个味置？"),
        (B, "一般就是在家里，还有单位。"),
        (A, "那可能是那边信号的文题。"),
        (B, "那行吧。"),
    )
    assert not _roles(*lines).certain
    assert _agent(_roles(*lines, model=None)) == A


def test_the_polite_you_points_to_the_agent() -> None:
    roles = _roles((A, "你看你说的。"), (B, "您别急，您讲。"))
    assert roles.signs["says_nin"] > 0
    assert roles.favoured == B


def test_signs_pull_towards_the_favoured_speaker() -> None:
    first = _roles((A, "您好，请问有什么可以帮您？"), (B, "我想查一下我的话费。"))
    second = _roles((B, "您好，请问有什么可以帮您？"), (A, "我想查一下我的话费。"))
    assert (first.favoured, second.favoured) == (A, B)
    assert first.signs == second.signs
    assert sum(first.signs.values()) > 0


@pytest.mark.parametrize("lines", [(), ((A, "您好，请问有什么可以帮您？"), (A, "再见。"))])
def test_with_one_speaker_or_none_there_is_nobody_to_tell_apart(lines: tuple[tuple[str, str], ...]) -> None:
    roles = _roles(*lines)
    assert not roles.certain
    assert roles.confidence is None
    assert roles.speakers == {}


def test_turns_without_words_leave_the_roles_open() -> None:
    turns, _ = talk((A, "您好。"), (B, "你好。"))
    roles = find_roles(turns, [], RoleContext("zh", load_lexicons("zh")), CONFIDENCE)
    assert not roles.certain
    assert roles.confidence is None


def test_a_given_channel_settles_the_roles() -> None:
    roles = roles_by_channel(B, [A])
    assert roles.certain
    assert roles.confidence == 1.0
    assert roles.source == "configured"
    assert roles.speakers == {B: Role.AGENT, A: Role.CUSTOMER}


def test_an_agent_whose_customer_says_nothing_is_still_the_agent() -> None:
    assert roles_by_channel(A, []).speakers == {A: Role.AGENT}


VAGUE = ((A, "嗯，对。"), (B, "是这样的。"), (A, "行。"))


def _with_voice(*lines: tuple[str, str], **likeness: float) -> Roles:
    turns, utterances = talk(*lines, joiner="")
    context = RoleContext("zh", load_lexicons("zh"), model=NOTHING_LEARNED, likeness=likeness)
    return find_roles(turns, utterances, context, CONFIDENCE)


def test_the_agents_voice_settles_what_words_leave_open() -> None:
    assert not _with_voice(*VAGUE).certain
    roles = _with_voice(*VAGUE, SPEAKER_00=0.70, SPEAKER_01=0.97)
    assert _agent(roles) == B
    assert roles.signs[VOICE] == MOST_VOICE
    assert _agent(_with_voice(*VAGUE, SPEAKER_00=0.97, SPEAKER_01=0.70)) == A


@pytest.mark.parametrize(
    "likeness",
    [
        {A: 0.97},  # the other voice was not heard long enough
        {A: 0.70, B: 0.40},  # neither is the agent of that number
        {A: 0.95, B: 0.93},  # they sound alike
        {},
    ],
)
def test_a_voice_that_tells_nothing_is_no_sign(likeness: dict[str, float]) -> None:
    roles = _with_voice(*VAGUE, **likeness)
    assert not roles.certain
    assert VOICE not in roles.signs


def test_the_voice_cannot_overrule_what_is_plainly_said() -> None:
    lines = (
        (A, "您好，很高兴为您服务，请问有什么可以帮您？"),
        (B, "你好，我想问一下我的话费怎么回事。"),
        (A, "好的，请您稍等，我帮您查询一下。"),
    )
    said = _with_voice(*lines)
    assert _agent(said) == A
    against = _with_voice(*lines, SPEAKER_00=0.6, SPEAKER_01=0.99)
    assert against.favoured == A
    assert against.signs[VOICE] == -MOST_VOICE
    assert against.confidence is not None
    assert said.confidence is not None
    assert against.confidence < said.confidence


def test_a_call_told_by_its_voice_alone_teaches_no_voice() -> None:
    told = _with_voice(*VAGUE, SPEAKER_00=0.97, SPEAKER_01=0.70)
    assert told.certain
    assert not certain_without_voice(told, CONFIDENCE)
    lines = ((A, "您好，很高兴为您服务，请问有什么可以帮您？"), (B, "我想问一下我的话费。"))
    assert certain_without_voice(_with_voice(*lines, SPEAKER_00=0.97, SPEAKER_01=0.70), CONFIDENCE)
    assert certain_without_voice(roles_by_channel(A, [B]), CONFIDENCE)
    assert not certain_without_voice(_with_voice(*VAGUE), CONFIDENCE)
