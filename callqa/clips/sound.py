"""The sound of a clip: one channel, parties equally loud, personal data beeped over, no click and no
clipping."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from callqa.audio.levels import block_power, noise_floor, to_db
from callqa.data import CallFacts, Role, TimeSpan, Turn

Samples = NDArray[np.float32]

TARGET_DBFS = -20.0
"""Level that every party's speech is brought to: mean square over the parts in which it sounds, as in
ITU-T P.56 (active speech level)."""

PEAK_DBFS = -1.5
"""No sample is above: lossy coding adds a little to peaks."""

TONE_HZ = 1000.0
_TONE_DBFS = -32.0  # well below speech: heard, but no fright
_TONE_FADE = 0.01
_FADE = 0.03
_RAMP = 0.04
_MAX_GAIN_DB = 24.0
_ACTIVE = 10.0  # power over the noise floor, from which a block counts as speech
_LIMITER = 0.004
_SHIFT = 3.5  # semitones
_HIGH_VOICE_HZ = 165.0


def cut_sound(
    samples: Samples,
    sample_rate_hz: int,
    facts: CallFacts,
    span: TimeSpan,
    beeps: Sequence[TimeSpan],
    *,
    shift_customer: bool = False,
) -> Samples:
    """The clip's sound `(time,)`. `samples` are the call's working channels `(channel, time)`, as many
    as its turns know of; `beeps` are times of the call."""
    first, end = (round(time * sample_rate_hz) for time in (span.start, span.end))
    piece = samples[:, max(0, first) : end].copy()
    if shift_customer:
        piece = _shift_customer(piece, sample_rate_hz, facts, span)
    mixed = _mix(piece, samples, sample_rate_hz, facts.turns, span)
    # Limited before the beep: the tone is no part of what is evened.
    sound = limit(mixed, sample_rate_hz)
    for item in beeps:
        _beep(sound, sample_rate_hz, item.start - span.start, item.end - span.start)
    _fade(sound, sample_rate_hz)
    return sound


def quietest(samples: Samples, sample_rate_hz: int, time: float, reach: float) -> float:
    """The time within `reach` seconds of `time` at which all channels `(channel, time)` together are
    quietest; `time` itself among equals."""
    length = round(0.02 * sample_rate_hz)
    best, least = time, float("inf")
    for offset in sorted(np.arange(-reach, reach + 0.005, 0.01), key=abs):
        middle = round((time + offset) * sample_rate_hz)
        if middle < 0 or middle > samples.shape[1]:
            continue
        window = samples[:, max(0, middle - length // 2) : middle + length // 2]
        power = float(np.mean(window.astype(np.float64) ** 2)) if window.size else 0.0
        if power < least * 0.9:
            best, least = float(time + offset), power
    return max(0.0, best)


def limit(samples: Samples, sample_rate_hz: int) -> Samples:
    """`(time,)` with no sample over `PEAK_DBFS`: the gain goes down a little before a peak and comes
    back after it, so that nothing is cut off flat."""
    from scipy.ndimage import minimum_filter1d, uniform_filter1d

    ceiling = 10 ** (PEAK_DBFS / 20)
    needed = ceiling / np.maximum(np.abs(samples), ceiling)
    size = 2 * round(_LIMITER * sample_rate_hz) + 1
    # The mean over a window of minima over the same window is never above the gain that is needed.
    gain = uniform_filter1d(minimum_filter1d(needed, size), size)
    limited: Samples = np.clip(samples * gain, -ceiling, ceiling).astype(np.float32)
    return limited


def speech_gain_db(speech: Samples, sample_rate_hz: int) -> float:
    """What brings a party's speech `(time,)` to `TARGET_DBFS`, dB; within reason, since what is hardly
    audible is mostly noise."""
    power = block_power(speech, sample_rate_hz)
    if not power.size:
        return 0.0
    # A party's turns hold little silence: the floor is never taken for more than 30 dB under the peak.
    floor = min(noise_floor(power), float(power.max()) / 1000)
    active = power[power > floor * _ACTIVE]
    level = to_db(float(active.mean())) if active.size else -120.0
    if level < -90.0:
        return 0.0
    return float(np.clip(TARGET_DBFS - level, -_MAX_GAIN_DB, _MAX_GAIN_DB))


def _mix(
    piece: Samples, samples: Samples, sample_rate_hz: int, turns: Sequence[Turn], span: TimeSpan
) -> Samples:
    """Every speaker's turns by that speaker's own gain, all channels added up."""
    gains = {
        (turn.channel, turn.speaker): 0.0 for turn in turns if turn.channel < samples.shape[0]
    }  # by channel and speaker, dB
    for channel, speaker in gains:
        own = [turn for turn in turns if (turn.channel, turn.speaker) == (channel, speaker)]
        parts = [
            samples[channel, round(turn.start * sample_rate_hz) : round(turn.end * sample_rate_hz)]
            for turn in own
        ]
        gains[channel, speaker] = speech_gain_db(np.concatenate(parts), sample_rate_hz)
    mixed = np.zeros(piece.shape[1], np.float64)
    for channel in range(piece.shape[0]):
        here = [turn for turn in turns if turn.channel == channel]
        quiet = min((gains[turn.channel, turn.speaker] for turn in here), default=0.0)
        curve = np.full(piece.shape[1], quiet)
        for turn in here:
            first, end = (
                round((time - span.start) * sample_rate_hz) for time in (turn.start - _RAMP, turn.end + _RAMP)
            )
            if end > 0 and first < curve.size:
                own_gain = gains[turn.channel, turn.speaker]
                # Where two speak at a time on one channel, neither is made louder than fits both.
                place = slice(max(0, first), end)
                before = curve[place]
                curve[place] = np.where(before == quiet, own_gain, np.minimum(before, own_gain))
        mixed += piece[channel] * 10 ** (_smooth(curve, sample_rate_hz) / 20)
    return mixed.astype(np.float32)


def _smooth(curve: NDArray[np.float64], sample_rate_hz: int) -> NDArray[np.float64]:
    from scipy.ndimage import uniform_filter1d

    size = 2 * round(_RAMP * sample_rate_hz) + 1
    smooth: NDArray[np.float64] = uniform_filter1d(curve, size, mode="nearest")
    return smooth


def _beep(sound: Samples, sample_rate_hz: int, start: float, end: float) -> None:
    """Put a tone in the place of what was said, in place; nothing of it is left under the tone."""
    fade = round(_TONE_FADE * sample_rate_hz)
    first, last = round(start * sample_rate_hz), round(end * sample_rate_hz)
    first, last = max(0, first), min(sound.size, last)
    if last <= first:
        return
    before, after = max(0, first - fade), min(sound.size, last + fade)
    # The sound fades outside of the span, the tone inside of it.
    sound[before:first] *= np.linspace(1, 0, first - before, dtype=np.float32)
    sound[last:after] *= np.linspace(0, 1, after - last, dtype=np.float32)
    times = np.arange(last - first) / sample_rate_hz
    tone = np.sqrt(2) * 10 ** (_TONE_DBFS / 20) * np.sin(2 * np.pi * TONE_HZ * times)
    edge = np.minimum(1.0, np.minimum(np.arange(1, last - first + 1), np.arange(last - first, 0, -1)) / fade)
    sound[first:last] = (tone * edge).astype(np.float32)


def _fade(sound: Samples, sample_rate_hz: int) -> None:
    length = min(round(_FADE * sample_rate_hz), sound.size // 2)
    ramp = np.linspace(0, 1, length, dtype=np.float32)
    sound[:length] *= ramp
    sound[sound.size - length :] *= ramp[::-1]


def _shift_customer(piece: Samples, sample_rate_hz: int, facts: CallFacts, span: TimeSpan) -> Samples:
    """The piece with the customer's turns in another pitch: high voices lower, low voices higher."""
    from librosa.effects import pitch_shift

    turns = [turn for turn in facts.turns if turn.role is Role.CUSTOMER]
    pitches = [
        window.pitch_hz
        for item, turn in zip(facts.acoustics, facts.turns, strict=False)
        if turn.role is Role.CUSTOMER
        for window in item.windows
        if window.pitch_hz is not None
    ]
    steps = -_SHIFT if pitches and float(np.median(pitches)) > _HIGH_VOICE_HZ else _SHIFT
    shifted = piece.copy()
    for channel in range(piece.shape[0]):
        share = np.zeros(piece.shape[1])
        for turn in turns:
            if turn.channel == channel:
                first, end = (
                    round((time - span.start) * sample_rate_hz)
                    for time in (turn.start - _RAMP, turn.end + _RAMP)
                )
                if end > 0:
                    share[max(0, first) : end] = 1.0
        if not share.any():
            continue
        moved = pitch_shift(piece[channel], sr=sample_rate_hz, n_steps=steps)
        blend = _smooth(share, sample_rate_hz)
        shifted[channel] = (1 - blend) * piece[channel] + blend * moved
    return shifted
