"""Whisper on short pieces of audio, with word times.

Whisper was trained on thirty-second inputs, but its encoder takes shorter ones with the same
result at a fraction of the time, and then the decoder dominates: pieces of like length are
decoded together. That holds for talk by telephone; read speech is heard better as it was trained.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE_HZ = 16_000
FRAMES_PER_SECOND = 100
PADDING = 1.0  # seconds of silence the model wants behind the last word
MAX_PIECE = 28.0  # seconds; Whisper's own limit is 30 with the padding
WHOLE_CONTEXT = 30.0  # seconds that Whisper was trained on
BATCH_SECONDS = 60.0  # audio decoded together; bounds memory
BATCH_PIECES = 12
TOKENS_PER_SECOND = 50  # encoder frames a second
# Mandarin at its fastest is near 9 syllables a second and a character is at most two tokens.
MAX_TOKENS_PER_SECOND = 16
MAX_PROMPT_TOKENS = 200
MAX_POSITIONS = 448  # that the decoder has, the prompt's included; beyond them it fails


@dataclass(frozen=True, slots=True)
class HeardWord:
    """A word as the model gave it; `start` and `end` are seconds from the piece's start."""

    start: float
    end: float
    text: str
    probability: float


@dataclass(frozen=True, slots=True)
class Heard:
    """What was recognised in one piece. `mean_logprob` is per token; `no_speech` is the model's
    probability that the piece holds no speech at all."""

    words: tuple[HeardWord, ...]
    mean_logprob: float
    no_speech: float

    @property
    def text(self) -> str:
        """All words as the model wrote them."""
        return "".join(word.text for word in self.words).strip()


class Recogniser:
    """Batched recognition with a faster-whisper model."""

    def __init__(self, model: Any, beam_size: int) -> None:
        self._whisper = model
        self._beam_size = beam_size

    def language_probabilities(
        self, pieces: Sequence[NDArray[np.float32]], languages: Sequence[str]
    ) -> dict[str, float]:
        """Share of the evidence for each of `languages`, from all pieces together."""
        totals = dict.fromkeys(languages, 0.0)
        for batch in _batches(pieces):
            features = self._features([pieces[index] for index in batch])
            for index, result in zip(batch, self._whisper.model.detect_language(features), strict=True):
                probability = {token[2:-2]: value for token, value in result}
                mass = sum(probability.get(language, 0.0) for language in languages) or 1.0
                for language in languages:
                    totals[language] += probability.get(language, 0.0) / mass * len(pieces[index])
        mass = sum(totals.values()) or 1.0
        return {language: value / mass for language, value in totals.items()}

    def recognise(
        self,
        pieces: Sequence[NDArray[np.float32]],
        language: str,
        prompt: str,
        *,
        beam_size: int | None = None,
        repetition_penalty: float = 1.0,
        whole_context: bool = False,
    ) -> list[Heard]:
        """Words of each piece (mono, 16 kHz, at most `MAX_PIECE` seconds), in the pieces' order.

        `prompt` is text that the model is told came before; names and terms in it are heard
        more readily. `whole_context` pads every piece to the thirty seconds that the model was
        trained on, at several times the cost.
        """
        least = WHOLE_CONTEXT if whole_context else 0.0
        tokenizer = self._tokenizer(language)
        sequence = [*tokenizer.sot_sequence, tokenizer.no_timestamps]
        before = tokenizer.encode(" " + prompt.strip())[-MAX_PROMPT_TOKENS:] if prompt.strip() else []
        prompt_tokens = [tokenizer.sot_prev, *before, *sequence] if before else sequence

        def decode(batch: list[int]) -> list[tuple[int, Heard]]:
            chosen = [pieces[index] for index in batch]
            encoded = self._whisper.model.encode(self._features(chosen, least), to_cpu=False)
            longest = max(len(piece) for piece in chosen) / SAMPLE_RATE_HZ
            results = self._whisper.model.generate(
                encoded,
                [prompt_tokens] * len(batch),
                beam_size=beam_size or self._beam_size,
                max_length=longest_output(len(prompt_tokens), longest),
                repetition_penalty=repetition_penalty,
                return_scores=True,
                return_no_speech_prob=True,
                suppress_tokens=[-1],
            )
            tokens = [[t for t in r.sequences_ids[0] if t < tokenizer.eot] for r in results]
            words = self._align(tokenizer, encoded, tokens, chosen)
            return [
                (index, Heard(tuple(found), float(result.scores[0]), float(result.no_speech_prob)))
                for index, result, found in zip(batch, results, words, strict=True)
            ]

        # Longest first, so that no worker is left with a long batch at the end.
        batches = sorted(_batches(pieces, least), key=lambda batch: -sum(len(pieces[i]) for i in batch))
        with ThreadPoolExecutor(max_workers=self._whisper.model.num_workers) as pool:
            heard = dict(item for found in pool.map(decode, batches) for item in found)
        return [heard[index] for index in range(len(pieces))]

    def _tokenizer(self, language: str) -> Any:
        from faster_whisper.tokenizer import Tokenizer

        return Tokenizer(
            self._whisper.hf_tokenizer,
            self._whisper.model.is_multilingual,
            task="transcribe",
            language=language,
        )

    def _features(self, pieces: Sequence[NDArray[np.float32]], least: float = 0.0) -> Any:
        import ctranslate2

        longest = max(len(piece) for piece in pieces) / SAMPLE_RATE_HZ
        frames = int(np.ceil(max(longest + PADDING, least) * FRAMES_PER_SECOND / 2)) * 2
        hop = SAMPLE_RATE_HZ // FRAMES_PER_SECOND
        batch = np.zeros((len(pieces), 80, frames), np.float32)
        for row, piece in enumerate(pieces):
            padded = np.zeros(frames * hop, np.float32)
            padded[: len(piece)] = piece
            features = self._whisper.feature_extractor(padded, padding=0)
            batch[row, :, : features.shape[1]] = features[:, :frames]
        return ctranslate2.StorageView.from_array(batch)

    def _align(
        self,
        tokenizer: Any,
        encoded: Any,
        tokens: list[list[int]],
        pieces: Sequence[NDArray[np.float32]],
    ) -> list[list[HeardWord]]:
        frames = [int(len(piece) / SAMPLE_RATE_HZ * TOKENS_PER_SECOND * 2) for piece in pieces]
        alignments = self._whisper.model.align(
            encoded, list(tokenizer.sot_sequence), tokens, frames, median_filter_width=7
        )
        found: list[list[HeardWord]] = []
        for ids, alignment, piece in zip(tokens, alignments, pieces, strict=True):
            if not ids:
                found.append([])
                continue
            found.append(_words(tokenizer, ids, alignment, len(piece) / SAMPLE_RATE_HZ))
        return found


def longest_output(num_prompt_tokens: int, seconds: float) -> int:
    """Tokens, the prompt's included, at which decoding a piece of so many seconds is ended: a loop
    would never end by itself."""
    return min(MAX_POSITIONS, num_prompt_tokens + int(seconds * MAX_TOKENS_PER_SECOND) + 12)


def _words(tokenizer: Any, ids: list[int], alignment: Any, duration: float) -> list[HeardWord]:
    """Words and their times from the path of attention through the audio."""
    texts, groups = tokenizer.split_to_word_tokens([*ids, tokenizer.eot])
    path = np.array(alignment.alignments)
    jumps = np.concatenate([[True], np.diff(path[:, 0]) > 0])
    times = path[jumps, 1] / TOKENS_PER_SECOND
    probabilities = alignment.text_token_probs
    words = []
    first = 0
    for text, group in zip(texts[:-1], groups[:-1], strict=True):
        last = first + len(group)
        start, end = float(times[min(first, len(times) - 1)]), float(times[min(last, len(times) - 1)])
        probability = float(np.mean(probabilities[first:last])) if group else 0.0
        words.append(HeardWord(min(start, duration), min(max(start, end), duration), text, probability))
        first = last
    return words


def _batches(pieces: Sequence[NDArray[np.float32]], least: float = 0.0) -> list[list[int]]:
    """Indices of pieces, those of like length together, where each takes `least` seconds or more."""
    order = sorted(range(len(pieces)), key=lambda index: len(pieces[index]))
    batches: list[list[int]] = []
    for index in order:
        seconds = max(least, len(pieces[index]) / SAMPLE_RATE_HZ + PADDING)
        if batches and len(batches[-1]) < BATCH_PIECES:
            longest = seconds * (len(batches[-1]) + 1)
            shortest = max(least, len(pieces[batches[-1][0]]) / SAMPLE_RATE_HZ + PADDING)
            if longest <= BATCH_SECONDS and seconds <= shortest * 1.5:
                batches[-1].append(index)
                continue
        batches.append([index])
    return batches
