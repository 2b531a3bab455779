"""When a difference is worth advice, and how long what is looked at: the numbers of coaching."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from callqa.coaching.results import CERTAIN, DEFAULT_MIN_CALLS
from callqa.errors import InvalidFileError
from callqa.yamlfile import read_yaml, shape_problems

Share = Annotated[float, Field(gt=0, lt=1)]


class CoachingRules(BaseModel):
    """Everything here is a choice; docs/coaching.md says what each rests on."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    min_calls: int = Field(
        DEFAULT_MIN_CALLS, ge=2, description="an agent with fewer calls is not ranked or advised"
    )
    advise_below: Share = Field(
        0.01, description="corrected p below which a behaviour is advised on: advice is to be right"
    )
    certain_below: Share = Field(
        CERTAIN, description="p below which calls before and after coaching certainly differ"
    )
    min_gap: Share = Field(0.15, description="smaller gaps to the team or the target are not advised on")
    max_advice: int = Field(3, ge=1, le=5, description="behaviours an agent is advised on at a time")
    max_moments: int = Field(3, ge=1, le=10, description="moments to work on for each behaviour")
    target: Share | None = Field(0.7, description="level that every behaviour should reach; null for none")
    targets: dict[str, Share | None] = Field(
        default_factory=dict, description="targets of single behaviours, in place of `target`"
    )
    window_days: int = Field(30, ge=1, description="calls this long before and after coaching are compared")
    min_calls_each_side: int = Field(
        5, ge=2, description="judged calls that it takes before and after coaching to compare them"
    )
    follow_up_days: int = Field(14, ge=1, description="a follow-up is due this long after coaching")

    def target_of(self, criterion: str) -> float | None:
        """The level that a criterion should reach, None where there is none."""
        return self.targets.get(criterion, self.target)


def load_rules(path: Path | None) -> CoachingRules:
    """Rules from a YAML file, the defaults without one. Raises `InvalidFileError` with every mistake."""
    if path is None:
        return CoachingRules()
    file = read_yaml(path)
    problems = list(file.repeated)
    try:
        rules = CoachingRules.model_validate({} if file.content is None else file.content)
    except ValidationError as error:
        problems += shape_problems(file, error, {"": CoachingRules.model_fields})
    if problems:
        raise InvalidFileError(
            f"{path} has mistakes:",
            "docs/coaching.md lists what can stand in it.",
            tuple(str(item) for item in sorted(problems)),
        )
    return rules
