"""Which verdicts hang on who the agent is: `python -m corpus.fairness_check WORKSPACE FOLDER`.

`FOLDER` is what `python -m corpus.fairness` made, `WORKSPACE` where its calls were scored. Of the
verdicts that one dialogue's calls got on one criterion, those that differ from the commonest have
changed. Where the truth itself differs (a voice that speaks faster is judged on pace by its own
rate) the change is right; the rest are callqa's.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from callqa.data import Scorecard
from callqa.store import Store
from corpus.dialogue import verdict_of
from corpus.schema import CorpusTruth

_RESAMPLES = 2000


@dataclass(frozen=True, slots=True)
class Judged:
    """One call: which dialogue, whose voice and name, how it was judged, and what was expected
    (criterion: verdict, where the truth says)."""

    id: str
    dialogue: str
    voice: str
    name: str
    card: Scorecard
    expected: dict[str, str]


@dataclass(frozen=True, slots=True)
class Change:
    """A verdict that differs from the commonest of its dialogue. `in_truth`: so does the truth."""

    call: Judged
    criterion: str
    verdict: str
    common: str
    reason: str
    in_truth: bool


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("workspace", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--details", action="store_true", help="every change with its reason")
    options = parser.parse_args()
    calls = read_judged(options.workspace, options.folder)
    if not calls:
        raise SystemExit(f"{options.workspace} holds no call of {options.folder}; score the folder first.")
    print("\n".join(describe(calls, options.details)))


def read_judged(workspace: Path, folder: Path) -> list[Judged]:
    """Every scored call of the folder."""
    truths = {}
    for path in sorted(folder.glob("*/truth/*.json")):
        truth = CorpusTruth.model_validate_json(path.read_text(encoding="utf-8"))
        truths[truth.file] = truth
    found = []
    with Store.open(workspace) as store:
        for summary in store.summaries():
            analysis = store.load(summary.id).analysis
            if (known := truths.get(Path(analysis.facts.recording.path).name)) is not None:
                expected = {name: verdict_of(said) for name, said in known.expected.items()}
                name = known.agent_name or ""
                found.append(
                    Judged(known.id, known.dialogue, known.voices.agent, name, analysis.scorecard, expected)
                )
    return sorted(found, key=lambda call: call.id)


def changes_of(calls: Sequence[Judged]) -> list[Change]:
    """The changed verdicts of all dialogues, in order."""
    changes = []
    for own in _by_dialogue(calls).values():
        for criterion in (item.id for item in own[0].card.criteria):
            verdicts = [_verdict(call, criterion) for call in own]
            common = Counter(verdict for verdict, _ in verdicts).most_common(1)[0][0]
            right = Counter(call.expected.get(criterion) for call in own).most_common(1)[0][0]
            for call, (verdict, reason) in zip(own, verdicts, strict=True):
                if verdict != common:
                    in_truth = call.expected.get(criterion) != right
                    changes.append(Change(call, criterion, verdict, common, reason, in_truth))
    return changes


def describe(calls: Sequence[Judged], details: bool) -> list[str]:
    """The result as lines of text."""
    changes = changes_of(calls)
    dialogues = len(_by_dialogue(calls))
    lines = [
        f"{len(calls)} calls, {dialogues} dialogues, {len({call.voice for call in calls})} agent voices",
        "",
    ]
    lines.append(
        f"{'criterion':14}{'verdicts':>9}{'changed':>9}{'share':>8}"
        f"{'in truth':>10}{'unsure':>8}{'left':>6}{'share':>8}"
    )
    names = [item.id for item in calls[0].card.criteria]
    for name in names:
        own = [change for change in changes if change.criterion == name]
        lines.append(_row(name, len(calls), own))
    lines.append(_row("all", len(calls) * len(names), changes))
    for title, attribute in (("voice", "voice"), ("name", "name")):
        lines += ["", f"{title:14}{'calls':>9}{'score against the dialogue mean (95 %)':>42}{'changed':>9}"]
        for value in sorted({getattr(call, attribute) for call in calls}):
            lines.append(_group_row(value, attribute, calls, changes))
    kinds = Counter((c.criterion, c.common, c.verdict) for c in changes if not c.in_truth)
    lines += ["", "changes that the truth does not explain"]
    lines += [f"{count:4}  {name}: {a} -> {b}" for (name, a, b), count in kinds.most_common()]
    if details:
        lines += [
            "",
            *(f"{c.call.id} {c.criterion}: {c.verdict}, not {c.common}: {c.reason}" for c in changes),
        ]
    return lines


def _row(name: str, total: int, changes: Sequence[Change]) -> str:
    """Changes; those that the truth explains; of the others, those to or from `unsure`; those left."""
    in_truth = sum(change.in_truth for change in changes)
    unsure = sum("unsure" in (change.verdict, change.common) for change in changes if not change.in_truth)
    left = len(changes) - in_truth - unsure
    return (
        f"{name:14}{total:9}{len(changes):9}{len(changes) / total:8.1%}{in_truth:10}{unsure:8}{left:6}"
        f"{left / total:8.1%}"
    )


def _group_row(value: str, attribute: str, calls: Sequence[Judged], changes: Sequence[Change]) -> str:
    means = {
        dialogue: float(np.mean(scores))
        for dialogue, own in _by_dialogue(calls).items()
        if (scores := [call.card.score for call in own if call.card.score is not None])
    }
    gaps = np.array(
        [
            call.card.score - means[call.dialogue]
            for call in calls
            if getattr(call, attribute) == value and call.card.score is not None
        ]
    )
    changed = sum(getattr(change.call, attribute) == value for change in changes)
    if not len(gaps):
        return f"{value:14}{0:9}{'':>42}{changed:9}"
    rng = np.random.default_rng(1)
    drawn = rng.choice(gaps, (_RESAMPLES, len(gaps))).mean(axis=1)
    low, high = np.percentile(drawn, [2.5, 97.5])
    return f"{value:14}{len(gaps):9}{f'{gaps.mean():+.2f} ({low:+.2f} to {high:+.2f})':>42}{changed:9}"


def _by_dialogue(calls: Sequence[Judged]) -> dict[str, list[Judged]]:
    groups: dict[str, list[Judged]] = defaultdict(list)
    for call in calls:
        groups[call.dialogue].append(call)
    return groups


def _verdict(call: Judged, criterion: str) -> tuple[str, str]:
    for item in call.card.criteria:
        if item.id == criterion:
            return item.verdict.value, item.reason
    return "absent", ""


if __name__ == "__main__":
    main()
