"""Who saw personal data as it was said: the right to, and a log of each time."""

from __future__ import annotations

import getpass
import json
from datetime import UTC, datetime
from pathlib import Path

from callqa.config import MaskingSettings
from callqa.errors import StoreError, UsageError

LOG_NAME = "access-log.jsonl"


def note_unmasked(
    workspace: Path,
    call_id: str,
    command: str,
    reason: str | None,
    settings: MaskingSettings | None = None,
) -> None:
    """Note in the workspace's access log that a call is shown unmasked: when (UTC), who (the user of this
    machine), which call, by which command, why. To be called before anything is shown.

    Raises `UsageError` where there is no reason and the settings do not allow to do without, and
    `StoreError` where the log cannot be written: then nothing may be shown.
    """
    reason = (reason or "").strip()
    allowed = settings is not None and settings.unmasked_allowed
    if not reason and not allowed:
        raise UsageError(
            "the original holds personal data, and nothing says why it is needed.",
            'Give a reason, --reason "complaint 4711"; it is noted in the access log. Or allow it in the '
            "settings: masking: {unmasked_allowed: true}.",
        )
    entry = {
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "who": _user(),
        "call": call_id,
        "command": command,
        "reason": reason or None,
    }
    path = workspace / LOG_NAME
    try:
        with path.open("a", encoding="utf-8") as log:
            log.write(json.dumps(entry, ensure_ascii=False) + "\n")
    except OSError as error:
        raise StoreError(
            f"cannot note in {path} that personal data is shown: {error.strerror}.",
            "Without the note it stays masked; see that the workspace can be written.",
        ) from error


def _user() -> str | None:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        # A user without a name, as in some containers.
        return None
