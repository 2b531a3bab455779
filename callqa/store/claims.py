"""Who works on what: batches, and the claims that keep two of them off the same recording."""

from __future__ import annotations

import os
import socket
import time
import uuid
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from callqa.store.tables import BatchRow, ClaimRow, now

CLAIM_SECONDS = 60.0
"""A claim nobody renews for this long is void. Batches renew theirs several times in it."""


def begin_batch(connection: Connection, version: str, settings: Any, num_requests: int) -> str:
    """Note that a batch has begun; gives its id."""
    batch_id = uuid.uuid4().hex[:12]
    connection.execute(
        insert(BatchRow).values(
            id=batch_id,
            started_at=now(),
            finished_at=None,
            callqa_version=version,
            settings=settings,
            num_requests=num_requests,
        )
    )
    return batch_id


def end_batch(connection: Connection, batch_id: str) -> None:
    """Note that a batch has ended, and give back whatever it still claims."""
    connection.execute(update(BatchRow).where(BatchRow.id == batch_id).values(finished_at=now()))
    connection.execute(delete(ClaimRow).where(ClaimRow.batch_id == batch_id))


def claim(connection: Connection, sha256: str, batch_id: str) -> bool:
    """Take a recording for a batch; False where another batch is at work on it.

    The caller holds the write lock, so looking and taking are one step.
    """
    row = connection.execute(
        select(ClaimRow.batch_id, ClaimRow.host, ClaimRow.pid, ClaimRow.expires_at).where(
            ClaimRow.sha256 == sha256
        )
    ).first()
    if row is not None:
        if row.batch_id != batch_id and _is_alive(row.host, row.pid, row.expires_at):
            return False
        connection.execute(delete(ClaimRow).where(ClaimRow.sha256 == sha256))
    connection.execute(
        insert(ClaimRow).values(
            sha256=sha256,
            batch_id=batch_id,
            host=socket.gethostname(),
            pid=os.getpid(),
            expires_at=time.time() + CLAIM_SECONDS,
        )
    )
    return True


def abandoned(connection: Connection) -> set[str]:
    """Recordings that a batch was at when it died: one of them may be what killed it."""
    rows = connection.execute(select(ClaimRow.sha256, ClaimRow.host, ClaimRow.pid, ClaimRow.expires_at))
    return {row.sha256 for row in rows if not _is_alive(row.host, row.pid, row.expires_at)}


def renew(connection: Connection, batch_id: str) -> None:
    """Keep a batch's claims for another `CLAIM_SECONDS`."""
    connection.execute(
        update(ClaimRow).where(ClaimRow.batch_id == batch_id).values(expires_at=time.time() + CLAIM_SECONDS)
    )


def release(connection: Connection, sha256: str, batch_id: str) -> None:
    """Give a recording back."""
    connection.execute(delete(ClaimRow).where(ClaimRow.sha256 == sha256, ClaimRow.batch_id == batch_id))


def _is_alive(host: str, pid: int, expires_at: float) -> bool:
    if expires_at <= time.time():
        return False
    if host != socket.gethostname():
        return True
    if pid == os.getpid():
        # Another batch of this very process has ended, or its process id would not be ours.
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
