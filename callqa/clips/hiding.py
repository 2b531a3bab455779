"""What of a call nobody is to hear or read in a clip."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from callqa.data import CallAnalysis, CallFacts, TimeSpan, Utterance, merge_spans
from callqa.language import searcher
from callqa.masking import Kind, Masked, label

# Times of recognised words are a tenth of a second or two off, so a beep is wider than the words.
_MARGIN = 0.15
_NAME_MARGIN = 0.1
# Between two beeps this close a digit may have gone unnoticed.
_BRIDGE = 0.7
# An utterance of which this little would be left is personal data altogether.
_LITTLE_LEFT = 4
# Speech without words this near to personal data may be more of it.
_NEAR = 4.0
# What may go on with a number, however recognition wrote it (六一九九五、十二-三十三到四十八RX): in a clip a
# word too many is no harm.
_FILLER = r"[\s，、,\-—–~·]|嗯|呃|啊|到|那个|最后(?:一?[个位])?|后面|前面|是"
_FIGURE = r"[0-9零〇一二三四五六七八九十百千万幺两](?![个位])|(?<![A-Za-z])[A-Za-z]{1,2}(?![A-Za-z])"
_ENGLISH = r"oh|zero|one|two|three|four|five|six|seven|eight|nine|ten|double|triple|[0-9]|x"
_GOES_ON = {
    "zh": re.compile(rf"(?:(?:{_FILLER})*(?:{_FIGURE}))*"),
    "en": re.compile(rf"(?:(?:[\s,\-]|\b(?:uh|um)\b)*\b(?:{_ENGLISH})\b)*", re.IGNORECASE),
}
_CAME_BEFORE = {
    "zh": re.compile(rf"(?:(?:{_FIGURE})(?:[\s，、,\-—–])*)*$"),
    "en": re.compile(rf"(?:\b(?:{_ENGLISH})\b[\s,\-]*)*$", re.IGNORECASE),
}
_NUMBERS = (Kind.PHONE, Kind.ID, Kind.CARD, Kind.CODE, Kind.NUMBER)
_NAME_ALIKE = 0.75  # a name too many hidden does no harm, one too few does


def agent_names(analysis: CallAnalysis) -> tuple[str, ...]:
    """What names the agent: the name and the number as they are known and as they were heard."""
    recording = analysis.facts.recording
    greeting = analysis.measures.get("greeting")
    elements = greeting.components.get("elements", {}) if greeting is not None else {}
    heard = (elements.get("name") or {}).get("quote")
    names = (_clean(name) for name in (recording.agent_name, recording.agent_id, heard) if name)
    return tuple(dict.fromkeys(name for name in names if name))


def widen_numbers(facts: CallFacts, masked: Sequence[Masked], margin: float) -> list[Masked]:
    """What is masked, numbers with every figure right before or after them."""
    language = "zh" if facts.language == "zh" else "en"
    widened: list[Masked] = []
    for place, item in enumerate(masked):
        if item.kind not in _NUMBERS:
            widened.append(item)
            continue
        utterance = facts.utterances[item.utterance]
        text = utterance.text
        low = max([0, *(other.end_char for other in widened if other.utterance == item.utterance)])
        following = [other.first_char for other in masked[place + 1 :] if other.utterance == item.utterance]
        high = min([len(text), *following])
        before = _CAME_BEFORE[language].search(text[low : item.first_char])
        after = _GOES_ON[language].match(text[item.end_char : high])
        first = item.first_char - (len(before.group()) if before else 0)
        end = item.end_char + (after.end() if after else 0)
        said = utterance.span_between(first, end)
        span = TimeSpan(
            min(item.span.start, max(0.0, said.start - margin)), max(item.span.end, said.end + margin)
        )
        widened.append(replace(item, first_char=first, end_char=end, span=span))
    return widened


def find_names(facts: CallFacts, names: Sequence[str], masked: Sequence[Masked]) -> list[Masked]:
    """Where names like these are said, beside what is masked already."""
    found: list[Masked] = []
    for index, item in enumerate(facts.utterances):
        text = searcher(item.text, facts.language)
        taken = [(span.first_char, span.end_char) for span in masked if span.utterance == index]
        for name in sorted(names, key=len, reverse=True):
            for match in text.find(name, _NAME_ALIKE):
                first, end = match.first_char, match.end_char
                if any(first < other_end and end > other for other, other_end in taken):
                    continue
                taken.append((first, end))
                span = item.span_between(first, end)
                wide = TimeSpan(max(0.0, span.start - _NAME_MARGIN), span.end + _NAME_MARGIN)
                found.append(Masked(Kind.NAME, index, first, end, wide, match.similarity))
    return found


def hide_names(text: str, names: Iterable[str], language: str) -> str:
    """A sentence about a call without these names."""
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, label(Kind.NAME, language))
    return text


def spans_to_beep(
    facts: CallFacts, masked: Sequence[Masked], names: Sequence[Masked] = ()
) -> tuple[TimeSpan, ...]:
    """When a clip of this call beeps, on every channel: the other one may carry the words as well.

    Wider than the words, up to the turn's edge where nothing else is said before or after them;
    short gaps and unread speech near personal data belong to it. Agents' `names` stand amid the words
    that a clip is there to show, so nothing beside them is beeped over.
    """
    spans: list[TimeSpan] = []
    by_utterance: dict[int, list[Masked]] = {}
    for item in masked:
        by_utterance.setdefault(item.utterance, []).append(item)
    for index, items in by_utterance.items():
        spans += _of_utterance(facts.utterances[index], items)
    unread = [*facts.coverage.untranscribed]
    unread += [TimeSpan(item.start, item.end) for item in facts.coverage.removed if item.end > item.start]
    near = [span for span in unread if any(span.gap(other) < _NEAR for other in spans)]
    return merge_spans([*merge_spans([*spans, *near], _BRIDGE), *(item.span for item in names)])


def _of_utterance(utterance: Utterance, items: Sequence[Masked]) -> list[TimeSpan]:
    text = utterance.text
    hidden = {char for item in items for char in range(item.first_char, item.end_char)}
    left = [index for index, char in enumerate(text) if char.isalnum() and index not in hidden]
    personal = any(item.kind is not Kind.NAME for item in items)
    early, late = max(0.0, utterance.start - _MARGIN), utterance.end + _MARGIN
    if not left or (personal and len(left) <= _LITTLE_LEFT):
        return [TimeSpan(min([early, *(item.span.start for item in items)]), late)]
    spans = []
    for item in items:
        start, end = max(0.0, item.span.start - _MARGIN), item.span.end + _MARGIN
        if item.first_char < left[0]:
            start = min(start, early)
        if item.end_char > left[-1]:
            end = max(end, late)
        spans.append(TimeSpan(start, end))
    return spans


def _clean(name: str) -> str:
    return name.strip(" ，。、！？,.!?")
