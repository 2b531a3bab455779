"""A whole call: what was found out about it, and how it was judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from callqa.data.measures import Measure
from callqa.data.recording import Recording
from callqa.data.scorecard import Scorecard
from callqa.data.transcript import Coverage, Utterance
from callqa.data.turns import Role, Roles, Turn, TurnAcoustics
from callqa.data.wording import TaggedPiece, UtteranceClass


@dataclass(frozen=True, slots=True)
class Provenance:
    """What made an analysis, so that it can be made again.

    `lexicons_digest` names the lexicons it was measured with, `measures_key` is a digest of all
    else that the measures depend on beside the facts; None where an older program made it.
    """

    callqa_version: str
    models: Mapping[str, str]
    settings_hash: str
    created_at: str
    lexicons_digest: str | None = None
    measures_key: str | None = None


@dataclass(frozen=True, slots=True)
class CallFacts:
    """All that measuring and scoring need; stored, so that a changed rubric, lexicon or role
    assignment re-scores the call without its audio.

    `language` is ``zh`` or ``en``. `acoustics` has one entry a turn, in the turns' order.
    `status` says in a word whether there is a conversation to score: ``scored``,
    ``no_speech``, ``one_party`` (only one person is heard), or ``too_short``. `wording` has one
    entry an utterance, in their order, or none at all where nothing classified them. `tags` has
    one or more entries an utterance, in their order, or none at all.
    """

    recording: Recording
    language: str
    turns: tuple[Turn, ...]
    roles: Roles
    utterances: tuple[Utterance, ...]
    coverage: Coverage
    acoustics: tuple[TurnAcoustics, ...]
    status: str = "scored"
    wording: tuple[UtteranceClass, ...] = ()
    tags: tuple[TaggedPiece, ...] = ()

    def turns_of(self, role: Role) -> tuple[Turn, ...]:
        """The turns of one role, in time order; empty while roles are uncertain."""
        return tuple(turn for turn in self.turns if turn.role is role)

    def utterances_of(self, role: Role) -> tuple[Utterance, ...]:
        """The utterances of one role, in time order; empty while roles are uncertain."""
        return tuple(item for item in self.utterances if item.role is role)


@dataclass(frozen=True, slots=True)
class CallAnalysis:
    """One scored call: the facts, the measures taken on them, the scorecard, and what made it."""

    facts: CallFacts
    measures: Mapping[str, Measure]
    scorecard: Scorecard
    provenance: Provenance
