"""Verdicts that people gave, and the sheets they gave them on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert

from callqa.data import Verdict
from callqa.store.tables import LabelRow, LabelSheetRow, now


@dataclass(frozen=True, slots=True)
class LabelSheet:
    """A sheet as it was handed out. `chances` has each call's chance (0-1] of having been drawn out
    of `population` calls."""

    id: str
    seed: int
    population: int
    chances: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Label:
    """One person's verdict on one criterion of one call. `sheet_id` is None where the verdict came
    in a table that callqa did not write."""

    call_id: str
    criterion: str
    labeller: str
    verdict: Verdict
    comment: str
    source: str
    sheet_id: str | None = None


def save_sheet(connection: Connection, sheet: LabelSheet) -> None:
    """Keep how a sheet's calls were drawn."""
    connection.execute(
        insert(LabelSheetRow).values(
            id=sheet.id,
            seed=sheet.seed,
            population=sheet.population,
            chances=dict(sheet.chances),
            created_at=now(),
        )
    )


def load_sheets(connection: Connection) -> dict[str, LabelSheet]:
    """Every sheet by its id."""
    rows = connection.execute(
        select(LabelSheetRow.id, LabelSheetRow.seed, LabelSheetRow.population, LabelSheetRow.chances)
    )
    return {row.id: LabelSheet(row.id, row.seed, row.population, row.chances) for row in rows}


def save_labels(connection: Connection, labels: Iterable[Label]) -> None:
    """Keep verdicts, each in place of what the same person said of it before."""
    for label in labels:
        values = {
            "verdict": label.verdict.value,
            "comment": label.comment,
            "source": label.source,
            "sheet_id": label.sheet_id,
            "saved_at": now(),
        }
        connection.execute(
            upsert(LabelRow)
            .values(call_id=label.call_id, criterion=label.criterion, labeller=label.labeller, **values)
            .on_conflict_do_update(index_elements=["call_id", "criterion", "labeller"], set_=values)
        )


def load_labels(connection: Connection) -> list[Label]:
    """Every verdict that people gave, by call, criterion and labeller."""
    rows = connection.execute(
        select(
            LabelRow.call_id,
            LabelRow.criterion,
            LabelRow.labeller,
            LabelRow.verdict,
            LabelRow.comment,
            LabelRow.source,
            LabelRow.sheet_id,
        ).order_by(LabelRow.call_id, LabelRow.criterion, LabelRow.labeller)
    )
    return [Label(*row[:3], Verdict(row.verdict), *row[4:]) for row in rows]
