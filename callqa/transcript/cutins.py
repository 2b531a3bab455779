"""What somebody said first while the other still spoke.

Of two people who speak at once a recogniser writes down one, as a rule the one it was already
following: the first words of somebody who cuts in are lost, and they are often the ones that
matter ("你先听我说", "I already told you"). Heard again from where that turn begins, with what
came before cut away, the recogniser follows the newcomer. Such a start in the middle of
somebody's word also makes it invent, so the stretch is heard twice from slightly different
starts, and only what both times was heard alike counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from callqa.data import TimeSpan, Turn, Word
from callqa.language import sounds

LEAST_OVERLAP = 0.3  # seconds; less holds no word
LISTEN = 6.0  # seconds from the turn's start, so that known words follow the new ones
STARTS = (-0.2, 0.05)  # seconds from the turn's start at which it is heard again
ANCHOR = 2  # syllables or words in a row that are heard as before
SAME_TIME = 0.5  # seconds within which the other's word is the same word
ECHO_WITHIN = 1.0  # seconds after the overlap in which the same words may stand again
LEAST_ECHO = 3  # syllables or words in a row; fewer (好的, okay) both may really have said
LEAST_ALIKE = 0.6  # share of the new words that both hearings have
LEAST_PROBABILITY = 0.35  # mean of the new words


@dataclass(frozen=True, slots=True)
class CutIn:
    """Turn `turn` began while turn `other` still ran, and ran on after it; both are indices.
    `both` is the time in which they overlap; `prevails`: there the mix sounds like `turn`'s voice,
    so that what is recognised once is its words."""

    turn: int
    other: int
    both: TimeSpan
    prevails: bool

    def spans(self, turns: Sequence[Turn]) -> tuple[TimeSpan, ...]:
        """The stretches to hear, one for each of `STARTS`."""
        turn = turns[self.turn]
        end = min(turn.end, turn.start + LISTEN)
        return tuple(TimeSpan(max(0.0, turn.start + start), end) for start in STARTS)


def find_cut_ins(turns: Sequence[Turn], louder: Sequence[tuple[TimeSpan, str]]) -> list[CutIn]:
    """All of a call, on channels that carry both. `louder` names the speaker that is heard in
    stretches in which two speak."""
    found = []
    for index, turn in enumerate(turns):
        for position, other in enumerate(turns):
            if (
                other.channel == turn.channel
                and other.speaker != turn.speaker
                and other.start < turn.start
                and turn.start + LEAST_OVERLAP <= other.end < turn.end
            ):
                both = TimeSpan(turn.start, other.end)
                heard = max(louder, key=lambda item: item[0].overlap(both), default=None)
                prevails = heard is not None and heard[0].overlap(both) > 0 and heard[1] == turn.speaker
                found.append(CutIn(index, position, both, prevails))
    return found


def with_first_words(
    cut_in: CutIn,
    own: Sequence[Word],
    other: Sequence[Word],
    heard: Sequence[Sequence[Word]],
    language: str,
) -> tuple[list[Word], list[Word]] | None:
    """The words of a turn that cut in, with those said first, and what is left to the turn it cut
    into; None where nothing new was heard.

    `own` are its words so far and `other` those of the turn it cut into, in order; `heard` are two
    hearings of it from its start.
    """
    theirs = other
    if cut_in.prevails:
        theirs = [word for word in other if _middle(word) < cut_in.both.start]
    first, second = (_new_words(own, theirs, words, language) for words in heard)
    if first is None or second is None:
        return None
    (words, kept), (again, _) = first, second
    new = _heard_alike(words, again, language)
    if not new or sum(word.probability for word in new) / len(new) < LEAST_PROBABILITY:
        return None
    replaced = own[: len(own) - len(kept)]
    if _amount(new, language) <= _amount(replaced, language):
        return None
    # Their times came from the hearing that missed the new words.
    follow = [
        replace(word, start=max(word.start, new[-1].end), end=max(word.end, new[-1].end)) for word in kept
    ]
    left = [word for word in other if word in theirs or not _is_among(word, new, language)]
    return [*new, *follow], left


def without_echo(cut_in: CutIn, own: Sequence[Word], other: Sequence[Word], language: str) -> list[Word]:
    """`other` without words that were recognised twice where both speak: once as the end of the
    turn that was cut into, and again as the beginning of the turn `own` that cut in."""
    tail = [word for word in other if _middle(word) >= cut_in.both.start - SAME_TIME]
    head = [word for word in own if _middle(word) <= cut_in.both.end + ECHO_WITHIN]
    mine, theirs = _keys(tail, language), _keys(head, language)
    matcher = SequenceMatcher(None, [key for key, _ in mine], [key for key, _ in theirs], autojunk=False)
    block = matcher.find_longest_match()
    if block.size < LEAST_ECHO:
        return list(other)
    echo = {index for _, index in mine[block.a : block.a + block.size]}
    gone = [tail[index] for index in echo]
    return [word for word in other if word not in gone]


def _new_words(
    own: Sequence[Word], other: Sequence[Word], heard: Sequence[Word], language: str
) -> tuple[Sequence[Word], Sequence[Word]] | None:
    """What was heard before the words that are known, and the known words from there on."""
    mine, theirs = _keys(own, language), _keys(heard, language)
    matcher = SequenceMatcher(None, [key for key, _ in mine], [key for key, _ in theirs], autojunk=False)
    first_own, first_heard = len(own), len(heard)
    for block in matcher.get_matching_blocks():
        if block.size >= ANCHOR:
            first_own, first_heard = mine[block.a][1], theirs[block.b][1]
            break
    else:
        if own:
            return None
    # The other's last words are heard as well, before this turn's own.
    head = heard[:first_heard]
    last = max((i for i, word in enumerate(head) if _is_among(word, other, language)), default=-1)
    return head[last + 1 :], own[first_own:]


def _is_among(word: Word, others: Sequence[Word], language: str) -> bool:
    """Whether one of the others is this word: like sound at the same time."""
    keys = set(sounds(word.text, language))
    return any(
        abs(_middle(word) - _middle(item)) <= SAME_TIME and keys & set(sounds(item.text, language))
        for item in others
    )


def _middle(word: Word) -> float:
    return (word.start + word.end) / 2


def _heard_alike(words: Sequence[Word], again: Sequence[Word], language: str) -> list[Word]:
    """The words from the first on that both hearings have, if they have most of them."""
    mine, theirs = _keys(words, language), _keys(again, language)
    matcher = SequenceMatcher(None, [key for key, _ in mine], [key for key, _ in theirs], autojunk=False)
    blocks = [block for block in matcher.get_matching_blocks() if block.size]
    if not blocks:
        return []
    new = list(words[mine[blocks[0].a][1] :])
    amount = _amount(new, language)
    return new if amount and sum(block.size for block in blocks) >= LEAST_ALIKE * amount else []


def _keys(words: Sequence[Word], language: str) -> list[tuple[str, int]]:
    """The sounds of all words, each with the index of its word."""
    return [(key, index) for index, word in enumerate(words) for key in sounds(word.text, language)]


def _amount(words: Sequence[Word], language: str) -> int:
    return len(_keys(words, language))
