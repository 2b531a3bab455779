from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from callqa.data import TAGS
from callqa.errors import InvalidFileError
from training.tags.data import TaggedLine, held_out_lines, learning_lines, read_file
from training.tags.learn import truth_of
from training.tags.report import rates
from training.tags.train import best_f1, calibrated, folds_of


def write(folder: Path, text: str) -> Path:
    path = folder / "x1.txt"
    path.write_text(text, encoding="utf-8")
    return path


def test_lines_know_their_tags_and_what_the_customer_said(tmp_path: Path) -> None:
    lines = read_file(write(tmp_path, "# d1 a theme\nC 在吗\nA doing,wait | 我查一下您稍等\nA - | 好的\n"))
    assert lines[0] == TaggedLine("在吗", "我查一下您稍等", frozenset({"doing", "wait"}), "d1", "x1")
    assert (lines[1].context, lines[1].tags) == (None, frozenset())
    assert truth_of(lines).sum(1).tolist() == [2, 0]


def test_every_mistake_is_told_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(InvalidFileError) as caught:
        read_file(write(tmp_path, "A - | 好\n# d1 t\nA doing,wat | 好\nB 好\n"))
    assert caught.value.problems == (
        "line 1: it stands before the first dialogue",
        "line 3: no such tag: wat",
        "line 4: neither '# ID THEME' nor 'C TEXT' nor 'A TAGS | TEXT'",
    )


def test_held_out_lines_are_in_no_learning_pass() -> None:
    learning = {line.text for line in learning_lines()}
    held_out = held_out_lines()
    assert len(held_out) > 500
    # Short everyday lines (好的) may be anybody's.
    assert sum(line.text in learning for line in held_out) < 0.03 * len(held_out)


def test_a_dialogue_is_scored_as_a_whole() -> None:
    lines = [TaggedLine(None, "好", frozenset(), f"d{i // 3}", "t1") for i in range(24)]
    folds = folds_of(lines)
    assert all(len(set(folds[i : i + 3])) == 1 for i in range(0, 24, 3))
    assert len(set(folds)) == 4


def test_calibration_and_rates() -> None:
    rng = np.random.default_rng(0)
    truth = rng.random((4000, len(TAGS))) < 0.3
    scores = np.where(truth, 2.0, -2.0) + rng.normal(0, 2, truth.shape)
    scale, shift = calibrated(scores, truth)
    probabilities = 1 / (1 + np.exp(-(scores * scale + shift)))
    sure = probabilities > 0.8
    assert truth[sure].mean() == pytest.approx(probabilities[sure].mean(), abs=0.03)
    assert best_f1(np.array([3.0, 2.0, 1.0]), np.array([True, False, True])) == pytest.approx(0.8)
    said, true = np.array([True, True, False]), np.array([True, False, True])
    assert rates(said, true) == (0.5, 0.5, 0.5)
