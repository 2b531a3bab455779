"""Voices in a workspace: encrypted, only the agent's where that is enough, and gone when forgotten."""

from __future__ import annotations

import dataclasses
import os
import stat
import struct
from pathlib import Path

import pytest

from callqa.data.voices import SpeakerVoice
from callqa.errors import StoreError, UsageError
from callqa.store import CallKeys, Store
from callqa.store.sealing import KEY_VARIABLE, Sealer, create_key, key_path, load_sealer
from callqa.store.voices import SealedVoice, open_voice, seal_voice
from tests.synthetic import make_analysis, make_facts

VECTOR = tuple(struct.unpack("<256f", struct.pack("<256f", *(0.01 + number / 1000 for number in range(256)))))


@pytest.fixture
def sealer(tmp_path: Path) -> Sealer:
    create_key(tmp_path / "keys" / "voices.key", tmp_path / "ws")
    return load_sealer(tmp_path / "keys" / "voices.key")


@pytest.fixture
def store(tmp_path: Path):
    with Store.open(tmp_path / "ws", create=True) as opened:
        yield opened


def voice(speaker: str = "SPEAKER_00", model: str = "ge2e", seconds: float = 20.0) -> SpeakerVoice:
    return SpeakerVoice(speaker, VECTOR, seconds, model)


def save(
    store: Store, number: int, *heard: SealedVoice, agent: str = "A1", started: str | None = None
) -> str:
    sha256 = f"{number:016x}" + "0" * 48
    facts = make_facts(sha256[:16], f"{number}.wav")
    recording = dataclasses.replace(facts.recording, agent_id=agent, started_at=started)
    analysis = make_analysis(dataclasses.replace(facts, recording=recording))
    store.save(analysis, CallKeys(sha256, "f", "j"), f"{number}.wav", heard=heard)
    return sha256[:16]


def files_of(tmp_path: Path) -> bytes:
    """Everything that lies in the workspace: the database, its log, its shared memory."""
    return b"".join(path.read_bytes() for path in sorted((tmp_path / "ws").iterdir()))


def test_a_sealed_voice_comes_back_and_does_not_show(sealer: Sealer) -> None:
    sealed = seal_voice(voice(), "A1", True, sealer)
    assert open_voice(sealed, sealer) == voice()
    assert seal_voice(voice(), "A1", True, sealer).sealed != sealed.sealed
    assert "0.01" not in repr(voice())


def test_no_voice_can_be_read_in_the_workspace(store: Store, sealer: Sealer, tmp_path: Path) -> None:
    sealed = seal_voice(voice(), "A1", True, sealer)
    save(store, 1, sealed)
    held = files_of(tmp_path)
    assert sealed.sealed in held
    for size in ("f", "d"):
        for first in range(252):
            four = struct.pack(f"<4{size}", *VECTOR[first : first + 4])
            assert four not in held
            assert four[::-1] not in held
    for number in VECTOR[:16]:
        assert f"{number:.6f}".encode() not in held
    assert (tmp_path / "keys" / "voices.key").read_bytes().strip() not in held


def test_forgetting_leaves_nothing_in_the_files(store: Store, sealer: Sealer, tmp_path: Path) -> None:
    first, second = (seal_voice(voice(), agent, True, sealer) for agent in ("A1", "B2"))
    call_id = save(store, 1, first)
    save(store, 2, second, agent="B2")
    assert store.forget_voices("A1") == 1
    held = files_of(tmp_path)
    assert first.sealed not in held
    assert first.sealed[100:160] not in held
    assert second.sealed in held
    assert [known.agent_id for known in store.known_voices()] == ["B2"]
    assert store.forget_voices() == 1
    assert second.sealed[100:160] not in files_of(tmp_path)
    assert (store.known_voices(), store.teaching_voices("B2"), store.call_voices(call_id)) == ([], [], [])
    assert store.count() == 2


def test_saving_a_call_again_replaces_its_voices_or_leaves_them_alone(store: Store, sealer: Sealer) -> None:
    sealed = seal_voice(voice(), "A1", True, sealer)
    call_id = save(store, 1, sealed)
    analysis = store.load(call_id).analysis
    store.save(analysis, store.load(call_id).keys, "1.wav")
    assert store.call_voices(call_id) == [sealed]
    store.save(analysis, store.load(call_id).keys, "1.wav", heard=())
    assert store.call_voices(call_id) == []


def test_settling_keeps_the_agents_voice_alone(store: Store, sealer: Sealer) -> None:
    both = [seal_voice(voice(name), "A1", False, sealer) for name in ("SPEAKER_00", "SPEAKER_01")]
    call_id = save(store, 1, *both)
    assert store.teaching_voices("A1") == []
    (known,) = store.known_voices()
    assert (known.num_calls, known.num_waiting) == (0, 1)
    store.settle_voices(call_id, "SPEAKER_01")
    assert store.teaching_voices("A1") == [dataclasses.replace(both[1], teaches=True)]
    assert len(store.call_voices(call_id)) == 1
    store.settle_voices(call_id, "SPEAKER_00")
    assert store.call_voices(call_id) == []


def test_an_agent_is_taught_by_the_last_calls_but_never_by_the_call_itself(
    store: Store, sealer: Sealer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("callqa.store.voices.MOST_CALLS", 2)
    ids = [
        save(
            store,
            number,
            seal_voice(voice(seconds=float(number)), "A1", True, sealer),
            started=f"2025-03-0{number}T08:00:00",
        )
        for number in (3, 1, 2)
    ]
    assert [item.seconds for item in store.teaching_voices("A1")] == [3.0, 2.0]
    assert [item.seconds for item in store.teaching_voices("A1", leave_out=ids[0])] == [2.0, 1.0]
    assert store.teaching_voices("A2") == []


def test_the_key_is_its_owners_alone_and_never_in_the_workspace(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "voices.key"
    create_key(path, tmp_path / "ws")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(UsageError, match="a key already"):
        create_key(path, tmp_path / "ws")
    with pytest.raises(UsageError, match="would lie in the workspace"):
        create_key(tmp_path / "ws" / "voices.key", tmp_path / "ws")
    if os.name == "posix":
        path.chmod(0o640)
        with pytest.raises(StoreError, match=r"others may read the key .* 0640"):
            load_sealer(path)


def test_what_is_no_key_or_another_one(tmp_path: Path, sealer: Sealer) -> None:
    with pytest.raises(StoreError, match="voices are only kept encrypted, and there is no key"):
        load_sealer(tmp_path / "none.key")
    wrong = tmp_path / "wrong.key"
    wrong.write_text("not a key")
    wrong.chmod(0o600)
    with pytest.raises(StoreError, match="holds no key"):
        load_sealer(wrong)
    create_key(tmp_path / "other.key", tmp_path / "ws")
    with pytest.raises(StoreError, match="cannot be opened with this key"):
        open_voice(seal_voice(voice(), "A1", True, sealer), load_sealer(tmp_path / "other.key"))


def test_where_the_key_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert key_path(None) == tmp_path / "callqa" / "voices.key"
    assert key_path("/keys/a.key") == Path("/keys/a.key")
    monkeypatch.setenv(KEY_VARIABLE, "/keys/b.key")
    assert key_path("/keys/a.key") == Path("/keys/b.key")
