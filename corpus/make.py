"""Makes the corpus from its dialogues: `python -m corpus.make --out DIR --seed 1`.

What is finished is not made again, unless its recipe changed: run the command again to go on.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import sys
import time
from collections import Counter
from functools import lru_cache
from pathlib import Path

from corpus.dialogue import load_dialogues
from corpus.readings import READINGS
from corpus.recipe import Call, recipe, spoken_seconds
from corpus.record import ending_of, record
from corpus.scripts import described
from corpus.talk import Talkers
from corpus.terms import spoken_terms
from samples import voices
from samples.phonemes import add_readings
from samples.speech import Synthesizer

COLUMNS = [
    "path", "agent_id", "agent_name", "company", "started_at", "queue", "agent_channel", "language",
]  # fmt: skip
_MADE = "made.json"
_VERSION = 1  # raised when the program makes other calls out of the same recipe
# Rough costs in seconds, for the time left: a second of new speech, a second of recording.
_SPEAKING, _RECORDING = 0.7, 0.04


def main() -> int:
    """The command; 1 where a call could not be made."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--out", type=Path, help="folder for the calls")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--split", choices=["tuning", "reporting"], help="only this half")
    parser.add_argument("--only", action="append", metavar="ID", help="only this call (several times: these)")
    parser.add_argument("--list", action="store_true", help="say what would be made, and make nothing")
    parser.add_argument("--voices", type=Path, default=voices.default_folder(), help="folder of the voices")
    options = parser.parse_args()
    try:
        dialogues = load_dialogues()
    except ValueError as error:
        raise SystemExit(f"These dialogues have to be mended first:\n{error}") from error
    every = recipe(dialogues, options.seed)
    wanted = [call for call in every if options.split in (None, call.split)]
    if options.only:
        wanted = [call for call in wanted if call.id in options.only]
        if missing := set(options.only) - {call.id for call in wanted}:
            raise SystemExit(f"The recipe has no call {', '.join(sorted(missing))}; --list shows all.")
    if options.list:
        show(wanted)
        return 0
    if options.out is None:
        parser.error("--out is missing: where should the calls go?")
    return make_calls(every, wanted, options.out, voices.bring_in(options.voices))


def show(calls: list[Call]) -> None:
    """A line a call, and the sums."""
    for call in calls:
        names = "+".join(rendering.key for rendering in call.renderings)
        pair = f"{call.pair.agent} with {call.pair.customer}"
        print(f"{call.id:28} {call.split:9} {call.condition.name:16} {pair:40} {names}")
    for split in ("tuning", "reporting"):
        for language in ("zh", "en"):
            own = [call for call in calls if call.split == split and call.language == language]
            conditions = Counter(call.condition.name for call in own)
            counts = ", ".join(f"{name} {count}" for name, count in sorted(conditions.items()))
            print(f"{split} {language}: {len(own)} calls; {counts}")
    print(f"about {sum(_fresh_seconds(calls).values()) / 60:.0f} min of speech to be spoken")


def make_calls(every: list[Call], wanted: list[Call], out: Path, voice_folder: Path) -> int:
    """Make the `wanted` ones of `every` call that `out` should hold, in a folder a split, with truth and
    manifest; 1 where one could not be made."""
    add_readings(READINGS)
    synthesizer = Synthesizer(voice_folder)
    failed: list[str] = []
    for split in ("tuning", "reporting"):
        of_split = [call for call in every if call.split == split]
        todo = [call for call in wanted if call.split == split]
        if not todo:
            continue
        folder = out / split
        (folder / "truth").mkdir(parents=True, exist_ok=True)
        made = _read_made(folder)
        _remove_stale(folder, of_split, made)
        failed += _make_split(todo, of_split, folder, made, synthesizer)
        _write_manifest(of_split, folder)
    for line in failed:
        print(line, file=sys.stderr)
    return int(bool(failed))


def _make_split(
    todo: list[Call], of_split: list[Call], folder: Path, made: dict[str, str], synthesizer: Synthesizer
) -> list[str]:
    talkers = Talkers(of_split, synthesizer)
    costs = {call.id: 1.0 + _RECORDING * 80 * len(call.renderings) for call in todo}
    for call_id, seconds in _fresh_seconds(todo).items():
        costs[call_id] += _SPEAKING * seconds
    failed: list[str] = []
    begun, done = time.monotonic(), 0.0
    for number, call in enumerate(todo, start=1):
        if _finished(call, folder, made):
            costs.pop(call.id)
            continue
        try:
            truth = record(call, synthesizer, talkers, folder)
        except ValueError as error:
            failed.append(f"{call.id}: {error}")
            print(f"{call.id} could not be made: {error}", flush=True)
            costs.pop(call.id)
            continue
        made[call.id] = _fingerprint(call)
        _write_made(folder, made)
        done += costs.pop(call.id)
        left = (time.monotonic() - begun) / done * sum(costs.values())
        print(
            f"{folder.name} {number}/{len(todo)}  {call.id}  {truth.duration:.0f} s  "
            f"shift {truth.conditions.codec_shift * 1000:+.1f} ms  about {left / 60:.0f} min left",
            flush=True,
        )
    return failed


def _fresh_seconds(calls: list[Call]) -> dict[str, float]:
    """About how many seconds each call has to be spoken for, if nothing is kept yet."""
    spoken: set[tuple[str, str, str]] = set()
    fresh: dict[str, float] = {}
    for call in calls:
        fresh[call.id] = 0.0
        for rendering in call.renderings:
            for party, voice in (("agent", rendering.pair.agent), ("customer", rendering.pair.customer)):
                key = (rendering.dialogue.id, party, voice)
                if key not in spoken:
                    spoken.add(key)
                    fresh[call.id] += spoken_seconds(rendering.dialogue, (party,))
    return fresh


def _finished(call: Call, folder: Path, made: dict[str, str]) -> bool:
    audio = folder / f"{call.id}.{ending_of(call.condition)}"
    truth = folder / "truth" / f"{call.id}.json"
    return made.get(call.id) == _fingerprint(call) and audio.exists() and truth.exists()


def _fingerprint(call: Call) -> str:
    text = json.dumps([_VERSION, _terms(), READINGS, described(call)], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@lru_cache
def _terms() -> str:
    """What terms the truth knows: others make another truth."""
    terms = [sorted(spoken_terms(language).items()) for language in ("zh", "en")]
    return hashlib.sha256(json.dumps(terms, ensure_ascii=False).encode()).hexdigest()


def _read_made(folder: Path) -> dict[str, str]:
    path = folder / _MADE
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}


def _write_made(folder: Path, made: dict[str, str]) -> None:
    partial = folder / f"{_MADE}.partial"
    partial.write_text(json.dumps(made, indent=0, sort_keys=True), encoding="utf-8")
    partial.replace(folder / _MADE)


def _remove_stale(folder: Path, of_split: list[Call], made: dict[str, str]) -> None:
    """Calls made earlier that are no longer in the recipe."""
    endings = {call.id: ending_of(call.condition) for call in of_split}
    for call_id in sorted(set(made) - set(endings)):
        for path in (*folder.glob(f"{call_id}.*"), folder / "truth" / f"{call_id}.json"):
            path.unlink(missing_ok=True)
        del made[call_id]


def _write_manifest(of_split: list[Call], folder: Path) -> None:
    """The finished calls only, so that the manifest can be used at any time."""
    with (folder / "calls.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        for call in of_split:
            path = folder / f"{call.id}.{ending_of(call.condition)}"
            if path.exists() and (folder / "truth" / f"{call.id}.json").exists():
                writer.writerow({"path": path.name, **call.manifest})


if __name__ == "__main__":
    sys.exit(main())
