from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from callqa.errors import InvalidFileError, WeightsError
from callqa.weights import cache as cache_module
from callqa.weights import hub, list_models, resolve, verify
from callqa.weights.cache import model_folder
from callqa.weights.manifest import Manifest, load_manifest, parse_manifest
from tests.weights.wheels import CONFIG, HALVES


@pytest.fixture
def pulled(cache: Path, manifest: Manifest) -> Path:
    """The toy model as `pull` leaves it."""
    folder = model_folder("toy", manifest.models["toy"], cache)
    folder.mkdir(parents=True)
    (folder / "model.bin").write_bytes(b"".join(HALVES))
    (folder / "config.json").write_bytes(CONFIG)
    cache_module.write_record(folder)
    return folder


@pytest.fixture(autouse=True)
def _fresh_hub_state(monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(hub, "_state", hub._HubState())


def same_time(path: Path, content: bytes) -> None:
    """Change a file without changing its time stamp."""
    before = path.stat()
    path.write_bytes(content)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def test_resolve_own_model(pulled: Path, cache: Path, manifest: Manifest) -> None:
    found = resolve("toy", cache=cache, manifest=manifest)

    assert (found.source, found.path, found.kind) == ("cache", pulled, "recogniser")
    assert found.load_name == str(pulled)
    assert found.provenance == f"toy sha256:{manifest.models['toy'].files[0].sha256[:12]}"


def test_resolve_missing_model(cache: Path, manifest: Manifest) -> None:
    with pytest.raises(WeightsError) as caught:
        resolve("toy", cache=cache, manifest=manifest)
    assert caught.value.message.startswith("The weights of toy are missing")
    assert caught.value.hint == "Run: callqa models pull toy"


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda path: path.write_bytes(b"short"), r"model\.bin is truncated: 5 bytes instead of 920"),
        (lambda path: path.write_bytes(b"x" * 921), r"model\.bin is altered: 921 bytes instead of 920"),
        (lambda path: path.write_bytes(b"x" * 920), r"model\.bin is altered: its SHA-256"),
        (lambda path: path.unlink(), r"incomplete: .*model\.bin is missing"),
        (lambda path: (path.parent / "callqa-record.json").write_text("{"), "no readable callqa-record"),
        (lambda path: (path.parent / "callqa-record.json").write_text("[1]"), "no readable callqa-record"),
        (lambda path: (path.unlink(), path.mkdir()), r"model\.bin (is truncated|is altered|cannot be read)"),
    ],
)
def test_resolve_damaged_model(
    pulled: Path, cache: Path, manifest: Manifest, damage: object, message: str
) -> None:
    damage(pulled / "model.bin")  # type: ignore[operator]
    with pytest.raises(WeightsError, match=message) as caught:
        resolve("toy", cache=cache, manifest=manifest)
    assert caught.value.hint == "Run: callqa models pull toy"


def test_the_quick_check_reads_no_unchanged_file(
    pulled: Path, cache: Path, manifest: Manifest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache_module, "file_sha256", lambda _: pytest.fail("read a file"))
    assert resolve("toy", cache=cache, manifest=manifest).path == pulled


def test_a_copied_cache_is_read_once(
    pulled: Path, cache: Path, manifest: Manifest, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in pulled.iterdir():
        os.utime(path, (1, 1))
    read: list[Path] = []
    real = cache_module.file_sha256

    def counted(path: Path) -> str:
        read.append(path)
        return real(path)

    monkeypatch.setattr(cache_module, "file_sha256", counted)
    resolve("toy", cache=cache, manifest=manifest)
    assert sorted(path.name for path in read) == ["config.json", "model.bin"]
    resolve("toy", cache=cache, manifest=manifest)
    assert len(read) == 2


def test_verify_finds_what_the_quick_check_cannot(pulled: Path, cache: Path, manifest: Manifest) -> None:
    same_time(pulled / "model.bin", b"x" * 920)
    (quick,) = list_models(cache=cache, manifest=manifest)
    (thorough,) = verify(cache=cache, manifest=manifest)

    assert quick.state == "present"
    assert thorough.state == "damaged"
    assert "model.bin is altered" in thorough.detail


def test_verify_holds_files_against_the_manifest_not_the_record(
    pulled: Path, cache: Path, manifest: Manifest
) -> None:
    (pulled / "model.bin").write_bytes(b"x" * 920)
    cache_module.write_record(pulled)
    (status,) = verify(["toy"], cache=cache, manifest=manifest)

    assert status.state == "damaged"


def test_a_model_missing_from_the_record_is_damaged(pulled: Path, cache: Path, manifest: Manifest) -> None:
    (pulled / "model.bin").unlink()
    cache_module.write_record(pulled)
    (status,) = verify(["toy"], cache=cache, manifest=manifest)

    assert status.state == "damaged"
    assert status.detail.endswith("callqa-record.json does not list model.bin.")


def test_statuses_of_missing_models(cache: Path, manifest: Manifest) -> None:
    assert [(item.name, item.state) for item in list_models(cache=cache, manifest=manifest)] == [
        ("toy", "missing")
    ]


def test_resolve_local_folder(tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(b"weights")
    found = resolve(tmp_path)

    assert (found.source, found.path) == ("folder", tmp_path)
    assert found.provenance == f"{tmp_path} sha256:9a129038d9a0"


def test_resolve_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="holds no weights"):
        resolve(tmp_path)


@pytest.mark.parametrize("name", ["./nowhere", "/nowhere/at/all", "~/nowhere-at-all", Path("nowhere")])
def test_resolve_path_to_nothing(name: str | Path) -> None:
    with pytest.raises(WeightsError, match=r"is no folder with a model\..*whisper-base"):
        resolve(name)


@pytest.mark.parametrize("name", ["large-v3-turbo", "pyannote/segmentation-3.0"])
def test_resolve_hub_name(name: str) -> None:
    found = resolve(name)

    assert (found.source, found.path, found.load_name) == ("hub", None, name)
    assert found.provenance == f"{name} (hub)"


def test_the_hub_is_off_until_a_hub_name_is_asked_for(tmp_path: Path) -> None:
    from huggingface_hub import constants

    (tmp_path / "model.bin").write_bytes(b"weights")
    resolve(tmp_path)
    assert constants.HF_HUB_OFFLINE
    assert constants.HF_HUB_DISABLE_TELEMETRY
    resolve("large-v3-turbo")
    resolve(tmp_path)
    assert not constants.HF_HUB_OFFLINE


def test_a_user_who_says_offline_stays_offline(monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    resolve("large-v3-turbo")
    assert constants.HF_HUB_OFFLINE


def test_the_shipped_manifest() -> None:
    models = load_manifest().models

    assert {name: entry.kind for name, entry in models.items()} == {
        "whisper-base": "recogniser",
        "pyannote-segmentation": "segmentation",
        "ge2e": "speaker_encoder",
        "multilingual-e5-small": "text_encoder",
    }
    assert models["whisper-base"].sha256.startswith("d01c3014881c")
    assert models["whisper-base"].size == sum(file.size for file in models["whisper-base"].files)


def test_a_manifest_with_mistakes_lists_them_all() -> None:
    text = """
models:
  ../evil:
    kind: recogniser
    colour: red
    title: t
    licence: MIT
    source: s
    size: 0
    packages: [{name: p, version: '1', download_size: 1}]
    files: [{path: a/b, size: 1, sha256: zz, parts: [{package: p, member: m}]}]
"""
    with pytest.raises(InvalidFileError) as caught:
        parse_manifest(text)
    problems = "\n".join(caught.value.problems)
    for part in ("../evil", "colour: no such key", "size", "a plain file name", "sha256"):
        assert part in problems


def test_a_manifest_whose_part_has_no_package(manifest: Manifest) -> None:
    raw = manifest.model_dump(mode="json")
    raw["models"]["toy"]["packages"].pop()
    with pytest.raises(InvalidFileError, match=r"toy/m\.bin\.2: package toy-part2 is not listed"):
        parse_manifest(json.dumps(raw))


def test_a_manifest_that_is_no_yaml() -> None:
    with pytest.raises(InvalidFileError, match="no valid YAML"):
        parse_manifest("a: [")
