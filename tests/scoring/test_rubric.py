from pathlib import Path

import pytest
import yaml

from callqa.errors import InvalidFileError, UsageError
from callqa.scoring import default_rubric, load_rubric, shipped_rubrics

NINE = ["greeting", "pace", "politeness", "listening", "jargon"]
NINE += ["closing", "guessing", "privacy", "transparency"]
MINIMAL = {
    "id": "mine",
    "version": "7",
    "language": "zh",
    "criteria": [{"id": "privacy", "weight": 1, "checks": [{"kind": "faults", "measure": "privacy"}]}],
}


def write(tmp_path: Path, content: object) -> Path:
    path = tmp_path / "rubric.yaml"
    path.write_text(content if isinstance(content, str) else yaml.safe_dump(content), encoding="utf-8")
    return path


@pytest.mark.parametrize("language", ["zh", "en"])
def test_shipped_rubrics_have_the_nine_criteria_and_weights_of_a_hundred(language: str) -> None:
    rubric = default_rubric(language)
    assert [item.id for item in rubric.criteria] == NINE
    assert sum(item.weight for item in rubric.criteria) == 100
    assert rubric.language == language
    assert [item.id for item in rubric.criteria if item.critical] == ["politeness", "privacy"]


def test_shipped_names() -> None:
    assert shipped_rubrics() == ("telecom.en", "telecom.zh")


def test_a_rubric_of_ones_own(tmp_path: Path) -> None:
    rubric = load_rubric(write(tmp_path, MINIMAL))
    assert (rubric.ref.id, rubric.ref.version) == ("mine", "7")
    assert rubric.digest != load_rubric(write(tmp_path, MINIMAL | {"critical_cap": 10})).digest


def test_every_mistake_is_listed_with_its_key(tmp_path: Path) -> None:
    content = {
        "id": "mine",
        "language": "fr",
        "weigth": 3,
        "criteria": [
            {"id": "Pace!", "weight": -1, "checks": [{"kind": "faults", "measure": "loudness"}]},
            {"id": "pace", "weight": 1, "checks": [{"kind": "curve", "measure": "privacy"}]},
            {"id": "jargon", "weight": 1, "checks": []},
        ],
    }
    with pytest.raises(InvalidFileError) as caught:
        load_rubric(write(tmp_path, content))
    text = str(caught.value)
    for part in (
        "version",
        "language",
        "weigth: no such key",
        "criteria.0.id",
        "criteria.0.weight",
        "no such measure: loudness",
        "criteria.1.checks.0",
        "criteria.2.checks",
    ):
        assert part in text


@pytest.mark.parametrize(
    ("check", "message"),
    [
        ({"kind": "band", "measure": "talk_share", "met": [2, 1]}, "lower limit"),
        ({"kind": "band", "measure": "talk_share", "met": [0, 1], "partly": [0.5, 2]}, "at least as far"),
        ({"kind": "band", "measure": "talk_share", "met": [0, 1], "partly": [0, 0.5]}, "at least as far"),
        ({"kind": "faults", "measure": "privacy", "met_up_to": 3, "partly_up_to": 1}, "below"),
        (
            {"kind": "elements", "measure": "closing", "weights": {"a": 0}, "where": "ending"},
            "not all zero",
        ),
        (
            {"kind": "elements", "measure": "closing", "weights": {"a": 1}, "where": "ending"}
            | {"met_from": 0.4, "partly_from": 0.5},
            "partly_from",
        ),
    ],
)
def test_limits_that_make_no_sense(tmp_path: Path, check: dict, message: str) -> None:
    content = MINIMAL | {"criteria": [{"id": "one", "weight": 1, "checks": [check]}]}
    with pytest.raises(InvalidFileError, match=message):
        load_rubric(write(tmp_path, content))


@pytest.mark.parametrize(
    ("criteria", "message"),
    [
        (MINIMAL["criteria"] * 2, "privacy stands there more than once"),
        ([MINIMAL["criteria"][0] | {"weight": 0}], "weights are all zero"),
    ],
)
def test_criteria_that_make_no_sense(tmp_path: Path, criteria: list, message: str) -> None:
    with pytest.raises(InvalidFileError, match=message):
        load_rubric(write(tmp_path, MINIMAL | {"criteria": criteria}))


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no rubric nowhere.*telecom\.en, telecom\.zh"):
        load_rubric("nowhere")
    with pytest.raises(InvalidFileError, match="no valid YAML"):
        load_rubric(write(tmp_path, "id: [1"))
    path = tmp_path / "latin.yaml"
    path.write_bytes(b"id: \xff")
    with pytest.raises(InvalidFileError, match="no UTF-8"):
        load_rubric(path)
    with pytest.raises(InvalidFileError, match="cannot be read"):
        load_rubric(tmp_path)
    with pytest.raises(InvalidFileError, match="has mistakes"):
        load_rubric(write(tmp_path, ""))
