"""Whether the evidence is where it is said to be: its spans are cut out and heard again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from callqa.data import CallAnalysis, Evidence
from callqa.language import find_phrase, normalise_for_scoring

if TYPE_CHECKING:
    from rich.console import Console

Samples = NDArray[np.float32]
Transcribe = Callable[[Samples], str]

_PAD = 0.25
_MAX_PIECE = 28.0
_SIMILARITY = 0.7
_PROMPT = {"zh": "以下是普通话的客服通话。", "en": "A customer service call."}


@dataclass(frozen=True, slots=True)
class CheckedQuote:
    """One piece of evidence, what was heard in its span alone, and whether the quote is in that."""

    criterion: str
    start: float
    end: float
    quote: str
    heard: str
    contained: bool


def check_quotes(
    analysis: CallAnalysis, samples: Samples, sample_rate_hz: int, transcribe: Transcribe
) -> list[CheckedQuote]:
    """Hear every quoted span of a scorecard again. `samples` is `(working channel, time)`;
    `transcribe` is given mono samples of one span with a little sound around it."""
    language = analysis.facts.language
    heard: dict[tuple[int, float, float], str] = {}
    checked = []
    for criterion, evidence in _quoted(analysis):
        channel = min(_channel_of(analysis, evidence), samples.shape[0] - 1)
        key = (channel, evidence.start, evidence.end)
        if key not in heard:
            first = max(0, int((evidence.start - _PAD) * sample_rate_hz))
            end = int((min(evidence.end, evidence.start + _MAX_PIECE) + _PAD) * sample_rate_hz)
            heard[key] = transcribe(samples[channel, first:end])
        contained = is_contained(evidence.quote, heard[key], language)
        checked.append(
            CheckedQuote(criterion, evidence.start, evidence.end, evidence.quote, heard[key], contained)
        )
    return checked


def is_contained(quote: str, heard: str, language: str) -> bool:
    """Whether the quoted words, or words that sound like them, are among those heard. Parts of a
    quote that an ellipsis separates are looked for one by one."""
    parts = [part for part in quote.replace("...", "…").split("…") if normalise_for_scoring(part, language)]
    return all(
        normalise_for_scoring(part, language) in normalise_for_scoring(heard, language)
        or bool(find_phrase(part, heard, language, _SIMILARITY))
        for part in parts
    )


def run_quotes(console: Console, calls: list[str], workspace: Path) -> dict[str, Any]:
    """Check the quotes of stored calls, print each, and return them JSON-ready. ``met``: every
    quote is contained."""
    from rich.table import Table

    from callqa.audio.channels import find_layout, working_samples
    from callqa.audio.decode import decode
    from callqa.config import AudioSettings
    from callqa.store import Store

    settings = AudioSettings()
    result: dict[str, Any] = {"calls": {}, "met": True}
    with Store.open(workspace) as store:
        for name in calls:
            stored = store.load(store.find(name))
            decoded = decode(Path(stored.analysis.facts.recording.path), settings.model_sample_rate_hz)
            layout = find_layout(decoded.samples, decoded.sample_rate_hz, settings)
            checked = check_quotes(
                stored.analysis,
                working_samples(decoded.samples, layout),
                decoded.sample_rate_hz,
                _transcriber(stored.analysis.facts.language),
            )
            table = Table("criterion", "span", "quote", "heard again", "", title=name, title_justify="left")
            for item in checked:
                span = f"{item.start:.1f}–{item.end:.1f}"
                mark = "[green]yes[/]" if item.contained else "[red]no[/]"
                table.add_row(item.criterion, span, item.quote, item.heard, mark)
            console.print(table)
            num_contained = sum(item.contained for item in checked)
            console.print(f"{num_contained} of {len(checked)} quotes are contained in their spans.")
            result["calls"][name] = [asdict(item) for item in checked]
            result["met"] = result["met"] and num_contained == len(checked)
    return result


def _quoted(analysis: CallAnalysis) -> Iterator[tuple[str, Evidence]]:
    for criterion in analysis.scorecard.criteria:
        for evidence in criterion.evidence:
            if evidence.quote:
                yield criterion.id, evidence


def _channel_of(analysis: CallAnalysis, evidence: Evidence) -> int:
    """The channel of the utterance that shares most of its words and time with the evidence."""
    language = analysis.facts.language
    quote = normalise_for_scoring(evidence.quote, language)

    def rank(index: int) -> tuple[bool, float]:
        utterance = analysis.facts.utterances[index]
        shared = min(utterance.end, evidence.end) - max(utterance.start, evidence.start)
        return (shared > 0 and quote in normalise_for_scoring(utterance.text, language), shared)

    best = max(range(len(analysis.facts.utterances)), key=rank, default=None)
    return 0 if best is None else analysis.facts.utterances[best].channel


def _transcriber(language: str) -> Transcribe:
    """faster-whisper as it comes: hearing a span again should not share the way it was heard first."""
    from faster_whisper import WhisperModel

    from callqa.weights import resolve

    model = WhisperModel(resolve("whisper-base").load_name, device="cpu", compute_type="int8")

    def transcribe(samples: Samples) -> str:
        segments, _ = model.transcribe(
            samples, language=language, beam_size=5, initial_prompt=_PROMPT[language], without_timestamps=True
        )
        return " ".join(segment.text.strip() for segment in segments)

    return transcribe
