"""The standard greeting: salutation, company, name, offer of help, in the agent's first words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from callqa.config import MeasureSettings
from callqa.data import CallFacts, Evidence, Measure, Role, Utterance, Word
from callqa.language import PhraseMatch, count_syllables, normalise_for_scoring, searcher
from callqa.language.lexicon import Lexicon, LexiconSet
from callqa.measures.names import NameHeard, find_name
from callqa.measures.shared import is_backchannel_word, join_words, mean_probability, roles_unknown, say

ELEMENTS = ("salutation", "company", "name", "offer")

# A customer who said this much, other than hello, has begun to state the matter.
_MATTER_SYLLABLES = 6
_SALUTATION_ALIKE = 0.99
_DOUBTFUL = 0.5
_HELLO = {
    "zh": re.compile(r"[您你]好|喂|哈[喽啰]|哎|诶|欸|嗯|啊|那个|呃|请问"),
    "en": re.compile(r"\b(?:hi|hello|hey|good (?:morning|afternoon|evening)|there|yes|yeah|um|uh)\b", re.I),
}
# Confused by the recogniser at times, so the evidence says so.
_INFORMAL = {"zh": ("你好", "喂"), "en": ()}
_EXPECTED = {
    "zh": {"salutation": "您好", "offer": "请问有什么可以帮您"},
    "en": {"salutation": "hello / good morning / thank you for calling", "offer": "how can I help you"},
}
_LABELS = {
    "zh": {"salutation": "问候", "company": "公司名称", "name": "姓名或工号", "offer": "服务用语"},
    "en": {"salutation": "salutation", "company": "company", "name": "name", "offer": "offer of help"},
}


@dataclass(frozen=True, slots=True)
class _Found:
    """An element as heard; `words` give its time."""

    quote: str
    words: tuple[Word, ...]
    similarity: float
    expected: str
    note: str = ""


class _Opening:
    """The agent's first words as one text, so that elements are found across utterances."""

    def __init__(self, utterances: Sequence[Utterance], window: float) -> None:
        self.words: list[Word] = []
        self._places: list[tuple[int, int]] = []
        self._utterances: list[int] = []
        parts: list[str] = []
        length, spoken = 0, 0.0
        for number, utterance in enumerate(utterances):
            if spoken >= window:
                break
            before = spoken
            for word in utterance.words:
                if before + word.start - utterance.start >= window:
                    break
                parts.append(word.text)
                self._places.append((length, length + len(word.text)))
                self._utterances.append(number)
                self.words.append(word)
                length += len(word.text) + len(utterance.joiner)
                parts.append(utterance.joiner)
            # Utterances of Mandarin are told apart by a blank, which no search minds.
            parts.append(" ")
            length += 1
            spoken += utterance.end - utterance.start
        self.text = "".join(parts)

    def between(self, first_char: int, end_char: int) -> tuple[Word, ...]:
        return tuple(
            word
            for word, (first, end) in zip(self.words, self._places, strict=True)
            if first < end_char and end > first_char
        )

    def utterance_of(self, word: Word) -> int:
        """Which of the agent's utterances a word stands in, counted from 0."""
        return self._utterances[self.words.index(word)]

    def first_utterance(self) -> tuple[str, tuple[Word, ...]]:
        """The text and the words of the first utterance, as far as they lie in the window."""
        num_words = self._utterances.count(self._utterances[0])
        return self.text[: self._places[num_words - 1][1]].strip(), tuple(self.words[:num_words])


def measure_greeting(
    facts: CallFacts, lexicons: LexiconSet, settings: MeasureSettings, company: str | None
) -> Measure:
    """The four elements of the standard greeting, each true or false; None where roles are not known.

    They are looked for in the agent's first `greeting_window` seconds of speech. The company is
    the recording's, else `company`, else any operator the lexicon knows; where none is known, its
    element is None. `components` has each element's quote, time, similarity and what was expected,
    whether the name is the roster's (`name_is_rosters`), and whether the greeting came only after
    the customer had stated the matter (`late`).
    """
    language = facts.language
    unknown = roles_unknown(facts, "greeting", "elements")
    if unknown is not None:
        return unknown
    agent = facts.utterances_of(Role.AGENT)
    opening = _Opening(agent, settings.greeting_window)
    if not opening.words:
        reason = say(language, "坐席没有可识别的话。", "The agent has no recognised words.")
        return Measure("greeting", None, "elements", reason=reason)

    companies = _company_wordings(facts, lexicons, company)
    roster = facts.recording.agent_name
    name = find_name(
        opening.text,
        language,
        roster,
        settings.pinyin_similarity,
        companies,
        facts.recording.agent_id,
    )
    found: dict[str, _Found | None] = {
        "salutation": None,
        "company": _phrase(opening, companies, language, settings.pinyin_similarity),
        "name": _name(opening, name, language, roster),
        "offer": _offer(opening, lexicons.offers, language, settings.pinyin_similarity),
    }
    others = [item for item in found.values() if item is not None]
    found["salutation"] = _salutation(opening, lexicons.salutations, facts, others)
    expected = _expected(language, companies, roster)
    value: dict[str, bool | None] = {element: found[element] is not None for element in ELEMENTS}
    if not companies:
        value["company"] = None
    late = _late(facts, [item for item in found.values() if item is not None])
    components: dict[str, Any] = {
        "elements": {
            element: _component(found[element], value[element], expected[element]) for element in ELEMENTS
        },
        "name_is_rosters": name.is_rosters if name is not None else None,
        "late": late,
        "window_seconds": settings.greeting_window,
    }
    evidence = _evidence(found, value, expected, opening, language, late)
    return Measure("greeting", value, "elements", components, tuple(evidence))


def _company_wordings(facts: CallFacts, lexicons: LexiconSet, configured: str | None) -> tuple[str, ...]:
    """What the company may be called: its aliases too if it is an operator the lexicon knows."""
    company = facts.recording.company or configured
    if company is None:
        return tuple(
            wording for entry in lexicons.operators for wording in (*entry.wordings, *entry.hotlines)
        )
    names = tuple(part.strip() for part in re.split(r"[|/；;]", company) if part.strip())
    for entry in lexicons.operators:
        known = {normalise_for_scoring(text, facts.language) for text in (*entry.wordings, *entry.hotlines)}
        if any(normalise_for_scoring(name, facts.language) in known for name in names):
            return tuple(dict.fromkeys((*names, *entry.wordings, *entry.hotlines)))
    return names


def _expected(language: str, companies: Sequence[str], roster: str | None) -> dict[str, str]:
    any_name = say(language, "姓名或工号", "the agent's name")
    company = companies[0] if companies else say(language, "公司名称", "the company's name")
    return {**_EXPECTED[language], "company": company, "name": roster or any_name}


def _salutation(
    opening: _Opening, lexicon: Lexicon, facts: CallFacts, others: Sequence[_Found]
) -> _Found | None:
    """The first salutation that belongs to the greeting: 您好 said later, to take up the matter, is
    none. It stands no later than the utterances that hold the other elements; without any, it
    comes before the customer has stated the matter."""
    search = searcher(opening.text, facts.language)
    matches = [m for entry in lexicon for w in entry.wordings for m in search.find(w, _SALUTATION_ALIKE)]
    for match in sorted(matches, key=lambda m: (m.first_char, m.first_char - m.end_char)):
        words = opening.between(match.first_char, match.end_char)
        number = opening.utterance_of(words[0])
        greeted = {opening.utterance_of(item.words[0]) for item in others}
        if greeted:
            belongs = number in greeted or number < min(greeted)
        else:
            belongs = not _stated_before(facts, words[0].start)
        if belongs:
            return _Found(match.heard, words, match.similarity, match.phrase, _doubt(words, facts.language))
    return None


def _doubt(words: Sequence[Word], language: str) -> str:
    # 您 and 你 differ by little in sound; the recogniser's own doubt is passed on.
    probability = mean_probability(words)
    if language == "zh" and probability is not None and probability < _DOUBTFUL:
        return "“您”和“你”读音相近，此处识别把握不大。"
    return ""


def _phrase(opening: _Opening, wordings: Iterable[str], language: str, threshold: float) -> _Found | None:
    match = _first(opening, wordings, language, threshold)
    if match is None:
        return None
    words = opening.between(match.first_char, match.end_char)
    return _Found(match.heard, words, match.similarity, match.phrase)


def _offer(opening: _Opening, lexicon: Lexicon, language: str, threshold: float) -> _Found | None:
    return _phrase(opening, (w for entry in lexicon for w in entry.wordings), language, threshold)


def _first(opening: _Opening, wordings: Iterable[str], language: str, threshold: float) -> PhraseMatch | None:
    """The wording heard first; of those that overlap it, the most alike, then the longest."""
    search = searcher(opening.text, language)
    matches = [match for wording in wordings for match in search.find(wording, threshold)]
    if not matches:
        return None
    earliest = min(matches, key=lambda match: match.first_char)
    same = [match for match in matches if match.overlaps(earliest)]
    return max(same, key=lambda match: (match.similarity, match.end_char - match.first_char))


def _name(opening: _Opening, name: NameHeard | None, language: str, roster: str | None) -> _Found | None:
    if name is None:
        return None
    words = opening.between(name.first_char, name.end_char)
    note = ""
    if roster and name.is_rosters and name.heard != roster:
        note = say(
            language,
            f"听到“{name.heard}”，与名册上的“{roster}”读音一致。",
            f'Heard "{name.heard}", which sounds like the roster\'s "{roster}".',
        )
    elif roster and name.is_rosters is False:
        note = say(
            language,
            f"听到“{name.heard}”，与名册上的“{roster}”不同。",
            f'Heard "{name.heard}", not the roster\'s "{roster}".',
        )
    return _Found(name.heard, words, name.similarity, name.expected, note)


def _late(facts: CallFacts, found: Sequence[_Found]) -> bool:
    return bool(found) and _stated_before(facts, min(item.words[0].start for item in found))


def _stated_before(facts: CallFacts, time: float) -> bool:
    """Whether the customer had begun to state the matter by then, saying more than hello."""
    syllables = 0
    for utterance in facts.utterances_of(Role.CUSTOMER):
        said = [w for w in utterance.words if w.start < time and not is_backchannel_word(w.text)]
        text = _HELLO[facts.language].sub("", join_words(said, utterance.joiner))
        syllables += count_syllables(text, facts.language)
    return syllables >= _MATTER_SYLLABLES


def _component(found: _Found | None, value: bool | None, expected: str) -> dict[str, Any]:
    if found is None:
        nothing = dict.fromkeys(("quote", "start", "end", "similarity", "probability"))
        return {"found": value, **nothing, "expected": expected}
    probability = mean_probability(found.words)
    return {
        "found": True,
        "quote": found.quote,
        "start": found.words[0].start,
        "end": max(word.end for word in found.words),
        "similarity": round(found.similarity, 3),
        "probability": None if probability is None else round(probability, 3),
        "expected": expected,
    }


def _evidence(
    found: dict[str, _Found | None],
    value: dict[str, bool | None],
    expected: dict[str, str],
    opening: _Opening,
    language: str,
    late: bool,
) -> list[Evidence]:
    labels = _LABELS[language]
    evidence = []
    for element in ELEMENTS:
        item = found[element]
        if item is None:
            continue
        reason = say(language, f"有{labels[element]}。", f"The {labels[element]} was said.")
        if item.note:
            reason = f"{reason}{item.note}" if language == "zh" else f"{reason} {item.note}"
        start, end = item.words[0].start, max(word.end for word in item.words)
        evidence.append(Evidence(start, end, item.quote, reason, mean_probability(item.words)))
    evidence.sort(key=lambda item: item.start)
    missing = [element for element in ELEMENTS if value[element] is False]
    if missing:
        evidence.append(_missing(missing, expected, opening, language))
    if late:
        begin = evidence[0]
        reason = say(
            language,
            "客户已经说了来意，坐席才问候。",
            "The greeting came only after the customer had stated the matter.",
        )
        evidence.append(Evidence(begin.start, begin.end, begin.quote, reason, begin.probability))
    return evidence


def _missing(missing: list[str], expected: dict[str, str], opening: _Opening, language: str) -> Evidence:
    """The agent's first words, and what is not among them."""
    quote, words = opening.first_utterance()
    labels = _LABELS[language]
    named = [f"{labels[element]}（应为“{expected[element]}”）" for element in missing]
    reason = say(
        language,
        f"开头没有听到{'、'.join(named)}。",
        "Not heard in the first words: "
        + ", ".join(f'{labels[element]} (expected "{expected[element]}")' for element in missing)
        + ".",
    )
    if "salutation" in missing:
        informal = [word for word in _INFORMAL[language] if word in quote]
        if informal:
            reason += f"听到的是“{informal[0]}”，不算“您好”；“您”和“你”读音相近，可听录音核实。"
    start, end = words[0].start, max(word.end for word in words)
    return Evidence(start, end, quote, reason, mean_probability(words))
