"""The published 4-bit text encoder made into a model that `transformers` loads.

The file (magic ``E5S1``) holds, little-endian: nine numbers of the architecture, a Unigram
vocabulary with its scores, a normalisation map, a directory of tensors, the tensors. Weights are
Q4_0: blocks of 32 with one 16-bit scale and 16 bytes, byte j having weight j in its low half and
weight j+16 in its high half, 8 standing for zero. Biases and norms are 32-bit floats.

Half of the vocabulary and most of the file is for scripts that no call here is written in. What
is kept is Han, the punctuation of both languages, and the more frequent pieces of basic Latin.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from callqa.errors import WeightsError
from callqa.language.mandarin import is_han

SOURCE_NAME = "e5-small-q4.bin"

_MAGIC = b"E5S1"
_HEADER = struct.Struct("<4sI7ifi")
_BLOCK = 32
_SPECIAL = ("<s>", "<pad>", "</s>", "<unk>")
# Pieces stand in the order of their scores, so the first are the frequent ones. English needs
# few of the rest: they are words of the many other languages in the same letters.
_LATIN_PIECES = 32_000
_LAYER_NAMES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


@dataclass(frozen=True, slots=True)
class PublishedEncoder:
    """What the file holds: the vocabulary with scores and the tensors by their published names."""

    hidden_size: int
    num_layers: int
    num_heads: int
    intermediate_size: int
    num_positions: int
    num_types: int
    epsilon: float
    pieces: tuple[str, ...]
    scores: tuple[float, ...]
    tensors: dict[str, NDArray[np.float32]]


def read_encoder(path: Path) -> PublishedEncoder:
    """Read the published file; raises `WeightsError` where it is not one."""
    data = path.read_bytes()
    try:
        return _read(data)
    except (struct.error, ValueError, UnicodeDecodeError) as error:
        raise WeightsError(
            f"{path.name} is no 4-bit text encoder: {error}.", "Run: callqa models pull multilingual-e5-small"
        ) from error


def _read(data: bytes) -> PublishedEncoder:
    magic, version, hidden, layers, heads, inner, words, positions, types, epsilon, block = (
        _HEADER.unpack_from(data)
    )
    if magic != _MAGIC or version != 1 or block != _BLOCK:
        raise ValueError(f"it starts with {magic!r}, version {version}, blocks of {block}")
    at = _HEADER.size
    (num_pieces,) = struct.unpack_from("<i", data, at)
    (text_size,) = struct.unpack_from("<Q", data, at + 20)
    at += 28
    offsets = np.frombuffer(data, "<u4", num_pieces + 1, at)
    at += offsets.nbytes
    scores = np.frombuffer(data, "<f4", num_pieces, at)
    at += scores.nbytes
    text = data[at : at + text_size]
    at += text_size
    pieces = tuple(text[a:b].decode() for a, b in pairwise(offsets))
    (map_size,) = struct.unpack_from("<I", data, at + 4)
    at += 8 + map_size
    (num_tensors,) = struct.unpack_from("<i", data, at)
    at += 4
    tensors = {}
    for _ in range(num_tensors):
        (name_size,) = struct.unpack_from("<H", data, at)
        name = data[at + 2 : at + 2 + name_size].decode()
        at += 2 + name_size
        kind, count, offset, _ = struct.unpack_from("<BIQQ", data, at)
        at += 21
        tensors[name] = _dequantised(data, offset, count) if kind else _floats(data, offset, count)
    shapes = {"emb.word": (words, hidden), "emb.pos": (positions, hidden), "emb.type": (types, hidden)}
    for i in range(layers):
        shapes |= {f"l{i}.{name}.w": (hidden, hidden) for name in ("q", "k", "v", "ao")}
        shapes |= {f"l{i}.fi.w": (inner, hidden), f"l{i}.fo.w": (hidden, inner)}
    for name, shape in shapes.items():
        tensors[name] = tensors[name].reshape(shape)
    return PublishedEncoder(
        hidden, layers, heads, inner, positions, types, epsilon, pieces, tuple(map(float, scores)), tensors
    )


def _floats(data: bytes, offset: int, count: int) -> NDArray[np.float32]:
    return np.frombuffer(data, "<f4", count, offset)


def _dequantised(data: bytes, offset: int, count: int) -> NDArray[np.float32]:
    layout = np.dtype([("scale", "<f2"), ("pairs", "u1", (_BLOCK // 2,))])
    blocks = np.frombuffer(data, layout, count // _BLOCK, offset)
    halves = np.concatenate([blocks["pairs"] & 0x0F, blocks["pairs"] >> 4], axis=1)  # (block, 32)
    weights = (halves.astype(np.float32) - 8) * blocks["scale"].astype(np.float32)[:, None]
    return weights.reshape(-1)


def kept_pieces(pieces: tuple[str, ...]) -> list[int]:
    """Which pieces of the vocabulary are kept, by their places, the four special ones first."""
    if pieces[: len(_SPECIAL)] != _SPECIAL:
        raise ValueError(f"its vocabulary starts with {pieces[:4]}")
    kept = list(range(len(_SPECIAL)))
    latin = 0
    for i, piece in enumerate(pieces[len(_SPECIAL) :], len(_SPECIAL)):
        if piece.isascii() or (piece[0] == "▁" and piece[1:].isascii()):
            latin += 1
            # A single character always: without it a rare word would be unknown.
            if latin > _LATIN_PIECES and len(piece.lstrip("▁")) > 1:
                continue
        elif not all(_is_ours(char) for char in piece):
            continue
        kept.append(i)
    return kept


def _is_ours(char: str) -> bool:
    return (
        is_han(char)
        or char.isascii()
        or char == "▁"
        or "\u2010" <= char <= "\u2026"
        or "\u3000" <= char <= "\u3011"
        or "\uff00" <= char <= "\uff5e"
    )


def tensors_of(encoder: PublishedEncoder, kept: list[int]) -> dict[str, Any]:
    """The weights by the names of `transformers.BertModel`, as 16-bit torch tensors.

    A weight of the file has at most 15 significant bits, of which 16-bit floats keep 11: the
    error is far below that of the 4 bits.
    """
    import torch

    ours = encoder.tensors
    named = {
        "embeddings.word_embeddings.weight": ours["emb.word"][kept],
        "embeddings.position_embeddings.weight": ours["emb.pos"],
        "embeddings.token_type_embeddings.weight": ours["emb.type"],
        "embeddings.LayerNorm.weight": ours["emb.ln.w"],
        "embeddings.LayerNorm.bias": ours["emb.ln.b"],
    }
    for i in range(encoder.num_layers):
        for short, long in _LAYER_NAMES.items():
            named[f"encoder.layer.{i}.{long}.weight"] = ours[f"l{i}.{short}.w"]
            named[f"encoder.layer.{i}.{long}.bias"] = ours[f"l{i}.{short}.b"]
    return {name: torch.from_numpy(array.astype(np.float16)) for name, array in named.items()}


def config_of(encoder: PublishedEncoder, num_pieces: int) -> dict[str, Any]:
    """The architecture as `transformers.BertConfig` takes it."""
    return {
        "model_type": "bert",
        "vocab_size": num_pieces,
        "hidden_size": encoder.hidden_size,
        "num_hidden_layers": encoder.num_layers,
        "num_attention_heads": encoder.num_heads,
        "intermediate_size": encoder.intermediate_size,
        "max_position_embeddings": encoder.num_positions,
        "type_vocab_size": encoder.num_types,
        "layer_norm_eps": encoder.epsilon,
        "hidden_act": "gelu",
        "pad_token_id": _SPECIAL.index("<pad>"),
    }


def tokenizer_of(encoder: PublishedEncoder, kept: list[int]) -> Any:
    """The vocabulary as a `tokenizers.Tokenizer`: one text ``<s> A </s>``, two ``<s> A </s> </s> B </s>``."""
    from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

    vocabulary = [(encoder.pieces[i], encoder.scores[i]) for i in kept]
    tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=_SPECIAL.index("<unk>")))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFKC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Strip()]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s>:1 $B:1 </s>:1",
        special_tokens=[("<s>", 0), ("</s>", 2)],
    )
    tokenizer.enable_padding(pad_id=_SPECIAL.index("<pad>"), pad_token="<pad>")
    return tokenizer
