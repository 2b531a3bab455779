"""A dialogue of the corpus: what is said and what a listener would note, but no voice and no line.

The lines have the samples' form (`samples.script.Line`); who speaks with which voice, and over
which channel, is the recipe's matter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from corpus.terms import spoken_terms, unlisted
from samples.script import Closing, Greeting, Line
from samples.truth import count_units

Split = Literal["tuning", "reporting"]
Language = Literal["zh", "en"]

FOLDER = Path(__file__).parent / "dialogues"
CRITERIA = (
    "greeting", "politeness", "listening", "jargon", "closing", "guessing", "privacy", "transparency",
)  # fmt: skip
VERDICTS = ("met", "partly_met", "not_met", "not_applicable")
KINDS = ("ni", "command", "retort", "shifting")
# Units per second at speed 1, only to foresee lengths: syllables of Mandarin, words of English.
_UNITS_PER_SECOND = {"zh": 4.6, "en": 2.7}
_PAUSE = 0.5
_SHARED = {"zh": 14, "en": 9}  # units from which a sentence is no mere formula


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Person(_Part):
    """Someone on the call. `speed` is against the voice's own."""

    name: str | None = None
    id: str | None = None
    speed: float = Field(1.0, ge=0.6, le=1.6)


class Dialogue(_Part):
    """One dialogue."""

    id: str = Field(pattern=r"^[ze]\d\d$")
    split: Split
    theme: str
    title: str
    shows: str
    wording: Literal["written", "spontaneous"]
    language: Language
    company: str | None = None
    agent: Person
    customer: Person = Person()
    agent2: Person | None = None
    greeting: Greeting
    closing: Closing
    expected: dict[str, str]
    lines: tuple[Line, ...] = Field(min_length=2)

    @property
    def seconds(self) -> float:
        """About how long it lasts when spoken."""
        total = 0.0
        for line in self.lines:
            total += _PAUSE if line.gap is None else line.gap
            total += (line.music or 0) + (0 if line.under else seconds_of(self, line))
            total -= (line.overlap or 0) + (_PAUSE if line.overlap or line.under else 0)
        return total


@dataclass(slots=True)
class Findings:
    """`mistakes` must be mended, `remarks` are worth a look."""

    mistakes: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def verdict_of(expected: str) -> str:
    """The verdict that an expected one begins with, before its reason."""
    return re.split("[，, ]", expected)[0]


def seconds_of(dialogue: Dialogue, line: Line) -> float:
    """About how long the line lasts when spoken."""
    person = {"agent": dialogue.agent, "agent2": dialogue.agent2 or dialogue.agent}.get(
        line.voice, dialogue.customer
    )
    speed = line.speed or person.speed
    return count_units(line.text, dialogue.language) / _UNITS_PER_SECOND[dialogue.language] / speed


def load_dialogues(folder: Path = FOLDER) -> list[Dialogue]:
    """Every dialogue by id. Raises `ValueError` that names every file with mistakes, and each of them."""
    dialogues, problems = [], []
    for path in sorted(folder.glob("*.yaml")):
        dialogue, findings = read(path)
        if dialogue is None or findings.mistakes:
            problems += [f"{path.name}: {mistake}" for mistake in findings.mistakes]
        else:
            dialogues.append(dialogue)
    if problems:
        raise ValueError("\n".join(problems))
    return dialogues


def read(path: Path) -> tuple[Dialogue | None, Findings]:
    """One file, and what is wrong with it; None where it is no dialogue at all."""
    try:
        dialogue = Dialogue.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        places = [(".".join(map(str, item["loc"])), item["msg"]) for item in error.errors()]
        return None, Findings([f"{place}: {message}" for place, message in places])
    except (OSError, yaml.YAMLError) as error:
        return None, Findings([" ".join(str(error).split())])
    findings = check(dialogue)
    if dialogue.id != path.stem:
        findings.mistakes.insert(0, f"id {dialogue.id} is not the file's name")
    return dialogue, findings


def check(dialogue: Dialogue) -> Findings:
    """What the form alone does not say."""
    findings = Findings()
    if dialogue.id[0] != {"zh": "z", "en": "e"}[dialogue.language]:
        findings.mistakes.append(f"an id of {dialogue.language} does not begin with {dialogue.id[0]}")
    _check_expected(dialogue, findings)
    for number, line in enumerate(dialogue.lines):
        said = f"line {number + 1} “{line.text[:14]}…”"
        findings.mistakes += [f"{said}: {mistake}" for mistake in _line_mistakes(dialogue, number)]
    _check_explained(dialogue, findings)
    if dialogue.agent2 is not None and not any(line.agent2 for line in dialogue.lines):
        findings.mistakes.append("agent2 is described but says nothing")
    if all(line.party == "agent" for line in dialogue.lines):
        findings.mistakes.append("the customer says nothing")
    of_agents = [line.text for line in dialogue.lines if line.party == "agent"]
    for form in sorted(unlisted(of_agents, dialogue.language)):
        findings.remarks.append(f"says {form}, a term to callqa's word list that corpus/terms.yaml lacks")
    if not 10 <= dialogue.seconds <= 200:
        findings.remarks.append(f"about {dialogue.seconds:.0f} s long")
    return findings


def shared_sentences(dialogues: list[Dialogue], others: dict[str, list[str]]) -> list[str]:
    """Sentences that two dialogues, or a dialogue and one of `others` (texts by name), share.
    Short formulas and the first line, which holds the greeting, may be."""
    where = {sentence: name for name, said in others.items() for sentence in _sentences(said)}
    found = []
    for dialogue in dialogues:
        for sentence in _sentences([line.text for line in dialogue.lines[1:]]):
            if count_units(sentence, dialogue.language) >= _SHARED[dialogue.language]:
                first = where.setdefault(sentence, dialogue.id)
                if first != dialogue.id:
                    found.append(f"{first} and {dialogue.id} share “{sentence}”")
    return found


def _sentences(texts: list[str]) -> list[str]:
    return [part.strip() for text in texts for part in re.split(r"[。？！.?!]", text)]


def _check_expected(dialogue: Dialogue, findings: Findings) -> None:
    missing = [name for name in CRITERIA if name not in dialogue.expected]
    unknown = [name for name in dialogue.expected if name not in CRITERIA]
    if missing:
        findings.mistakes.append(f"expected lacks {', '.join(missing)}")
    if unknown:
        findings.mistakes.append(f"expected does not know {', '.join(unknown)}")
    for name, verdict in dialogue.expected.items():
        if verdict_of(verdict) not in VERDICTS:
            findings.mistakes.append(f"expected {name}: {verdict} does not begin with {', '.join(VERDICTS)}")


def _line_mistakes(dialogue: Dialogue, number: int) -> list[str]:
    line = dialogue.lines[number]
    mistakes = []
    if sum(text is not None for text in (line.agent, line.agent2, line.customer)) != 1:
        mistakes.append("exactly one of agent, agent2 and customer speaks in a line")
    if not line.text.strip():
        return [*mistakes, "nothing is said"]
    if line.agent2 is not None and dialogue.agent2 is None:
        mistakes.append("agent2 speaks but is not described")
    if sum(value is not None for value in (line.gap, line.overlap, line.under)) > 1:
        mistakes.append("only one of gap, overlap and under")
    if (line.overlap or line.under) and number == 0:
        mistakes.append("the first line has nothing to overlap")
    if line.overlap and number:
        before = next((x for x in reversed(dialogue.lines[:number]) if x.under is None), line)
        if before.music:
            mistakes.append("overlaps hold music")
        elif line.overlap > 0.85 * seconds_of(dialogue, before):
            length = seconds_of(dialogue, before)
            mistakes.append(f"overlaps {line.overlap} s of a line of about {length:.1f} s")
        elif before.party == line.party:
            mistakes.append("overlaps a line of the same party")
    quotes = [*line.forbidden, *line.guessing, *line.privacy, *(item.quote for item in line.impolite)]
    mistakes += [f"“{quote}” is not in it" for quote in quotes if quote not in line.text]
    mistakes += [f"impolite kind {x.kind} is none of {KINDS}" for x in line.impolite if x.kind not in KINDS]
    if line.party == "customer" and (quotes or line.explains):
        mistakes.append("only the agents' lines are marked")
    if digits := re.findall(r"[0-9０-９]+(?!\d|G)", line.text):
        mistakes.append(f"digits are written as spoken: {' '.join(digits)}")
    allowed = r"[\u4e00-\u9fffA-Za-z，。？！、：；… ]" if dialogue.language == "zh" else r"[\x20-\x7e’]"
    if strange := sorted({char for char in line.text if not char.isdigit() and not re.match(allowed, char)}):
        mistakes.append(f"no voice can say {' '.join(strange)}")
    return mistakes


def _check_explained(dialogue: Dialogue, findings: Findings) -> None:
    """An explanation counts for a term of the same or the two agent turns before."""
    known = spoken_terms(dialogue.language)
    canonical = set(known.values())
    agents = [line for line in dialogue.lines if line.party == "agent"]
    for number, line in enumerate(agents):
        for term in line.explains:
            if term not in canonical and term.lower() not in known:
                findings.mistakes.append(f"explains {term}, which corpus/terms.yaml does not know")
                continue
            name = known.get(term.lower(), term)
            forms = [form for form, phrase in known.items() if phrase == name]
            near = "\n".join(near.text for near in agents[max(0, number - 3) : number + 1]).lower()
            if not any(form in near for form in forms):
                findings.remarks.append(f"explains {term}, but no agent line just before or there says it")
