"""What a listener who knows the script would write down about a call, with exact times."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from samples.script import Party, Script
from samples.timeline import Piece, Timeline

# Terms whose every use by an agent stands in the truth. A longer term hides a shorter one in it.
# Words that everybody uses (宽带, 流量, 5G) are none.
TERMS_ZH = [
    "光猫", "ONU", "OLT", "APN", "VoLTE", "基站", "携号转网", "呼叫转移", "国际漫游", "流量池", "副卡",
    "合约机", "端口", "信令", "机房", "分光器", "光衰", "双频", "DNS", "IP地址", "拨号", "割接", "核心网",
    "带宽", "上行", "下行", "停机保号", "靓号", "主副卡", "融合套餐", "结转流量", "定向流量", "工单",
    "外呼", "物联网卡",
]  # fmt: skip
TERMS_EN = ["ONT", "APN", "DNS", "firmware", "provisioning", "throttled", "bandwidth", "latency", "backhaul"]

_SAME_TURN = 0.5
_PAUSE = 0.15
# The familiar "you"; the plural is not rude, and a familiar greeting is the greeting's matter.
_FAMILIAR = re.compile("你(?![们好])")
_INTERRUPTION = 0.5
_BACKCHANNEL_UNITS = 3
_BACKCHANNEL_SECONDS = 1.0


def count_units(text: str, language: str) -> int:
    """Spoken syllables of Mandarin, words of English.

    >>> count_units("5G套餐，一百六十八元。", "zh"), count_units("It isn't twenty-two.", "en")
    (11, 3)
    """
    if language == "en":
        return len(re.findall(r"[A-Za-z0-9][A-Za-z0-9'’-]*", text))
    letters = re.findall(r"[A-Za-z]", text)
    return len(re.findall(r"[\u4e00-\u9fff0-9]", text)) + sum(3 if x in "Ww" else 1 for x in letters)


def truth_of(
    script: Script, timeline: Timeline, shift: float, terms: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The call's truth; `shift` seconds are added to every time, as the file's encoder did.

    `terms` gives the term for each spoken form in lower case; without it the terms above are
    looked for.
    """
    if terms is None:
        terms = {term.lower(): term for term in (TERMS_EN if script.language == "en" else TERMS_ZH)}
    turns = _turns(timeline.pieces)
    unit = "words" if script.language == "en" else "syllables"
    seconds = {party: sum(t["end"] - t["start"] for t in turns if t["role"] == party) for party in _PARTIES}
    units = {
        party: sum(count_units(t["text"], script.language) for t in turns if t["role"] == party)
        for party in _PARTIES
    }
    articulated = _articulated([piece for piece in timeline.pieces if piece.party == "agent"])
    truth = {
        "greeting": script.greeting.model_dump(exclude={"late"}),
        "greeting_late": script.greeting.late,
        "turns": turns,
        "not_party": [{"start": a, "end": b, "kind": kind} for a, b, kind in timeline.not_party],
        "jargon": _jargon(terms, script.language, timeline.pieces, turns),
        **_quotes(timeline.pieces),
        "closing": script.closing.model_dump(),
        "interruptions": _interruptions(turns, script.language),
        "rate_unit": unit,
        "agent_syllables": units["agent"],
        "customer_syllables": units["customer"],
        "agent_seconds": seconds["agent"],
        "customer_seconds": seconds["customer"],
        "talk_share": seconds["agent"] / (seconds["agent"] + seconds["customer"]),
        "speaking_rate": units["agent"] / seconds["agent"] * 60,
        "articulation_rate": units["agent"] / articulated * 60,
        "expected": script.expected,
    }
    rounded: dict[str, Any] = _rounded(truth, shift)
    return rounded


_PARTIES: tuple[Party, Party] = ("agent", "customer")


def _turns(pieces: list[Piece]) -> list[dict[str, Any]]:
    turns: list[dict[str, Any]] = []
    for party in _PARTIES:
        own: list[dict[str, Any]] = []
        voice: str = party
        for piece in sorted((p for p in pieces if p.party == party), key=lambda p: p.start):
            if own and piece.line.voice == voice and piece.start - own[-1]["end"] <= _SAME_TURN:
                joiner = " " if re.match(r"[A-Za-z]", piece.line.text) and own[-1]["text"].isascii() else ""
                own[-1]["text"] += joiner + piece.line.text
                own[-1]["end"] = piece.end
                if not piece.is_backchannel:
                    own[-1]["kind"] = "turn"
            else:
                kind = "backchannel" if piece.is_backchannel else "turn"
                times = {"start": piece.start, "end": piece.end}
                voice = piece.line.voice
                own.append({**times, "role": party, "text": piece.line.text, "kind": kind})
        turns += own
    return sorted(turns, key=lambda turn: (turn["start"], turn["end"]))


def _articulated(pieces: list[Piece]) -> float:
    """Seconds of speech with pauses over 150 ms taken out."""
    total, end = 0.0, -1.0
    for a, b in sorted(run for piece in pieces for run in piece.active):
        total += b - (end if a - end <= _PAUSE else a)
        end = b
    return total


def _jargon(
    terms: Mapping[str, str], language: str, pieces: list[Piece], turns: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    forms = sorted(terms, key=len, reverse=True)
    edge = r"\b" if language == "en" else ""
    pattern = re.compile(f"{edge}({'|'.join(map(re.escape, forms))}){edge}", re.IGNORECASE)
    agent_turns = [turn for turn in turns if turn["role"] == "agent"]

    def turn_of(piece: Piece) -> int:
        return next(i for i, t in enumerate(agent_turns) if t["start"] <= piece.start < t["end"])

    first_by_customer: dict[str, float] = {}
    explained_in = [
        (terms.get(term.lower(), term), turn_of(piece))
        for piece in pieces
        if piece.party == "agent"
        for term in piece.line.explains
    ]
    found = []
    for piece in sorted(pieces, key=lambda p: p.start):
        for match in pattern.finditer(piece.line.text):
            term = terms[match.group().lower()]
            start, end = piece.between(match.start(), match.end())
            if piece.party == "customer":
                first_by_customer.setdefault(term, start)
                continue
            turn = turn_of(piece)
            if first_by_customer.get(term, start) < start:
                status = "customer_first"
            elif any(other == term and turn <= where <= turn + 2 for other, where in explained_in):
                status = "explained"
            else:
                status = "unexplained"
            times = {"start": start, "end": end}
            found.append({"term": term, **times, "text": piece.line.text, "status": status})
    return found


def _quotes(pieces: list[Piece]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {"forbidden": [], "impolite": [], "guessing": [], "privacy": []}
    for piece in pieces:
        for name in ("forbidden", "guessing", "privacy"):
            for quote in getattr(piece.line, name):
                start, end = piece.find(quote)
                found[name].append({"quote": quote, "start": start, "end": end})
        marked = "\n".join([*piece.line.forbidden, *(item.quote for item in piece.line.impolite)])
        for clause in re.finditer(r"[^，。？！]+", piece.line.text if piece.party == "agent" else ""):
            quote = clause.group()
            if _FAMILIAR.search(quote) and quote not in marked:
                start, end = piece.between(*clause.span())
                found["impolite"].append({"quote": quote, "start": start, "end": end, "kind": "ni"})
        for item in piece.line.impolite:
            start, end = piece.find(item.quote)
            found["impolite"].append({"quote": item.quote, "start": start, "end": end, "kind": item.kind})
    return found


def _interruptions(turns: list[dict[str, Any]], language: str) -> list[dict[str, Any]]:
    """A turn that starts in the other's and overlaps it by half a second or more, unless it is
    a backchannel."""
    found = []
    for turn in turns:
        if (
            turn["kind"] == "backchannel"
            or count_units(turn["text"], language) <= _BACKCHANNEL_UNITS
            or turn["end"] - turn["start"] < _BACKCHANNEL_SECONDS
        ):
            continue
        for other in turns:
            if other["role"] != turn["role"] and other["start"] < turn["start"] < other["end"]:
                end = min(turn["end"], other["end"])
                if end - turn["start"] >= _INTERRUPTION:
                    found.append({"start": turn["start"], "end": end, "by": turn["role"]})
    return found


def _rounded(value: Any, shift: float, key: str = "") -> Any:
    if isinstance(value, dict):
        return {name: _rounded(item, shift, name) for name, item in value.items()}
    if isinstance(value, list):
        return [_rounded(item, shift) for item in value]
    if isinstance(value, float):
        return round(value + (shift if key in ("start", "end") else 0), 3)
    return value
