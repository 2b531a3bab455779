"""Naming the speakers of all windows consistently, for a call of two parties.

The segmentation model tells speakers apart inside each five-second window but numbers them anew
in each. Two kinds of knowledge join the windows: what a voice sounds like (embeddings), and that
neighbouring windows share most of their audio, so the speakers active at the same instants there
are the same people. General clustering uses the first alone and collapses on short or lopsided
calls; here both are weighed in one score that is maximised exactly by dynamic programming over
the windows, with the two voices' centroids re-estimated until nothing changes.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Worth of one second: of speech sounding like a voice (times the cosine), of speech shared by
# neighbouring windows under one name, and of two people under one name.
VOICE_WEIGHT = 6.0
CONTINUITY_WEIGHT = 1.0
SAME_WINDOW_PENALTY = 3.0
MIN_ACTIVE = 0.10  # seconds; less activity in a window is no speaker
RELIABLE = 0.8  # seconds of exclusive speech that make an embedding worth trusting
MIN_SHARE = 0.06  # of the exclusive speech; less is no party's voice
MAX_ITERATIONS = 20


@dataclass(frozen=True, slots=True)
class LocalSpeaker:
    """One speaker of one window. `active` and `exclusive` are seconds, exclusive meaning that
    nobody else speaks; `vector` is a unit embedding, or zeros where there was too little."""

    window: int
    index: int
    active: float
    exclusive: float
    vector: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Clustering:
    """`labels[(window, index)]` is 0 or 1. `centroids` is (2, 256). `separation` is how much
    more alike the embeddings are to their own centroid than to the other one, in cosine,
    weighted by seconds; near 0 means that there is one voice only, and it is 0 where one of the two
    has next to no speech (a cough, somebody in the background). `seconds` is each label's
    exclusive speech, windows overlapping."""

    labels: dict[tuple[int, int], int]
    centroids: NDArray[np.float32]
    separation: float
    seconds: tuple[float, float]


def cluster_two_parties(
    speakers: Sequence[LocalSpeaker],
    shared: dict[tuple[int, int, int], float],
    together: dict[tuple[int, int, int], float],
    num_windows: int,
) -> Clustering:
    """Name every local speaker 0 or 1.

    `shared[(window, i, j)]` is the seconds in which speaker `i` of `window` and `j` of
    `window + 1` are both active; `together[(window, i, j)]`, i < j, the seconds in which two
    speakers of one window speak at once.
    """
    by_window: list[list[LocalSpeaker]] = [[] for _ in range(num_windows)]
    for speaker in speakers:
        by_window[speaker.window].append(speaker)
    best: tuple[float, Clustering] | None = None
    for start in _starting_centroids(speakers, by_window):
        score, result = _refine(start, speakers, by_window, shared, together)
        if best is None or score > best[0]:
            best = (score, result)
    if best is None:
        labels = {(item.window, item.index): 0 for item in speakers}
        return Clustering(labels, np.zeros((2, 256), np.float32), 0.0, (0.0, 0.0))
    return best[1]


def _starting_centroids(
    speakers: Sequence[LocalSpeaker], by_window: Sequence[Sequence[LocalSpeaker]]
) -> list[NDArray[np.float32]]:
    """Pairs of voices to start from: people heard apart in one window, then the two most
    unlike embeddings, then a split along the widest direction."""
    reliable = [item for item in speakers if item.exclusive >= RELIABLE and item.vector.any()]
    if len(reliable) < 2:
        reliable = [item for item in speakers if item.vector.any()]
    if len(reliable) < 2:
        return []
    starts: list[NDArray[np.float32]] = []
    pairs = [
        (min(a.exclusive, b.exclusive), a, b)
        for window in by_window
        for a, b in itertools.combinations([i for i in window if i.vector.any()], 2)
    ]
    pairs.sort(key=lambda pair: -pair[0])
    starts += [np.stack([a.vector, b.vector]) for _, a, b in pairs[:4]]
    vectors = np.stack([item.vector for item in reliable])
    alike = vectors @ vectors.T
    i, j = np.unravel_index(int(alike.argmin()), alike.shape)
    starts.append(np.stack([vectors[i], vectors[j]]))
    weights = np.array([item.exclusive for item in reliable])[:, None]
    centred = vectors - (vectors * weights).sum(0) / weights.sum()
    direction = np.linalg.svd(centred * np.sqrt(weights), full_matrices=False)[2][0]
    side = centred @ direction > 0
    if side.any() and not side.all():
        starts.append(np.stack([_mean(vectors[side]), _mean(vectors[~side])]))
    return starts


def _mean(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    mean = vectors.mean(axis=0)
    return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-9), np.float32)


def _refine(
    centroids: NDArray[np.float32],
    speakers: Sequence[LocalSpeaker],
    by_window: Sequence[Sequence[LocalSpeaker]],
    shared: dict[tuple[int, int, int], float],
    together: dict[tuple[int, int, int], float],
) -> tuple[float, Clustering]:
    score, labels = _best_labels(centroids, by_window, shared, together)
    for _ in range(MAX_ITERATIONS):
        centroids = _centroids(speakers, labels, centroids)
        score, updated = _best_labels(centroids, by_window, shared, together)
        if updated == labels:
            break
        labels = updated
    seconds = [0.0, 0.0]
    contrast = mass = 0.0
    for item in speakers:
        label = labels[(item.window, item.index)]
        seconds[label] += item.exclusive
        if item.exclusive >= RELIABLE and item.vector.any():
            own, other = item.vector @ centroids[label], item.vector @ centroids[1 - label]
            contrast += item.exclusive * float(own - other)
            mass += item.exclusive
    separation = contrast / mass if mass else 0.0
    if min(seconds) < MIN_SHARE * sum(seconds):
        separation = 0.0
    return score, Clustering(labels, centroids, separation, (seconds[0], seconds[1]))


def _centroids(
    speakers: Sequence[LocalSpeaker],
    labels: dict[tuple[int, int], int],
    previous: NDArray[np.float32],
) -> NDArray[np.float32]:
    sums = np.zeros_like(previous)
    for item in speakers:
        # Squared: long stretches give better embeddings, not only more of them.
        sums[labels[(item.window, item.index)]] += item.vector * item.exclusive**2
    norms = np.linalg.norm(sums, axis=1, keepdims=True)
    return np.where(norms > 1e-9, sums / np.maximum(norms, 1e-9), previous).astype(np.float32)


def _best_labels(
    centroids: NDArray[np.float32],
    by_window: Sequence[Sequence[LocalSpeaker]],
    shared: dict[tuple[int, int, int], float],
    together: dict[tuple[int, int, int], float],
) -> tuple[float, dict[tuple[int, int], int]]:
    """The labels of highest score for fixed voices: Viterbi over windows, each window's states
    being the ways to name its (at most three) speakers."""
    backward: list[list[int]] = []
    states_of: list[list[tuple[int, ...]]] = []
    scores: list[float] = [0.0]
    previous_states: list[tuple[int, ...]] = [()]
    previous: Sequence[LocalSpeaker] = ()
    for window, locals_ in enumerate(by_window):
        states = list(itertools.product((0, 1), repeat=len(locals_)))
        cosines = [item.vector @ centroids.T for item in locals_]
        new_scores, pointers = [], []
        for state in states:
            own = 0.0
            for item, label, cosine in zip(locals_, state, cosines, strict=True):
                own += VOICE_WEIGHT * item.exclusive * float(cosine[label])
            for (a, first), (b, second) in itertools.combinations(list(zip(locals_, state, strict=True)), 2):
                if first == second:
                    own -= SAME_WINDOW_PENALTY * (
                        min(a.active, b.active) + together.get((window, a.index, b.index), 0.0)
                    )
            options = []
            for before, score in zip(previous_states, scores, strict=True):
                link = 0.0
                for a, first in zip(previous, before, strict=True):
                    for b, second in zip(locals_, state, strict=True):
                        seconds = shared.get((window - 1, a.index, b.index), 0.0)
                        link += seconds if first == second else -seconds
                options.append(score + CONTINUITY_WEIGHT * link)
            pointer = int(np.argmax(options))
            pointers.append(pointer)
            new_scores.append(own + options[pointer])
        backward.append(pointers)
        states_of.append(states)
        scores, previous_states, previous = new_scores, states, locals_
    labels: dict[tuple[int, int], int] = {}
    state_index = int(np.argmax(scores))
    total = float(max(scores))
    for window in range(len(by_window) - 1, -1, -1):
        state = states_of[window][state_index]
        for item, label in zip(by_window[window], state, strict=True):
            labels[(window, item.index)] = label
        state_index = backward[window][state_index]
    return total, labels
