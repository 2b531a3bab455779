"""Two parties are told apart over all windows, by voice and by what neighbouring windows share."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from callqa.turns.clustering import Clustering, LocalSpeaker, cluster_two_parties
from tests.turns.scenes import DEPTH, Scene, alternating, make_voices, near, scene_of


def _cluster(scene: Scene) -> Clustering:
    return cluster_two_parties(scene.speakers, scene.shared, scene.together, scene.num_windows)


def _right_share(scene: Scene, found: Clustering) -> float:
    """Share of the active seconds under the right name, names being free."""
    seconds = {(item.window, item.index): item.active for item in scene.speakers}
    total = sum(seconds.values())
    same = sum(s for key, s in seconds.items() if found.labels[key] == scene.truth[key])
    return max(same, total - same) / total


@pytest.mark.parametrize("seed", range(4))
def test_clear_voices_are_named_the_same_in_every_window(seed: int) -> None:
    rng = np.random.default_rng(seed)
    scene = scene_of(rng, alternating(45.0), make_voices(rng, 0.4))
    found = _cluster(scene)
    assert set(found.labels) == set(scene.truth)
    assert _right_share(scene, found) == 1.0
    assert found.separation > 0.3


@pytest.mark.parametrize("seed", range(4))
def test_voices_that_are_alike_are_still_told_apart(seed: int) -> None:
    rng = np.random.default_rng(seed)
    scene = scene_of(rng, alternating(60.0), make_voices(rng, 0.9), noise=0.6)
    assert _right_share(scene, _cluster(scene)) >= 0.97


@pytest.mark.parametrize("seed", range(4))
def test_a_party_that_says_little_keeps_its_own_name(seed: int) -> None:
    rng = np.random.default_rng(seed)
    spoken = [(0.0, 20.0, 0), (20.3, 21.9, 1), (22.2, 41.0, 0), (41.4, 42.8, 1), (43.0, 60.0, 0)]
    scene = scene_of(rng, spoken, make_voices(rng, 0.5))
    found = _cluster(scene)
    assert _right_share(scene, found) == 1.0
    assert min(found.seconds) < 0.2 * max(found.seconds)


def test_people_of_one_window_are_never_one_where_their_voices_differ() -> None:
    for seed in range(6):
        rng = np.random.default_rng(seed)
        spoken = [*alternating(30.0, turn=2.0, pause=0.2), (3.0, 3.8, 0), (9.5, 10.4, 1)]
        scene = scene_of(rng, spoken, make_voices(rng, 0.5))
        found = _cluster(scene)
        for a, b in itertools.combinations(scene.speakers, 2):
            if a.window == b.window:
                assert found.labels[(a.window, a.index)] != found.labels[(b.window, b.index)]


@pytest.mark.parametrize("neighbour", [0, 2])
def test_shared_speech_decides_where_the_voice_does_not(neighbour: int) -> None:
    rng = np.random.default_rng(1)
    first, second = make_voices(rng, 0.3)
    middle = (first + second) / np.linalg.norm(first + second)
    speakers = [LocalSpeaker(w, 0, 2.0, 2.0, vector) for w, vector in enumerate((first, middle, second))]
    shared = {(0, 0, 0): 1.5 if neighbour == 0 else 0.0, (1, 0, 0): 1.5 if neighbour == 2 else 0.0}
    labels = cluster_two_parties(speakers, shared, {}, 3).labels
    assert labels[(0, 0)] != labels[(2, 0)]
    assert labels[(1, 0)] == labels[(neighbour, 0)]


def test_a_voice_outweighs_a_little_shared_speech() -> None:
    rng = np.random.default_rng(3)
    voices = make_voices(rng, 0.2)
    order = [0, 1, 0, 1]
    speakers = [LocalSpeaker(w, 0, 2.0, 2.0, near(rng, voices[who], 0.1)) for w, who in enumerate(order)]
    shared = {(window, 0, 0): 0.3 for window in range(3)}
    labels = cluster_two_parties(speakers, shared, {}, 4).labels
    assert [labels[(w, 0)] == labels[(0, 0)] for w in range(4)] == [True, False, True, False]


def test_two_people_heard_in_one_window_are_two_though_both_sound_like_one() -> None:
    rng = np.random.default_rng(2)
    first, second = make_voices(rng, 0.7)
    mixed = 0.7 * first + 0.3 * second
    mixed /= np.linalg.norm(mixed)
    speakers = [
        LocalSpeaker(0, 0, 2.0, 2.0, first),
        LocalSpeaker(1, 0, 2.0, 1.0, first),
        LocalSpeaker(1, 1, 2.0, 1.0, mixed),
        LocalSpeaker(2, 0, 2.0, 2.0, second),
    ]
    labels = cluster_two_parties(speakers, {}, {(1, 0, 1): 1.0}, 3).labels
    assert labels[(1, 0)] == labels[(0, 0)]
    assert labels[(1, 1)] == labels[(2, 0)] != labels[(1, 0)]


def test_one_window_is_enough() -> None:
    rng = np.random.default_rng(0)
    scene = scene_of(rng, [(0.2, 2.0, 0), (2.2, 4.5, 1)], make_voices(rng, 0.4))
    assert scene.num_windows == 1
    found = _cluster(scene)
    assert sorted(found.labels.values()) == [0, 1]
    assert sorted(found.seconds) == pytest.approx([1.8, 2.3], abs=0.05)


def test_one_voice_split_in_two_is_hardly_separate() -> None:
    rng = np.random.default_rng(0)
    one = _cluster(scene_of(rng, [(0.0, 30.0, 0)], make_voices(rng, 0.4), noise=0.3))
    two = _cluster(scene_of(rng, alternating(30.0), make_voices(rng, 0.4), noise=0.3))
    assert one.separation < 0.1 < two.separation


@pytest.mark.parametrize("num_windows", [0, 1, 5])
def test_where_nobody_speaks_nobody_is_named(num_windows: int) -> None:
    found = cluster_two_parties([], {}, {}, num_windows)
    assert found.labels == {}
    assert found.separation == 0.0
    assert found.seconds == (0.0, 0.0)


def test_too_little_speech_for_any_voice_gets_one_name() -> None:
    silent = np.zeros(DEPTH, np.float32)
    speakers = [LocalSpeaker(0, 1, 0.15, 0.1, silent), LocalSpeaker(1, 0, 0.15, 0.1, silent)]
    assert cluster_two_parties(speakers, {}, {}, 2).labels == {(0, 1): 0, (1, 0): 0}
