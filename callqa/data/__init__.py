"""The frozen values that travel through the pipeline.

Times are seconds from the recording's start, spans half-open ``[start, end)``. Shares and
probabilities are 0-1. A missing thing is ``None``, never 0, "" or "None".
"""

from callqa.data.analysis import CallAnalysis, CallFacts, Provenance
from callqa.data.measures import Evidence, Measure, MeasureValue
from callqa.data.recording import CallRequest, Recording
from callqa.data.scorecard import CriterionResult, RubricRef, Scorecard, Verdict
from callqa.data.spans import TimeSpan, intersect, merge_spans, subtract, total_duration
from callqa.data.transcript import Coverage, RemovedText, Utterance, Word
from callqa.data.turns import Role, Roles, ToneWindow, Turn, TurnAcoustics
from callqa.data.voices import AgentVoice, SpeakerVoice
from callqa.data.wording import FAULTS, TAGS, WORDING_CLASSES, TaggedPiece, UtteranceClass

__all__ = [
    "FAULTS",
    "TAGS",
    "WORDING_CLASSES",
    "AgentVoice",
    "CallAnalysis",
    "CallFacts",
    "CallRequest",
    "Coverage",
    "CriterionResult",
    "Evidence",
    "Measure",
    "MeasureValue",
    "Provenance",
    "Recording",
    "RemovedText",
    "Role",
    "Roles",
    "RubricRef",
    "Scorecard",
    "SpeakerVoice",
    "TaggedPiece",
    "TimeSpan",
    "ToneWindow",
    "Turn",
    "TurnAcoustics",
    "Utterance",
    "UtteranceClass",
    "Verdict",
    "Word",
    "intersect",
    "merge_spans",
    "subtract",
    "total_duration",
]
