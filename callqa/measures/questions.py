"""Who asks, and which of the customer's questions the agent left without an answer.

What counts as a question has to look like one in its words. Unanswered is said with care: of a
question only that the agent said nothing at all to, or that the customer had to ask again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from callqa.config import MeasureSettings
from callqa.data import CallFacts, Role, Utterance
from callqa.language import count_syllables
from callqa.measures.shared import SpokenTurn, is_backchannel

_QUESTION = {
    "zh": re.compile(
        r"[？?]|[吗么嘛](?:[。，,]|$)|呢(?:[。]|$)|什么|怎么|多少|哪[里儿个些天家一张位]|几[个天点号块月]|为啥|为什么"
        r"|凭什么|是不是|能不能|可不可以|有没有|要不要|会不会|行不行|对不对|好不好|多久|多长时间|啥时候|咋"
    ),
    "en": re.compile(
        r"\?|(?:^|[.,;!]\s+|\band |\bbut |\bso )(?:what|when|where|why|who|how|which|is|are|do|does|did|can"
        r"|could|will|would|may|have|has)\b(?!'s up)[^.]*$",
        re.IGNORECASE,
    ),
}
# A word of asking inside a sentence that asks nothing.
_NO_QUESTION = {
    "zh": re.compile(
        r"没什么|不怎么|什么的|怎么着都|不管怎么|无论怎么|多少有|怎么样都行|(?:请问|想问)一下(?:您)?好"
    ),
    "en": re.compile(r"\bhow are you\b", re.IGNORECASE),
}
_LEAST_SYLLABLES = 4
# How alike a question must be to one asked before (partial ratio, 0-100) to be the same, and how much
# of it there must be for that to mean anything.
_SAME_QUESTION = 82
_LEAST_AGAIN = 7
# So many of the agent's words answer something, or say that it will be looked up.
_ANSWER_SYLLABLES = 3


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A question of the customer's: `why` is ``nothing_said`` or ``asked_again``."""

    question: Utterance
    why: str


def is_question(text: str, language: str) -> bool:
    """Whether words look like a question.

    >>> is_question("那我什么时候能上网", "zh"), is_question("没什么，就这样", "zh")
    (True, False)
    """
    bare = _NO_QUESTION[language].sub("", text)
    asks = bool(_QUESTION[language].search(bare))
    return asks and count_syllables(bare, language) >= (_LEAST_SYLLABLES if language == "zh" else 3)


def questions_of(facts: CallFacts, role: Role) -> list[Utterance]:
    """One party's utterances that ask something."""
    return [item for item in facts.utterances_of(role) if is_question(item.text, facts.language)]


def unanswered(facts: CallFacts, spoken: Sequence[SpokenTurn], settings: MeasureSettings) -> list[Unanswered]:
    """The customer's questions that the agent said nothing to before the customer spoke again, or
    that the customer asked again in nearly the same words after the agent had spoken."""
    asked = questions_of(facts, Role.CUSTOMER)
    real = [
        item
        for item in spoken
        if item.utterance is not None
        and item.turn.role is not None
        and not is_backchannel(item, settings, facts.language)
    ]
    found = []
    for number, question in enumerate(asked):
        later = [item for item in real if item.turn.start > question.start]
        following = next((i for i, item in enumerate(later) if item.turn.role is Role.CUSTOMER), None)
        if following is None:
            # Whatever ended the call may have been the answer.
            continue
        if _ignored(question, spoken, later[following], facts.language):
            found.append(Unanswered(question, "nothing_said"))
        elif any(_same(question, again, facts.language) for again in asked[number + 1 : number + 3]):
            found.append(Unanswered(question, "asked_again"))
    return found


def _ignored(question: Utterance, spoken: Sequence[SpokenTurn], going_on: SpokenTurn, language: str) -> bool:
    """Whether nothing of the agent's lies between a question and what the customer says next, after
    a pause in which an answer would have been due."""
    if going_on.turn.start - question.end < 3.0:
        return False
    between = [
        item
        for item in spoken
        if item.turn.role is not Role.CUSTOMER
        and item.turn.end > question.end
        and item.turn.start < going_on.turn.start
    ]
    # Speech without words may have been the answer.
    return all(item.text and count_syllables(item.text, language) < _ANSWER_SYLLABLES for item in between)


def _same(question: Utterance, again: Utterance, language: str) -> bool:
    one, other = question.text, again.text
    least = _LEAST_AGAIN if language == "zh" else 5
    if min(count_syllables(one, language), count_syllables(other, language)) < least:
        return False
    return fuzz.ratio(one, other) >= _SAME_QUESTION
