"""Which rubric a call is judged by: its queue's own, else the one that was asked for, else the
default of its language."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from callqa.errors import InvalidFileError, UsageError
from callqa.scoring.rubric import Rubric, load_rubric, parse_rubric, rubric_path

LANGUAGES = ("zh", "en")


@dataclass(frozen=True, slots=True)
class ChosenRubric:
    """A rubric, the file's text, and the name or path it was asked for by."""

    rubric: Rubric
    source: str
    text: str


@dataclass(frozen=True, slots=True)
class RubricBook:
    """The rubrics of a run: `general` by language, `by_queue` by queue and language."""

    general: Mapping[str, ChosenRubric]
    by_queue: Mapping[tuple[str, str], ChosenRubric] = field(default_factory=dict)

    def of(self, queue: str | None, language: str) -> ChosenRubric:
        """The rubric of a call of this queue and language."""
        own = None if queue is None else self.by_queue.get((queue, language))
        return own or self.general[language]

    @property
    def digest(self) -> str:
        """Changes when any of the rubrics does, or which calls they are for."""
        parts = [f"{language} {chosen.rubric.digest}" for language, chosen in sorted(self.general.items())]
        parts += [
            f"{queue} {language} {chosen.rubric.digest}"
            for (queue, language), chosen in sorted(self.by_queue.items())
        ]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]

    def __iter__(self) -> Iterator[ChosenRubric]:
        yield from self.general.values()
        yield from self.by_queue.values()


def open_book(
    rubric: str | ChosenRubric | None, by_queue: Mapping[str, Sequence[str]] | None = None
) -> RubricBook:
    """The rubrics of a run. `rubric` (a file, a shipped rubric's name, or one at hand) takes the place of the
    default one of its language; `by_queue` has those of single queues, one a language.

    Raises `InvalidFileError` with every mistake of all files, and `UsageError` where one is not
    there or a queue has two of one language.
    """
    problems: list[str] = []
    general = {language: choose(f"telecom.{language}") for language in LANGUAGES}
    if rubric is not None:
        chosen = rubric if isinstance(rubric, ChosenRubric) else _tried(rubric, problems)
        if chosen is not None:
            general[chosen.rubric.language] = chosen
    queues: dict[tuple[str, str], ChosenRubric] = {}
    for queue, sources in (by_queue or {}).items():
        for source in sources:
            chosen = _tried(source, problems)
            if chosen is None:
                continue
            place = (queue, chosen.rubric.language)
            if place in queues:
                raise UsageError(
                    f"the queue {queue} has two rubrics for calls in {place[1]}: {queues[place].source} "
                    f"and {source}.",
                    "Leave one of them out.",
                )
            queues[place] = chosen
    if problems:
        raise InvalidFileError("The rubrics have mistakes:", "", tuple(dict.fromkeys(problems)))
    return RubricBook(general, queues)


def choose(source: str) -> ChosenRubric:
    """One rubric with its text. Raises as `load_rubric` does."""
    rubric = load_rubric(source)
    return ChosenRubric(rubric, source, rubric_path(source).read_text(encoding="utf-8-sig"))


def chosen_of_text(text: str, source: str) -> ChosenRubric:
    """A rubric from a text that was kept. Raises `InvalidFileError` as `parse_rubric` does."""
    return ChosenRubric(parse_rubric(text, source), source, text)


def _tried(source: str, problems: list[str]) -> ChosenRubric | None:
    try:
        return choose(source)
    except InvalidFileError as error:
        problems += [f"{source}: {problem}" for problem in error.problems] or [error.message]
        return None
