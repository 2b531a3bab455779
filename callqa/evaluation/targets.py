"""What has to hold on the calls of each group, and whether it does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from callqa.evaluation.compare import Comparison
from callqa.evaluation.summary import Figure, pool
from callqa.evaluation.truth import LEAKING, MAIN, SEPARATE

MAX_TEXT_ERROR = {"written": 0.10, "spontaneous": 0.16}
MAX_OF_STOCK = 0.75
_TEXTS = ("text error", "text error, in order of time")

# Figure, limit, and whether it is one from above.
_MAIN: tuple[tuple[str, float, bool], ...] = (
    ("roles wrong", 0.01, True),
    ("roles uncertain", 0.05, True),
    ("DER, collar 0.25", 0.06, True),
    ("talk share, mean error", 0.02, True),
    ("talk share, worst error", 0.06, True),
    ("speech lost", 0.005, True),
    ("invented per hour", 1.0, True),
    ("greeting F1", 0.97, False),
    ("jargon F1", 0.9, False),
    ("forbidden recall", 0.93, False),
    ("forbidden precision", 0.97, False),
    ("agent interruption F1", 0.85, False),
    ("speaking rate within 5 %", 0.95, False),
)
_TWO_CHANNELS: tuple[tuple[str, float, bool], ...] = (
    ("talk share, worst error", 0.02, True),
    ("roles right", 1.0, False),
)


@dataclass(frozen=True, slots=True)
class Target:
    """What has to hold, and what was found; `met` is None where there was nothing to tell by."""

    name: str
    found: str
    met: bool | None


def check_targets(
    calls: Sequence[Comparison], stock: Mapping[str, Sequence[Comparison]] | None = None
) -> list[Target]:
    """The project's accuracy targets on these calls, those against the plain tools where their
    results on the same calls are given. Groups that no call is in have no targets."""
    targets = []
    main = [call for call in calls if call.group == MAIN]
    if main:
        targets += _limits(main, _MAIN, "Mandarin, one channel")
        for wording, limit in MAX_TEXT_ERROR.items():
            chosen = [call for call in main if call.wording == wording]
            if not chosen:
                continue
            targets += _limits(chosen, (("text error", limit, True),), f"{wording} wording")
            if stock:
                targets.append(_against_stock(chosen, stock, wording))
    two = [call for call in calls if call.group in (LEAKING, SEPARATE)]
    if two:
        targets += _limits(two, _TWO_CHANNELS, "Mandarin, two channels")
    return targets


def show_value(figure: Figure) -> str:
    """A figure's value as people read it."""
    return show_number(figure.value, figure.kind)


def show_number(value: float | None, kind: str) -> str:
    """A share in percent, a number as it is, ``-`` where there is none."""
    if value is None:
        return "-"
    if kind == "share":
        return f"{value:.1%}"
    return f"{value:.3g}" if value >= 1 or not value else f"{value:.3f}"


def _limits(
    calls: Sequence[Comparison], limits: Sequence[tuple[str, float, bool]], where: str
) -> list[Target]:
    figures = {figure.name: figure for figure in pool(calls)}
    targets = []
    for name, limit, is_most in limits:
        figure = figures[name]
        wording = f"{where}: {name.strip()} {'at most' if is_most else 'at least'} "
        met = None if figure.value is None else (figure.value <= limit if is_most else figure.value >= limit)
        targets.append(Target(wording + show_number(limit, figure.kind), show_value(figure), met))
    return targets


def _against_stock(
    calls: Sequence[Comparison], stock: Mapping[str, Sequence[Comparison]], wording: str
) -> Target:
    """Both by each party's words and by all words in the order of time: the first charges the
    plain tools with their speakers, the second does not; the larger ratio counts."""
    ids = {call.id for call in calls}
    ratios = []
    for name in _TEXTS:
        own = _value(calls, name)
        others = [
            value
            for theirs in stock.values()
            if (value := _value([call for call in theirs if call.id in ids], name)) is not None
        ]
        if own is not None and others and min(others) > 0:
            ratios.append(own / min(others))
    title = f"{wording} wording: text error at most {MAX_OF_STOCK:g} of the better plain way's"
    if not ratios:
        return Target(title, "-", None)
    shown = " by party, ".join(f"{ratio:.2f}" for ratio in ratios) + " in order of time"
    return Target(title, shown, max(ratios) <= MAX_OF_STOCK)


def _value(calls: Sequence[Comparison], name: str) -> float | None:
    return next(figure.value for figure in pool(calls) if figure.name == name)
