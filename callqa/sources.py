"""Which files to score, and what is known about each before anyone listens to it.

What is said about a call comes from its manifest row first, then from its file name. What
neither says stays None: nothing is ever made up.
"""

from __future__ import annotations

import dataclasses
import glob
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from callqa.data import CallRequest
from callqa.errors import UsageError

AUDIO_ENDINGS = frozenset(
    {".3gp", ".aac", ".aif", ".aiff", ".al", ".alaw", ".amr", ".ape", ".au", ".awb", ".caf", ".flac", ".gsm"}
    | {".m4a", ".mka", ".mp3", ".mp4", ".oga", ".ogg", ".opus", ".snd", ".spx", ".ul", ".ulaw", ".vox"}
    | {".wav", ".webm", ".wma", ".wv"}
)
"""Endings of the files that are taken out of a folder. A file that is named is always tried."""

FIELDS = ("agent_id", "agent_name", "company", "started_at", "queue", "agent_channel", "language")
"""What a manifest or a file name may say about a call."""

_TIME = r"(?P<started_at>\d{4}-\d{2}-\d{2}T\d{2}-\d{2}-\d{2}|\d{8}[T_-]\d{6})"
_NAME = r"[A-Za-z]+|[\u4e00-\u9fff·]{2,8}"
_DEFAULT_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        # Parts that say what they are: …_AGENT_ChrisL_DT_2025-02-19T06-01-22…, 坐席_李娜, 工号_1023
        rf"(?:^|_)(?:AGENT|坐席|客服)_(?P<agent_name>{_NAME})(?=_|\.|$)",
        r"(?:^|_)(?:AGENTID|工号)_?(?P<agent_id>[A-Za-z]?\d{2,8})(?=_|\.|$)",
        rf"(?:^|_){_TIME}(?=_|\.|$)",
        # callqa's own layout: call_hotline_agentnumber_name_time, the hotline may be left out
        rf"^[^_]+(?:_\d{{5}})?_(?P<agent_id>[A-Za-z]\d{{3,6}})_(?P<agent_name>{_NAME})_{_TIME}(?=_|\.)",
    )
)
_TIME_LAYOUTS = (
    (r"\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d", "%Y-%m-%dT%H-%M-%S"),
    (r"\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d", "%Y-%m-%d_%H-%M-%S"),
    (r"\d{8}T\d{6}", "%Y%m%dT%H%M%S"),
    (r"\d{8}_\d{6}", "%Y%m%d_%H%M%S"),
    (r"\d{8}-\d{6}", "%Y%m%d-%H%M%S"),
    (r"\d{14}", "%Y%m%d%H%M%S"),
    (r"\d{4}/\d{1,2}/\d{1,2} \d{1,2}:\d\d:\d\d", "%Y/%m/%d %H:%M:%S"),
    (r"\d{4}/\d{1,2}/\d{1,2} \d{1,2}:\d\d", "%Y/%m/%d %H:%M"),
)
_LANGUAGES = ("zh", "en")
_MAX_CHANNEL = 7


@dataclass(frozen=True, slots=True)
class Sources:
    """Files to score, in order, each once. `num_ignored` files in folders had an ending that no
    recording has; `unreadable` names could not be used: name, reason, and what to do."""

    requests: tuple[CallRequest, ...]
    num_ignored: int = 0
    unreadable: tuple[tuple[str, str, str], ...] = ()


def collect(
    paths: Sequence[str],
    *,
    manifest: Sequence[CallRequest] = (),
    pattern: re.Pattern[str] | None = None,
    language: str | None = None,
    leave_out: Path | None = None,
) -> Sources:
    """The recordings that files, folders and globs name, and those of a manifest.

    A file that a manifest knows has that row's fields, wherever it is named. `language` holds
    for all calls that nothing else gives one. `leave_out` is a folder never to look into (the
    workspace). Raises `UsageError` for paths that do not exist, all of them at once, and where
    nothing is found.
    """
    found = _Found(leave_out)
    missing = [path for path in paths if not found.add(path)]
    if missing:
        raise UsageError(
            f"not found: {', '.join(missing)}.",
            "Check the spelling; put names with blanks or brackets into quotes.",
        )
    rows = {os.path.abspath(row.path): row for row in manifest}
    files = dict(rows)
    for path in found.files:
        files.setdefault(os.path.abspath(path), CallRequest(path))
    if not files and not found.unreadable:
        raise UsageError(
            f"no recordings in {', '.join(paths) or 'the manifest'}"
            + (f" ({found.num_ignored} other files)." if found.num_ignored else "."),
            "Recordings in a folder are known by their ending (wav, mp3, amr, m4a, ogg, flac, …); "
            "a file with another ending is tried when it is named itself.",
        )
    requests = [_complete(request, pattern, language) for request in files.values()]
    return Sources(tuple(requests), found.num_ignored, tuple(found.unreadable))


def compile_pattern(text: str) -> re.Pattern[str]:
    """A user's pattern for file names. Raises `UsageError` where it is no regular expression,
    names a field that a call does not have, or names none."""
    hint = (
        f"Name the parts, for example (?P<agent_id>\\d+)_(?P<agent_name>[^_]+); fields: {', '.join(FIELDS)}."
    )
    try:
        pattern = re.compile(text)
    except re.error as error:
        raise UsageError(f"--filename-pattern {text!r} is no regular expression: {error}.", hint) from error
    unknown = sorted(set(pattern.groupindex) - set(FIELDS))
    if unknown:
        raise UsageError(
            f"--filename-pattern names fields that a call does not have: {', '.join(unknown)}.", hint
        )
    if not pattern.groupindex:
        raise UsageError("--filename-pattern has no named group.", hint)
    return pattern


def fields_of_name(name: str, pattern: re.Pattern[str] | None = None) -> dict[str, str | int]:
    """What a file name says about its call: by the user's pattern, else by the known layouts.

    A part that is no valid value (a month 13) is left out.

    >>> fields_of_name("Auto0_GUID_000_AGENT_ChrisL_DT_2025-02-19T06-01-22_Mono.wav")
    {'agent_name': 'ChrisL', 'started_at': '2025-02-19T06:01:22'}
    """
    fields: dict[str, str | int] = {}
    for each in (pattern,) if pattern is not None else _DEFAULT_PATTERNS:
        match = each.search(name)
        for field, text in match.groupdict().items() if match else ():
            if text is None or not text.strip():
                continue
            try:
                value = parse_field(field, text.strip())
            except ValueError:
                continue
            if value is not None:
                fields.setdefault(field, value)
    return fields


def parse_field(field: str, text: str) -> str | int | None:
    """A field as text gives it: None for an empty one. Raises `ValueError` that says why not.

    >>> parse_field("started_at", "2025/3/4 9:15")
    '2025-03-04T09:15:00'
    """
    text = text.strip()
    if text.lower() in ("", "none", "null", "nan", "n/a"):
        return None
    parse: Callable[[str], str | int] = _PARSERS.get(field, str)
    return parse(text)


def _parse_time(text: str) -> str:
    """ISO 8601; a date alone stays a date. Only orders that begin with the year are taken."""
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            return date.fromisoformat(text).isoformat()
        if re.fullmatch(r"\d{4}/\d{1,2}/\d{1,2}", text):
            return datetime.strptime(text, "%Y/%m/%d").date().isoformat()
        if re.match(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:", text):
            return datetime.fromisoformat(text).isoformat(timespec="seconds")
        layout = next(layout for shape, layout in _TIME_LAYOUTS if re.fullmatch(shape, text))
        return datetime.strptime(text, layout).isoformat(timespec="seconds")
    except (ValueError, StopIteration) as error:
        raise ValueError(f"{text!r} is no date and time; write 2025-03-04T09:15:00") from error


def _parse_channel(text: str) -> int:
    if not re.fullmatch(r"\d+", text) or int(text) > _MAX_CHANNEL:
        raise ValueError(f"{text!r} is no channel; channels are counted from 0 (left is 0, right is 1)")
    return int(text)


def _parse_language(text: str) -> str:
    if text.lower() not in _LANGUAGES:
        raise ValueError(f"{text!r} is no language that calls may be in ({', '.join(_LANGUAGES)})")
    return text.lower()


_PARSERS: dict[str, Callable[[str], str | int]] = {
    "started_at": _parse_time,
    "agent_channel": _parse_channel,
    "language": _parse_language,
}


def _complete(request: CallRequest, pattern: re.Pattern[str] | None, language: str | None) -> CallRequest:
    fields = fields_of_name(os.path.basename(request.path), pattern)
    known = {field: getattr(request, field) for field in FIELDS if getattr(request, field) is not None}
    merged: dict[str, str | int | None] = {"language": language, **fields, **known}
    return dataclasses.replace(request, **merged)  # type: ignore[arg-type]


class _Found:
    """Files in the order they were named, folders gone through by name."""

    def __init__(self, leave_out: Path | None) -> None:
        self.files: list[str] = []
        self.num_ignored = 0
        self.unreadable: list[tuple[str, str, str]] = []
        self._leave_out = None if leave_out is None else os.path.abspath(leave_out)

    def add(self, path: str) -> bool:
        """Take what `path` names; False where there is nothing of that name."""
        if os.path.isdir(path):
            self._walk(path)
            return True
        if os.path.lexists(path):
            self._take(path)
            return True
        matches = sorted(glob.glob(path, recursive=True)) if glob.has_magic(path) else []
        for match in matches:
            if os.path.isdir(match):
                self._walk(match)
            elif _is_audio(match):
                self._take(match)
            else:
                self.num_ignored += 1
        return bool(matches)

    def _take(self, path: str) -> None:
        try:
            path.encode()
        except UnicodeEncodeError:
            # Names that were made on a system with another encoding cannot be stored or printed.
            shown = os.fsencode(path).decode("utf-8", "replace")
            reason = "the file's name is no UTF-8 text."
            self.unreadable.append((shown, reason, "Rename it, for example with convmv -f gb18030 -t utf-8."))
        else:
            self.files.append(path)

    def _walk(self, folder: str) -> None:
        def note(error: OSError) -> None:
            reason = f"cannot look into this folder: {error.strerror}."
            self.unreadable.append((str(error.filename), reason, "Give permission to read and enter it."))

        for current, folders, names in os.walk(folder, onerror=note):
            # Names with a dot in front are the system's (a Mac's ._call.wav is no recording).
            folders[:] = sorted(
                name
                for name in folders
                if not name.startswith(".")
                and os.path.abspath(os.path.join(current, name)) != self._leave_out
            )
            for name in sorted(names):
                if name.startswith("."):
                    continue
                if _is_audio(name):
                    self._take(os.path.join(current, name))
                else:
                    self.num_ignored += 1


def _is_audio(name: str) -> bool:
    return os.path.splitext(name)[1].lower() in AUDIO_ENDINGS
