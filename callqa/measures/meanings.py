"""What the agent's words do by their meaning, beside what lists of wordings find.

That something was said is held to be so from `LIKELY` on; that it was not said only where nothing
reaches `POSSIBLE`. Probabilities are calibrated on written lines; on recognised ones they are too
high where words were misheard, so the first limit is well above a half.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from callqa.data import CallFacts, TaggedPiece, Utterance
from callqa.measures.phrases import CERTAIN_PROBABILITY, Occurrence
from callqa.measures.shared import mean_probability

LIKELY = 0.6
POSSIBLE = 0.2


@dataclass(frozen=True, slots=True)
class Meanings:
    """The tagged pieces of each utterance, by the utterance's identity; `known` where there are any."""

    _pieces: dict[int, tuple[TaggedPiece, ...]]

    @classmethod
    def of(cls, facts: CallFacts) -> Meanings:
        """Those of a call; facts from before there were tags have none."""
        pieces: dict[int, tuple[TaggedPiece, ...]] = {}
        for piece in facts.tags:
            if piece.utterance < len(facts.utterances):
                key = id(facts.utterances[piece.utterance])
                pieces[key] = (*pieces.get(key, ()), piece)
        return cls(pieces)

    @property
    def known(self) -> bool:
        """Whether anything read the meaning of this call."""
        return bool(self._pieces)

    def pieces(self, utterance: Utterance) -> tuple[TaggedPiece, ...]:
        """The pieces of an utterance of the call."""
        return self._pieces.get(id(utterance), ())

    def find(self, tag: str, utterances: Iterable[Utterance], at_least: float = LIKELY) -> list[Occurrence]:
        """Pieces that carry a tag, in time order; `similarity` is the tag's probability."""
        found = []
        for utterance in utterances:
            for piece in self.pieces(utterance):
                meant = float(getattr(piece, tag))
                if meant < at_least:
                    continue
                place = piece.first_char, piece.end_char
                heard = mean_probability(utterance.words_between(*place))
                certain = heard is not None and heard >= CERTAIN_PROBABILITY
                text = utterance.text[slice(*place)].strip()
                found.append(Occurrence(utterance, text, tag, *place, meant, heard, certain, by_meaning=True))
        return found

    def strongest(self, tag: str, utterances: Sequence[Utterance]) -> Occurrence | None:
        """The piece that most probably carries a tag, None where no piece is known."""
        return max(self.find(tag, utterances, 0.0), key=lambda item: item.similarity, default=None)

    def has(self, tag: str, utterance: Utterance, at_least: float = LIKELY) -> bool:
        """Whether any piece of an utterance carries a tag."""
        return any(getattr(piece, tag) >= at_least for piece in self.pieces(utterance))
