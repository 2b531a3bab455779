"""Terms of the jargon lexicon in a text, through what recognition makes of them.

A term that recognition does not know comes back as words that sound like it. Long terms are still
told by their sound; short ones have too many neighbours, and need words of their trade beside them.
"""

from __future__ import annotations

import re

from callqa.language import PhraseSearcher
from callqa.language.lexicon import Entry, EntryMatch, Lexicon, find_entries
from callqa.language.mandarin import is_han, pinyin
from callqa.language.phonetics import Searcher

# Short terms have many neighbours in sound (流量池, 流量是), so they must be closer.
_LEAST_ALIKE = {3: 0.92, 4: 0.9, 5: 0.87}
_LEAST_ALIKE_LONGER = 0.86
_GRAMMAR = frozenset(
    "的了个是我你您他她这那一不在有就要给上下到来去说会能吗呢吧啊和也都还很把被让跟从两几没请好再"
)
# Of two syllables, one part is no more than a sound related to its own.
_CLOSE = 0.85
# Characters between a term that only sounds like one and the word that vouches for it.
_NEAR_REACH = 16


def find_terms(lexicon: Lexicon, search: PhraseSearcher, language: str, threshold: float) -> list[EntryMatch]:
    """The terms that a text says, the longest where several overlap.

    Mandarin terms of two syllables that were not written as they are must share a character with
    what was heard, or have a word of the entry's `near` beside them; longer ones must be the closer
    the shorter they are.
    """
    found = find_entries(lexicon, search, threshold)
    if language != "zh" or not isinstance(search, Searcher):
        return found
    kept = [item for item in found if _is_meant(item)]
    for entry in lexicon:
        kept += [
            item
            for item in _vouched(entry, search)
            if not any(item.match.overlaps(other.match) for other in kept)
        ]
    return sorted(kept, key=lambda item: item.match.first_char)


def _is_meant(item: EntryMatch) -> bool:
    match = item.match
    heard = re.sub(r"[\W_]+", "", match.heard).lower()
    wording = re.sub(r"[\W_]+", "", match.phrase).lower()
    if heard == wording:
        return True
    length = len(pinyin(match.phrase))
    if length <= 2:
        # 个接 in 那个接光纤的 is no 割接: grammar words are heard rightly and belong elsewhere.
        return _shares_character(wording, heard) and not _has_grammar(wording, heard)
    return match.similarity >= _LEAST_ALIKE.get(length, _LEAST_ALIKE_LONGER)


def _vouched(entry: Entry, search: Searcher) -> list[EntryMatch]:
    """Short wordings of one entry in looser sound, where a word of `near` stands beside them."""
    text = search.text
    places = [found.span() for word in entry.near for found in re.finditer(re.escape(word), text)]
    if not places:
        return []
    harmless = [found.span() for word in entry.unless for found in re.finditer(re.escape(word), text)]
    found = []
    for wording in entry.wordings:
        if len(wording) != 2 or not all(is_han(char) for char in wording):
            continue
        for match in search.find_loosely(wording):
            first, end = match.first_char, match.end_char
            # What vouches for a term is no part of it.
            near = any(
                (place_end <= first and first - place_end <= _NEAR_REACH)
                or (place >= end and place - end <= _NEAR_REACH)
                for place, place_end in places
            )
            kept = not any(place < end and first < place_end for place, place_end in harmless)
            whole = len(match.heard) == len(wording)
            # 师傅 for 室分: where one part is another sound altogether, the rest must be as written.
            close = match.similarity >= _CLOSE or _shares_character(wording, match.heard)
            if near and kept and whole and close and not _has_grammar(wording, match.heard):
                found.append(EntryMatch(entry, match))
    return found


def _has_grammar(wording: str, heard: str) -> bool:
    return any(ours != theirs and theirs in _GRAMMAR for ours, theirs in zip(wording, heard, strict=False))


def _shares_character(wording: str, heard: str) -> bool:
    return any(ours == theirs for ours, theirs in zip(wording, heard, strict=False))
