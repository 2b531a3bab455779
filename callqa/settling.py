"""Who the agent of a stored call is: settled by a person, taken back, or found anew; no audio."""

from __future__ import annotations

import dataclasses
import getpass
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from callqa.config import Settings
from callqa.data import CallFacts, Role, Roles, TimeSpan, intersect, total_duration
from callqa.errors import UsageError
from callqa.pipeline import lexicons_of, role_context
from callqa.rescoring import Judge, JudgingOf, Rescored, judge_anew
from callqa.store import Store
from callqa.turns.roles import find_roles, roles_by_channel
from callqa.voices import VoiceKeeper

Said = Literal["agent", "swap", "none", "auto"]
PERSON = "person"


@dataclass(frozen=True, slots=True)
class Settlement:
    """What a person says about a call's roles. ``agent``: `speaker` is the agent; ``swap``: agent
    and customer are the wrong way round; ``none``: nobody in it is an agent; ``auto``: what
    persons said is taken back and callqa decides. `by` names the person."""

    said: Said
    by: str
    speaker: str | None = None


def user_name() -> str:
    """The name that this computer knows the user by."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return "unknown"


def settle_call(store: Store, call_id: str, settlement: Settlement, judging_of: JudgingOf) -> Rescored:
    """Do what a person says about a stored call's roles, judge it anew and save it.

    Raises `UsageError` where the call has no such speaker or there is nothing to swap.
    """
    call = store.load(call_id)
    judging = judging_of(call)
    before = call.analysis.facts
    facts = settled(before, settlement, Settings.model_validate(judging.settings))
    analysis = judge_anew(call.analysis, facts, judging.judge)
    keys = dataclasses.replace(
        call.keys, judge_key=judging.judge_key, settings=judging.settings, rubric=judging.rubric
    )
    store.save(analysis, keys, facts.recording.path)
    # What the voices of this call teach follows its roles.
    agent = next((name for name, role in facts.roles.speakers.items() if role is Role.AGENT), None)
    if agent is not None or before.roles.source == PERSON or facts.roles.source == PERSON:
        store.settle_voices(call_id, agent)
    return Rescored(call.id, call.paths, call.analysis.scorecard, analysis.scorecard)


def look_again(store: Store, call_id: str, voices: VoiceKeeper, judge: Judge) -> bool:
    """Find the roles of a call that waits for a person once more, now that more may be known of
    how its agent sounds. Saves the call where they are certain now, and tells whether they are."""
    call = store.load(call_id)
    facts = call.analysis.facts
    agent_id = facts.recording.agent_id
    if agent_id is None or not waits_for_a_person(facts):
        return False
    alike = voices.likeness(call_id, agent_id)
    if not alike:
        return False
    roles = automatic_roles(facts, Settings.model_validate(call.keys.settings), alike)
    if not roles.certain:
        return False
    analysis = judge_anew(call.analysis, with_roles(facts, roles), judge)
    store.save(analysis, call.keys, facts.recording.path, heard=())
    return True


def settled(facts: CallFacts, settlement: Settlement, settings: Settings) -> CallFacts:
    """The facts with the roles as `settlement` says. Raises `UsageError` as `settle_call` does."""
    if settlement.said == "auto":
        return with_roles(facts, automatic_roles(facts, settings))
    if settlement.said == "none":
        return _by_person(facts, {}, None, settlement.by)
    agent = settlement.speaker if settlement.said == "agent" else _other_party(facts)
    return settle_roles(facts, agent or "", settlement.by)


def settle_roles(facts: CallFacts, agent: str, by: str, at: str | None = None) -> CallFacts:
    """The facts with `agent` as the agent because a person said so, and the other party as the
    customer. Where more than two speak, the customer is the other one of the two parties known
    before, else the one who speaks most; further speakers have no role. `at` is when it was said
    (ISO 8601), now if not given.

    Raises `UsageError` where nobody of that label speaks.
    """
    seconds = speaking_seconds(facts)
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
    return _by_person(facts, speakers, agent, by, at)


def carry_roles(before: CallFacts, after: CallFacts) -> CallFacts:
    """A person's word on the roles, carried over to a new analysis of the same audio.

    Speaker labels may have changed: the agent is who speaks when the agent spoke before.
    Gives `after` itself where no person had settled the roles, or nobody speaks then.
    """
    roles = before.roles
    if roles.source != PERSON:
        return after
    by = roles.settled_by or "unknown"
    if not roles.certain:
        return _by_person(after, {}, None, by, roles.settled_at)
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
    return after if best is None or not shared[best] else settle_roles(after, best, by, roles.settled_at)


def automatic_roles(
    facts: CallFacts, settings: Settings, likeness: Mapping[str, float] | None = None
) -> Roles:
    """Roles as callqa finds them from the stored words; `likeness` is how much each speaker sounds
    like the agent of that number (`callqa.turns.voices.likeness`)."""
    recording = facts.recording
    speakers = {turn.channel: turn.speaker for turn in facts.turns}
    channel = recording.agent_channel
    if channel is not None and len(speakers) > 1:
        if recording.channels > 2:
            # Which of the file's channels a speaker was on is no longer known.
            return Roles(certain=False, confidence=None, source="signs")
        if channel in speakers:
            return roles_by_channel(speakers[channel], [speakers[n] for n in speakers if n != channel])
    if facts.status == "one_party":
        return Roles(certain=False, confidence=None, source="signs")
    context = role_context(recording, facts.language, lexicons_of(facts.language), settings, likeness)
    return find_roles(facts.turns, facts.utterances, context, settings.turns.role_confidence)


def with_roles(facts: CallFacts, roles: Roles) -> CallFacts:
    """The facts with these roles, in turns and utterances as well."""
    speakers = roles.speakers
    return dataclasses.replace(
        facts,
        roles=roles,
        turns=tuple(dataclasses.replace(turn, role=speakers.get(turn.speaker)) for turn in facts.turns),
        utterances=tuple(
            dataclasses.replace(item, role=speakers.get(item.speaker)) for item in facts.utterances
        ),
    )


def waits_for_a_person(facts: CallFacts) -> bool:
    """Whether roles could be settled by a person and nobody has."""
    return facts.status == "scored" and not facts.roles.certain and facts.roles.source != PERSON


def speaking_seconds(facts: CallFacts) -> dict[str, float]:
    """Seconds of each speaker's turns."""
    seconds: dict[str, float] = {}
    for turn in facts.turns:
        seconds[turn.speaker] = seconds.get(turn.speaker, 0.0) + turn.duration
    return seconds


def _other_party(facts: CallFacts) -> str:
    customers = [name for name, role in facts.roles.speakers.items() if role is Role.CUSTOMER]
    if len(customers) != 1:
        raise UsageError(
            f"{facts.recording.path} has no agent and customer that could be swapped.",
            "Say who the agent is with --agent SPEAKER.",
        )
    return customers[0]


def _by_person(
    facts: CallFacts, speakers: Mapping[str, Role], agent: str | None, by: str, at: str | None = None
) -> CallFacts:
    # Signs pull towards `favoured`: where a person favours the other one they turn round.
    turned = -1.0 if agent is not None and facts.roles.favoured not in (agent, None) else 1.0
    roles = Roles(
        certain=agent is not None,
        confidence=1.0 if agent is not None else None,
        source=PERSON,
        speakers=speakers,
        favoured=agent or facts.roles.favoured,
        signs={name: turned * value for name, value in facts.roles.signs.items()},
        settled_by=by,
        settled_at=at or datetime.now(UTC).isoformat(timespec="seconds"),
    )
    return with_roles(facts, roles)
