"""The recogniser is told names and terms, and nothing that could be heard as an agent's words."""

from __future__ import annotations

import pytest

from callqa.language import searcher
from callqa.language.lexicon import find_entries, load_lexicons
from callqa.transcript.prompts import build_prompt


@pytest.mark.parametrize("language", ["zh", "en"])
def test_company_names_are_told(language: str) -> None:
    prompt = build_prompt(language, ["小鹿通信", "Northline"], None)
    assert "小鹿通信" in prompt
    assert "Northline" in prompt


def test_a_roster_name_is_told_in_its_language() -> None:
    assert "李娜" in build_prompt("zh", ["中国移动"], "李娜")
    assert "Emma Stone" in build_prompt("en", ["Northline"], "Emma Stone")


def test_a_name_that_is_an_id_is_not_told_in_mandarin() -> None:
    assert "A1023" not in build_prompt("zh", ["中国移动"], "A1023")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_without_a_company_there_is_still_context(language: str) -> None:
    prompt = build_prompt(language, [], None)
    assert len(prompt) > 20
    assert "None" not in prompt


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("lexicon", ["salutations", "offers", "courtesy", "closing", "forbidden"])
def test_nothing_that_is_scored_stands_in_the_prompt(language: str, lexicon: str) -> None:
    prompt = build_prompt(language, ["中国移动"], "李娜")
    found = find_entries(getattr(load_lexicons(language), lexicon), searcher(prompt, language), 0.9)
    assert [item.match.heard for item in found] == []
