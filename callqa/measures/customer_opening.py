"""The customer's first statement of the matter: how long it ran, and whether it was heard out."""

from __future__ import annotations

import re
from collections.abc import Sequence

from callqa.config import MeasureSettings
from callqa.data import CallFacts, Evidence, Measure, Role, total_duration
from callqa.language import count_syllables
from callqa.measures.interruptions import Interruption, cite_interruption
from callqa.measures.shared import SpokenTurn, is_backchannel, mean_probability, say, seconds

# "喂，你好，是移动吗" opens the line, not the matter: what is left without such words has to say something.
_PHATIC = {
    "zh": re.compile(
        r"喂+|[你您]好|哈喽|早上好|上午好|中午好|下午好|晚上好|唉|诶|哎|嗯|啊|呃|请问"
        r"|(?:你|您)?(?:这|那)?(?:里|边|儿)?是.{0,4}(?:移动|联通|电信|广电|客服|公司)(?:客服|公司|热线)?(?:吗|吧|么)?|(?:能|可以)?听得?[到见](?:吗|我)?(?:说话)?(?:吗)?"
        r"|转?人工(?:客服|服务)?|[，。？！、,.?!\s]"
    ),
    "en": re.compile(
        r"\b(?:hello|hi|hey|good (?:morning|afternoon|evening)|um+|uh+|yeah|yes|okay|ok|can you hear me"
        r"|is (?:this|that) \w+(?: \w+)?)\b|[,.?!\s]+",
        re.IGNORECASE,
    ),
}
_STATED_SYLLABLES = {"zh": 5, "en": 3}
# A turn without words states something from this length on, in seconds.
_OPENING_SECONDS = 1.5


def measure_customer_opening(
    facts: CallFacts,
    spoken: Sequence[SpokenTurn],
    interruptions: Sequence[Interruption],
    settings: MeasureSettings,
) -> Measure:
    """The customer's first statement: from its first turn until the agent takes the floor."""
    statement = _opening_statement(facts, spoken, settings)
    if not statement:
        reason = say(facts.language, "客户没有说明来意。", "The customer did not state a matter.")
        return Measure("customer_opening", None, "s", {"cut_off": None}, reason=reason)
    start, end = statement[0].turn.start, max(item.turn.end for item in statement)
    turns = {id(item.turn) for item in statement}
    cuts = [event for event in interruptions if id(event.of.turn) in turns]
    # Whoever talks through an interruption was interrupted, but not cut off.
    cut = next((event for event in cuts if event.yielded), None)
    components = {
        "cut_off": cut is not None,
        "interrupted": bool(cuts),
        "start": start,
        "end": end,
        "speech_seconds": seconds(total_duration(item.turn.span for item in statement)),
        "turns": len(statement),
        "cut_at": cut.start if cut else None,
        "cut_off_by": cite_interruption(cut, facts.language).quote if cut else None,
    }
    texts = [item.utterance for item in statement if item.utterance]
    ran = end - start
    evidence = Evidence(
        start,
        end,
        (texts[0].joiner if texts else "").join(item.text for item in texts),
        say(
            facts.language,
            f"客户的第一段陈述，{ran:.1f} 秒，" + ("被坐席打断。" if cut else "坐席听完了。"),
            f"The customer's first statement, {ran:.1f} s, "
            + ("was cut off by the agent." if cut else "was heard out."),
        ),
        mean_probability([word for item in texts for word in item.words]),
    )
    cited = (evidence, cite_interruption(cut, facts.language)) if cut else (evidence,)
    return Measure("customer_opening", ran, "s", components, cited)


def _opening_statement(
    facts: CallFacts, spoken: Sequence[SpokenTurn], settings: MeasureSettings
) -> list[SpokenTurn]:
    statement: list[SpokenTurn] = []
    for item in spoken:
        if is_backchannel(item, settings, facts.language):
            continue
        if item.turn.role is Role.CUSTOMER and (statement or _states_matter(item, facts.language)):
            statement.append(item)
        elif item.turn.role is Role.AGENT and statement:
            break
    return statement


def _states_matter(spoken: SpokenTurn, language: str) -> bool:
    if spoken.text:
        said = _PHATIC[language].sub(" " if language == "en" else "", spoken.text)
        return count_syllables(said, language) >= _STATED_SYLLABLES[language]
    return spoken.turn.duration >= _OPENING_SECONDS
