"""How a call ended: whether the agent had the chance to close it."""

from __future__ import annotations

import re

from callqa.data import CallFacts, Role

# The recording stops while somebody speaks.
_CUT_TAIL = 0.15
_FAREWELL = {
    "zh": re.compile(r"再见|拜拜|谢谢|多谢|感谢|好的?嘞|挂了|bye", re.IGNORECASE),
    "en": re.compile(
        r"\b(?:bye|goodbye|thanks|thank you|have a (?:good|nice|great)|take care)\b", re.IGNORECASE
    ),
}


def call_ending(facts: CallFacts) -> str:
    """``recording_cut`` (speech runs into the recording's end), ``customer_hung_up`` (the customer
    spoke last and it was no farewell), else ``closed``."""
    if not facts.turns:
        return "closed"
    last = max(facts.turns, key=lambda turn: turn.end)
    words = next(
        (u.text for u in facts.utterances if u.speaker == last.speaker and abs(u.end - last.end) < 0.01), ""
    )
    polite = bool(_FAREWELL[facts.language].search(words))
    if facts.recording.duration - last.end < _CUT_TAIL and not polite:
        return "recording_cut"
    if last.role is Role.CUSTOMER and not polite:
        return "customer_hung_up"
    return "closed"
