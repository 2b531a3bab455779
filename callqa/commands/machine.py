"""`callqa models` and `callqa doctor`: the weights, and whether this machine has what callqa needs."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from callqa.commands.progress import PullBars
from callqa.commands.terminal import console, print_check, print_models


def list_models() -> None:
    """Print callqa's own models and whether their weights are here."""
    from callqa.weights import list_models as look

    print_models(console(), look())


def pull_models(names: Sequence[str]) -> None:
    """Bring in weights, with a bar for each model."""
    from callqa.weights import pull

    with PullBars(console()) as bars:
        folders = pull(names, bars.update)
    for folder in folders:
        print(folder)


def verify_models(names: Sequence[str]) -> bool:
    """Read weights whole and print what is wrong with them; whether all are right."""
    from callqa.weights import verify

    found = verify(names, progress=lambda name: print(f"reading {name} …", file=sys.stderr))
    print_models(console(), found)
    return all(item.state == "present" for item in found)


def run_doctor(workspace: Path) -> bool:
    """Print each check as it is made; whether everything required is well."""
    from callqa.doctor import is_healthy, run_checks

    out = console()
    checks = []
    for check in run_checks(workspace):
        checks.append(check)
        print_check(out, check)
    return is_healthy(checks)
