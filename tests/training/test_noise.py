from __future__ import annotations

import random

from training.politeness.noise import Noise

WORDS = [
    ("您", -5.0),
    ("你", -4.0),
    ("套餐", -8.0),
    ("陶灿", -9.0),
    ("理", -6.0),
    ("里", -6.0),
    ("天气", -7.0),
]


def test_no_errors_at_rate_zero_but_for_particles_marks_and_the_form_of_address() -> None:
    noise = Noise(WORDS)
    made = {noise.spoil("您套餐，里", random.Random(i), 0.0) for i in range(60)}
    assert made == {"您套餐，里", "你套餐，里", "您套餐里", "你套餐里"}


def test_words_become_others_that_sound_alike() -> None:
    noise = Noise(WORDS)
    made = "".join(noise.spoil("套餐里", random.Random(i), 1.0) for i in range(40))
    assert "陶灿" in made
    assert "理" in made
    assert "天气" not in made


def test_the_same_seed_gives_the_same_errors() -> None:
    noise = Noise(WORDS)
    first, again = (noise.spoil("您的套餐里", random.Random("7"), 0.5) for _ in range(2))
    assert first == again


def test_english_keeps_some_words() -> None:
    noise = Noise(WORDS)
    made = {noise.spoil("Is this your bill?", random.Random(i), 0.3) for i in range(80)}
    assert {"Is this your bill?", "is this your bill"} <= made
    assert any("you're" in text or "build" in text for text in made)
    assert all(made)
