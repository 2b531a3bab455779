"""Rubrics and scorecards."""

from callqa.scoring.rubric import Criterion, Rubric, default_rubric, load_rubric, shipped_rubrics
from callqa.scoring.scorer import score_call

__all__ = ["Criterion", "Rubric", "default_rubric", "load_rubric", "score_call", "shipped_rubrics"]
