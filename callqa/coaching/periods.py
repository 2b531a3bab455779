"""Periods as people write them."""

from __future__ import annotations

import re
from datetime import date, timedelta

from callqa.coaching.results import Period
from callqa.errors import UsageError

_HINT = "Write day, week, month, 2025-03-04, 2025-W11, 2025-03, 2025-Q1 or 2025; or --from DAY --to DAY."
_MONTHS_OF_A_YEAR = 12


def parse_period(text: str, latest: date | None) -> Period:
    """The period that a word means.

    ``day``, ``week`` (from Monday) and ``month`` are those that hold `latest`, the day of the newest
    stored call; the others name theirs: a day, an ISO week, a month, a quarter, a year.

    >>> parse_period("2025-W11", None)
    Period(start=datetime.date(2025, 3, 10), end=datetime.date(2025, 3, 17))

    Raises `UsageError` where it means none.
    """
    if text in ("day", "week", "month"):
        if latest is None:
            raise UsageError(f"there is no {text}: no stored call has a time.", "Leave the period out.")
        start = {
            "day": latest,
            "week": latest - timedelta(days=latest.weekday()),
            "month": latest.replace(day=1),
        }[text]
        return Period(start, _after(start, text))
    try:
        if found := re.fullmatch(r"(\d{4})-[Ww](\d{1,2})", text):
            start = date.fromisocalendar(int(found[1]), int(found[2]), 1)
            return Period(start, _after(start, "week"))
        if found := re.fullmatch(r"(\d{4})-(\d{1,2})", text):
            start = date(int(found[1]), int(found[2]), 1)
            return Period(start, _after(start, "month"))
        if found := re.fullmatch(r"(\d{4})-[Qq]([1-4])", text):
            start = date(int(found[1]), 3 * int(found[2]) - 2, 1)
            return Period(start, _months_after(start, 3))
        if re.fullmatch(r"\d{4}", text):
            start = date(int(text), 1, 1)
            return Period(start, _months_after(start, _MONTHS_OF_A_YEAR))
        start = date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{text!r} is no period.", _HINT) from error
    return Period(start, _after(start, "day"))


def parse_day(text: str, option: str) -> date:
    """A day, ISO 8601. Raises `UsageError` that names the option it was given for."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{option} {text!r} is no day.", "Write it like 2025-03-04.") from error


def choose_period(
    word: str | None, first: str | None, last: str | None, days: tuple[date, date] | None
) -> Period | None:
    """The period that options ask for, None where they ask for none: everything counts then.

    `first` and `last` are days, both of them in the period; `days` are those of the oldest and the
    newest stored call. Raises `UsageError` where they contradict each other.
    """
    if word is not None:
        if first is not None or last is not None:
            raise UsageError("--period and --from or --to exclude each other.", _HINT)
        return parse_period(word, days[1] if days else None)
    if first is None and last is None:
        return None
    oldest, newest = days or (date.today(), date.today())
    start = oldest if first is None else parse_day(first, "--from")
    end = newest if last is None else parse_day(last, "--to")
    if end < start:
        raise UsageError(f"the period would end ({end}) before it begins ({start}).", _HINT)
    return Period(start, end + timedelta(days=1))


def _after(start: date, kind: str) -> date:
    if kind == "month":
        return _months_after(start, 1)
    return start + timedelta(days=1 if kind == "day" else 7)


def _months_after(start: date, num_months: int) -> date:
    years, month = divmod(start.month - 1 + num_months, _MONTHS_OF_A_YEAR)
    return date(start.year + years, month + 1, start.day)
