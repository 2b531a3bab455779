"""Personal data in what is said: found, and hidden in what is shown and exported."""

from callqa.masking.apply import (
    mask_analysis,
    mask_document,
    mask_quote,
    mask_text,
    mask_utterance,
    spans_of,
)
from callqa.masking.find import find_personal_data
from callqa.masking.kinds import Kind, Masked, label

__all__ = [
    "Kind",
    "Masked",
    "find_personal_data",
    "label",
    "mask_analysis",
    "mask_document",
    "mask_quote",
    "mask_text",
    "mask_utterance",
    "spans_of",
]
