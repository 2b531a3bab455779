"""Rubrics: which measures make a criterion, what is good enough, and what it weighs.

A rubric is a YAML file that users edit copies of. It is read whole: every mistake is reported at
once, with the key it stands under.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from callqa.config import describe_problems
from callqa.data import RubricRef
from callqa.errors import InvalidFileError, UsageError
from callqa.measures import MEASURE_NAMES

SHIPPED = Path(__file__).resolve().parent.parent / "rubrics"

Limits = tuple[float | None, float | None]
Worst = Literal["partly_met", "not_met"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Check(_Part):
    measure: str = Field(description="the measure it looks at")
    at_worst: Worst = Field("not_met", description="the worst verdict that this check alone can give")
    required: bool = Field(True, description="if this cannot be judged, the criterion is unsure")
    critical: bool = Field(False, description="not met caps the call's score")

    @field_validator("measure")
    @classmethod
    def _is_known(cls, name: str) -> str:
        if name not in MEASURE_NAMES:
            raise ValueError(f"no such measure: {name}; known are {', '.join(MEASURE_NAMES)}")
        return name


class CrossCheck(_Part):
    """A second measure that must agree, or the first carries no verdict."""

    measure: str = Field(description="the measure to compare with")
    component: str = Field("disagreement", description="its component that says how far apart the two are")
    most: float = Field(gt=0, description="at most this far, 0.3 is 30 %")


class BandCheck(_Check):
    """A number between limits: inside `met`, else inside `partly`, else not met.

    Limits are ``[low, high]``, both included, null where there is none.
    """

    kind: Literal["band"]
    component: str | None = Field(None, description="look at this component instead of the value")
    unit: str | None = Field(None, description="the unit that the limits are in")
    met: Limits
    partly: Limits | None = None
    at_least: dict[str, float] = Field(
        default_factory=dict, description="components that must reach a number for this to be judged"
    )
    cross_check: CrossCheck | None = None
    rests_on_words: bool = Field(False, description="met means that words were not found")

    @model_validator(mode="after")
    def _limits_are_in_order(self) -> BandCheck:
        for name, limits in (("met", self.met), ("partly", self.partly)):
            if limits and None not in limits and limits[0] > limits[1]:  # type: ignore[operator]
                raise ValueError(f"{name}: the lower limit is above the upper one")
        if self.partly and not (_covers(self.partly, self.met)):
            raise ValueError("partly must reach at least as far as met on both sides")
        return self


class FaultsCheck(_Check):
    """How many certain faults are allowed. Faults that are not certain make it unsure."""

    kind: Literal["faults"]
    met_up_to: int = Field(0, ge=0)
    partly_up_to: int = Field(0, ge=0)

    @model_validator(mode="after")
    def _limits_are_in_order(self) -> FaultsCheck:
        if self.partly_up_to and self.partly_up_to < self.met_up_to:
            raise ValueError("partly_up_to must not be below met_up_to")
        return self


class ElementsCheck(_Check):
    """Parts that belong together, by weight; the score is the share of the weight that was found.

    Parts that could not be looked for leave the denominator.
    """

    kind: Literal["elements"]
    weights: dict[str, float] = Field(min_length=1)
    met_from: float = Field(1.0, gt=0, le=1, description="share of the weight from which it is met")
    partly_from: float = Field(0.5, ge=0, le=1, description="share from which it is partly met")
    where: Literal["opening", "ending", "call"] = Field(description="where the words would have been said")
    where_seconds: float = Field(20.0, gt=0, description="how much of the opening or the ending that is")
    partly_when: str | None = Field(
        None, description="a component: where it is true the check is partly met at best"
    )

    @model_validator(mode="after")
    def _weights_are_sound(self) -> ElementsCheck:
        if any(weight < 0 for weight in self.weights.values()) or not sum(self.weights.values()):
            raise ValueError("weights: must not be negative, and not all zero")
        if self.partly_from > self.met_from:
            raise ValueError("partly_from must not be above met_from")
        return self


Check = Annotated[BandCheck | FaultsCheck | ElementsCheck, Field(discriminator="kind")]
Condition = Literal["recording_cut", "customer_hung_up", "no_customer_words"]


class Criterion(_Part):
    """One criterion: the worst of its checks is its verdict."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    weight: float = Field(ge=0)
    checks: tuple[Check, ...] = Field(min_length=1)
    not_applicable_when: tuple[Condition, ...] = ()

    @property
    def critical(self) -> bool:
        """Whether one of its checks is."""
        return any(check.critical for check in self.checks)


class Rubric(_Part):
    """A whole rubric. Seconds and shares are those of the agent's speech."""

    id: str = Field(min_length=1)
    version: str = Field(min_length=1)
    language: Literal["zh", "en"]
    title: str = ""
    critical_cap: float = Field(60.0, ge=0, le=100, description="a critical fault caps the score here")
    partly_score: float = Field(0.5, ge=0, le=1, description="what partly met is worth")
    min_agent_seconds: float = Field(5.0, ge=0, description="less speech carries no judgement")
    min_agent_syllables: int = Field(20, ge=0, description="fewer syllables (words) carry no judgement")
    max_untranscribed_share: float = Field(
        0.15, ge=0, le=1, description="more speech without words is noted, and absence proves nothing"
    )
    criteria: tuple[Criterion, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _criteria_are_sound(self) -> Rubric:
        twice = [name for name, count in Counter(item.id for item in self.criteria).items() if count > 1]
        if twice:
            raise ValueError(f"criteria: {', '.join(twice)} stands there more than once")
        if not sum(item.weight for item in self.criteria):
            raise ValueError("criteria: the weights are all zero")
        return self

    @property
    def ref(self) -> RubricRef:
        """What a scorecard says it was made with."""
        return RubricRef(self.id, self.version)

    @property
    def digest(self) -> str:
        """Changes when anything in the rubric does."""
        text = json.dumps(self.model_dump(mode="json"), ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:12]


def _covers(outer: Limits, inner: Limits) -> bool:
    low = outer[0] is None or (inner[0] is not None and outer[0] <= inner[0])
    high = outer[1] is None or (inner[1] is not None and outer[1] >= inner[1])
    return low and high


def shipped_rubrics() -> tuple[str, ...]:
    """Names of the rubrics that come with callqa."""
    return tuple(sorted(path.name.removesuffix(".yaml") for path in SHIPPED.glob("*.yaml")))


def default_rubric(language: str) -> Rubric:
    """The shipped rubric of a language, ``zh`` or ``en``."""
    return load_rubric(f"telecom.{language}")


def load_rubric(source: str | Path) -> Rubric:
    """A rubric by the name of a shipped one or by its path.

    Raises `UsageError` where there is none, `InvalidFileError` listing every mistake.
    """
    path = Path(source)
    if isinstance(source, str) and source in shipped_rubrics():
        path = SHIPPED / f"{source}.yaml"
    elif not path.exists():
        raise UsageError(
            f"There is no rubric {source}.",
            f"Give a file, or one of {', '.join(shipped_rubrics())}.",
        )
    try:
        raw: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InvalidFileError(f"{path} cannot be read: {error.strerror}.", "Check the path.") from error
    except UnicodeDecodeError as error:
        raise InvalidFileError(f"{path} is no UTF-8 text.", "Save it as UTF-8.") from error
    except yaml.YAMLError as error:
        problem = " ".join(str(error).split())
        raise InvalidFileError(f"{path} is no valid YAML.", "Mend the line it names.", (problem,)) from error
    try:
        return Rubric.model_validate(raw)
    except ValidationError as error:
        raise InvalidFileError(
            f"The rubric {path} has mistakes:", "", tuple(describe_problems(error))
        ) from error
