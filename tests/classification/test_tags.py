from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from callqa.classification.politeness import SHIPPED_FOLDER, PolitenessClassifier
from callqa.classification.tags import (
    FACTS_NAME,
    TAGS_FOLDER,
    TENSORS_NAME,
    TagReader,
    read_tag_facts,
    tagged_pieces,
)
from callqa.data import TAGS, Utterance, Word
from callqa.errors import WeightsError


def utterance(speaker: str, text: str) -> Utterance:
    return Utterance(0, 1, speaker, (Word(0, 1, text, 0.9),))


def test_pieces_know_their_place_in_the_utterance() -> None:
    text = "您稍等。我查一下。您稍等。"
    rows = [np.full(len(TAGS), 0.1), np.full(len(TAGS), 0.25), np.full(len(TAGS), 0.5)]
    pieces = tagged_pieces(3, text, ["您稍等。", "我查一下。", "您稍等。"], rows)
    assert [text[p.first_char : p.end_char] for p in pieces] == ["您稍等。", "我查一下。", "您稍等。"]
    assert [(p.utterance, p.first_char, p.wait) for p in pieces] == [(3, 0, 0.1), (3, 4, 0.25), (3, 9, 0.5)]


def test_the_reader_gives_a_probability_a_tag() -> None:
    torch.manual_seed(0)
    own = torch.tensor([[True, True, False], [True, True, True]])
    states = torch.randn(2, 3, 384)
    found = TagReader().probabilities(states, own)
    assert found.shape == (2, len(TAGS))
    assert ((found >= 0) & (found <= 1)).all()
    # What stands beyond the utterance's own tokens is not read.
    states[0, 2] = 9.0
    assert np.allclose(TagReader().probabilities(states, own), found)


def test_the_politeness_model_leaves_alone_what_the_tags_read() -> None:
    names = load_file(SHIPPED_FOLDER / "model.safetensors")
    layers = [int(name.split(".")[2]) for name in names if name.startswith("encoder.layer.")]
    facts = read_tag_facts()
    assert min(layers) >= facts.layer
    reader = TagReader()
    assert reader.fits(facts.encoder_sha256, min(layers))
    assert not reader.fits(facts.encoder_sha256, facts.layer - 1)
    assert not reader.fits("another", min(layers))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"tags": ["doing"]}, "it knows other tags"),
        ({"scale": [1.0]}, "one number a tag"),
        ({"layer": "six"}, "invalid literal"),
    ],
)
def test_a_model_that_does_not_fit_is_refused(tmp_path: Path, change: dict, message: str) -> None:
    folder = tmp_path / "model"
    shutil.copytree(TAGS_FOLDER, folder)
    facts = json.loads((folder / FACTS_NAME).read_text()) | change
    (folder / FACTS_NAME).write_text(json.dumps(facts))
    with pytest.raises(WeightsError, match=message):
        TagReader(folder)


def test_damaged_tensors_are_told(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(TAGS_FOLDER, folder)
    (folder / TENSORS_NAME).write_bytes(b"nothing")
    with pytest.raises(WeightsError, match="no usable tags model"):
        TagReader(folder)


@pytest.mark.weights
def test_what_utterances_do() -> None:
    said = [
        ("A", "您好，请问有什么可以帮您？", "offer"),
        ("B", "我家网断了", None),
        ("A", "我先给您看下线路，您稍等两分钟。", "wait"),
        ("A", "光猫，就是墙上那个进光纤的小白盒", "explaining"),
        ("A", "肯定是您自己拔了线吧", "guessing"),
        ("A", "那还有别的事儿吗", "more"),
        ("A", "感谢您来电，再见", "farewell"),
    ]
    utterances = [utterance(speaker, text) for speaker, text, _ in said]
    classes, tags = PolitenessClassifier(tags=TagReader()).read_call(utterances)
    assert len(classes) == len(said)
    assert [piece.utterance for piece in tags] == list(range(len(said)))
    for piece, (_, text, tag) in zip(tags, said, strict=True):
        if tag:
            assert getattr(piece, tag) > 0.6, text
    without = PolitenessClassifier().read_call(utterances)
    assert without == (classes, ())
