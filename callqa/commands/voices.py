"""`callqa voices`: the key to agents' voices, whose are kept, and forgetting them."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

from rich import box
from rich.table import Table

from callqa.commands.terminal import console, count
from callqa.config import load_settings
from callqa.errors import UsageError
from callqa.reports.call_text import print_line
from callqa.store import Store
from callqa.store.sealing import KEY_VARIABLE, create_key, key_path


def init(settings: Path | None, workspace: Path) -> None:
    """Make the key, where there is none, and say how to go on."""
    path = key_path(load_settings(settings).voice_key_file)
    create_key(path, workspace)
    out = console()
    print_line(out, f"made the key {path}, readable by you alone.")
    print_line(
        out,
        "Keep a copy where no workspace is: without it stored voices cannot be read, with it they can.",
    )
    if settings is None or not load_settings(settings).voices:
        print_line(out, "Voices are used where the settings file says `voices: on`; they are biometric data:")
        print_line(out, "agents have to be told, and where the law asks for it, to agree.")


def list_voices(workspace: Path) -> None:
    """Print whose voices are kept, and how much of them."""
    with Store.open(workspace) as store:
        known = store.known_voices()
    out = console()
    if not known:
        print_line(out, f"no voices are kept in {workspace}.")
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("agent", overflow="fold")
    for name in ("calls", "seconds", "waiting"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("last", no_wrap=True)
    for voice in known:
        table.add_row(
            voice.agent_id,
            str(voice.num_calls),
            f"{voice.seconds:.0f}",
            str(voice.num_waiting),
            voice.last_added[:10],
        )
    out.print(table)
    print_line(
        out, "waiting: calls whose roles somebody has to settle; both speakers' voices are kept till then"
    )


def forget(agent: str | None, everybody: bool, settings: Path | None, workspace: Path) -> None:
    """Delete an agent's voice, or all. Raises `UsageError` where it is not said whose, or nothing
    is kept of that agent."""
    if (agent is None) == (not everybody):
        raise UsageError("whose voice?", "callqa voices forget A1023, or callqa voices forget --all")
    out = console()
    with Store.open(workspace) as store:
        known = {voice.agent_id for voice in store.known_voices()}
        if agent is not None and agent not in known:
            listed = ", ".join(sorted(known)) or "nobody's"
            raise UsageError(
                f"no voice of {agent!r} is kept in {workspace}; there are {listed}.",
                "Agents go by their number here: `callqa voices list`.",
            )
        num_deleted = store.forget_voices(agent)
    print_line(out, f"{count(num_deleted, 'voice')} deleted from {workspace}.")
    if everybody:
        place = os.environ.get(KEY_VARIABLE) or key_path(load_settings(settings).voice_key_file)
        print_line(
            out,
            "Old copies of the workspace still hold them, encrypted; delete the key too and nobody can "
            f"read those any more: {shlex.quote(str(place))}",
        )
