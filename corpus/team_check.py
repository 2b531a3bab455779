"""What was planted in a team against what callqa says: `python -m corpus.team_check WORKSPACE TEAM.json`.

Prints planted truth and result in one table: what the plan over all weeks names first, what it named up
to the coaching, whether the improvement is found, that the small agent is not judged, and that nobody
else is advised. Exit code 1 where any of it is not so.

`python -m corpus.team_check --seeds 200` does the same without audio, on teams of as many seeds with the
mistakes of measuring that `corpus.team_noise` makes, and says how often each thing holds.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from callqa.coaching.choosing import Choice, choose
from callqa.coaching.progress import progress_of
from callqa.coaching.results import Period, TeamResult, team_results
from callqa.coaching.rules import CoachingRules
from callqa.coaching.wording import progress_sentence
from callqa.store import JudgedCall, Store
from corpus.team import COACHED_IN_WEEK, FIRST_MONDAY, NUM_WEEKS, plan, team
from corpus.team_noise import CRITERION_OF, judged_calls, without_weaknesses

_ALIKE = (0.06, 0.15, 0.3)  # how often anybody of a team without weaknesses does anything wrong


@dataclass(frozen=True, slots=True)
class Planted:
    """One agent's truth. `until`: the day from which the weakness is gone."""

    agent: str
    name: str
    criterion: str | None
    until: date | None


@dataclass(frozen=True, slots=True)
class Finding:
    """One agent's truth beside what callqa says; `right` is whether they agree."""

    planted: Planted
    calls: int
    missing: int
    named: tuple[str, ...]
    before: tuple[str, ...]
    recovered: tuple[str, ...]
    progress: str
    right: bool


def planted_of(truth: dict[str, Any]) -> list[Planted]:
    """The truth of team.json."""
    first = date.fromisoformat(truth["first_day"])
    return [
        Planted(
            agent["id"],
            agent["name"],
            None if agent["weakness"] is None else CRITERION_OF[agent["weakness"]],
            None if agent["until_week"] is None else first + timedelta(weeks=agent["until_week"] - 1),
        )
        for agent in truth["agents"]
    ]


def check(calls: Sequence[JudgedCall], planted: Sequence[Planted], period: Period) -> list[Finding]:
    """Hold the truth against the results of `period`."""
    rules = CoachingRules()
    everything = team_results(calls, period, min_calls=rules.min_calls)
    choices = choose(everything, rules)
    coached = next((item.until for item in planted if item.until is not None), period.end)
    until = team_results(calls, Period(period.start, coached), min_calls=rules.min_calls)
    earlier = choose(until, rules)
    return [_finding(item, calls, everything, choices, earlier, rules) for item in planted]


def _finding(
    planted: Planted,
    calls: Sequence[JudgedCall],
    everything: TeamResult,
    choices: dict[str, Choice],
    earlier: dict[str, Choice],
    rules: CoachingRules,
) -> Finding:
    choice = choices.get(planted.agent, Choice())
    result = next((item for item in everything.agents if item.agent == planted.agent), None)
    named = tuple(need.result.criterion for need in choice.needs)
    before = tuple(need.result.criterion for need in earlier.get(planted.agent, Choice()).needs)
    missing = 0 if result is None else result.missing_calls
    progress = ""
    if missing:
        right = not named and not choice.strengths
    elif planted.criterion is None:
        right = not named
    elif planted.until is None:
        right = named == (planted.criterion,)
    else:
        # Held on the Sunday before the week from which it is gone.
        held = planted.until - timedelta(days=1)
        found = progress_of(calls, planted.agent, planted.criterion, held, rules)
        progress = progress_sentence(found, "en")
        right = found.outcome == "improved" and not set(named) - {planted.criterion}
    size = 0 if result is None else len(result.calls)
    return Finding(planted, size, missing, named, before, choice.recovered, progress, right)


def print_findings(out: Console, findings: Sequence[Finding]) -> None:
    """The table."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("agent", "calls", "planted", "advised, 8 weeks", "advised until week 5", "before/after", ""):
        table.add_column(name, overflow="fold")
    for finding in findings:
        planted = finding.planted
        until = f" until {planted.until}" if planted.until else ""
        advised = ", ".join(finding.named) or "–"
        if finding.missing:
            advised = f"not judged, {finding.missing} calls missing"
        elif finding.recovered:
            advised += f" ({', '.join(finding.recovered)} recovered)"
        table.add_row(
            f"{planted.name} {planted.agent}",
            str(finding.calls),
            f"{planted.criterion or '–'}{until}",
            advised,
            ", ".join(finding.before) or "–",
            finding.progress,
            "right" if finding.right else "WRONG",
        )
    out.print(table)


def count_over_seeds(seeds: Sequence[int]) -> Iterator[tuple[str, int, int]]:
    """What, how often, of how many: over teams of these seeds."""
    seen: Counter[str] = Counter()
    truth = [
        Planted(
            agent.id,
            agent.name,
            CRITERION_OF[agent.weakness] if agent.weakness else None,
            _day(COACHED_IN_WEEK) if agent.until_week else None,
        )
        for agent in team()
    ]
    period = Period(_day(1), _day(NUM_WEEKS + 1))
    for seed in seeds:
        planned = plan(seed)
        findings = check(judged_calls(planned, seed), truth, period)
        for finding in findings:
            planted = finding.planted
            others = set(finding.named) - {planted.criterion}
            if finding.missing:
                seen["small agent judged"] += bool(finding.named)
            elif planted.criterion is None:
                seen["agent without weakness advised"] += bool(others)
            elif planted.until is None:
                seen["weakness named first"] += finding.named[:1] == (planted.criterion,)
            else:
                seen["named up to the coaching"] += finding.before[:1] == (planted.criterion,)
                seen["improvement found"] += finding.right
        seen["team with anything advised on noise"] += any(
            set(finding.named) - {finding.planted.criterion} for finding in findings
        )
        for rate in _ALIKE:
            alike = team_results(without_weaknesses(planned, seed, rate), period)
            seen[f"team of equals ({rate:.0%} faults) with any advice"] += any(
                choice.needs for choice in choose(alike, CoachingRules()).values()
            )
    lasting = sum(item.criterion is not None and item.until is None for item in truth) - 1
    without = sum(item.criterion is None for item in truth)
    sizes = {"weakness named first": lasting, "agent without weakness advised": without}
    for what, times in seen.items():
        yield what, times, len(seeds) * sizes.get(what, 1)


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("workspace", type=Path, nargs="?", help="where the team's calls were scored")
    parser.add_argument("truth", type=Path, nargs="?", help="team.json")
    parser.add_argument("--seeds", type=int, help="how many teams without audio")
    parser.add_argument("--first-seed", type=int, default=1, help="limits were chosen on seeds 1 to 200")
    options = parser.parse_args()
    out = Console(width=None if sys.stdout.isatty() else 220, highlight=False)
    if options.seeds is not None:
        for what, times, of in count_over_seeds(
            range(options.first_seed, options.first_seed + options.seeds)
        ):
            out.print(f"{what}: {times} of {of} ({times / of:.1%})")
        return 0
    if options.workspace is None or options.truth is None:
        parser.error("name the workspace and team.json, or --seeds N")
    truth = json.loads(options.truth.read_text(encoding="utf-8"))
    with Store.open(options.workspace) as store:
        calls = store.judged()
    first = date.fromisoformat(truth["first_day"])
    period = Period(first, first + timedelta(weeks=NUM_WEEKS))
    findings = check(calls, planted_of(truth), period)
    print_findings(out, findings)
    return 0 if all(finding.right for finding in findings) else 1


def _day(week: int) -> date:
    return (FIRST_MONDAY + timedelta(weeks=week - 1)).date()


if __name__ == "__main__":
    sys.exit(main())
