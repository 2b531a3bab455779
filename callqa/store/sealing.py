"""Encryption of what may only be kept encrypted, with a key that lies outside the workspace.

Fernet (AES-128-CBC with HMAC-SHA256) of the package ``cryptography``. The key is a file of its
own, readable by its owner alone; who copies or steals the workspace has nothing without it.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from callqa.errors import StoreError, UsageError

KEY_VARIABLE = "CALLQA_KEY_FILE"
_INIT = "Make one with `callqa voices init`, or name yours by CALLQA_KEY_FILE or in the settings."


class Sealer:
    """Seals bytes and opens them again."""

    def __init__(self, key: bytes) -> None:
        from cryptography.fernet import Fernet

        self._fernet = Fernet(key)

    def seal(self, data: bytes) -> bytes:
        """`data` encrypted and authenticated."""
        return self._fernet.encrypt(data)

    def open(self, sealed: bytes) -> bytes:
        """What `seal` sealed. Raises `StoreError` where it was another key, or it was changed."""
        from cryptography.fernet import InvalidToken

        try:
            return self._fernet.decrypt(sealed)
        except InvalidToken as error:
            raise StoreError(
                "a stored voice cannot be opened with this key.",
                f"Use the key it was stored with ({KEY_VARIABLE}), or delete what was stored: "
                "callqa voices forget --all",
            ) from error


def key_path(configured: str | None) -> Path:
    """Where the key is: what the environment says, else the settings, else the user's
    configuration folder."""
    named = os.environ.get(KEY_VARIABLE) or configured
    if named:
        return Path(named).expanduser()
    home = os.environ.get("XDG_CONFIG_HOME") or "~/.config"
    return Path(home).expanduser() / "callqa" / "voices.key"


def create_key(path: Path, workspace: Path) -> None:
    """Make a new key, readable by its owner alone.

    Raises `UsageError` where there already is one, or where it would lie in the workspace, with
    which it would be copied, and `StoreError` where it cannot be written.
    """
    from cryptography.fernet import Fernet

    if path.resolve().is_relative_to(workspace.resolve()):
        raise UsageError(
            f"the key {path} would lie in the workspace {workspace}: who copies one would have both.",
            f"Name a file elsewhere with {KEY_VARIABLE}.",
        )
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise UsageError(
            f"there is a key already: {path}.",
            "A new one could not open what is stored; callqa goes on with the one that is there.",
        ) from error
    except OSError as error:
        raise StoreError(
            f"cannot write the key {path}: {error.strerror}.", f"Name another file with {KEY_VARIABLE}."
        ) from error
    with os.fdopen(handle, "wb") as file:
        file.write(Fernet.generate_key() + b"\n")


def load_sealer(path: Path) -> Sealer:
    """The key in `path`, ready for use.

    Raises `StoreError` where there is none, where others than its owner may read it, and where it
    is no key.
    """
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        key = path.read_bytes().strip()
    except FileNotFoundError as error:
        raise StoreError(f"voices are only kept encrypted, and there is no key at {path}.", _INIT) from error
    except OSError as error:
        raise StoreError(
            f"cannot read the key {path}: {error.strerror}.", "Check its permissions."
        ) from error
    if os.name == "posix" and mode & 0o077:
        raise StoreError(
            f"others may read the key {path} (its mode is {mode:04o}).", f"Run: chmod 600 {path}"
        )
    try:
        return Sealer(key)
    except ValueError as error:
        raise StoreError(f"{path} holds no key.", _INIT) from error
