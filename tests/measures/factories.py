"""Small synthetic calls: one line of a table is one turn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from callqa.data import (
    CallFacts,
    Coverage,
    Recording,
    Role,
    Roles,
    TimeSpan,
    ToneWindow,
    Turn,
    TurnAcoustics,
    Utterance,
    Word,
)
from callqa.language.lexicon import LEXICON_NAMES, Entry, Lexicon, LexiconSet

AGENT, CUSTOMER = Role.AGENT, Role.CUSTOMER
_SPEAKERS: dict[Role | None, str] = {AGENT: "SPEAKER_00", CUSTOMER: "SPEAKER_01", None: "SPEAKER_02"}


@dataclass(frozen=True)
class Line:
    """A turn: who (None for a party that is neither), when, the words (None: not transcribed)."""

    role: Role | None
    start: float
    end: float
    text: str | None
    probability: float = 0.9
    speech_seconds: float | None = None
    nuclei: int | None = None
    overlapped: bool = False
    windows: tuple[ToneWindow, ...] = ()


def agent(start: float, end: float, text: str | None, **more: object) -> Line:
    """A turn of the agent's."""
    return Line(AGENT, start, end, text, **more)  # type: ignore[arg-type]


def customer(start: float, end: float, text: str | None, **more: object) -> Line:
    """A turn of the customer's."""
    return Line(CUSTOMER, start, end, text, **more)  # type: ignore[arg-type]


def words_of(text: str, start: float, end: float, probability: float, language: str) -> tuple[Word, ...]:
    """Words of equal length in time: one character (with the punctuation after it) or one word."""
    pieces: list[str] = []
    for piece in text.split() if language == "en" else text:
        if language != "en" and pieces and not piece.isalnum():
            pieces[-1] += piece
        else:
            pieces.append(piece)
    step = (end - start) / max(1, len(pieces))
    return tuple(
        Word(start + i * step, start + (i + 1) * step, piece, probability) for i, piece in enumerate(pieces)
    )


def make_facts(
    lines: Sequence[Line],
    *,
    language: str = "zh",
    certain: bool = True,
    duration: float | None = None,
    untranscribed: Sequence[tuple[float, float]] = (),
    agent_name: str | None = None,
    company: str | None = None,
    status: str = "scored",
) -> CallFacts:
    """Facts of a call whose turns are `lines`. Turns without text are untranscribed by themselves."""
    turns, utterances, acoustics, holes = [], [], [], [TimeSpan(*span) for span in untranscribed]
    for line in sorted(lines, key=lambda item: item.start):
        role = line.role if certain else None
        speaker = _SPEAKERS[line.role]
        turns.append(Turn(line.start, line.end, speaker, role=role))
        length = line.end - line.start
        speech = line.speech_seconds if line.speech_seconds is not None else length
        nuclei = line.nuclei if line.nuclei is not None else len([c for c in line.text or "" if c.isalnum()])
        acoustics.append(
            TurnAcoustics(line.start, line.end, speaker, speech, nuclei, line.overlapped, line.windows)
        )
        if line.text is None:
            holes.append(TimeSpan(line.start, line.end))
            continue
        words = words_of(line.text, line.start, line.end, line.probability, language)
        joiner = " " if language == "en" else ""
        utterances.append(Utterance(line.start, line.end, speaker, words, role=role, joiner=joiner))
    last = max((line.end for line in lines), default=0.0)
    speech_seconds = sum(turn.duration for turn in turns)
    missing = sum(span.duration for span in holes)
    roles = Roles(
        certain,
        0.95 if certain else 0.6,
        "signs",
        {_SPEAKERS[line.role]: line.role for line in lines if line.role} if certain else {},
        _SPEAKERS[AGENT],
    )
    recording = Recording(
        "0123456789abcdef",
        "calls/example.wav",
        last + 1.0 if duration is None else duration,
        8000,
        1,
        agent_name=agent_name,
        company=company,
    )
    return CallFacts(
        recording,
        language,
        tuple(turns),
        roles,
        tuple(utterances),
        Coverage(speech_seconds, missing, tuple(sorted(holes))),
        tuple(acoustics),
        status,
    )


_PHRASES: dict[str, dict[str, tuple[dict[str, object], ...]]] = {
    "zh": {
        "courtesy": (
            {"phrase": "请", "kind": "asking", "unless": ("申请",)},
            {"phrase": "抱歉", "kind": "refusing"},
            {"phrase": "感谢您的耐心等待", "kind": "waiting"},
        ),
        "forbidden": (
            {"phrase": "不知道", "kind": "refusing", "unless": ("不知道您", "您不知道")},
            {"phrase": "没办法", "kind": "refusing"},
            {"phrase": "你自己看着办", "kind": "impatience"},
            {"phrase": "听不懂吗", "kind": "mocking"},
            {"phrase": "不行", "kind": "refusing"},
        ),
        "closing": (
            {"phrase": "请问还有什么可以帮您", "kind": "anything_else"},
            {"phrase": "感谢您的来电", "kind": "thanks"},
            {"phrase": "再见", "kind": "goodbye"},
        ),
        "guessing": ({"phrase": "肯定是您自己弄的", "kind": "blame"},),
        "privacy": ({"phrase": "报一下您的密码", "kind": "asks_secret"},),
        "transparency": (
            {"phrase": "我帮您查一下", "kind": "doing"},
            {"phrase": "接下来", "kind": "next"},
            {"phrase": "二十四小时之内", "kind": "by_when"},
        ),
        "wait": (
            {"phrase": "稍等", "kind": "announce"},
            {"phrase": "查一下", "kind": "announce"},
            {"phrase": "让您久等了", "kind": "back"},
        ),
    },
    "en": {
        "courtesy": ({"phrase": "please", "kind": "asking"},),
        "forbidden": ({"phrase": "not my problem", "kind": "refusing"},),
        "closing": (
            {"phrase": "is there anything else", "kind": "anything_else"},
            {"phrase": "goodbye", "kind": "goodbye"},
        ),
        "guessing": ({"phrase": "you must have broken it", "kind": "blame"},),
        "privacy": ({"phrase": "tell me your password", "kind": "asks_secret"},),
        "transparency": ({"phrase": "let me check", "kind": "doing"},),
        "wait": ({"phrase": "hold on", "kind": "announce"},),
    },
}


def make_lexicons(language: str = "zh") -> LexiconSet:
    """A handful of phrases in each lexicon, so that tests do not rest on the shipped ones."""
    return LexiconSet(
        language=language,
        **{
            name: Lexicon(
                name,
                language,
                "test",
                tuple(Entry.model_validate(item) for item in _PHRASES[language].get(name, ())),
            )
            for name in LEXICON_NAMES
        },
    )
