"""A band's limits: where a number falls, and which round limits tell two numbers apart."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_MAX_CANDIDATES = 40


@dataclass(frozen=True, slots=True)
class Band:
    """Limits as a rubric's band check has them: all included, None where there is none."""

    met_low: float | None
    met_high: float | None
    partly_low: float | None
    partly_high: float | None
    has_partly: bool = True

    def zones(self, values: Floats) -> NDArray[np.int_]:
        """0 where a number is met, 1 where partly met, 2 where neither."""
        outside = np.where(_within(values, self.partly_low, self.partly_high), 1, 2)
        if not self.has_partly:
            outside = np.full(len(values), 2)
        found: NDArray[np.int_] = np.where(_within(values, self.met_low, self.met_high), 0, outside)
        return found

    def zone(self, value: float) -> int:
        """0 where this number is met, 1 where partly met, 2 where neither."""
        return int(self.zones(np.array([value]))[0])

    @property
    def is_ordered(self) -> bool:
        """Whether what is met lies within what is partly met, and something can be met."""
        low, high = _or(self.met_low, -math.inf), _or(self.met_high, math.inf)
        if not self.has_partly:
            return low <= high
        return _or(self.partly_low, -math.inf) <= low <= high <= _or(self.partly_high, math.inf)

    def as_yaml(self) -> str:
        """The limits as a rubric's lines have them.

        >>> print(Band(180, 360, 150, None).as_yaml())
        met: [180, 360]
        partly: [150, null]
        """
        lines = [f"met: {_pair(self.met_low, self.met_high)}"]
        if self.has_partly:
            lines.append(f"partly: {_pair(self.partly_low, self.partly_high)}")
        return "\n".join(lines)


def limit_candidates(values: Floats, present: float | None, side: str) -> list[float | None]:
    """Limits worth trying for one end of a band, the present one among them: a round one between
    each two neighbouring numbers (of many, some), and one that lets all of them in."""
    if present is None:
        return [None]
    known = np.unique(values)
    lows, highs = known[:-1], known[1:]
    if len(lows) > _MAX_CANDIDATES:
        # One for each so many gaps: the more to choose from, the rounder.
        edges = np.linspace(0, len(known) - 1, _MAX_CANDIDATES + 1).astype(int)
        lows, highs = known[edges[:-1]], known[edges[1:]]
    # All limits are included: an upper one may be the smaller number itself, a lower one the larger.
    found = {
        round_between(float(low), float(high), include_low=side == "high")
        for low, high in zip(lows, highs, strict=True)
    }
    found.add(_letting_in(float(known[-1] if side == "high" else known[0]), side))
    return [*sorted({*found, float(present)})]


def _letting_in(outermost: float, side: str) -> float:
    """A round limit just beyond the outermost number, itself where it is whole."""
    if outermost.is_integer():
        return outermost
    room = 0.05 * abs(outermost)
    if side == "high":
        return round_between(outermost, outermost + room, include_low=True)
    return round_between(outermost - room, outermost, include_low=False)


def round_between(low: float, high: float, *, include_low: bool) -> float:
    """The roundest number from `low` to `high`, one of which is excluded; the one nearest to the
    middle where several are as round.

    >>> round_between(341.2, 368.9, include_low=True), round_between(1, 2, include_low=True)
    (350.0, 1.0)
    """
    middle = (low + high) / 2
    exponent = math.ceil(math.log10(max(abs(low), abs(high), 1e-9)))
    for power in range(exponent, exponent - 12, -1):
        for step in (10.0**power, 5 * 10.0 ** (power - 1), 2 * 10.0 ** (power - 1)):
            nearest = round(middle / step) * step
            found = [
                round(number, 12)
                for number in (nearest, math.floor(low / step) * step, math.ceil(high / step) * step)
                if (low <= number < high if include_low else low < number <= high)
            ]
            if found:
                return min(found, key=lambda number: abs(number - middle))
    return low if include_low else high


def _within(values: Floats, low: float | None, high: float | None) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = (values >= _or(low, -math.inf)) & (values <= _or(high, math.inf))
    return found


def _or(limit: float | None, otherwise: float) -> float:
    return otherwise if limit is None else limit


def _pair(low: float | None, high: float | None) -> str:
    return f"[{', '.join('null' if limit is None else f'{limit:g}' for limit in (low, high))}]"
