"""Held-out lines spoken by the sample voices, sent over a telephone line, and recognised.

    python -m training.politeness.spoken --out heard.json
    python -m training.politeness.report --heard heard.json

What callqa's own recogniser makes of speech, beside the errors that a program makes up. Synthetic
voices slur nothing, so real calls are heard worse. The customer's words stay as written.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy import signal

from callqa.config import Settings
from callqa.language.mandarin import to_simplified
from callqa.pipeline import company_wordings, lexicons_of, load_whisper
from callqa.transcript.prompts import build_prompt
from callqa.transcript.recogniser import SAMPLE_RATE_HZ, Recogniser
from samples.sound import RATE_HZ as LINE_HZ
from samples.sound import mulaw_round_trip, to_line
from samples.speech import RATE_HZ, Synthesizer
from samples.voices import bring_in, default_folder
from training.politeness.data import Line, held_out_pass, lines_of

_VOICES = ("zf_xiaobei", "zf_xiaoxiao", "zf_xiaoyi", "zm_yunjian", "zm_yunxi", "zm_yunyang")
_LEVEL = 0.3  # of full scale, at the loudest


def chosen_places(lines: Sequence[Line], count: int, seed: int) -> list[int]:
    """Places of `count` Mandarin lines of four characters and more, drawn from all of them."""
    places = [i for i, line in enumerate(lines) if line.language == "zh" and len(line.text) >= 4]
    return sorted(random.Random(f"{seed} spoken").sample(places, min(count, len(places))))


def main(arguments: Sequence[str] | None = None) -> int:
    """Speak, recognise, write the texts by the lines' places."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--count", type=int, default=150)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    chosen = parser.parse_args(arguments)
    lines = lines_of([held_out_pass()])
    places = chosen_places(lines, chosen.count, chosen.seed)
    voices = Synthesizer(bring_in(default_folder()))
    pieces = []
    for done, place in enumerate(places):
        spoken = voices.speak(lines[place].text, "zh", _VOICES[done % len(_VOICES)], 1.0)
        line = to_line(spoken.samples, RATE_HZ)
        heard = mulaw_round_trip(_LEVEL * line / max(1e-6, float(np.abs(line).max())))
        pieces.append(np.asarray(signal.resample_poly(heard, SAMPLE_RATE_HZ // LINE_HZ, 1), np.float32))
    settings = Settings()
    recogniser = Recogniser(load_whisper(settings.recogniser), settings.transcript.beam_size)
    prompt = build_prompt("zh", company_wordings(lexicons_of("zh"), None), None)
    results = recogniser.recognise(pieces, "zh", prompt)
    texts = {str(place): to_simplified(found.text) for place, found in zip(places, results, strict=True)}
    chosen.out.write_text(json.dumps(texts, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"{len(texts)} lines spoken and recognised", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
