"""What is done to the sound: noise, packets, clipping, and the GSM encoder."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from corpus import gsm
from corpus.damage import PACKET, clip, lose_packets
from corpus.noise import noise_of
from samples import codec, sound


def _speechlike(seconds: float) -> sound.Samples:
    rng = np.random.default_rng(3)
    length = round(seconds * 8000)
    time = np.arange(length) / 8000
    voiced = sum(np.sin(2 * np.pi * 140 * k * time + k) / k for k in range(3, 20))
    loud = (np.sin(2 * np.pi * 1.7 * time) > -0.3) * (0.6 + 0.4 * np.sin(2 * np.pi * 4 * time))
    return sound.to_line((0.1 * voiced * loud + 0.001 * rng.standard_normal(length)).astype(np.float32), 8000)


@pytest.mark.parametrize("kind", ["none", "keyboard", "street", "babble"])
def test_noise_has_unit_power_and_no_gap(kind: str) -> None:
    rng = np.random.default_rng(1)
    talk = [rng.standard_normal(8000).astype(np.float32) for _ in range(8)]
    noise = noise_of(kind, 80_000, talk, rng)  # type: ignore[arg-type]
    assert noise.shape == (80_000,)
    assert (noise**2).mean() == pytest.approx(1, rel=1e-3)
    assert (noise.reshape(-1, 8000) ** 2).mean(axis=1).min() > 0.01


def test_street_noise_swells_as_cars_pass() -> None:
    noise = noise_of("street", 320_000, [], np.random.default_rng(1))
    seconds = (noise.reshape(-1, 8000) ** 2).mean(axis=1)
    assert seconds.max() > 3 * seconds.min()


@pytest.mark.parametrize("share", [0.03, 0.08])
def test_as_many_packets_are_lost_as_were_to_be(share: float) -> None:
    samples = np.ones(PACKET * 20_000, np.float32)
    received = lose_packets(samples, share, False, np.random.default_rng(1)).reshape(-1, PACKET)
    lost = (received == 0).all(axis=1)
    assert lost.mean() == pytest.approx(share, rel=0.15)
    assert ((received == 0).any(axis=1) == lost).all()
    assert (lost[1:] & lost[:-1]).sum() > 1.5 * share * lost.sum()


def test_a_lost_packet_repeats_the_last_good_one_and_fades() -> None:
    samples = np.random.default_rng(2).standard_normal(PACKET * 500).astype(np.float32)
    received = lose_packets(samples, 0.2, True, np.random.default_rng(1)).reshape(-1, PACKET)
    packets = samples.reshape(-1, PACKET)
    lost = np.flatnonzero((received != packets).any(axis=1))
    first = next(number for number in lost if number - 1 not in lost)
    second = next(number for number in lost if number - 1 in lost and number - 2 not in lost)
    assert received[first] == pytest.approx(0.6 * packets[first - 1], rel=1e-4)
    assert received[second] == pytest.approx(0.36 * packets[second - 2], rel=1e-4)


def test_clipping_cuts_the_share_that_was_asked_for() -> None:
    speech = _speechlike(4)
    clipped = clip(speech, 0.05)
    heard = np.abs(speech) > 1e-2
    assert (np.abs(clipped[heard]) >= 0.949).mean() == pytest.approx(0.05, abs=0.005)


def test_gsm_comes_back_from_ffmpeg_like_it_was(tmp_path: Path) -> None:
    speech = _speechlike(1)
    path = tmp_path / "call.gsm"
    path.write_bytes(gsm.encode(speech))
    decoded, rate_hz = codec.read(path)
    assert rate_hz == 8000
    assert path.stat().st_size == 50 * gsm.FRAME_BYTES
    assert codec.shift_of(speech[None], decoded, rate_hz) == 0
    error = decoded[0] - speech
    assert 10 * np.log10((speech**2).mean() / (error**2).mean()) > 8


def test_gsm_fills_a_last_frame_and_keeps_silence_silent() -> None:
    assert len(gsm.encode(np.zeros(gsm.FRAME + 1, np.float32))) == 2 * gsm.FRAME_BYTES


@pytest.mark.parametrize("level", [0, 31, 32, 511, 512, 1023, 1024, 5000, 32767])
def test_gsm_block_maxima_are_never_below_the_pulse(level: int) -> None:
    step = max(32, level / 8)
    assert level <= gsm._peak(gsm._peak_code(level)) <= level + step + 1
