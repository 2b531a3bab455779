"""How an utterance is worded, as the politeness classifier sees it."""

from __future__ import annotations

from dataclasses import dataclass

WORDING_CLASSES = ("courteous", "neutral", "curt", "impolite")
FAULTS = ("blaming", "refusing", "mocking", "commanding")


@dataclass(frozen=True, slots=True)
class UtteranceClass:
    """Calibrated probabilities of the four classes, which sum to 1, and those of the fault if it
    is impolite, which sum to 1 as well. It stands for whoever speaks: what it says about a
    customer is of no interest, but who the agent is may be settled later."""

    courteous: float
    neutral: float
    curt: float
    impolite: float
    blaming: float
    refusing: float
    mocking: float
    commanding: float

    @property
    def label(self) -> str:
        """The most probable class."""
        return max(WORDING_CLASSES, key=lambda name: getattr(self, name))

    @property
    def fault(self) -> str:
        """The most probable kind of fault, meant only where it is impolite."""
        return max(FAULTS, key=lambda name: getattr(self, name))


TAGS = (
    *("doing", "next", "by_when", "explaining", "guessing", "asks_secret"),
    *("wait", "thanks_wait", "more", "farewell", "offer", "refuses"),
)


@dataclass(frozen=True, slots=True)
class TaggedPiece:
    """What one piece of an utterance does, as calibrated probabilities, each for itself.

    It is ``facts.utterances[utterance].text[first_char:end_char]``. `doing`: says what is being
    done for the customer; `next`: what happens next; `by_when`: a time for it; `explaining`: a term
    or rule in everyday words; `guessing`: a guess told as fact; `asks_secret`: asks for or reads out
    a password, code or whole number; `wait`: asks to wait; `thanks_wait`: thanks for it; `more`:
    asks whether there is anything else; `farewell`; `offer`: offers help; `refuses`.
    """

    utterance: int
    first_char: int
    end_char: int
    doing: float
    next: float
    by_when: float
    explaining: float
    guessing: float
    asks_secret: float
    wait: float
    thanks_wait: float
    more: float
    farewell: float
    offer: float
    refuses: float
