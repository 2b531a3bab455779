"""The form of the corpus's truth: the samples' form, and what else is known about such a call.

Times and shares as in `samples.schema`.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from corpus.dialogue import Split
from samples.schema import CallTruth, Conditions, Span


class CorpusConditions(Conditions):
    """`packet_loss` is the share of packets of 20 ms that were lost, `clipped` the share of samples of
    speech that were cut off."""

    packet_loss: float = Field(ge=0, le=1)
    clipped: float = Field(ge=0, le=1)


class Agent(Span):
    """One of two agents, from the first word to the last; `voice` is Kokoro's name."""

    name: str | None
    id: str | None
    voice: str


class CorpusTruth(CallTruth):
    """`dialogue` names the dialogue, or several of them with ``+`` between. `condition` is the
    short name that results are grouped by. `agents` stands in calls with two agents."""

    split: Split
    dialogue: str
    wording: Literal["written", "spontaneous", "mixed"]
    condition: str
    conditions: CorpusConditions
    agents: tuple[Agent, ...] = ()
