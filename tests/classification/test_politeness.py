from __future__ import annotations

import json
from pathlib import Path

import pytest

from callqa.classification.politeness import (
    SHIPPED_FOLDER,
    PolitenessClassifier,
    pieces_of,
    read_facts,
    with_context,
)
from callqa.config import MeasureSettings
from callqa.data import Utterance, Word
from callqa.errors import WeightsError


def utterance(speaker: str, text: str) -> Utterance:
    return Utterance(0, 1, speaker, (Word(0, 1, text, 0.9),))


def test_the_context_is_what_another_speaker_said_just_before() -> None:
    said = [
        utterance("A", "您好"),
        utterance("B", "我要投诉"),
        utterance("A", "好的"),
        utterance("A", "您说"),
    ]
    assert with_context(said) == [
        (None, "您好"),
        ("您好", "我要投诉"),
        ("我要投诉", "好的"),
        (None, "您说"),
    ]


def test_a_short_utterance_stays_whole() -> None:
    assert pieces_of("好的。您稍等。") == ["好的。您稍等。"]


@pytest.mark.parametrize(
    "text",
    ["我帮您查一下。" * 20, "然后我们这边呢，" * 20, "这个" * 80, "let me check that for you. " * 20],
)
def test_a_long_utterance_is_cut_without_losing_anything(text: str) -> None:
    pieces = pieces_of(text)
    assert "".join(pieces) == text
    if any(mark in text for mark in "。，."):
        assert max(len(piece) for piece in pieces) <= 200
        assert len(pieces) > 1


def test_a_folder_without_a_model(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"holds no usable politeness model.*No such file") as caught:
        read_facts(tmp_path)
    assert "model.json" in caught.value.hint


def test_facts_that_lack_a_number(tmp_path: Path) -> None:
    (tmp_path / "model.json").write_text(json.dumps({"encoder": {"name": "x", "sha256": "y"}}))
    with pytest.raises(WeightsError, match="it has no entry 'temperature'"):
        read_facts(tmp_path)


def test_settings_have_the_thresholds_that_training_found() -> None:
    found = json.loads((SHIPPED_FOLDER / "model.json").read_text("utf-8"))["impolite"]
    settings = MeasureSettings()
    assert (settings.impolite_certain, settings.impolite_possible) == (found["certain"], found["possible"])


def test_what_is_shipped_is_small() -> None:
    assert sum(path.stat().st_size for path in SHIPPED_FOLDER.iterdir()) < 5_000_000


@pytest.mark.weights
def test_a_model_for_another_encoder(tmp_path: Path) -> None:
    facts = json.loads((SHIPPED_FOLDER / "model.json").read_text("utf-8"))
    facts["encoder"]["sha256"] = "0" * 64
    (tmp_path / "model.json").write_text(json.dumps(facts))
    with pytest.raises(WeightsError, match="was trained on another multilingual-e5-small"):
        PolitenessClassifier(tmp_path)


@pytest.mark.weights
def test_clear_cases_of_both_languages() -> None:
    classifier = PolitenessClassifier()
    kind, rude, plain, english, nothing = classifier.classify(
        [
            ("等了半天了", "非常抱歉让您久等了，我马上帮您处理，请您放心"),
            ("我看不懂", "您自己眼睛长哪儿去了，这么大的字看不见"),
            ("多少钱", "每个月五十九元"),
            ("I don't understand", "Well maybe if you had a brain you would understand it, you moron"),
            (None, ""),
        ]
    )
    assert kind.label == "courteous"
    assert rude.impolite > 0.8
    assert plain.label == "neutral"
    assert english.impolite > 0.5
    assert nothing.impolite < 0.5
    assert kind.courteous + kind.neutral + kind.curt + kind.impolite == pytest.approx(1, abs=1e-3)
    assert classifier.classify([]) == []
