"""Who is the agent: several signs weighed, and no guess where they do not suffice.

Each sign gives log odds for one speaker being the agent. They are added up and scaled down
(signs of one call are not independent), and the logistic function makes a confidence of the sum.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from callqa.data import Role, Roles, Turn, Utterance
from callqa.language import count_syllables, find_phrase, searcher, sounds
from callqa.language.lexicon import LexiconSet, find_entries
from callqa.turns.role_model import RoleModel, load_role_model

SIMILARITY = 0.85
STRONG = 1.6
WEAK = 0.5
MOST_PER_KIND = 5.0  # repeating one sort of wording proves no more
GREETS = 2.5
NAMES_COMPANY = 2.0
ROSTER_NAME = 1.5
SPEAKS_FIRST = 0.6
SAYS_NIN = 1.2
VOICE = "sounds_like_agent"
# Signs of one call lean on each other; what they claim together is this much of their sum.
INDEPENDENCE = 0.7
# What a difference of one in the learned model's score is worth, and the most it may claim.
# `python -m corpus.roles_check` shows what these bring; on English fewer dialogues stand behind it.
LEARNED = {"zh": 1.0, "en": 0.5}
MOST_LEARNED = 4.0
# What a difference of one in the likeness (cosine) to the agent's voice print is worth: about half
# of what the tuning calls say (39; logistic regression, 1,858 pairs of one agent voice against
# 12,843 of two), because recorded people vary more from day to day than synthetic voices do. The
# most it may claim makes certain what no other sign speaks against, and no more.
PER_LIKENESS = 20.0
MOST_VOICE = 3.0
# Voices both less like the print than this are somebody else's: the agent's number is wrong, or the
# line changes voices too much. 97 % of agents are more like the print of one other call of theirs,
# 8 % of other people are.
LEAST_LIKENESS = 0.85
MIN_LIKENESS_GAP = 0.03
OPENING_SYLLABLES = {"zh": 40, "en": 40}
# An operator's short name (联通 for 中国联通) is a greeting's only in its place: after 您好, or
# before 客服 or 为您, and not in a customer's question (你好，是联通吗).
_SHORT = re.compile("中国(..)")
_SALUTATIONS = ("您好", "你好")
_BETWEEN = ("", "啊", "呀", "这里是", "我是", "欢迎致电")
_AFTER_NAME = ("客服", "为您")
_QUESTION = ("吗", "吧", "啊", "呀", "是吗", "是吧")


@dataclass(frozen=True, slots=True)
class RoleContext:
    """What is known of the call beforehand that helps to tell the agent.

    `model` None is the shipped one. `likeness` is the cosine of each speaker's voice with the voice
    print of the agent whose call it is; empty where that agent's voice is not known.
    """

    language: str
    lexicons: LexiconSet
    company_wordings: tuple[str, ...] = ()
    agent_name: str | None = None
    model: RoleModel | None = None
    likeness: Mapping[str, float] = field(default_factory=dict)


def find_roles(
    turns: Sequence[Turn], utterances: Sequence[Utterance], context: RoleContext, min_confidence: float
) -> Roles:
    """Roles of the two speakers of `turns` from their words. Uncertain, with no speaker assigned,
    where the confidence stays below `min_confidence` or only one person speaks."""
    speakers = list(dict.fromkeys(turn.speaker for turn in sorted(turns, key=lambda turn: turn.start)))
    if len(speakers) != 2 or not utterances:
        return Roles(certain=False, confidence=None, source="signs")
    scores = {speaker: _signs_of(speaker, utterances, context) for speaker in speakers}
    first, second = speakers
    names = sorted(set(scores[first]) | set(scores[second]))
    signs = {name: scores[first].get(name, 0.0) - scores[second].get(name, 0.0) for name in names}
    signs["speaks_first"] = SPEAKS_FIRST
    signs["talks_like_agent"] = _learned(first, second, utterances, context)
    signs[VOICE] = _sounds_like_agent(first, second, context.likeness)
    total = sum(signs.values())
    agent, customer = (first, second) if total >= 0 else (second, first)
    towards = {name: round(value if total >= 0 else -value, 3) for name, value in signs.items() if value}
    confidence = 1 / (1 + math.exp(-INDEPENDENCE * abs(total)))
    if confidence < min_confidence:
        return Roles(False, confidence, "signs", favoured=agent, signs=towards)
    assigned = {agent: Role.AGENT, customer: Role.CUSTOMER}
    return Roles(True, confidence, "signs", assigned, favoured=agent, signs=towards)


def roles_by_channel(agent: str, others: Sequence[str]) -> Roles:
    """Roles from configuration: the agent's channel was given."""
    assigned = {agent: Role.AGENT, **dict.fromkeys(others, Role.CUSTOMER)}
    return Roles(True, 1.0, "configured", assigned, favoured=agent)


def _signs_of(speaker: str, utterances: Sequence[Utterance], context: RoleContext) -> Mapping[str, float]:
    """Log odds that `speaker` is the agent, by sign."""
    own = [item for item in utterances if item.speaker == speaker]
    joiner = "。" if context.language == "zh" else ". "
    text = joiner.join(item.text for item in own)
    opening = _opening(own, context.language, joiner)
    signs: dict[str, float] = {}
    found = find_entries(context.lexicons.roles, searcher(text, context.language), SIMILARITY)
    for kind, worth in (
        ("agent_strong", STRONG),
        ("agent", WEAK),
        ("customer_strong", -STRONG),
        ("customer", -WEAK),
    ):
        hits = [item for item in found if item.entry.kind == kind]
        # The second time the same wording is heard it proves less than another wording.
        different = len({item.entry.phrase for item in hits})
        amount = different + 0.3 * (len(hits) - different)
        if amount:
            signs[f"wording_{kind}"] = math.copysign(min(MOST_PER_KIND, abs(worth) * amount), worth)
    if find_entries(context.lexicons.offers, searcher(opening, context.language), SIMILARITY):
        signs["greets"] = GREETS
    if _names_company(opening, context):
        signs["names_company"] = NAMES_COMPANY
    if context.agent_name and find_phrase(context.agent_name, opening, context.language, SIMILARITY):
        signs["says_roster_name"] = ROSTER_NAME
    if context.language == "zh":
        polite, plain = text.count("您"), text.count("你")
        if polite + plain >= 2:
            signs["says_nin"] = SAYS_NIN * (polite - plain) / (polite + plain)
    return signs


def _learned(first: str, second: str, utterances: Sequence[Utterance], context: RoleContext) -> float:
    """Log odds that `first` is the agent, by how both talk through the whole call."""
    model = context.model or load_role_model(context.language)
    scores = [
        model.score(item.text for item in utterances if item.speaker == name) for name in (first, second)
    ]
    pull = LEARNED[context.language] * (scores[0] - scores[1])
    return max(-MOST_LEARNED, min(MOST_LEARNED, pull))


def _sounds_like_agent(first: str, second: str, likeness: Mapping[str, float]) -> float:
    """Log odds that `first` is the agent, by both voices' likeness to the agent's print."""
    if not {first, second} <= set(likeness) or max(likeness[first], likeness[second]) < LEAST_LIKENESS:
        return 0.0
    gap = likeness[first] - likeness[second]
    if abs(gap) < MIN_LIKENESS_GAP:
        return 0.0
    return max(-MOST_VOICE, min(MOST_VOICE, PER_LIKENESS * gap))


def certain_without_voice(roles: Roles, min_confidence: float) -> bool:
    """Whether roles stand without the sign of the voice: only such a call may teach the voice,
    or a mistake would confirm itself."""
    if not roles.certain or roles.source != "signs":
        return roles.certain
    rest = sum(pull for name, pull in roles.signs.items() if name != VOICE)
    return 1 / (1 + math.exp(-INDEPENDENCE * rest)) >= min_confidence


def _names_company(opening: str, context: RoleContext) -> bool:
    language = context.language
    for name in context.company_wordings:
        for match in find_phrase(name, opening, language, SIMILARITY):
            if language != "zh" or not _asks(sounds(opening[match.end_char :], "zh")):
                return True
    if language != "zh":
        return False
    short = [match[1] for match in map(_SHORT.fullmatch, context.company_wordings) if match]
    return any(_greets_with(name, opening) for name in short)


def _greets_with(name: str, opening: str) -> bool:
    """Whether an operator's short name stands where a greeting has it, by sound: 铃号，联统 too."""
    heard, sought = sounds(opening, "zh"), sounds(name, "zh")
    for first in range(len(heard) - len(sought) + 1):
        before, after = heard[:first], heard[first + len(sought) :]
        if heard[first : first + len(sought)] != sought:
            continue
        in_place = any(_begins(after, word) for word in _AFTER_NAME) or any(
            _ends(before, hello + word) for hello in _SALUTATIONS for word in _BETWEEN
        )
        if in_place and not _asks(after):
            return True
    return False


def _asks(after: Sequence[str]) -> bool:
    """Whether what follows a company's name makes a customer's question of it: 是移动吗."""
    rest = after[2:] if _begins(after, _AFTER_NAME[0]) else after
    return any(_begins(rest, word) for word in _QUESTION)


def _begins(heard: Sequence[str], word: str) -> bool:
    keys = sounds(word, "zh")
    return tuple(heard[: len(keys)]) == keys


def _ends(heard: Sequence[str], word: str) -> bool:
    keys = sounds(word, "zh")
    return tuple(heard[max(0, len(heard) - len(keys)) :]) == keys


def _opening(utterances: Sequence[Utterance], language: str, joiner: str) -> str:
    """A speaker's first words."""
    parts: list[str] = []
    syllables = 0
    for item in utterances:
        if syllables >= OPENING_SYLLABLES[language]:
            break
        parts.append(item.text)
        syllables += count_syllables(item.text, language)
    return joiner.join(parts)
