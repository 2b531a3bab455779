from __future__ import annotations

import dataclasses

import pytest

from callqa.config import MeasureSettings
from callqa.data import Measure, UtteranceClass
from callqa.measures.politeness import measure_politeness
from tests.measures.factories import Line, agent, customer, make_facts, make_lexicons

SETTINGS = MeasureSettings(impolite_certain=0.9, impolite_possible=0.5)


def wording(impolite: float, *, courteous: float = 0.0, fault: str = "mocking") -> UtteranceClass:
    faults = {name: float(name == fault) for name in ("blaming", "refusing", "mocking", "commanding")}
    return UtteranceClass(courteous, 1 - courteous - impolite, 0.0, impolite, **faults)


def measure(line: Line, found: UtteranceClass, language: str = "zh") -> Measure:
    facts = make_facts([line], language=language)
    facts = dataclasses.replace(facts, wording=(found,))
    return measure_politeness(facts, make_lexicons(language), SETTINGS)["impolite_utterances"]


@pytest.mark.parametrize(
    ("impolite", "probability", "certain", "uncertain"),
    [
        (0.95, 0.9, 1, 0),
        (0.95, 0.4, 0, 1),  # the words may be others
        (0.7, 0.9, 0, 1),
        (0.7, 0.4, 0, 0),
        (0.3, 0.9, 0, 0),
    ],
)
def test_what_no_list_has(impolite: float, probability: float, certain: int, uncertain: int) -> None:
    line = agent(0, 3, "您可真是个大忙人", probability=probability)
    found = measure(line, wording(impolite))
    assert (found.value, found.components["uncertain"]) == (certain, uncertain)
    assert len(found.evidence) == certain


def test_the_reason_names_fault_and_probability() -> None:
    (evidence,) = measure(agent(0, 3, "您可真是个大忙人"), wording(0.957)).evidence
    assert evidence.reason == "措辞不礼貌（讥讽反问），分类模型的把握为 95%。"
    assert evidence.quote == "您可真是个大忙人"
    (evidence,) = measure(agent(0, 3, "How clever of you"), wording(1.0, fault="blaming"), "en").evidence
    assert evidence.reason == (
        "Impolite wording (blaming the customer), 99 % sure according to the classifier."
    )


def test_a_listed_refusal_that_is_kindly_meant_accuses_nobody() -> None:
    kind, bare = agent(0, 6, "这个我没办法，真是辛苦您跑一趟了"), agent(0, 6, "这个我没办法")
    found = measure(kind, wording(0.02, courteous=0.9))
    assert (found.value, found.components["uncertain"]) == (0, 1)
    assert measure(kind, wording(0.02)).value == 1  # to the classifier it is only neutral
    assert measure(bare, wording(0.02, courteous=0.9)).value == 1  # no word of courtesy in it


def test_an_insult_is_never_kindly_meant() -> None:
    assert measure(agent(0, 6, "你自己看着办吧"), wording(0.02, courteous=0.9)).value == 1


def test_the_customers_wording_is_nobodys_fault() -> None:
    facts = make_facts([agent(0, 2, "您好"), customer(2, 4, "您可真行")])
    facts = dataclasses.replace(facts, wording=(wording(0.0), wording(0.99)))
    found = measure_politeness(facts, make_lexicons("zh"), SETTINGS)["impolite_utterances"]
    assert (found.value, found.components["uncertain"]) == (0, 0)


def test_facts_without_classes_have_the_lists_alone() -> None:
    facts = make_facts([agent(0, 6, "这个我没办法")])
    found = measure_politeness(facts, make_lexicons("zh"), SETTINGS)["impolite_utterances"]
    assert found.value == 1
    assert found.components["utterances"][0]["impolite_probability"] is None
