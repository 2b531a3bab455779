"""The agent's own sentence, as it could have been said without the term.

The plain words take the term's place where they fit there; where they would not, as a clause in the
place of a noun, they follow it: 桥接，也就是改成由您自己的路由器来连网.
"""

from __future__ import annotations

import re

_SENTENCE_END = {"zh": re.compile(r"[。？！?!；;]"), "en": re.compile(r"[.?!;](?=\s|$)")}
_CLAUSE_END = {"zh": re.compile(r"[，,]"), "en": re.compile(r",\s")}
# A suggestion is read, and said, in one breath.
_LONGEST = {"zh": 45, "en": 160}
_FILLERS = {
    "zh": re.compile(r"^(?:(?:嗯+|呃+|啊+|哦+|唉|那个|这个呢|就是|好的?|对)[，,、\s]+)+"),
    "en": re.compile(r"^(?:(?:um+|uh+|er+|ah|oh|well|so|okay|ok|right|yeah|yes)\b[,\s]+)+", re.IGNORECASE),
}
_EDGE = " ，,、"
_NO_WORD = " ，,、。.？?！!；;："

# Chinese: what asks for a noun after it, and how plain words begin that are none.
_WANTS_NOUN = re.compile(
    r"(?:[一两这那哪每几]?[个种项次条张台笔份]|的|进行|做了?|有|属于|叫|办理?|开通|申请)$"
)
_NO_NOUN = re.compile(r"^(?:我|把|让|改成|由|用|给|往|先|再|打|想|要|只|越|查|交到|借|公司单独用)")
_LONGEST_PLAIN = 16

_DETERMINERS = re.compile(
    r"(?:a|an|the|your|our|my|this|that|these|those|their|its|his|her|any|some|no|each|every)", re.IGNORECASE
)
_AFTER_NOUN = re.compile(
    r"(?:is|are|was|were|be|been|has|have|had|will|would|can|could|should|may|might|must|does|do|did|and|or"
    r"|but|so|if|when|while|because|that|which|who|to|in|on|at|by|for|from|of|with|into|out|off|up|down|over"
    r"|as|than|then|now|again|first|please|yet|still|there|here|it|you|we|i|they|he|she|not|only|just|too"
    r"|also|today|tomorrow|tonight)",
    re.IGNORECASE,
)
_WORD = re.compile(r"[\w'’]+")


def suggestion(text: str, first_char: int, end_char: int, term: str, plain: str, language: str) -> str:
    """The sentence around ``text[first_char:end_char]``, where `term` was said, with `plain` in its
    place or beside it.

    >>> suggestion("嗯，您把光毛重启一下。然后再试", 4, 6, "光猫", "光纤转网络的小盒子", "zh")
    '您把光纤转网络的小盒子重启一下'
    >>> suggestion("Could you restart the ONU for me?", 22, 25, "ONU", "the small box by the door", "en")
    'Could you restart the small box by the door for me?'
    """
    while end_char > first_char + 1 and text[end_char - 1] in _NO_WORD:
        end_char -= 1
    first, end = _sentence(text, first_char, end_char, language)
    before, after = text[first:first_char], text[end_char:end]
    before = _FILLERS[language].sub("", before.lstrip(_EDGE))
    said = _chinese(before, term, after, plain) if language == "zh" else _english(before, term, after, plain)
    said = said.strip(_EDGE if language == "zh" else " ,")
    return said if language == "zh" else said[:1].upper() + said[1:]


def _sentence(text: str, first_char: int, end_char: int, language: str) -> tuple[int, int]:
    """Where the sentence of a place begins and ends; where it is long, its clause and the next."""
    ends = [match.end() for match in _SENTENCE_END[language].finditer(text)]
    first = max((place for place in ends if place <= first_char), default=0)
    end = min((place for place in ends if place >= end_char), default=len(text))
    if end - first > _LONGEST[language]:
        commas = [match.end() for match in _CLAUSE_END[language].finditer(text, first, end)]
        first = max((place for place in commas if place <= first_char), default=first)
        following = [place for place in commas if place >= end_char]
        end = following[1] if len(following) > 1 and following[1] - first <= _LONGEST[language] else end
        if end - first > _LONGEST[language] and following:
            end = following[0]
    if language == "zh" and text[end - 1 : end] in "。；;":
        end -= 1
    return first, end


def _chinese(before: str, term: str, after: str, plain: str) -> str:
    awkward = bool(_NO_NOUN.match(plain)) and bool(_WANTS_NOUN.search(before))
    if awkward or "，" in plain or len(plain) > _LONGEST_PLAIN:
        closed = not after or after[0] in "，。？！、；,?!"
        return f"{before}{term}，也就是{plain}{'' if closed else '，'}{after}"
    # 您家的光猫 and 您家里接光纤的盒子: what both say is said once.
    for length in range(min(len(plain), len(before)), 1, -1):
        for kept in (before, before.removesuffix("的")):
            if kept.endswith(plain[:length]):
                return kept + plain[length:] + _without_repeat(plain, after)
    return before + plain + _without_repeat(plain, after)


def _without_repeat(plain: str, after: str) -> str:
    for length in range(min(len(plain), len(after)), 1, -1):
        if plain.endswith(after[:length]):
            return after[length:]
    return after


def _english(before: str, term: str, after: str, plain: str) -> str:
    words = _WORD.findall(before)
    previous = words[-1] if words else ""
    following = _WORD.match(after.lstrip()) if after[:1] == " " else None
    part_of_name = following is not None and not _AFTER_NOUN.fullmatch(following.group())
    determined = bool(_DETERMINERS.fullmatch(previous))
    described = not determined and any(_DETERMINERS.fullmatch(word) for word in words[-3:-1])
    if part_of_name or described or (determined and not _DETERMINERS.fullmatch(plain.split()[0])):
        # After all that belongs to it: "the ONU light, that is …" would explain the light.
        closed = not after.strip() or after.lstrip()[:1] in ",.?!;"
        return f"{before}{term}, that is, {plain}{'' if closed else ','}{after}"
    if determined:
        before = before.rstrip()[: -len(previous)]
    return before + plain + after
