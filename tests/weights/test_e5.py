"""The published 4-bit encoder, made up very small: written by hand, read, converted, run."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import numpy as np
import pytest

from callqa.errors import WeightsError
from callqa.weights.convert import convert
from callqa.weights.e5 import SOURCE_NAME, kept_pieces, read_encoder
from callqa.weights.text_encoder import load_text_encoder

HIDDEN, INNER = 32, 64
PIECES = ("<s>", "<pad>", "</s>", "<unk>", ",", "▁", "▁您", "好", "▁hello", "привет", "こ", "，")


def quantised(values: np.ndarray) -> bytes:
    """Blocks of 32 with scale 0.5: `values` are halves of whole numbers from -8 to 7."""
    codes = (values.reshape(-1, 32) / 0.5 + 8).astype(np.uint8)
    blocks = b""
    for row in codes:
        blocks += np.float16(0.5).tobytes() + (row[:16] | (row[16:] << 4)).tobytes()
    return blocks


def write_published(path: Path) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(3)
    shapes: dict[str, tuple[int, ...]] = {
        "emb.word": (len(PIECES), HIDDEN), "emb.pos": (8, HIDDEN), "emb.type": (2, HIDDEN),
        "emb.ln.w": (HIDDEN,), "emb.ln.b": (HIDDEN,),
    }  # fmt: skip
    for name in ("q", "k", "v", "ao"):
        shapes |= {f"l0.{name}.w": (HIDDEN, HIDDEN), f"l0.{name}.b": (HIDDEN,)}
    shapes |= {"l0.fi.w": (INNER, HIDDEN), "l0.fi.b": (INNER,), "l0.fo.w": (HIDDEN, INNER)}
    shapes |= dict.fromkeys(("l0.fo.b", "l0.aln.w", "l0.aln.b", "l0.oln.w", "l0.oln.b"), (HIDDEN,))
    tensors, bodies = {}, {}
    for name, shape in shapes.items():
        is_matrix = name.endswith((".word",)) or (len(shape) == 2 and name.startswith("l0"))
        values = rng.integers(-8, 8, shape) / 2 if is_matrix else rng.random(shape)
        tensors[name] = values.astype(np.float32)
        bodies[name] = (is_matrix, quantised(values) if is_matrix else tensors[name].tobytes())
    texts = [piece.encode() for piece in PIECES]
    offsets = np.cumsum([0, *map(len, texts)]).astype("<u4")
    scores = -np.arange(len(PIECES), dtype="<f4")
    head = struct.pack("<4sI7ifi", b"E5S1", 1, HIDDEN, 1, 2, INNER, len(PIECES), 8, 2, 1e-12, 32)
    head += struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, sum(map(len, texts)))
    head += offsets.tobytes() + scores.tobytes() + b"".join(texts) + struct.pack("<iI", 0, 0)
    head += struct.pack("<i", len(bodies))
    at = len(head) + sum(2 + len(name) + 21 for name in bodies)
    directory = b""
    for name, (is_matrix, body) in bodies.items():
        directory += struct.pack("<H", len(name)) + name.encode()
        directory += struct.pack("<BIQQ", is_matrix, tensors[name].size, at, len(body))
        at += len(body)
    path.write_bytes(head + directory + b"".join(body for _, body in bodies.values()))
    return tensors


def test_weights_come_out_as_they_were_put_in(tmp_path: Path) -> None:
    tensors = write_published(tmp_path / SOURCE_NAME)
    encoder = read_encoder(tmp_path / SOURCE_NAME)
    assert encoder.pieces == PIECES
    for name, values in tensors.items():
        np.testing.assert_array_equal(encoder.tensors[name], values)


def test_pieces_of_other_scripts_are_left_out() -> None:
    assert [PIECES[i] for i in kept_pieces(PIECES)] == [*PIECES[:9], "，"]


def test_the_converted_encoder_runs(tmp_path: Path) -> None:
    write_published(tmp_path / SOURCE_NAME)
    target = tmp_path / "converted"
    target.mkdir()
    convert("e5", tmp_path, target)
    encoder, tokenizer = load_text_encoder(target)
    import torch

    encoded = tokenizer.encode("您好")
    assert encoded.tokens == ["<s>", "▁您", "好", "</s>"]
    assert tokenizer.encode("您", "好").tokens == ["<s>", "▁您", "</s>", "</s>", "▁", "好", "</s>"]
    with torch.inference_mode():
        states = encoder(input_ids=torch.tensor([encoded.ids])).last_hidden_state
    assert states.shape == (1, 4, HIDDEN)
    assert bool(states.isfinite().all())
    assert not encoder.training


@pytest.mark.parametrize("content", [b"", b"E5S1", b"GGUF" + bytes(200)])
def test_another_file_is_no_encoder(tmp_path: Path, content: bytes) -> None:
    (tmp_path / SOURCE_NAME).write_bytes(content)
    with pytest.raises(WeightsError, match=r"e5-small-q4\.bin is no 4-bit text encoder"):
        read_encoder(tmp_path / SOURCE_NAME)


def test_a_folder_without_an_encoder(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({}))
    with pytest.raises(WeightsError, match="no usable text encoder") as caught:
        load_text_encoder(tmp_path)
    assert caught.value.hint.endswith("callqa models pull multilingual-e5-small")


@pytest.mark.weights
def test_the_own_encoder_puts_like_meanings_together() -> None:
    import torch

    encoder, tokenizer = load_text_encoder()
    tokenizer.enable_padding(pad_id=1, pad_token="<pad>")
    texts = [
        "您家的宽带什么时候坏的",
        "请问您的网络是几号出现故障的",
        "when did your internet stop working",
        "今天天气真好",
    ]
    encoded = tokenizer.encode_batch([f"query: {text}" for text in texts])
    ids, mask = (torch.tensor([getattr(item, key) for item in encoded]) for key in ("ids", "attention_mask"))
    with torch.inference_mode():
        states = encoder(input_ids=ids, attention_mask=mask).last_hidden_state
    mean = (states * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
    asked, same, english, other = torch.nn.functional.normalize(mean, dim=1)
    assert float(asked @ same) > float(asked @ other) + 0.03
    assert float(asked @ english) > float(english @ other) + 0.03
