"""Puts a dialogue's lines on a time line, as sound at 8 kHz and as exact times."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np

from samples.script import VOICES, Line, Party, Script, Voice
from samples.sound import RATE_HZ, Samples, hold_music, level_of, ringback, to_line
from samples.speech import RATE_HZ as VOICE_RATE_HZ
from samples.speech import Spoken, Synthesizer

_LEVEL = 10 ** (-23 / 20)  # RMS of speech at level_db 0, full scale 1
_LEAD = 0.5
_TAIL = 0.7
_FRAME = 0.01
# AAC and WMA come in blocks of so many samples; a call that fills them comes back at its own length.
_BLOCK = 1024


@dataclass(frozen=True, slots=True)
class Piece:
    """One spoken line in its place. `chars[i]` are the seconds in which the text's character
    `i` was spoken, `active` the runs of sound inside the line."""

    line: Line
    party: Party
    start: float
    end: float
    chars: tuple[tuple[float, float] | None, ...]
    active: tuple[tuple[float, float], ...]

    @property
    def is_backchannel(self) -> bool:
        """Said under the other's talk."""
        return self.line.under is not None

    def find(self, quote: str, after: int = 0) -> tuple[float, float]:
        """When a part of the text was spoken; raises `ValueError` where it is not in the text."""
        at = self.line.text.index(quote, after)
        return self.between(at, at + len(quote))

    def between(self, first: int, last: int) -> tuple[float, float]:
        """When the characters [first, last) were spoken."""
        times = [time for time in self.chars[first:last] if time is not None]
        return times[0][0], times[-1][1]


@dataclass(slots=True)
class Timeline:
    """Tracks at 8 kHz, all of the same length."""

    tracks: dict[str, Samples]
    pieces: list[Piece]
    not_party: list[tuple[float, float, str]] = field(default_factory=list)
    duration: float = 0.0


@dataclass(frozen=True, slots=True)
class _Sounded:
    """A line's sentences joined, times from its own start."""

    samples: Samples
    duration: float
    chars: tuple[tuple[float, float] | None, ...]
    active: tuple[tuple[float, float], ...]


def lay_out(script: Script, synthesizer: Synthesizer, rng: np.random.Generator) -> Timeline:
    """Speak every line and put it where the script says."""
    sounded = [_sound(line, script, synthesizer, rng) for line in script.lines]
    gains = _gains(script, sounded)
    placed: list[tuple[str, float, Samples]] = []
    timeline = Timeline({}, [])
    cursor = _LEAD
    if script.before is not None:
        opening = _opening(script, synthesizer)
        placed.append(("other", cursor, opening))
        end = cursor + len(opening) / RATE_HZ
        timeline.not_party.append((cursor, end, script.before.kind))
        cursor = end + 0.4
    last = (cursor, cursor)
    for number, (line, sound) in enumerate(zip(script.lines, sounded, strict=True)):
        gap = line.gap if line.gap is not None else float(rng.uniform(0.25, 0.75))
        if line.under is not None:
            start = last[0] + line.under * (last[1] - last[0])
        elif line.overlap is not None:
            start = last[1] - line.overlap
        else:
            start = cursor + (gap if number else 0)
        if number and start <= last[0]:
            raise ValueError(f"{script.id}: a line would begin before the line it overlaps: {line.text}")
        start = round(start, 3)
        timeline.pieces.append(
            Piece(
                line,
                line.party,
                start,
                start + sound.duration,
                tuple((start + pair[0], start + pair[1]) if pair else None for pair in sound.chars),
                tuple((start + a, start + b) for a, b in sound.active),
            )
        )
        placed.append((line.party, start, sound.samples * gains[line.voice]))
        if line.under is None:
            last = (start, start + sound.duration)
        cursor = max(cursor, start + sound.duration)
        if line.music is not None:
            begin = round(cursor + 0.6, 3)
            placed.append(("other", begin, hold_music(line.music, rng)))
            timeline.not_party.append((begin, begin + line.music, "music"))
            cursor = begin + line.music
            last = (cursor, cursor)
    length = -(-round((cursor + _TAIL) * RATE_HZ) // _BLOCK) * _BLOCK
    timeline.duration = length / RATE_HZ
    for name in ("agent", "customer", "other"):
        track = np.zeros(length, np.float32)
        for party, start, samples in placed:
            if party == name:
                at = round(start * RATE_HZ)
                track[at : at + len(samples)] += samples[: length - at]
        timeline.tracks[name] = track
    return timeline


def _sound(line: Line, script: Script, synthesizer: Synthesizer, rng: np.random.Generator) -> _Sounded:
    speaker = script.speaker(line.voice)
    pieces: list[Samples] = []
    chars: list[tuple[float, float] | None] = []
    active: list[tuple[float, float]] = []
    clock = 0.0
    for number, sentence in enumerate(sentences_of(line.text, script.language)):
        if number:
            pause = round(float(rng.uniform(0.15, 0.40)), 2)
            pieces.append(np.zeros(round(pause * RATE_HZ), np.float32))
            clock += pause
        spoken = synthesizer.speak(sentence, script.language, speaker.voice, line.speed or speaker.speed)
        chars.extend((clock + pair[0], clock + pair[1]) if pair else None for pair in spoken.chars)
        active.extend((clock + a, clock + b) for a, b in _runs(spoken))
        pieces.append(to_line(spoken.samples, VOICE_RATE_HZ)[: round(spoken.duration * RATE_HZ)])
        clock += spoken.duration
    return _Sounded(np.concatenate(pieces), clock, tuple(chars), tuple(active))


def sentences_of(text: str, language: str) -> list[str]:
    """Sentences that joined give the text exactly."""
    pattern = r"[^。？！]+[。？！]*" if language == "zh" else r".+?(?:[.?!]+\s+|$)"
    return re.findall(pattern, text)


def _runs(spoken: Spoken) -> list[tuple[float, float]]:
    padded = np.concatenate([[False], spoken.active, [False]]).astype(np.int8)
    edges = np.diff(padded)
    return [
        (float(a) * _FRAME, float(b) * _FRAME)
        for a, b in zip(np.flatnonzero(edges == 1), np.flatnonzero(edges == -1), strict=True)
    ]


def _gains(script: Script, sounded: list[_Sounded]) -> dict[Voice, float]:
    """One gain a voice, which keeps its level through the call."""
    gains: dict[Voice, float] = {}
    heard: list[Voice] = [voice for voice in VOICES if any(line.voice == voice for line in script.lines)]
    for voice in heard:
        spoken = [
            sound.samples[round(a * RATE_HZ) : round(b * RATE_HZ)]
            for line, sound in zip(script.lines, sounded, strict=True)
            if line.voice == voice
            for a, b in sound.active
        ]
        level = _LEVEL * 10 ** (script.speaker(voice).level_db / 20)
        gains[voice] = level / level_of(np.concatenate(spoken))
    return gains


def _opening(script: Script, synthesizer: Synthesizer) -> Samples:
    assert script.before is not None
    if script.before.kind == "ringback":
        return ringback(script.before.seconds)
    pieces: list[Samples] = []
    for sentence in sentences_of(script.before.text or "", script.language):
        spoken = synthesizer.speak(sentence, script.language, script.before.voice or "zf_xiaoyi", 1.0)
        pieces += [to_line(spoken.samples, VOICE_RATE_HZ), np.zeros(RATE_HZ // 4, np.float32)]
    announcement = np.concatenate(pieces[:-1])
    return (announcement * _LEVEL / level_of(announcement)).astype(np.float32)
