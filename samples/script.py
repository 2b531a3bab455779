"""A dialogue as its author wrote it: who says what, how, and which faults it was written to show."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

Party = Literal["agent", "customer"]
Voice = Literal["agent", "agent2", "customer"]
VOICES: tuple[Voice, ...] = ("agent", "agent2", "customer")


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Quoted(_Part):
    """Words inside the line's text that a criterion is about. `kind` names the fault."""

    quote: str
    kind: str


class Line(_Part):
    """One thing on the call's time line: speech, or a wait. Seconds throughout.

    `gap` is the silence after the line before; `overlap` instead starts the line that long
    before the line before ends; `under` places a backchannel at that share of the line before,
    without moving what follows.
    """

    agent: str | None = None
    agent2: str | None = Field(None, description="said by the agent to whom the call was handed")
    customer: str | None = None
    gap: float | None = Field(None, ge=0.2, le=12)
    overlap: float | None = Field(None, gt=0, le=6)
    under: float | None = Field(None, gt=0, lt=1)
    speed: float | None = Field(None, ge=0.6, le=1.6)
    music: float | None = Field(None, gt=0, description="hold music after this line")
    explains: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    impolite: tuple[Quoted, ...] = ()
    guessing: tuple[str, ...] = ()
    privacy: tuple[str, ...] = ()

    @property
    def voice(self) -> Voice:
        """Whose voice is heard."""
        if self.agent2 is not None:
            return "agent2"
        return "agent" if self.agent is not None else "customer"

    @property
    def party(self) -> Party:
        """Who speaks; both agents are one party."""
        return "customer" if self.voice == "customer" else "agent"

    @property
    def text(self) -> str:
        """What is said."""
        return self.agent2 or self.agent or self.customer or ""


class Speaker(_Part):
    """A synthetic voice. `level_db` is its loudness against the common level."""

    voice: str
    level_db: float = Field(0, ge=-20, le=6)
    speed: float = Field(1.0, ge=0.6, le=1.6)
    name: str | None = None
    id: str | None = None


class Channel(_Part):
    """What the telephone and the recorder did to the sound."""

    layout: Literal["mono", "two_channel", "dual_mono"] = "mono"
    agent_channel: int | None = None
    leakage_db: float | None = None
    line: Literal["alaw", "mulaw"] = "alaw"
    file_codec: Literal["pcm", "mulaw", "alaw", "16k"] = "pcm"
    snr_db: float = Field(30, ge=18, le=40)
    background: Literal["none", "office", "keyboard", "hum"] = "none"


class Before(_Part):
    """What is heard before the agent: ringing or a recorded announcement."""

    kind: Literal["ringback", "ivr"]
    seconds: float = 10
    voice: str | None = None
    text: str | None = None


class Greeting(_Part):
    """What a listener finds in the agent's first words. `late`: the customer had already
    stated the matter."""

    salutation: bool
    company: bool
    name: bool
    offer: bool
    late: bool = False


class Closing(_Part):
    """Whether the agent asked for further matters, and took leave."""

    anything_else: bool
    farewell: bool


class Script(_Part):
    """One call."""

    id: str
    file: str
    theme: str
    title: str
    shows: str
    language: Literal["zh", "en"]
    company: str | None = None
    started_at: str | None = None
    queue: str | None = None
    in_manifest: tuple[str, ...] = ("agent_id", "agent_name", "company", "started_at", "queue")
    agent: Speaker
    agent2: Speaker | None = None
    customer: Speaker
    channel: Channel = Channel()
    before: Before | None = None
    greeting: Greeting
    closing: Closing
    expected: dict[str, str]
    lines: tuple[Line, ...]

    def speaker(self, voice: Voice) -> Speaker:
        """The person behind a voice; raises `ValueError` where the call has no second agent."""
        speaker = {"agent": self.agent, "agent2": self.agent2, "customer": self.customer}[voice]
        if speaker is None:
            raise ValueError(f"{self.id}: a line of agent2, but no agent2 is described")
        return speaker


def load_scripts(folder: Path) -> list[Script]:
    """Every dialogue of a folder, by id; a mistake in one is raised with its file's name."""
    scripts = []
    for path in sorted(folder.glob("*.yaml")):
        try:
            script = Script.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
        except ValueError as error:
            raise ValueError(f"{path.name}: {error}") from error
        if script.id != path.stem:
            raise ValueError(f"{path.name}: id {script.id} is not the file's name")
        scripts.append(script)
    return scripts
