"""Turns a call of the recipe into a script that `samples.timeline` can put on a time line."""

from __future__ import annotations

import re
from typing import Any

from corpus.dialogue import Dialogue
from corpus.recipe import VOICES, Call, Rendering, hold_line
from samples.script import Before, Line, Script, Speaker, Voice

_CLOSING = re.compile(
    r"其他(?!人)|别的(需要|业务|问题|事)|再见|祝您|感谢您的来电|评价"
    r"|anything else|goodbye|bye\b|have a (good|nice|great|lovely)",
    re.IGNORECASE,
)
_CLOSING_LINES = 5
_TO_NEXT = 1.2
# A long call has a hold after every so many matters.
_MATTERS_TO_A_HOLD = 2
_LONG_HOLD = 180.0
_ANNOUNCEMENTS = {
    "zh": (
        "您好，欢迎致电{company}客户服务热线。为了提高服务质量，您的通话可能会被录音。正在为您转接人工服务，请稍候。",
        "尊敬的客户您好，当前来电较多，座席正忙，请您不要挂机，我们将按顺序为您接通。",
    ),
    "en": (
        "Welcome to {company}. Calls may be recorded for training purposes. "
        "Please hold while we connect you to the next available agent.",
    ),
}


def script_of(call: Call, ending: str) -> Script:
    """What is said in the call and by whom; `ending` is that of its file's name."""
    first = call.renderings[0].dialogue
    lines = _lines(first) if len(call.renderings) == 1 else _chained(call.renderings)
    if call.condition.hold is not None:
        lines = _held(lines, hold_line(first), call.condition.hold)
    number = sum(map(ord, call.id))
    last = call.renderings[-1].dialogue
    pair = call.pair
    return Script(
        id=call.id,
        file=f"{call.id}.{ending}",
        theme=first.theme,
        title=first.title if first is last else " / ".join(r.dialogue.title for r in call.renderings),
        shows=first.shows if first is last else f"{call.condition.name}: {first.shows}",
        language=call.language,
        company=first.company,
        agent=_speaker(pair.agent, call.agent_level_db, first, "agent"),
        agent2=_speaker(pair.agent2, call.agent_level_db, first, "agent2") if pair.agent2 else None,
        customer=_speaker(pair.customer, call.customer_level_db, first, "customer"),
        before=_before(call, number),
        greeting=first.greeting,
        closing=last.closing,
        expected={},
        lines=lines,
    )


def body(dialogue: Dialogue) -> tuple[int, int]:
    """From which line to before which the matter itself is talked about, without greeting and
    leave."""
    lines = dialogue.lines
    start = next(i for i, line in enumerate(lines) if line.party == "customer")
    near = range(max(start + 1, len(lines) - _CLOSING_LINES), len(lines))
    end = next((i for i in near if lines[i].party == "agent" and _CLOSING.search(lines[i].text)), len(lines))
    return start, end


def _speaker(voice: str, level_db: float, dialogue: Dialogue, who: Voice) -> Speaker:
    person = {"agent": dialogue.agent, "agent2": dialogue.agent2, "customer": dialogue.customer}[who]
    assert person is not None
    return Speaker(voice=voice, level_db=level_db, speed=person.speed, name=person.name, id=person.id)


def _lines(dialogue: Dialogue) -> tuple[Line, ...]:
    """The lines, each with its own speed: in a chain, dialogues differ."""
    speeds = {
        "agent": dialogue.agent.speed,
        "agent2": dialogue.agent2.speed if dialogue.agent2 else None,
        "customer": dialogue.customer.speed,
    }
    return tuple(
        line.model_copy(update={"speed": line.speed or speeds[line.voice]}) for line in dialogue.lines
    )


def _chained(renderings: tuple[Rendering, ...]) -> tuple[Line, ...]:
    """One matter after the other; only the first is greeted, only the last closed."""
    chain: list[Line] = []
    for number, rendering in enumerate(renderings):
        lines = _lines(rendering.dialogue)
        start, end = body(rendering.dialogue)
        is_last = number == len(renderings) - 1
        part = list(lines[0 if number == 0 else start : len(lines) if is_last else end])
        if number:
            part[0] = part[0].model_copy(update={"gap": _TO_NEXT, "overlap": None, "under": None})
        if number % _MATTERS_TO_A_HOLD == 1 and not is_last:
            part[-1] = part[-1].model_copy(update={"music": _LONG_HOLD})
        chain += part
    return tuple(chain)


def _held(lines: tuple[Line, ...], after: int | None, seconds: float) -> tuple[Line, ...]:
    assert after is not None
    held = lines[after].model_copy(update={"music": seconds})
    return (*lines[:after], held, *lines[after + 1 :])


def _before(call: Call, number: int) -> Before | None:
    if call.condition.before == "ringback":
        return Before(kind="ringback", seconds=6 + 5 * (number % 3))
    if call.condition.before is None:
        return None
    texts = _ANNOUNCEMENTS[call.language]
    company = call.renderings[0].dialogue.company or {"zh": "本公司", "en": "our help line"}[call.language]
    heard = (*call.pair.agent.split("+"), *call.pair.customer.split("+"))
    voice = next(voice for voice in reversed(VOICES[call.language]) if voice not in heard)
    return Before(kind="ivr", voice=voice, text=texts[number % len(texts)].format(company=company))


def described(call: Call) -> dict[str, Any]:
    """All of the recipe that the call's sound and truth depend on."""
    chained = {"chained": [_TO_NEXT, _LONG_HOLD, _MATTERS_TO_A_HOLD]}
    return {
        "id": call.id,
        **(chained if len(call.renderings) > 1 else {}),
        "condition": repr(call.condition),
        "levels": [call.agent_level_db, call.customer_level_db, call.agent_channel],
        "renderings": [[r.dialogue.model_dump(), repr(r.pair), r.take] for r in call.renderings],
    }
