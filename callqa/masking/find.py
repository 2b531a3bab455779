"""Personal data in a call: where it is written, and when it is said."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from callqa.config import MaskingSettings
from callqa.data import TimeSpan, Utterance
from callqa.masking.addresses import find_addresses
from callqa.masking.kinds import Found, Kind, Masked
from callqa.masking.names import find_names
from callqa.masking.numbers import find_numbers
from callqa.masking.written import find_written, with_check_letter

# Where two kinds claim the same characters, the one earlier here is meant; the span is that of both.
_RANK = (
    Kind.EMAIL,
    Kind.PLATE,
    Kind.ADDRESS,
    Kind.ID,
    Kind.CARD,
    Kind.CODE,
    Kind.PHONE,
    Kind.NUMBER,
    Kind.NAME,
)


def find_personal_data(
    utterances: Sequence[Utterance], language: str, settings: MaskingSettings | None = None
) -> tuple[Masked, ...]:
    """Everything personal that is said in a call, in the order of its utterances.

    `utterances` are all of the call's, in time order: a number may be said over several of them.
    Roles are read where they are known: an agent's own name and number are no personal data of a
    customer's. Spans of one utterance do not overlap.
    """
    settings = settings or MaskingSettings()
    texts = [item.text for item in utterances]
    roles = [item.role for item in utterances]
    numbers = find_numbers(texts, language, settings.keep_last_four)
    rows = zip(
        numbers,
        find_names(texts, roles, language),
        find_addresses(texts, language),
        find_written(texts, language),
        strict=True,
    )
    found: list[Masked] = []
    for i, row in enumerate(rows):
        pieces = [with_check_letter(texts[i], piece) for part in row for piece in part]
        for piece in _merged(pieces):
            span = utterances[i].span_between(piece.first_char, piece.end_char)
            wide = TimeSpan(max(0.0, span.start - settings.margin), span.end + settings.margin)
            found.append(Masked(piece.kind, i, piece.first_char, piece.end_char, wide, piece.certainty))
    return tuple(found)


def _merged(pieces: Iterable[Found]) -> list[Found]:
    """Pieces that overlap become one."""
    merged: list[Found] = []
    for piece in sorted(pieces, key=lambda item: (item.first_char, -item.end_char)):
        if merged and piece.overlaps(merged[-1]):
            last = merged[-1]
            kind = min(last.kind, piece.kind, key=_RANK.index)
            end = max(last.end_char, piece.end_char)
            merged[-1] = Found(kind, last.first_char, end, max(last.certainty, piece.certainty))
        else:
            merged.append(piece)
    return merged
