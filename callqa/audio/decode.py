"""Audio files to samples: what a file is, is found out from its content, never from its name.

FFmpeg (through PyAV) drops the encoder's priming samples where the container states them, so
times are those of the sound that was recorded. What FFmpeg says about broken files is turned
into an `AudioError` that a person can act on.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from callqa.audio.container import declared_duration, expected_endings, is_cut_off, unstated_priming
from callqa.data import CallRequest, Recording
from callqa.errors import AudioError

if TYPE_CHECKING:
    import av

Samples = NDArray[np.float32]

MAX_DURATION = 4 * 3600.0
"""Seconds of one- or two-channel sound that are decoded at most (1.8 GB at 16 kHz)."""

_ID_LENGTH = 16
_FIRST_GUESS = 1800.0
# A longer step forward in the timestamps is sound that is missing, and silence keeps the time.
_GAP = 0.1
# Damaged places in a row after which the rest of the file is given up.
_MAX_FAILURES = 100

# Containers of sound, and of films so that a film can be called one. What can name other files
# (playlists, concatenation scripts) or takes any text (subtitles, tty) stays outside.
_CONTAINERS = (
    "wav,w64,aiff,au,caf,mp3,aac,adts,loas,amr,amrnb,amrwb,mov,mp4,m4a,3gp,3g2,mj2,ogg,flac,asf,gsm,"
    "ac3,eac3,wv,ape,tta,voc,sln,matroska,webm,avi,flv,mpeg,mpegts"
)

_FORMATS = "WAV, MP3, AMR, M4A/AAC, OGG/Opus, FLAC and WMA are read"


@dataclass(frozen=True, slots=True)
class DecodedAudio:
    """One file's sound.

    `samples` is float32 `(channel, time)` in [-1, 1] at `sample_rate_hz`. `codec` and
    `container` are FFmpeg's names. `truncated` says that the file ends before the sound that its
    header announces. `notes` are sentences for the person who reads the call's result.
    """

    samples: Samples
    sample_rate_hz: int
    source_sample_rate_hz: int
    source_channels: int
    codec: str
    container: str
    truncated: bool = False
    notes: tuple[str, ...] = ()

    @property
    def duration(self) -> float:
        """Seconds of sound that were decoded."""
        return float(self.samples.shape[1]) / self.sample_rate_hz


def decode(
    path: Path,
    sample_rate_hz: int = 16_000,
    *,
    min_duration: float = 0.0,
    max_duration: float = MAX_DURATION,
) -> DecodedAudio:
    """Decode a file whole, resampled to `sample_rate_hz`, every channel kept.

    Memory holds the result once and little more, however long the file. `max_duration` is for
    up to two channels; more channels shorten it, since it is there to bound memory.

    Raises `AudioError` for whatever is wrong with the file: not there, not readable, empty, not
    audio, a video, damaged, shorter than `min_duration` or longer than `max_duration` seconds.
    """
    import av

    path = Path(path)
    with open_audio(path) as file:
        size = path.stat().st_size
        if not size:
            raise AudioError(f"{path} is empty (0 bytes).", "Export or copy the recording again.")
        try:
            with av.open(
                _Nameless(file),
                metadata_errors="ignore",
                options={"format_whitelist": _CONTAINERS},
            ) as container:
                stream = _audio_stream(container, path)
                decoded = _decode_stream(container, stream, path, sample_rate_hz, max_duration)
        except av.FFmpegError as error:
            raise _not_audio(path, error) from error
        except OSError as error:
            raise _unreadable(path, error) from error
        except (ValueError, UnicodeDecodeError) as error:
            # PyAV's own checks on what FFmpeg found: impossible rates, channel layouts, names.
            raise _damaged(path) from error
    if decoded.duration < min_duration:
        raise AudioError(
            f"{path} holds only {decoded.duration:.2f} s of sound, {min_duration:g} s are needed.",
            "Leave it out, or export the recording again if the call was longer.",
        )
    return decoded


def open_audio(path: Path) -> BufferedReader:
    """The file, open for reading. Raises `AudioError` where that cannot be."""
    try:
        return path.open("rb")
    except FileNotFoundError as error:
        raise AudioError(
            f"{path} is not there (any more).", "Check the path, or put the file back and score it again."
        ) from error
    except IsADirectoryError as error:
        raise AudioError(f"{path} is a folder, not a recording.", "Name the files in it.") from error
    except PermissionError as error:
        raise AudioError(
            f"{path} may not be read by this user.", "Give read permission on the file and its folder."
        ) from error
    except OSError as error:
        raise _unreadable(path, error) from error


def hash_file(path: Path) -> str:
    """SHA-256 of the file's bytes, as hex digits. Raises `AudioError` where it cannot be read."""
    digest = hashlib.sha256()
    with open_audio(Path(path)) as file:
        try:
            while block := file.read(1 << 20):
                digest.update(block)
        except OSError as error:
            raise _unreadable(Path(path), error) from error
    return digest.hexdigest()


def recording_id(file_hash: str) -> str:
    """The recording's id: the first 16 hex digits of its file's SHA-256."""
    return file_hash[:_ID_LENGTH]


def recording_of(request: CallRequest, decoded: DecodedAudio, file_id: str) -> Recording:
    """What is known about a decoded file, together with what its request says of the call."""
    return Recording(
        id=recording_id(file_id),
        path=request.path,
        duration=round(decoded.duration, 3),
        sample_rate=decoded.source_sample_rate_hz,
        channels=decoded.source_channels,
        agent_id=request.agent_id,
        agent_name=request.agent_name,
        started_at=request.started_at,
        company=request.company,
        queue=request.queue,
        agent_channel=request.agent_channel,
        language=request.language,
        truncated=decoded.truncated,
        notes=decoded.notes,
    )


class _Nameless:
    """A file without its name, so that FFmpeg judges the content alone."""

    def __init__(self, file: BufferedReader) -> None:
        self.read = file.read
        self.seek = file.seek
        self.tell = file.tell


class _Buffer:
    """Samples `(channel, time)` that grow, without a copy as long as the first guess holds."""

    def __init__(self, num_channels: int, first_guess: int) -> None:
        # Memory that is never written to is never taken, so a generous guess costs nothing.
        self._store = np.empty((num_channels, max(first_guess, 1)), dtype=np.float32)
        self.length = 0

    def append(self, block: NDArray[Any]) -> None:
        """Add `(channel, time)` samples."""
        place = self._reserve(block.shape[1])
        self._store[:, place] = block

    def append_silence(self, num_samples: int) -> None:
        """Add zeros."""
        place = self._reserve(num_samples)
        self._store[:, place] = 0.0

    def samples(self) -> Samples:
        """All that was added, clipped to [-1, 1], nothing that is not a number left."""
        found = self._store[:, : self.length]
        step = 1 << 20
        for start in range(0, self.length, step):
            part = found[:, start : start + step]
            np.nan_to_num(part, copy=False, nan=0.0, posinf=1.0, neginf=-1.0)
            np.clip(part, -1.0, 1.0, out=part)
        return found

    def _reserve(self, num_samples: int) -> slice:
        end = self.length + num_samples
        if end > self._store.shape[1]:
            grown = np.empty((self._store.shape[0], max(end, self._store.shape[1] * 3 // 2)), np.float32)
            grown[:, : self.length] = self._store[:, : self.length]
            self._store = grown
        place = slice(self.length, end)
        self.length = end
        return place


def _audio_stream(container: Any, path: Path) -> Any:
    from av.stream import Disposition

    # Covers of music files are pictures, not a film.
    if any(not stream.disposition & Disposition.attached_pic for stream in container.streams.video):
        raise AudioError(
            f"{path} is a video.",
            "Export its sound track as a WAV or M4A file with your player or editor and score that.",
        )
    if not container.streams.audio:
        raise AudioError(f"{path} has no sound track.", f"Check the file: {_FORMATS}.")
    return container.streams.audio[0]


def _decode_stream(
    container: Any, stream: Any, path: Path, sample_rate_hz: int, max_duration: float
) -> DecodedAudio:
    context = stream.codec_context
    source_rate, num_channels = context.sample_rate, context.channels
    if not source_rate or not num_channels:
        raise _damaged(path)
    limit = max_duration / max(1.0, num_channels / 2)
    declared = declared_duration(container, stream)
    if declared is not None and declared > limit:
        raise _too_long(path, declared, limit)
    guess = min(limit, (declared or _FIRST_GUESS) + 1.0)
    buffer = _Buffer(num_channels, int(guess * sample_rate_hz))
    counts = _Counts()
    priming = round(unstated_priming(path, container.format.name) / source_rate * sample_rate_hz)
    for block, gap in _resampled(container, stream, num_channels, sample_rate_hz, counts):
        if priming:
            block, priming = block[:, priming:], max(0, priming - block.shape[1])
        if gap:
            buffer.append_silence(min(round(gap * sample_rate_hz), int(limit * sample_rate_hz)))
        buffer.append(block)
        if buffer.length > limit * sample_rate_hz:
            raise _too_long(path, buffer.length / sample_rate_hz, limit)
    if counts.damaged > counts.good or (counts.damaged and not buffer.length):
        raise _damaged(path)
    if not buffer.length:
        raise AudioError(
            f"{path} holds no sound: its header is fine, but no samples follow.",
            "Export or copy the recording again.",
        )
    duration = buffer.length / sample_rate_hz
    truncated = counts.broke_off or is_cut_off(path, container.format.name, declared, duration)
    return DecodedAudio(
        samples=buffer.samples(),
        sample_rate_hz=sample_rate_hz,
        source_sample_rate_hz=source_rate,
        source_channels=num_channels,
        codec=context.name,
        container=container.format.name,
        truncated=truncated,
        notes=tuple(_notes(container, path, truncated, duration, counts)),
    )


@dataclass(slots=True)
class _Counts:
    """Packets that decoded, packets that did not, and whether the last one was of the latter."""

    good: int = 0
    damaged: int = 0
    broke_off: bool = False


def _resampled(
    container: Any, stream: Any, num_channels: int, sample_rate_hz: int, counts: _Counts
) -> Iterator[tuple[NDArray[Any], float]]:
    """Blocks `(channel, time)` at the wanted rate, each with the seconds missing before it."""
    import av

    resampler: Any = None
    setup: tuple[Any, ...] | None = None
    expected: float | None = None
    for frame in _frames(container, stream, counts):
        if frame.layout.nb_channels != num_channels:
            counts.broke_off = True  # another recording is glued on: what follows is not this call
            break
        gap = 0.0
        if frame.pts is not None and frame.time_base is not None:
            time = float(frame.pts * frame.time_base)
            if expected is not None and time - expected > _GAP:
                gap = time - expected
            expected = time + frame.samples / frame.sample_rate
        elif expected is not None:
            expected += frame.samples / frame.sample_rate
        if setup != (frame.sample_rate, frame.layout.name, frame.format.name):
            yield from ((block, 0.0) for block in _flush(resampler))
            setup = (frame.sample_rate, frame.layout.name, frame.format.name)
            resampler = av.AudioResampler(format="fltp", layout=frame.layout, rate=sample_rate_hz)
        frame.pts = None  # time is kept by counting; the resampler shall not try to
        for resampled in resampler.resample(frame):
            yield resampled.to_ndarray(), gap
            gap = 0.0
    yield from ((block, 0.0) for block in _flush(resampler))


def _flush(resampler: av.AudioResampler | None) -> Iterator[NDArray[Any]]:
    if resampler is not None:
        yield from (frame.to_ndarray() for frame in resampler.resample(None) if frame.samples)


def _frames(container: Any, stream: Any, counts: _Counts) -> Iterator[Any]:
    """Decoded frames; damaged packets are counted and left out."""
    import av

    packets = container.demux(stream)
    failures = 0
    while True:
        try:
            packet = next(packets)
        except StopIteration:
            return
        except av.FFmpegError:
            # Reading goes on behind the damage, unless there is nothing but damage.
            failures += 1
            counts.damaged += 1
            counts.broke_off = True
            if failures > _MAX_FAILURES:
                return
            packets = container.demux(stream)
            continue
        try:
            frames = packet.decode()
        except av.FFmpegError:
            counts.damaged += 1
            counts.broke_off = True
            continue
        if frames and packet.size:
            counts.good += 1
            counts.broke_off = False
            failures = 0
        yield from frames


def _notes(container: Any, path: Path, truncated: bool, duration: float, counts: _Counts) -> Iterator[str]:
    endings = expected_endings(container.format.name)
    if path.suffix and endings and path.suffix.lower() not in endings:
        yield (
            f"The file is named {path.suffix} but holds {container.format.long_name}; "
            f"give it the ending {endings[0]}."
        )
    if truncated:
        yield f"The file is cut off or damaged: {duration:.1f} s of it could be read."
    if counts.damaged:
        yield f"{counts.damaged} damaged packets of sound were left out."
    if len(container.streams.audio) > 1:
        yield f"The file has {len(container.streams.audio)} sound tracks; the first was used."


def _not_audio(path: Path, error: Exception) -> AudioError:
    if isinstance(error, OSError) and error.errno in _DISK_ERRORS:
        return _unreadable(path, error)
    return AudioError(
        f"{path} is not audio, or is too damaged or cut off to be read.",
        f"Play it to check; {_FORMATS}. Export or copy the recording again.",
    )


# EIO, ENOMEM, ESTALE: the disk or the network share, not the file's content.
_DISK_ERRORS = (5, 12, 116)


def _unreadable(path: Path, error: OSError) -> AudioError:
    return AudioError(
        f"{path} cannot be read: {error.strerror or error}.", "Check the disk or the network share."
    )


def _damaged(path: Path) -> AudioError:
    return AudioError(
        f"{path} is damaged: most of its sound cannot be decoded.", "Export or copy the recording again."
    )


def _too_long(path: Path, duration: float, limit: float) -> AudioError:
    return AudioError(
        f"{path} is {duration / 3600:.1f} h long; {limit / 3600:g} h are read at most.",
        "Cut it into calls, or raise audio.max_duration in the settings.",
    )
