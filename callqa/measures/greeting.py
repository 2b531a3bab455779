"""The standard greeting: salutation, company, name, offer of help, in the agent's first words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from callqa.config import MeasureSettings
from callqa.data import CallFacts, Evidence, Measure, Role
from callqa.language import PhraseMatch, count_syllables, normalise_for_scoring, searcher
from callqa.language.lexicon import Lexicon, LexiconSet
from callqa.language.mandarin import pinyin
from callqa.language.phonetics import similarity
from callqa.measures.names import NameHeard, find_name
from callqa.measures.opening import Heard, Opening
from callqa.measures.salutation import find_salutation, sounds_like_hello
from callqa.measures.shared import is_backchannel_word, join_words, mean_probability, roles_unknown, say

ELEMENTS = ("salutation", "company", "name", "offer")

# A customer who said this much, other than hello, has begun to state the matter.
_MATTER_SYLLABLES = 6
# Long offers are recognised with more errors and mistaken for nothing else: in the tuning corpus and
# the samples those that were said reach 0.83 and more, anything else 0.75, or 0.78 at a call's end.
_LONG_OFFER = 6
_LONG_OFFER_EASED = 0.05
_HELLO = {
    "zh": re.compile(r"[您你]好|喂|哈[喽啰]|哎|诶|欸|嗯|啊|那个|呃|请问"),
    "en": re.compile(r"\b(?:hi|hello|hey|good (?:morning|afternoon|evening)|there|yes|yeah|um|uh)\b", re.I),
}
# 电信诈骗, 移动数据: no company names itself so.
_NOT_COMPANY = re.compile(r"诈骗|电话|网络|数据|宽带|业务|设备|信号|一下")
_SAYS_COMPANY = re.compile(r"\s*(?:[，。、！？,.]|客服|$)")
_EXPECTED = {
    "zh": {"salutation": "您好", "offer": "请问有什么可以帮您"},
    "en": {"salutation": "hello / good morning / thank you for calling", "offer": "how can I help you"},
}
_LABELS = {
    "zh": {"salutation": "问候", "company": "公司名称", "name": "姓名或工号", "offer": "服务用语"},
    "en": {"salutation": "salutation", "company": "company", "name": "name", "offer": "offer of help"},
}


def measure_greeting(
    facts: CallFacts, lexicons: LexiconSet, settings: MeasureSettings, company: str | None
) -> Measure:
    """The four elements of the standard greeting, each true or false; None where roles are not known.

    The salutation is None where something like 您好 was heard that may as well be 你好: neither is
    proved, and its component has what was heard.

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
    opening = Opening(agent, settings.greeting_window)
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
    found: dict[str, Heard | None] = {
        "salutation": None,
        "company": _company(opening, companies, language, settings.pinyin_similarity),
        "name": _name(opening, name, language, roster),
        "offer": _offer(opening, lexicons.offers, language, settings.pinyin_similarity),
    }
    others = [item for item in found.values() if item is not None]
    found["salutation"], certain = find_salutation(
        opening, lexicons.salutations, language, others, partial(_stated_before, facts)
    )
    expected = _expected(language, companies, roster)
    value: dict[str, bool | None] = {element: found[element] is not None for element in ELEMENTS}
    if found["salutation"] is not None and not certain:
        value["salutation"] = None
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


def _phrase(opening: Opening, wordings: Iterable[str], language: str, threshold: float) -> Heard | None:
    match = _first(opening, wordings, language, threshold)
    if match is None:
        return None
    words = opening.between(match.first_char, match.end_char)
    return Heard(match.heard, words, match.similarity, match.phrase)


def _company(opening: Opening, companies: Sequence[str], language: str, threshold: float) -> Heard | None:
    named = _phrase(opening, companies, language, threshold)
    return _short_company(opening, companies) if named is None and language == "zh" else named


def _short_company(opening: Opening, companies: Sequence[str]) -> Heard | None:
    """中国电信 as 电信, which is the company only where one names oneself: right after 您好, or first
    in an utterance before a pause or 客服."""
    short = {pinyin(name[2:]): name for name in companies if name.startswith("中国") and len(name) == 4}
    for start in opening.starts:
        hello = sounds_like_hello(opening.text, start)
        first = hello[1] if hello else start
        said = [item for item in pinyin(opening.text) if item.first_char >= first][:2]
        if len(said) < 2 or " " in opening.text[said[0].first_char : said[1].end_char]:
            continue
        end = said[1].end_char
        if _NOT_COMPANY.match(opening.text, end) or not (hello or _SAYS_COMPANY.match(opening.text, end)):
            continue
        for sounds, name in short.items():
            if [(s.initial, s.final) for s in sounds] == [(s.initial, s.final) for s in said]:
                quote = opening.text[said[0].first_char : end]
                words = opening.between(said[0].first_char, end)
                return Heard(quote, words, similarity(sounds, said), name)
    return None


def _offer(opening: Opening, lexicon: Lexicon, language: str, threshold: float) -> Heard | None:
    wordings = [wording for entry in lexicon for wording in entry.wordings]
    plain = _phrase(opening, wordings, language, threshold)
    if plain is not None or language != "zh":
        return plain
    long = [wording for wording in wordings if count_syllables(wording, language) >= _LONG_OFFER]
    return _phrase(opening, long, language, threshold - _LONG_OFFER_EASED)


def _first(opening: Opening, wordings: Iterable[str], language: str, threshold: float) -> PhraseMatch | None:
    """The wording heard first; of those that overlap it, the most alike, then the longest."""
    search = searcher(opening.text, language)
    matches = [match for wording in wordings for match in search.find(wording, threshold)]
    if not matches:
        return None
    earliest = min(matches, key=lambda match: match.first_char)
    same = [match for match in matches if match.overlaps(earliest)]
    return max(same, key=lambda match: (match.similarity, match.end_char - match.first_char))


def _name(opening: Opening, name: NameHeard | None, language: str, roster: str | None) -> Heard | None:
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
    elif roster and name.expected == roster and name.is_rosters is None and name.heard != roster:
        note = say(
            language,
            f"听到“{name.heard}”，可能是名册上的“{roster}”。",
            f'Heard "{name.heard}", which may be the roster\'s "{roster}".',
        )
    elif roster and name.is_rosters is False:
        note = say(
            language,
            f"听到“{name.heard}”，与名册上的“{roster}”不同。",
            f'Heard "{name.heard}", not the roster\'s "{roster}".',
        )
    return Heard(name.heard, words, name.similarity, name.expected, note)


def _late(facts: CallFacts, found: Sequence[Heard]) -> bool:
    return bool(found) and _stated_before(facts, min(item.words[0].start for item in found))


def _stated_before(facts: CallFacts, time: float) -> bool:
    """Whether the customer had begun to state the matter by then, saying more than hello."""
    syllables = 0
    for utterance in facts.utterances_of(Role.CUSTOMER):
        said = [w for w in utterance.words if w.start < time and not is_backchannel_word(w.text)]
        text = _HELLO[facts.language].sub("", join_words(said, utterance.joiner))
        syllables += count_syllables(text, facts.language)
    return syllables >= _MATTER_SYLLABLES


def _component(found: Heard | None, value: bool | None, expected: str) -> dict[str, Any]:
    if found is None:
        nothing = dict.fromkeys(("quote", "start", "end", "similarity", "probability"))
        return {"found": value, **nothing, "expected": expected}
    probability = mean_probability(found.words)
    return {
        "found": value,
        "quote": found.quote,
        "start": found.words[0].start,
        "end": max(word.end for word in found.words),
        "similarity": round(found.similarity, 3),
        "probability": None if probability is None else round(probability, 3),
        "expected": expected,
    }


def _evidence(
    found: dict[str, Heard | None],
    value: dict[str, bool | None],
    expected: dict[str, str],
    opening: Opening,
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
        if value[element] is None:
            reason = (
                f"听到的是“{item.quote}”：电话里“您好”和“你好”听不清是哪个，"
                f"{labels[element]}不算有，也不算没有，可听录音核实。"
            )
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


def _missing(missing: list[str], expected: dict[str, str], opening: Opening, language: str) -> Evidence:
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
    start, end = words[0].start, max(word.end for word in words)
    return Evidence(start, end, quote, reason, mean_probability(words))
