"""Tables for other systems: what stands in each column, and files in CSV and Parquet.

The columns are described in ``docs/export.md``; a test holds the two against each other and against
what is really written.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Literal

from callqa.errors import UsageError
from callqa.reports.shapes import moment_of
from callqa.store import CallSummary, ExportedNumber, ExportedVerdict, JudgedCall

Type = Literal["text", "number", "boolean", "time"]
_BATCH = 50_000
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Field:
    """One column. `required`: never empty."""

    name: str
    type: Type
    required: bool = False


_CALL = (
    Field("call_id", "text", True),
    Field("started_at", "time"),
    Field("agent_id", "text"),
    Field("agent_name", "text"),
    Field("queue", "text"),
    Field("language", "text", True),
)
TABLES: Mapping[str, tuple[Field, ...]] = {
    "calls": (
        *_CALL,
        Field("path", "text"),
        Field("duration", "number", True),
        Field("status", "text", True),
        Field("roles_certain", "boolean", True),
        Field("untranscribed_share", "number", True),
        Field("truncated", "boolean", True),
        Field("score", "number"),
        Field("judged_share", "number", True),
        Field("capped_by", "text"),
        Field("rubric_id", "text", True),
        Field("rubric_version", "text", True),
    ),
    "verdicts": (
        *_CALL,
        Field("rubric_id", "text", True),
        Field("rubric_version", "text", True),
        Field("criterion", "text", True),
        Field("verdict", "text", True),
        Field("score", "number"),
        Field("weight", "number", True),
        Field("critical", "boolean", True),
    ),
    "measures": (
        *_CALL,
        Field("measure", "text", True),
        Field("component", "text"),
        Field("value", "number"),
        Field("unit", "text"),
    ),
}


def call_rows(calls: Iterable[JudgedCall], summaries: Iterable[CallSummary]) -> Iterator[tuple[Any, ...]]:
    """Rows of the table ``calls``."""
    by_id = {item.id: item for item in summaries}
    for call in calls:
        other = by_id[call.id]
        yield (
            call.id,
            call.started_at,
            call.agent_id,
            call.agent_name,
            call.queue,
            call.language,
            other.paths[0] if other.paths else None,
            other.duration,
            call.status,
            call.roles_certain,
            other.untranscribed_share,
            other.truncated,
            call.score,
            call.judged_share,
            call.capped_by,
            *call.rubric,
        )


def exported_rows(
    table: str, items: Iterable[ExportedVerdict] | Iterable[ExportedNumber]
) -> Iterator[tuple[Any, ...]]:
    """Rows of the tables ``verdicts`` and ``measures``."""
    names = [field.name for field in TABLES[table]]
    for item in items:
        yield tuple(getattr(item, name) for name in names)


def write_table(path: Path, table: str, rows: Iterable[tuple[Any, ...]]) -> int:
    """Write a table by the file's ending, ``.csv`` or ``.parquet``; gives the number of rows.

    Raises `UsageError` where the ending is another, the file cannot be written, or Parquet is asked
    for without pyarrow.
    """
    writers = {".csv": _write_csv, ".parquet": _write_parquet}
    writer = writers.get(path.suffix.lower())
    if writer is None:
        raise UsageError(f"{path} is neither .csv nor .parquet.", f"Name it {table}.csv, for example.")
    fields = TABLES[table]
    try:
        return writer(path, fields, (_typed(fields, row) for row in rows))
    except OSError as error:
        raise UsageError(
            f"cannot write {path}: {error.strerror}.", "Close it where it is open, or name another file."
        ) from error


def _typed(fields: tuple[Field, ...], row: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(
        moment_of(value) if field.type == "time" else value for field, value in zip(fields, row, strict=True)
    )


def _write_csv(path: Path, fields: tuple[Field, ...], rows: Iterable[tuple[Any, ...]]) -> int:
    num_rows = 0
    # With a mark at its beginning Excel takes the file for UTF-8.
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([field.name for field in fields])
        for row in rows:
            writer.writerow([_cell(value) for value in row])
            num_rows += 1
    return num_rows


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value if isinstance(value, str | int | float) else value.isoformat()


def _write_parquet(path: Path, fields: tuple[Field, ...], rows: Iterable[tuple[Any, ...]]) -> int:
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError as error:
        raise UsageError(
            "Parquet needs pyarrow, which is not installed.",
            "Install callqa with it (pip install 'callqa[parquet]'), or write a .csv file.",
        ) from error
    types = {
        "text": pyarrow.string(),
        "number": pyarrow.float64(),
        "boolean": pyarrow.bool_(),
        "time": pyarrow.timestamp("us"),
    }
    schema = pyarrow.schema(
        [pyarrow.field(field.name, types[field.type], nullable=not field.required) for field in fields]
    )
    num_rows = 0
    waiting = iter(rows)
    with parquet.ParquetWriter(path, schema) as writer:
        while batch := list(islice(waiting, _BATCH)):
            columns = [
                pyarrow.array(column, type=field.type)
                for column, field in zip(zip(*batch, strict=True), schema, strict=True)
            ]
            writer.write_table(pyarrow.Table.from_arrays(columns, schema=schema))
            num_rows += len(batch)
    return num_rows
