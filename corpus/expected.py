"""The verdicts a listener would give: the dialogue's, and those that follow from the truth's numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from corpus.dialogue import CRITERIA, VERDICTS, Dialogue, verdict_of

_RUBRICS = Path(__file__).parents[1] / "callqa" / "rubrics"
_INTERRUPTIONS = ((0, "met"), (2, "partly_met"))


def expected_of(dialogues: list[Dialogue], truth: dict[str, Any]) -> dict[str, str]:
    """A verdict for each criterion. Pace follows from the rate that was really spoken. In a call
    chained from several dialogues the greeting is the first's, the closing the last's,
    interruptions and terms are counted over the whole call, and of the rest the worst holds,
    but for transparency, whose signs may stand anywhere: there the best."""
    language = dialogues[0].language
    rate = truth["articulation_rate"]
    unit = {"zh": "字/分", "en": " words/min"}[language]
    comma = {"zh": "，", "en": ", "}[language]
    pace = f"{_in_band(language, 'pace', 'articulation_rate', rate)}{comma}{rate:.0f}{unit}"
    if len(dialogues) == 1:
        return {**dialogues[0].expected, "pace": pace}
    verdicts = {name: [verdict_of(d.expected[name]) for d in dialogues] for name in CRITERIA}
    found = {name: max(given, key=VERDICTS.index) for name, given in _judged(verdicts).items()}
    found["greeting"], found["closing"] = verdicts["greeting"][0], verdicts["closing"][-1]
    found["transparency"] = min(verdicts["transparency"], key=VERDICTS.index)
    cut_in = sum(item["by"] == "agent" for item in truth["interruptions"])
    found["listening"] = next((verdict for most, verdict in _INTERRUPTIONS if cut_in <= most), "not_met")
    unexplained = sum(item["status"] == "unexplained" for item in truth["jargon"])
    found["jargon"] = _in_band(language, "jargon", "jargon", 100 * unexplained / truth["agent_syllables"])
    return {**found, "pace": pace}


def _judged(verdicts: dict[str, list[str]]) -> dict[str, list[str]]:
    """Without those that do not apply, unless none does."""
    return {
        name: [verdict for verdict in given if verdict != "not_applicable"] or given
        for name, given in verdicts.items()
    }


def _in_band(language: str, criterion: str, measure: str, value: float) -> str:
    rubric = yaml.safe_load((_RUBRICS / f"telecom.{language}.yaml").read_text(encoding="utf-8"))
    checks = next(item for item in rubric["criteria"] if item["id"] == criterion)["checks"]
    check = next(item for item in checks if item.get("measure") == measure)
    for verdict, name in (("met", "met"), ("partly_met", "partly")):
        if name in check:
            low, high = check[name]
            if (low is None or value >= low) and (high is None or value <= high):
                return verdict
    return "not_met"
