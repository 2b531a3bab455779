"""A ZIP of clips: sound, texts, a page that plays offline, and a sheet for Excel."""

from __future__ import annotations

import csv
import os
import re
import tempfile
import unicodedata
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

from callqa.clips.encode import Format, encode
from callqa.clips.make import Clip
from callqa.clips.texts import role_word, verdict_word, word
from callqa.errors import UsageError
from callqa.reports.call_text import clock

_UNSAFE = re.compile(r"[^\w-]+")
_MAX_NAME = 80
_COLUMNS = (
    *("number", "file", "criterion", "verdict", "agent", "day", "queue", "call", "start", "end"),
    *("length", "quote", "reason", "surely", "said"),
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Head:
    """What all clips of a ZIP are about; `title` and `description` are the criterion's, in `language`
    (``zh`` or ``en``). `shifted`: customers' voices are in another pitch."""

    language: str
    title: str
    description: str
    shifted: bool = False


@dataclass(frozen=True, slots=True)
class _Entry:
    number: int
    clip: Clip
    agent: str
    audio_name: str
    text_name: str


class ClipArchive:
    """Writes a ZIP; the file appears under its name when all is in it, and not at all where anything
    goes wrong. To be used as a context manager."""

    def __init__(self, path: Path, head: Head, sample_rate_hz: int, kind: Format = "mp3") -> None:
        self._path = path
        self._head = head
        self._rate = sample_rate_hz
        self._kind = kind
        self._entries: list[_Entry] = []

    def __enter__(self) -> ClipArchive:
        if self._path.exists() and not zipfile.is_zipfile(self._path):
            raise UsageError(
                f"{self._path} is there already and is no ZIP.", "Name another file with -o FILE.zip."
            )
        try:
            handle, name = tempfile.mkstemp(".partial", f".{self._path.name}.", self._path.parent)
        except OSError as error:
            raise _unwritable(self._path, error) from error
        self._partial = Path(name)
        self._file = os.fdopen(handle, "wb")
        self._zip = zipfile.ZipFile(self._file, "w", zipfile.ZIP_DEFLATED)
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None and self._entries:
                self._zip.writestr("index.html", _page(self._head, self._entries))
                self._zip.writestr("index.csv", _sheet(self._head.language, self._entries))
                self._zip.close()
                self._file.close()
                # Temporary files are their owner's alone; this one is to be handed on like others.
                umask = os.umask(0)
                os.umask(umask)
                os.chmod(self._partial, 0o666 & ~umask)
                os.replace(self._partial, self._path)
        except OSError as error:
            raise _unwritable(self._path, error) from error
        finally:
            with suppress(OSError):
                self._zip.close()
            with suppress(OSError):
                self._file.close()
            self._partial.unlink(missing_ok=True)

    def add(self, clip: Clip, agent: str) -> None:
        """Add a clip; `agent` is what the agent is called in this ZIP."""
        number = len(self._entries) + 1
        stem = file_stem(number, clip, agent)
        entry = _Entry(number, clip, agent, f"{stem}.{self._kind}", f"{stem}.txt")
        try:
            sound = encode(clip.samples, self._rate, self._kind)
            # Sound is compressed already.
            compression = zipfile.ZIP_STORED if self._kind == "mp3" else zipfile.ZIP_DEFLATED
            self._zip.writestr(entry.audio_name, sound, compression)
            self._zip.writestr(entry.text_name, _text(entry, self._head).encode("utf-8-sig"))
        except OSError as error:
            raise _unwritable(self._path, error) from error
        self._entries.append(entry)


def file_stem(number: int, clip: Clip, agent: str) -> str:
    """A clip's file name without its ending: what it shows, of whom, which call; safe everywhere."""
    parts = (f"{number:03d}", clip.criterion, clip.verdict.value, agent, clip.call_id[:8])
    safe = (_UNSAFE.sub("-", unicodedata.normalize("NFC", part)).strip("-_") for part in parts)
    return "_".join(part[:_MAX_NAME] for part in safe if part)


def _page(head: Head, entries: Sequence[_Entry]) -> str:
    from jinja2 import Environment, PackageLoader, select_autoescape

    environment = Environment(
        loader=PackageLoader("callqa.clips", "."),
        autoescape=select_autoescape(
            default=True, default_for_string=True, enabled_extensions=("j2", "html")
        ),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("index.html.j2").render(
        language=head.language,
        title=head.title,
        description=head.description,
        shifted=head.shifted,
        clips=[_shown(entry) for entry in entries],
        w=lambda name: word(name, head.language),
        verdict_word=verdict_word,
        role_word=role_word,
        clock=clock,
    )


def _shown(entry: _Entry) -> dict[str, Any]:
    return {
        "number": entry.number,
        "clip": entry.clip,
        "agent": entry.agent,
        "audio_name": entry.audio_name,
        "text_name": entry.text_name,
    }


def _sheet(language: str, entries: Sequence[_Entry]) -> bytes:
    table = StringIO(newline="")
    writer = csv.writer(table)
    writer.writerow([word(name, language) for name in _COLUMNS])
    for entry in entries:
        clip = entry.clip
        writer.writerow(
            _cell(value)
            for value in (
                entry.number,
                entry.audio_name,
                clip.criterion,
                verdict_word(clip.verdict, language),
                entry.agent,
                clip.day,
                clip.queue,
                clip.call_id,
                round(clip.span.start, 2),
                round(clip.span.end, 2),
                round(clip.span.duration, 2),
                " / ".join(clip.quotes),
                clip.reason,
                None if clip.probability is None else round(clip.probability, 2),
                "\n".join(f"{role_word(line.role, language)}: {line.text}" for line in clip.lines),
            )
        )
    return table.getvalue().encode("utf-8-sig")


def _cell(value: Any) -> Any:
    """Text that a sheet would take for a formula is kept as text."""
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return "" if value is None else value


def _text(entry: _Entry, head: Head) -> str:
    clip, language = entry.clip, head.language
    colon = "：" if language == "zh" else ": "
    facts = [
        ("criterion", head.title),
        ("verdict", verdict_word(clip.verdict, language)),
        ("reason", clip.reason),
        ("quote", " / ".join(clip.quotes)),
        ("agent", entry.agent),
        ("day", clip.day),
        ("queue", clip.queue),
        ("call", clip.call_id),
        ("at", f"{clock(clip.span.start)}–{clock(clip.span.end)}"),
    ]
    lines = [f"{word(name, language)}{colon}{value}" for name, value in facts if value]
    lines.append("")
    lines += [
        f"[{clock(line.start)}] {role_word(line.role, language)}{colon}{line.text}" for line in clip.lines
    ]
    return "\r\n".join(lines) + "\r\n"


def _unwritable(path: Path, error: OSError) -> UsageError:
    return UsageError(
        f"cannot write {path}: {error.strerror or error}.",
        "Close it where it is open, make room, or name another file with -o.",
    )
