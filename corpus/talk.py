"""Sentences out of other dialogues, for the babble behind a call."""

from __future__ import annotations

import zlib

import numpy as np

from corpus.recipe import Call, Rendering
from samples.sound import Samples, level_of, to_line
from samples.speech import RATE_HZ as VOICE_RATE_HZ
from samples.speech import Synthesizer
from samples.timeline import sentences_of

_SENTENCES = 60


class Talkers:
    """Gives a call the talk of people in the same split who are not on it."""

    def __init__(self, calls: list[Call], synthesizer: Synthesizer) -> None:
        self._calls = calls
        self._synthesizer = synthesizer

    def __call__(self, call: Call) -> list[Samples]:
        """Sixty sentences of one level; ones that no voice on the call speaks, and no dialogue of it."""
        own = {rendering.dialogue.id for rendering in call.renderings}
        heard = set(_voices(call.renderings[0]))
        others: dict[str, Rendering] = {
            rendering.key: rendering
            for other in self._calls
            if other.language == call.language
            for rendering in other.renderings
            if rendering.dialogue.id not in own
        }
        said = [
            (sentence, voice, speed)
            for _, rendering in sorted(others.items())
            for sentence, voice, speed in _sentences(rendering)
            if voice not in heard
        ]
        rng = np.random.default_rng(zlib.crc32(f"talk behind {call.id}".encode()))
        chosen = rng.permutation(len(said))[:_SENTENCES]
        return [self._speak(call.language, *said[index]) for index in chosen]

    def _speak(self, language: str, sentence: str, voice: str, speed: float) -> Samples:
        samples = to_line(self._synthesizer.speak(sentence, language, voice, speed).samples, VOICE_RATE_HZ)
        return np.asarray(samples / level_of(samples), np.float32)


def _voices(rendering: Rendering) -> list[str]:
    pair = rendering.pair
    names = [pair.agent, pair.customer, *([pair.agent2] if pair.agent2 else [])]
    return [*names, *(part for name in names for part in name.split("+"))]


def _sentences(rendering: Rendering) -> list[tuple[str, str, float]]:
    dialogue, pair = rendering.dialogue, rendering.pair
    found = []
    for line in dialogue.lines:
        if line.voice == "agent2":
            continue
        person, voice = (
            (dialogue.agent, pair.agent) if line.voice == "agent" else (dialogue.customer, pair.customer)
        )
        for sentence in sentences_of(line.text, dialogue.language):
            if len(sentence) > 5:
                found.append((sentence, voice, line.speed or person.speed))
    return found
