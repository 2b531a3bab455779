"""Closing, guessing, privacy and transparency: what the agent's words say about its conduct."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from callqa.config import MeasureSettings
from callqa.data import CallFacts, Measure, Role, Utterance
from callqa.language import count_syllables
from callqa.language.lexicon import LexiconSet
from callqa.measures import occasions
from callqa.measures.ending import call_ending
from callqa.measures.meanings import LIKELY, POSSIBLE, Meanings
from callqa.measures.phrases import (
    CERTAIN_PROBABILITY,
    Occurrence,
    fault_counts,
    find_faults,
    find_occurrences,
    pattern_faults,
    pattern_occurrences,
)
from callqa.measures.shared import agent_unheard, cite, mean_probability, say, seconds

_UNITS = {"closing": "elements", "guessing": "count", "privacy": "count", "transparency": "elements"}
# "Anything else?" belongs to the second half; farewell to the last words.
_FAREWELL_UTTERANCES = 4
# Spoken digits in a row. Telephone numbers (11) are read back rightly, order numbers are nobody's
# secret: only what has an identity card's or a bank card's inner form counts.
_DIGIT_RUN = re.compile(r"(?<!\d)\d(?:[\s,，、-]?\d){14,18}[\s,，、-]?[xX]?(?!\d)")
_IDENTITY = re.compile(r"[1-8]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dX]")
_IDENTITY_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CARD_WORDS = re.compile(r"银行卡|卡号|信用卡|card", re.IGNORECASE)
_DIGITS = str.maketrans("零〇幺一二两三四五六七八九", "0011223456789")
_TOLD = ("doing", "next", "by_when")
# A farewell may hide in last words that are recognised worse than this.
_HEARD_CLEARLY = 0.6
# Many a sentence about a procedure sounds like one about what is being done.
_LIKELY_DOING = 0.85
# Whoever says less than this (syllables, English words) in a call may have had nothing to tell.
_ENOUGH_SAID = {"zh": 60, "en": 40}
# By meaning alone a guess is listed from the first on, and held against nobody below the second.
_POSSIBLE_GUESS = 0.7
_SURE_GUESS = 0.97
# Listed words whose meaning is a guess with less probability than this may be none.
_NO_GUESS = 0.02
_NOT_TO = {
    "zh": re.compile(r"(?:不要|别|请勿|切勿|不能|无需|不需要|不用|不会|不可以|不必)[^，。？！]{0,8}$"),
    "en": re.compile(r"\b(?:never|not|don't|no need to|won't|without)\b[^.?!]{0,30}$", re.IGNORECASE),
}


def measure_conduct(facts: CallFacts, lexicons: LexiconSet, settings: MeasureSettings) -> dict[str, Measure]:
    """`closing` {anything_else, farewell}, `guessing`, `privacy`, `transparency` {doing, next,
    by_when}."""
    unmeasured = agent_unheard(facts, _UNITS)
    if unmeasured is not None:
        return unmeasured
    agent, language = facts.utterances_of(Role.AGENT), facts.language
    meanings = Meanings.of(facts)
    return {
        "closing": _closing(facts, agent, lexicons, settings, meanings),
        "guessing": _guessing(_guesses(agent, lexicons, language, settings, meanings), language),
        "privacy": _privacy(agent, lexicons, language, settings),
        "transparency": _transparency(agent, lexicons, language, settings, meanings),
    }


def _settled(
    found: Mapping[str, Sequence[Occurrence]],
    possible: Mapping[str, Occurrence | None],
    known: bool,
) -> tuple[dict[str, bool | None], dict[str, dict[str, Any]]]:
    """What was said of what ought to be said, and how sure that is.

    Where nothing at all was found, what may yet have been meant, or could not be looked for by
    its meaning, is neither found nor missing: nobody is accused of what lists may only have missed.
    """
    value: dict[str, bool | None] = {}
    elements: dict[str, dict[str, Any]] = {}
    nothing = not any(found.values())
    for name, items in found.items():
        maybe = possible.get(name)
        likely = 0.0 if maybe is None else maybe.similarity
        unclear = nothing and (not known or likely >= POSSIBLE)
        value[name] = True if items else None if unclear else False
        elements[name] = {
            "found": value[name],
            "quote": items[-1].heard if items else maybe.heard if maybe is not None and unclear else None,
            "likelihood": None if maybe is None else round(likely, 3),
            "by_meaning": bool(items) and all(item.by_meaning for item in items),
        }
    return value, elements


def _closing(
    facts: CallFacts,
    agent: Sequence[Utterance],
    lexicons: LexiconSet,
    settings: MeasureSettings,
    meanings: Meanings,
) -> Measure:
    end = max(turn.end for turn in facts.turns)
    last = agent[-_FAREWELL_UTTERANCES:]
    late = [u for u in agent if u.start >= end / 2 or u in last]
    lexicon, language = lexicons.closing, facts.language
    asked = find_occurrences(lexicon.of_kind("anything_else"), late, language, settings)
    farewell = find_occurrences(lexicon.of_kind("thanks", "rating", "goodbye"), last, language, settings)
    found = {
        "anything_else": asked or _meant(meanings, "more", late, "anything_else"),
        "farewell": farewell or _meant(meanings, "farewell", last, "goodbye"),
    }
    possible = {
        "anything_else": meanings.strongest("more", late),
        "farewell": meanings.strongest("farewell", last),
    }
    heard = mean_probability(agent[-1].words)
    clear = meanings.known and heard is not None and heard >= _HEARD_CLEARLY
    value, elements = _settled(found, possible, clear)
    sentences = {
        "anything_else": say(language, "询问了是否还有其他需要。", "Asked whether there is anything else."),
        "farewell": say(language, "结束语。", "The closing words."),
    }
    evidence = [found[name][-1].cite(sentence) for name, sentence in sentences.items() if found[name]]
    names = {
        "anything_else": say(language, "询问其他需要", '"anything else?"'),
        "farewell": say(language, "感谢或道别", "thanks or farewell"),
    }
    if missing := [text for name, text in names.items() if not value[name]]:
        reason = say(
            language,
            f"坐席最后的话里没有听到{'、'.join(missing)}。",
            f"The agent's last words have no {' and no '.join(missing)}.",
        )
        evidence.append(cite(agent[-1], reason))
    components = {
        "ending": call_ending(facts),
        "window_start": min(late[0].start, last[0].start),
        "elements": elements,
        "occurrences": [item.as_component() for items in found.values() for item in items],
    }
    doubt = _nothing_sure(value, language)
    return Measure("closing", value, _UNITS["closing"], components, tuple(evidence), doubt)


def _nothing_sure(value: Mapping[str, bool | None], language: str) -> str | None:
    if any(item is not None for item in value.values()):
        return None
    return say(
        language,
        "没有明确听到，也不能肯定没有说。",
        "Nothing of it was clearly heard, and it is not certain that nothing was said.",
    )


def _meant(
    meanings: Meanings,
    tag: str,
    utterances: Sequence[Utterance],
    kind: str | None = None,
    at_least: float = LIKELY,
) -> list[Occurrence]:
    return [replace(item, kind=kind or tag) for item in meanings.find(tag, utterances, at_least)]


def _guesses(
    agent: Sequence[Utterance],
    lexicons: LexiconSet,
    language: str,
    settings: MeasureSettings,
    meanings: Meanings,
) -> list[Occurrence]:
    """What the list finds, certain unless its meaning is clearly another; and what means a guess in
    words of its own, certain only where there is hardly a doubt."""
    listed = [
        item
        if not meanings.known or not item.certain or meanings.has("guessing", item.utterance, _NO_GUESS)
        else replace(item, certain=False)
        for item in find_faults(lexicons.guessing, agent, language, settings)
    ]
    meant = [
        replace(item, kind="guess", certain=item.certain and item.similarity >= _SURE_GUESS)
        for item in meanings.find("guessing", agent, _POSSIBLE_GUESS)
        if not any(item.overlaps(known) for known in listed)
    ]
    return sorted([*listed, *meant], key=lambda item: item.span.start)


def _guessing(found: Sequence[Occurrence], language: str) -> Measure:
    evidence = tuple(
        item.cite(
            say(
                language,
                f"没有查证就下结论：“{item.phrase}”{_doubt(item, language)}。",
                f'A conclusion without checking: "{item.phrase}"{_doubt(item, language)}.',
            )
        )
        for item in sorted(found, key=lambda item: not item.certain)
    )
    components = fault_counts(found)
    return Measure("guessing", components["count"], "count", components, evidence)


def _privacy(
    agent: Sequence[Utterance], lexicons: LexiconSet, language: str, settings: MeasureSettings
) -> Measure:
    listed = find_faults(lexicons.privacy, agent, language, settings)
    patterned = pattern_faults([("asks_secret", occasions.ASKS_SECRET[language])], agent, language)
    asked = [
        item
        for item in (*listed, *(p for p in patterned if not any(p.overlaps(known) for known in listed)))
        if not _NOT_TO[language].search(item.utterance.text[: item.first_char])
    ]
    read_out = [item for utterance in agent for item in _numbers_read_out(utterance)]
    found = sorted([*asked, *read_out], key=lambda item: (not item.certain, item.span.start))
    evidence = tuple(item.cite(_privacy_reason(item, language)) for item in found)
    components = fault_counts(found)
    return Measure("privacy", components["count"], "count", components, evidence)


def _numbers_read_out(utterance: Utterance) -> list[Occurrence]:
    found = []
    # One character for one character: places in the text stay what they are.
    for match in _DIGIT_RUN.finditer(utterance.text.translate(_DIGITS)):
        digits = re.sub(r"[^\dX]", "", match.group().upper())
        is_identity = bool(_IDENTITY.fullmatch(digits))
        is_card = digits.isdigit() and len(digits) >= 16 and bool(_CARD_WORDS.search(utterance.text))
        if not (is_identity or is_card):
            continue
        probability = mean_probability(utterance.words_between(*match.span()))
        # The check digit tells a number that was heard rightly from one that only looks alike.
        checked = _identity_checks(digits) if is_identity else _luhn_checks(digits)
        certain = checked and probability is not None and probability >= CERTAIN_PROBABILITY
        heard = utterance.text[slice(*match.span())]
        found.append(Occurrence(utterance, heard, "reads_out", *match.span(), 1.0, probability, certain))
    return found


def _identity_checks(digits: str) -> bool:
    """Check digit of an 18-digit identity number (GB 11643-1999).

    >>> _identity_checks("11010519491231002X"), _identity_checks("110105194912310021")
    (True, False)
    """
    total = sum(int(digit) * weight for digit, weight in zip(digits, _IDENTITY_WEIGHTS, strict=False))
    return digits[-1] == "10X98765432"[total % 11]


def _luhn_checks(digits: str) -> bool:
    """Check digit of a card number (ISO/IEC 7812).

    >>> _luhn_checks("4111111111111111"), _luhn_checks("4111111111111112")
    (True, False)
    """
    doubled = [int(d) * (1 + i % 2) for i, d in enumerate(reversed(digits))]
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0


def _privacy_reason(item: Occurrence, language: str) -> str:
    doubt = _doubt(item, language)
    if item.kind == "reads_out":
        return say(
            language, f"读出了完整的证件号或卡号{doubt}。", f"Read out a full identity or card number{doubt}."
        )
    return say(
        language,
        f"索要完整的密码、验证码或号码：“{item.phrase}”{doubt}。",
        f'Asked for a full password, code or number: "{item.phrase}"{doubt}.',
    )


def _transparency(
    agent: Sequence[Utterance],
    lexicons: LexiconSet,
    language: str,
    settings: MeasureSettings,
    meanings: Meanings,
) -> Measure:
    names = {
        "doing": say(language, "说明正在做什么。", "Says what is being done."),
        "next": say(language, "说明下一步。", "Says what happens next."),
        "by_when": say(language, "说明时限。", "Says by when."),
        "cost": say(language, "说明费用。", "Says what it costs."),
    }
    found = find_occurrences(lexicons.transparency, agent, language, settings)
    patterns = [(kind, cues[language]) for kind, cues in occasions.TELLS.items()]
    found += [
        item for item in pattern_occurrences(patterns, agent) if not any(item.overlaps(o) for o in found)
    ]
    for tag in _TOLD:
        told = [item for item in found if item.kind == tag]
        meant = _meant(meanings, tag, agent, at_least=_LIKELY_DOING if tag == "doing" else LIKELY)
        found += [m for m in meant if not any(m.overlaps(item) for item in told)]
    found.sort(key=lambda item: item.span.start)
    by_kind = {kind: [item for item in found if item.kind == kind] for kind in names}
    # What has the list's words says it more plainly than what only means the same.
    first = {kind: min(items, key=lambda i: i.by_meaning) for kind, items in by_kind.items() if items}
    evidence = tuple(first[kind].cite(reason) for kind, reason in names.items() if kind in first)
    possible = {tag: meanings.strongest(tag, agent) for tag in _TOLD}
    spoken = sum(count_syllables(utterance.text, language) for utterance in agent)
    enough = meanings.known and spoken >= _ENOUGH_SAID[language]
    value, elements = _settled({tag: by_kind[tag] for tag in _TOLD}, possible, enough)
    components = {
        "counts": {kind: len(items) for kind, items in by_kind.items()},
        "elements": elements,
        "occurrences": [item.as_component() for item in found],
        "agent_seconds": seconds(sum(u.end - u.start for u in agent)),
    }
    doubt = _nothing_sure(value, language)
    return Measure("transparency", value, _UNITS["transparency"], components, evidence, doubt)


def _doubt(item: Occurrence, language: str) -> str:
    return "" if item.certain else say(language, "（识别不确定，请听录音）", " (not certain: listen)")
