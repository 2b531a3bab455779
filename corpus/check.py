"""Checks dialogues: `python -m corpus.check [z01 …]`. Ends with 1 where there is a mistake."""

from __future__ import annotations

import argparse
import sys

from corpus.dialogue import FOLDER, Dialogue, read, shared_sentences
from samples.script import load_scripts


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("ids", nargs="*", help="these dialogues only")
    wanted = parser.parse_args().ids
    wrong = 0
    dialogues: list[Dialogue] = []
    for path in sorted(FOLDER.glob("*.yaml")):
        dialogue, findings = read(path)
        if dialogue is not None:
            dialogues.append(dialogue)
        if wanted and path.stem not in wanted:
            continue
        wrong += bool(findings.mistakes)
        print(f"{path.stem}  {_line(dialogue) if dialogue else 'no dialogue'}")
        for mistake in findings.mistakes:
            print(f"  MISTAKE {mistake}")
        for remark in findings.remarks:
            print(f"  remark  {remark}")
    samples = {
        f"{script.id} of the samples": [line.text for line in script.lines]
        for script in load_scripts(FOLDER.parents[1] / "samples" / "dialogues")
    }
    for remark in shared_sentences(dialogues, samples):
        if not wanted or any(name in remark.split("“")[0] for name in wanted):
            print(f"remark  {remark}")
    print(f"{len(dialogues)} dialogues, {wrong} with mistakes")
    return int(wrong > 0)


def _line(dialogue: Dialogue) -> str:
    return (
        f"{dialogue.split:9} {dialogue.wording:11} {len(dialogue.lines):3} lines  "
        f"about {dialogue.seconds:4.0f} s  {dialogue.title}"
    )


if __name__ == "__main__":
    sys.exit(main())
