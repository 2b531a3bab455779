"""Makes the sample calls from their dialogues: `python -m samples.make --out samples [--only ID]`."""

from __future__ import annotations

import argparse
import csv
import json
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from samples import codec, voices
from samples.schema import CallTruth
from samples.script import Script, load_scripts
from samples.sound import Samples, alaw_round_trip, background, level_of, mulaw_round_trip
from samples.speech import Synthesizer
from samples.timeline import Timeline, lay_out
from samples.truth import truth_of

_COLUMNS = [
    "path", "agent_id", "agent_name", "company", "started_at", "queue", "agent_channel", "language",
]  # fmt: skip
_MAX_LENGTH_CHANGE = 0.05


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    here = Path(__file__).parent
    parser.add_argument("--out", type=Path, default=here, help="folder for the calls, truth/ and calls.csv")
    parser.add_argument("--only", action="append", help="make just this call (may be given several times)")
    parser.add_argument("--voices", type=Path, default=voices.default_folder(), help="folder of the voices")
    options = parser.parse_args()
    scripts = load_scripts(here / "dialogues")
    synthesizer = Synthesizer(voices.bring_in(options.voices))
    (options.out / "truth").mkdir(parents=True, exist_ok=True)
    for script in scripts:
        if not options.only or script.id in options.only:
            make(script, synthesizer, options.out)
    _write_manifest(scripts, options.out / "calls.csv")


def make(script: Script, synthesizer: Synthesizer, out: Path) -> None:
    """One call: its audio file and its truth."""
    rng = np.random.default_rng(zlib.crc32(script.id.encode()))
    timeline = lay_out(script, synthesizer, rng)
    samples = _recorded(script, timeline, rng)
    path = out / script.file
    kind = _kind_of(script)
    codec.write(path, samples, kind)
    decoded, rate_hz = codec.read(path)
    shift = codec.shift_of(samples, decoded, rate_hz)
    duration = decoded.shape[1] / rate_hz
    if abs(duration - samples.shape[1] / 8000) > _MAX_LENGTH_CHANGE:
        raise SystemExit(f"{path} came back {duration:.3f} s long, not {samples.shape[1] / 8000:.3f} s.")
    channel = script.channel
    truth: dict[str, Any] = {
        "id": script.id,
        "file": script.file,
        "theme": script.theme,
        "title": script.title,
        "shows": script.shows,
        "synthetic": True,
        "language": script.language,
        "company": script.company,
        "agent_name": script.agent.name,
        "agent_id": script.agent.id,
        "channels": len(samples),
        "agent_channel": channel.agent_channel,
        "layout": channel.layout,
        "voices": {"agent": script.agent.voice, "customer": script.customer.voice},
        "conditions": {
            "snr_db": channel.snr_db,
            "background": channel.background,
            "line_codec": channel.line,
            "codec": codec.FORMATS[kind][0],
            "sample_rate": rate_hz,
            "level_difference_db": script.agent.level_db - script.customer.level_db,
            "leakage_db": channel.leakage_db,
            "codec_shift": round(shift, 4),
        },
        "duration": round(duration, 3),
        **truth_of(script, timeline, shift),
    }
    CallTruth.model_validate(truth)
    text = json.dumps(truth, ensure_ascii=False, indent=1) + "\n"
    (out / "truth" / f"{script.id}.json").write_text(text, encoding="utf-8")
    print(
        f"{script.id}  {duration:6.1f} s  {path.stat().st_size / 1024:6.0f} KB  "
        f"shift {shift * 1000:+.1f} ms  talk share {truth['talk_share']:.2f}  "
        f"{truth['speaking_rate']:.0f}/min",
        flush=True,
    )


def _kind_of(script: Script) -> str:
    ending = script.file.rsplit(".", 1)[1]
    if ending == "wav" and script.channel.file_codec != "pcm":
        return f"wav-{script.channel.file_codec}"
    return f"mp3-{script.channel.file_codec}" if script.channel.file_codec == "16k" else ending


def _recorded(script: Script, timeline: Timeline, rng: np.random.Generator) -> Samples:
    """What the recorder wrote: (channel, time) at 8 kHz."""
    tracks, channel = timeline.tracks, script.channel
    agent, customer, other = tracks["agent"], tracks["customer"], tracks["other"]
    round_trip = mulaw_round_trip if channel.line == "mulaw" else alaw_round_trip
    loud = [track[np.abs(track) > 1e-3] for track in (agent, customer)]
    noise_level = level_of(np.concatenate(loud)) * 10 ** (-channel.snr_db / 20)

    def on_line(signal: Samples) -> Samples:
        noise = background(channel.background, len(signal), loud, rng) * noise_level
        return round_trip(np.tanh((signal + noise).astype(np.float32)))

    if channel.layout != "two_channel":
        mix = on_line(agent + customer + other)
        return np.stack([mix] * (2 if channel.layout == "dual_mono" else 1))
    leak = 0.0 if channel.leakage_db is None else 10 ** (channel.leakage_db / 20)
    sides = [on_line(agent + other + leak * customer), on_line(customer + leak * agent)]
    return np.stack(sides if channel.agent_channel == 0 else sides[::-1])


def _write_manifest(scripts: list[Script], path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, _COLUMNS)
        writer.writeheader()
        for script in scripts:
            known = {
                "agent_id": script.agent.id,
                "agent_name": script.agent.name,
                "company": script.company,
                "started_at": script.started_at,
                "queue": script.queue,
                "agent_channel": script.channel.agent_channel,
                "language": script.language,
            }
            named = {name: known[name] for name in script.in_manifest if known[name] is not None}
            writer.writerow({"path": script.file, **named})


if __name__ == "__main__":
    main()
