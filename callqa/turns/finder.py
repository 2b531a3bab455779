"""The turns of a call, whatever its channels."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from callqa.config import TurnSettings
from callqa.data import TimeSpan, Turn, merge_spans, subtract, total_duration
from callqa.turns.diarizer import Diarization, Diarizer, spans_of
from callqa.turns.edges import REACH, REACH_BESIDE_LEAKAGE, settle_edges
from callqa.turns.resegmentation import MIN_CONTRAST, MIN_DISTINCTNESS
from callqa.turns.segmentation import Segmenter
from callqa.turns.speech import drop_non_speech, drop_soft_slivers

# With less than three stretches of a voice a spread says nothing; then the windows must have heard
# two voices: one person's speech stays below 0.07 there.
FEW_STRETCHES = 3
MIN_SEPARATION = 0.08
MIN_SPEECH_SHARE = 0.55
MIN_PARTY = 0.4  # seconds; less speech is nobody
LABELS = ("SPEAKER_00", "SPEAKER_01")

Samples = NDArray[np.float32]
OwnActivity = Callable[[Sequence[Sequence[TimeSpan]]], Sequence[Sequence[TimeSpan]]]


@dataclass(frozen=True, slots=True)
class FoundTurns:
    """`turns` in order of start; `num_parties` is 0, 1 or 2. `louder` names the speaker that is
    heard in stretches of one channel in which both speak, where that can be told."""

    turns: tuple[Turn, ...]
    num_parties: int
    louder: tuple[tuple[TimeSpan, str], ...] = ()


def turns_of_mix(
    diarizer: Diarizer, samples: Samples, settings: TurnSettings, ignore: Sequence[TimeSpan] = ()
) -> FoundTurns:
    """Turns of the two parties on one channel, mono `samples` at 16 kHz. `ignore` are stretches
    that neither party speaks in (announcements)."""
    audible = samples
    if ignore:
        audible = samples.copy()
        for span in ignore:
            audible[int(span.start * 16_000) : int(span.end * 16_000)] = 0.0
    found = diarizer.diarize(audible)
    spans = found.spans
    seconds = [total_duration(item) for item in spans]
    if min(seconds) < MIN_PARTY or not _are_two(found):
        one = merge_spans([*spans[0], *spans[1]], settings.merge_gap)
        return _labelled([one], [0], [samples])
    first = min((0, 1), key=lambda voice: spans[voice][0].start)
    louder = tuple((span, LABELS[voice != first]) for span, voice in found.louder)
    return replace(_labelled(spans, [0, 0], [samples]), louder=louder)


def _are_two(found: Diarization) -> bool:
    voices = found.voices
    if found.separation >= MIN_SEPARATION:
        return min(voices.num_stretches) < FEW_STRETCHES or voices.distinctness >= MIN_DISTINCTNESS
    if min(voices.num_stretches) < FEW_STRETCHES or _waits_for_somebody(found):
        return False
    return voices.distinctness >= MIN_DISTINCTNESS and voices.contrast >= MIN_CONTRAST


def _waits_for_somebody(found: Diarization) -> bool:
    """Whether most of the time between the first word and the last is silent: so it is where one
    side of a conversation was recorded, and its splits are one person's moods."""
    speech = merge_spans([*found.spans[0], *found.spans[1]])
    return total_duration(speech) < MIN_SPEECH_SHARE * (speech[-1].end - speech[0].start)


def turns_of_channels(
    segmenter: Segmenter, samples: Samples, settings: TurnSettings, own_activity: OwnActivity
) -> FoundTurns:
    """Turns where each party has its own channel of `samples` (2, time). `own_activity` takes the
    other party's leakage out of each channel's speech."""
    speech = []
    for channel in samples:
        activity = segmenter.run(channel)
        spans = spans_of(activity.speech, settings)
        speech.append(drop_non_speech(spans, activity.speech, channel))
    own = [
        tuple(
            span
            for span in merge_spans(drop_soft_slivers(spans, channel), settings.merge_gap)
            if span.duration >= settings.min_turn
        )
        for spans, channel in zip(own_activity(speech), samples, strict=True)
    ]
    return _labelled(own, [0, 1], samples)


def without(found: Sequence[Turn], ignore: Sequence[TimeSpan]) -> tuple[Turn, ...]:
    """Turns with the time in `ignore` cut out of them."""
    left = []
    for turn in found:
        for span in subtract([turn.span], ignore):
            if span.duration >= 0.1:
                left.append(Turn(span.start, span.end, turn.speaker, turn.channel, turn.role))
    return tuple(left)


def _labelled(
    spans: Sequence[Sequence[TimeSpan]], channels: Sequence[int], samples: Sequence[Samples] | Samples
) -> FoundTurns:
    """Turns of the voices, on one channel named in order of first speaking, on two by channel."""
    voices = list(zip(spans, channels, strict=True))
    if len(set(channels)) == 1:
        voices.sort(key=lambda voice: voice[0][0].start if voice[0] else float("inf"))
    turns = [
        Turn(span.start, span.end, LABELS[index], channel)
        for index, (items, channel) in enumerate(voices)
        for span in items
    ]
    parties = sum(1 for items, _ in voices if total_duration(items) >= MIN_PARTY)
    reach = REACH if len(samples) == 1 else REACH_BESIDE_LEAKAGE
    return FoundTurns(settle_edges(turns, list(samples), reach), parties)
