"""Rubrics: which measures make a criterion, what is good enough, and what it weighs.

A rubric is a YAML file that users edit copies of (`callqa rubric new`, docs/rubric.md). It is read
whole: every mistake is reported at once, with its line. Rules that need more than one key stand in
`callqa.scoring.rubric_rules`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, Strict, ValidationError, model_validator

from callqa.data import RubricRef
from callqa.errors import InvalidFileError, UsageError
from callqa.scoring.rubric_rules import rule_problems
from callqa.yamlfile import YamlFile, parse_yaml, read_yaml, shape_problems

SHIPPED = Path(__file__).resolve().parent.parent / "rubrics"

Number = Annotated[float, Strict(), Field(allow_inf_nan=False)]
Whole = Annotated[int, Strict()]
Text = Annotated[str, Strict()]
Limits = tuple[Number | None, Number | None]
Worst = Literal["partly_met", "not_met"]
Condition = Literal["recording_cut", "customer_hung_up", "no_customer_words"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Words(_Part):
    """A text in both languages; one that is not there is "". A plain text stands for both."""

    zh: Text = ""
    en: Text = ""

    @model_validator(mode="before")
    @classmethod
    def _for_both(cls, raw: Any) -> Any:
        return {"zh": raw, "en": raw} if isinstance(raw, str) else raw

    def in_language(self, language: str) -> str:
        """The text for a reader of `language`, the other one's where there is none."""
        return (self.zh or self.en) if language == "zh" else (self.en or self.zh)


class _Check(_Part):
    measure: Text = Field(description="the measure it looks at")
    at_worst: Worst = Field("not_met", description="the worst verdict that this check alone can give")
    required: bool = Field(True, description="if this cannot be judged, the criterion is unsure")
    critical: bool = Field(False, description="not met caps the call's score")


class CrossCheck(_Part):
    """A second measure that must agree, or the first carries no verdict."""

    measure: Text = Field(description="the measure to compare with")
    component: Text = Field("disagreement", description="its component that says how far apart the two are")
    most: Number = Field(gt=0, description="at most this far, 0.3 is 30 %")


class BandCheck(_Check):
    """A number between limits: inside `met`, else inside `partly`, else not met.

    Limits are ``[low, high]``, both included, null where there is none.
    """

    kind: Literal["band"]
    component: Text | None = Field(None, description="look at this component instead of the value")
    unit: Text | None = Field(None, description="the unit that the limits are in")
    met: Limits
    partly: Limits | None = None
    at_least: dict[str, Number] = Field(
        default_factory=dict, description="components that must reach a number for this to be judged"
    )
    cross_check: CrossCheck | None = None
    rests_on_words: bool = Field(False, description="met means that words were not found")


class FaultsCheck(_Check):
    """How many certain faults are allowed. Faults that are not certain make it unsure."""

    kind: Literal["faults"]
    met_up_to: Whole = Field(0, ge=0)
    partly_up_to: Whole = Field(0, ge=0)


class ElementsCheck(_Check):
    """Parts that belong together, by weight; the score is the share of the weight that was found.

    Parts that could not be looked for leave the denominator.
    """

    kind: Literal["elements"]
    weights: dict[str, Annotated[Number, Field(gt=0)]] = Field(min_length=1)
    met_from: Number = Field(1.0, gt=0, le=1, description="share of the weight from which it is met")
    partly_from: Number = Field(0.5, ge=0, le=1, description="share from which it is partly met")
    where: Literal["opening", "ending", "call"] = Field(description="where the words would have been said")
    where_seconds: Number = Field(20.0, gt=0, description="how much of the opening or the ending that is")
    partly_when: Text | None = Field(
        None, description="a component: where it is true the check is partly met at best"
    )


Check = Annotated[BandCheck | FaultsCheck | ElementsCheck, Field(discriminator="kind")]


class Exemption(_Part):
    """When a criterion does not apply: a named condition, or a measure's number `below` or `above`
    a limit."""

    when: Condition | None = None
    measure: Text | None = None
    component: Text | None = None
    below: Number | None = None
    above: Number | None = None

    @model_validator(mode="before")
    @classmethod
    def _by_name(cls, raw: Any) -> Any:
        return raw if isinstance(raw, Mapping) else {"when": raw}


class Criterion(_Part):
    """One criterion: the worst of its checks is its verdict. Texts are for people: what it is
    called, what it asks for, what an agent can do better."""

    id: Text = Field(pattern=r"^[a-z][a-z0-9_]*$")
    weight: Number = Field(gt=0)
    checks: tuple[Check, ...] = Field(min_length=1)
    not_applicable_when: tuple[Exemption, ...] = ()
    section: Text | None = Field(None, description="the section whose weight it shares")
    title: Words = Words()
    description: Words = Words()
    advice: Words = Words()

    @property
    def critical(self) -> bool:
        """Whether one of its checks is."""
        return any(check.critical for check in self.checks)


class Section(_Part):
    """Criteria that share one weight: it is theirs as long as anything in it applies."""

    id: Text = Field(pattern=r"^[a-z][a-z0-9_]*$")
    weight: Number = Field(gt=0)
    title: Words = Words()


class Rubric(_Part):
    """A whole rubric. Seconds and shares are those of the agent's speech."""

    id: Text = Field(pattern=r"^[\w][\w.\-]*$")
    version: Text = Field(pattern=r"^[\w][\w.\-]*$")
    language: Literal["zh", "en"]
    title: Words = Words()
    critical_cap: Number = Field(60.0, ge=0, le=100, description="a critical fault caps the score here")
    partly_score: Number = Field(0.5, ge=0, le=1, description="what partly met is worth")
    min_agent_seconds: Number = Field(5.0, ge=0, description="less speech carries no judgement")
    min_agent_syllables: Whole = Field(20, ge=0, description="fewer syllables (words) carry no judgement")
    max_untranscribed_share: Number = Field(
        0.15, ge=0, le=1, description="more speech without words is noted, and absence proves nothing"
    )
    when_unsure: Literal["leave_out", "no_score"] = Field(
        "leave_out", description="what one unsure criterion does to the call's score"
    )
    min_judged_share: Number = Field(
        0.0, ge=0, le=1, description="a call of which less could be judged gets no score"
    )
    sections: tuple[Section, ...] = ()
    criteria: tuple[Criterion, ...] = Field(min_length=1)

    @property
    def ref(self) -> RubricRef:
        """What a scorecard says it was made with."""
        return RubricRef(self.id, self.version, self.digest)

    @property
    def digest(self) -> str:
        """Changes when anything that the file says does, its comments and order of keys apart.

        What a file leaves out does not count, so a newer callqa with more keys gives the same.
        """
        said = self.model_dump(mode="json", exclude_unset=True)
        text = json.dumps(said, ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:12]


_PARTS: dict[str, type[_Part]] = {
    "": Rubric,
    "sections": Section,
    "criteria": Criterion,
    "not_applicable_when": Exemption,
    "band": BandCheck,
    "faults": FaultsCheck,
    "elements": ElementsCheck,
    "cross_check": CrossCheck,
    "title": Words,
    "description": Words,
    "advice": Words,
}


def shipped_rubrics() -> tuple[str, ...]:
    """Names of the rubrics that come with callqa."""
    return tuple(sorted(path.name.removesuffix(".yaml") for path in SHIPPED.glob("*.yaml")))


def default_rubric(language: str) -> Rubric:
    """The shipped rubric of a language, ``zh`` or ``en``."""
    return load_rubric(f"telecom.{language}")


def rubric_path(source: str | Path) -> Path:
    """The file of a rubric, by the name of a shipped one or by its path.

    Raises `UsageError` where there is none.
    """
    if isinstance(source, str) and source in shipped_rubrics():
        return SHIPPED / f"{source}.yaml"
    if not Path(source).exists():
        raise UsageError(
            f"There is no rubric {source}.",
            f"Give a file, or one of {', '.join(shipped_rubrics())}.",
        )
    return Path(source)


def load_rubric(source: str | Path) -> Rubric:
    """A rubric by the name of a shipped one or by its path.

    Raises `UsageError` where there is none, `InvalidFileError` listing every mistake with its line.
    """
    path = rubric_path(source)
    return _checked(read_yaml(path), str(path))


def parse_rubric(text: str, name: str) -> Rubric:
    """A rubric from its text, called `name` in errors.

    Raises `InvalidFileError` listing every mistake with its line.
    """
    return _checked(parse_yaml(text, name), name)


def _checked(file: YamlFile, name: str) -> Rubric:
    found = list(file.repeated)
    rubric = None
    try:
        rubric = Rubric.model_validate(file.content)
    except ValidationError as error:
        keys = {part: list(model.model_fields) for part, model in _PARTS.items()}
        found += shape_problems(file, error, keys)
    found += rule_problems(file)
    if rubric is None or found:
        problems = tuple(str(problem) for problem in sorted(set(found)))
        raise InvalidFileError(f"The rubric {name} has mistakes:", "", problems)
    return rubric
