"""One call's example as a clip: its sound and its words, personal data in neither."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from callqa.clips.boundaries import clip_span
from callqa.clips.choose import Example, find_example
from callqa.clips.hiding import agent_names, find_names, hide_names, spans_to_beep, widen_numbers
from callqa.config import Settings
from callqa.data import CallAnalysis, CallFacts, Evidence, Role, TimeSpan, Verdict
from callqa.errors import AudioError
from callqa.masking import find_personal_data, mask_analysis, mask_quote
from callqa.store import StoredCall

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# A word's time is a few hundredths off; cuts go to the quietest place near by.
_SNAP = 0.08


@dataclass(frozen=True, slots=True)
class ClipLine:
    """What one speaker says in a clip, personal data hidden; `start` in seconds of the clip."""

    start: float
    role: Role | None
    text: str


@dataclass(frozen=True, slots=True)
class Clip:
    """One clip. `span` is its time in the call, `beeps` are times of the clip. `name` is the agent's,
    None where it is hidden. Texts are masked; `samples` are `(time,)`, mono."""

    call_id: str
    criterion: str
    verdict: Verdict
    language: str
    span: TimeSpan
    evidence: TimeSpan
    quotes: tuple[str, ...]
    reason: str
    probability: float | None
    lines: tuple[ClipLine, ...]
    beeps: tuple[TimeSpan, ...]
    name: str | None
    queue: str | None
    day: str | None
    samples: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class ClipOptions:
    """How clips are made. `context` is in seconds; `by_name`: the agent's name may be heard and
    read."""

    context: float = 3.0
    shift_customer: bool = False
    settings: Settings = field(default_factory=Settings)


def make_clip(
    call: StoredCall, path: Path, criterion: str, options: ClipOptions, by_name: bool
) -> Clip | None:
    """The clip of a call's example for a criterion, None where the call has nothing to play.

    Raises `AudioError` where `path` cannot be decoded or is not what was scored.
    """
    analysis = call.analysis
    example = find_example(analysis, criterion)
    if example is None:
        return None
    samples = _read(call, path, options.settings)
    return cut_clip(analysis, example, samples, criterion, options, by_name)


def cut_clip(
    analysis: CallAnalysis,
    example: Example,
    samples: NDArray[np.float32],
    criterion: str,
    options: ClipOptions,
    by_name: bool,
) -> Clip:
    """The clip of an example; `samples` are the call's working channels `(channel, time)`."""
    from callqa.clips.sound import cut_sound, quietest

    facts, settings = analysis.facts, options.settings
    rate = settings.audio.model_sample_rate_hz
    span = clip_span(facts, example.span, options.context)
    ends = (quietest(samples, rate, time, _SNAP) for time in (span.start, span.end))
    first, last = ends
    span = TimeSpan(first, min(max(last, first), samples.shape[1] / rate))
    names = () if by_name else agent_names(analysis)
    personal = find_personal_data(facts.utterances, facts.language, settings.masking)
    personal = tuple(widen_numbers(facts, personal, settings.masking.margin))
    named = find_names(facts, names, personal)
    masked = tuple(sorted((*personal, *named), key=lambda item: (item.utterance, item.first_char)))
    beeps = tuple(
        TimeSpan(max(0.0, item.start - span.start), min(item.end, span.end) - span.start)
        for item in spans_to_beep(facts, personal, named)
        if item.overlap(span) > 0
    )
    shown = mask_analysis(analysis, settings.masking, masked)
    quotes, reason = [], ""
    for quote in example.quotes or ("",):
        item = Evidence(example.span.start, example.span.end, quote, example.reason)
        hidden = mask_quote(item, facts.utterances, masked, facts.language)
        quotes.append(hide_names(hidden.quote, names, facts.language))
        reason = hide_names(hidden.reason, names, facts.language)
    sound = cut_sound(
        samples,
        rate,
        facts,
        span,
        [TimeSpan(item.start + span.start, item.end + span.start) for item in beeps],
        shift_customer=options.shift_customer,
    )
    result = next(item for item in analysis.scorecard.criteria if item.id == criterion)
    recording = facts.recording
    return Clip(
        call_id=recording.id,
        criterion=criterion,
        verdict=result.verdict,
        language=facts.language,
        span=span,
        evidence=example.span,
        quotes=tuple(quote for quote in quotes if quote),
        reason=reason,
        probability=example.probability,
        lines=_lines(shown.facts, span),
        beeps=beeps,
        name=(recording.agent_name or recording.agent_id) if by_name else None,
        queue=recording.queue,
        # With the day, a roster tells who it was.
        day=recording.started_at[:10] if by_name and recording.started_at else None,
        samples=sound,
    )


def _read(call: StoredCall, path: Path, settings: Settings) -> NDArray[np.float32]:
    """The working channels of a call's audio, as they were when it was scored."""
    from callqa.audio.channels import find_layout, working_samples
    from callqa.audio.decode import decode, hash_file

    if hash_file(path) != call.keys.sha256:
        raise AudioError(
            f"{path} is another file than the one that was scored.",
            "Put the recording back, or score the new one.",
        )
    rate = settings.audio.model_sample_rate_hz
    decoded = decode(path, rate, max_duration=settings.audio.max_duration)
    samples = working_samples(decoded.samples, find_layout(decoded.samples, rate, settings.audio))
    needed = 1 + max((turn.channel for turn in call.analysis.facts.turns), default=0)
    if samples.shape[0] < needed:
        raise AudioError(
            f"{path} was scored with {needed} channels, now it has {samples.shape[0]}.",
            "Score it again: callqa score --force.",
        )
    return samples


def _lines(facts: CallFacts, span: TimeSpan) -> tuple[ClipLine, ...]:
    lines = []
    for item in facts.utterances:
        words = [word for word in item.words if span.start <= (word.start + word.end) / 2 < span.end]
        text = item.joiner.join(word.text for word in words).strip()
        if text:
            lines.append(ClipLine(max(0.0, words[0].start - span.start), item.role, text))
    return tuple(sorted(lines, key=lambda line: line.start))
