from __future__ import annotations

import json
from pathlib import Path

import pytest

from callqa.data import Role, TimeSpan
from callqa.errors import InvalidFileError
from callqa.evaluation.references import find_references, load_rttm, load_stm, read_reference
from callqa.evaluation.truth import load_truth
from tests.evaluation.conftest import TRUTH


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def truth_file(path: Path, **changes: object) -> Path:
    return write(path, json.dumps({**TRUTH, **changes}, ensure_ascii=False))


RTTM = "SPEAKER call 1 0.5 2.0 <NA> <NA> anna <NA> <NA>\n"
STM = ";; comment\ncall 1 anna 0.5 2.5 <o,f0> Hello there.\ncall 1 bob 3.0 4.0 Yes.\n"


def test_every_mistake_of_a_truth_is_named(tmp_path: Path) -> None:
    path = truth_file(tmp_path / "bad.json", language="fr", talk_share=7)
    with pytest.raises(InvalidFileError) as caught:
        load_truth(path)
    assert len(caught.value.problems) == 2
    write(path, json.dumps({"id": "a", "file": "a.wav", "language": "zh"}))
    with pytest.raises(InvalidFileError) as caught:
        load_truth(path)
    assert "turns" in caught.value.problems[0]
    write(path, "{")
    with pytest.raises(InvalidFileError, match="no valid JSON"):
        load_truth(path)


def test_a_corpus_is_found_by_its_folder(tmp_path: Path) -> None:
    truth_file(tmp_path / "reporting/truth/z01.json", id="z01", file="z01.wav", split="reporting")
    truth_file(tmp_path / "tuning/truth/z02.json", id="z02", file="z02.wav", split="tuning")
    write(tmp_path / "reporting/z01.wav", "sound")
    found = find_references([tmp_path])
    assert [item.truth.id for item in found] == ["z01", "z02"]
    assert found[0].audio == tmp_path / "reporting/z01.wav"
    assert found[1].audio is None
    assert [item.truth.id for item in find_references([tmp_path / "tuning"])] == ["z02"]
    assert [item.truth.id for item in find_references([tmp_path], split="tuning")] == ["z02"]
    with pytest.raises(InvalidFileError, match="of the split other"):
        find_references([tmp_path], split="other")


def test_rttm(tmp_path: Path) -> None:
    path = write(tmp_path / "call.rttm", RTTM)
    assert load_rttm(path) == [(TimeSpan(0.5, 2.5), "anna")]
    write(path, "hello\nSPEAKER call 1\n")
    with pytest.raises(InvalidFileError, match="no RTTM file"):
        load_rttm(path)


def test_stm(tmp_path: Path) -> None:
    path = write(tmp_path / "call.stm", STM)
    turns = load_stm(path)
    assert [(turn.start, turn.end, turn.party, turn.text) for turn in turns] == [
        (0.5, 2.5, "anna", "Hello there."),
        (3.0, 4.0, "bob", "Yes."),
    ]
    write(path, "call 1 anna zero 1 Hello")
    with pytest.raises(InvalidFileError, match="no STM file"):
        load_stm(path)


def test_files_of_a_recordings_name_are_its_reference(tmp_path: Path) -> None:
    audio = write(tmp_path / "call.wav", "sound")
    write(tmp_path / "refs/call.rttm", RTTM)
    write(tmp_path / "refs/call.stm", STM)
    write(tmp_path / "refs/call.txt", "Hello there.\nYes.\n")
    (found,) = find_references([audio], tmp_path / "refs")
    assert found.audio == audio
    truth = found.truth
    assert (truth.id, truth.file, truth.language) == ("call", "call.wav", None)
    assert truth.speakers == [(TimeSpan(0.5, 2.5), "anna")]
    assert [turn.text for turn in truth.spoken or ()] == ["Hello there.", "Yes."]
    assert truth.text == "Hello there.\nYes.\n"
    with pytest.raises(InvalidFileError, match=r"no call\.rttm"):
        find_references([audio])


def test_a_folder_of_reference_files(tmp_path: Path) -> None:
    write(tmp_path / "a.wav", "sound")
    write(tmp_path / "a.rttm", RTTM)
    write(tmp_path / "a.txt", "Hello")
    write(tmp_path / "b.txt", "Hello")
    first, second = find_references([tmp_path])
    assert (first.audio, first.truth.file) == (tmp_path / "a.wav", "a.wav")
    assert (second.audio, second.truth.speakers) == (None, None)
    with pytest.raises(InvalidFileError, match="No truth"):
        find_references([write(tmp_path / "empty/x.md", "").parent])


def test_speakers_that_are_named_by_role_give_roles(tmp_path: Path) -> None:
    lines = RTTM.replace("anna", "agent") + RTTM.replace("anna", "caller").replace(" 2.0 ", " 6.0 ")
    truth = read_reference("a", "a.wav", rttm=write(tmp_path / "a.rttm", lines))
    assert [turn.role for turn in truth.turns or ()] == [Role.AGENT, Role.CUSTOMER]
    assert truth.talk_share == pytest.approx(0.25)
    assert truth.spoken is None
