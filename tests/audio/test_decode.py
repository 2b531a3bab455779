from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.signal import resample_poly

from callqa.audio import decode as decode_module
from callqa.audio.decode import decode, hash_file, recording_id, recording_of
from callqa.data import CallRequest
from callqa.errors import AudioError


def bursts(seconds: float, rate: int, channels: int = 1) -> NDArray[np.float32]:
    from scipy.signal import butter, sosfilt

    rng = np.random.default_rng(3)
    time = np.arange(int(seconds * rate)) / rate
    noise = rng.standard_normal((channels, time.size))
    band = butter(4, [300, min(3000, 0.4 * rate)], btype="band", fs=rate, output="sos")
    return (0.2 * sosfilt(band, noise) * (np.sin(2 * np.pi * 3.1 * time + time**2) > 0.3)).astype(np.float32)


def shift_ms(original: NDArray[np.float32], rate: int, found: NDArray[np.float32]) -> float:
    reference = resample_poly(original, 16_000, rate)
    size = 1 << 17
    cross = np.fft.irfft(np.fft.rfft(found, size) * np.conj(np.fft.rfft(reference, size)))
    best = int(np.argmax(np.abs(cross)))
    return (best - size if best > size // 2 else best) / 16


FORMATS: list[tuple[str, str, int, int, str | None, int | None]] = [
    ("pcm.wav", "pcm_s16le", 8000, 1, None, None),
    ("alaw.wav", "pcm_alaw", 8000, 2, None, None),
    ("mulaw.wav", "pcm_mulaw", 8000, 1, None, None),
    ("surround.wav", "pcm_f32le", 48_000, 6, None, None),
    ("call.mp3", "libmp3lame", 8000, 1, None, None),
    ("stereo.mp3", "libmp3lame", 44_100, 2, None, None),
    ("call.m4a", "aac", 48_000, 2, None, None),
    ("raw.aac", "aac", 8000, 1, "adts", None),
    ("call.opus", "libopus", 16_000, 1, None, None),
    ("call.ogg", "libopus", 48_000, 2, "ogg", None),
    ("high.flac", "flac", 96_000, 2, None, None),
    ("call.amr", "libopencore_amrnb", 8000, 1, None, 12_200),
    ("call.aiff", "pcm_s16be", 11_025, 1, None, None),
]


@pytest.mark.parametrize(("name", "codec", "rate", "channels", "container", "bit_rate"), FORMATS)
def test_every_format_keeps_its_times(
    write_audio: Any,
    name: str,
    codec: str,
    rate: int,
    channels: int,
    container: str | None,
    bit_rate: int | None,
) -> None:
    original = bursts(3.0, rate, channels)
    decoded = decode(write_audio(name, original, rate, codec, container, bit_rate))
    assert decoded.samples.dtype == np.float32
    assert decoded.samples.shape[0] == decoded.source_channels == channels
    assert decoded.duration == pytest.approx(3.0, abs=0.15)
    assert abs(shift_ms(original[0], rate, decoded.samples[0])) < 30
    assert not decoded.truncated
    assert decoded.notes == ()


def test_wma_is_read(write_audio: Any) -> None:
    original = bursts(3.0, 16_000)
    decoded = decode(write_audio("call.wma", original, 16_000, "wmav2", bit_rate=32_000))
    # FFmpeg's own encoder writes one frame of priming less than Microsoft's, which the decoder expects.
    assert abs(shift_ms(original[0], 16_000, decoded.samples[0])) < 40
    assert decoded.codec == "wmav2"


def test_mp3_without_a_length_header_keeps_its_times(write_audio: Any) -> None:
    original = bursts(3.0, 8000)
    path = write_audio("call.mp3", original, 8000, "libmp3lame")
    data = path.read_bytes()
    sync = data.index(b"\xff\xe3")
    path.write_bytes(data[data.index(data[sync : sync + 2], sync + 4) :])
    assert abs(shift_ms(original[0], 8000, decode(path).samples[0])) < 30


def test_amplitude_is_kept(write_audio: Any) -> None:
    tone = 0.5 * np.sin(2 * np.pi * 440 * np.arange(16_000) / 8000).astype(np.float32)[None]
    decoded = decode(write_audio("tone.wav", tone, 8000, "pcm_s16le"))
    assert np.abs(decoded.samples[0, 2000:-2000]).max() == pytest.approx(0.5, abs=0.01)


def test_the_content_decides_not_the_name(write_audio: Any) -> None:
    path = write_audio("call.mp3", bursts(1.0, 8000), 8000, "libmp3lame")
    decoded = decode(path.rename(path.with_name("call.wav")))
    assert decoded.container == "mp3"
    assert "named .wav" in decoded.notes[0]


def test_a_cut_off_file_gives_what_is_there(write_audio: Any) -> None:
    path = write_audio("call.wav", bursts(3.0, 8000), 8000, "pcm_s16le")
    path.write_bytes(path.read_bytes()[:20_000])
    decoded = decode(path)
    assert decoded.truncated
    assert decoded.duration == pytest.approx(20_000 / 16_000, abs=0.05)
    assert "cut off" in decoded.notes[0]


@pytest.mark.parametrize(
    ("name", "codec"), [("call.flac", "flac"), ("call.opus", "libopus"), ("call.wma", "wmav2")]
)
def test_cut_off_compressed_files_are_noticed(write_audio: Any, name: str, codec: str) -> None:
    path = write_audio(
        name, bursts(4.0, 16_000), 16_000, codec, bit_rate=32_000 if codec == "wmav2" else None
    )
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert decode(path).truncated


def test_an_unstopped_recorder_is_not_a_cut_off_file(write_audio: Any) -> None:
    path = write_audio("call.wav", bursts(1.0, 8000), 8000, "pcm_s16le")
    data = bytearray(path.read_bytes())
    place = data.index(b"data") + 4
    data[place : place + 4] = b"\xff\xff\xff\xff"
    path.write_bytes(data)
    decoded = decode(path)
    assert not decoded.truncated
    assert decoded.duration == pytest.approx(1.0, abs=0.02)


def message(path: Path, **limits: float) -> str:
    with pytest.raises(AudioError) as caught:
        decode(path, **limits)
    assert str(path) in caught.value.message
    assert caught.value.hint
    return caught.value.message


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"Dear all, the recording is attached.\n" * 40, "is not audio"),
        (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/hostname\n", "is not audio"),
        (b"ffconcat version 1.0\nfile 'other.wav'\n", "is not audio"),
        (bytes(50_000), "is not audio"),
        (b"RIFF\x24\0\0\0WAVEfmt ", "is not audio"),
    ],
)
def test_what_is_no_audio_is_said_to_be_none(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "call.wav"
    path.write_bytes(content)
    assert says in message(path)


def test_zero_samples(write_audio: Any) -> None:
    path = write_audio("call.wav", bursts(1.0, 8000), 8000, "pcm_s16le")
    data = path.read_bytes()
    path.write_bytes(data[: data.index(b"data")] + b"data\0\0\0\0")
    assert "no samples follow" in message(path)


def test_a_video_is_not_taken_for_a_call(tmp_path: Path) -> None:
    import av

    path = tmp_path / "call.mp4"
    with av.open(str(path), "w") as output:
        stream = output.add_stream("mpeg4", rate=10)
        stream.width = stream.height = 32
        stream.pix_fmt = "yuv420p"
        output.mux(stream.encode(av.VideoFrame.from_ndarray(np.zeros((32, 32, 3), np.uint8), format="rgb24")))
        output.mux(stream.encode(None))
    assert "is a video" in message(path)


def test_gone_folder_and_forbidden(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "not there" in message(tmp_path / "gone.wav")
    assert "is a folder" in message(tmp_path)

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    assert "may not be read" in message(tmp_path / "locked.wav")


def test_a_failing_disk_is_not_called_a_bad_file(write_audio: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_audio("call.wav", bursts(1.0, 8000), 8000, "pcm_s16le")

    class Failing(decode_module._Nameless):
        def __init__(self, file: Any) -> None:
            super().__init__(file)
            self.read = self._fail

        def _fail(self, size: int = -1) -> bytes:
            raise OSError(5, "Input/output error")

    monkeypatch.setattr(decode_module, "_Nameless", Failing)
    assert "cannot be read" in message(path)


def test_too_short_and_too_long(write_audio: Any) -> None:
    path = write_audio("call.wav", bursts(1.0, 8000), 8000, "pcm_s16le")
    assert "only 1.00 s" in message(path, min_duration=2.0)
    assert "read at most" in message(path, max_duration=0.5)
    surround = write_audio("six.wav", bursts(1.0, 8000, 6), 8000, "pcm_s16le")
    assert "read at most" in message(surround, max_duration=2.0)


def test_damage_in_the_middle_is_left_out_and_said(write_audio: Any) -> None:
    path = write_audio("call.mp3", bursts(6.0, 44_100), 44_100, "libmp3lame")
    data = bytearray(path.read_bytes())
    data[8000:9500] = np.random.default_rng(0).bytes(1500)
    path.write_bytes(data)
    decoded = decode(path)
    assert decoded.duration > 5
    assert any("damaged packets" in note for note in decoded.notes)


def test_memory_grows_past_a_wrong_length_in_the_header() -> None:
    buffer = decode_module._Buffer(2, first_guess=3)
    buffer.append(np.full((2, 2), 0.5, np.float32))
    buffer.append_silence(2)
    buffer.append(np.array([[2.0], [np.nan]], np.float32))
    assert buffer.samples().tolist() == [[0.5, 0.5, 0, 0, 1.0], [0.5, 0.5, 0, 0, 0.0]]


def test_recording_of_keeps_what_the_request_says(write_audio: Any) -> None:
    path = write_audio("call.wav", bursts(1.0, 8000, 2), 8000, "pcm_s16le")
    digest = hash_file(path)
    assert digest == hashlib.sha256(path.read_bytes()).hexdigest()
    request = CallRequest(str(path), agent_id="8021", agent_channel=1, language="zh")
    recording = recording_of(request, decode(path), digest)
    assert recording.id == recording_id(digest) == digest[:16]
    assert (recording.sample_rate, recording.channels, recording.agent_channel) == (8000, 2, 1)
    assert (recording.agent_id, recording.company, recording.duration) == ("8021", None, 1.0)
