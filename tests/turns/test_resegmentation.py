"""Every stretch between pauses is given to the voice it sounds like."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

from callqa.turns.resegmentation import (
    EmbedFrames,
    Voices,
    _without_odd_ones,
    cut_ins,
    rename_stretches,
    single_voice_stretches,
    windows_trust,
)
from callqa.turns.segmentation import FRAME
from tests.turns.scenes import Spoken, activity_of, alternating, embedder, make_voices

SURE = 0.3  # separation at which the windows are believed in full
DOUBTFUL = 0.06


@dataclass
class Heard:
    """What `rename_stretches` is given: `named` is the truth until a test spoils it."""

    active: NDArray[np.bool_]
    named: NDArray[np.float32]
    speech: NDArray[np.float32]
    overlap: NDArray[np.float32]
    voices: NDArray[np.float32]
    embed: EmbedFrames

    def rename(self, separation: float = SURE) -> tuple[NDArray[np.float32], Voices]:
        return rename_stretches(self.named, self.speech, self.overlap, self.voices, separation, self.embed)

    def right_share(self, renamed: NDArray[np.float32]) -> float:
        """Share of the frames with one speaker that went to that speaker, names being free."""
        one = self.active.sum(axis=1) == 1
        same = float((renamed[one].argmax(axis=1) == self.active[one].argmax(axis=1)).mean())
        return max(same, 1 - same)


def _heard(spoken: Spoken, cosine: float = 0.5, noise: float = 0.3, people: int = 2, seed: int = 0) -> Heard:
    rng = np.random.default_rng(seed)
    voices = make_voices(rng, cosine)
    active = activity_of(spoken, 2, max(stop for _, stop, _ in spoken) + 0.5)
    named = np.where(active, 0.95, 0.02).astype(np.float32)
    speech = named.max(axis=1)
    overlap = np.where(active.all(axis=1), 0.9, 0.01).astype(np.float32)
    own = voices if people == 2 else np.stack([voices[0], voices[0]])
    return Heard(active, named, speech, overlap, voices, embedder(rng, active, own, noise))


def _swap(heard: Heard, start: float, end: float) -> None:
    part = slice(round(start / FRAME), round(end / FRAME))
    heard.named[part] = heard.named[part, ::-1].copy()


@pytest.mark.parametrize("seed", range(4))
def test_a_stretch_under_the_wrong_name_goes_to_its_voice(seed: int) -> None:
    heard = _heard(alternating(40.0), seed=seed)
    _swap(heard, 6.7, 10.0)
    _swap(heard, 27.1, 30.3)
    assert heard.right_share(heard.named) < 0.9
    assert heard.right_share(heard.rename()[0]) == 1.0


def test_windows_that_took_two_people_for_one_are_corrected() -> None:
    heard = _heard(alternating(40.0))
    heard.named = np.stack([heard.speech, np.full_like(heard.speech, 0.02)], axis=1)
    assert heard.right_share(heard.rename(0.0)[0]) == 1.0


def test_right_names_stay() -> None:
    heard = _heard(alternating(40.0), cosine=0.8)
    renamed, _ = heard.rename()
    assert heard.right_share(renamed) == 1.0
    # How active somebody is stays what it was.
    assert renamed.max(axis=1) == pytest.approx(heard.named.max(axis=1))


def test_a_short_answer_is_left_to_the_windows() -> None:
    # 0.3 s: no voice can be told from it, so the windows' word stands.
    heard = _heard([(0.0, 4.0, 0), (4.6, 4.9, 1), (5.5, 9.0, 0), (9.6, 13.0, 1), (13.6, 17.0, 0)])
    heard.embed = _deaf_below(heard.embed, 0.4)
    assert heard.right_share(heard.rename()[0]) == 1.0


def _deaf_below(embed: EmbedFrames, seconds: float) -> EmbedFrames:
    def deaf(stretches: object) -> NDArray[np.float32]:
        vectors = embed(stretches)  # type: ignore[arg-type]
        short = [len(frames) * FRAME < seconds for frames in stretches]  # type: ignore[attr-defined]
        return np.where(np.array(short)[:, None], 0, vectors).astype(np.float32)

    return deaf


def test_overlap_stays_both_peoples() -> None:
    heard = _heard([*alternating(24.0), (7.0, 8.0, 1)])
    both = heard.active.all(axis=1)
    assert both.sum() * FRAME == pytest.approx(1.0, abs=0.05)
    renamed, _ = heard.rename()
    assert (renamed[both] >= 0.5).all()
    assert heard.right_share(renamed) == 1.0


def test_overlap_between_wrong_names_stays_both_peoples() -> None:
    heard = _heard([*alternating(24.0), (8.0, 8.7, 1)])
    _swap(heard, 6.7, 10.0)
    renamed, _ = heard.rename()
    assert (renamed[heard.active.all(axis=1)] >= 0.5).all()
    assert heard.right_share(renamed) == 1.0


def test_a_change_of_speaker_without_a_pause_is_found() -> None:
    spoken = [*alternating(24.0), (26.0, 29.0, 0), (29.0, 32.0, 1), (32.6, 36.0, 0)]
    heard = _heard(spoken)
    # Alike voices: the windows took the six seconds for one person's.
    part = slice(round(26.0 / FRAME), round(32.0 / FRAME))
    heard.named[part] = [0.95, 0.02]
    dip = round(29.0 / FRAME)
    heard.speech[dip - 3 : dip + 3] = 0.8
    renamed, _ = heard.rename(DOUBTFUL)
    assert heard.right_share(renamed) == pytest.approx(1.0, abs=0.005)


def test_silence_between_stretches_stays_silent() -> None:
    heard = _heard(alternating(24.0, pause=1.0))
    renamed, _ = heard.rename()
    assert renamed[~heard.active.any(axis=1)].max() < 0.1


def test_two_peoples_voices_are_distinct_and_one_persons_halves_are_not() -> None:
    two, one = _heard(alternating(60.0)), _heard(alternating(60.0), people=1)
    assert two.rename()[1].distinctness > 6
    assert one.rename(0.0)[1].contrast < 0.1 < two.rename()[1].contrast


def test_voices_count_the_stretches_they_rest_on() -> None:
    heard = _heard([(0.0, 3.0, 0), (3.5, 6.0, 1), (6.5, 9.0, 0), (9.5, 10.0, 1)])
    assert sorted(heard.rename()[1].num_stretches) == [1, 2]


def test_where_nobody_speaks_nothing_is_renamed() -> None:
    named = np.full((500, 2), 0.1, np.float32)
    quiet = np.full(500, 0.1, np.float32)
    centroids = make_voices(np.random.default_rng(0), 0.5)

    def embed(stretches: object) -> NDArray[np.float32]:
        raise AssertionError("there is nothing to embed")

    renamed, voices = rename_stretches(named, quiet, quiet, centroids, SURE, embed)
    assert np.array_equal(renamed, named)
    assert voices.num_stretches == (0, 0)


def test_a_single_stretch_keeps_its_name() -> None:
    heard = _heard([(1.0, 4.0, 1)])
    renamed, _ = heard.rename()
    inside = slice(round(1.2 / FRAME), round(3.8 / FRAME))
    assert (renamed[inside].argmax(axis=1) == 1).all()


def test_stretches_are_cut_at_pauses_changes_and_overlap() -> None:
    named = np.zeros((100, 2), np.float32)
    named[:60, 0] = named[60:, 1] = 0.9
    speech = np.full(100, 0.95, np.float32)
    speech[20:30] = 0.2
    overlap = np.zeros(100, np.float32)
    overlap[70:80] = 0.9
    named[70:80] = 0.9
    assert single_voice_stretches(named, speech, overlap) == [(0, 20), (30, 60), (60, 70), (80, 100)]


@pytest.mark.parametrize("num_frames", [0, 1, 50])
def test_no_speech_has_no_stretches(num_frames: int) -> None:
    quiet = np.zeros(num_frames, np.float32)
    assert single_voice_stretches(np.zeros((num_frames, 2), np.float32), quiet, quiet) == []


def test_windows_are_believed_as_far_as_their_voices_differ() -> None:
    trust = [windows_trust(separation) for separation in (-0.1, 0.0, 0.05, 0.1, 0.15, 0.5)]
    assert trust == sorted(trust)
    assert trust[0] == trust[2] == 0.0
    assert 0 < trust[3] < 1
    assert trust[4] == pytest.approx(1.0)
    assert trust[5] == 1.0


def _change(overlap_at_change: float, pause: bool = False) -> list[tuple[int, int]]:
    label = np.repeat(np.array([0, 1]), 300)
    speech = np.full(600, 0.95, np.float32)
    overlap = np.full(600, 0.05, np.float32)
    overlap[270:330] = overlap_at_change
    if pause:
        speech[295:305] = 0.1
    return cut_ins(label, speech, overlap)


def test_half_heard_overlap_counts_where_the_speaker_changes_without_a_pause() -> None:
    assert _change(0.45) == [(270, 330)]


def test_half_heard_overlap_does_not_count_over_a_pause_or_where_it_is_faint() -> None:
    assert _change(0.45, pause=True) == []
    assert _change(0.25) == []


def _unit(vectors: np.ndarray) -> np.ndarray:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


def _stretches(num_odd: int, two_people: bool) -> tuple[np.ndarray, np.ndarray]:
    """Embeddings of two like voices (or of one), ten stretches each, and of odd sounds; and whose
    each is when the odd ones were taken for one voice and everybody for the other."""
    rng = np.random.default_rng(5)
    first, second, odd = np.eye(256)[:3]
    second = 0.8 * first + 0.6 * second if two_people else first
    means = [first] * 10 + [second] * 10 + [odd] * num_odd
    vectors = _unit(np.stack(means) + rng.normal(0, 0.01, (len(means), 256)))
    return vectors, np.array([0] * 20 + [1] * num_odd)


def _found(two_people: bool) -> tuple[np.ndarray, np.ndarray]:
    vectors, owner = _stretches(1, two_people)
    voices = _unit(np.stack([vectors[:20].mean(axis=0), vectors[20]]))
    number = len(vectors)
    seconds, found, _ = _without_odd_ones(
        owner, voices, voices, vectors, np.full(number, 2.0), np.full(number - 1, 1.0), np.zeros(number)
    )
    return seconds, found


def test_two_people_are_found_behind_an_odd_sound() -> None:
    seconds, owner = _found(two_people=True)
    assert len(set(owner[:10])) == len(set(owner[10:20])) == 1
    assert owner[0] != owner[10]
    assert seconds[20] == 0


def test_one_person_and_an_odd_sound_are_not_made_two_people() -> None:
    seconds, owner = _found(two_people=False)
    assert list(owner) == [0] * 20 + [1]
    assert seconds[20] == 2.0
