"""Results of agents and coaching plans as rows for a sheet and as documents for other programs."""

from __future__ import annotations

import csv
import dataclasses
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from enum import Enum
from pathlib import Path
from typing import Any

from callqa.coaching import wording
from callqa.coaching.advice import AgentPlan, Moment, TeamPlan
from callqa.coaching.results import AgentResult, TeamResult
from callqa.errors import UsageError

RESULT_COLUMNS = (
    "agent", "name", "calls", "missing_calls", "score", "score_low", "score_high", "judged_share",
    "criterion", "level", "low", "high", "judged", "met", "partly_met", "not_met", "unsure", "not_applicable",
    "others_level", "gap", "corrected_p", "mark", "percentile", "earlier_level", "per_week", "direction",
)  # fmt: skip
PLAN_COLUMNS = (
    "agent", "name", "calls", "missing_calls", "rank", "criterion", "title", "level", "low", "high", "judged",
    "others_level", "target", "gap", "corrected_p", "what", "call_id", "day", "start", "end", "quote", "text",
)  # fmt: skip


def result_rows(team: TeamResult, agents: Sequence[AgentResult]) -> Iterator[dict[str, Any]]:
    """A row for each agent and criterion; an agent with too few calls has one row without any."""
    for agent in agents:
        head: dict[str, Any] = {
            "agent": agent.agent,
            "name": agent.name,
            "calls": len(agent.calls),
            "missing_calls": agent.missing_calls,
        }
        if not agent.is_judged:
            yield head
            continue
        head |= dict(zip(("score", "score_low", "score_high"), agent.score, strict=True))
        head["judged_share"] = agent.judged_share
        for name, result in agent.behaviours.items():
            level = result.level
            yield head | {
                "criterion": name,
                "level": level.value,
                "low": level.low,
                "high": level.high,
                "judged": level.judged,
                "met": level.met,
                "partly_met": level.partly_met,
                "not_met": level.not_met,
                "unsure": level.unsure,
                "not_applicable": level.not_applicable,
                "others_level": result.team.value,
                "gap": result.against_team.gap,
                "corrected_p": result.corrected_p,
                "mark": result.mark,
                "percentile": result.percentile,
                "earlier_level": result.earlier.value,
                "per_week": result.change.per_week,
                "direction": result.direction,
            }


def plan_rows(plan: TeamPlan, agents: Sequence[AgentPlan]) -> Iterator[dict[str, Any]]:
    """A row for each moment, wording and module of each advice; one for an agent without any."""
    for agent in agents:
        head = {
            "agent": agent.agent,
            "name": agent.name,
            "calls": agent.calls,
            "missing_calls": agent.missing_calls,
        }
        if not agent.advice:
            text = wording.headline(plan, agent)
            yield head | {"what": "nothing" if not agent.missing_calls else "too_few_calls", "text": text}
        for rank, advice in enumerate(agent.advice, start=1):
            about = head | {
                "rank": rank,
                "criterion": advice.criterion,
                "title": wording.title(plan, advice.criterion),
                "level": advice.level.value,
                "low": advice.level.low,
                "high": advice.level.high,
                "judged": advice.level.judged,
                "others_level": advice.team.value,
                "target": advice.target,
                "gap": advice.gap,
                "corrected_p": advice.corrected_p,
            }
            yield about | {"what": "advice", "text": wording.do_sentence(plan, advice)}
            moments = [("work_on", moment) for moment in advice.work_on]
            moments += [("own_good", advice.own_good)] if advice.own_good else []
            moments += [("example", advice.example)] if advice.example else []
            for what, moment in moments:
                yield about | {"what": what} | _moment_row(moment)
            for item in advice.instead:
                row = {"what": "instead", "call_id": item.call_id, "quote": item.said, "text": item.better}
                yield about | row
            for module in advice.modules:
                yield about | {"what": "module", "quote": module.id, "text": module.title}


def results_document(team: TeamResult, agents: Sequence[AgentResult]) -> dict[str, Any]:
    """Results for other programs; shares 0-1, scores 0-100. Calls are named, not repeated."""
    document: dict[str, Any] = plain(dataclasses.replace(team, agents=())) | {"agents": []}
    for agent in agents:
        shown: dict[str, Any] = plain(dataclasses.replace(agent, calls=()))
        shown["calls"] = [call.id for call in agent.calls]
        if not agent.is_judged:
            shown |= {"behaviours": {}, "score": None, "judged_share": None}
        document["agents"].append(shown)
    return document


def plain(value: Any) -> Any:
    """Values as JSON has them."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {item.name: plain(getattr(value, item.name)) for item in dataclasses.fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    return value


def print_json(document: Any) -> None:
    """One document on the standard output."""
    encoding = (sys.stdout.encoding or "").lower().replace("-", "")
    print(json.dumps(document, ensure_ascii=encoding != "utf8", indent=2, allow_nan=False))


def write_csv(path: Path, columns: Sequence[str], rows: Iterator[dict[str, Any]]) -> int:
    """A sheet that Excel opens with Chinese as it is; gives the number of rows. Text that a sheet would
    take for a formula is kept as text."""
    num_rows = 0
    try:
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            for row in rows:
                writer.writerow({key: _cell(value) for key, value in row.items()})
                num_rows += 1
    except OSError as error:
        raise UsageError(
            f"cannot write {path}: {error.strerror}.", "Close it where it is open, or name another file."
        ) from error
    return num_rows


def _moment_row(moment: Moment) -> dict[str, Any]:
    return {
        "call_id": moment.call_id,
        "day": moment.day,
        "start": moment.start,
        "end": moment.end,
        "quote": moment.quote,
        "text": moment.reason,
    }


def _cell(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@"):
        return f"'{value}"
    return "" if value is None else value
