"""Utterances from a script."""

from __future__ import annotations

from callqa.data import Turn, Utterance, Word

PER_CHARACTER, PER_WORD = 0.2, 0.4  # seconds


def said(speaker: str, text: str, start: float, joiner: str = "") -> Utterance:
    """One utterance, its words one after another; a word a character in Mandarin."""
    parts = text.split() if joiner else list(text)
    pieces: list[str] = []
    for part in parts:
        if part.isalnum() or joiner or not pieces:
            pieces.append(part)
        else:
            pieces[-1] += part
    length = PER_WORD if joiner else PER_CHARACTER
    words = tuple(
        Word(start + index * length, start + (index + 1) * length, piece, 0.9)
        for index, piece in enumerate(pieces)
    )
    return Utterance(start, words[-1].end, speaker, words, joiner=joiner)


def talk(*lines: tuple[str, str], joiner: str = "") -> tuple[list[Turn], list[Utterance]]:
    """Utterances one after another, half a second apart, and their turns."""
    utterances: list[Utterance] = []
    for speaker, text in lines:
        start = utterances[-1].end + 0.5 if utterances else 0.5
        utterances.append(said(speaker, text, start, joiner))
    turns = [Turn(item.start, item.end, item.speaker) for item in utterances]
    return turns, utterances
