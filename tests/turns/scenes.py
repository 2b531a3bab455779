"""Made-up conversations: who speaks when, seen through windows that number people anew."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from callqa.turns.clustering import LocalSpeaker
from callqa.turns.segmentation import FRAME, STEP_FRAMES

WINDOW_FRAMES = 293
DEPTH = 256
Spoken = Sequence[tuple[float, float, int]]
"""Seconds from, seconds to, and the person who speaks."""


@dataclass(frozen=True)
class Scene:
    """What `cluster_two_parties` is given, and who each local speaker really is."""

    speakers: list[LocalSpeaker]
    shared: dict[tuple[int, int, int], float]
    together: dict[tuple[int, int, int], float]
    num_windows: int
    truth: dict[tuple[int, int], int]


def make_voices(rng: np.random.Generator, cosine: float, count: int = 2) -> NDArray[np.float32]:
    """Unit vectors, each pair of them with this cosine."""
    basis = np.linalg.qr(rng.normal(size=(DEPTH, count + 1)))[0].T
    mixed = np.sqrt(cosine) * basis[-1] + np.sqrt(1 - cosine) * basis[:count]
    return mixed.astype(np.float32)


def near(rng: np.random.Generator, vector: NDArray[np.float32], noise: float) -> NDArray[np.float32]:
    """A unit vector about `noise` away from `vector`."""
    moved = vector + rng.normal(size=vector.shape) * noise / np.sqrt(vector.size)
    return np.asarray(moved / np.linalg.norm(moved), np.float32)


def activity_of(spoken: Spoken, num_people: int = 2, length: float | None = None) -> NDArray[np.bool_]:
    """(num_frames, num_people) of who is active."""
    end = length if length is not None else max(stop for _, stop, _ in spoken)
    active = np.zeros((round(end / FRAME), num_people), np.bool_)
    for start, stop, person in spoken:
        active[round(start / FRAME) : round(stop / FRAME), person] = True
    return active


def scene_of(
    rng: np.random.Generator, spoken: Spoken, voices: NDArray[np.float32], noise: float = 0.3
) -> Scene:
    """The conversation as windows of five seconds see it. Less speech gives noisier embeddings."""
    whole = activity_of(spoken, len(voices))
    num_windows = max(1, 1 + -(-(len(whole) - WINDOW_FRAMES) // STEP_FRAMES))
    padded = np.zeros(((num_windows - 1) * STEP_FRAMES + WINDOW_FRAMES, len(voices)), np.bool_)
    padded[: len(whole)] = whole
    speakers, truth = [], {}
    seen: list[dict[int, NDArray[np.bool_]]] = []
    for window in range(num_windows):
        frames = padded[window * STEP_FRAMES : window * STEP_FRAMES + WINDOW_FRAMES]
        places = rng.permutation(3)
        local: dict[int, NDArray[np.bool_]] = {}
        for person in range(len(voices)):
            if not frames[:, person].any():
                continue
            index = int(places[person])
            local[index] = frames[:, person]
            truth[(window, index)] = person
            exclusive = float((frames[:, person] & (frames.sum(axis=1) == 1)).sum()) * FRAME
            vector = (
                near(rng, voices[person], noise / np.sqrt(min(exclusive, 2.0)))
                if exclusive >= 0.2
                else np.zeros(DEPTH, np.float32)
            )
            total = float(frames[:, person].sum()) * FRAME
            speakers.append(LocalSpeaker(window, index, total, exclusive, vector))
        seen.append(local)
    shared, together = {}, {}
    for window, local in enumerate(seen):
        for i, one in local.items():
            for j, other in local.items():
                if i < j:
                    together[(window, i, j)] = float((one & other).sum()) * FRAME
            for j, other in seen[window + 1].items() if window + 1 < num_windows else ():
                both = one[STEP_FRAMES:] & other[:-STEP_FRAMES]
                shared[(window, i, j)] = float(both.sum()) * FRAME
    return Scene(speakers, shared, together, num_windows, truth)


def alternating(length: float, turn: float = 3.0, pause: float = 0.4) -> Spoken:
    """Two people taking turns."""
    spoken, at, person = [], 0.0, 0
    while at + turn <= length:
        spoken.append((at, at + turn, person))
        at, person = at + turn + pause, 1 - person
    return spoken


def embedder(
    rng: np.random.Generator, active: NDArray[np.bool_], voices: NDArray[np.float32], noise: float = 0.3
) -> Callable[[Sequence[NDArray[np.int64]]], NDArray[np.float32]]:
    """Embeds frames as the mean of the voices that speak in them; zeros where there are few."""

    def embed(stretches: Sequence[NDArray[np.int64]]) -> NDArray[np.float32]:
        vectors = np.zeros((len(stretches), DEPTH), np.float32)
        for row, frames in enumerate(stretches):
            if len(frames) * FRAME < 0.2:
                continue
            amounts = active[frames].sum(axis=0).astype(np.float32)
            if amounts.any():
                mean = amounts @ voices
                mean /= np.linalg.norm(mean)
                vectors[row] = near(rng, mean, noise / np.sqrt(min(len(frames) * FRAME, 2.0)))
        return vectors

    return embed
