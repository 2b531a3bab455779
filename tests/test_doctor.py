from __future__ import annotations

import shutil
import subprocess
import sys
from collections import namedtuple
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace

import pytest

from callqa import doctor
from callqa.doctor import Check, is_healthy, run_checks
from callqa.errors import WeightsError


def only(checks: object) -> Check:
    (check,) = checks  # type: ignore[misc]
    return check


def test_everything_is_looked_at_and_weights_are_asked_for_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALLQA_CACHE", str(tmp_path / "cache"))
    checks = {check.name: check for check in run_checks(tmp_path)}

    assert list(checks) == [
        "Python",
        "packages",
        "torch",
        "weights whisper-base",
        "weights pyannote-segmentation",
        "weights ge2e",
        "weights multilingual-e5-small",
        "decoders",
        "workspace",
        "disk space for workspace",
        "disk space for weights",
        "voices",
        "processors",
        "Chinese font",
    ]
    assert checks["Python"].ok
    assert checks["torch"].ok
    assert checks["decoders"].ok
    assert not checks["weights ge2e"].ok
    assert checks["weights ge2e"].hint == "Run: callqa models pull ge2e"
    assert not is_healthy(tuple(checks.values()))


def test_what_is_not_required_may_fail() -> None:
    assert is_healthy([Check("font", False, "none", required=False), Check("torch", True, "2.13")])
    assert not is_healthy([Check("torch", False, "none")])


def test_a_check_that_breaks_does_not_stop_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise OSError("libtorch.so: cannot open shared object file")

    def unwell() -> None:
        raise WeightsError("The cache is odd.", "Mend it.")

    monkeypatch.setattr(doctor, "prepare_torch", broken)
    monkeypatch.setattr(doctor, "list_models", unwell)
    checks = {check.name: check for check in run_checks(tmp_path)}

    assert checks["torch"].detail == "OSError: libtorch.so: cannot open shared object file"
    assert checks["torch"].hint.endswith("-m pip install --force-reinstall callqa")
    assert checks["weights"] == Check("weights", False, "The cache is odd.", "Mend it.")
    assert "Chinese font" in checks


def test_old_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 4, "final", 0))
    check = only(doctor._python())
    assert (check.ok, check.hint) == (False, "Install Python 3.11 or newer.")


def test_missing_and_unsuitable_packages_are_all_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        metadata, "requires", lambda _: ["surely-absent>=1", "pyyaml>=999", "mypy>=999; extra == 'dev'"]
    )
    check = only(doctor._packages())

    assert not check.ok
    assert "surely-absent is missing" in check.detail
    assert "pyyaml is " in check.detail
    assert "mypy" not in check.detail


def test_missing_torchaudio(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "prepare_torch", lambda: "absent")
    check = only(doctor._torch())
    assert not check.ok
    assert check.detail.endswith("torchaudio is missing")


def test_a_missing_decoder_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(doctor.DECODERS, "Wax cylinder", "wax")
    check = only(doctor._decoders())
    assert (check.ok, check.detail) == (False, "missing: Wax cylinder")
    assert check.hint.endswith("pip install --force-reinstall av")


def test_workspace_is_not_made_by_looking(tmp_path: Path) -> None:
    check = only(doctor._workspace(tmp_path / "a" / "b"))
    assert check.ok
    assert check.detail.endswith("can be made")
    assert list(tmp_path.iterdir()) == []
    assert only(doctor._workspace(tmp_path)).detail.endswith("can be written")


def test_workspace_that_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    check = only(doctor._workspace(tmp_path / "file"))
    assert not check.ok
    assert check.detail.endswith("cannot be written: Not a directory")
    assert "--workspace" in check.hint


def test_little_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(2e9, 1.5e9, 5e8))
    for check in doctor._disk_space(tmp_path):
        assert (check.ok, check.detail) == (False, "0.5 GB free")
        assert check.hint == "Make room: at least 1.1 GB."


@pytest.mark.parametrize(
    ("stdout", "ok", "detail"),
    [("Noto Sans CJK SC,思源黑体\n", True, "Noto Sans CJK SC"), ("\n", False, "none found")],
)
def test_chinese_font(monkeypatch: pytest.MonkeyPatch, stdout: str, ok: bool, detail: str) -> None:
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: SimpleNamespace(stdout=stdout))
    check = only(doctor._chinese_font())
    assert (check.ok, check.detail, check.required) == (ok, detail, False)


def test_chinese_font_without_fontconfig(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(*_: object, **__: object) -> None:
        raise FileNotFoundError("fc-list")

    monkeypatch.setattr(subprocess, "run", absent)
    check = only(doctor._chinese_font())
    assert "fc-list is not there" in check.detail
    assert "fonts-noto-cjk" in check.hint
