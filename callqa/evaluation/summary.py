"""Many comparisons as pooled figures with intervals, held against the targets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from callqa.evaluation.compare import Comparison
from callqa.evaluation.counts import Found, SpeakerErrors, TextErrors, interval

Statistic = Callable[[Sequence[Comparison]], float | None]

MAX_UNCERTAIN_ROLES = 1
MAX_TALK_SHARE_ERROR = 0.03
MAX_RATE_ERROR = 0.08
MIN_GREETING_F1 = 0.95
MIN_FORBIDDEN_RECALL = 0.9
MIN_JARGON_RECALL = 0.85
MIN_JARGON_PRECISION = 0.9
MAX_TEXT_ERROR = 0.10
MAX_TEXT_ERROR_OF_A_CALL = 0.20


@dataclass(frozen=True, slots=True)
class Figure:
    """One pooled number. `low` and `high` bound it in 95 % of bootstrap draws over calls."""

    name: str
    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """What has to hold, and what was found. `missed_by` names the calls that break it."""

    name: str
    found: str
    met: bool
    missed_by: tuple[str, ...] = ()


def _pooled_text(calls: Sequence[Comparison]) -> float | None:
    return TextErrors.sum_of(call.text for call in calls).rate


def _pooled_text_in_time(calls: Sequence[Comparison]) -> float | None:
    return TextErrors.sum_of(call.text_in_time for call in calls).rate


def _found(name: str, what: str) -> Statistic:
    def statistic(calls: Sequence[Comparison]) -> float | None:
        value: float | None = getattr(Found.sum_of(getattr(call, name) for call in calls), what)
        return value

    return statistic


def _mean_abs(name: str) -> Statistic:
    def statistic(calls: Sequence[Comparison]) -> float | None:
        values = [abs(value) for call in calls if (value := getattr(call, name)) is not None]
        return sum(values) / len(values) if values else None

    return statistic


def _der(collar: str, part: str | None = None) -> Statistic:
    def statistic(calls: Sequence[Comparison]) -> float | None:
        pooled = SpeakerErrors.sum_of(call.speakers[collar] for call in calls)
        if part is None or not pooled.total:
            return pooled.rate
        return float(getattr(pooled, part)) / pooled.total

    return statistic


def _roles(result: str) -> Statistic:
    return lambda calls: sum(call.roles == result for call in calls) / len(calls) if calls else None


FIGURES: dict[str, Statistic] = {
    "roles right": _roles("right"),
    "roles wrong": _roles("wrong"),
    "talk share, mean error": _mean_abs("talk_share_error"),
    "speaking rate, mean error": _mean_abs("rate_error"),
    "greeting precision": _found("greeting", "precision"),
    "greeting recall": _found("greeting", "recall"),
    "greeting F1": _found("greeting", "f1"),
    "forbidden recall": _found("forbidden", "recall"),
    "forbidden precision": _found("forbidden", "precision"),
    "jargon recall, right status": _found("jargon", "recall"),
    "jargon precision, right status": _found("jargon", "precision"),
    "jargon recall, any status": _found("jargon_any_status", "recall"),
    "jargon precision, any status": _found("jargon_any_status", "precision"),
    "interruption precision": _found("interruptions", "precision"),
    "interruption recall": _found("interruptions", "recall"),
    "interruption F1": _found("interruptions", "f1"),
    "text error": _pooled_text,
    "text error, in order of time": _pooled_text_in_time,
    "DER, collar 0": _der("0"),
    "  missed": _der("0", "missed"),
    "  false alarm": _der("0", "false_alarm"),
    "  confusion": _der("0", "confusion"),
    "DER, collar 0.25": _der("0.25"),
}


def pool(calls: Sequence[Comparison]) -> list[Figure]:
    """All figures over these calls: of summed counts and seconds, not means of calls' ratios,
    but for the two mean errors."""
    figures = []
    for name, statistic in FIGURES.items():
        bounds = interval(calls, statistic)
        low, high = bounds if bounds else (None, None)
        figures.append(Figure(name, statistic(calls), low, high))
    return figures


def check_targets(calls: Sequence[Comparison]) -> list[Target]:
    """The project's accuracy targets on these calls. A number that callqa did not give, because
    roles are uncertain, breaks no target but that of roles."""
    wrong = [call.id for call in calls if call.roles == "wrong"]
    uncertain = [call.id for call in calls if call.roles == "uncertain"]
    alarmed = [call.id for call in calls if call.polite_false_alarms]
    uncovered = [call.id for call in calls if call.uncovered]
    garbled = [call.id for call in calls if (call.text.rate or 0) > MAX_TEXT_ERROR_OF_A_CALL]
    return [
        Target("no role wrong", f"{len(wrong)}", not wrong, tuple(wrong)),
        Target(
            f"roles uncertain in at most {MAX_UNCERTAIN_ROLES} call",
            f"{len(uncertain)}",
            len(uncertain) <= MAX_UNCERTAIN_ROLES,
            tuple(uncertain),
        ),
        _each(
            calls, "talk_share_error", MAX_TALK_SHARE_ERROR, "talk share of every call within 0.03", "{:.3f}"
        ),
        _each(calls, "rate_error", MAX_RATE_ERROR, "speaking rate of every call within 8 %", "{:.1%}"),
        _at_least(calls, "greeting F1", MIN_GREETING_F1),
        _at_least(calls, "forbidden recall", MIN_FORBIDDEN_RECALL),
        Target(
            "no forbidden phrase found in a polite call",
            f"{sum(call.polite_false_alarms for call in calls)}",
            not alarmed,
            tuple(alarmed),
        ),
        _at_least(calls, "jargon recall, right status", MIN_JARGON_RECALL),
        _at_least(calls, "jargon precision, right status", MIN_JARGON_PRECISION),
        Target(
            "text error over all calls at most 10 %",
            _percent(_pooled_text(calls)),
            (_pooled_text(calls) or 0) <= MAX_TEXT_ERROR,
        ),
        Target(
            "text error of no call over 20 %",
            _percent(max((call.text.rate or 0 for call in calls), default=None)),
            not garbled,
            tuple(garbled),
        ),
        Target(
            "every turn over 1 s has words or is listed as untranscribed",
            f"{sum(len(call.uncovered) for call in calls)} without",
            not uncovered,
            tuple(uncovered),
        ),
    ]


def _each(calls: Sequence[Comparison], name: str, limit: float, wording: str, pattern: str) -> Target:
    values = {call.id: abs(value) for call in calls if (value := getattr(call, name)) is not None}
    worst = max(values.values(), default=0.0)
    broken = tuple(call for call, value in values.items() if value > limit)
    # A call whose roles are certain has to have the number.
    lacking = tuple(call.id for call in calls if call.roles != "uncertain" and call.id not in values)
    found = "worst " + pattern.format(worst) + (f", {len(lacking)} without a number" if lacking else "")
    return Target(wording, found, not broken and not lacking, broken + lacking)


def _at_least(calls: Sequence[Comparison], name: str, limit: float) -> Target:
    value = FIGURES[name](calls)
    return Target(f"{name} at least {limit:g}", _number(value), value is None or value >= limit)


def _number(value: float | None) -> str:
    return "nothing to find" if value is None else f"{value:.3f}"


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{value:.1%}"
