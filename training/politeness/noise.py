"""Recognition errors put into written utterances.

What recognition of telephone speech does to Mandarin: words become others that sound alike (the
confusions of `callqa.language`: zh/z, n/l, in/ing, tones), unstressed particles get lost, 您
becomes 你, punctuation is missing or wrong, a character falls out. To English: sound-alikes, lost
endings, lost small words, no punctuation.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from callqa.language import sounds
from callqa.language.mandarin import to_simplified

_HAN = re.compile(r"[\u4e00-\u9fff]+")
_PARTICLES = frozenset("了吧呢啊嘛呀吗哦的哈嗯那就")
_MARKS = re.compile(r"[，。？！、；,.?!;]")
_LONGEST_WORD = 3
_NIN_SHARE = 0.25
_MARKS_SHARE = 0.5
_PARTICLE_SHARE = 0.12
# Where each may be taken for the others.
_ALIKE_EN = (
    ("your", "you're", "you"), ("there", "their", "they're"), ("hear", "here"), ("no", "know"),
    ("to", "two", "too"), ("for", "four"), ("by", "buy"), ("right", "write"), ("wait", "weight"),
    ("can", "can't"), ("our", "are", "hour"), ("it's", "its", "is"), ("bill", "build"), ("plan", "plane"),
    ("fault", "fall"), ("read", "red"), ("sim", "same"), ("line", "lane"), ("pay", "play"),
    ("that's", "that"), ("what", "what's"), ("then", "than"), ("call", "cool"), ("told", "tall"),
    ("where", "were"), ("of", "off"), ("would", "wood"), ("i'll", "all"), ("we'll", "well"),
)  # fmt: skip
_SMALL_EN = frozenset(
    {"a", "an", "the", "to", "of", "is", "it", "do", "you", "i", "and", "just", "so", "that"}
)


class Noise:
    """Makes utterances as a recogniser may have written them.

    `vocabulary` are Mandarin words by their log frequency; what a word may become comes from it.
    """

    def __init__(self, vocabulary: Iterable[tuple[str, float]]) -> None:
        self._alike: dict[tuple[str, ...], list[tuple[str, float]]] = defaultdict(list)
        self._known: set[str] = set()
        for word, score in vocabulary:
            bare = word.removeprefix("▁")
            if not _HAN.fullmatch(bare) or len(bare) > _LONGEST_WORD or bare in self._known:
                continue
            # Recognised text is in Simplified characters.
            if to_simplified(bare) == bare:
                self._known.add(bare)
                self._alike[sounds(bare, "zh")].append((bare, score))
        self._english = {word: others for others in _ALIKE_EN for word in others}

    @classmethod
    def of_tokenizer(cls, tokenizer: Any) -> Noise:
        """With the words of the encoder's own vocabulary, the more frequent the lower its id."""
        ranked = sorted(tokenizer.get_vocab().items(), key=lambda item: item[1])
        return cls((word, -rank / 2_500) for word, rank in ranked)

    def spoil(self, text: str, rng: random.Random, rate: float) -> str:
        """`text` with errors in about `rate` of its words (0-1)."""
        if not _HAN.search(text):
            return self._spoil_english(text, rng, rate)
        if rng.random() < _NIN_SHARE:
            text = text.replace("您", "你")
        out = []
        for run in re.split(r"([\u4e00-\u9fff]+)", text):
            out.append(self._spoil_han(run, rng, rate) if _HAN.fullmatch(run) else run)
        text = "".join(out)
        return _MARKS.sub("", text) if rng.random() < _MARKS_SHARE else text

    def _spoil_han(self, run: str, rng: random.Random, rate: float) -> str:
        out: list[str] = []
        at = 0
        while at < len(run):
            size = next((n for n in (3, 2) if run[at : at + n] in self._known and at + n <= len(run)), 1)
            word = run[at : at + size]
            at += size
            if size == 1 and word in _PARTICLES and rng.random() < _PARTICLE_SHARE:
                continue
            chance = rng.random()
            if chance < rate * 0.12:
                continue
            if chance < rate * (1.2 if size > 1 else 1.0):
                word = self._other(word, rng)
            out.append(word)
        return "".join(out)

    def _other(self, word: str, rng: random.Random) -> str:
        """A word that sounds like it; where there is none, one of its characters alone is changed."""
        others = [item for item in self._alike[sounds(word, "zh")] if item[0] != word]
        if others:
            weights = [2.718 ** max(score, -12.0) for _, score in others]
            return rng.choices([item for item, _ in others], weights)[0]
        if len(word) == 1:
            return word
        place = rng.randrange(len(word))
        return word[:place] + self._other(word[place], rng) + word[place + 1 :]

    def _spoil_english(self, text: str, rng: random.Random, rate: float) -> str:
        out: list[str] = []
        for word in text.split():
            bare = word.lower().strip(',.?!;:"')
            chance = rng.random()
            if chance < rate * 0.6 and bare in self._english:
                word = rng.choice([w for w in self._english[bare] if w != bare])
            elif chance < rate * 0.5 and len(bare) > 4 and bare[-1] in "sd":
                word = bare[:-1]
            elif chance < rate * (1.5 if bare in _SMALL_EN else 0.15):
                continue
            out.append(word)
        text = " ".join(out) or text
        return re.sub(r"[,.?!;]", "", text).lower() if rng.random() < _MARKS_SHARE else text
