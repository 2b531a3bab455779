"""Impolite utterances: what the phrase lists find and what the classifier sees, together.

The lists give what nobody need argue about, with the very words. The classifier adds faults in
words that no list has, as certain only where it is very sure and the words are well recognised.
Where a list finds a refusal that the classifier is sure is kindly meant, nobody is accused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from callqa.config import MeasureSettings
from callqa.data import CallFacts, Evidence, Measure, Role, Utterance, UtteranceClass
from callqa.measures.occasions import POLITE_FORM
from callqa.measures.phrases import Occurrence
from callqa.measures.shared import cite, cite_part, mean_probability, say

FAULT_NAMES = {
    "forbidden": ("服务禁语", "forbidden phrase"),
    "command": ("命令语气", "command"),
    "blaming": ("责怪客户", "blaming the customer"),
    "refusing": ("推诿拒绝", "refusing without help"),
    "mocking": ("讥讽反问", "mocking the customer"),
    "commanding": ("命令威胁", "commanding or threatening"),
}
# Words recognised worse than this may be others: the classifier's sight of them accuses nobody.
_HEARD_WELL = 0.6
# Refusing words depend on what stands around them; an insult does not.
_DEPENDS_ON_CONTEXT = frozenset({"refusing"})
# How probable courtesy must be: neutral words beside a refusal do not make it kind.
_KINDLY_MEANT = 0.8


def impolite_utterances(
    facts: CallFacts, listed: Mapping[str, Sequence[Occurrence]], settings: MeasureSettings
) -> Measure:
    """`impolite_utterances`: the agent's utterances with a certain fault.

    `listed` are the findings of the lists by their kind: ``forbidden``, ``command``, ``blaming``.
    """
    language = facts.language
    seen = _classes(facts)
    rows: list[dict[str, Any]] = []
    evidence: list[Evidence] = []
    utterances = facts.utterances_of(Role.AGENT)
    for utterance in utterances:
        here = [
            (kind, item) for kind, found in listed.items() for item in found if item.utterance is utterance
        ]
        wording = seen.get(id(utterance))
        sight = _sight(utterance, wording, settings)
        if not here and sight is None:
            continue
        by_list = any(item.certain for _, item in here) and not _kindly_meant(here, wording, language)
        certain = by_list or sight is True
        kinds = {kind for kind, _ in here}
        if sight is not None and wording is not None and not kinds:
            kinds = {wording.fault}
        rows.append(
            {
                "start": utterance.start,
                "end": utterance.end,
                "text": utterance.text,
                "kinds": sorted(kinds),
                "certain": certain,
                "impolite_probability": None if wording is None else round(wording.impolite, 3),
                "matches": [item.as_component() | {"kind": kind} for kind, item in here],
            }
        )
        if by_list:
            evidence.append(_cite_listed(utterance, here, language))
        elif certain and wording is not None:
            evidence.append(cite(utterance, _seen_reason(wording, language)))
    count = sum(row["certain"] for row in rows)
    components = {
        "count": count,
        "uncertain": len(rows) - count,
        "utterances": rows,
        "agent_utterances": len(utterances),
    }
    return Measure("impolite_utterances", count, "count", components, tuple(evidence))


def _classes(facts: CallFacts) -> dict[int, UtteranceClass]:
    """The class of each utterance, by its identity; none where nothing classified them."""
    if len(facts.wording) != len(facts.utterances):
        return {}
    return {id(utterance): found for utterance, found in zip(facts.utterances, facts.wording, strict=True)}


def _sight(utterance: Utterance, wording: UtteranceClass | None, settings: MeasureSettings) -> bool | None:
    """Whether the classifier holds it impolite: surely (True), possibly (False), no (None).

    Words that are not well recognised lower it by one step.
    """
    if wording is None or wording.impolite < settings.impolite_possible:
        return None
    sure = wording.impolite >= settings.impolite_certain
    heard = mean_probability(utterance.words)
    if heard is not None and heard >= _HEARD_WELL:
        return sure
    return False if sure else None


def _kindly_meant(
    here: Sequence[tuple[str, Occurrence]], wording: UtteranceClass | None, language: str
) -> bool:
    """Whether a listed refusal may be none: courtesy in so many words, and to the classifier too."""
    certain = [(kind, item) for kind, item in here if item.certain]
    return (
        wording is not None
        and wording.courteous >= _KINDLY_MEANT
        and any(POLITE_FORM[language].search(item.utterance.text) for _, item in certain)
        and all(kind == "forbidden" and item.kind in _DEPENDS_ON_CONTEXT for kind, item in certain)
    )


def _cite_listed(utterance: Utterance, here: Sequence[tuple[str, Occurrence]], language: str) -> Evidence:
    names = [FAULT_NAMES[kind] for kind in sorted({kind for kind, _ in here})]
    reason = say(
        language,
        "、".join(zh for zh, _ in names) + "：" + "、".join(f"“{item.heard}”" for _, item in here) + "。",
        f"{', '.join(en for _, en in names).capitalize()}: "
        + ", ".join(f'"{item.heard}"' for _, item in here)
        + ".",
    )
    first = min(item.first_char for _, item in here)
    return cite_part(utterance, first, max(item.end_char for _, item in here), reason)


def _seen_reason(wording: UtteranceClass, language: str) -> str:
    zh, en = FAULT_NAMES[wording.fault]
    # Never 100 %: a model is not.
    share = min(99, int(wording.impolite * 100))
    return say(
        language,
        f"措辞不礼貌（{zh}），分类模型的把握为 {share}%。",
        f"Impolite wording ({en}), {share} % sure according to the classifier.",
    )
