from __future__ import annotations

import csv
import dataclasses
import hashlib
import io
import re
import wave
import zipfile
from pathlib import Path
from urllib.parse import unquote

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from callqa.audio.decode import decode
from callqa.cli import app
from callqa.clips.encode import Format, encode
from callqa.data import CriterionResult, Evidence, Role, Verdict
from callqa.store import CallKeys, Store
from tests.clips.calls import RATE_HZ, make_call, power_at, sound_of

LINES = [
    (Role.AGENT, 1.0, "您好我是移动的李娜请问有什么可以帮您"),
    (Role.CUSTOMER, 7.0, "我的手机号码是幺六九五幺八七二六四零"),
    (Role.AGENT, 12.5, "好的谢谢"),
]


def add_call(workspace: Path, folder: Path, number: int, verdict: Verdict = Verdict.MET) -> Path:
    """A stored call with its recording; its agent is A1023, 李娜."""
    analysis = make_call(LINES, 16.0)
    samples = sound_of(analysis)[0]
    path = folder / f"call{number}.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        samples[0] = number / 100  # no two recordings alike
        file.writeframes((samples * 32767).astype(np.int16).tobytes())
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    evidence = Evidence(1.0, 5.0, "=您好我是移动的李娜", "有问候。", 0.9)
    card = dataclasses.replace(
        analysis.scorecard,
        criteria=(CriterionResult("greeting", verdict, 1.0, 15.0, False, "四项<i>都有。", (evidence,)),),
    )
    recording = dataclasses.replace(analysis.facts.recording, id=digest[:16])
    analysis = dataclasses.replace(
        analysis, facts=dataclasses.replace(analysis.facts, recording=recording), scorecard=card
    )
    with Store.open(workspace, create=True) as store:
        store.save(analysis, CallKeys(digest, "f", "j", {}, {}, None), str(path))
    return path


def run(workspace: Path, *options: str) -> Result:
    return CliRunner().invoke(
        app, ["clips", "--behaviour", "greeting", "--workspace", str(workspace), *options]
    )


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    add_call(tmp_path / "ws", tmp_path, 1)
    return tmp_path / "ws"


def rows_of(archive: zipfile.ZipFile) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(archive.read("index.csv").decode("utf-8-sig"))))


def test_a_zip_plays_and_names_nobody(workspace: Path, tmp_path: Path) -> None:
    target = tmp_path / "clips.zip"
    result = run(workspace, "--verdict", "met", "--context", "8", "-o", str(target))
    assert result.exit_code == 0, result.output
    assert [path.name for path in tmp_path.iterdir() if "partial" in path.name] == []
    with zipfile.ZipFile(target) as archive:
        names = archive.namelist()
        page = archive.read("index.html").decode("utf-8")
        (row,) = rows_of(archive)
        everything = "\n".join(
            [
                *names,
                page,
                *(
                    archive.read(name).decode("utf-8-sig")
                    for name in names
                    if name.endswith((".txt", ".csv"))
                ),
            ]
        )
        archive.extractall(tmp_path / "unpacked")
    assert "李娜" not in everything
    assert "A1023" not in everything
    assert str(tmp_path) not in everything
    assert "六九五" not in everything
    assert "［电话号码］" in page
    assert row["判定"] == "达标"
    assert row["坐席"] == "坐席 1"
    (source,) = re.findall(r'<audio[^>]* src="([^"]+)"', page)
    heard = decode(tmp_path / "unpacked" / unquote(source))
    assert unquote(source).startswith("001_greeting_met_坐席-1_")
    assert 5 <= heard.duration <= 20
    assert heard.source_sample_rate_hz == 16_000
    assert power_at(heard.samples[0], 2500) < 1e-6
    assert "<i>" not in page
    assert "&lt;i&gt;" in page
    assert "http" not in page


def test_who_agreed_is_named_in_good_examples_only(workspace: Path, tmp_path: Path) -> None:
    add_call(workspace, tmp_path, 2, Verdict.NOT_MET)
    with Store.open(workspace) as store:
        store.coaching.save_consent("A1023", True, "chen")
    target = tmp_path / "clips.zip"
    assert run(workspace, "-o", str(target), "--lang", "en").exit_code == 0
    with zipfile.ZipFile(target) as archive:
        agents = {row["Verdict"]: row["Agent"] for row in rows_of(archive)}
    assert agents == {"met": "李娜", "not met": "Agent 1"}
    assert run(workspace, "-o", str(target), "--anonymous").exit_code == 0
    with zipfile.ZipFile(target) as archive:
        assert {row["坐席"] for row in rows_of(archive)} == {"坐席 1"}


def test_a_sheet_takes_nothing_for_a_formula(workspace: Path, tmp_path: Path) -> None:
    target = tmp_path / "clips.zip"
    run(workspace, "-o", str(target))
    with zipfile.ZipFile(target) as archive:
        (row,) = rows_of(archive)
    assert row["引用"].startswith("'=")


def test_recordings_that_are_gone_or_changed_are_listed_and_skipped(workspace: Path, tmp_path: Path) -> None:
    gone, changed = add_call(workspace, tmp_path, 2), add_call(workspace, tmp_path, 3)
    gone.unlink()
    changed.write_bytes(changed.read_bytes() + b"\0\0")
    target = tmp_path / "clips.zip"
    result = run(workspace, "-o", str(target))
    assert result.exit_code == 0, result.output
    assert "1 clip in" in result.output
    assert "not there any more" in result.output
    assert "another file than the one that was scored" in result.output.replace("\n", " ")
    (tmp_path / "call1.wav").unlink()
    target.unlink()
    result = run(workspace, "-o", str(target))
    assert result.exit_code == 3
    assert "no clip could be cut" in result.output
    assert not target.exists()


def test_limits_hold(workspace: Path, tmp_path: Path) -> None:
    for number in range(2, 6):
        add_call(workspace, tmp_path, number)
    target = tmp_path / "clips.zip"
    assert "2 clips in" in run(workspace, "-o", str(target), "--limit", "2").output
    assert "3 clips in" in run(workspace, "-o", str(target)).output
    assert "5 clips in" in run(workspace, "-o", str(target), "--per-agent", "9").output


def test_mistakes_are_told(workspace: Path, tmp_path: Path) -> None:
    other = tmp_path / "notes.txt"
    other.write_text("mine", encoding="utf-8")
    result = run(workspace, "-o", str(other))
    assert result.exit_code == 2
    assert "no ZIP" in result.output
    assert other.read_text(encoding="utf-8") == "mine"
    assert run(workspace, "--verdict", "unsure").exit_code == 2
    assert run(workspace, "--lang", "fr").exit_code == 2
    assert "cannot write" in run(workspace, "-o", str(tmp_path / "nowhere" / "clips.zip")).output


@pytest.mark.parametrize("kind", ["mp3", "wav"])
def test_sound_comes_back_as_it_was(kind: Format, tmp_path: Path) -> None:
    times = np.arange(6 * RATE_HZ) / RATE_HZ
    samples = (0.3 * np.sin(2 * np.pi * 440 * times)).astype(np.float32)
    path = tmp_path / f"clip.{kind}"
    path.write_bytes(encode(samples, RATE_HZ, kind))
    decoded = decode(path)
    assert decoded.source_channels == 1
    assert decoded.duration == pytest.approx(6.0, abs=0.1)
    assert power_at(decoded.samples[0], 440) == pytest.approx(0.045, rel=0.1)
