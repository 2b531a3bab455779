"""The turns of a call from the speech of its voices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import numpy as np
import pytest
from numpy.typing import NDArray

from callqa.config import TurnSettings
from callqa.data import Role, TimeSpan, Turn
from callqa.turns.diarizer import Diarization, Diarizer
from callqa.turns.finder import turns_of_channels, turns_of_mix, without
from callqa.turns.resegmentation import Voices
from callqa.turns.segmentation import FRAME, STEP_FRAMES, Activity, Segmenter
from tests.turns.scenes import make_voices
from tests.turns.sounds import RATE, noise, placed

Spans = Sequence[tuple[float, float]]
CENTROIDS = make_voices(np.random.default_rng(0), 0.4)
TWO = Voices(CENTROIDS, contrast=0.5, spread=0.05, num_stretches=(8, 6))
ONE = Voices(CENTROIDS, contrast=0.12, spread=0.04, num_stretches=(8, 6))


class _Diarizer:
    """Finds what a test says, and keeps what it heard."""

    def __init__(self, first: Spans, second: Spans, voices: Voices = TWO, separation: float = 0.3) -> None:
        self._found = (
            tuple(TimeSpan(*pair) for pair in first),
            tuple(TimeSpan(*pair) for pair in second),
        )
        self._voices, self._separation = voices, separation
        self.heard: NDArray[np.float32] | None = None

    def diarize(self, samples: NDArray[np.float32]) -> Diarization:
        self.heard = samples
        activity = Activity(np.zeros((1, 293, 3), np.float32), 293)
        return Diarization(self._found, self._voices, self._separation, activity)


def _turns_of(diarizer: _Diarizer, **options: Any) -> Any:
    samples = noise(20.0, -30.0)
    return turns_of_mix(cast(Diarizer, diarizer), samples, TurnSettings(), **options)


def test_voices_are_numbered_in_order_of_first_speaking() -> None:
    found = _turns_of(_Diarizer([(3.0, 5.0), (9.0, 11.0)], [(0.5, 2.5), (6.0, 8.0)]))
    assert found.num_parties == 2
    assert [(turn.start, turn.speaker) for turn in found.turns] == [
        (0.5, "SPEAKER_00"),
        (3.0, "SPEAKER_01"),
        (6.0, "SPEAKER_00"),
        (9.0, "SPEAKER_01"),
    ]
    assert {turn.channel for turn in found.turns} == {0}


def test_overlapping_turns_of_two_voices_stay() -> None:
    found = _turns_of(_Diarizer([(0.5, 4.0)], [(3.5, 6.0)]))
    assert [(turn.start, turn.end) for turn in found.turns] == [(0.5, 4.0), (3.5, 6.0)]


def test_a_voice_split_in_two_is_one_party() -> None:
    found = _turns_of(_Diarizer([(0.5, 2.0), (5.0, 6.0)], [(2.2, 4.0), (7.0, 8.0)], ONE))
    assert found.num_parties == 1
    assert {turn.speaker for turn in found.turns} == {"SPEAKER_00"}
    # What was one breath is one turn again.
    assert (found.turns[0].start, found.turns[0].end) == (0.5, 4.0)


def test_a_moment_of_another_voice_is_no_party() -> None:
    found = _turns_of(_Diarizer([(0.5, 6.0)], [(8.0, 8.2)]))
    assert found.num_parties == 1


@pytest.mark.parametrize(("separation", "parties"), [(0.2, 2), (0.02, 1)])
def test_with_few_stretches_the_windows_tell_whether_there_are_two(separation: float, parties: int) -> None:
    few = Voices(CENTROIDS, contrast=0.5, spread=0.0, num_stretches=(1, 1))
    assert _turns_of(_Diarizer([(0.5, 3.0)], [(3.5, 6.0)], few, separation)).num_parties == parties


def test_nobody_is_no_party() -> None:
    found = _turns_of(_Diarizer([], [], Voices(CENTROIDS, 0.0, 0.0, (0, 0)), 0.0))
    assert found.turns == ()
    assert found.num_parties == 0


def test_what_is_ignored_is_not_listened_to() -> None:
    diarizer = _Diarizer([(5.0, 7.0)], [(8.0, 10.0)])
    samples = noise(20.0, -30.0)
    before = samples.copy()
    turns_of_mix(cast(Diarizer, diarizer), samples, TurnSettings(), [TimeSpan(0.0, 4.0)])
    assert diarizer.heard is not None
    assert not diarizer.heard[: 4 * RATE].any()
    assert np.array_equal(diarizer.heard[4 * RATE :], before[4 * RATE :])
    # The recording itself is left as it is: its sound is measured later.
    assert np.array_equal(samples, before)


class _LoudIsSpeech:
    """A segmenter for which everything above -30 dBFS is one person's speech."""

    def run(self, samples: NDArray[np.float32]) -> Activity:
        num_frames = int(len(samples) / RATE / FRAME)
        size = int(FRAME * RATE)
        power = (samples[: num_frames * size].reshape(num_frames, size) ** 2).mean(axis=1)
        num_windows = max(1, 1 + -(-(num_frames - 293) // STEP_FRAMES))
        on = np.zeros((num_windows - 1) * STEP_FRAMES + 293, np.float32)
        on[:num_frames] = np.where(power > 1e-3, 0.98, 0.01)
        scores = np.zeros((num_windows, 293, 3), np.float32)
        scores[:, :, 1] = np.lib.stride_tricks.sliding_window_view(on, 293)[::STEP_FRAMES]
        return Activity(scores, num_frames)


def _both_channels() -> NDArray[np.float32]:
    first = placed(16.0, noise(16.0, -60.0), (5.0, noise(3.0, -20.0)))
    second = placed(16.0, noise(16.0, -60.0, 1), (1.0, noise(3.0, -20.0)), (10.0, noise(2.0, -20.0)))
    return np.stack([first, second])


def test_each_channel_is_a_party_named_by_its_channel() -> None:
    found = turns_of_channels(cast(Segmenter, _LoudIsSpeech()), _both_channels(), TurnSettings(), list)
    assert found.num_parties == 2
    assert [(turn.speaker, turn.channel, round(turn.start)) for turn in found.turns] == [
        ("SPEAKER_01", 1, 1),
        ("SPEAKER_00", 0, 5),
        ("SPEAKER_01", 1, 10),
    ]


def test_leakage_into_the_other_channel_is_nobodys_turn() -> None:
    def own(speech: Sequence[Sequence[TimeSpan]]) -> Sequence[Sequence[TimeSpan]]:
        return [speech[0], [span for span in speech[1] if span.start < 5]]

    found = turns_of_channels(cast(Segmenter, _LoudIsSpeech()), _both_channels(), TurnSettings(), own)
    assert [turn.channel for turn in found.turns] == [1, 0]


def test_an_empty_channel_is_no_party() -> None:
    samples = _both_channels()
    samples[0] = 0.0
    found = turns_of_channels(cast(Segmenter, _LoudIsSpeech()), samples, TurnSettings(), list)
    assert found.num_parties == 1
    assert {turn.channel for turn in found.turns} == {1}


def test_time_is_cut_out_of_turns() -> None:
    turns = (
        Turn(0.0, 4.0, "SPEAKER_00", 0, Role.AGENT),
        Turn(3.0, 12.0, "SPEAKER_01", 1),
        Turn(14.0, 15.0, "SPEAKER_00"),
    )
    left = without(turns, [TimeSpan(0.0, 5.0), TimeSpan(8.0, 9.0)])
    assert left == (
        Turn(5.0, 8.0, "SPEAKER_01", 1),
        Turn(9.0, 12.0, "SPEAKER_01", 1),
        Turn(14.0, 15.0, "SPEAKER_00"),
    )


def test_what_is_left_of_a_turn_keeps_its_speaker_channel_and_role() -> None:
    (left,) = without([Turn(0.0, 4.0, "SPEAKER_01", 1, Role.CUSTOMER)], [TimeSpan(0.0, 1.0)])
    assert left == Turn(1.0, 4.0, "SPEAKER_01", 1, Role.CUSTOMER)


def test_slivers_at_a_cut_are_dropped_and_without_cuts_all_stays() -> None:
    turn = Turn(0.0, 4.0, "SPEAKER_00")
    assert without([turn], [TimeSpan(0.0, 3.95)]) == ()
    assert without([turn], []) == (turn,)
