"""Reference beside result, turn by turn, with the times to play."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from unicodedata import east_asian_width

from callqa.evaluation.alignment import Alignment, Unit
from callqa.evaluation.speech import Heard, align_in_time, align_parties, assign_speakers
from callqa.evaluation.truth import TrueTurn, Truth

_GAP = {1: "*", 2: "＊"}


@dataclass(frozen=True, slots=True)
class TurnDifference:
    """One true turn: pairs of units that stand beside each other, "" where there is none."""

    start: float
    end: float
    party: str
    pairs: tuple[tuple[str, str], ...]

    @property
    def num_errors(self) -> int:
        """Edits of this turn."""
        return sum(said != heard for said, heard in self.pairs)

    def lines(self) -> tuple[str, str]:
        """What was said and what was heard, unit under unit; ``*`` stands where one has nothing."""
        joiner = "" if all(len(text) <= 1 for pair in self.pairs for text in pair) else " "
        columns = [(said, heard, max(_width(said), _width(heard))) for said, heard in self.pairs]
        said_line = joiner.join(_padded(said, width) for said, _, width in columns)
        heard_line = joiner.join(_padded(heard, width) for _, heard, width in columns)
        return said_line, heard_line


def find_differences(truth: Truth, heard: Heard) -> list[TurnDifference]:
    """Every true turn with what was heard of its party in its place, in time order; one row of the
    whole recording where the reference has words without times. What was inserted stands in the
    turn before it."""
    turns = truth.spoken
    language = truth.language or heard.language
    if turns is None:
        whole = align_in_time(truth, heard.utterances, language)
        if whole is None:
            return []
        texts = tuple((said.text if said else "", own.text if own else "") for said, own in _pairs(whole))
        return [TurnDifference(0.0, truth.duration or heard.duration, "all", texts)]
    parties = assign_speakers(turns, heard.turns)
    alignments = align_parties(turns, heard.utterances, parties, language)
    pairs: list[list[tuple[str, str]]] = [[] for _ in turns]
    for party, alignment in alignments.items():
        own = [index for index, turn in enumerate(turns) if turn.party == party]
        place = min(own, key=lambda index: turns[index].start)
        for said, found in _pairs(alignment):
            if said is not None:
                place = said.turn
            elif found is not None:
                place = _turn_of(found, place, own, turns)
            pairs[place].append((said.text if said else "", found.text if found else ""))
    rows = [
        TurnDifference(turn.start, turn.end, turn.party, tuple(own))
        for turn, own in zip(turns, pairs, strict=True)
    ]
    return sorted(rows, key=lambda row: row.start)


def _turn_of(found: Unit, place: int, own: Sequence[int], turns: Sequence[TrueTurn]) -> int:
    """Where an insertion stands: in the turn after, if it is heard in that rather than before."""
    later = [index for index in own if turns[index].start > turns[place].start]
    following = min(later, key=lambda index: turns[index].start, default=None)
    if following is not None and found.start >= turns[following].start:
        return following
    return place


def _pairs(alignment: Alignment) -> Iterator[tuple[Unit | None, Unit | None]]:
    for chunk in alignment.chunks:
        said = alignment.reference[chunk.first : chunk.end]
        heard = alignment.heard[chunk.heard_first : chunk.heard_end]
        for i in range(max(len(said), len(heard))):
            yield (said[i] if i < len(said) else None, heard[i] if i < len(heard) else None)


def _width(text: str) -> int:
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def _padded(text: str, width: int) -> str:
    if not text:
        return _GAP[2] * (width // 2) + _GAP[1] * (width % 2)
    return text + " " * (width - _width(text))
