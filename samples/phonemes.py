"""Text to the phonemes that Kokoro reads, each knowing which character of the text it came from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

# Readings that the dictionary gets wrong, or leaves open, in these dialogues' words.
_READINGS: dict[str, list[str]] = {
    "嗯": ["en1"],
    "哎": ["ai1"],
    "诶": ["ei2"],
    "还": ["hai2"],
    "长": ["chang2"],
    "多长时间": ["duo1", "chang2", "shi2", "jian1"],
    "外传": ["wai4", "chuan2"],
    "就得": ["jiu4", "dei3"],
    "下行": ["xia4", "xing2"],
    "上行": ["shang4", "xing2"],
    "重启": ["chong2", "qi3"],
    "转网": ["zhuan3", "wang3"],
    "转接": ["zhuan3", "jie1"],
    "转到": ["zhuan3", "dao4"],
    "转移": ["zhuan3", "yi2"],
    "扣了": ["kou4", "le5"],
    "割接": ["ge1", "jie1"],
    "拨号": ["bo1", "hao4"],
    "分光器": ["fen1", "guang1", "qi4"],
    "光衰": ["guang1", "shuai1"],
    "光猫": ["guang1", "mao1"],
}

# Letters, digits and the odd word in Kokoro's spelling of English.
_LETTERS = {
    "A": "ˈA", "B": "bˈi", "C": "sˈi", "D": "dˈi", "E": "ˈi", "F": "ˈɛf", "G": "ʤˈi", "H": "ˈAʧ",
    "I": "ˈI", "J": "ʤˈA", "K": "kˈA", "L": "ˈɛl", "M": "ˈɛm", "N": "ˈɛn", "O": "ˈO", "P": "pˈi",
    "Q": "kjˈu", "R": "ˈɑɹ", "S": "ˈɛs", "T": "tˈi", "U": "jˈu", "V": "vˈi", "W": "dˈʌbᵊlju",
    "X": "ˈɛks", "Y": "wˈI", "Z": "zˈi",
}  # fmt: skip
_DIGITS = dict(zip("0123456789", "零一二三四五六七八九", strict=True))
_PUNCTUATION = {"，": ", ", "、": ", ", "。": ". ", "？": "? ", "！": "! ", "：": ": ", "；": "; ", "…": "…"}

_AMERICAN = [
    ("dʒ", "ʤ"), ("tʃ", "ʧ"), ("aɪ", "I"), ("aʊ", "W"), ("eɪ", "A"), ("oʊ", "O"), ("əʊ", "Q"),
    ("ɔɪ", "Y"), ("ɜːɹ", "ɜɹ"), ("ɜː", "ɜɹ"), ("r", "ɹ"), ("ɚ", "əɹ"), ("ɐ", "ə"), ("ɾ", "T"),
    ("ʔ", "t"), ("ː", ""),
]  # fmt: skip
_BRITISH = [
    ("dʒ", "ʤ"), ("tʃ", "ʧ"), ("aɪ", "I"), ("aʊ", "W"), ("eɪ", "A"), ("əʊ", "Q"), ("oʊ", "Q"),
    ("ɔɪ", "Y"), ("r", "ɹ"), ("ɚ", "ə"), ("ɐ", "ə"), ("ʔ", "t"),
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Phonemes:
    """`origin[i]` is the index in the text of the character that symbol `i` came from."""

    symbols: str
    origin: tuple[int, ...]


def add_readings(readings: Mapping[str, list[str]]) -> None:
    """Words of further dialogues and their syllables, as pinyin with the tone's number (5: none)."""
    _READINGS.update(readings)
    _prepare_dictionary.cache_clear()


def phonemes_of(text: str, language: str, british: bool = False) -> Phonemes:
    """Phonemes of one sentence, `language` being ``zh`` or ``en``."""
    return _mandarin(text) if language == "zh" else _english(text, british)


def _mandarin(text: str) -> Phonemes:
    import jieba
    from pypinyin import Style, lazy_pinyin

    _prepare_dictionary()
    symbols: list[str] = []
    origin: list[int] = []

    def put(piece: str, index: int) -> None:
        symbols.extend(piece)
        origin.extend([index] * len(piece))

    spoken = "".join(_DIGITS.get(char, char) for char in text)
    position = 0
    for run in re.findall(r"[\u4e00-\u9fff]+|[^\u4e00-\u9fff]+", spoken):
        if not re.match(r"[\u4e00-\u9fff]", run):
            for offset, char in enumerate(run):
                put(_PUNCTUATION.get(char) or _LETTERS.get(char.upper(), ""), position + offset)
                if char.isalpha() and offset + 1 < len(run) and run[offset + 1].isalpha():
                    put(" ", position + offset)
        else:
            start = position
            for number, word in enumerate(jieba.lcut(run, cut_all=False)):
                if number:
                    put(" ", start)
                readings = _READINGS.get(word) or lazy_pinyin(
                    word, style=Style.TONE3, neutral_tone_with_five=True
                )
                for offset, reading in enumerate(readings):
                    put(_ipa(reading), start + offset)
                start += len(word)
        position += len(run)
    return Phonemes("".join(symbols), tuple(origin))


@lru_cache
def _prepare_dictionary() -> None:
    import logging

    import jieba

    jieba.setLogLevel(logging.WARNING)
    for word in _READINGS:
        jieba.add_word(word)


def _ipa(pinyin: str) -> str:
    from misaki.zh import ZHG2P

    # Kokoro was trained without the mark of a non-syllabic vowel.
    return str(ZHG2P.py2ipa(pinyin)).replace("\u032f", "")


@lru_cache
def _espeak(language: str) -> Any:
    import espeakng_loader
    from phonemizer.backend import EspeakBackend
    from phonemizer.backend.espeak.wrapper import EspeakWrapper

    EspeakWrapper.set_library(espeakng_loader.get_library_path())
    EspeakWrapper.set_data_path(espeakng_loader.get_data_path())
    return EspeakBackend(language, preserve_punctuation=True, with_stress=True)


def _english(text: str, british: bool) -> Phonemes:
    espeak = _espeak("en-gb" if british else "en-us")

    def speak(part: str) -> str:
        ipa = str(espeak.phonemize([part.replace("’", "'")])[0]).strip()
        for old, new in _BRITISH if british else _AMERICAN:
            ipa = ipa.replace(old, new)
        return ipa

    ipa = speak(text)
    # espeak runs some little words together ("on the"), so symbols go to words by the words'
    # lengths when spoken alone, which is exact but for those.
    words = list(re.finditer(r"\S+", text))
    lengths = [len(speak(word.group())) + 1 for word in words]
    scale = (len(ipa) + 1) / sum(lengths)
    origin: list[int] = []
    done = 0.0
    for word, length in zip(words, lengths, strict=True):
        done += length * scale
        count = min(round(done), len(ipa)) - len(origin)
        width = word.end() - word.start()
        origin.extend(word.start() + index * width // count for index in range(count))
    return Phonemes(ipa, tuple(origin))
