"""`callqa roles`: which calls wait for a person to say who the agent is, and that person's word."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from callqa.commands import roles_sheet
from callqa.commands.terminal import console, count, print_changes, short_ids
from callqa.config import Settings
from callqa.data import CallFacts, Role
from callqa.errors import InvalidFileError, UsageError
from callqa.reports.call_text import print_line
from callqa.reports.roles_text import print_waiting
from callqa.settling import Said, Settlement, look_again, settle_call, user_name, waits_for_a_person
from callqa.store import Store
from callqa.stored_judging import Judgings
from callqa.voices import voice_keeper


@dataclass(frozen=True, slots=True)
class RolesOptions:
    """What `callqa roles` was asked for. `call` None means the waiting calls."""

    call: str | None
    agent: str | None
    swap: bool
    none: bool
    auto: bool
    by: str | None
    csv: Path | None
    settled: Path | None
    rubric: str | None
    settings: Path | None
    workspace: Path


def roles(options: RolesOptions) -> None:
    """Do what was asked for. Raises `UsageError` where that is not one thing."""
    said = _said(options)
    if options.settled is not None:
        if options.call is not None or said is not None or options.csv is not None:
            raise UsageError("--from goes alone: the file names calls and agents.", _HINT)
        _settle_from(options, options.settled)
    elif options.call is not None:
        if said is None or options.csv is not None:
            raise UsageError(f"what of {options.call}? Nobody is named as its agent.", _HINT)
        with Store.open(options.workspace) as store:
            call_id = store.find(options.call)
            _settle(options, store, [(call_id, said)])
    elif said is not None:
        raise UsageError("of which call?", _HINT)
    else:
        _list_waiting(options)


_HINT = "For example: callqa roles CALL --agent SPEAKER_01; without anything it lists the waiting calls."


def _said(options: RolesOptions) -> Settlement | None:
    words: list[tuple[bool, Said]] = [
        (options.agent is not None, "agent"),
        (options.swap, "swap"),
        (options.none, "none"),
        (options.auto, "auto"),
    ]
    given = [said for there, said in words if there]
    if len(given) > 1:
        raise UsageError("--agent, --swap, --none and --auto exclude each other.", _HINT)
    return Settlement(given[0], options.by or user_name(), options.agent) if given else None


def _settle_from(options: RolesOptions, path: Path) -> None:
    by = options.by or user_name()
    problems: list[str] = []
    wanted: list[tuple[str, Settlement]] = []
    seen: dict[str, int] = {}
    with Store.open(options.workspace) as store:
        for row in roles_sheet.read_sheet(path):
            if not row.agent:
                continue
            try:
                call_id = roles_sheet.find_call(store, row)
                if call_id in seen:
                    problems.append(f"line {row.line}: call {call_id} already stands in line {seen[call_id]}")
                    continue
                seen[call_id] = row.line
                settlement = roles_sheet.settlement(row, store.load(call_id).analysis.facts, by)
            except UsageError as error:
                problems.append(f"line {row.line}: {error.message}")
                continue
            wanted.append((call_id, settlement))
        if problems:
            raise InvalidFileError(
                f"{path} has mistakes; nothing was settled:",
                "Mend these lines and run it again.",
                tuple(problems),
            )
        if not wanted:
            print_line(console(), f"{path} names no agent: fill in its column agent_is.")
            return
        _settle(options, store, wanted)


def _settle(options: RolesOptions, store: Store, wanted: Sequence[tuple[str, Settlement]]) -> None:
    judgings = Judgings(options.rubric, options.settings)
    changes = [settle_call(store, call_id, said, judgings.of) for call_id, said in wanted]
    out = console()
    print_changes(out, changes)
    for (_, settlement), change in zip(wanted, changes, strict=True):
        facts = store.load(change.call_id).analysis.facts
        print_line(out, f"{_outcome(settlement, facts)} {change.call_id}; saved.")
    known = _follow_voices(store, judgings, {call_id for call_id, _ in wanted})
    for call_id in known:
        print_line(out, f"{call_id}: the agent is known by the voice now.")


def _outcome(settlement: Settlement, facts: CallFacts) -> str:
    if settlement.said == "none":
        return "nobody is an agent in"
    agent = next((name for name, role in facts.roles.speakers.items() if role is Role.AGENT), None)
    if settlement.said == "auto":
        found = "the roles are uncertain" if agent is None else f"{agent} is the agent"
        return f"callqa decides again: {found} in"
    return f"{agent} is the agent of"


def _follow_voices(store: Store, judgings: Judgings, settled: set[str]) -> list[str]:
    """Waiting calls of the same agents, looked at again with what was taught just now."""
    agents = {call.agent_id for call in store.summaries(ids=settled)} - {None}
    known = []
    for call in store.summaries():
        if call.agent_id not in agents or call.id in settled or call.roles_certain:
            continue
        stored = store.load(call.id)
        keeper = voice_keeper(store, Settings.model_validate(stored.keys.settings))
        if keeper is not None and look_again(store, call.id, keeper, judgings.of(stored).judge):
            known.append(call.id)
    return known


def _list_waiting(options: RolesOptions) -> None:
    out = console()
    with Store.open(options.workspace) as store:
        stored = [store.load(call.id) for call in store.summaries() if not call.roles_certain]
    waiting = [call for call in stored if waits_for_a_person(call.analysis.facts)]
    if not waiting:
        print_line(out, f"no call in {options.workspace} waits for a person to say who the agent is.")
        return
    if options.csv is not None:
        roles_sheet.write_sheet(options.csv, waiting)
        print_line(out, f"{count(len(waiting), 'call')} in {options.csv}. Fill in the column agent_is, then:")
        print_line(out, f"  callqa roles --from {shlex.quote(str(options.csv))}{_place(options.workspace)}")
        return
    ids = short_ids([call.id for call in waiting])
    for call in waiting:
        print_waiting(out, call.analysis.facts, ids[call.id], call.paths, _place(options.workspace))
    print_line(out, f"{count(len(waiting), 'call')}. Many at once:  callqa roles --csv waiting.csv")


def _place(workspace: Path) -> str:
    return "" if str(workspace) == "callqa-workspace" else f" --workspace {shlex.quote(str(workspace))}"
