"""Opening a workspace's database: its file, its locks, its migrations, its errors."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError

from callqa.errors import StoreError

DATABASE_NAME = "callqa.db"
HEAD = "0007"
"""The newest migration. Kept here so that opening an up-to-date workspace needs no Alembic."""

_MIGRATIONS = Path(__file__).parent / "migrations"
_BUSY_TIMEOUT_MS = 30_000


class Database:
    """The SQLite file of one workspace. Reading and writing go through `reading` and `writing`.

    Writers queue up: each takes the write lock when its transaction begins, so that none finds
    out half-way that another was faster.
    """

    def __init__(self, path: Path, foreign_keys: bool = True) -> None:
        self.path = path
        self.engine = _engine(path, foreign_keys)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one state of the workspace. Raises `StoreError`."""
        with mapped_errors(self.path), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that is kept as a whole or not at all. Raises `StoreError`."""
        immediate = self.engine.execution_options(callqa_immediate=True)
        with mapped_errors(self.path), immediate.begin() as connection:
            yield connection

    def drop_log(self) -> None:
        """Write the log of changes into the file and empty it, so that nothing deleted lingers
        there. While another program reads, what it needs stays until it is done."""
        with mapped_errors(self.path), self.engine.connect() as connection:
            raw = connection.connection.cursor()
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            raw.close()

    def close(self) -> None:
        """Let go of the file."""
        self.engine.dispose()


def open_database(workspace: Path, create: bool) -> Database:
    """The workspace's database, brought up to date.

    Raises `StoreError` where there is none and `create` is false, where it cannot be read or
    written, and where a newer callqa wrote it.
    """
    path = workspace / DATABASE_NAME
    if not path.exists():
        if not create:
            raise StoreError(
                f"{workspace} is no callqa workspace: it has no {DATABASE_NAME}.",
                "Score calls into it first with `callqa score`, or name another with --workspace.",
            )
        try:
            # Transcripts of calls are personal data: by default only the owner may read them.
            workspace.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(
                f"cannot create the workspace {workspace}: {error.strerror}.",
                "Name a folder that you may write to with --workspace.",
            ) from error
    database = Database(path)
    try:
        with database.reading() as connection:
            revision = _revision(connection)
        if revision != HEAD:
            _migrate(path)
    except BaseException:
        database.close()
        raise
    return database


@contextmanager
def mapped_errors(path: Path) -> Iterator[None]:
    """Turn the database's errors into `StoreError`s that say what to do."""
    try:
        yield
    except DBAPIError as error:
        raise _describe(path, str(error.orig)) from error
    except sqlite3.Error as error:
        raise _describe(path, str(error)) from error


def _describe(path: Path, what: str) -> StoreError:
    if "is full" in what or "disk I/O error" in what:
        return StoreError(
            f"the disk is full or failing: {path} could not be written ({what}).",
            "Free some space and run the same command again: what was saved is kept.",
        )
    if "locked" in what:
        return StoreError(
            f"{path} was locked by another program for {_BUSY_TIMEOUT_MS // 1000} seconds.",
            "Close that program, or wait until it is done, and run the same command again.",
        )
    if "readonly" in what or "unable to open" in what:
        return StoreError(
            f"{path} cannot be opened for writing ({what}).",
            "Check the permissions of the workspace folder, or name another with --workspace.",
        )
    if "malformed" in what or "not a database" in what:
        return StoreError(
            f"{path} is damaged or no callqa workspace ({what}).",
            "Restore it from a copy, or name another workspace with --workspace.",
        )
    return StoreError(f"{path} could not be used: {what}.")


def _engine(path: Path, foreign_keys: bool) -> Engine:
    engine = create_engine(
        f"sqlite+pysqlite:///{path}",
        json_serializer=lambda value: json.dumps(value, ensure_ascii=False),
        connect_args={"timeout": _BUSY_TIMEOUT_MS / 1000},
    )

    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: Any) -> None:
        # The driver would begin transactions late and leave table changes outside of them.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {_BUSY_TIMEOUT_MS}")
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute(f"PRAGMA foreign_keys = {'ON' if foreign_keys else 'OFF'}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        immediate = connection.get_execution_options().get("callqa_immediate", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

    return engine


def _revision(connection: Connection) -> str | None:
    found = connection.execute(text("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'")).first()
    if found is None:
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _migrate(path: Path) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    # A migration may make a table anew; with foreign keys on, dropping the old one would take the
    # rows of other tables with it.
    database = Database(path, foreign_keys=False)
    with closing(database), database.writing() as connection:
        # Another program may have migrated while this one waited for the write lock.
        revision = _revision(connection)
        known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
        if revision is not None and revision not in known:
            raise StoreError(
                f"{path} was written by a newer callqa (its tables are at {revision}, "
                f"this one knows {HEAD}).",
                "Update callqa, or name another workspace with --workspace.",
            )
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
