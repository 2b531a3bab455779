"""Keeping the loading libraries off the hub unless the user named a model that lives there.

A folder with a missing tokenizer, for one, would make faster-whisper ask the hub for it, from a
machine that holds call recordings. Works on huggingface_hub's own switches, not on environment
variables: those would be inherited by worker processes and taken for the user's wish there.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class _HubState:
    allowed: bool = False
    user_says_offline: bool | None = None


_state = _HubState()


def keep_off_hub() -> None:
    """Switch the hub off in this process, unless `allow_hub` was called; its telemetry always."""
    _switch()


def allow_hub() -> None:
    """Let this process reach the hub, unless the user set ``HF_HUB_OFFLINE`` before."""
    _state.allowed = True
    _switch()


def _switch() -> None:
    from huggingface_hub import constants

    if _state.user_says_offline is None:
        _state.user_says_offline = bool(constants.HF_HUB_OFFLINE)
    constants.HF_HUB_OFFLINE = _state.user_says_offline or not _state.allowed
    constants.HF_HUB_DISABLE_TELEMETRY = True


def reason_of(error: Exception) -> str:
    """The first line of another library's error, to stand before a full stop."""
    if isinstance(error, KeyError):
        return f"it has no entry {error}"
    lines = str(error).strip().splitlines()
    return (lines[0] if lines else repr(error)).rstrip(".: ")
