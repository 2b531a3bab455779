"""What a bad connection does to a call's sound at 8 kHz. Nothing here moves the sound in time."""

from __future__ import annotations

import numpy as np

from samples.sound import Samples

PACKET = 160  # samples, 20 ms
_BURST = 1.5  # packets lost in a row, on average
_FADE = 0.6  # of the level, with each packet that is repeated


def lose_packets(samples: Samples, share: float, repeat: bool, rng: np.random.Generator) -> Samples:
    """Lose a share of the packets, some of them in a row (two states, as Gilbert has them), and put
    silence in their place or, with `repeat`, the last good packet, fading."""
    out = samples.copy()
    stay = 1 - 1 / _BURST
    enter = share / (1 - share) / _BURST
    lost = False
    gain, good = 1.0, 0
    for at in range(PACKET, len(samples), PACKET):
        lost = bool(rng.random() < (stay if lost else enter))
        packet = out[at : at + PACKET]
        if not lost:
            gain, good = 1.0, at
        elif not repeat:
            packet[:] = 0
        else:
            gain *= _FADE
            packet[:] = samples[good : good + len(packet)] * gain
    return out


def clip(samples: Samples, share: float) -> Samples:
    """Turned up so far that this share of the samples of speech is cut off."""
    loud = np.abs(samples[np.abs(samples) > 1e-2])
    limit = float(np.quantile(loud, 1 - share)) if len(loud) else 1.0
    return np.asarray(np.clip(samples / limit, -1, 1) * 0.95, np.float32)
