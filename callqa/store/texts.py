"""Rubrics and lexicons as they were when calls were judged by them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select
from sqlalchemy.dialects.sqlite import insert as upsert

from callqa.errors import UsageError
from callqa.store.codec import pack, unpack
from callqa.store.tables import CallRow, LexiconSetRow, RubricRow, now


@dataclass(frozen=True, slots=True)
class RubricText:
    """A rubric's file as it was. `source` is where it was read from, a path or a shipped rubric's
    name; `num_calls` how many stored calls were last judged by it."""

    digest: str
    rubric_id: str
    version: str
    language: str
    source: str
    text: str
    added_at: str = ""
    num_calls: int = 0


def keep_rubric(connection: Connection, rubric: RubricText) -> None:
    """Keep a rubric's text; nothing happens where it is kept already.

    Raises `UsageError` where its id and version mean another text here.
    """
    other = find_other_text(connection, rubric)
    if other is not None:
        raise UsageError(
            f"the rubric {rubric.rubric_id} version {rubric.version} ({rubric.source}) is not what it was "
            f"when calls were judged by it ({other.added_at[:10]}, {other.source}).",
            "A rubric change is a new version: write another version into the file. "
            f"`callqa rubric show {other.digest}` prints the text as it was.",
        )
    values = {
        "digest": rubric.digest,
        "rubric_id": rubric.rubric_id,
        "version": rubric.version,
        "language": rubric.language,
        "source": rubric.source,
        "text": rubric.text,
        "added_at": now(),
    }
    connection.execute(upsert(RubricRow).values(**values).on_conflict_do_nothing())


def find_other_text(connection: Connection, rubric: RubricText) -> RubricText | None:
    """What the same id and version meant before, None where it is the same or new."""
    row = connection.execute(
        select(RubricRow).where(
            RubricRow.rubric_id == rubric.rubric_id,
            RubricRow.version == rubric.version,
            RubricRow.digest != rubric.digest,
        )
    ).first()
    return None if row is None else RubricText(**row._mapping)


def list_rubrics(connection: Connection) -> list[RubricText]:
    """Every rubric that calls were judged by, by id and then by when it came."""
    used: dict[str | None, int] = {
        row[0]: row[1]
        for row in connection.execute(
            select(CallRow.rubric_digest, func.count()).group_by(CallRow.rubric_digest)
        )
    }
    rows = connection.execute(select(RubricRow).order_by(RubricRow.rubric_id, RubricRow.added_at))
    return [RubricText(**row._mapping, num_calls=used.get(row.digest, 0)) for row in rows]


def keep_lexicons(connection: Connection, digest: str, language: str, content: Mapping[str, Any]) -> None:
    """Keep a language's lexicons; nothing happens where they are kept already."""
    known = connection.execute(select(LexiconSetRow.digest).where(LexiconSetRow.digest == digest)).first()
    if known is None:
        values = {"digest": digest, "language": language, "content": pack(content), "added_at": now()}
        connection.execute(upsert(LexiconSetRow).values(**values).on_conflict_do_nothing())


def load_lexicon_sets(connection: Connection) -> dict[str, tuple[str, dict[str, Any]]]:
    """Language and content of each kept set of lexicons, by its digest."""
    rows = connection.execute(select(LexiconSetRow.digest, LexiconSetRow.language, LexiconSetRow.content))
    return {row.digest: (row.language, unpack(dict, row.content)) for row in rows}
