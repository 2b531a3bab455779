"""Text that nobody said.

Where Whisper hears little it repeats itself, repeats its prompt, or writes what stood under many
films. All of it is taken out, and kept with its reason so that a person can see what was removed.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from callqa.data import Word

MAX_RATE = {"zh": 11.0, "en": 6.5}  # syllables or words a second that nobody keeps up
MIN_JUDGED = {"zh": 6, "en": 5}  # syllables or words below which a rate says nothing
EDGE = 0.2  # seconds of speech that a window's edges may miss
LOOP_COPIES = 3
ECHO_FROM = 0.5  # seconds; in less than this an unlikely word of the prompt is an echo of it
LONG_REPEAT = {"zh": 5, "en": 3}  # tokens; so much is not said twice without a breath

# Credits and thanks of film subtitles, which Whisper's training data are full of.
SUBTITLE_LINES = re.compile(
    r"字幕(由|by|提供|组|志愿者|制作)|中文字幕|点赞.{0,4}订阅|订阅.{0,4}转发|打赏支持|明镜与点点"
    r"|谢谢(大家)?(观看|收看|收听)|感谢(您的|大家)?(观看|收看|收听)|優優獨播劇場|YoYo Television"
    r"|amara\.org|thanks? (you )?for watching|subtitles by|please subscribe",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Cleaned:
    """`words` that stay, and the runs that were taken out, each with its reason."""

    words: tuple[Word, ...]
    removed: tuple[tuple[tuple[Word, ...], str], ...]


def remove_invented(
    words: Sequence[Word], seconds: float, language: str, count: Callable[[str], int], prompt: str = ""
) -> Cleaned:
    """Take loops, subtitle credits, echoed prompts and impossibly fast text out of one window's
    `words`. `seconds` is how long the window's speech is. `count` gives a text's
    syllables (Mandarin) or words (English)."""
    text = "".join(word.text for word in words)
    if not words:
        return Cleaned((), ())
    words, credits = _without_credits(words, text)
    if credits:
        return _joined(remove_invented(words, seconds, language, count, prompt), credits)
    if _echoes(text, prompt, words, seconds, count):
        return Cleaned((), ((tuple(words), "the prompt echoed, not heard"),))
    kept, removed = _without_loops(list(words), language, count)
    spoken = "".join(word.text for word in kept)
    # Between the first word and the last; a window's edges may cut a sound short.
    if kept:
        amount = count(spoken)
        between = kept[-1].end - kept[0].start
        squeezed = amount >= MIN_JUDGED[language] and amount > MAX_RATE[language] * max(between, 0.2)
        if squeezed or (amount >= 2 and amount > MAX_RATE[language] * (seconds + EDGE)):
            removed.append((tuple(kept), "far too fast for its time"))
            kept = []
    return Cleaned(tuple(kept), tuple(removed))


_SENTENCE_END = re.compile(r"[。！？!?]|\.(?=\s|$)")


def _without_credits(words: Sequence[Word], text: str) -> tuple[tuple[Word, ...], tuple[Word, ...]]:
    """The words that are no subtitle credits, and those that are."""
    ends = [0, *(match.end() for match in _SENTENCE_END.finditer(text)), len(text)]
    # A credit line fills its sentence, whatever of it the pattern knows.
    places = [
        (start, end) for start, end in itertools.pairwise(ends) if SUBTITLE_LINES.search(text[start:end])
    ]
    kept: list[Word] = []
    found: list[Word] = []
    cursor = 0
    for word in words:
        begin, cursor = cursor, cursor + len(word.text)
        inside = any(begin < end and cursor > start for start, end in places)
        (found if inside else kept).append(word)
    return tuple(kept), tuple(found)


def _joined(rest: Cleaned, credits: tuple[Word, ...]) -> Cleaned:
    return Cleaned(rest.words, (*rest.removed, (credits, "subtitle credits, not speech")))


def _echoes(
    text: str, prompt: str, words: Sequence[Word], seconds: float, count: Callable[[str], int]
) -> bool:
    plain = re.sub(r"\W+", "", text)
    if not plain or plain not in re.sub(r"\W+", "", prompt) or _mean_probability(words) >= 0.6:
        return False
    return count(text) >= 6 or seconds < ECHO_FROM


def _mean_probability(words: Sequence[Word]) -> float:
    return sum(word.probability for word in words) / len(words)


def _without_loops(
    words: list[Word], language: str, count: Callable[[str], int]
) -> tuple[list[Word], list[tuple[tuple[Word, ...], str]]]:
    removed: list[tuple[tuple[Word, ...], str]] = []
    start = 0
    while start < len(words):
        cut = _loop_at(words, start, language, count)
        if cut is None:
            start += 1
            continue
        first, last = cut
        removed.append((tuple(words[first:last]), "repeated by the recogniser, not by the speaker"))
        words = words[:first] + words[last:]
    return words, removed


def _loop_at(
    words: list[Word], start: int, language: str, count: Callable[[str], int]
) -> tuple[int, int] | None:
    """The surplus copies of a unit that begins at `start`, as indices, or None."""
    tokens = [re.sub(r"\W+", "", word.text).lower() for word in words]
    for length in range(1, (len(words) - start) // 2 + 1):
        unit = tokens[start : start + length]
        if not any(unit):
            continue
        copies = 1
        while tokens[start + copies * length : start + (copies + 1) * length] == unit:
            copies += 1
        if copies < 2:
            continue
        first, last = start + length, start + copies * length
        text = "".join(unit) if language == "zh" else " ".join(unit)
        size = count(text)
        surplus = words[first:last]
        seconds = surplus[-1].end - surplus[0].start
        fast = size * (copies - 1) > 0.75 * MAX_RATE[language] * max(seconds, 0.05)
        # Four and more equal digits or one-syllable answers do occur; their speed tells, or how
        # little the recogniser believes itself.
        many = copies >= LOOP_COPIES and size >= 2
        doubted = copies > LOOP_COPIES and _mean_probability(surplus) < 0.7
        if (
            doubted
            or (many and copies * size >= 8)
            or (fast and size >= LONG_REPEAT[language])
            or (fast and many)
        ):
            return first, last
    return None
