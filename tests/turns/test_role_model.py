"""Who talks like an agent: what the learned weights make of a text."""

from __future__ import annotations

import math

import pytest

from callqa.turns.role_model import RoleModel, features, load_role_model, model_path


def test_features_are_sounds_in_a_row_whatever_the_characters() -> None:
    assert len(features("您好，请讲。", "zh")) == 3
    assert features("铃号，引进讲。", "zh")[0] == features("您好，请讲。", "zh")[0]
    assert features("嗯", "zh") == []


def test_english_features_are_words_and_pairs() -> None:
    assert len(features("Thank you for calling", "en")) == 4 + 3


def test_the_score_grows_with_the_root_of_what_was_found() -> None:
    (key,) = features("光猫", "zh")
    model = RoleModel("zh", {key: 2.0})
    assert model.score(["光猫"]) == pytest.approx(2 / math.sqrt(2))
    assert model.score(["光猫", "嗯", "广毛"]) == pytest.approx(4 / math.sqrt(3))
    assert model.score(["嗯"]) == model.score([]) == 0


@pytest.mark.parametrize(
    ("language", "agent", "customer"),
    [
        ("zh", "您好，请问有什么可以帮您？我给您查一下，请您稍等。", "我想问一下，我的话费怎么回事啊？"),
        (
            "en",
            "How can I help you? Let me check your account.",
            "I'm calling about my bill, I just don't get it.",
        ),
    ],
)
def test_the_shipped_weights_tell_the_parties(language: str, agent: str, customer: str) -> None:
    model = load_role_model(language)
    assert model.score([agent]) > 1
    assert model.score([customer]) < 0


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_shipped_file_stays_small(language: str) -> None:
    assert model_path(language).stat().st_size < 100_000
