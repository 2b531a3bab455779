"""The sample calls as they were written: what their truth lists is found in the words themselves.

No sound is needed: the utterances are the truth's turns, so whatever fails here fails for what the
lexicons and the measures say, not for what was misheard.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from callqa.config import MeasureSettings
from callqa.data import Measure, Role
from callqa.language.lexicon import load_lexicons
from callqa.measures.take import take_measures
from samples.schema import CallTruth, Quote
from tests.measures.factories import Line, make_facts

FOLDER = Path(__file__).parent.parent.parent / "samples" / "truth"
TRUTHS = {
    path.stem: CallTruth.model_validate_json(path.read_text(encoding="utf-8"))
    for path in sorted(FOLDER.glob("*.json"))
}
# Written words are spread evenly over their turn, so their times are a little off.
TOLERANCE = 2.0


@cache
def measures_of(call: str, told: bool) -> Mapping[str, Measure]:
    """The call's measures; `told`: the manifest names company and agent."""
    truth = TRUTHS[call]
    lines = [Line(Role(turn.role), turn.start, turn.end, turn.text) for turn in truth.turns]
    facts = make_facts(
        lines,
        language=truth.language,
        duration=truth.duration,
        agent_name=truth.agent_name if told else None,
        company=truth.company if told else None,
    )
    return take_measures(facts, load_lexicons(truth.language), MeasureSettings(), None)


def near(known: Quote, item: Mapping[str, Any]) -> bool:
    return bool(known.start - TOLERANCE <= item["end"] and item["start"] <= known.end + TOLERANCE)


def occurrences(call: str, measure: str) -> list[Mapping[str, Any]]:
    return list(measures_of(call, True)[measure].components["occurrences"])


@pytest.mark.parametrize("call", TRUTHS)
@pytest.mark.parametrize("told", [True, False])
def test_the_greeting_has_the_elements_that_were_written(call: str, told: bool) -> None:
    # The four Chinese operators are known without being told, any other company is not.
    truth, found = TRUTHS[call], measures_of(call, told)["greeting"]
    wanted = truth.greeting.model_dump()
    if not told and truth.language == "en":
        wanted["company"] = found.value["company"]
    # By telephone 你好 cannot be told from 您好: it is left open, and never found.
    if found.components["elements"]["salutation"]["quote"] == "你好":
        assert wanted.pop("salutation") is False
        wanted["salutation"] = None
    assert found.value == wanted
    assert found.components["late"] is truth.greeting_late


@pytest.mark.parametrize("call", TRUTHS)
def test_forbidden_phrases_are_found_and_nothing_harmless_is(call: str) -> None:
    truth = TRUTHS[call]
    found = [item for item in occurrences(call, "forbidden_phrases") if item["certain"]]
    missed = [quote.quote for quote in truth.forbidden if not any(near(quote, item) for item in found)]
    assert missed == []
    known = (*truth.forbidden, *truth.impolite)
    assert [item["heard"] for item in found if not any(near(quote, item) for quote in known)] == []


@pytest.mark.parametrize("call", TRUTHS)
def test_terms_are_found_with_their_status(call: str) -> None:
    found = occurrences(call, "jargon")
    said = sorted((term.term.casefold(), term.status) for term in TRUTHS[call].jargon)
    assert sorted((item["term"].casefold(), item["status"]) for item in found) == said


@pytest.mark.parametrize("call", TRUTHS)
def test_a_polite_call_has_no_fault(call: str) -> None:
    truth, measures = TRUTHS[call], measures_of(call, True)
    if not truth.forbidden and not truth.impolite:
        assert measures["forbidden_phrases"].components["uncertain"] == 0
        assert (measures["commands"].value, measures["impolite_utterances"].value) == (0, 0)


@pytest.mark.parametrize("call", TRUTHS)
def test_closing_guesses_and_privacy_are_as_written(call: str) -> None:
    truth, measures = TRUTHS[call], measures_of(call, True)
    closing = measures["closing"].value
    assert isinstance(closing, dict)
    # Nothing read these words' meaning: where nothing was found, nothing is said to be missing.
    assert {name: bool(said) for name, said in closing.items()} == truth.closing.model_dump()
    for name, known in (("guessing", truth.guessing), ("privacy", truth.privacy)):
        found = occurrences(call, name)
        assert [quote.quote for quote in known if not any(near(quote, item) for item in found)] == []
        assert [item["heard"] for item in found if not any(near(quote, item) for quote in known)] == []
