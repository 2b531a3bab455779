"""English phrases, names and numbers."""

import pytest

from callqa.language import find_phrase
from callqa.language.english import count_words, normalise, sound_key


def heard(phrase: str, text: str, threshold: float = 0.85) -> list[str]:
    return [match.heard for match in find_phrase(phrase, text, "en", threshold)]


@pytest.mark.parametrize(
    ("phrase", "text", "found"),
    [
        ("how can I help you", "So, How can I help you?", "How can I help you"),
        ("that's not my problem", "that is NOT my problem!", "that is NOT my problem"),
        ("Chris", "this is Kris speaking", "Kris"),
        ("Sarah", "my name is Sara", "Sara"),
        ("Northline Telecom", "calling North line telecom", "North line telecom"),
        ("ONU", "the ONU is down", "ONU"),
    ],
)
def test_phrases_are_found_whatever_the_writing(phrase: str, text: str, found: str | None) -> None:
    assert heard(phrase, text) == ([found] if found else [])


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("ONU", "come on you"),
        ("SLA", "it is slow"),
        ("NAT", "it is not"),
        ("IP address", "your email address"),
    ],
)
def test_initialisms_are_not_heard_in_ordinary_words(phrase: str, text: str) -> None:
    assert heard(phrase, text) == []


def test_words_and_numbers() -> None:
    assert count_words("I'm sorry, it's 168.") == 7
    assert normalise("Call 10086, it's $1,250.5 for the 22nd.") == (
        "call one zero zero eight six it is one thousand two hundred fifty point five for the twenty second"
    )


def test_sound_keys_part_other_names() -> None:
    assert sound_key("Emma") != sound_key("Tom")
    assert sound_key("Philip") == sound_key("Filip")
