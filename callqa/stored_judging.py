"""How stored calls are judged anew: with what is asked for now, else with what each was judged with."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from callqa import analysers
from callqa.batch import judge_key
from callqa.config import Settings, describe_problems, load_settings
from callqa.errors import UsageError
from callqa.judging import judging_digest
from callqa.mass_rescoring import CallJudging
from callqa.rescoring import Judging
from callqa.scoring import shipped_rubrics
from callqa.scoring.book import ChosenRubric, chosen_of_text
from callqa.store import RescoringRow, RubricText, StoredCall

NO_LEXICON = "none"
"""Instead of a lexicon: those that ship, alone."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a command was asked to judge by; None and empty where each call keeps its own."""

    rubric: str | None = None
    settings: Path | None = None
    lexicons: tuple[Path, ...] = ()
    queue_rubrics: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def applied(self, settings: Settings) -> Settings:
        """Settings with the lexicons and the queues' rubrics that were asked for."""
        changes: dict[str, Any] = {}
        if self.lexicons:
            own = [path for path in self.lexicons if str(path) != NO_LEXICON]
            changes["lexicons"] = tuple(os.path.abspath(path) for path in own)
        if self.queue_rubrics:
            queues = {queue: tuple(map(findable, names)) for queue, names in self.queue_rubrics.items()}
            changes["rubrics"] = {**settings.rubrics, **queues}
        return settings.model_copy(update=changes) if changes else settings


def parse_queue_rubrics(given: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """``QUEUE=FILE`` options by queue. Raises `UsageError` for any that is none."""
    found: dict[str, tuple[str, ...]] = {}
    for item in given:
        queue, sign, source = item.partition("=")
        if not (sign and queue.strip() and source.strip()):
            raise UsageError(
                f"--queue-rubric {item!r} is not QUEUE=FILE.", "For example: --queue-rubric 投诉=strict.yaml"
            )
        found[queue.strip()] = (*found.get(queue.strip(), ()), source.strip())
    return found


class Judgings:
    """How stored calls are judged anew. `kept` are the workspace's rubrics: they stand in for files
    that calls were judged by and that are gone now.

    Raises `InvalidFileError` where what is asked for has mistakes.
    """

    def __init__(
        self,
        rubric: str | None,
        settings_file: Path | None,
        asked: Asked | None = None,
        kept: Sequence[RubricText] = (),
    ) -> None:
        self._asked = asked or Asked()
        self._rubric = findable(rubric) if rubric is not None else None
        self._settings = None if settings_file is None else load_settings(settings_file)
        self._kept = {item.digest: item for item in kept}
        self._made: dict[tuple[str, str | None], Judging] = {}
        self._made_for_rows: dict[tuple[str, str | None, str | None], CallJudging] = {}
        self._settings_of: dict[str, Settings] = {}
        self.missing: dict[str, str] = {}
        """Rubric files that are gone, with the version of the kept text that stands in."""
        if rubric is not None or self._asked.lexicons or self._asked.queue_rubrics:
            # Mistakes are told before the first call is looked at.
            analysers.open_judge(self._asked.applied(self._settings or Settings()), self._rubric)

    def of(self, call: StoredCall) -> Judging:
        """The judging of one call; calls with the same settings and rubric share it."""
        rubric = self._rubric or call.keys.rubric
        settings = self._asked.applied(self._settings or _stored_settings(call.id, call.keys.settings))
        key = (settings.hash(), rubric)
        if key not in self._made:
            analyser = analysers.make_factory(settings, rubric)()
            digest = judge_key(settings, analysers.rubrics_digest(rubric, settings))
            self._made[key] = Judging(analyser.judge, digest, settings.model_dump(mode="json"), rubric)
        return self._made[key]

    def of_row(self, row: RescoringRow) -> CallJudging:
        """The judging of a call of which only the row is at hand."""
        settings = self._settings_for(row)
        rubric = self._rubric or row.rubric
        gone = rubric is not None and rubric not in shipped_rubrics() and not os.path.exists(rubric)
        key = (settings.hash(), rubric, row.rubric_digest if gone else None)
        if key not in self._made_for_rows:
            judge = analysers.open_judge(settings, self._stand_in(row, rubric) if gone else rubric)
            self._made_for_rows[key] = CallJudging(judge, judge_key(settings, judging_digest(judge)), rubric)
        return self._made_for_rows[key]

    def judgings(self) -> list[CallJudging]:
        """Every judging that was asked for."""
        return list(self._made_for_rows.values())

    def _settings_for(self, row: RescoringRow) -> Settings:
        key = repr(sorted(row.settings.items(), key=lambda item: item[0]))
        if key not in self._settings_of:
            found = self._settings or _stored_settings(row.id, row.settings)
            self._settings_of[key] = self._asked.applied(found)
        return self._settings_of[key]

    def _stand_in(self, row: RescoringRow, rubric: str | None) -> ChosenRubric | str | None:
        texts = [item for item in self._kept.values() if item.source == rubric]
        kept = next(
            (item for item in texts if item.digest == row.rubric_digest), texts[-1] if texts else None
        )
        if kept is None or rubric is None:
            return rubric
        self.missing[rubric] = kept.version
        return chosen_of_text(kept.text, kept.source)


def _stored_settings(call_id: str, stored: Mapping[str, Any]) -> Settings:
    try:
        return Settings.model_validate(stored)
    except ValidationError as error:
        raise UsageError(
            f"call {call_id} was judged with settings that this callqa does not have: "
            f"{'; '.join(describe_problems(error))}.",
            "Name the settings to judge by with --settings FILE.",
        ) from error


def findable(rubric: str) -> str:
    """The rubric as it can be found again from any folder."""
    return os.path.abspath(rubric) if os.path.exists(rubric) else rubric
