"""A second look at every stretch between pauses: whose voice is it?

In a window where two people take turns quickly the segmentation model at times takes both for one.
The voices are known by then, and a stretch between two pauses nearly always is one person's, so
each such stretch is compared with both voices and named anew where it clearly is the other's.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from callqa.turns.segmentation import FRAME

PAUSE_BELOW = 0.7  # speech probability that ends a stretch
MIN_VOICED = 0.4  # seconds from which a stretch's voice can be told
ENOUGH = 1.5  # seconds after which more speech adds no certainty
# A cosine contrast of 0.1 over a second weighs as much as the segmentation's full certainty.
VOICE_WEIGHT = 10.0
ROUNDS = 2

Frames = NDArray[np.int64]
EmbedFrames = Callable[[Sequence[Frames]], NDArray[np.float32]]


def rename_stretches(
    named: NDArray[np.float32],
    speech: NDArray[np.float32],
    voices: NDArray[np.float32],
    embed: EmbedFrames,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Activity of two voices with each stretch given to the voice it sounds like.

    `named` is (num_frames, 2), `speech` (num_frames,), `voices` (2, 256). `embed` turns arrays of
    frame indices into unit vectors. Returns the activity and the voices, estimated anew.
    """
    stretches = single_voice_stretches(named, speech)
    if not stretches:
        return named, voices
    vectors = embed([np.arange(start, end) for start, end in stretches])
    seconds = np.array([(end - start) * FRAME for start, end in stretches])
    prior = np.array([float((named[a:b, 0] - named[a:b, 1]).mean()) for a, b in stretches])
    owner = np.where(prior >= 0, 0, 1)
    usable = (seconds >= MIN_VOICED) & vectors.any(axis=1)
    for _ in range(ROUNDS):
        contrast = vectors @ (voices[0] - voices[1])
        weight = np.where(usable, np.minimum(seconds, ENOUGH), 0.0) * VOICE_WEIGHT
        owner = np.where(prior + weight * contrast >= 0, 0, 1)
        for label in (0, 1):
            mine = usable & (owner == label)
            if mine.any():
                total = (vectors[mine] * seconds[mine, None]).sum(axis=0)
                voices = voices.copy()
                voices[label] = total / max(float(np.linalg.norm(total)), 1e-9)
    renamed = named.copy()
    for (start, end), label in zip(stretches, owner, strict=True):
        renamed[start:end, label] = np.maximum(named[start:end].max(axis=1), speech[start:end])
        renamed[start:end, 1 - label] = 0.0
    return renamed, voices


def single_voice_stretches(named: NDArray[np.float32], speech: NDArray[np.float32]) -> list[tuple[int, int]]:
    """Frame ranges between pauses in which only one voice speaks, cut where the voice changes."""
    both = (named >= 0.5).all(axis=1)
    on = (speech >= PAUSE_BELOW) & ~both
    leader = (named[:, 1] > named[:, 0]).astype(np.int8)
    marks = np.where(on, leader + 1, 0)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], marks, [0]])))
    found = []
    for start, end in itertools.pairwise(edges):
        if end > start and marks[start]:
            found.append((int(start), int(end)))
    return found
