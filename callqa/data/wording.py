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
