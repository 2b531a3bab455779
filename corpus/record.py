"""Records one call: its sound as the telephone and the recorder left it, and its truth."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from corpus import gsm
from corpus.conditions import Condition
from corpus.damage import clip, lose_packets
from corpus.expected import expected_of
from corpus.noise import noise_of
from corpus.recipe import Call
from corpus.schema import CorpusTruth
from corpus.scripts import script_of
from corpus.terms import spoken_terms
from samples import codec
from samples.script import Script
from samples.sound import Samples, alaw_round_trip, level_of, mulaw_round_trip
from samples.speech import Synthesizer
from samples.timeline import Timeline, lay_out
from samples.truth import truth_of

# An encoder may add a block, no more.
_MAX_LENGTH_CHANGE = 0.1

Talk = Callable[[Call], list[Samples]]
"""Gives sentences by people who are not on the call, at 8 kHz and of one level."""


def record(call: Call, synthesizer: Synthesizer, talk: Talk, folder: Path) -> CorpusTruth:
    """Write the call's file into `folder` and its truth into `folder`/truth, and return the truth.

    Raises `ValueError` where the dialogue cannot be laid out as it is written, or the file came
    back of another length.
    """
    rng = np.random.default_rng(zlib.crc32(call.id.encode()))
    script = script_of(call, ending_of(call.condition))
    timeline = lay_out(script, synthesizer, rng)
    condition = call.condition
    sentences = talk(call) if condition.noise == "babble" else []
    samples = on_the_wire(timeline, condition, call.agent_channel, sentences, rng)
    path = folder / script.file
    _write(path, samples, condition.kind)
    decoded, rate_hz = codec.read(path)
    # Against what went into the line, before any noise or damage. Of two channels the first is
    # compared, as the shift is the file's.
    shift = codec.shift_of(_unharmed(timeline, condition, call.agent_channel), decoded, rate_hz)
    duration = decoded.shape[1] / rate_hz
    if abs(duration - samples.shape[1] / 8000) > _MAX_LENGTH_CHANGE:
        raise ValueError(f"{path.name} came back {duration:.3f} s long, not {samples.shape[1] / 8000:.3f} s")
    truth = _truth(call, script, timeline, shift, duration, decoded.shape[0], rate_hz)
    text = json.dumps(truth.model_dump(mode="json"), ensure_ascii=False, indent=1) + "\n"
    (folder / "truth" / f"{call.id}.json").write_text(text, encoding="utf-8")
    return truth


def ending_of(condition: Condition) -> str:
    """Of the file's name."""
    return condition.kind.split("-")[0]


def on_the_wire(
    timeline: Timeline,
    condition: Condition,
    agent_channel: int | None,
    talk: list[Samples],
    rng: np.random.Generator,
) -> Samples:
    """What the recorder wrote: (channel, time) at 8 kHz."""
    tracks = timeline.tracks
    agent, customer, other = tracks["agent"], tracks["customer"], tracks["other"]
    loud = [track[np.abs(track) > 1e-3] for track in (agent, customer)]
    noise_level = level_of(np.concatenate(loud)) * 10 ** (-condition.snr_db / 20)
    round_trip = mulaw_round_trip if condition.line == "mulaw" else alaw_round_trip

    def on_line(signal: Samples) -> Samples:
        noise = noise_of(condition.noise, len(signal), talk, rng) * noise_level
        noisy = (signal + noise).astype(np.float32)
        noisy = clip(noisy, condition.clipped) if condition.clipped else np.tanh(noisy)
        received = round_trip(noisy)
        if condition.packet_loss:
            received = lose_packets(received, condition.packet_loss, rng.random() < 0.5, rng)
        return received

    if condition.layout != "two_channel":
        mix = on_line(agent + customer + other)
        return np.stack([mix] * (2 if condition.layout == "dual_mono" else 1))
    leak = 0.0 if condition.leakage_db is None else 10 ** (condition.leakage_db / 20)
    sides = [on_line(agent + other + leak * customer), on_line(customer + leak * agent)]
    return np.stack(sides if agent_channel == 0 else sides[::-1])


def _unharmed(timeline: Timeline, condition: Condition, agent_channel: int | None) -> Samples:
    tracks = timeline.tracks
    if condition.layout != "two_channel":
        return np.asarray(tracks["agent"] + tracks["customer"] + tracks["other"])[None]
    return np.asarray(tracks["agent"] + tracks["other"] if agent_channel == 0 else tracks["customer"])[None]


def _write(path: Path, samples: Samples, kind: str) -> None:
    if kind == "gsm":
        path.write_bytes(gsm.encode(samples[0]))
    else:
        codec.write(path, samples, kind)


def _truth(
    call: Call,
    script: Script,
    timeline: Timeline,
    shift: float,
    duration: float,
    channels: int,
    rate_hz: int,
) -> CorpusTruth:
    condition, dialogues = call.condition, [rendering.dialogue for rendering in call.renderings]
    known = truth_of(script, timeline, shift, spoken_terms(call.language))
    known["expected"] = expected_of(dialogues, known)
    wordings = {dialogue.wording for dialogue in dialogues}
    return CorpusTruth.model_validate(
        {
            "id": call.id,
            "file": script.file,
            "split": call.split,
            "dialogue": "+".join(dialogue.id for dialogue in dialogues),
            "wording": wordings.pop() if len(wordings) == 1 else "mixed",
            "condition": condition.name,
            "theme": script.theme,
            "title": script.title,
            "shows": script.shows,
            "synthetic": True,
            "language": call.language,
            "company": script.company,
            "agent_name": script.agent.name,
            "agent_id": call.renderings[0].agent_id,
            "channels": channels,
            "agent_channel": call.agent_channel,
            "layout": condition.layout,
            "voices": {"agent": call.pair.agent, "customer": call.pair.customer},
            "conditions": {
                "snr_db": condition.snr_db,
                "background": condition.noise,
                "line_codec": condition.line,
                "codec": "gsm" if condition.kind == "gsm" else codec.FORMATS[condition.kind][0],
                "sample_rate": rate_hz,
                "level_difference_db": round(call.agent_level_db - call.customer_level_db, 1),
                "leakage_db": condition.leakage_db,
                "codec_shift": round(shift, 4),
                "packet_loss": condition.packet_loss,
                "clipped": condition.clipped,
            },
            "agents": _agents(script, timeline, shift),
            "duration": round(duration, 3),
            **known,
        }
    )


def _agents(script: Script, timeline: Timeline, shift: float) -> list[dict[str, Any]]:
    if script.agent2 is None:
        return []
    found = []
    for voice in ("agent", "agent2"):
        own = [piece for piece in timeline.pieces if piece.line.voice == voice]
        person = script.speaker(voice)
        found.append(
            {
                "start": round(own[0].start + shift, 3),
                "end": round(max(piece.end for piece in own) + shift, 3),
                "name": person.name,
                "id": person.id,
                "voice": person.voice,
            }
        )
    return found
