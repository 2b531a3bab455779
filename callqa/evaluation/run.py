"""Stored calls against their references, with the plain tools and earlier results beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from callqa.data import CallAnalysis
from callqa.errors import CallqaError
from callqa.evaluation.compare import Comparison, compare, heard_by_callqa
from callqa.evaluation.references import Reference
from callqa.evaluation.saved import CALLQA, save_systems, shared
from callqa.evaluation.summary import agree, pool, risks
from callqa.evaluation.targets import Target, check_targets
from callqa.evaluation.truth import ANY, GROUPS

if TYPE_CHECKING:
    from rich.console import Console

    from callqa.evaluation.differences import TurnDifference
    from callqa.store import Store


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What an evaluation came to. `systems` has callqa first after those it is held against;
    `stock` names the ways of the plain tools among them. `differences` are by call."""

    systems: Mapping[str, Sequence[Comparison]]
    stock: tuple[str, ...]
    targets: tuple[Target, ...]
    differences: Mapping[str, Sequence[TurnDifference]]

    @property
    def calls(self) -> Sequence[Comparison]:
        """callqa's own."""
        return self.systems[CALLQA]

    @property
    def met(self) -> bool:
        """Whether no target is missed."""
        return all(target.met is not False for target in self.targets)

    def groups(self) -> Iterator[tuple[str, dict[str, list[Comparison]]]]:
        """Calls by group, and by wording within one that has several, or by condition where nothing
        groups them; every system over the same calls."""
        systems = shared(self.systems)
        for group in GROUPS:
            members = {name: [c for c in calls if c.group == group] for name, calls in systems.items()}
            if not members[CALLQA]:
                continue
            conditions = list(dict.fromkeys(call.condition for call in members[CALLQA]))
            if group == ANY and len(conditions) > 1:
                # Sets of recordings that have nothing in common; their sum would mean nothing.
                for condition in conditions:
                    yield (
                        condition or group,
                        {
                            name: [c for c in calls if c.condition == condition]
                            for name, calls in members.items()
                        },
                    )
                continue
            yield group, members
            wordings = sorted({call.wording for call in members[CALLQA] if call.wording})
            for wording in wordings if len(wordings) > 1 else ():
                yield (
                    f"{group}, {wording} wording",
                    {name: [c for c in calls if c.wording == wording] for name, calls in members.items()},
                )

    def as_json(self) -> dict[str, Any]:
        """Everything, for other programs and for another evaluation's `--against`."""
        return {
            **save_systems(self.systems),
            "met": self.met,
            "targets": [asdict(target) for target in self.targets],
            "figures": {
                title: {name: [asdict(f) for f in pool(calls)] for name, calls in members.items()}
                for title, members in self.groups()
            },
            "verdicts": [asdict(item) for item in agree(self.calls)],
            "risks": [asdict(item) for item in risks(self.calls)],
        }


def evaluate(
    references: Sequence[Reference],
    workspace: Path,
    *,
    against: Mapping[str, Sequence[Comparison]] | None = None,
    stock_folder: Path | None = None,
    console: Console | None = None,
    look: int = 0,
) -> Evaluation:
    """Compare stored calls with their references, and the plain tools' results where a folder for
    them is named. `look`: for so many of the worst calls, every turn is put beside its reference.

    Raises `CallqaError` where a call is not stored, or a result cannot be read.
    """
    from callqa.evaluation.differences import find_differences
    from callqa.store import Store

    ours: list[Comparison] = []
    analyses: list[CallAnalysis] = []
    with Store.open(workspace) as store:
        for reference in references:
            analyses.append(stored_call(store, reference))
            ours.append(compare(reference.truth, analyses[-1]))
    systems: dict[str, Sequence[Comparison]] = {**(against or {}), CALLQA: ours}
    stock = {}
    if stock_folder is not None:
        stock = _stock(references, ours, stock_folder, console)
        systems.update(stock)
    worst = sorted(range(len(ours)), key=lambda index: -ours[index].trouble)[:look]
    differences = {
        ours[index].id: find_differences(references[index].truth, heard_by_callqa(analyses[index]))
        for index in worst
    }
    return Evaluation(systems, tuple(stock), tuple(check_targets(ours, stock)), differences)


def stored_call(store: Store, reference: Reference) -> CallAnalysis:
    """The stored analysis of a reference's recording, found by the recording's content, or by its
    name where the file itself is not there. Raises `CallqaError` where it was never scored."""
    from callqa.audio.decode import hash_file

    audio = reference.audio
    if audio is not None:
        known = store.known(hash_file(audio))
        if known is not None:
            return store.load(known.id).analysis
        raise CallqaError(f"{audio} has not been scored in this workspace.", f"Run: callqa score {audio}")
    return store.load(store.find(reference.truth.file)).analysis


def _stock(
    references: Sequence[Reference], ours: Sequence[Comparison], folder: Path, console: Console | None
) -> dict[str, list[Comparison]]:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from callqa.evaluation.stock_results import STOCK_TURNS, WHOLE_CALL, StockFolder, compare_stock

    kept = StockFolder(folder)
    found: dict[str, list[Comparison]] = {WHOLE_CALL: [], STOCK_TURNS: []}
    bar = Progress(
        TextColumn("plain tools: {task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("left"),
        console=console,
        transient=True,
        disable=console is None or not console.is_terminal,
        speed_estimate_period=3600,
    )
    with bar:
        audios = [(reference, _audio(reference)) for reference in references]
        missing = sum(not kept.has(audio) for _, audio in audios)
        task = bar.add_task("", total=missing)
        for (reference, audio), call in zip(audios, ours, strict=True):
            if not kept.has(audio):
                bar.update(task, description=audio.name)
                result = kept.result(audio, call.language)
                bar.advance(task)
                if console is not None and not console.is_terminal:
                    console.print(f"plain tools: {audio.name}", highlight=False, markup=False)
            else:
                result = kept.result(audio, call.language)
            for name, comparison in compare_stock(reference.truth, result).items():
                found[name].append(comparison)
    return found


def _audio(reference: Reference) -> Path:
    if reference.audio is None:
        raise CallqaError(
            f"{reference.truth.file} is not beside {reference.path}, so the plain tools cannot hear it.",
            "Put the recording there, or leave --stock out.",
        )
    return reference.audio
