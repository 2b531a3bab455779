"""Dialogues and a voice for tests: no model, no file."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from corpus.dialogue import CRITERIA, Dialogue
from samples.speech import RATE_HZ, Spoken

_LENGTH = 0.1  # seconds a character


def dialogue(**changes: Any) -> Dialogue:
    """A short Mandarin dialogue of the tuning half, with these fields changed."""
    fields: dict[str, Any] = {
        "id": "z01",
        "split": "tuning",
        "theme": "billing",
        "title": "查话费",
        "shows": "好坐席",
        "wording": "written",
        "language": "zh",
        "company": "中国移动",
        "agent": {"name": "李娜", "id": "A1", "speed": 1.0},
        "greeting": {"salutation": True, "company": True, "name": True, "offer": True},
        "closing": {"anything_else": True, "farewell": True},
        "expected": dict.fromkeys(CRITERIA, "met"),
        "lines": [
            {"agent": "您好，我是中国移动的李娜，请问有什么可以帮您？"},
            {"customer": "你好，我想问一下我这个月的话费为什么多了三十块钱。"},
            {"agent": "好的，请您稍等，我帮您查一下这个月的账单。"},
            {"customer": "好，麻烦你快一点，我一会儿还要出门办事情。"},
            {"agent": "查到了，是副卡的月租。请问还有其他需要帮助的吗？"},
            {"customer": "没有了，谢谢。"},
            {"agent": "感谢您的来电，再见。"},
        ],
    }
    return Dialogue.model_validate(fields | changes)


def dialogues(num_of_split: int = 14, language: str = "zh") -> list[Dialogue]:
    """As many for each half, of unlike length."""
    made = []
    for number in range(2 * num_of_split):
        more = [{"customer": f"还有一件事情我想再问一下{'呢' * part}。"} for part in range(number)]
        lines = [line.model_dump(exclude_none=True) for line in dialogue().lines]
        made.append(
            dialogue(
                id=f"{'z' if language == 'zh' else 'e'}{number:02}",
                language=language,
                split="tuning" if number % 2 == 0 else "reporting",
                agent={"name": "李娜", "id": f"A{number}"},
                lines=lines[:2] + more + lines[2:],
            )
        )
    return made


class ToneVoice:
    """Speaks every character as a tenth of a second of a tone that is the voice's own."""

    def speak(self, text: str, language: str, voice: str, speed: float) -> Spoken:
        """One sentence."""
        length = round(len(text) * _LENGTH * RATE_HZ)
        hz = 500 + sum(map(ord, voice)) % 800
        samples = (0.3 * np.sin(2 * np.pi * hz * np.arange(length) / RATE_HZ)).astype(np.float32)
        chars = tuple(
            (i * _LENGTH, (i + 1) * _LENGTH) if char.isalnum() else None for i, char in enumerate(text)
        )
        return Spoken(text, samples, chars, np.ones(length // 240, bool))


@pytest.fixture
def voice() -> ToneVoice:
    """In place of the synthesizer."""
    return ToneVoice()
