from __future__ import annotations

import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from callqa.data import Recording
from callqa.errors import InvalidFileError
from callqa.evaluation import real
from callqa.store import CallKeys, Store


def tone(path: Path, rate: int = 16_000, seconds: float = 1.0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    sound = 8000 * np.sin(2 * np.pi * 440 * np.arange(int(rate * seconds)) / rate)
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, rate, 0, "NONE", "NONE"))
        file.writeframes(sound.astype("<i2").tobytes())
    return path


@pytest.fixture
def stored(analyse: Any, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Scoring without models: every recording comes out as the same call."""
    asked: list[str] = []

    def score(requests: Any, workspace: Path, console: Any) -> None:
        from callqa.audio.decode import hash_file

        with Store.open(workspace, create=True) as store:
            for request in requests:
                asked.append(Path(request.path).name)
                digest = hash_file(Path(request.path))
                analysis = analyse(recording=Recording(digest[:16], request.path, 40.0, 8000, 1))
                store.save(analysis, CallKeys(digest, "facts", "judge"), request.path)

    monkeypatch.setattr(real, "score_missing", score)
    return asked


def manifest(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "sets.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_sets_with_texts_and_a_round_trip(tmp_path: Path, stored: list[str]) -> None:
    for name in ("a", "b"):
        tone(tmp_path / f"read/{name}.wav", seconds=1.0 if name == "a" else 1.5)
    (tmp_path / "read/text.tsv").write_text("a.wav\t您好\nb.wav\t再见\n", encoding="utf-8")
    path = manifest(
        tmp_path,
        "sets:\n"
        "  - {name: read, language: zh, audio: 'read/*.wav', texts: read/text.tsv}\n"
        "  - {name: read by telephone, language: zh, audio: 'read/*.wav', texts: read/text.tsv, "
        "round_trip: alaw}\n",
    )
    found = real.prepare(path, tmp_path / "ws")
    assert [(item.truth.condition, item.truth.text) for item in found] == [
        ("read", "您好"), ("read", "再见"), ("read by telephone", "您好"), ("read by telephone", "再见"),
    ]  # fmt: skip
    assert len({item.truth.id for item in found}) == len({item.truth.dialogue for item in found}) == 4
    assert found[2].audio == tmp_path / "ws/evaluation/alaw/a.wav"
    assert sorted(stored) == ["a.wav", "a.wav", "b.wav", "b.wav"]


def test_the_round_trip_is_that_of_a_telephone(tmp_path: Path) -> None:
    from callqa.audio.decode import decode

    target = tmp_path / "out.wav"
    real.telephone(tone(tmp_path / "a.wav"), "alaw", target)
    decoded = decode(target, 8000)
    assert (decoded.codec, decoded.source_sample_rate_hz) == ("pcm_alaw", 8000)
    assert decoded.duration == pytest.approx(1.0)
    assert float(np.abs(decoded.samples).max()) == pytest.approx(8000 / 32768, abs=0.02)


def test_agreement_with_another_recording_of_the_call(tmp_path: Path, stored: list[str]) -> None:
    tone(tmp_path / "mono.wav")
    tone(tmp_path / "stereo.wav", seconds=2.0)
    path = manifest(
        tmp_path, "sets:\n  - {name: call, language: zh, audio: mono.wav, agrees_with: stereo.wav}\n"
    )
    (found,) = real.prepare(path, tmp_path / "ws")
    assert found.truth.agrees
    assert (found.truth.text or "").startswith("您好，我是中国移动的李娜")


def test_mistakes_of_a_manifest_are_named(tmp_path: Path, stored: list[str]) -> None:
    def message(text: str) -> str:
        with pytest.raises(InvalidFileError) as caught:
            real.prepare(manifest(tmp_path, text), tmp_path / "ws")
        return str(caught.value)

    assert "langage" in message("sets:\n  - {name: a, langage: zh, audio: a.wav}\n")
    assert "a.wav is not in" in message("sets:\n  - {name: a, language: zh, audio: a.wav}\n")
    tone(tmp_path / "a.wav")
    assert "has no reference" in message("sets:\n  - {name: a, language: zh, audio: a.wav}\n")
    (tmp_path / "t.tsv").write_text("b.wav\tHello\n", encoding="utf-8")
    assert "no words of a.wav" in message("sets:\n  - {name: a, language: en, audio: a.wav, texts: t.tsv}\n")
    assert "no valid YAML" in message("sets: [")
