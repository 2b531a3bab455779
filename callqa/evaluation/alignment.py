"""Texts as timed units, characters of Mandarin or words of English, and one aligned to another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from callqa.data import Utterance
from callqa.evaluation.counts import TextErrors
from callqa.language import normalise_for_scoring

ChunkKind = Literal["equal", "substitute", "delete", "insert"]


@dataclass(frozen=True, slots=True)
class Unit:
    """One character or word as error rates compare it. `turn` is the index of the turn or
    utterance that it stands in; start and end are seconds."""

    text: str
    start: float
    end: float
    turn: int


@dataclass(frozen=True, slots=True)
class Chunk:
    """A run of one kind: ``reference[first:end]`` beside ``heard[heard_first:heard_end]``."""

    kind: ChunkKind
    first: int
    end: int
    heard_first: int
    heard_end: int


@dataclass(frozen=True, slots=True)
class Alignment:
    """Two texts beside each other with the fewest edits."""

    reference: tuple[Unit, ...]
    heard: tuple[Unit, ...]
    chunks: tuple[Chunk, ...]

    @property
    def errors(self) -> TextErrors:
        """The edits, counted."""
        sizes = dict.fromkeys(("equal", "substitute", "delete", "insert"), 0)
        for chunk in self.chunks:
            sizes[chunk.kind] += max(chunk.end - chunk.first, chunk.heard_end - chunk.heard_first)
        return TextErrors(sizes["substitute"], sizes["delete"], sizes["insert"], len(self.reference))


def split_units(text: str, language: str) -> list[str]:
    """The units that error rates count in a text.

    >>> split_units("您好，OLT！", "zh"), split_units("Hello, there!", "en")
    (['您', '好', 'o', 'l', 't'], ['hello', 'there'])
    """
    normal = _normalise(text, language)
    return list(normal) if language == "zh" else normal.split()


def spread_units(text: str, start: float, end: float, turn: int, language: str) -> list[Unit]:
    """The units of a text that is known to be said from `start` to `end`, at an even pace."""
    found = split_units(text, language)
    step = (end - start) / max(len(found), 1)
    return [Unit(unit, start + i * step, start + (i + 1) * step, turn) for i, unit in enumerate(found)]


def heard_units(utterance: Utterance, turn: int, language: str) -> list[Unit]:
    """The units of an utterance, each with the time of its word.

    Numbers read otherwise as a whole than word by word, so the whole text's units are mapped to
    those of the single words.
    """
    whole = split_units(utterance.text, language)
    by_word = [(unit, word) for word in utterance.words for unit in split_units(word.text, language)]
    if not by_word:
        return [Unit(unit, utterance.start, utterance.end, turn) for unit in whole]
    if [unit for unit, _ in by_word] == whole:
        places = list(range(len(whole)))
    else:
        places = _places(whole, [unit for unit, _ in by_word])
    return [
        Unit(unit, by_word[place][1].start, max(by_word[place][1].start, by_word[place][1].end), turn)
        for unit, place in zip(whole, places, strict=True)
    ]


def align(reference: Sequence[Unit], heard: Sequence[Unit]) -> Alignment:
    """Put two texts beside each other (jiwer's alignment)."""
    import jiwer

    if not reference or not heard:
        kind: ChunkKind = "insert" if heard else "delete"
        chunks = (Chunk(kind, 0, len(reference), 0, len(heard)),) if reference or heard else ()
        return Alignment(tuple(reference), tuple(heard), chunks)
    # Units hold no blanks, so characters are aligned as words are.
    found = jiwer.process_words(" ".join(u.text for u in reference), " ".join(u.text for u in heard))
    return Alignment(
        tuple(reference),
        tuple(heard),
        tuple(
            Chunk(item.type, item.ref_start_idx, item.ref_end_idx, item.hyp_start_idx, item.hyp_end_idx)
            for item in found.alignments[0]
        ),
    )


@lru_cache(maxsize=65536)
def _normalise(text: str, language: str) -> str:
    return normalise_for_scoring(text, language)


def _places(whole: list[str], by_word: list[str]) -> list[int]:
    """For each unit of the whole, the index of the word-wise unit in its place."""
    from rapidfuzz.distance import Levenshtein

    places = [0] * len(whole)
    for step in Levenshtein.opcodes(by_word, whole):
        width = step.src_end - step.src_start
        for i in range(step.dest_start, step.dest_end):
            share = (i - step.dest_start) * width // max(step.dest_end - step.dest_start, 1)
            places[i] = min(step.src_start + share, len(by_word) - 1)
    return places
