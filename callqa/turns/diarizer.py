"""Who spoke when on one channel that carries two parties."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from callqa.config import TurnSettings
from callqa.data import TimeSpan, intersect, merge_spans
from callqa.turns.clustering import MIN_ACTIVE, LocalSpeaker, cluster_two_parties
from callqa.turns.embeddings import HOP_SAMPLES, PARTIAL_FRAMES, SAMPLE_RATE_HZ, SpeakerEncoder
from callqa.turns.resegmentation import Voices, rename_stretches
from callqa.turns.segmentation import FRAME, STEP_FRAMES, Activity, Segmenter, frame_time
from callqa.turns.speech import background_voice, drop_non_speech, without_soft

STRETCH_GAP = 0.1  # seconds; babble in a pause is not to be taken together with the next turn
MOST_BEHIND = 3  # times that background voices are looked for
# Windows overlap fourfold, so that each second is heard four times: of one window's speaker, as
# much as the encoder takes at once says enough.
MOST_FRAMES = PARTIAL_FRAMES
MIN_BOTH = 0.4  # seconds of both voices at once from which it can be told which is the louder
MIN_SIDE = 0.02  # cosine by which the mix has to be more like one of them
ONSET = 0.5
OFFSET = 0.35


@dataclass(frozen=True, slots=True)
class Diarization:
    """`spans[label]` are the stretches of each of two voices, disjoint and in time order.
    `voices` is what each sounds like and how surely they are two; `separation` how far apart the
    windows alone found them, in cosine. `louder` says of stretches in which both speak whose voice
    the mix sounds like."""

    spans: tuple[tuple[TimeSpan, ...], tuple[TimeSpan, ...]]
    voices: Voices
    separation: float
    activity: Activity
    louder: tuple[tuple[TimeSpan, int], ...] = ()


class Diarizer:
    """Segmentation and embeddings joined into the speech of two voices."""

    def __init__(self, segmenter: Segmenter, encoder: SpeakerEncoder, settings: TurnSettings) -> None:
        self._segmenter = segmenter
        self._encoder = encoder
        self._settings = settings

    def diarize(self, samples: NDArray[np.float32]) -> Diarization:
        """Speech of two voices in mono 16 kHz `samples`."""
        heard = self._segmenter.run(samples)
        stretches = spans_of(heard.speech, self._settings, max_gap=STRETCH_GAP)
        activity = heard.silenced_outside(drop_non_speech(stretches, heard.speech, samples))
        mel = self._encoder.mel(samples)
        found = self._two_voices(activity, mel)
        for _ in range(MOST_BEHIND):
            behind = background_voice(found.spans, samples)
            if behind is None:
                break
            # Somebody in the background was taken for a party, and the parties for one.
            activity = activity.silenced_outside(without_soft(found.spans, behind, samples))
            found = self._two_voices(activity, mel)
        return replace(found, louder=self._louder(found, mel))

    def _two_voices(self, activity: Activity, mel: NDArray[np.float32]) -> Diarization:
        active = binarize_windows(activity.scores)
        speakers = self._local_speakers(mel, active)
        shared, together = _co_activity(active)
        clustering = cluster_two_parties(speakers, shared, together, len(active))
        # (num_windows, num_frames, 2): the activity of each named voice in each window
        named = np.zeros((*active.shape[:2], 2), np.float32)
        for (window, index), label in clustering.labels.items():
            named[window, :, label] = np.maximum(named[window, :, label], activity.scores[window, :, index])
        pooled, voices = rename_stretches(
            activity.pooled(named),
            activity.speech,
            activity.overlap,
            clustering.centroids,
            clustering.separation,
            lambda stretches: self._encoder.embed(mel, [_mel_frames(item, len(mel)) for item in stretches]),
        )
        spans = tuple(spans_of(pooled[:, label], self._settings) for label in (0, 1))
        return Diarization((spans[0], spans[1]), voices, clustering.separation, activity)

    def _louder(self, found: Diarization, mel: NDArray[np.float32]) -> tuple[tuple[TimeSpan, int], ...]:
        both = [span for span in intersect(*found.spans) if span.duration >= MIN_BOTH]
        rate = SAMPLE_RATE_HZ / HOP_SAMPLES
        vectors = self._encoder.embed(
            mel, [np.arange(int(s.start * rate), min(len(mel), int(s.end * rate))) for s in both]
        )
        sides = vectors @ (found.voices.centroids[0] - found.voices.centroids[1])
        return tuple(
            (span, int(side < 0)) for span, side in zip(both, sides, strict=True) if abs(side) >= MIN_SIDE
        )

    def _local_speakers(self, mel: NDArray[np.float32], active: NDArray[np.bool_]) -> list[LocalSpeaker]:
        alone = active & (active.sum(axis=2, keepdims=True) == 1)
        keys, stretches, seconds = [], [], []
        for window, index in itertools.product(range(active.shape[0]), range(active.shape[2])):
            total = float(active[window, :, index].sum()) * FRAME
            if total < MIN_ACTIVE:
                continue
            frames = np.flatnonzero(alone[window, :, index]) + window * STEP_FRAMES
            stretches.append(_middle(_mel_frames(frames, len(mel)), MOST_FRAMES))
            keys.append((window, index))
            seconds.append((total, len(frames) * FRAME))
        vectors = self._encoder.embed(mel, stretches)
        return [
            LocalSpeaker(window, index, total, exclusive, vector)
            for (window, index), (total, exclusive), vector in zip(keys, seconds, vectors, strict=True)
        ]


def binarize_windows(scores: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Activity of each window's speakers, with hysteresis: on above `ONSET`, off below `OFFSET`."""
    active = np.zeros(scores.shape, np.bool_)
    state = np.zeros((scores.shape[0], scores.shape[2]), np.bool_)
    for frame in range(scores.shape[1]):
        now = scores[:, frame]
        state = np.where(state, now >= OFFSET, now >= ONSET)
        active[:, frame] = state
    return active


def spans_of(
    probability: NDArray[np.float32], settings: TurnSettings, max_gap: float | None = None
) -> tuple[TimeSpan, ...]:
    """Stretches where `probability` (num_frames,) is on, blips left out, pauses up to `max_gap`
    seconds (the settings' merge gap if not given) bridged."""
    state = binarize_windows(probability[None, :, None])[0, :, 0]
    edges = np.flatnonzero(np.diff(np.concatenate([[False], state, [False]]).astype(np.int8)))
    found = [TimeSpan(frame_time(a), frame_time(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
    found = [span for span in found if span.duration >= settings.min_turn / 2]
    merged = merge_spans(found, settings.merge_gap if max_gap is None else max_gap)
    return tuple(span for span in merged if span.duration >= settings.min_turn)


def _mel_frames(frames: NDArray[np.int64], num_mel: int) -> NDArray[np.int64]:
    """Mel frames (100 a second) under the given activity frames."""
    if not len(frames):
        return np.zeros(0, np.int64)
    breaks = np.flatnonzero(np.diff(frames) > 1)
    starts = frames[np.concatenate([[0], breaks + 1])]
    ends = frames[np.concatenate([breaks, [len(frames) - 1]])] + 1
    rate = SAMPLE_RATE_HZ / HOP_SAMPLES
    pieces = [
        np.arange(int(frame_time(a) * rate), min(num_mel, int(frame_time(b) * rate)))
        for a, b in zip(starts, ends, strict=True)
    ]
    return np.concatenate(pieces)


def _middle(frames: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    skipped = max(0, len(frames) - most) // 2
    return frames[skipped : skipped + most]


def _co_activity(
    active: NDArray[np.bool_],
) -> tuple[dict[tuple[int, int, int], float], dict[tuple[int, int, int], float]]:
    """Seconds that speakers of neighbouring windows, and of one window, are active together."""
    shared: dict[tuple[int, int, int], float] = {}
    together: dict[tuple[int, int, int], float] = {}
    values = active.astype(np.float32)
    for window in range(len(active)):
        inside = values[window].T @ values[window] * FRAME
        for i, j in itertools.combinations(range(active.shape[2]), 2):
            together[(window, i, j)] = float(inside[i, j])
        if window + 1 < len(active):
            across = values[window][STEP_FRAMES:].T @ values[window + 1][:-STEP_FRAMES] * FRAME
            for i, j in itertools.product(range(active.shape[2]), repeat=2):
                shared[(window, i, j)] = float(across[i, j])
    return shared, together
