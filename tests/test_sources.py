from __future__ import annotations

import os
from pathlib import Path

import pytest

from callqa.data import CallRequest
from callqa.errors import InvalidFileError, UsageError
from callqa.manifest import read_manifest
from callqa.sources import collect, compile_pattern, fields_of_name, parse_field


@pytest.fixture
def day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with recordings and other things."""
    monkeypatch.chdir(tmp_path)
    for name in ("day/b.wav", "day/a.MP3", "day/sub/c [1].amr", "day/notes.txt", "day/._a.wav", "other.dat"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    return tmp_path


def paths(requests: tuple[CallRequest, ...]) -> list[str]:
    return [request.path for request in requests]


def test_a_folder_gives_its_recordings_in_order_and_counts_the_rest(day: Path) -> None:
    found = collect(["day"])
    assert paths(found.requests) == ["day/a.MP3", "day/b.wav", "day/sub/c [1].amr"]
    assert found.num_ignored == 1


def test_named_files_are_always_tried_and_named_once(day: Path) -> None:
    found = collect(["other.dat", "day/b.wav", "day", str(day / "day" / "b.wav")])
    assert paths(found.requests) == ["other.dat", "day/b.wav", "day/a.MP3", "day/sub/c [1].amr"]


def test_globs(day: Path) -> None:
    assert paths(collect(["day/*.*"]).requests) == ["day/a.MP3", "day/b.wav"]
    assert paths(collect(["**/*.amr"]).requests) == ["day/sub/c [1].amr"]
    assert paths(collect(["day/sub/c [1].amr"]).requests) == ["day/sub/c [1].amr"]


def test_every_path_that_is_not_there_is_named(day: Path) -> None:
    with pytest.raises(UsageError, match=r"not found: no\.wav, day/\*\.ogg") as caught:
        collect(["no.wav", "day/b.wav", "day/*.ogg"])
    assert caught.value.exit_code == 2


def test_a_folder_without_recordings(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("x")
    with pytest.raises(UsageError, match=r"no recordings in .*\(1 other files\)"):
        collect([str(tmp_path)])


def test_the_workspace_is_left_out(day: Path) -> None:
    (day / "day" / "ws").mkdir()
    (day / "day" / "ws" / "clip.wav").write_bytes(b"x")
    found = collect(["day"], leave_out=day / "day" / "ws")
    assert "day/ws/clip.wav" not in paths(found.requests)


def test_a_folder_that_cannot_be_looked_into_is_named(day: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.scandir

    def scandir(path: str):  # the tests may run as root, whom permissions do not stop
        if str(path).endswith("sub"):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr("os.scandir", scandir)
    found = collect(["day"])
    ((path, reason, hint),) = found.unreadable
    assert path == "day/sub"
    assert "Permission denied" in reason
    assert hint
    assert len(found.requests) == 2


def test_a_name_in_another_encoding_is_listed_and_the_others_are_taken(day: Path) -> None:
    with open(b"day/\xc0\xee.wav", "wb") as file:
        file.write(b"x")
    found = collect(["day"])
    assert len(found.requests) == 3
    assert [(path, reason) for path, reason, _ in found.unreadable] == [
        ("day/\ufffd\ufffd.wav", "the file's name is no UTF-8 text.")
    ]


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        (
            "zh05_10086_A1023_LiNa_2025-03-04T09-15-00.mp3",
            {"agent_id": "A1023", "agent_name": "LiNa", "started_at": "2025-03-04T09:15:00"},
        ),
        (
            "坐席_李娜_工号_1023_20250304_091500.wav",
            {"agent_name": "李娜", "agent_id": "1023", "started_at": "2025-03-04T09:15:00"},
        ),
        (
            "en02_N417_George_2025-03-11T14-05-20.mp3",
            {"agent_id": "N417", "agent_name": "George", "started_at": "2025-03-11T14:05:20"},
        ),
        ("call_20250304-091500.wav", {"started_at": "2025-03-04T09:15:00"}),
        ("call_20251304-091500.wav", {}),
        ("13800138000_20250304091500123.wav", {}),
        ("LiNa.wav", {}),
        ("zh05_10086_A1023_LiNa.wav", {}),
        ("AGENT_.wav", {}),
        ("REAGENT_LiNa.wav", {}),
    ],
)
def test_names_are_read_only_where_they_are_certain(name: str, fields: dict[str, str]) -> None:
    assert fields_of_name(name) == fields


def test_a_users_pattern(day: Path) -> None:
    pattern = compile_pattern(r"^(?P<queue>[a-z]+)-(?P<agent_channel>\d+)-(?P<started_at>\d+)?")
    assert fields_of_name("billing-1-20250304091500.wav", pattern) == {
        "queue": "billing",
        "agent_channel": 1,
        "started_at": "2025-03-04T09:15:00",
    }
    assert fields_of_name("billing-9-.wav", pattern) == {"queue": "billing"}
    assert fields_of_name("Auto0_AGENT_ChrisL_x.wav", pattern) == {}


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("(", "is no regular expression"),
        (r"(?P<boss>\w+)", "does not have: boss"),
        (r"\d+", "no named group"),
    ],
)
def test_a_users_pattern_with_mistakes(text: str, what: str) -> None:
    with pytest.raises(UsageError, match=what):
        compile_pattern(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2025-03-04T09:15:00+08:00", "2025-03-04T09:15:00+08:00"),
        ("2025-03-04 09:15", "2025-03-04T09:15:00"),
        ("2025/3/4 9:15", "2025-03-04T09:15:00"),
        ("2025-03-04", "2025-03-04"),
        ("2025/3/4", "2025-03-04"),
        ("", None),
        ("null", None),
    ],
)
def test_times(text: str, value: str | None) -> None:
    assert parse_field("started_at", text) == value


@pytest.mark.parametrize("text", ["03/04/2025", "yesterday", "2025-13-04T00:00:00", "2025-02-30"])
def test_times_that_are_none(text: str) -> None:
    with pytest.raises(ValueError, match="is no date and time"):
        parse_field("started_at", text)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_manifest_as_spreadsheets_write_it(day: Path, encoding: str, delimiter: str) -> None:
    lines = [
        "Path,agent_name,started_at,agent_channel,language",
        "day/b.wav,李娜,2025/3/4 9:15,1,ZH",
        "",
        "other.dat,,,,",
    ]
    (day / "calls.csv").write_bytes("\r\n".join(lines).replace(",", delimiter).encode(encoding))
    first, second = read_manifest(Path("calls.csv"))
    assert first == CallRequest(
        "day/b.wav", agent_name="李娜", started_at="2025-03-04T09:15:00", agent_channel=1, language="zh"
    )
    assert second == CallRequest("other.dat")


def test_every_mistake_in_a_manifest_is_listed_with_its_line(day: Path) -> None:
    (day / "calls.csv").write_text(
        "path,agentname,agent_channel,started_at,language,queue\n"
        "day/b.wav,x,left,yesterday,fr,q\n"
        "gone.wav,,,,,\n"
        ",,,,,q\n"
        'day,,,,,"two\nlines"\n'
        "day/b.wav,,0,,,,,more\n"
    )
    with pytest.raises(InvalidFileError) as caught:
        read_manifest(day / "calls.csv")
    problems = caught.value.problems
    expected = [
        ("line 1", "agentname' is not known; is agent_name meant?"),
        ("line 2", "agent_channel: 'left'"),
        ("line 2", "started_at: 'yesterday'"),
        ("line 2", "language: 'fr'"),
        ("line 3", "gone.wav does not exist"),
        ("line 4", "path is empty"),
        ("line 5", "is a folder"),
        ("line 7", "8 cells where"),
        ("line 7", "stands in line 2 already"),
    ]
    for line, what in expected:
        assert any(problem.startswith(line) and what in problem for problem in problems), (
            line,
            what,
            problems,
        )
    assert len(problems) == len(expected)
    assert caught.value.exit_code == 2
    assert "gone.wav" in str(caught.value)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "is empty"),
        (b"agent_name\nx\n", "column path is missing"),
        (b"path,path\na,b\n", "stands there twice"),
        (b"path\n", "no line after the first"),
        (b"\x81\x00\xff\xff", "neither UTF-8 nor GB18030"),
    ],
)
def test_manifests_that_are_none(tmp_path: Path, content: bytes, what: str) -> None:
    (tmp_path / "calls.csv").write_bytes(content)
    with pytest.raises(InvalidFileError) as caught:
        read_manifest(tmp_path / "calls.csv")
    assert what in str(caught.value)


def test_a_manifest_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InvalidFileError, match="cannot read the manifest"):
        read_manifest(tmp_path / "calls.csv")


def test_the_manifest_wins_over_the_name_and_the_name_over_the_option(day: Path) -> None:
    row = CallRequest("day/b.wav", agent_id="7")
    pattern = compile_pattern(r"(?P<agent_id>[ab])\.(?P<queue>\w+)")
    found = {
        item.path: item for item in collect(["day"], manifest=[row], pattern=pattern, language="en").requests
    }
    assert found["day/b.wav"] == CallRequest("day/b.wav", agent_id="7", queue="wav", language="en")
    assert found["day/a.MP3"] == CallRequest("day/a.MP3", agent_id="a", queue="MP3", language="en")
    assert len(found) == 3
