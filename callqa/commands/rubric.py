"""`callqa rubric`: a copy to edit, every mistake in it, and what a rubric says."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table

from callqa.commands.terminal import console, count
from callqa.errors import UsageError
from callqa.reports.call_text import print_line
from callqa.scoring.book import ChosenRubric, choose, chosen_of_text
from callqa.scoring.rubric import BandCheck, Check, Criterion, ElementsCheck, Limits, shipped_rubrics
from callqa.store import RubricText, Store

_NAME = re.compile(r"[\w][\w.\-]*")


def new_rubric(name: str, source: str, output: Path | None) -> None:
    """Write a copy of a rubric under another id, its comments kept, to be edited."""
    if not _NAME.fullmatch(name):
        raise UsageError(f"{name!r} is no name for a rubric.", "Letters, digits, _ . and - only.")
    text = choose(source).text
    text = _with_key(_with_key(text, "id", name), "version", '"1"')
    path = output or Path(f"{name}.yaml")
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise UsageError(f"{path} is there already.", "Name another file with --output.") from error
    except OSError as error:
        raise UsageError(
            f"cannot write {path}: {error.strerror}.", "Name another file with --output."
        ) from error
    print(f"{path}: a copy of {source} as {name} version 1.")
    print(f"edit it, then:  callqa rubric check {path}  and  callqa rescore --rubric {path} --dry-run")


def check_rubric(path: str) -> None:
    """Read a rubric; print what it is, or raise `InvalidFileError` with every mistake."""
    rubric = choose(path).rubric
    print(
        f"{path}: {rubric.id} version {rubric.version}, for calls in {rubric.language}, "
        f"{count(len(rubric.criteria), 'criterion').replace('criterions', 'criteria')}: no mistakes."
    )


def show_rubric(name: str | None, language: str | None, workspace: Path, as_text: bool) -> None:
    """Print a rubric: a file, a shipped one, or one that stored calls were judged by (its digest, or
    ID@VERSION); without a name, list them."""
    if name is None:
        _list(console(), workspace)
        return
    chosen = _find(name, workspace)
    if as_text:
        sys.stdout.write(chosen.text)
        return
    _print(console(), chosen, language or chosen.rubric.language)


def _with_key(text: str, key: str, value: str) -> str:
    changed, number = re.subn(rf"(?m)^{key}:[^\n#]*", f"{key}: {value}", text, count=1)
    return changed if number else f"{key}: {value}\n{text}"


def _find(name: str, workspace: Path) -> ChosenRubric:
    if name in shipped_rubrics() or Path(name).exists():
        return choose(name)
    kept = _kept(workspace)
    found = [k for k in kept if name in (k.digest, f"{k.rubric_id}@{k.version}")]
    found = found or [k for k in kept if k.rubric_id == name][-1:]
    if not found:
        known = [*shipped_rubrics(), *(f"{k.rubric_id}@{k.version}" for k in kept)]
        raise UsageError(
            f"There is no rubric {name}.", f"Give a file, or one of {', '.join(dict.fromkeys(known))}."
        )
    return chosen_of_text(found[0].text, found[0].source)


def _kept(workspace: Path) -> list[RubricText]:
    if not (workspace / "callqa.db").exists():
        return []
    with Store.open(workspace) as store:
        return store.rubrics()


def _list(out: Console, workspace: Path) -> None:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in ("rubric", "version", "for calls in"):
        table.add_column(column, no_wrap=True)
    table.add_column("calls judged by it", justify="right", no_wrap=True)
    table.add_column("text", no_wrap=True)
    table.add_column("from", overflow="fold")
    kept = _kept(workspace)
    for item in kept:
        table.add_row(
            item.rubric_id, item.version, item.language, str(item.num_calls), item.digest, item.source
        )
    known = {item.digest for item in kept}
    for name in shipped_rubrics():
        rubric = choose(name).rubric
        if rubric.digest not in known:
            table.add_row(rubric.id, rubric.version, rubric.language, "0", rubric.digest, name)
    out.print(table)


def _print(out: Console, chosen: ChosenRubric, language: str) -> None:
    rubric = chosen.rubric
    print_line(out, f"{rubric.id} version {rubric.version} ({rubric.digest}), for calls in {rubric.language}")
    title = rubric.title.in_language(language)
    if title:
        print_line(out, title)
    print_line(
        out,
        f"a critical fault caps the score at {rubric.critical_cap:g}; partly met is worth "
        f"{rubric.partly_score:g}; unsure: {rubric.when_unsure.replace('_', ' ')}"
        + (
            f"; no score below {100 * rubric.min_judged_share:.0f}% judged" if rubric.min_judged_share else ""
        ),
    )
    for section in rubric.sections:
        print_line(
            out, f"section {section.id}, weight {section.weight:g}: {section.title.in_language(language)}"
        )
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("criterion", overflow="fold", min_width=12)
    table.add_column("weight", justify="right", no_wrap=True)
    table.add_column("what is looked at", overflow="fold", min_width=24)
    table.add_column("not applicable when", overflow="fold")
    for item in rubric.criteria:
        table.add_row(
            _name(item, language),
            f"{item.weight:g}",
            "\n".join(_check_line(check) for check in item.checks),
            "\n".join(_exemptions(item)),
        )
    out.print(table)
    for item in rubric.criteria:
        for words in (item.description, item.advice):
            text = words.in_language(language)
            if text:
                print_line(out, f"{item.id}: {text}")


def _name(item: Criterion, language: str) -> str:
    title = item.title.in_language(language)
    lines = [item.id, *([title] if title else []), *([f"in {item.section}"] if item.section else [])]
    return "\n".join(lines)


def _check_line(check: Check) -> str:
    if isinstance(check, BandCheck):
        name = check.measure if check.component is None else f"{check.measure}.{check.component}"
        bands = f"met {_band(check.met)}" + (f", partly {_band(check.partly)}" if check.partly else "")
        text = f"{name}{f' ({check.unit})' if check.unit else ''}: {bands}"
    elif isinstance(check, ElementsCheck):
        weights = ", ".join(f"{name} {weight:g}" for name, weight in check.weights.items())
        text = f"{check.measure}: {weights}; met from {check.met_from:g}, partly from {check.partly_from:g}"
    else:
        text = f"{check.measure}: met up to {check.met_up_to}, partly up to {check.partly_up_to}"
    marks = [
        "critical" if check.critical else "",
        "partly met at worst" if check.at_worst == "partly_met" else "",
        "" if check.required else "may stay unsure",
    ]
    said = ", ".join(mark for mark in marks if mark)
    return f"{text} ({said})" if said else text


def _band(limits: Limits) -> str:
    low, high = limits
    if low is None:
        return f"up to {high:g}"
    return f"from {low:g}" if high is None else f"{low:g} to {high:g}"


def _exemptions(item: Criterion) -> list[str]:
    lines = []
    for exemption in item.not_applicable_when:
        if exemption.when:
            lines.append(exemption.when.replace("_", " "))
        else:
            name = exemption.measure or ""
            name += f".{exemption.component}" if exemption.component else ""
            lines += [
                f"{name} {word} {limit:g}"
                for word, limit in (("below", exemption.below), ("above", exemption.above))
                if limit is not None
            ]
    return lines
