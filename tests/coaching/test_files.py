"""Files that users write (modules, rules), and periods as they write them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from callqa.coaching.modules import load_modules, modules_for
from callqa.coaching.periods import choose_period, parse_period
from callqa.coaching.results import Period
from callqa.coaching.rules import CoachingRules, load_rules
from callqa.coaching.texts import criterion_texts
from callqa.errors import InvalidFileError, UsageError


@pytest.mark.parametrize("language", ["zh", "en"])
def test_shipped_modules_are_for_every_criterion(language: str) -> None:
    modules = load_modules(None, language)
    texts = criterion_texts([], language)
    assert {name for module in modules for name in module.behaviours} == set(texts)
    assert all(text.title for text in texts.values())


def test_shipped_catalogues_say_the_same() -> None:
    first, second = (
        [(m.id, m.behaviours, m.faults, m.minutes) for m in load_modules(None, lang)] for lang in ("zh", "en")
    )
    assert first == second


def test_every_mistake_in_a_catalogue_is_told(tmp_path: Path) -> None:
    path = tmp_path / "m.yaml"
    path.write_text(
        "version: '1'\nlanguage: zh\nmodules:\n"
        "  - {id: a, title: A, behaviours: [pace], minutes: 0, max_size: 5}\n"
        "  - {id: b, titel: B, behaviours: [], minutes: 5, max_size: 5}\n",
        encoding="utf-8",
    )
    with pytest.raises(InvalidFileError) as error:
        load_modules(path, "zh")
    text = "\n".join(error.value.problems)
    for part in (
        "line 4: modules[1].minutes",
        "did you mean title?",
        "modules[2].title",
        "modules[2].behaviours",
    ):
        assert part in text


def test_ids_and_placeholders_of_a_catalogue(tmp_path: Path) -> None:
    path = tmp_path / "m.yaml"
    module = "  - {id: a, title: A, behaviours: [pace], minutes: 5, max_size: 5, say: ['我是{nmae}']}\n"
    path.write_text(f"version: '1'\nlanguage: zh\nmodules:\n{module}{module}", encoding="utf-8")
    with pytest.raises(InvalidFileError) as error:
        load_modules(path, "zh")
    assert len(error.value.problems) == 3
    assert "{nmae} cannot be filled in" in error.value.problems[0]


def test_modules_by_what_was_found() -> None:
    modules = load_modules(None, "zh")
    assert [item.id for item in modules_for(modules, "politeness", ["raised_voice"])] == ["calm_voice"]
    assert [item.id for item in modules_for(modules, "politeness", ["forbidden_phrases"])] == ["courtesy"]
    assert len(modules_for(modules, "politeness", [""])) == 2


def test_rules(tmp_path: Path) -> None:
    assert load_rules(None) == CoachingRules()
    path = tmp_path / "r.yaml"
    path.write_text("min_calls: 20\ntargets: {jargon: 0.9, pace: null}\n", encoding="utf-8")
    rules = load_rules(path)
    assert (rules.target_of("jargon"), rules.target_of("pace"), rules.target_of("x")) == (0.9, None, 0.7)
    path.write_text("min_call: 20\nmin_gap: 2\n", encoding="utf-8")
    with pytest.raises(InvalidFileError) as error:
        load_rules(path)
    assert "did you mean min_calls?" in error.value.problems[0]
    assert "min_gap" in error.value.problems[1]


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("day", "2025-12-31", "2026-01-01"),
        ("week", "2025-12-29", "2026-01-05"),
        ("month", "2025-12-01", "2026-01-01"),
        ("2025-W01", "2024-12-30", "2025-01-06"),
        ("2025-12", "2025-12-01", "2026-01-01"),
        ("2025-Q4", "2025-10-01", "2026-01-01"),
        ("2025", "2025-01-01", "2026-01-01"),
        ("2024-02-29", "2024-02-29", "2024-03-01"),
    ],
)
def test_periods(text: str, start: str, end: str) -> None:
    expected = Period(date.fromisoformat(start), date.fromisoformat(end))
    assert parse_period(text, date(2025, 12, 31)) == expected


@pytest.mark.parametrize("text", ["2025-13", "2025-W54", "yesterday", "2025-02-30"])
def test_no_periods(text: str) -> None:
    with pytest.raises(UsageError, match="is no period"):
        parse_period(text, None)


def test_both_days_are_in_a_period() -> None:
    days = date(2025, 1, 1), date(2025, 6, 1)
    assert choose_period(None, "2025-03-01", "2025-03-31", days) == Period(date(2025, 3, 1), date(2025, 4, 1))
    assert choose_period(None, None, "2025-03-31", days) == Period(date(2025, 1, 1), date(2025, 4, 1))
    assert choose_period(None, None, None, days) is None
    with pytest.raises(UsageError, match="before it begins"):
        choose_period(None, "2025-03-02", "2025-03-01", days)
    with pytest.raises(UsageError, match="exclude each other"):
        choose_period("week", "2025-03-02", None, days)
