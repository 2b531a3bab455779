"""What containers announce about their length, and whether a file holds less than that."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

_STATES_LENGTH = ("mov", "mp4", "flac", "matroska", "w64", "aiff", "caf")
_TOLERANCE = 0.5
_UNKNOWN_SIZES = (0, 0xFFFFFFFF, 0x7FFFFFFF, 0x7FFFF000)
_ASF_FILE_PROPERTIES = bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365")

_ENDINGS = {
    "wav": (".wav", ".wave"),
    "mp3": (".mp3",),
    "flac": (".flac",),
    "ogg": (".ogg", ".opus", ".oga"),
    "amr": (".amr", ".awb"),
    "asf": (".wma", ".asf"),
    "aac": (".aac",),
    "mov": (".m4a", ".mp4", ".m4b", ".3gp", ".3gpp", ".mov", ".aac"),
    "aiff": (".aif", ".aiff"),
    "matroska": (".mka", ".webm", ".weba"),
}


def expected_endings(container: str) -> tuple[str, ...]:
    """The endings that files of an FFmpeg container usually have; empty where none is usual."""
    return _ENDINGS.get(container.split(",")[0], ())


def declared_duration(container: Any, stream: Any) -> float | None:
    """Seconds that the file says, or FFmpeg estimates, it lasts; None where neither is known."""
    if stream.duration is not None and stream.time_base is not None:
        return float(stream.duration * stream.time_base)
    return float(container.duration) / 1_000_000 if container.duration else None


def unstated_priming(path: Path, container: str) -> int:
    """Samples at the source's rate that the encoder put before the sound without saying so.

    AAC without a container begins with at least one frame of 1,024; MP3 without a Xing header
    with the 576 of the usual encoder and the 529 of every decoder. At 8 kHz this is 0.13 s.
    """
    if container == "aac":
        return 1024
    if container == "mp3" and not _has_xing_header(path):
        return 576 + 529
    return 0


def is_cut_off(path: Path, container: str, declared: float | None, decoded: float) -> bool:
    """Whether the file ends before the sound that it announces.

    Containers without a length of their own (AMR, raw AAC, MP3 without a Xing header) cannot
    tell; they count as whole.
    """
    kinds = container.split(",")
    if "wav" in kinds:
        return _wav_is_cut_off(path)
    if "ogg" in kinds:
        return _ogg_is_cut_off(path)
    if "asf" in kinds:
        return _asf_is_cut_off(path)
    states_length = any(kind in _STATES_LENGTH for kind in kinds) or (
        "mp3" in kinds and _has_xing_header(path)
    )
    return states_length and declared is not None and declared - decoded > max(_TOLERANCE, 0.01 * declared)


def _wav_is_cut_off(path: Path) -> bool:
    """Whether the data chunk is longer than the file. A recorder that was never stopped leaves
    sizes of 0 or all ones, which announce nothing."""
    size = path.stat().st_size
    with path.open("rb") as file:
        if file.read(4) != b"RIFF":
            return False
        file.seek(12)
        while len(header := file.read(8)) == 8:
            kind, length = struct.unpack("<4sI", header)
            if kind == b"data":
                return length not in _UNKNOWN_SIZES and file.tell() + length > size + 1
            file.seek(length + length % 2, 1)
    return False


def _ogg_is_cut_off(path: Path) -> bool:
    """Whether the last page lacks the end-of-stream mark (RFC 3533, header type bit 2)."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - 70_000))  # a page holds 65,307 bytes at most
        tail = file.read()
    last = tail.rfind(b"OggS")
    return last < 0 or len(tail) < last + 6 or not tail[last + 5] & 4


def _asf_is_cut_off(path: Path) -> bool:
    """Whether the file is shorter than its File Properties Object says; 0 there says nothing."""
    with path.open("rb") as file:
        head = file.read(65_536)
    place = head.find(_ASF_FILE_PROPERTIES)
    if place < 0 or len(head) < place + 48:
        return False
    (announced,) = struct.unpack_from("<Q", head, place + 40)
    return bool(announced > path.stat().st_size)


def _has_xing_header(path: Path) -> bool:
    with path.open("rb") as file:
        head = file.read(10)
        start = 0
        if head[:3] == b"ID3" and len(head) == 10:
            # ID3v2: four bytes of seven bits each.
            start = 10 + ((head[6] << 21) | (head[7] << 14) | (head[8] << 7) | head[9])
        file.seek(start)
        first_frames = file.read(4096)
    return b"Xing" in first_frames or b"Info" in first_frames
