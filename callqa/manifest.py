"""The manifest: a CSV with one recording a line. Every mistake is listed, each with its line."""

from __future__ import annotations

import csv
import difflib
import io
import os
from pathlib import Path

from callqa.data import CallRequest
from callqa.errors import InvalidFileError
from callqa.sources import FIELDS, parse_field

_COLUMNS = ("path", *FIELDS)
_HINT = f"The first line names the columns: path, and any of {', '.join(FIELDS)}."


def read_manifest(path: Path) -> list[CallRequest]:
    """The calls a manifest lists; paths in it start at the manifest's own folder.

    UTF-8, UTF-16 and GB18030 are read, with commas, semicolons or tabs, because spreadsheet
    programs write all of these. Raises `InvalidFileError` that lists every mistake.
    """
    rows = read_table(path, "manifest", _HINT)
    if not rows:
        raise InvalidFileError(f"the manifest {path} is empty.", _HINT)
    header = [cell.strip().lower() for cell in rows[0][1]]
    problems = _check_header(header)
    requests: list[CallRequest] = []
    seen: dict[str, int] = {}
    for line, cells in rows[1:]:
        request, mistakes = _read_row(path.parent, header, cells)
        if request is not None:
            first = seen.setdefault(os.path.abspath(request.path), line)
            if first != line:
                mistakes.append(f"{request.path} stands in line {first} already")
            requests.append(request)
        problems += [f"line {line}: {mistake}" for mistake in mistakes]
    if not problems and not requests:
        problems.append("no line after the first names a recording")
    if problems:
        count = f"{len(problems)} mistake{'s' if len(problems) > 1 else ''}"
        raise InvalidFileError(f"the manifest {path} has {count}:", "", tuple(problems))
    return requests


def read_table(path: Path, what: str, hint: str) -> list[tuple[int, list[str]]]:
    """The rows of a CSV that a spreadsheet program wrote, each with the line that it begins in,
    empty ones left out; encodings and delimiters as in `read_manifest`. `what` the file is and the
    `hint` go into the `InvalidFileError` of one that cannot be read."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InvalidFileError(
            f"cannot read the {what} {path}: {error.strerror}.", "Check the path and its permissions."
        ) from error
    text = _decode(path, data, what)
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count) if first.strip() else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows: list[tuple[int, list[str]]] = []
    begin = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append((begin, cells))
            begin = reader.line_num + 1
    except csv.Error as error:
        raise InvalidFileError(f"the {what} {path}, line {begin}, is no valid CSV: {error}.", hint) from error
    return rows


def _decode(path: Path, data: bytes, what: str) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InvalidFileError(
        f"the {what} {path} is neither UTF-8 nor GB18030 text.",
        "Save it as “CSV UTF-8” in the spreadsheet program.",
    )


def _check_header(header: list[str]) -> list[str]:
    problems = []
    if "path" not in header:
        problems.append(f"line 1: the column path is missing. {_HINT}")
    for column in dict.fromkeys(header):
        if header.count(column) > 1 and column:
            problems.append(f"line 1: the column {column} stands there twice")
        if column not in _COLUMNS:
            near = difflib.get_close_matches(column, _COLUMNS, 1)
            name = f"the column {column!r}" if column else "a column without a name"
            problems.append(f"line 1: {name} is not known" + (f"; is {near[0]} meant?" if near else ""))
    return problems


def _read_row(folder: Path, header: list[str], cells: list[str]) -> tuple[CallRequest | None, list[str]]:
    mistakes = []
    if len(cells) > len(header) and any(cell.strip() for cell in cells[len(header) :]):
        mistakes.append(f"{len(cells)} cells where the first line has {len(header)} (is a comma unquoted?)")
    row = dict(zip(header, cells, strict=False))
    fields: dict[str, str | int | None] = {}
    for field in FIELDS:
        try:
            fields[field] = parse_field(field, row.get(field, ""))
        except ValueError as error:
            mistakes.append(f"{field}: {error}")
    name = row.get("path", "").strip()
    if "path" not in header:
        return None, mistakes
    if not name:
        mistakes.append("path is empty")
        return None, mistakes
    name = os.path.expanduser(name)
    target = name if folder == Path() else os.path.join(folder, name)
    if not os.path.lexists(target):
        mistakes.append(f"path: {name} does not exist in {folder.resolve()}")
    elif os.path.isdir(target):
        mistakes.append(f"path: {name} is a folder, not a recording")
    return CallRequest(target, **fields), mistakes  # type: ignore[arg-type]
