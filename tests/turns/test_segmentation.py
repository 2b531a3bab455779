"""Windows pooled on one grid of frames, and frames as spans of time."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from callqa.config import TurnSettings
from callqa.data import TimeSpan
from callqa.turns.diarizer import OFFSET, ONSET, binarize_windows, spans_of
from callqa.turns.segmentation import FRAME, STEP_FRAMES, Activity, Segmenter, frame_time

LENGTH = 293
PLAIN = TurnSettings(merge_gap=0.5, min_turn=0.15)


def _activity(num_windows: int, value: float = 0.0) -> Activity:
    scores = np.full((num_windows, LENGTH, 3), value, np.float32)
    return Activity(scores, (num_windows - 1) * STEP_FRAMES + LENGTH)


def _probability(*on: tuple[float, float], length: float = 12.0) -> NDArray[np.float32]:
    values = np.full(round(length / FRAME), 0.05, np.float32)
    for start, end in on:
        values[round(start / FRAME) : round(end / FRAME)] = 0.9
    return values


def test_windows_that_agree_pool_to_what_they_say() -> None:
    activity = _activity(4)
    values = np.broadcast_to(np.array([0.2, 0.7], np.float32), (4, LENGTH, 2))
    pooled = activity.pooled(np.ascontiguousarray(values))
    assert pooled.shape == (activity.num_frames, 2)
    assert np.allclose(pooled, [0.2, 0.7], atol=1e-5)


def test_pooling_ends_with_the_recording() -> None:
    activity = Activity(np.ones((2, LENGTH, 3), np.float32), 310)
    assert activity.pooled(activity.scores).shape == (310, 3)
    assert activity.speech.shape == (310,)


def test_a_window_counts_less_at_its_edges() -> None:
    activity = _activity(2)
    values = np.zeros((2, LENGTH, 1), np.float32)
    values[1] = 1.0
    pooled = activity.pooled(values)[:, 0]
    # Near the second window's begin the first one, there in its middle, is believed.
    assert pooled[STEP_FRAMES - 1] == pytest.approx(0.0, abs=1e-6)
    assert 0 < pooled[STEP_FRAMES] < 0.2
    assert pooled[LENGTH - 1] > 0.8
    assert pooled[LENGTH] == pytest.approx(1.0, abs=1e-6)


def test_speech_and_overlap_do_not_depend_on_how_a_window_numbers_people() -> None:
    rng = np.random.default_rng(0)
    activity = _activity(3)
    activity.scores[:, :, 0] = 0.9
    activity.scores[:, 100:150, 1] = 0.8
    shuffled = np.stack([window[:, rng.permutation(3)] for window in activity.scores])
    other = Activity(shuffled, activity.num_frames)
    assert np.allclose(activity.speech, other.speech)
    assert np.allclose(activity.overlap, other.overlap)
    assert activity.speech.min() == pytest.approx(0.9, abs=1e-4)
    assert activity.overlap.max() > 0.3 > 0.01 > activity.overlap.min()


def test_outside_the_spans_nobody_is_active() -> None:
    activity = _activity(4, 0.9)
    silenced = activity.silenced_outside([TimeSpan(2.0, 4.0), TimeSpan(6.0, 7.0)])
    speech = silenced.speech
    times = np.array([frame_time(index + 0.5) for index in range(len(speech))])
    inside = ((times > 2.05) & (times < 3.95)) | ((times > 6.05) & (times < 6.95))
    outside = (times < 1.9) | ((times > 4.1) & (times < 5.9)) | (times > 7.1)
    assert np.allclose(speech[inside], 0.9, atol=1e-4)
    assert (speech[outside] == 0).all()
    # The same activity is not changed in place.
    assert (activity.scores == np.float32(0.9)).all()


def test_outside_of_no_spans_is_everything() -> None:
    assert not _activity(2, 0.9).silenced_outside([]).scores.any()


def test_frames_are_counted_from_the_recordings_start() -> None:
    assert frame_time(0) >= 0
    assert frame_time(101) - frame_time(100) == pytest.approx(FRAME)
    assert frame_time(100) == pytest.approx(100 * FRAME, abs=0.05)


@pytest.mark.parametrize(("seconds", "windows"), [(0.5, 1), (5.0, 1), (5.1, 2), (20.0, 14)])
def test_every_sample_lies_in_a_window(seconds: float, windows: int) -> None:
    import torch

    shapes: list[tuple[int, ...]] = []

    def model(batch: torch.Tensor) -> torch.Tensor:
        shapes.append(tuple(batch.shape))
        return batch.abs().amax(dim=2)[:, :, None].expand(-1, LENGTH, 3)

    samples = np.zeros(round(seconds * 16_000), np.float32)
    samples[-1] = 0.7
    activity = Segmenter(model).run(samples)
    # A window begins every 74 frames of 270 samples.
    expected = max(1, 1 + int(np.ceil((len(samples) - 80_000) / (74 * 270))))
    assert len(activity.scores) == expected
    assert expected == pytest.approx(windows, abs=1)
    assert all(shape[1:] == (1, 80_000) for shape in shapes)
    assert activity.scores[-1].max() == pytest.approx(0.7)
    assert activity.num_frames == pytest.approx(seconds / FRAME, abs=1)


def test_somebody_active_stays_so_until_well_below_where_they_began() -> None:
    between = (ONSET + OFFSET) / 2
    scores = np.array([0.1, between, 0.6, between, between, 0.3, between, 0.55], np.float32)
    active = binarize_windows(scores[None, :, None])[0, :, 0]
    assert active.tolist() == [False, False, True, True, True, False, False, True]


def test_each_window_and_speaker_is_on_or_off_alone() -> None:
    scores = np.zeros((2, 4, 2), np.float32)
    scores[0, :, 0] = [0.9, 0.4, 0.4, 0.4]
    scores[1, :, 1] = [0.4, 0.4, 0.9, 0.9]
    active = binarize_windows(scores)
    assert active[0, :, 0].all()
    assert active[1, :, 1].tolist() == [False, False, True, True]
    assert not active[0, :, 1].any()
    assert not active[1, :, 0].any()


def test_spans_are_where_the_probability_is_high() -> None:
    spans = spans_of(_probability((1.0, 3.0), (5.0, 6.5)), PLAIN)
    assert [(span.start, span.end) for span in spans] == [
        (pytest.approx(1.0, abs=0.05), pytest.approx(3.0, abs=0.05)),
        (pytest.approx(5.0, abs=0.05), pytest.approx(6.5, abs=0.05)),
    ]


def test_short_pauses_are_bridged_and_long_ones_are_not() -> None:
    probability = _probability((1.0, 2.0), (2.4, 3.0), (4.0, 5.0))
    assert len(spans_of(probability, PLAIN)) == 2
    assert len(spans_of(probability, PLAIN, max_gap=0.1)) == 3
    assert len(spans_of(probability, TurnSettings(merge_gap=1.2))) == 1


def test_a_dip_that_is_no_pause_does_not_end_a_span() -> None:
    probability = _probability((1.0, 4.0))
    probability[round(2.0 / FRAME) : round(3.0 / FRAME)] = (ONSET + OFFSET) / 2
    assert len(spans_of(probability, PLAIN, max_gap=0.0)) == 1


def test_blips_are_no_turns() -> None:
    assert spans_of(_probability((1.0, 1.1)), PLAIN) == ()
    assert len(spans_of(_probability((1.0, 1.1)), TurnSettings(min_turn=0.05))) == 1


def test_speech_up_to_either_end_is_a_span() -> None:
    (span,) = spans_of(np.full(600, 0.9, np.float32), PLAIN)
    assert span.start == pytest.approx(0.0, abs=0.05)
    assert span.end == pytest.approx(600 * FRAME, abs=0.05)


def test_silence_has_no_spans() -> None:
    assert spans_of(_probability(), PLAIN) == ()
    assert spans_of(np.zeros(0, np.float32), PLAIN) == ()
