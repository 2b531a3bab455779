"""The plain tools that callqa is measured against, on the same weights.

faster-whisper over the whole recording with its own voice activity detection, and
pyannote.audio's stock diarization pipeline, one after the other; nothing of callqa's own turns
or transcript is used here.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from callqa.data import Turn, Utterance, Word

Samples = NDArray[np.float32]

RATE_HZ = 16_000
BEAM_SIZE = 5
SEGMENTATION_STEP = 0.1
# The published parameters of pyannote's pipeline for this segmentation model (version 2.1). With
# the number of speakers given, which favours it, the clustering threshold hardly matters.
_PARAMETERS = {
    "segmentation": {"threshold": 0.4442, "min_duration_off": 0.5818},
    "clustering": {"method": "centroid", "min_cluster_size": 15, "threshold": 0.7153},
}
_BATCH_SIZE = 32
_MIN_FRAMES = 20  # 0.2 s of speech, what the encoder needs at least


class StockTools:
    """Both tools, each loaded when first used."""

    def __init__(self, threads: int = 2) -> None:
        self._threads = threads
        self._whisper: Any = None
        self._diarization: Any = None

    def transcribe(
        self, samples: Samples, sample_rate_hz: int, language: str | None, vad_filter: bool = True
    ) -> list[Word]:
        """Words of mono `samples` `(time,)` at 16 kHz: int8, beam 5, word times, VAD filter unless
        it is switched off. The language is found out where it is None."""
        _check_rate(sample_rate_hz)
        if self._whisper is None:
            from faster_whisper import WhisperModel

            from callqa.weights import resolve

            self._whisper = WhisperModel(
                resolve("whisper-base").load_name,
                device="cpu",
                compute_type="int8",
                cpu_threads=self._threads,
            )
        segments, _ = self._whisper.transcribe(
            samples, language=language, beam_size=BEAM_SIZE, word_timestamps=True, vad_filter=vad_filter
        )
        return [
            Word(float(word.start), float(word.end), word.word.strip(), float(word.probability))
            for segment in segments
            for word in segment.words or ()
            if word.word.strip()
        ]

    def diarize(self, samples: Samples, sample_rate_hz: int) -> list[Turn]:
        """Turns of two speakers in mono `samples` `(time,)` at 16 kHz, overlap kept."""
        _check_rate(sample_rate_hz)
        if self._diarization is None:
            self._diarization = _build_pipeline(self._threads)
        import torch

        waveform = torch.from_numpy(np.ascontiguousarray(samples))[None]
        with warnings.catch_warnings():
            # That a recording of one person has not two speakers is no news.
            warnings.simplefilter("ignore", UserWarning)
            annotation = self._diarization({"waveform": waveform, "sample_rate": RATE_HZ}, num_speakers=2)
        return [
            Turn(float(segment.start), float(segment.end), str(label))
            for segment, _, label in annotation.itertracks(yield_label=True)
        ]


def stock_transcribe(samples: Samples, sample_rate_hz: int, language: str | None) -> list[Word]:
    """As `StockTools.transcribe`, for one recording."""
    return StockTools().transcribe(samples, sample_rate_hz, language)


def stock_diarize(samples: Samples, sample_rate_hz: int) -> list[Turn]:
    """As `StockTools.diarize`, for one recording."""
    return StockTools().diarize(samples, sample_rate_hz)


def words_by_turn(words: Sequence[Word], turns: Sequence[Turn], language: str) -> list[Utterance]:
    """Each word in the turn it shares most time with, the nearest turn where it shares none; the
    usual way to join the two tools."""
    own: dict[int, list[Word]] = {}
    for word in words:
        if not turns:
            break
        best = max(
            range(len(turns)),
            key=lambda i: (
                min(word.end, turns[i].end) - max(word.start, turns[i].start),
                -abs(word.start - turns[i].start),
            ),
        )
        own.setdefault(best, []).append(word)
    joiner = "" if language == "zh" else " "
    return [
        Utterance(turns[index].start, turns[index].end, turns[index].speaker, tuple(found), joiner=joiner)
        for index, found in sorted(own.items(), key=lambda item: turns[item[0]].start)
    ]


def _build_pipeline(threads: int) -> Any:
    from callqa.weights.torch_cpu import prepare_torch

    prepare_torch()
    import torch
    from pyannote.audio import Model
    from pyannote.audio.core.plda import PLDA
    from pyannote.audio.pipelines import SpeakerDiarization

    from callqa.turns.embeddings import NUM_MELS, SpeakerEncoder
    from callqa.weights.segmentation import load_segmentation
    from callqa.weights.speaker_encoder import load_speaker_encoder

    torch.set_num_threads(threads)

    class UnusedPLDA(PLDA):  # type: ignore[misc]
        """The pipeline fetches a PLDA model from the hub even where its clustering has no use for
        one, unless it is given one."""

        def __init__(self) -> None:
            pass

    class Encoder(Model):  # type: ignore[misc]
        """The GE2E encoder as pyannote's pipeline calls its embedding models."""

        def __init__(self) -> None:
            super().__init__(sample_rate=RATE_HZ, num_channels=1)
            self.encoder = load_speaker_encoder("ge2e")
            self._own = SpeakerEncoder(self.encoder)

        @property
        def dimension(self) -> int:
            """Numbers in an embedding."""
            return 256

        def forward(self, waveforms: Any, weights: Any = None) -> Any:
            """Embeddings (batch, 256) of waveforms (batch, 1, sample); `weights` (batch, frame)
            say where the speaker speaks. A row of NaN, which the pipeline leaves out, where that
            is too short."""
            mels, chosen = [], []
            offset = 0
            for row in range(waveforms.shape[0]):
                mel = self._own.mel(waveforms[row, 0].numpy())
                active = np.ones(len(mel), dtype=bool)
                if weights is not None:
                    mask = weights[row].numpy() > 0.5
                    active = mask[np.arange(len(mel)) * len(mask) // len(mel)]
                chosen.append(np.flatnonzero(active) + offset)
                mels.append(mel)
                offset += len(mel)
            joined = np.concatenate(mels) if mels else np.zeros((0, NUM_MELS), np.float32)
            vectors = self._own.embed(joined, chosen)
            vectors[[len(frames) < _MIN_FRAMES for frames in chosen]] = np.nan
            return torch.from_numpy(vectors)

    pipeline = SpeakerDiarization(
        legacy=True,
        segmentation=load_segmentation("pyannote-segmentation"),
        segmentation_step=SEGMENTATION_STEP,
        embedding=Encoder(),
        embedding_exclude_overlap=True,
        plda=UnusedPLDA(),
        clustering="AgglomerativeClustering",
        embedding_batch_size=_BATCH_SIZE,
        segmentation_batch_size=_BATCH_SIZE,
    )
    pipeline.instantiate(_PARAMETERS)
    return pipeline


def _check_rate(sample_rate_hz: int) -> None:
    if sample_rate_hz != RATE_HZ:
        raise ValueError(f"the models work at {RATE_HZ} Hz, not {sample_rate_hz}")
