from pathlib import Path

import pytest
import yaml

from callqa.config import MeasureSettings
from callqa.data import RubricRef
from callqa.errors import InvalidFileError, UsageError
from callqa.language.lexicon import load_lexicons
from callqa.measures import MEASURE_NAMES, take_measures
from callqa.scoring import default_rubric, load_rubric, shipped_rubrics
from callqa.scoring.vocabulary import TERMS
from tests.measures.factories import make_facts
from tests.measures.test_take import CALL, ODD_CALLS

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
        "version: is missing",
        "language: 'fr' is none of them; known: zh, en",
        "weigth: no such key; known: id, version",
        "criteria[1].id: 'Pace!' will not do",
        "criteria[1].weight: must be above 0, not -1",
        "criteria[1].checks[1].measure: no such measure: loudness; known: greeting",
        "criteria[2].checks[1].kind: 'curve' is none of them; known: band, faults, elements",
        "criteria[3].checks: must not be empty",
    ):
        assert part in text
    assert len(caught.value.problems) == 8


@pytest.mark.parametrize(
    ("check", "message"),
    [
        ({"kind": "band", "measure": "talk_share", "met": [2, 1]}, "lower limit"),
        ({"kind": "band", "measure": "talk_share", "met": [0, 1], "partly": [0.5, 2]}, "at least as far"),
        ({"kind": "band", "measure": "talk_share", "met": [0, 1], "partly": [0, 0.5]}, "at least as far"),
        ({"kind": "faults", "measure": "privacy", "met_up_to": 3, "partly_up_to": 1}, "below"),
        (
            {"kind": "elements", "measure": "closing", "weights": {"farewell": 0}, "where": "ending"},
            "farewell: must be above 0",
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
        ([MINIMAL["criteria"][0] | {"weight": 0}], "weight: must be above 0"),
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


def test_a_change_of_a_shipped_rubric_is_a_new_version() -> None:
    """Workspaces remember what a version said: change it only together with the version here."""
    refs = {(ref.id, ref.version): ref.digest for ref in map(_ref, shipped_rubrics())}
    assert refs == {("telecom.en", "2"): "f9084271fb71", ("telecom.zh", "2"): "b321d2b265ac"}


def _ref(name: str) -> RubricRef:
    return load_rubric(name).ref


def test_shipped_rubrics_say_in_both_languages_what_they_ask_for_and_advise() -> None:
    for name in shipped_rubrics():
        for item in load_rubric(name).criteria:
            assert all((item.title.zh, item.title.en, item.description.zh, item.description.en))
            assert all((item.advice.zh, item.advice.en))


EIGHT_MISTAKES = """\
id: ours
version: 2
language: zh
partly_scroe: 0.5
criteria:
  - id: greeting
    weight: 0
    checks:
      - {kind: elements, measure: greeting, where: opening, weights: {salutation: 1, nam: 1}}
  - id: pace
    weight: 10
    not_applicable_when: [recording_cutt]
    checks:
      - kind: band
        measure: articulation_rat
        met: [180, 360]
        partly: [200, 400]
  - id: pace
    weight: ten
    checks:
      - {kind: faults, measure: privacy}
"""


def test_mistakes_are_told_with_their_lines(tmp_path: Path) -> None:
    with pytest.raises(InvalidFileError) as caught:
        load_rubric(write(tmp_path, EIGHT_MISTAKES))
    assert list(caught.value.problems) == [
        "line 2: version: must be text, not 2; write it in quotes",
        "line 4: partly_scroe: no such key; did you mean partly_score?",
        "line 7: criteria[1].weight: must be above 0, not 0",
        "line 9: criteria[1].checks[1].weights.nam: greeting has no such element; did you mean name?",
        "line 12: criteria[2].not_applicable_when[1]: 'recording_cutt' is none of them; "
        "did you mean recording_cut?",
        "line 15: criteria[2].checks[1].measure: no such measure: articulation_rat; "
        "did you mean articulation_rate?",
        "line 17: criteria[2].checks[1].partly: [200, 400] must reach at least as far as met [180, 360] "
        "on both sides",
        "line 18: criteria[3].id: pace stands there more than once, first on line 10",
        "line 19: criteria[3].weight: must be a number, not 'ten'",
    ]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("weight: true", "must be a number, not True"),
        ('weight: "5"', "must be a number, not '5'"),
        ("weight: .nan", "must be a number"),
        ("weight: 5\n    weight: 6", "line 6: weight: stands already on line 5"),
        ("weight: 5\n    section: tone", "no such section: tone; the rubric has no sections"),
        ("weight: 5\n    not_applicable_when: [{measure: talk_share}]", "below or above: one of them"),
        (
            "weight: 5\n    not_applicable_when: [{measure: talk_share, component: agent_second, below: 1}]",
            "did you mean agent_seconds?",
        ),
        ("weight: 5\n    checks: [{kind: faults, measure: talk_share}]", "counts no faults; use kind: band"),
        ("weight: 5\n    checks: [{kind: band, measure: greeting, met: [1, null]}]", "use kind: elements"),
        ("weight: 5\n    checks: [{kind: band, measure: talk_share, met: [null, null]}]", "has no limit"),
        ("weight: 5\n    checks: [{kind: band, measure: talk_share, met: [1]}]", r"met\[2\]: is missing"),
        (
            "weight: 5\n    checks: [{kind: band, measure: talk_share, unit: percent, met: [1, 2]}]",
            "talk_share is in share in calls in zh, not in percent",
        ),
    ],
)
def test_one_mistake(tmp_path: Path, line: str, message: str) -> None:
    checks = "" if "checks" in line else "\n    checks: [{kind: faults, measure: privacy}]"
    text = f'id: ours\nversion: "1"\nlanguage: zh\ncriteria:\n  - {line}\n    id: one{checks}\n'
    with pytest.raises(InvalidFileError, match=message) as caught:
        load_rubric(write(tmp_path, text))
    assert len(caught.value.problems) == 1


def test_the_vocabulary_knows_what_measures_have() -> None:
    calls = [*ODD_CALLS.values(), make_facts(CALL)]
    for facts in calls:
        for name, measure in take_measures(
            facts, load_lexicons(facts.language), MeasureSettings(), None
        ).items():
            terms = TERMS[name]
            assert measure.unit == terms.unit(facts.language)
            single = {key for key, item in measure.components.items() if isinstance(item, int | float)}
            assert single <= set(terms.components), name
            if isinstance(measure.value, dict):
                assert set(measure.value) <= set(terms.elements)
    assert tuple(TERMS) == MEASURE_NAMES
