"""What of the detected speech has words, and what has not."""

from __future__ import annotations

from collections.abc import Sequence

from callqa.data import Coverage, RemovedText, TimeSpan, Turn, Utterance, merge_spans, subtract

WORD_REACH = 0.3  # seconds a word's time may be off
BRIDGED = 1.0  # seconds between words that need no listing: attention's times have such holes


def untranscribed_of(turn: TimeSpan, words: Sequence[TimeSpan]) -> tuple[TimeSpan, ...]:
    """Parts of one turn that no word covers."""
    if not words:
        return (turn,)
    reached = [TimeSpan(max(0.0, span.start - WORD_REACH), span.end + WORD_REACH) for span in words]
    gaps = subtract([turn], merge_spans(reached, BRIDGED))
    return tuple(gap for gap in gaps if gap.duration >= BRIDGED - 2 * WORD_REACH)


def measure_coverage(
    turns: Sequence[Turn], utterances: Sequence[Utterance], removed: Sequence[RemovedText]
) -> Coverage:
    """Coverage of all `turns`; seconds of overlapping speech count once for each speaker."""
    spoken = {(item.start, item.end, item.speaker, item.channel): item for item in utterances}
    listed: list[TimeSpan] = []
    for turn in turns:
        utterance = spoken.get((turn.start, turn.end, turn.speaker, turn.channel))
        words = [TimeSpan(word.start, word.end) for word in utterance.words] if utterance else []
        listed.extend(untranscribed_of(turn.span, words))
    listed.sort()
    return Coverage(
        speech_seconds=sum(turn.duration for turn in turns),
        untranscribed_seconds=sum(span.duration for span in listed),
        untranscribed=tuple(listed),
        removed=tuple(sorted(removed, key=lambda item: item.start)),
    )
