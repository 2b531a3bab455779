"""Agents' voices between calls: prints for the next call, and what may be kept of the last one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from callqa.config import Settings
from callqa.data import CallFacts, Role
from callqa.data.voices import AgentVoice, SpeakerVoice
from callqa.store import SealedVoice, Store
from callqa.store.sealing import Sealer, key_path, load_sealer
from callqa.store.voices import open_voice, seal_voice
from callqa.turns.roles import certain_without_voice
from callqa.turns.voices import likeness, voice_print


class VoiceKeeper:
    """The voices of one workspace, with the key to them."""

    def __init__(self, store: Store, sealer: Sealer, min_confidence: float) -> None:
        self._store = store
        self._sealer = sealer
        self._min_confidence = min_confidence

    def agent_voice(
        self, agent_id: str, leave_out: str | None = None, model: str | None = None
    ) -> AgentVoice | None:
        """The print of an agent from all calls but `leave_out`, by the encoder `model`, or else by
        the one that heard the last of them; None where no call has taught it. Raises `StoreError`
        where the key is another one than before."""
        found = self._store.teaching_voices(agent_id, leave_out)
        chosen = model or (found[0].model if found else "")
        return voice_print([open_voice(voice, self._sealer) for voice in found if voice.model == chosen])

    def likeness(self, call_id: str, agent_id: str) -> Mapping[str, float]:
        """How much each speaker of a stored call sounds like an agent; empty where the call's
        voices were not kept or the agent's is not known."""
        heard = [open_voice(voice, self._sealer) for voice in self._store.call_voices(call_id)]
        known = self.agent_voice(agent_id, call_id, heard[0].model) if heard else None
        return {} if known is None else likeness(heard, known)

    def sealed(self, facts: CallFacts, heard: Sequence[SpeakerVoice]) -> tuple[SealedVoice, ...]:
        """What may be kept of a call's voices, and no more than is needed: the agent's where the
        roles are certain without it; both while a person has to settle the roles; nothing where
        the number of the agent is not known, or where only the voice made the roles certain."""
        agent_id = facts.recording.agent_id
        if agent_id is None or facts.status != "scored":
            return ()
        roles = facts.roles
        if roles.certain:
            agents = {name for name, role in roles.speakers.items() if role is Role.AGENT}
            if not certain_without_voice(roles, self._min_confidence):
                return ()
            kept = [voice for voice in heard if voice.speaker in agents]
            return tuple(seal_voice(voice, agent_id, True, self._sealer) for voice in kept)
        if roles.source == "person":
            return ()
        return tuple(seal_voice(voice, agent_id, False, self._sealer) for voice in heard)


def voice_keeper(store: Store, settings: Settings) -> VoiceKeeper | None:
    """The keeper of a workspace's voices; None where the settings leave voices off.

    Raises `StoreError` where they are on and there is no usable key.
    """
    if not settings.voices:
        return None
    sealer = load_sealer(key_path(settings.voice_key_file))
    return VoiceKeeper(store, sealer, settings.turns.role_confidence)
