"""Technical terms that the agent used: explained, known to the customer, or neither."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from callqa.config import MeasureSettings
from callqa.data import CallFacts, Evidence, Measure, Role, TaggedPiece, TimeSpan, Utterance
from callqa.language import PhraseSearcher, count_syllables, english, searcher
from callqa.language.lexicon import Entry, EntryMatch, Lexicon, LexiconSet, find_entries
from callqa.measures.meanings import Meanings
from callqa.measures.shared import cite_part, mean_probability, roles_unknown, say
from callqa.measures.suggestion import suggestion
from callqa.measures.terms import find_terms

UNEXPLAINED, EXPLAINED, CUSTOMER_FIRST = "unexplained", "explained", "customer_first"

_CUE_ALIKE = 0.95
# An explanation is given in the same or the next two utterances of the agent.
_LATER_UTTERANCES = 2
# How far a cue may stand from its term, in characters.
_REACH = {
    "zh": {"weak": 3, "after": 6, "before": 3, "anywhere": 30, "opening": 12},
    "en": {"weak": 6, "after": 20, "before": 12, "anywhere": 100, "opening": 40},
}
# What follows a cue, or precedes it, must be long enough to explain anything.
_EXPLAINING_SYLLABLES = 4
_PLAIN_SHARE = 0.6
# From which probability on a piece of an utterance is held to explain the term that stands in or
# beside it, and one that comes utterances later, which may be about another thing.
_EXPLAINS = 0.8
_EXPLAINS_LATER = 0.9
_FEWEST_PLAIN = 2
# Grammar, and words of every other sentence in this trade: saying them explains nothing.
_FUNCTION_RUN = re.compile(
    r"流量|手机|网络|宽带|套餐|号码|信号|公司|系统|电话|我们|您家|登记|时候|[的了把就是在和您我你那个这一也都，。、；？！\s]+"
)
_FUNCTION_WORDS = frozenset(
    {
        "a",
        "an",
        "the",
        "your",
        "our",
        "you",
        "we",
        "i",
        "it",
        "is",
        "are",
        "of",
        "to",
        "in",
        "on",
        "at",
        "that",
    }
    | {"this", "for", "and", "or", "with", "by", "from", "how", "who", "about", "can", "what", "up", "not"}
    | {"than", "so", "which", "more", "one"}
)


@dataclass(slots=True)
class _Occurrence:
    entry: Entry
    utterance: Utterance
    index: int
    first_char: int
    end_char: int
    similarity: float
    wording: str
    status: str = UNEXPLAINED
    by_meaning: bool = False

    @property
    def heard(self) -> str:
        return self.utterance.text[self.first_char : self.end_char]

    @property
    def span(self) -> TimeSpan:
        return self.utterance.span_between(self.first_char, self.end_char)


def measure_jargon(facts: CallFacts, lexicons: LexiconSet, settings: MeasureSettings) -> Measure:
    """Unexplained terms per 100 syllables (English: words) of the agent.

    A term is ``explained`` where the agent explains it in the same or the next two utterances, or
    has explained it before; ``customer_first`` where the customer said it earlier; otherwise
    ``unexplained``. Terms are found by sound; `components` has every occurrence with what was
    heard, its time, its status, everyday words for it, and the counts the value is made of.
    """
    language = facts.language
    unit = say(language, "unexplained per 100 syllables", "unexplained per 100 words")
    unknown = roles_unknown(facts, "jargon", unit)
    if unknown is not None:
        return unknown
    agent = facts.utterances_of(Role.AGENT)
    syllables = sum(count_syllables(utterance.text, language) for utterance in agent)
    if syllables < settings.min_rate_syllables:
        reason = say(
            language,
            f"坐席的话太少（{syllables}字），无法判断。",
            f"The agent has too few recognised words ({syllables}) to judge.",
        )
        return Measure("jargon", None, unit, {"occurrences": [], "agent_syllables": syllables}, reason=reason)
    searchers = [searcher(utterance.text, language) for utterance in agent]
    found = _occurrences(agent, searchers, lexicons.jargon, language, settings)
    _settle(found, facts, searchers, lexicons, settings)
    counts = {
        status: sum(item.status == status for item in found)
        for status in (UNEXPLAINED, EXPLAINED, CUSTOMER_FIRST)
    }
    components: dict[str, Any] = {
        "occurrences": [_component(item, language) for item in found],
        **counts,
        "agent_syllables": syllables,
    }
    value = round(100 * counts[UNEXPLAINED] / syllables, 3)
    return Measure("jargon", value, unit, components, tuple(_evidence(item, language) for item in found))


def _occurrences(
    utterances: Sequence[Utterance],
    searchers: Sequence[PhraseSearcher],
    lexicon: Lexicon,
    language: str,
    settings: MeasureSettings,
) -> list[_Occurrence]:
    return [
        _Occurrence(
            item.entry,
            utterance,
            index,
            item.match.first_char,
            item.match.end_char,
            item.match.similarity,
            item.match.phrase,
        )
        for index, (utterance, search) in enumerate(zip(utterances, searchers, strict=True))
        for item in find_terms(lexicon, search, language, settings.pinyin_similarity)
    ]


def _settle(
    found: list[_Occurrence],
    facts: CallFacts,
    searchers: Sequence[PhraseSearcher],
    lexicons: LexiconSet,
    settings: MeasureSettings,
) -> None:
    language = facts.language
    first_by_customer = _first_by_customer(facts, lexicons.jargon, settings)
    cues = [find_entries(lexicons.explaining, search, _CUE_ALIKE) for search in searchers]
    meanings = Meanings.of(facts)
    agent = facts.utterances_of(Role.AGENT)
    cued = [_explained_here(item, found, cues, searchers, language) for item in found]
    meant = [
        not cue and _explained_by_meaning(item, found, agent, meanings)
        for item, cue in zip(found, cued, strict=True)
    ]
    direct = [cue or meaning for cue, meaning in zip(cued, meant, strict=True)]
    for item in found:
        said_by_customer = first_by_customer.get(item.entry.phrase)
        if said_by_customer is not None and said_by_customer < item.span.start:
            item.status = CUSTOMER_FIRST
            continue
        # Once explained, before or just after, a term needs no explanation again.
        explaining = [
            i
            for i, other in enumerate(found)
            if direct[i]
            and other.entry.phrase == item.entry.phrase
            and other.index <= item.index + _LATER_UTTERANCES
        ]
        if explaining:
            item.status = EXPLAINED
            item.by_meaning = all(meant[i] for i in explaining)


def _first_by_customer(facts: CallFacts, lexicon: Lexicon, settings: MeasureSettings) -> dict[str, float]:
    first: dict[str, float] = {}
    for utterance in facts.utterances_of(Role.CUSTOMER):
        search = searcher(utterance.text, facts.language)
        for item in find_terms(lexicon, search, facts.language, settings.pinyin_similarity):
            start = utterance.span_between(item.match.first_char, item.match.end_char).start
            first[item.entry.phrase] = min(start, first.get(item.entry.phrase, start))
    return first


def _explained_here(
    item: _Occurrence,
    found: Sequence[_Occurrence],
    cues: Sequence[Sequence[EntryMatch]],
    searchers: Sequence[PhraseSearcher],
    language: str,
) -> bool:
    reach = _REACH[language]
    text = item.utterance.text
    window = [search.text for search in searchers[item.index : item.index + 1 + _LATER_UTTERANCES]]
    plain = _plain_share(item, " ".join(window), language)
    if plain >= _PLAIN_SHARE:
        return True
    for cue in cues[item.index]:
        kind, match = cue.entry.kind, cue.match
        gap = match.first_char - item.end_char
        if gap >= 0:
            if kind == "before" and gap > reach["after"]:
                continue
            follows = _syllables(text[match.end_char :], language) >= _EXPLAINING_SYLLABLES
            near = gap <= reach["after" if kind == "before" else kind or "after"]
            between = _term_between(found, item, match.first_char)
            if follows and near and not between and (kind != "weak" or plain > 0):
                return True
        elif (
            kind == "before"
            and 0 <= item.first_char - match.end_char <= reach["before"]
            and _syllables(text[: match.first_char], language) > _EXPLAINING_SYLLABLES
        ):
            return True
    return any(
        cue.match.first_char <= reach["opening"]
        and (cue.entry.kind == "anywhere" or (cue.entry.kind == "after" and plain > 0))
        and _syllables(search.text[cue.match.end_char :], language) >= _EXPLAINING_SYLLABLES
        for search, later in zip(
            searchers[item.index + 1 : item.index + 1 + _LATER_UTTERANCES],
            cues[item.index + 1 : item.index + 1 + _LATER_UTTERANCES],
            strict=True,
        )
        for cue in later
    )


def _explained_by_meaning(
    item: _Occurrence, found: Sequence[_Occurrence], agent: Sequence[Utterance], meanings: Meanings
) -> bool:
    """Whether words that explain stand near the term: in its own piece of the utterance or the next,
    or at the beginning of one of the next two utterances.

    Where several terms stand close together, an explanation is of one of them, and by its meaning
    alone nobody can tell of which.
    """
    own = meanings.pieces(item.utterance)
    here = next((i for i, p in enumerate(own) if p.first_char <= item.first_char < p.end_char), None)
    if here is None or _has_other_term(item, found, item.index, own[here]):
        return False
    if own[here].explaining >= _EXPLAINS:
        return True
    after = own[here + 1 : here + 2]
    if any(p.explaining >= _EXPLAINS and not _has_other_term(item, found, item.index, p) for p in after):
        return True
    if _has_other_term(item, found, item.index, own[-1]):
        return False
    for index in range(item.index + 1, min(item.index + 1 + _LATER_UTTERANCES, len(agent))):
        pieces = meanings.pieces(agent[index])
        if not pieces or _has_other_term(item, found, index, pieces[0]):
            return False
        if pieces[0].explaining >= _EXPLAINS_LATER:
            return True
    return False


def _has_other_term(item: _Occurrence, found: Sequence[_Occurrence], index: int, piece: TaggedPiece) -> bool:
    return any(
        other.index == index
        and piece.first_char <= other.first_char < piece.end_char
        and other.entry.phrase != item.entry.phrase
        for other in found
    )


def _term_between(found: Sequence[_Occurrence], item: _Occurrence, end_char: int) -> bool:
    return any(other.index == item.index and item.end_char <= other.first_char < end_char for other in found)


def _plain_share(item: _Occurrence, text: str, language: str) -> float:
    """Share of the plain replacement's content that is said in a text, the term's own left out."""
    plain = item.entry.plain or ""
    if language == "zh":
        wanted = _bigrams(plain) - _bigrams("".join((*item.entry.wordings, item.heard)))
        said = _bigrams(text)
    else:
        own = {token.text for wording in item.entry.wordings for token in english.tokens(wording)}
        wanted = {token.text for token in english.tokens(plain)} - _FUNCTION_WORDS - own
        said = {token.text for token in english.tokens(text)}
    return len(wanted & said) / len(wanted) if len(wanted) >= _FEWEST_PLAIN else 0.0


def _bigrams(text: str) -> set[str]:
    runs = _FUNCTION_RUN.split(text)
    return {run[i : i + 2] for run in runs for i in range(len(run) - 1)}


def _syllables(text: str, language: str) -> int:
    return count_syllables(text, language)


def _component(item: _Occurrence, language: str) -> dict[str, Any]:
    span = item.span
    probability = mean_probability(item.utterance.words_between(item.first_char, item.end_char))
    return {
        "term": item.entry.phrase,
        "heard": item.heard,
        "start": span.start,
        "end": span.end,
        "status": item.status,
        "by_meaning": item.by_meaning,
        "plain": item.entry.plain,
        "suggestion": _suggestion(item, language),
        "explain": item.entry.explain,
        "kind": item.entry.kind,
        "similarity": round(item.similarity, 3),
        "probability": None if probability is None else round(probability, 3),
    }


def _suggestion(item: _Occurrence, language: str) -> str | None:
    if item.status != UNEXPLAINED or not item.entry.plain:
        return None
    text = item.utterance.text
    return suggestion(text, item.first_char, item.end_char, item.wording, item.entry.plain, language)


def _evidence(item: _Occurrence, language: str) -> Evidence:
    term, plain = item.entry.phrase, item.entry.plain
    heard = "" if item.heard == term else say(language, f"（听到“{item.heard}”）", f' (heard "{item.heard}")')
    if item.status == UNEXPLAINED:
        better = _suggestion(item, language) or plain
        reason = say(
            language,
            f"术语“{term}”{heard}没有解释，可以说：“{better}”。",
            f'The term "{term}"{heard} was not explained; one could say: "{better}".',
        )
    elif item.status == EXPLAINED:
        reason = say(language, f"术语“{term}”{heard}已经解释。", f'The term "{term}"{heard} was explained.')
    else:
        reason = say(
            language,
            f"术语“{term}”{heard}是客户先说的。",
            f'The customer had used the term "{term}"{heard} first.',
        )
    return cite_part(item.utterance, item.first_char, item.end_char, reason)
