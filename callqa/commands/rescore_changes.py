"""What judging anew changes: by criterion, by agent, by call, and which evidence came and went."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from callqa.data import CriterionResult, Evidence, Verdict
from callqa.errors import UsageError
from callqa.rescoring import Rescored

VERDICTS = tuple(Verdict)


@dataclass(frozen=True, slots=True)
class CriterionChange:
    """Verdicts on one criterion over all changed calls, before and after, in the order of
    `VERDICTS`. `moved` counts calls by verdict before and after."""

    criterion: str
    before: tuple[int, ...]
    after: tuple[int, ...]
    moved: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True, slots=True)
class AgentChange:
    """An agent's changed calls; means are over those of them that have a score (0-100)."""

    agent: str
    num_calls: int
    mean_before: float | None
    mean_after: float | None
    num_verdicts: int


@dataclass(frozen=True, slots=True)
class EvidenceChange:
    """A piece of evidence that came (`added`) or went. Times are seconds."""

    call_id: str
    criterion: str
    added: bool
    start: float
    end: float
    quote: str
    reason: str


def by_criterion(changes: Sequence[Rescored]) -> list[CriterionChange]:
    """Each criterion of which a verdict is another now, in the rubric's order."""
    names = dict.fromkeys(item.id for c in changes for item in (*c.after.criteria, *c.before.criteria))
    found = []
    for name in names:
        pairs = [(_result(c.before.criteria, name), _result(c.after.criteria, name)) for c in changes]
        verdicts = [(a and a.verdict.value, b and b.verdict.value) for a, b in pairs]
        moves: dict[tuple[str, str], int] = {}
        for before, after in verdicts:
            if before != after:
                move = (before or "–", after or "–")
                moves[move] = moves.get(move, 0) + 1
        if moves:
            first, second = [v for v, _ in verdicts], [v for _, v in verdicts]
            found.append(
                CriterionChange(
                    name,
                    tuple(first.count(verdict.value) for verdict in VERDICTS),
                    tuple(second.count(verdict.value) for verdict in VERDICTS),
                    tuple((a, b, n) for (a, b), n in sorted(moves.items(), key=lambda m: -m[1])),
                )
            )
    return found


def by_agent(changes: Sequence[Rescored]) -> list[AgentChange]:
    """Each agent with changed calls, the one whose mean moves most first."""
    calls: dict[str, list[Rescored]] = {}
    for change in changes:
        calls.setdefault(change.agent or "–", []).append(change)
    found = [
        AgentChange(
            agent,
            len(theirs),
            _mean([c.before.score for c in theirs]),
            _mean([c.after.score for c in theirs]),
            sum(len(c.changed_criteria) for c in theirs),
        )
        for agent, theirs in calls.items()
    ]
    return sorted(found, key=lambda a: (-abs((a.mean_after or 0) - (a.mean_before or 0)), a.agent))


def evidence_changes(change: Rescored) -> list[EvidenceChange]:
    """Evidence of one call that came or went, by criterion and time."""
    found = []
    names = dict.fromkeys(item.id for item in (*change.after.criteria, *change.before.criteria))
    for name in names:
        before = _evidence(change.before.criteria, name)
        after = _evidence(change.after.criteria, name)
        for added, ours, theirs in ((False, before, after), (True, after, before)):
            known = {_key(item) for item in theirs}
            found += [
                EvidenceChange(change.call_id, name, added, e.start, e.end, e.quote, e.reason)
                for e in ours
                if _key(e) not in known
            ]
    return found


def write_changes_csv(path: Path, changes: Sequence[Rescored]) -> None:
    """A row for each criterion that is another now, and one for each call's score, as Excel opens
    it. Raises `UsageError` where the file cannot be written."""
    names = ("call", "file", "agent", "what", "before", "after", "score_before", "score_after")
    rows: list[Sequence[Any]] = []
    for change in changes:
        lead = (change.call_id, change.paths[0] if change.paths else "", change.agent or "")
        if change.is_changed:
            rows.append((*lead, "score", "", "", change.before.score, change.after.score, "", "", ""))
        pieces = evidence_changes(change)
        for name in dict.fromkeys([*change.changed_criteria, *(piece.criterion for piece in pieces)]):
            before, after = _result(change.before.criteria, name), _result(change.after.criteria, name)
            rows.append(
                (
                    *lead,
                    name,
                    before.verdict.value if before else "",
                    after.verdict.value if after else "",
                    before.score if before else "",
                    after.score if after else "",
                    after.reason if after else "",
                    _listed(p for p in pieces if p.criterion == name and p.added),
                    _listed(p for p in pieces if p.criterion == name and not p.added),
                )
            )
    try:
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow((*names, "reason", "evidence_added", "evidence_removed"))
            writer.writerows([_harmless(cell) for cell in row] for row in rows)
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}.", "Name another file.") from error


def changes_document(changes: Sequence[Rescored]) -> dict[str, Any]:
    """All of it as one JSON-ready document; times in seconds, scores 0-100."""
    return {
        "criteria": [
            {
                "criterion": item.criterion,
                "before": dict(zip((v.value for v in VERDICTS), item.before, strict=True)),
                "after": dict(zip((v.value for v in VERDICTS), item.after, strict=True)),
                "moved": [{"before": a, "after": b, "calls": n} for a, b, n in item.moved],
            }
            for item in by_criterion(changes)
        ],
        "agents": [asdict(item) for item in by_agent(changes)],
        "calls": [_call(change) for change in changes],
    }


def changes_json(changes: Sequence[Rescored]) -> str:
    """`changes_document` as text."""
    return json.dumps(changes_document(changes), ensure_ascii=False, indent=2, allow_nan=False)


def clock(seconds: float) -> str:
    """Seconds as people read a player's time.

    >>> clock(83.46)
    '1:23.5'
    """
    minutes, rest = divmod(round(seconds, 1), 60)
    return f"{int(minutes)}:{rest:04.1f}"


def _call(change: Rescored) -> dict[str, Any]:
    return {
        "call": change.call_id,
        "paths": list(change.paths),
        "agent_id": change.agent_id,
        "agent_name": change.agent_name,
        "before": _card(change, "before"),
        "after": _card(change, "after"),
        "verdicts": [
            {
                "criterion": name,
                "before": getattr(_result(change.before.criteria, name), "verdict", None),
                "after": getattr(_result(change.after.criteria, name), "verdict", None),
            }
            for name in change.changed_criteria
        ],
        "measured": list(change.measured),
        "evidence": [asdict(item) for item in evidence_changes(change)],
    }


def _card(change: Rescored, which: str) -> dict[str, Any]:
    card = getattr(change, which)
    return {
        "rubric": {"id": card.rubric.id, "version": card.rubric.version},
        "score": card.score,
        "judged_share": round(card.judged_share, 6),
        "capped_by": card.capped_by,
    }


def _result(criteria: Sequence[CriterionResult], name: str) -> CriterionResult | None:
    return next((item for item in criteria if item.id == name), None)


def _evidence(criteria: Sequence[CriterionResult], name: str) -> tuple[Evidence, ...]:
    found = _result(criteria, name)
    return () if found is None else found.evidence


def _key(item: Evidence) -> tuple[float, float, str, str]:
    return item.start, item.end, item.quote, item.reason


def _mean(scores: Sequence[float | None]) -> float | None:
    known = [score for score in scores if score is not None]
    return sum(known) / len(known) if known else None


def _listed(pieces: Iterable[EvidenceChange]) -> str:
    return "\n".join(f"{clock(p.start)} {p.quote or p.reason}" for p in pieces)


def _harmless(cell: Any) -> Any:
    """Excel takes text that begins like a formula for one."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@") else cell
