"""Small charts as inline SVG: a look is quicker than a table, and the table stands beside them."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from markupsafe import Markup

_WIDTH, _HEIGHT, _EDGE = 132, 30, 4
_BIG_WIDTH, _BIG_HEIGHT = 300, 120
_LEFT, _RIGHT, _TOP, _BOTTOM = 38, 8, 10, 22
_LINE = "#1f5fa8"
_BAND = "#d6e4f5"

Step = tuple[str, float | None, float | None, float | None]
"""A step's name, its level (0-1) and the ends of its interval."""


def sparkline(steps: Sequence[Step], title: str) -> Markup:
    """A line of levels from 0 to 1; "" where fewer than two are known."""
    points = [(place, value) for place, (_, value, _, _) in enumerate(steps) if value is not None]
    if len(points) < 2:
        return Markup("")
    across = (_WIDTH - 2 * _EDGE) / max(1, len(steps) - 1)
    places = [
        (_EDGE + place * across, _EDGE + (1 - value) * (_HEIGHT - 2 * _EDGE)) for place, value in points
    ]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    x, y = places[-1]
    right, bottom = _WIDTH - _EDGE, _HEIGHT - _EDGE
    return Markup(
        f'<svg class="spark" role="img" aria-label={_described(steps, title)} '
        f'viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}">'
        f'<line x1="{_EDGE}" x2="{right}" y1="{_EDGE}" y2="{_EDGE}" stroke="#ccc"/>'
        f'<line x1="{_EDGE}" x2="{right}" y1="{bottom}" y2="{bottom}" stroke="#ccc"/>'
        f'<polyline points="{line}" fill="none" stroke="{_LINE}" stroke-width="2"/>'
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.2" fill="{_LINE}"/></svg>'
    )


def trend(steps: Sequence[Step], title: str) -> Markup:
    """Levels from 0 to 100 % with their intervals, the first and the last step named; "" without any."""
    known = [(place, *step[1:]) for place, step in enumerate(steps) if step[1] is not None]
    if not known:
        return Markup("")
    inner_width, inner_height = _BIG_WIDTH - _LEFT - _RIGHT, _BIG_HEIGHT - _TOP - _BOTTOM
    across = inner_width / max(1, len(steps) - 1)

    def place_of(step: int, level: float) -> str:
        return f"{_LEFT + step * across:.1f},{_TOP + (1 - level) * inner_height:.1f}"

    parts = []
    for share in (0.0, 0.5, 1.0):
        y = _TOP + (1 - share) * inner_height
        parts.append(
            f'<line x1="{_LEFT}" x2="{_BIG_WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ddd"/>'
            f'<text x="{_LEFT - 5}" y="{y + 4:.1f}" text-anchor="end">{100 * share:.0f} %</text>'
        )
    upper = [place_of(at, high) for at, _, _, high in known if high is not None]
    lower = [place_of(at, low) for at, _, low, _ in known if low is not None]
    if len(known) > 1:
        parts.append(f'<polygon points="{" ".join(upper + lower[::-1])}" fill="{_BAND}"/>')
        line = " ".join(place_of(at, level or 0.0) for at, level, _, _ in known)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{_LINE}" stroke-width="2"/>')
    for at, level, _, _ in known:
        x, y_text = place_of(at, level or 0.0).split(",")
        parts.append(f'<circle cx="{x}" cy="{y_text}" r="3" fill="{_LINE}"/>')
    ends = [(_LEFT, "start", steps[0][0])]
    if len(steps) > 1:
        ends.append((_BIG_WIDTH - _RIGHT, "end", steps[-1][0]))
    for end_x, anchor, name in ends:
        parts.append(f'<text x="{end_x}" y="{_BIG_HEIGHT - 6}" text-anchor="{anchor}">{escape(name)}</text>')
    return Markup(
        f'<svg class="trend" role="img" aria-label={_described(steps, title)} '
        f'viewBox="0 0 {_BIG_WIDTH} {_BIG_HEIGHT}">{"".join(parts)}</svg>'
    )


def _described(steps: Sequence[Step], title: str) -> str:
    """The chart in words, for who cannot see it."""
    values = ", ".join(f"{name} {100 * level:.0f} %" for name, level, _, _ in steps if level is not None)
    return quoteattr(f"{title}: {values}")
