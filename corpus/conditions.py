"""Under which conditions calls are recorded, and how many of each: the same mix for both splits."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from corpus.dialogue import Language

Noise = Literal["none", "babble", "street", "keyboard"]


@dataclass(frozen=True, slots=True)
class Condition:
    """What happens to one call's sound on its way into the file.

    `snr_db` is speech, both parties' while they speak, over noise. `kind` names a format of
    `samples.codec`, or ``gsm``. `packet_loss` and `clipped` are shares (0-1): of the packets of
    20 ms that are lost, and of the samples of speech that are cut off.
    """

    name: str
    snr_db: float = 30.0
    noise: Noise = "none"
    layout: Literal["mono", "two_channel", "dual_mono"] = "mono"
    leakage_db: float | None = None
    line: Literal["alaw", "mulaw"] = "alaw"
    kind: str = "wav"
    packet_loss: float = 0.0
    clipped: float = 0.0
    level_difference_db: float | None = None
    before: Literal["ringback", "ivr"] | None = None
    hold: float | None = None


CLEAN = Condition("clean")
LONG = Condition("long")

_CONDITIONS = [
    CLEAN,
    Condition("mulaw", line="mulaw", kind="wav-mulaw"),
    *(Condition(f"snr20-{noise}", 20.0, noise) for noise in ("babble", "street", "keyboard")),
    *(Condition(f"snr10-{noise}", 10.0, noise) for noise in ("babble", "street", "keyboard")),
    # The quiet party must stay above the noise, which is set against both parties' mean.
    Condition("level20", 36.0, level_difference_db=20.0),
    Condition("level12", 34.0, level_difference_db=12.0),
    Condition("ringback", before="ringback"),
    Condition("ivr", before="ivr"),
    Condition("hold", hold=45.0),
    Condition("dual-mono", layout="dual_mono"),
    Condition("opus8", kind="ogg-8kb"),
    Condition("mp3-16", kind="mp3-16kb"),
    Condition("amr-nb", kind="amr"),
    Condition("amr-nb-4.75", kind="amr-4.75kb"),
    Condition("gsm", kind="gsm"),
    Condition("packet-loss-3", packet_loss=0.03),
    Condition("packet-loss-8", packet_loss=0.08),
    Condition("clipping", clipped=0.03),
    Condition("two-channel", layout="two_channel"),
    Condition("leakage-20", layout="two_channel", leakage_db=-20.0),
    Condition("leakage-30", layout="two_channel", leakage_db=-30.0),
]
BY_NAME = {condition.name: condition for condition in _CONDITIONS}

# Recordings of each condition in one split, besides one clean recording of every dialogue.
# Fourteen Mandarin dialogues so make 65 calls a split, of which 53 are on one channel at 20 dB
# or better, 42 of these without packet loss, clipping or a codec below 10 kb/s. The names of
# clean recordings say what is special about them (`recipe.clean_name`).
_COUNTS: dict[Language, dict[str, int]] = {
    "zh": {
        "clean": 3, "mulaw": 2, "snr20-babble": 3, "snr20-street": 3, "snr20-keyboard": 3,
        "level20": 3, "level12": 1, "ringback": 2, "ivr": 3, "hold": 2, "dual-mono": 1,
        "opus8": 2, "mp3-16": 3, "packet-loss-3": 2, "packet-loss-8": 2, "clipping": 2,
        "snr10-babble": 2, "snr10-street": 1, "snr10-keyboard": 1,
        "amr-nb": 2, "amr-nb-4.75": 1, "gsm": 2,
        "two-channel": 1, "leakage-20": 2, "leakage-30": 2,
    },
    "en": {
        "mulaw": 1, "snr20-babble": 1, "snr20-street": 1, "snr20-keyboard": 1, "level20": 1,
        "ivr": 1, "hold": 1, "opus8": 1, "mp3-16": 1, "packet-loss-8": 1, "clipping": 1,
        "snr10-babble": 1, "amr-nb": 1, "gsm": 1, "leakage-20": 1,
    },
}  # fmt: skip


def deck(language: Language) -> list[Condition]:
    """The conditions to be dealt in one split, one item a recording; the choosiest come first."""
    dealt = [BY_NAME[name] for name, count in _COUNTS[language].items() for _ in range(count)]
    return sorted(dealt, key=lambda condition: condition.hold is None)


def renamed(condition: Condition, name: str) -> Condition:
    """The same under another name."""
    return replace(condition, name=name)
