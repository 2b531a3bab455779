"""How numbers, times and days are written in reports."""

from __future__ import annotations

from datetime import date, datetime

from callqa.coaching.levels import Level
from callqa.coaching.results import Period
from callqa.data import Verdict
from callqa.reports.texts import Texts

BEHAVIOURS = ("greeting", "pace", "politeness", "listening", "jargon")
LOW_COVERAGE = 0.15
"""Share of speech without words above which a call says so."""
MARKS = {
    Verdict.MET: "✓",
    Verdict.PARTLY_MET: "△",
    Verdict.NOT_MET: "✗",
    Verdict.UNSURE: "?",
    Verdict.NOT_APPLICABLE: "–",
}
"""Signs that tell verdicts apart without colour."""
_NO_VALUE = "–"


def clock(seconds: float) -> str:
    """A time in the recording, to the second.

    >>> clock(75.9), clock(3725)
    ('1:15', '1:02:05')
    """
    whole = int(seconds)
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def percent(share: float | None) -> str:
    """A share of 1 in percent, a dash where there is none.

    >>> percent(0.825), percent(None)
    ('82 %', '–')
    """
    return _NO_VALUE if share is None else f"{100 * share:.0f} %"


def number(value: float | None, digits: int = 1) -> str:
    """A number with so many digits after the point, a dash where there is none."""
    return _NO_VALUE if value is None else f"{value:.{digits}f}"


def interval(level: Level) -> str:
    """The 95 % interval of a level, in percent."""
    if level.low is None or level.high is None:
        return _NO_VALUE
    return f"{100 * level.low:.0f}–{100 * level.high:.0f}"


def moment_of(text: str | None) -> datetime | None:
    """When something was, from ISO 8601 and without its zone (sheets know none); None where that is
    not known."""
    try:
        return datetime.fromisoformat(text or "").replace(tzinfo=None)
    except ValueError:
        return None


def when(text: str | None) -> str:
    """Day and minute for people, a dash where it is not known.

    >>> when("2025-03-04T09:15:20"), when(None)
    ('2025-03-04 09:15', '–')
    """
    moment = moment_of(text)
    return _NO_VALUE if moment is None else f"{moment:%Y-%m-%d %H:%M}"


def period_words(period: Period | None, texts: Texts) -> str:
    """A period, its last day included."""
    if period is None:
        return texts("all_calls")
    last = date.fromordinal(period.end.toordinal() - 1)
    if last == period.start:
        return str(last)
    return texts("from_to", start=period.start, end=last)


def person(name: str | None, number: str | None) -> str:
    """An agent's name and number, as far as they are known, "" where neither is."""
    if name and number and name != number:
        return f"{name} ({number})"
    return name or number or ""
