"""Courtesy where it is owed, 您 and 你, forbidden phrases, commands, and the utterances with a fault."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from callqa.config import MeasureSettings
from callqa.data import CallFacts, Evidence, Measure, Role, Utterance
from callqa.language.lexicon import LexiconSet
from callqa.measures import occasions
from callqa.measures.ending import call_ending
from callqa.measures.phrases import (
    CERTAIN_PROBABILITY,
    Occurrence,
    fault_counts,
    find_faults,
    find_occurrences,
    pattern_faults,
)
from callqa.measures.shared import agent_unheard, cite, cite_part, mean_probability, say
from callqa.measures.wording import FAULT_NAMES, impolite_utterances

_UNITS = {
    "courtesy": "share",
    "you_forms": "share",
    "forbidden_phrases": "count",
    "commands": "count",
    "impolite_utterances": "count",
}
# The agent's last words, in which the customer is thanked and bidden farewell.
_CLOSING_UTTERANCES = 3
# Recognition mixes up nín and nǐ: a 你 that it is not sure of says nothing.
_CERTAIN_YOU = 0.6
_YOU_EVIDENCE = 5
_GIVEN_EVIDENCE = 3
_YOU = re.compile(r"您|你(?!们)")
_OCCASION_NAMES = {
    "asking": ("提出要求", "a request"),
    "waiting": ("让客户等待", "making the customer wait"),
    "refusing": ("拒绝", "a refusal"),
    "correcting": ("更正", "a correction"),
    "complaint": ("客户抱怨之后", "an answer to a complaint"),
    "close": ("结束通话", "the close"),
}


@dataclass(frozen=True, slots=True)
class Occasion:
    """Where courtesy was owed: `utterances` are those in which it could have been given, the
    first is the one that owes it (for a complaint, the agent's first answer)."""

    kind: str
    utterances: tuple[Utterance, ...]
    given: str | None

    @property
    def certain(self) -> bool:
        """Whether the words are recognised well enough to say that courtesy is missing."""
        probability = mean_probability([w for u in self.utterances for w in u.words])
        return probability is not None and probability >= CERTAIN_PROBABILITY


def measure_politeness(
    facts: CallFacts, lexicons: LexiconSet, settings: MeasureSettings
) -> dict[str, Measure]:
    """`courtesy` (share of owed occasions), `you_forms` (share of 您), `forbidden_phrases`,
    `commands`, `impolite_utterances` (utterances with a certain fault)."""
    unmeasured = agent_unheard(facts, _UNITS)
    if unmeasured is not None:
        return unmeasured
    utterances, language = facts.utterances_of(Role.AGENT), facts.language
    forbidden = find_faults(lexicons.forbidden, utterances, language, settings)
    commands = pattern_faults([("command", occasions.COMMANDS[language])], utterances, language)
    you_forms = _you_forms(facts)
    commands = [item for item in commands if not _softened(item, language) and _meant_as(item, you_forms)]
    blaming = pattern_faults([("blaming", occasions.BLAMING[language])], utterances, language)
    faults = {"forbidden": forbidden, "command": commands, "blaming": blaming}
    return {
        "courtesy": _courtesy(facts, lexicons, settings),
        "you_forms": you_forms,
        "forbidden_phrases": _faults("forbidden_phrases", "forbidden", forbidden, language),
        "commands": _faults("commands", "command", commands, language),
        "impolite_utterances": impolite_utterances(facts, faults, settings),
    }


def _softened(item: Occurrence, language: str) -> bool:
    before = item.utterance.text[max(0, item.first_char - (6 if language == "zh" else 24)) : item.first_char]
    return bool(occasions.POLITE_FORM[language].search(before))


def _meant_as(item: Occurrence, you_forms: Measure) -> bool:
    """Whether a command that only 你 makes one stands: an agent who says 您 throughout was misheard."""
    says_nin = isinstance(you_forms.value, float) and you_forms.value > 0.5
    return not (item.heard.startswith("你") and says_nin)


def _faults(name: str, kind: str, found: Sequence[Occurrence], language: str) -> Measure:
    evidence = tuple(item.cite(_fault_reason(kind, item, language)) for item in found)
    # Certain ones first: they are what a verdict rests on.
    ordered = [e for e, item in zip(evidence, found, strict=True) if item.certain]
    ordered += [e for e, item in zip(evidence, found, strict=True) if not item.certain]
    components = fault_counts(found)
    return Measure(name, components["count"], "count", components, tuple(ordered))


def _fault_reason(kind: str, item: Occurrence, language: str) -> str:
    zh, en = FAULT_NAMES[kind]
    doubt_zh, doubt_en = ("", "") if item.certain else ("（识别不确定，请听录音）", " (not certain: listen)")
    return say(
        language, f"{zh}：“{item.phrase}”{doubt_zh}。", f'{en.capitalize()}: "{item.phrase}"{doubt_en}.'
    )


def _courtesy(facts: CallFacts, lexicons: LexiconSet, settings: MeasureSettings) -> Measure:
    found = find_occasions(facts, lexicons, settings)
    # A missing word in badly recognised speech is no missing courtesy.
    owed = [item for item in found if item.given or item.certain]
    language = facts.language
    rows = [
        {
            "kind": item.kind,
            "start": item.utterances[0].start,
            "end": item.utterances[0].end,
            "quote": item.utterances[0].text,
            "given": item.given is not None,
            "heard": item.given,
        }
        for item in owed
    ]
    given = [item for item in owed if item.given]
    components = {
        "owed": len(owed),
        "given": len(given),
        "uncertain": len(found) - len(owed),
        "occasions": rows,
    }
    if not owed:
        reason = say(language, "通话中没有必须用礼貌用语的场合。", "Nothing in the call called for courtesy.")
        return Measure("courtesy", None, "share", components, reason=reason)
    missing = [item for item in owed if not item.given]
    evidence = [cite(item.utterances[0], _courtesy_reason(item, language)) for item in missing]
    evidence += [cite(i.utterances[0], _courtesy_reason(i, language)) for i in given[:_GIVEN_EVIDENCE]]
    return Measure("courtesy", len(given) / len(owed), "share", components, tuple(evidence))


def _courtesy_reason(item: Occasion, language: str) -> str:
    zh, en = _OCCASION_NAMES[item.kind]
    if item.given:
        return say(language, f"{zh}：用了“{item.given}”。", f'{en.capitalize()}, with "{item.given}".')
    return say(language, f"{zh}：没有听到礼貌用语。", f"{en.capitalize()}: no courtesy was heard.")


def find_occasions(facts: CallFacts, lexicons: LexiconSet, settings: MeasureSettings) -> list[Occasion]:
    """Where courtesy was owed, in time order, and whether it was given."""
    language, agent = facts.language, facts.utterances_of(Role.AGENT)
    waits = {
        id(item.utterance)
        for item in find_occurrences(lexicons.wait.of_kind("announce"), agent, language, settings)
    }
    found: list[Occasion] = []

    def owe(kind: str, *utterances: Utterance) -> None:
        given = next((g for u in utterances if (g := _courtesy_in(u, lexicons, language, settings))), None)
        found.append(Occasion(kind, utterances, given))

    for i, utterance in enumerate(agent):
        after = agent[i + 1 : i + 2]
        around = (*agent[max(0, i - 1) : i], *after)
        if occasions.ASKING[language].search(utterance.text):
            owe("asking", utterance)
        if id(utterance) in waits and occasions.WAITING[language].search(utterance.text):
            owe("waiting", utterance, *after)
        if occasions.REFUSING[language].search(utterance.text) and not _is_question(utterance):
            owe("refusing", utterance, *around)
        if occasions.CORRECTING[language].search(utterance.text):
            owe("correcting", utterance, *around)
    # One occasion for a run of complaints that the agent answers once.
    answered: set[int] = set()
    for complaint in facts.utterances_of(Role.CUSTOMER):
        if not occasions.COMPLAINT[language].search(complaint.text):
            continue
        answers = [u for u in agent if u.start >= complaint.start][:2]
        if answers and id(answers[0]) not in answered:
            answered.add(id(answers[0]))
            owe("complaint", *answers)
    if agent and call_ending(facts) == "closed":
        last = agent[-_CLOSING_UTTERANCES:]
        closing = find_occurrences(lexicons.closing, last, language, settings)
        if closing:
            found.append(Occasion("close", (closing[-1].utterance,), closing[-1].heard))
        else:
            owe("close", *reversed(last))
    return sorted(found, key=lambda item: item.utterances[0].start)


def _courtesy_in(
    utterance: Utterance, lexicons: LexiconSet, language: str, settings: MeasureSettings
) -> str | None:
    """The courtesy that an utterance has, as heard."""
    heard = find_occurrences(lexicons.courtesy, [utterance], language, settings)
    if heard:
        return heard[0].heard
    form = occasions.POLITE_FORM[language].search(utterance.text)
    return form.group() if form else None


def _is_question(utterance: Utterance) -> bool:
    return utterance.text.rstrip().endswith(("?", "？", "吗", "吗。"))


def _you_forms(facts: CallFacts) -> Measure:
    """Share of 您 among 您 and 你 (你好 and 你们 apart; a 你 that is not certain counts for neither)."""
    if facts.language != "zh":
        reason = "English has one form of address."
        return Measure("you_forms", None, "share", {"nin": 0, "ni": 0}, reason=reason)
    nin = ni = doubtful = greetings = 0
    evidence: list[tuple[float, Evidence]] = []
    for utterance in facts.utterances_of(Role.AGENT):
        for match in _YOU.finditer(utterance.text):
            words = utterance.words_between(match.start(), match.end())
            probability = mean_probability(words) or 0.0
            if match.group() == "您":
                nin += 1
            elif utterance.text.startswith("好", match.end()):
                greetings += 1
            elif probability < _CERTAIN_YOU:
                doubtful += 1
            else:
                ni += 1
                first, end = max(0, match.start() - 4), min(len(utterance.text), match.end() + 6)
                cited = cite_part(utterance, first, end, "称呼客户用了“你”，没有用“您”。")
                evidence.append((probability, cited))
    components = {"nin": nin, "ni": ni, "ni_uncertain": doubtful, "ni_hao": greetings}
    if not nin + ni:
        return Measure("you_forms", None, "share", components, reason="没有听到“您”或“你”。")
    strongest = sorted(evidence, key=lambda item: -item[0])[:_YOU_EVIDENCE]
    cited_in_order = tuple(sorted((item for _, item in strongest), key=lambda item: item.start))
    return Measure("you_forms", nin / (nin + ni), "share", components, cited_in_order)
