"""Tables and statements: what is written is what docs/export.md says."""

from __future__ import annotations

import builtins
import csv
import json
import re
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from callqa.commands.export import ExportOptions, export_table, export_xapi
from callqa.errors import UsageError
from callqa.reports.tables import TABLES
from callqa.store import Store
from tests.reports.workspaces import SECRET, phone_call, save

DOCUMENT = (Path(__file__).parents[2] / "docs/export.md").read_text(encoding="utf-8")


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    with Store.open(tmp_path / "ws", create=True) as store:
        save(store, phone_call("ab" * 32, name="=HYPERLINK(1)"), "ab" * 32, "a.wav")
        save(store, phone_call("cd" * 32, agent="", name=None, started_at=None), "cd" * 32, "b.wav")
        number = store.coaching.plan("A1023", "jargon", "chen", date(2025, 3, 10), "chen", "").id
        store.coaching.move(
            number, "held", "chen", "a secret talk", held_on=date(2025, 3, 11), follow_up_on=date(2025, 3, 25)
        )
    return tmp_path / "ws"


def options(workspace: Path, name: str, **changes: Any) -> ExportOptions:
    asked = {"period": None, "first": None, "last": None, "queue": None, **changes}
    return ExportOptions(workspace, workspace.parent / name, **asked)


def described(table: str) -> list[tuple[str, str, bool]]:
    """Columns as the document has them: those of every table, then the table's own."""
    common, *_ = DOCUMENT.split("\n## ")
    own = DOCUMENT.split(f"\n## {table}\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \| (yes|no) \|", common + own, re.MULTILINE)
    return [(name, kind, always == "yes") for name, kind, always in rows]


@pytest.mark.parametrize("table", TABLES)
def test_the_document_describes_every_column(table: str) -> None:
    assert described(table) == [(field.name, field.type, field.required) for field in TABLES[table]]


@pytest.mark.parametrize("table", TABLES)
def test_what_is_written_is_what_is_described(workspace: Path, table: str) -> None:
    export_table(table, options(workspace, "t.csv"))
    path = workspace.parent / "t.csv"
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == [field.name for field in TABLES[table]]
    checks = {"number": float, "boolean": ("true", "false").index, "time": date.fromisoformat, "text": str}
    for row in rows:
        for field in TABLES[table]:
            value = row[field.name]
            assert value or not field.required, field.name
            if value:
                checks[field.type](value[:10] if field.type == "time" else value)
    assert {row["agent_name"] for row in rows} == {"'=HYPERLINK(1)", ""}
    assert SECRET not in path.read_text(encoding="utf-8-sig")


@pytest.mark.parametrize("table", TABLES)
def test_parquet_has_the_same_rows_with_their_types(workspace: Path, table: str) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    export_table(table, options(workspace, "t.parquet"))
    export_table(table, options(workspace, "t.csv"))
    found = parquet.read_table(workspace.parent / "t.parquet")
    types = {"text": "string", "number": "double", "boolean": "bool", "time": "timestamp[us]"}
    assert [(field.name, str(field.type), not field.nullable) for field in found.schema] == [
        (field.name, types[field.type], field.required) for field in TABLES[table]
    ]
    with (workspace.parent / "t.csv").open(encoding="utf-8-sig", newline="") as file:
        assert found.num_rows == len(list(csv.DictReader(file)))


def test_elements_and_components_are_rows_of_their_own(workspace: Path) -> None:
    export_table("measures", options(workspace, "t.csv"))
    with (workspace.parent / "t.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["call_id"] == "ab" * 8]
    found = {(row["measure"], row["component"]): (row["value"], row["unit"]) for row in rows}
    assert found["greeting", "salutation"] == ("1.0", "")
    assert found["greeting", "offer"] == ("", "")
    assert found["talk_share", ""] == (str(1 / 3), "share")
    assert found["talk_share", "agent_seconds"] == ("2.9", "")
    assert found["response_latency", ""] == ("", "seconds")
    assert ("dead_air", "spans") not in found


def test_a_period_leaves_out_what_is_not_in_it(workspace: Path) -> None:
    export_table("calls", options(workspace, "t.csv", period="2025-03"))
    assert (workspace.parent / "t.csv").read_text(encoding="utf-8-sig").count("\n") == 2


def test_without_pyarrow_parquet_says_what_to_do(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any, **named: Any) -> Any:
        if name.startswith("pyarrow"):
            raise ImportError(name)
        return real(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(UsageError, match=r"callqa\[parquet\]"):
        export_table("calls", options(workspace, "t.parquet"))


def test_another_ending_is_told(workspace: Path) -> None:
    with pytest.raises(UsageError, match="neither"):
        export_table("calls", options(workspace, "t.json"))


def test_statements_are_of_accounts_and_say_nothing_that_was_said(workspace: Path) -> None:
    export_xapi(options(workspace, "s.jsonl"), "https://hr.example.com/", None)
    text = (workspace.parent / "s.jsonl").read_text(encoding="utf-8")
    statements = [json.loads(line) for line in text.splitlines()]
    assert [item["verb"]["id"].rsplit("/", 1)[1] for item in statements] == [
        "scored",
        "registered",
        "attended",
    ]
    for item in statements:
        UUID(item["id"])
        assert item["version"] == "1.0.3"
        assert item["actor"] == {
            "objectType": "Agent",
            "account": {"homePage": "https://hr.example.com", "name": "A1023"},
        }
        assert item["object"]["id"].startswith("https://hr.example.com/callqa/")
        assert re.search(r"[+-]\d\d:\d\d$", item["timestamp"])
        keys = [*item["context"]["extensions"], *item.get("result", {}).get("extensions", {})]
        assert all(key.startswith("https://") for key in keys)
    assert statements[0]["result"]["score"] == {"scaled": 0.815, "raw": 81.5, "min": 0, "max": 100}
    for hidden in (SECRET, "a secret talk", "HYPERLINK"):
        assert hidden not in text


def test_the_same_export_has_the_same_ids(workspace: Path) -> None:
    texts = []
    for name in ("a.jsonl", "b.jsonl"):
        export_xapi(options(workspace, name), "https://hr.example.com", None)
        texts.append((workspace.parent / name).read_text(encoding="utf-8"))
    assert texts[0] == texts[1]


@pytest.mark.parametrize("homepage", [None, "hr.example.com", "mailto:a@example.com"])
def test_statements_need_an_address_of_accounts(workspace: Path, homepage: str | None) -> None:
    with pytest.raises(UsageError, match="address of the system"):
        export_xapi(options(workspace, "s.jsonl"), homepage, None)
