"""Clips are recognised again: what they are to show is in them, and what nobody is to hear is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from callqa.audio.decode import decode
from callqa.clips.choose import find_example
from callqa.clips.make import ClipOptions, cut_clip
from callqa.language import find_phrase
from tests.clips.spoken_numbers import Ear, hear_clips

FOLDER = Path(__file__).parent
_SIMILARITY = 0.7


@pytest.fixture(scope="module")
def ear() -> Ear:
    return Ear()


@pytest.mark.weights
@pytest.mark.parametrize(("language", "num_masked"), [("zh", 4), ("en", 4)])
def test_numbers_are_in_no_clip_and_a_greeting_is(ear: Ear, language: str, num_masked: int) -> None:
    path = FOLDER / f"numbers_{language}.ogg"
    analysis = ear.analyse(path, language)
    clips = hear_clips(ear, analysis, path)
    assert len(clips) >= num_masked
    for item in clips:
        assert item.in_text == [], item.text
        assert item.in_sound == [], item.heard

    example = find_example(analysis, "greeting")
    assert example is not None
    clip = cut_clip(analysis, example, decode(path).samples, "greeting", ClipOptions(), by_name=True)
    heard = ear.hear(clip.samples, language)
    # 您 and 你 sound alike, and a name is written in many ways.
    found = [
        bool(find_phrase(quote.replace("您", "你"), heard.replace("您", "你"), language, _SIMILARITY))
        for quote in clip.quotes
    ]
    assert sum(found) >= len(found) - 1, (clip.quotes, heard)
