"""Clips of many calls into one archive."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from callqa.clips.archive import ClipArchive
from callqa.clips.make import ClipOptions, make_clip
from callqa.clips.texts import agent_label
from callqa.coaching.results import agent_of
from callqa.data import Verdict
from callqa.errors import AudioError
from callqa.store import JudgedCall, Store


@dataclass(slots=True)
class Cutting:
    """Cuts clips into an archive. `by_name` are agents (number, else name) who agreed to be named in
    good examples. `skipped` tells which call could not be used, and why."""

    store: Store
    archive: ClipArchive
    options: ClipOptions
    criterion: str
    language: str
    by_name: frozenset[str]
    num_cut: int = 0
    skipped: list[tuple[str, str]] = field(default_factory=list)
    _labels: dict[str, str] = field(default_factory=dict)

    def cut(self, calls: Sequence[JudgedCall], limit: int, tell: Callable[[int], None]) -> None:
        """Cut clips of these calls, in order, until there are `limit`; `tell` is given how many there
        are after each call. A call that cannot be used is skipped, and the next one taken."""
        for call in calls:
            if self.num_cut >= limit:
                return
            try:
                self._cut_one(call)
            except AudioError as error:
                self.skipped.append((call.id, str(error)))
            tell(self.num_cut)

    def _cut_one(self, call: JudgedCall) -> None:
        stored = self.store.load(call.id)
        agent = agent_of(call)
        # Who agreed to be named, agreed to it for good examples.
        named = agent in self.by_name and call.criteria[self.criterion].verdict is Verdict.MET
        path = find_file(self.store.files(call.id))
        clip = make_clip(stored, path, self.criterion, self.options, named)
        if clip is None:
            self.skipped.append((call.id, "It has no moment of this that could be played."))
            return
        key = agent or call.id
        if key not in self._labels:
            self._labels[key] = agent_label(len(self._labels) + 1, self.language)
        self.archive.add(clip, clip.name or self._labels[key])
        self.num_cut += 1


def find_file(paths: Sequence[str]) -> Path:
    """The first of a recording's files that is there. Raises `AudioError` where none is."""
    for path in map(Path, paths):
        if path.is_file():
            return path
    raise AudioError(
        f"The recording is not there any more: {', '.join(paths) or 'no path is known'}.",
        "Put it back, or score it where it is now.",
    )
