"""Latin letters and words inside Mandarin speech: letter names, syllables, pinyin.

Mandarin speakers read capitals letter by letter (OLT, APN), one syllable a letter but three for
W ("double-u"), and know a few words by sound (WiFi, VoLTE). What is written in Latin letters
may also be pinyin (a roster's LiNa).
"""

from __future__ import annotations

import re
from functools import lru_cache

# How recognisers write letter names in Han characters, as toneless pinyin; the first is used
# for letters in a text, the others are tried for letters in a phrase.
LETTER_SOUNDS: dict[str, tuple[tuple[str, ...], ...]] = {
    "A": (("ei",), ("a",)),
    "B": (("bi",),),
    "C": (("xi",), ("sei",)),
    "D": (("di",),),
    "E": (("yi",),),
    "F": (("ai", "fu"), ("fu",)),
    "G": (("ji",),),
    "H": (("ai", "chi"), ("ai", "qu")),
    "I": (("ai",),),
    "J": (("jie",), ("zhei",)),
    "K": (("kai",), ("kei",)),
    "L": (("ai", "er"), ("er",), ("ai", "lou")),
    "M": (("ai", "mu"), ("ai", "men")),
    "N": (("en",), ("an",)),
    "O": (("ou",),),
    "P": (("pi",),),
    "Q": (("qiu",), ("kou",)),
    "R": (("a", "er"), ("er",)),
    "S": (("ai", "si"), ("si",)),
    "T": (("ti",),),
    "U": (("you",), ("yu",)),
    "V": (("wei",),),
    "W": (("da", "bu", "liu"), ("da", "bu", "you")),
    "X": (("ai", "ke", "si"), ("cha",)),
    "Y": (("wai",),),
    "Z": (("zei",), ("zi",)),
}

# Words known by sound: how they are said, in pinyin, one entry a syllable.
_SPOKEN_WORDS: dict[str, tuple[str, ...]] = {
    "wifi": ("wai", "fai"),
    "volte": ("wo", "ti"),
    "sim": ("xin",),
    "usim": ("you", "xin"),
    "esim": ("yi", "xin"),
    "ok": ("ou", "kei"),
    "iphone": ("ai", "feng"),
    "ipad": ("ai", "pai"),
    "pad": ("pai",),
    "bye": ("bai",),
    "hello": ("ha", "lou"),
    "web": ("wei",),
    "pin": ("pin",),
    "call": ("kou",),
    "plus": ("pu", "la", "si"),
    "pro": ("pu", "rou"),
    "mesh": ("mei", "shi"),
    "ping": ("ping",),
    "vlan": ("wei", "lan"),
    "lan": ("lan",),
    "wlan": ("da", "bu", "liu", "lan"),
    "rom": ("rou", "mu"),
}
_WORD_SYLLABLES = {"plus": 1, "pro": 1, "mesh": 1, "call": 1, "vlan": 2, "wlan": 4}
_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_VOWEL_GROUPS = re.compile(r"[aeiouy]+")

_INITIALS = ("zh", "ch", "sh", *"bpmfdtnlgkhjqxrzcs")
_SPELLED_FINALS = (
    "iang iong uang ueng ang eng ing ong ian iao uai uan van ai ei ao ou an en in un vn "
    "ia ie iu ua uo ui ue ve er a o e i u v"
)
_SPELLED_WHOLE = (
    "yi ya yo ye yai yao you yan yin yang ying yong yu yue yuan yun "
    "wu wa wo wai wei wan wen wang weng a o e ai ei ao ou an en ang eng er"
)
_PINYIN_FINALS = frozenset(_SPELLED_FINALS.split())
_WHOLE = frozenset(_SPELLED_WHOLE.split())


def letter_parts(run: str) -> list[tuple[str, int]]:
    """A run of Latin letters cut where the case says so, each part with its offset.

    >>> letter_parts("LiNa"), letter_parts("ChrisL")
    ([('Li', 0), ('Na', 2)], [('Chris', 0), ('L', 5)])
    """
    if run.lower() in _SPOKEN_WORDS:
        return [(run, 0)]
    return [(match.group(), match.start()) for match in _PARTS.finditer(run)]


def is_spelled(part: str) -> bool:
    """Whether a part is read letter by letter: capitals, or no vowel to say it with.

    >>> is_spelled("OLT"), is_spelled("wifi"), is_spelled("dns"), is_spelled("phone")
    (True, False, True, False)
    """
    if part.lower() in _SPOKEN_WORDS:
        return False
    return part.isupper() or not _VOWEL_GROUPS.search(part.lower())


def spoken_word(part: str) -> tuple[str, ...] | None:
    """The pinyin that a known word is said with, None for words that are not known."""
    return _SPOKEN_WORDS.get(part.lower())


def count_latin_syllables(run: str) -> int:
    """Spoken syllables of a run of Latin letters.

    >>> [count_latin_syllables(word) for word in ("OLT", "WiFi", "VoLTE", "WPS", "Internet", "APP")]
    [3, 2, 2, 5, 3, 3]
    """
    total = 0
    for part, _ in letter_parts(run):
        known = spoken_word(part)
        if known is not None:
            total += _WORD_SYLLABLES.get(part.lower(), len(known))
        elif is_spelled(part):
            total += sum(3 if letter in "wW" else 1 for letter in part)
        else:
            total += count_word_syllables(part)
    return total


def count_word_syllables(word: str) -> int:
    """Syllables of an English word by its vowel groups, at least one.

    >>> [count_word_syllables(word) for word in ("phone", "router", "table", "service")]
    [1, 2, 2, 2]
    """
    lower = word.lower()
    groups = len(_VOWEL_GROUPS.findall(lower))
    if lower.endswith("e") and not lower.endswith(("le", "ee", "ye", "oe")) and groups > 1:
        groups -= 1
    return max(1, groups)


@lru_cache(maxsize=4096)
def pinyin_parts(word: str) -> tuple[str, ...] | None:
    """Pinyin syllables that a word in Latin letters is made of, None where it is no pinyin.

    >>> pinyin_parts("lina"), pinyin_parts("zhangwei"), pinyin_parts("chris")
    (('li', 'na'), ('zhang', 'wei'), None)
    """
    lower = word.lower().replace("ü", "v")
    if not lower:
        return ()
    fallback: tuple[str, ...] | None = None
    for length in range(min(6, len(lower)), 0, -1):
        head = lower[:length]
        if _is_pinyin(head):
            rest = pinyin_parts(lower[length:])
            if rest is None:
                continue
            # Inside a word a syllable begins with a consonant, if it can: li-na, not lin-a.
            if not rest or rest[0][0] not in "aeo":
                return (head, *rest)
            fallback = fallback or (head, *rest)
    return fallback


def _is_pinyin(syllable: str) -> bool:
    if syllable in _WHOLE:
        return True
    for initial in _INITIALS:
        if syllable.startswith(initial):
            final = syllable[len(initial) :]
            if final in _PINYIN_FINALS and _goes_together(initial, final):
                return True
    return False


def _goes_together(initial: str, final: str) -> bool:
    if initial in ("j", "q", "x"):
        return final[0] in "iuv" and final not in ("ua", "uo", "ui", "uai", "uang", "ueng")
    if final == "o":
        return initial in ("b", "p", "m", "f")
    if initial in ("zh", "ch", "sh", "r", "z", "c", "s", "g", "k", "h", "f"):
        return (
            final[0] != "v"
            and (final == "i" or final[0] != "i")
            and not (final == "i" and initial in ("g", "k", "h", "f"))
        )
    return final != "er"
