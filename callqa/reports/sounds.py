"""What of a call may be shown and played: the masked call, and where its evidence sounds."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from callqa.coaching.advice import CriterionText
from callqa.coaching.texts import criterion_texts
from callqa.config import MaskingSettings
from callqa.data import CallAnalysis, CallFacts, Evidence
from callqa.masking import Masked, find_personal_data, mask_analysis, mask_quote
from callqa.reports.snippets import LONGEST, Missing, Sound, find_recording
from callqa.store import Store

Listen = Callable[[Path, CallFacts, Sequence[Masked]], Sound | Missing]
"""Reads a recording's sound with personal data covered; what decodes audio is no part of reports."""
AudioMode = Literal["embed", "link", "none"]
_MOST_KEPT = 8  # calls whose sound is in memory
_HEARD_BADLY = 0.6  # the recogniser's mean over the quote, below which the page says so


@dataclass(frozen=True, slots=True)
class Shown:
    """A piece of evidence as a page shows it. `quote` and `reason` are masked; `audio` is an address
    to play, None where there is none; `heard_badly` the recogniser's probability where it is low."""

    start: float
    end: float
    quote: str
    reason: str
    audio: str | None
    heard_badly: float | None

    @property
    def is_cut(self) -> bool:
        """Whether the sound ends before the evidence does."""
        return bool(self.audio and self.audio.startswith("data:")) and self.end - self.start > LONGEST


@dataclass(slots=True)
class ShownCall:
    """One call with personal data masked in words and sound. `silent` says by a text's key why
    nothing can be played, None where it can or was not asked for. `sound` is what is embedded."""

    id: str
    paths: tuple[str, ...]
    analysis: CallAnalysis
    original: CallAnalysis
    masked: tuple[Masked, ...]
    silent: str | None = None
    sound: Sound | None = None
    link: str | None = None

    def show(self, evidence: Evidence, *, audible: bool = True) -> Shown:
        """Evidence of this call as it was stored, masked; `audible` False leaves its sound out."""
        facts = self.original.facts
        item = mask_quote(evidence, facts.utterances, self.masked, facts.language)
        audio = None
        if audible and self.sound is not None:
            audio = self.sound.snippet(item.start, item.end)
        elif audible and self.link is not None:
            audio = f"{self.link}#t={item.start:.1f},{item.end:.1f}"
        low = item.probability is not None and item.probability < _HEARD_BADLY
        return Shown(item.start, item.end, item.quote, item.reason, audio, item.probability if low else None)


@dataclass(slots=True)
class CallReader:
    """Reads calls for pages in `folder`; `listen` is needed where sounds are embedded. The calls read last
    are kept, not all: their sound takes several megabytes each."""

    store: Store
    mode: AudioMode
    masking: MaskingSettings
    folder: Path
    listen: Listen | None = None
    _read: dict[str, ShownCall] = field(default_factory=dict)
    _titles: dict[str, Mapping[str, CriterionText]] = field(default_factory=dict)

    def read(self, call_id: str) -> ShownCall:
        """One call, masked, with its sound as `mode` says."""
        if call_id not in self._read:
            if len(self._read) >= _MOST_KEPT:
                self._read.pop(next(iter(self._read)))
            self._read[call_id] = self._load(call_id)
        return self._read[call_id]

    def titles(self, language: str) -> Mapping[str, CriterionText]:
        """What the criteria are called in a language."""
        if language not in self._titles:
            self._titles[language] = criterion_texts(self.store.rubrics(), language)
        return self._titles[language]

    def _load(self, call_id: str) -> ShownCall:
        stored = self.store.load(call_id)
        facts = stored.analysis.facts
        masked = find_personal_data(facts.utterances, facts.language, self.masking)
        shown = ShownCall(
            call_id,
            stored.paths,
            mask_analysis(stored.analysis, self.masking, masked),
            stored.analysis,
            masked,
        )
        if self.mode == "none":
            return shown
        found = find_recording(call_id, self.store.files(call_id))
        if not isinstance(found, Path):
            shown.silent = found
        elif self.mode == "link":
            shown.link = _relative(found, self.folder)
        elif self.listen is not None:
            sound = self.listen(found, facts, masked)
            if isinstance(sound, Sound):
                shown.sound = sound
            else:
                shown.silent = sound
        return shown


def _relative(path: Path, folder: Path) -> str:
    """The address of a file from a page in `folder`."""
    try:
        return quote(os.path.relpath(path.resolve(), folder.resolve()).replace(os.sep, "/"))
    except ValueError:  # another drive
        return path.resolve().as_uri()
