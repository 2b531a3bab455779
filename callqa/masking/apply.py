"""Hides what was found: in texts, utterances, quotes, whole calls and documents."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from callqa.config import MaskingSettings
from callqa.data import (
    CallAnalysis,
    CriterionResult,
    Evidence,
    Measure,
    RemovedText,
    TimeSpan,
    Utterance,
    Word,
)
from callqa.masking.find import find_personal_data
from callqa.masking.kinds import Masked, label

# Shorter pieces of what was masked are hidden only where time says that they are the same.
_LEAST_SECRET = 3
_LEAST_CUT = 2


class Place(Protocol):
    """Characters of a text, and of what kind they are."""

    @property
    def kind(self) -> Any: ...
    @property
    def first_char(self) -> int: ...
    @property
    def end_char(self) -> int: ...


def spans_of(spans: Sequence[Masked], utterance: int) -> tuple[Masked, ...]:
    """Those of one utterance."""
    return tuple(span for span in spans if span.utterance == utterance)


def mask_text(text: str, spans: Sequence[Place], language: str) -> str:
    """A text with a label in place of each span; the spans are all of this text.

    >>> from callqa.masking.kinds import Found, Kind
    >>> mask_text("我姓王。", [Found(Kind.NAME, 2, 3, 0.9)], "zh")
    '我姓［姓名］。'
    """
    shown, cursor = "", 0
    for span in sorted(spans, key=lambda item: item.first_char):
        shown += text[cursor : span.first_char] + label(span.kind, language)
        cursor = span.end_char
    return shown + text[cursor:]


def mask_utterance(utterance: Utterance, spans: Sequence[Place], language: str) -> Utterance:
    """An utterance with its own spans hidden. The words of a span become one word, said in the same
    time; the words joined still give the text."""
    if not spans:
        return utterance
    words: list[Word] = []
    pending: list[Word] = []
    first = cursor = 0
    ordered = sorted(spans, key=lambda item: item.first_char)

    def close(end: int) -> None:
        inside = [_moved(item, -first) for item in ordered if item.first_char < end and item.end_char > first]
        text = utterance.joiner.join(word.text for word in pending)
        probability = sum(word.probability for word in pending) / len(pending)
        shown = mask_text(text, inside, language)
        words.append(Word(pending[0].start, max(word.end for word in pending), shown, probability))
        pending.clear()

    for word in utterance.words:
        begin, end = cursor, cursor + len(word.text)
        cursor = end + len(utterance.joiner)
        if pending and not any(item.first_char < begin and item.end_char > begin for item in ordered):
            close(begin)
        if pending or any(item.first_char < end and item.end_char > begin for item in ordered):
            if not pending:
                first = begin
            pending.append(word)
        else:
            words.append(word)
    if pending:
        close(cursor)
    return replace(utterance, words=tuple(words))


class _Shifted:
    """A span counted from another beginning."""

    __slots__ = ("end_char", "first_char", "kind")

    def __init__(self, kind: Any, first_char: int, end_char: int) -> None:
        self.kind, self.first_char, self.end_char = kind, first_char, end_char


def _moved(item: Place, by: int) -> _Shifted:
    return _Shifted(item.kind, item.first_char + by, item.end_char + by)


class _Secrets:
    """What was masked in a call, to hide it in texts that quote the call."""

    def __init__(self, utterances: Sequence[Utterance], spans: Sequence[Masked], language: str) -> None:
        self._language = language
        self._utterances = utterances
        self._texts = [item.text for item in utterances]
        self._spans: dict[int, list[Masked]] = {}
        secrets: dict[str, Any] = {}
        for span in spans:
            self._spans.setdefault(span.utterance, []).append(span)
            secret = self._texts[span.utterance][span.first_char : span.end_char]
            if len(secret) >= _LEAST_SECRET:
                secrets[secret] = span.kind
        self._kinds = secrets
        longest_first = sorted(secrets, key=len, reverse=True)
        self._anywhere = re.compile("|".join(map(re.escape, longest_first))) if secrets else None

    def in_any(self, text: str) -> str:
        """A text that may quote any part of the call."""
        if self._anywhere is None or not text:
            return text
        return self._anywhere.sub(lambda match: label(self._kinds[match.group()], self._language), text)

    def in_quote(self, quote: str, span: TimeSpan) -> str:
        """A quote of what was said in a span of time."""
        if not quote or not self._spans:
            return quote
        near = [
            i
            for i, item in enumerate(self._utterances)
            if i in self._spans and item.start < span.end + 0.5 and item.end > span.start - 0.5
        ]
        for i in near:
            first = self._place(quote, i, span)
            if first is not None:
                end = first + len(quote)
                inside = [
                    _Shifted(
                        item.kind, max(0, item.first_char - first), min(len(quote), item.end_char - first)
                    )
                    for item in self._spans[i]
                    if item.first_char < end and item.end_char > first
                ]
                return mask_text(quote, inside, self._language)
        return self.in_any(self._cut_off(quote, near))

    def _place(self, quote: str, utterance: int, span: TimeSpan) -> int | None:
        """Where a quote stands in an utterance; where it stands twice, the time says which it is."""
        text = self._texts[utterance]
        places = [match.start() for match in re.finditer(f"(?={re.escape(quote)})", text)]
        if not places:
            return None

        def distance(first: int) -> float:
            said = self._utterances[utterance].span_between(first, first + len(quote))
            return abs(said.start - span.start) + abs(said.end - span.end)

        return min(places, key=distance)

    def _cut_off(self, quote: str, near: Sequence[int]) -> str:
        """A quote over several utterances may begin or end inside of what is masked."""
        for i in near:
            for item in self._spans[i]:
                secret = self._texts[i][item.first_char : item.end_char]
                for length in range(len(secret) - 1, _LEAST_CUT - 1, -1):
                    if quote.startswith(secret[-length:]):
                        quote = label(item.kind, self._language) + quote[length:]
                        break
                for length in range(len(secret) - 1, _LEAST_CUT - 1, -1):
                    if quote.endswith(secret[:length]):
                        quote = quote[:-length] + label(item.kind, self._language)
                        break
        return quote

    def in_evidence(self, evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
        return tuple(
            replace(
                item,
                quote=self.in_quote(item.quote, TimeSpan(item.start, item.end)),
                reason=self.in_any(item.reason),
            )
            for item in evidence
        )

    def in_values(self, value: Any) -> Any:
        """JSON-ready values of any depth; those with a time are quotes of that time."""
        if isinstance(value, Mapping):
            timed = isinstance(value.get("start"), (int, float)) and isinstance(
                value.get("end"), (int, float)
            )
            if not timed:
                return {name: self.in_values(item) for name, item in value.items()}
            span = TimeSpan(value["start"], value["end"])
            return {
                name: self.in_quote(item, span) if isinstance(item, str) else self.in_values(item)
                for name, item in value.items()
            }
        if isinstance(value, (list, tuple)):
            return [self.in_values(item) for item in value]
        return self.in_any(value) if isinstance(value, str) else value


def mask_quote(
    evidence: Evidence, utterances: Sequence[Utterance], spans: Sequence[Masked], language: str
) -> Evidence:
    """Evidence with what is masked hidden in its quote and its reason; its times stay as they are."""
    return _Secrets(utterances, spans, language).in_evidence([evidence])[0]


def mask_analysis(
    analysis: CallAnalysis, settings: MaskingSettings | None = None, spans: Sequence[Masked] | None = None
) -> CallAnalysis:
    """A call as it may be shown: personal data hidden in its words, quotes, reasons and components.

    Times, verdicts, scores and counts stay as they are. `spans` are what `find_personal_data` found,
    where that is known already.
    """
    facts = analysis.facts
    language, utterances = facts.language, facts.utterances
    if spans is None:
        spans = find_personal_data(utterances, language, settings)
    shown = _mask_utterances(utterances, spans, language)
    secrets = _Secrets(utterances, spans, language)
    removed = tuple(_mask_removed(item, secrets, language) for item in facts.coverage.removed)
    return replace(
        analysis,
        facts=replace(facts, utterances=shown, coverage=replace(facts.coverage, removed=removed)),
        measures={name: _mask_measure(item, secrets) for name, item in analysis.measures.items()},
        scorecard=replace(
            analysis.scorecard,
            criteria=tuple(_mask_criterion(item, secrets) for item in analysis.scorecard.criteria),
            notes=tuple(secrets.in_any(note) for note in analysis.scorecard.notes),
        ),
    )


def mask_document(document: Mapping[str, Any], settings: MaskingSettings | None = None) -> dict[str, Any]:
    """The document of `callqa show --json` with personal data hidden, as from `mask_analysis`."""
    from callqa.data import Role

    language = document["recording"]["language"]
    joiner = " " if language == "en" else ""
    utterances = tuple(
        Utterance(
            item["start"],
            item["end"],
            item["speaker"],
            tuple(
                Word(word["start"], word["end"], word["text"], word["probability"]) for word in item["words"]
            ),
            item.get("channel", 0),
            None if item["role"] is None else Role(item["role"]),
            joiner,
        )
        for item in document["utterances"]
    )
    spans = find_personal_data(utterances, language, settings)
    secrets = _Secrets(utterances, spans, language)
    masked = dict(document)
    masked["utterances"] = [
        {
            **item,
            "text": shown.text,
            "words": [
                {
                    "start": word.start,
                    "end": word.end,
                    "text": word.text,
                    "probability": round(word.probability, 6),
                }
                for word in shown.words
            ],
        }
        for item, shown in zip(
            document["utterances"], _mask_utterances(utterances, spans, language), strict=True
        )
    ]
    for name in ("coverage", "measures", "scorecard"):
        masked[name] = secrets.in_values(document[name])
    return masked


def _mask_utterances(
    utterances: Sequence[Utterance], spans: Sequence[Masked], language: str
) -> tuple[Utterance, ...]:
    by_utterance: dict[int, list[Masked]] = {}
    for span in spans:
        by_utterance.setdefault(span.utterance, []).append(span)
    return tuple(mask_utterance(item, by_utterance.get(i, ()), language) for i, item in enumerate(utterances))


def _mask_removed(item: RemovedText, secrets: _Secrets, language: str) -> RemovedText:
    """What was removed from the transcript is no part of the utterances: it is looked through by itself."""
    alone = Utterance(item.start, item.end, "", (Word(item.start, item.end, item.text, 1.0),))
    spans = find_personal_data([alone], language)
    return replace(item, text=secrets.in_any(mask_text(item.text, spans, language)))


def _mask_measure(measure: Measure, secrets: _Secrets) -> Measure:
    return replace(
        measure,
        components=secrets.in_values(measure.components),
        evidence=secrets.in_evidence(measure.evidence),
        reason=None if measure.reason is None else secrets.in_any(measure.reason),
    )


def _mask_criterion(item: CriterionResult, secrets: _Secrets) -> CriterionResult:
    return replace(item, reason=secrets.in_any(item.reason), evidence=secrets.in_evidence(item.evidence))
