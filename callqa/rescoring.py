"""Stored calls judged anew, without their audio: another rubric, or roles that a person settled."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from callqa.data import CallAnalysis, CallFacts, Role, Roles, Scorecard, TimeSpan, intersect, total_duration
from callqa.errors import UsageError
from callqa.store import Store, StoredCall

Judge = Callable[[CallFacts], CallAnalysis]


@dataclass(frozen=True, slots=True)
class Judging:
    """A judge, and what is kept with a call that it judged: see `CallKeys`."""

    judge: Judge
    judge_key: str
    settings: Mapping[str, Any]
    rubric: str | None


JudgingOf = Callable[[StoredCall], Judging]
"""How a stored call is to be judged anew: mostly as it was judged before."""


@dataclass(frozen=True, slots=True)
class Rescored:
    """One call's scorecards before and after."""

    call_id: str
    paths: tuple[str, ...]
    before: Scorecard
    after: Scorecard

    @property
    def changed_criteria(self) -> tuple[str, ...]:
        """Criteria whose verdict is another now, those that came or went among them."""
        before = {item.id: item.verdict for item in self.before.criteria}
        after = {item.id: item.verdict for item in self.after.criteria}
        names = dict.fromkeys([*before, *after])
        return tuple(name for name in names if before.get(name) != after.get(name))

    @property
    def is_changed(self) -> bool:
        """Whether score, judged share, cap or any verdict is another now."""
        kept = (
            self.before.score == self.after.score
            and self.before.judged_share == self.after.judged_share
            and self.before.capped_by == self.after.capped_by
        )
        return not kept or bool(self.changed_criteria)


def rescore(store: Store, judging_of: JudgingOf, dry_run: bool = False) -> Iterator[Rescored]:
    """Judge every stored call anew, one after the other; with `dry_run` nothing is saved."""
    for summary in store.summaries():
        call = store.load(summary.id)
        judging = judging_of(call)
        analysis = judge_anew(call.analysis, call.analysis.facts, judging.judge)
        if not dry_run:
            _save(store, call, analysis, judging)
        yield Rescored(call.id, call.paths, call.analysis.scorecard, analysis.scorecard)


def settle_call(store: Store, call_id: str, agent: str, judging_of: JudgingOf) -> Rescored:
    """Make `agent` the agent of a stored call, judge it anew and save it.

    Raises `UsageError` where the call has no such speaker.
    """
    call = store.load(call_id)
    judging = judging_of(call)
    analysis = judge_anew(call.analysis, settle_roles(call.analysis.facts, agent), judging.judge)
    _save(store, call, analysis, judging)
    return Rescored(call.id, call.paths, call.analysis.scorecard, analysis.scorecard)


def judge_anew(before: CallAnalysis, facts: CallFacts, judge: Judge) -> CallAnalysis:
    """A stored call judged on (changed) facts; the models that made the facts stay named."""
    after = judge(facts)
    provenance = dataclasses.replace(after.provenance, models=before.provenance.models)
    return dataclasses.replace(after, provenance=provenance)


def settle_roles(facts: CallFacts, agent: str) -> CallFacts:
    """The facts with `agent` as the agent because a person said so, and the other party as the
    customer. Where more than two speak, the customer is the other one of the two parties known
    before, else the one who speaks most; further speakers have no role.

    Raises `UsageError` where nobody of that label speaks.
    """
    seconds: dict[str, float] = {}
    for turn in facts.turns:
        seconds[turn.speaker] = seconds.get(turn.speaker, 0.0) + turn.duration
    if agent not in seconds:
        known = ", ".join(f"{name} ({seconds[name]:.0f} s)" for name in sorted(seconds)) or "nobody"
        raise UsageError(
            f"no speaker {agent!r} in {facts.recording.path}; there speak {known}.",
            "`callqa show CALL` prints who says what.",
        )
    others = sorted((name for name in seconds if name != agent), key=lambda name: -seconds[name])
    parties = [name for name in others if name in facts.roles.speakers]
    speakers = {agent: Role.AGENT}
    if others:
        speakers[(parties or others)[0]] = Role.CUSTOMER
    roles = Roles(
        certain=True,
        confidence=1.0,
        source="person",
        speakers=speakers,
        favoured=agent,
        signs=facts.roles.signs,
    )
    return dataclasses.replace(
        facts,
        roles=roles,
        turns=tuple(dataclasses.replace(turn, role=speakers.get(turn.speaker)) for turn in facts.turns),
        utterances=tuple(
            dataclasses.replace(item, role=speakers.get(item.speaker)) for item in facts.utterances
        ),
    )


def carry_roles(before: CallFacts, after: CallFacts) -> CallFacts:
    """A person's word on the roles, carried over to a new analysis of the same audio.

    Speaker labels may have changed: the agent is who speaks when the agent spoke before.
    Gives `after` itself where no person had settled the roles, or nobody speaks then.
    """
    if before.roles.source != "person":
        return after
    then = [turn.span for turn in before.turns_of(Role.AGENT)]
    shared = {
        speaker: total_duration(
            intersect(
                then, [TimeSpan(turn.start, turn.end) for turn in after.turns if turn.speaker == speaker]
            )
        )
        for speaker in {turn.speaker for turn in after.turns}
    }
    best = max(sorted(shared), key=lambda speaker: shared[speaker], default=None)
    return after if best is None or not shared[best] else settle_roles(after, best)


def _save(store: Store, call: StoredCall, analysis: CallAnalysis, judging: Judging) -> None:
    keys = dataclasses.replace(
        call.keys, judge_key=judging.judge_key, settings=judging.settings, rubric=judging.rubric
    )
    store.save(analysis, keys, analysis.facts.recording.path)
