from __future__ import annotations

import dataclasses
import json
import os
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from callqa.data import CallAnalysis, CallFacts, Measure, Verdict
from callqa.errors import StoreError, UsageError
from callqa.store import CallKeys, Store, database
from callqa.store.codec import from_plain, pack, to_plain, unpack
from callqa.store.tables import Base
from tests.synthetic import make_analysis, make_facts

KEYS = CallKeys("0123456789abcdef" * 4, "facts-1", "judge-1")


@pytest.fixture
def store(tmp_path: Path):
    with Store.open(tmp_path / "ws", create=True) as opened:
        yield opened


def other_call(prefix: str = "01ff", agent: str | None = "王芳") -> tuple[CallAnalysis, CallKeys]:
    sha256 = prefix + "7" * (64 - len(prefix))
    facts = make_facts(sha256[:16], f"calls/{prefix}.wav")
    recording = dataclasses.replace(facts.recording, agent_name=agent, agent_id=None, started_at=None)
    return make_analysis(dataclasses.replace(facts, recording=recording)), CallKeys(sha256, "f", "j")


def assert_every_field_is_set(value: object) -> None:
    """The synthetic call only proves something while no field of it is left at its default."""
    assert dataclasses.is_dataclass(value)
    for field in dataclasses.fields(value):
        assert getattr(value, field.name) not in (None, (), {}), f"{type(value).__name__}.{field.name}"


def test_a_call_comes_back_exactly_as_it_was_saved(store: Store) -> None:
    analysis = make_analysis()
    store.save(analysis, KEYS, "calls/李娜.wav")
    stored = store.load("0123456789abcdef")
    assert stored.analysis == analysis
    assert list(stored.analysis.measures) == list(analysis.measures)
    assert stored.keys == KEYS
    assert stored.paths == ("calls/李娜.wav",)
    assert type(stored.analysis.measures["agent_interruptions"].value) is int
    assert stored.analysis.measures["greeting"].value["offer"] is None
    for part in (
        analysis.facts.recording,
        analysis.facts.roles,
        analysis.facts.coverage,
        analysis.facts.turns[1],
    ):
        assert_every_field_is_set(part)
    assert_every_field_is_set(analysis.facts.acoustics[0])
    assert_every_field_is_set(analysis.scorecard)


def test_codec_round_trips_the_whole_analysis() -> None:
    analysis = make_analysis()
    assert unpack(CallAnalysis, pack(analysis)) == analysis
    plain = json.loads(json.dumps(to_plain(analysis)))
    assert from_plain(CallAnalysis, plain) == analysis


def test_codec_takes_defaults_for_fields_an_older_program_did_not_write() -> None:
    plain = to_plain(make_facts())
    del plain["status"], plain["turns"][0]["role"]
    facts = from_plain(CallFacts, plain)
    assert facts.status == "scored"
    assert facts.turns[0].role is None


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("language",), 3),
        (("turns",), {}),
        (("turns", 0, "start"), "1"),
        (("turns", 0, "start"), True),
        (("turns", 0, "role"), "boss"),
        (("coverage", "untranscribed", 0, "end"), 0.0),
        (("from_the_future",), 1),
    ],
)
def test_codec_refuses_what_is_no_such_value(path: tuple, value: object) -> None:
    plain = to_plain(make_facts())
    target = plain
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = value
    with pytest.raises(StoreError):
        from_plain(CallFacts, plain)


def test_codec_refuses_to_store_what_would_not_come_back() -> None:
    with pytest.raises(TypeError, match="set"):
        pack(Measure("m", 1, "count", {"x": {1, 2}}))
    with pytest.raises(StoreError, match="damaged"):
        unpack(CallFacts, b"not compressed")


def test_saving_again_replaces(store: Store) -> None:
    store.save(make_analysis(), KEYS, "a.wav")
    less = make_analysis(score=None)
    less = dataclasses.replace(less, measures={"talk_share": less.measures["talk_share"]})
    store.save(
        less,
        CallKeys(KEYS.sha256, "facts-2", "judge-2", {"agent_channel": 1}, {"company": "A"}, "r.yaml"),
        "a.wav",
    )
    assert store.count() == 1
    assert store.load("0123456789abcdef").analysis == less
    known = store.known(KEYS.sha256)
    assert known is not None
    assert known.keys == CallKeys(
        KEYS.sha256, "facts-2", "judge-2", {"agent_channel": 1}, {"company": "A"}, "r.yaml"
    )
    assert store.known("f" * 64) is None


def test_one_call_under_two_names(store: Store, tmp_path: Path) -> None:
    store.save(make_analysis(), KEYS, "a.wav")
    store.save_path("0123456789abcdef", str(tmp_path / "b.wav"))
    assert store.count() == 1
    assert set(store.load("0123456789abcdef").paths) == {"a.wav", str(tmp_path / "b.wav")}
    assert store.summaries()[0].paths == store.load("0123456789abcdef").paths


def test_finding_by_id_prefix_and_path(store: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    store.save(make_analysis(), KEYS, "calls/李娜.wav")
    analysis, keys = other_call("01ff")
    store.save(analysis, keys, "calls/../b.wav")
    first = "0123456789abcdef"
    assert store.find(first) == store.find("0123") == store.find("0123456789ABCDEF") == first
    assert store.find("calls/李娜.wav") == store.find("./calls/李娜.wav") == first
    assert store.find(str(tmp_path / "calls" / "李娜.wav")) == first
    assert store.find("b.wav") == store.find("calls/../b.wav") == keys.sha256[:16]
    with pytest.raises(UsageError, match="'01' means 2 calls"):
        store.find("01")
    for unknown in ("ffff", "nothing.wav", "", "%"):
        with pytest.raises(UsageError, match="no stored call"):
            store.find(unknown)


def test_a_failed_file_says_why_when_asked_for_and_is_forgotten_once_scored(store: Store) -> None:
    store.save_failure("a.wav", "a.wav is empty.", "Record it again.")
    store.save_failure("a.wav", "a.wav is cut off.", "Copy it again.")
    assert [(item.path, item.reason) for item in store.failures()] == [("a.wav", "a.wav is cut off.")]
    with pytest.raises(UsageError, match="was not scored: a") as caught:
        store.find("a.wav")
    assert caught.value.hint == "Copy it again."
    store.save(make_analysis(), KEYS, "a.wav")
    assert store.failures() == []


def test_queries_by_agent_and_by_verdict(store: Store) -> None:
    store.save(make_analysis(), KEYS, "a.wav")
    analysis, keys = other_call()
    store.save(analysis, keys, "b.wav")
    assert [call.agent for call in store.summaries()] == ["王芳", "李娜"]
    assert [call.id for call in store.summaries(agent="李娜")] == ["0123456789abcdef"]
    assert [call.id for call in store.summaries(agent="A1023")] == ["0123456789abcdef"]
    assert store.summaries(agent="张三") == []
    assert len(store.summaries(criterion="politeness", verdict=Verdict.NOT_MET)) == 2
    assert store.summaries(criterion="politeness", verdict=Verdict.MET) == []
    assert [call.id for call in store.summaries(ids=[keys.sha256[:16]])] == [keys.sha256[:16]]
    summary = store.summaries(agent="李娜")[0]
    assert summary.verdicts["greeting"] is Verdict.MET
    assert summary.score == 81.5
    assert summary.recording_notes == make_facts().recording.notes
    assert summary.untranscribed_share == pytest.approx(1.25 / 8.8)


def test_tables_and_migrations_agree(tmp_path: Path) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    Store.open(tmp_path, create=True).close()
    with create_engine(f"sqlite:///{tmp_path / 'callqa.db'}").connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, Base.metadata) == []
        assert context.get_current_revision() == database.HEAD


def test_a_workspace_of_the_first_program_is_brought_up_to_date(tmp_path: Path) -> None:
    from alembic import command
    from alembic.config import Config

    with Store.open(tmp_path, create=True) as opened:
        opened.save(make_analysis(), KEYS, "a.wav")
    config = Config()
    config.set_main_option("script_location", str(database._MIGRATIONS))
    with database.Database(tmp_path / "callqa.db", foreign_keys=False).writing() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0001")
        columns = [row[1] for row in connection.exec_driver_sql("PRAGMA table_info(calls)")]
        assert "rubric" not in columns
    with Store.open(tmp_path) as opened:
        stored = opened.load("0123456789abcdef")
        assert stored.analysis == make_analysis()
        assert (stored.keys.settings, stored.keys.rubric) == ({}, None)


def test_a_workspace_of_a_newer_program_is_left_alone(tmp_path: Path) -> None:
    Store.open(tmp_path, create=True).close()
    with sqlite3.connect(tmp_path / "callqa.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError, match="written by a newer callqa"):
        Store.open(tmp_path)


def test_a_workspace_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="is no callqa workspace"):
        Store.open(tmp_path / "nowhere")
    assert not (tmp_path / "nowhere").exists()


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "callqa.db").write_text("these are not the tables you are looking for" * 30)
    with pytest.raises(StoreError, match="damaged or no callqa workspace"):
        Store.open(tmp_path)


def test_a_workspace_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot create the workspace"):
        Store.open(tmp_path / "file" / "ws", create=True)


def test_a_full_disk_is_named_and_loses_nothing_saved_before(store: Store) -> None:
    store.save(make_analysis(), KEYS, "a.wav")
    with store._database.writing() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    with store._database.engine.connect() as held:
        held.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    analysis, keys = other_call()
    big = dataclasses.replace(
        analysis,
        measures={"m": Measure("m", 1, "count", {"noise": [os.urandom(50).hex() for _ in range(2000)]})},
    )
    with pytest.raises(StoreError, match="disk is full"):
        store.save(big, keys, "b.wav")
    assert [call.id for call in store.summaries()] == ["0123456789abcdef"]


def test_many_programs_opening_a_new_workspace_at_once(tmp_path: Path) -> None:
    code = "import sys; from pathlib import Path; from callqa.store import Store; "
    code += "print(Store.open(Path(sys.argv[1]), create=True).count())"
    command = [sys.executable, "-c", code, str(tmp_path)]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(3)]
    assert [process.communicate()[0].strip() for process in running] == [b"0"] * 3


def test_claims_keep_two_batches_apart(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = store.begin_batch("0.1.0", {}, 1), store.begin_batch("0.1.0", {}, 1)
    assert store.claim("s", ours)
    assert store.claim("s", ours)
    # The other batch is another process, and that one lives.
    monkeypatch.setattr("os.getpid", lambda: 1)
    assert not store.claim("s", theirs)
    store.release("s", ours)
    assert store.claim("s", theirs)


def test_a_claim_dies_with_its_process_or_of_old_age(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    first, second, third = (store.begin_batch("0.1.0", {}, 1) for _ in range(3))
    monkeypatch.setattr("os.getpid", lambda: gone.pid)
    assert store.claim("s", first)
    monkeypatch.setattr("os.getpid", lambda: os.getppid())
    assert store.claim("s", second)
    monkeypatch.setattr("os.getpid", lambda: 1)
    assert not store.claim("s", third)
    later = time.time() + 61
    monkeypatch.setattr("time.time", lambda: later)
    assert store.claim("s", third)


def test_renewed_claims_do_not_age(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = (store.begin_batch("0.1.0", {}, 1) for _ in range(2))
    start = time.time()
    assert store.claim("s", first)
    monkeypatch.setattr("os.getpid", lambda: 1)
    monkeypatch.setattr("time.time", lambda: start + 50)
    store.renew(first)
    monkeypatch.setattr("time.time", lambda: start + 80)
    assert not store.claim("s", second)
    store.end_batch(first)
    assert store.claim("s", second)
