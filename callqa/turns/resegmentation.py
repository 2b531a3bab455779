"""A second look at every stretch between pauses: whose voice is it?

In a window where two people take turns quickly, or sound alike, the segmentation model at times
takes both for one. A stretch between two pauses nearly always is one person's, and over a second
or more its voice can be told, so the stretches of the whole call are split into two voices
directly: two-means on their embeddings from several starts, weighed with what the windows said
and with the fact that people seldom change in mid-breath (Viterbi over the stretches).
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from callqa.turns.segmentation import FRAME

PAUSE_BELOW = 0.7  # speech probability that ends a stretch
MIN_VOICED = 0.4  # seconds from which a stretch's voice can be told
RELIABLE = 1.0  # seconds from which it helps to learn the voices
ENOUGH = 1.5  # seconds after which more speech adds no certainty
# A cosine contrast of 0.1 over a second weighs as much as the windows' full certainty.
VOICE_WEIGHT = 10.0
# What the windows say counts not at all where their own two voices differ by the first of these,
# and in full from the second on.
TRUSTED_SEPARATION = (0.05, 0.15)
SWITCH_COST = 0.1  # of changing the speaker over a pause of no length
SWITCH_PAUSE = 0.5  # seconds of pause after which changing costs nothing
ROUNDS = 4
BOTH_FROM = 0.55  # overlap probability from which two people speak
NAMED_FROM = 0.5  # activity from which windows name a voice as speaking
# Where the speaker changes without a pause, somebody probably cut in, and less is asked:
CUT_IN_PEAK = 0.35  # overlap probability that is reached near the change
CUT_IN_EDGE = 0.5  # share of that peak at which the overlap begins and ends
CUT_IN_LEAST = 0.2  # overlap probability at its edges at least
CUT_IN_REACH = 1.2  # seconds from the change in which the peak is looked for
CUT_IN_NEAR = 0.5  # seconds from the change at which the overlap has to begin or end
CUT_IN_SPEECH = 0.6  # speech probability all through the change
CUT_IN_AROUND = 0.1  # seconds on both sides of the change that must be speech
MIN_VOICE = 2.0  # seconds of reliable stretches that a voice should have: a few short ones, whose
# embeddings scatter, otherwise make a voice of their own
ODD_SHARE = 0.12  # of the reliable stretches' time; a voice with less may be no voice
# One person's speech split in two has a contrast of some 3 to 4 spreads (3.3 to 3.8 on three
# recordings of one speaker), two people's of 6 and more, also of one sex and over AMR.
MIN_DISTINCTNESS = 5.0
MIN_CONTRAST = 0.1
# Inside a stretch the speaker may change without a pause, which the segmentation sees in voices
# that differ but not always in those that are alike: there the voice is followed through the
# stretch in windows as long as the encoder was trained on.
FOLLOW_WINDOW = 1.6  # seconds
FOLLOW_STEP = 0.4
FOLLOW_FROM = 2.4  # seconds of stretch
CHANGE_COST = 0.1
NEAR_CUT = 0.5  # seconds in which the quietest instant is looked for

Frames = NDArray[np.int64]
Vectors = NDArray[np.float32]
EmbedFrames = Callable[[Sequence[Frames]], Vectors]


@dataclass(frozen=True, slots=True)
class Voices:
    """Two voices (2, 256). `contrast` is how much more alike stretches are to their own voice than
    to the other, in cosine; `spread` the standard deviation of that within a voice. One person's
    speech split in two has a contrast of some three spreads, as halves of any bell curve have;
    two people's has more."""

    centroids: Vectors
    contrast: float
    spread: float
    num_stretches: tuple[int, int]

    @property
    def distinctness(self) -> float:
        """Contrast in units of spread (the sensitivity index d')."""
        return self.contrast / max(self.spread, 1e-6)


def rename_stretches(
    named: NDArray[np.float32],
    speech: NDArray[np.float32],
    overlap: NDArray[np.float32],
    centroids: Vectors,
    separation: float,
    embed: EmbedFrames,
) -> tuple[NDArray[np.float32], Voices]:
    """Activity of two voices with each stretch given to the voice it sounds like.

    `named` is (num_frames, 2) and `centroids` (2, 256) as the windows gave them, `separation` how
    far apart those are; `speech` and `overlap` (num_frames,) are the probabilities that anybody and
    that two people speak. `embed` turns arrays of frame indices into
    unit vectors.
    """
    stretches = single_voice_stretches(named, speech, overlap)
    if not stretches:
        return named, Voices(centroids, 0.0, 0.0, (0, 0))
    vectors, seconds, pauses, prior = _look_at(stretches, named, separation, embed)
    owner, voices = _best_of(_starts(centroids, vectors, seconds), vectors, seconds, pauses, prior)
    seconds, owner, voices = _without_odd_ones(owner, voices, centroids, vectors, seconds, pauses, prior)
    if windows_trust(separation) < 1.0:
        cut = _cut_at_changes(stretches, voices, speech, embed)
        if cut != stretches:
            stretches = cut
            vectors, seconds, pauses, prior = _look_at(stretches, named, separation, embed)
            owner, voices = _best_of([voices], vectors, seconds, pauses, prior)
    return _renamed(named, speech, overlap, stretches, owner), _describe(voices, vectors, seconds, owner)


def _without_odd_ones(
    owner: NDArray[np.int64],
    voices: Vectors,
    centroids: Vectors,
    vectors: Vectors,
    seconds: NDArray[np.float64],
    pauses: NDArray[np.float64],
    prior: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.int64], Vectors]:
    """The same, unless a few stretches that are unlike everything else (babble while somebody
    waits, hammering on a keyboard) were taken for one voice and both people for the other: then
    the two people, with no seconds for the odd stretches, whose owners follow their neighbours."""
    reliable = np.where(seconds >= RELIABLE, seconds, 0.0)
    share = [float(reliable[owner == label].sum()) / max(float(reliable.sum()), 1e-9) for label in (0, 1)]
    if min(share) >= ODD_SHARE:
        return seconds, owner, voices
    odd = owner == share.index(min(share))
    left, told = np.where(odd, 0.0, seconds), np.where(odd, 0.0, prior)
    again, found = _best_of(_starts(centroids, vectors, left), vectors, left, pauses, told)
    described = _describe(found, vectors, left, again)
    kept = np.where(left >= RELIABLE, left, 0.0)
    least = min(float(kept[again == label].sum()) for label in (0, 1))
    two = described.distinctness >= MIN_DISTINCTNESS and described.contrast >= MIN_CONTRAST
    if two and least >= ODD_SHARE * float(kept.sum()):
        return left, again, found
    return seconds, owner, voices


def _look_at(
    stretches: Sequence[tuple[int, int]], named: NDArray[np.float32], separation: float, embed: EmbedFrames
) -> tuple[Vectors, NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Each stretch's embedding, its seconds (0 without an embedding), the pauses between, and what
    the windows say of its owner (1: voice 0, -1: voice 1)."""
    vectors = embed([np.arange(start, end) for start, end in stretches])
    seconds = np.array([(end - start) * FRAME for start, end in stretches])
    seconds = np.where(vectors.any(axis=1), seconds, 0.0)
    pauses = np.array([(b[0] - a[1]) * FRAME for a, b in itertools.pairwise(stretches)])
    prior = np.array([float((named[a:b, 0] - named[a:b, 1]).mean()) for a, b in stretches])
    return vectors, seconds, pauses, prior * windows_trust(separation)


def _best_of(
    starts: Sequence[Vectors],
    vectors: Vectors,
    seconds: NDArray[np.float64],
    pauses: NDArray[np.float64],
    prior: NDArray[np.float64],
) -> tuple[NDArray[np.int64], Vectors]:
    """Owners and voices of the start that leads to the highest score, starts that leave both
    voices a fair amount of speech before others."""
    found = [_settle(start, vectors, seconds, pauses, prior) for start in starts]

    def fitness(item: tuple[float, NDArray[np.int64], Vectors]) -> tuple[bool, float]:
        reliable = np.where(seconds >= RELIABLE, seconds, 0.0)
        least = min(float(reliable[item[1] == label].sum()) for label in (0, 1))
        return least >= MIN_VOICE, item[0]

    _, owner, voices = max(found, key=fitness)
    return owner, voices


def _cut_at_changes(
    stretches: Sequence[tuple[int, int]],
    voices: Vectors,
    speech: NDArray[np.float32],
    embed: EmbedFrames,
) -> list[tuple[int, int]]:
    """The stretches, long ones cut where the voice changes inside them."""
    window, step = round(FOLLOW_WINDOW / FRAME), round(FOLLOW_STEP / FRAME)
    long = [item for item in stretches if (item[1] - item[0]) * FRAME >= FOLLOW_FROM]
    begins = [list(range(start, end - window + 1, step)) for start, end in long]
    vectors = embed([np.arange(begin, begin + window) for places in begins for begin in places])
    contrast = vectors @ (voices[0] - voices[1]) * VOICE_WEIGHT * FOLLOW_STEP / 2
    cuts: dict[tuple[int, int], list[int]] = {}
    first = 0
    for item, places in zip(long, begins, strict=True):
        own = contrast[first : first + len(places)]
        first += len(places)
        pauses = np.zeros(max(0, len(places) - 1))
        _, path = _cheapest_path(np.stack([own, -own], axis=1), pauses, CHANGE_COST)
        for index in np.flatnonzero(np.diff(path)):
            middle = (places[index] + places[index + 1] + window) // 2
            low, high = (
                max(item[0], middle - round(NEAR_CUT / FRAME)),
                min(item[1], middle + round(NEAR_CUT / FRAME)),
            )
            cuts.setdefault(item, []).append(low + int(speech[low:high].argmin()))
    result: list[tuple[int, int]] = []
    for item in stretches:
        edges = [item[0], *sorted(cuts.get(item, [])), item[1]]
        result.extend((a, b) for a, b in itertools.pairwise(edges) if b > a)
    return result


def windows_trust(separation: float) -> float:
    """How much to believe the names that windows gave, 0-1, from how far apart their voices are."""
    none, full = TRUSTED_SEPARATION
    return float(np.clip((separation - none) / (full - none), 0.0, 1.0))


def single_voice_stretches(
    named: NDArray[np.float32], speech: NDArray[np.float32], overlap: NDArray[np.float32]
) -> list[tuple[int, int]]:
    """Frame ranges between pauses in which only one voice speaks, cut where the voice changes."""
    on = (speech >= PAUSE_BELOW) & ~two_speak(named, overlap)
    leader = (named[:, 1] > named[:, 0]).astype(np.int8)
    marks = np.concatenate([[0], np.where(on, leader + 1, 0), [0]])
    edges = np.flatnonzero(np.diff(marks))
    return [(int(a), int(b)) for a, b in itertools.pairwise(edges) if marks[a + 1]]


def two_speak(named: NDArray[np.float32], overlap: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Frames in which both voices speak: most windows hear two people there, and name them apart.
    Either alone errs: a window may split one person in two, and windows may disagree on names."""
    return (overlap >= BOTH_FROM) & (named >= NAMED_FROM).all(axis=1)


def _starts(centroids: Vectors, vectors: Vectors, seconds: NDArray[np.float64]) -> list[Vectors]:
    """Pairs of voices to begin with: the windows', the two most unlike stretches, and the two
    halves along the widest direction."""
    starts = [centroids]
    chosen = np.flatnonzero(seconds >= RELIABLE)
    if len(chosen) < 3:
        return starts
    some, weight = vectors[chosen], np.minimum(seconds[chosen], 6.0)[:, None]
    alike = some @ some.T
    i, j = np.unravel_index(int(alike.argmin()), alike.shape)
    starts.append(np.stack([some[i], some[j]]))
    centred = some - (some * weight).sum(axis=0) / weight.sum()
    direction = np.linalg.svd(centred * np.sqrt(weight), full_matrices=False)[2][0]
    side = centred @ direction > 0
    if side.any() and not side.all():
        starts.append(np.stack([_voice_of(some, weight[:, 0], half) for half in (side, ~side)]))
    return starts


def _voice_of(vectors: Vectors, weight: NDArray[np.float64], mine: NDArray[np.bool_]) -> Vectors:
    total = (vectors[mine] * weight[mine, None]).sum(axis=0)
    return np.asarray(total / max(float(np.linalg.norm(total)), 1e-9), np.float32)


def _settle(
    voices: Vectors,
    vectors: Vectors,
    seconds: NDArray[np.float64],
    pauses: NDArray[np.float64],
    prior: NDArray[np.float64],
) -> tuple[float, NDArray[np.int64], Vectors]:
    """Owners of the stretches and the voices, each found from the other in turn; and the score
    that was reached."""
    weight = np.where(seconds >= MIN_VOICED, np.minimum(seconds, ENOUGH), 0.0) * VOICE_WEIGHT
    learning = np.where(seconds >= MIN_VOICED, seconds, 0.0)
    contrast = vectors @ (voices[0] - voices[1])
    # Which of these voices is which of the windows' two.
    if float((prior * np.sign(contrast) * seconds).sum()) < 0:
        prior = -prior
    score, owner = 0.0, np.zeros(len(vectors), np.int64)
    for _ in range(ROUNDS):
        likeness = weight[:, None] * (vectors @ voices.T) + np.stack([prior, -prior], axis=1) / 2
        score, owner = _cheapest_path(likeness, pauses)
        for label in (0, 1):
            mine = (owner == label) & (learning > 0)
            if mine.any():
                voices = voices.copy()
                voices[label] = _voice_of(vectors, learning, mine)
    return score, owner, voices


def _cheapest_path(
    likeness: NDArray[np.float64], pauses: NDArray[np.float64], switch_cost: float = SWITCH_COST
) -> tuple[float, NDArray[np.int64]]:
    """The best owners (0 or 1) for stretches of given `likeness` (num_stretches, 2)."""
    cost = switch_cost * np.clip(1 - pauses / SWITCH_PAUSE, 0.0, 1.0)
    total = likeness[0].copy()
    back = []
    for index in range(1, len(likeness)):
        stay, move = total, total[::-1] - cost[index - 1]
        back.append(move > stay)
        total = np.maximum(stay, move) + likeness[index]
    label = int(total.argmax())
    owner = [label]
    for moved in reversed(back):
        if moved[label]:
            label = 1 - label
        owner.append(label)
    return float(total.max()), np.array(owner[::-1], np.int64)


def _describe(
    voices: Vectors, vectors: Vectors, seconds: NDArray[np.float64], owner: NDArray[np.int64]
) -> Voices:
    sides = vectors @ (voices[0] - voices[1]) * np.where(owner == 0, 1.0, -1.0)
    chosen = seconds >= RELIABLE
    counts = (int((chosen & (owner == 0)).sum()), int((chosen & (owner == 1)).sum()))
    if not chosen.any():
        return Voices(voices, 0.0, 0.0, counts)
    # Half the distance between the two voices' means lies on either side.
    contrast = float(np.average(sides[chosen], weights=seconds[chosen])) * 2
    spreads = [float(sides[chosen & (owner == label)].std()) for label in (0, 1) if counts[label] >= 2]
    return Voices(voices, contrast, float(np.mean(spreads)) if spreads else 0.0, counts)


def _renamed(
    named: NDArray[np.float32],
    speech: NDArray[np.float32],
    overlap: NDArray[np.float32],
    stretches: Sequence[tuple[int, int]],
    owner: NDArray[np.int64],
) -> NDArray[np.float32]:
    """`named` with every frame that one voice speaks in given to the nearest stretch's owner."""
    centres = np.array([(a + b) / 2 for a, b in stretches])
    halves = np.array([(b - a) / 2 for a, b in stretches])
    frames = np.arange(len(named))
    after = np.clip(np.searchsorted(centres, frames), 1, max(1, len(centres) - 1))
    before = after - 1
    after = np.minimum(after, len(centres) - 1)
    nearer_after = (
        np.abs(frames - centres[after]) - halves[after] < np.abs(frames - centres[before]) - halves[before]
    )
    label = owner[np.where(nearer_after, after, before)]
    loudest = np.maximum(named.max(axis=1), speech)
    renamed = np.zeros_like(named)
    renamed[frames, label] = loudest
    both = two_speak(named, overlap)
    renamed[both] = overlap[both, None]
    for start, end in cut_ins(label, speech, overlap):
        renamed[start:end] = np.maximum(renamed[start:end], loudest[start:end, None])
    return renamed


def cut_ins(
    label: NDArray[np.int64], speech: NDArray[np.float32], overlap: NDArray[np.float32]
) -> list[tuple[int, int]]:
    """Frame ranges in which two people probably speak, because `label` (num_frames,), the owner of
    each frame, changes there without a pause and the segmentation half hears two. Of two voices
    that are alike it hardly ever hears both for certain, and a change without a pause is rare
    where nobody cuts in."""
    around, reach, near = (round(s / FRAME) for s in (CUT_IN_AROUND, CUT_IN_REACH, CUT_IN_NEAR))
    found = []
    for change in (int(index) + 1 for index in np.flatnonzero(np.diff(label))):
        if speech[max(0, change - around) : change + around].min() < CUT_IN_SPEECH:
            continue
        first = max(0, change - reach)
        peak = first + int(overlap[first : change + reach].argmax())
        if overlap[peak] < CUT_IN_PEAK:
            continue
        on = overlap >= max(CUT_IN_LEAST, CUT_IN_EDGE * float(overlap[peak]))
        start, end = peak, peak + 1
        while start > 0 and on[start - 1]:
            start -= 1
        while end < len(on) and on[end]:
            end += 1
        if start - near <= change <= end + near:
            found.append((start, end))
    return found
