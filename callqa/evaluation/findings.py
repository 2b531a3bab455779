"""What was found in a call, matched with what there is to find in it.

Every function appends what differs to `details`, each a line with the time to play.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from callqa.data import CallAnalysis, Role, TimeSpan, Verdict
from callqa.evaluation.counts import Found
from callqa.evaluation.truth import Truth
from callqa.evaluation.withheld import guessed_verdicts

# Word times come from recognition and are a little off.
_TOLERANCE = 1.0
GREETING = ("salutation", "company", "name", "offer")


@dataclass(frozen=True, slots=True)
class JudgedCriterion:
    """One criterion of one call: the verdict that a listener gives, and the one that was given.

    `guessed` is what would have been said had nothing been withheld (`callqa.evaluation.withheld`);
    None where that is not known.
    """

    criterion: str
    expected: str
    given: str
    guessed: str | None = None


def match_greeting(
    truth: Truth, value: Any, details: list[str]
) -> tuple[dict[str, Found] | None, int | None]:
    """Each element of the greeting, and how many were left open: of them it was said neither that
    they are there nor that they are missing, so they are neither right nor wrong. Without a value
    (roles not settled, say) all are open."""
    if truth.greeting is None:
        return None, None
    results = {}
    num_open = 0
    for name in GREETING:
        there = truth.greeting[name]
        found = value.get(name) if isinstance(value, Mapping) else None
        if found is None:
            num_open += 1
            results[name] = Found()
            details.append(f"greeting: {name} left open, {'said' if there else 'not said'}")
            continue
        results[name] = Found(int(there and found), int(there and not found), int(found and not there))
        if there != found:
            details.append(f"greeting: {name} {'missed' if there else 'found though not said'}")
    return results, num_open


def match_forbidden(
    truth: Truth, occurrences: Sequence[Mapping[str, Any]], details: list[str]
) -> tuple[Found | None, int]:
    """Forbidden phrases found for certain; what touches something else impolite is no false alarm."""
    if truth.forbidden is None:
        return None, 0
    left = [item for item in occurrences if item.get("certain", True)]
    missed = list(truth.forbidden)
    # The very words first: two phrases in one breath are near each other.
    for same_words in (True, False):
        for quote in tuple(missed):
            near = [
                item
                for item in left
                if _near(quote.span, item) and (_shares_words(quote.quote, item) or not same_words)
            ]
            if near:
                left.remove(min(near, key=lambda item: abs(float(item["start"]) - quote.start)))
                missed.remove(quote)
    details += [f"forbidden: missed {quote.quote!r} at {quote.start:.1f} s" for quote in missed]
    known = (*truth.forbidden, *truth.impolite)
    alarms = [item for item in left if not any(_near(quote.span, item) for quote in known)]
    details += [f"forbidden: false {item['heard']!r} at {item['start']:.1f} s" for item in alarms]
    return Found(len(truth.forbidden) - len(missed), len(missed), len(alarms)), len(alarms)


def _shares_words(quote: str, item: Mapping[str, Any]) -> bool:
    known, heard = quote.casefold(), str(item["heard"]).casefold()
    return heard in known or known in heard


def match_jargon(
    truth: Truth, occurrences: Sequence[Mapping[str, Any]], details: list[str]
) -> tuple[Found | None, Found | None, int]:
    """Terms with their right status, terms of any status, and how many are in the script though the
    truth does not list them: these are neither right nor false."""
    if truth.jargon is None:
        return None, None, 0
    left = list(occurrences)
    right = right_status = missed = 0
    for term in truth.jargon:
        near = [item for item in left if _near(term.span, item) and _same_term(term.term, str(item["term"]))]
        if not near:
            missed += 1
            details.append(f"jargon: missed {term.term} at {term.start:.1f} s")
            continue
        best = min(near, key=lambda item: abs(float(item["start"]) - term.start))
        left.remove(best)
        right += 1
        right_status += best["status"] == term.status
        if best["status"] != term.status:
            details.append(
                f"jargon: {term.term} at {term.start:.1f} s is {term.status}, said {best['status']}"
            )
    unlisted = [item for item in left if _in_script(truth, item)]
    false = [item for item in left if item not in unlisted]
    details += [
        f"jargon: false {item['term']} ({item['heard']!r}) at {item['start']:.1f} s" for item in false
    ]
    wrong_status = right - right_status
    return (
        Found(right_status, missed + wrong_status, len(false) + wrong_status),
        Found(right, missed, len(false)),
        len(unlisted),
    )


def _same_term(known: str, found: str) -> bool:
    first, second = known.casefold(), found.casefold()
    return first in second or second in first


def _in_script(truth: Truth, item: Mapping[str, Any]) -> bool:
    """Whether the agent's script has the term, or the words heard for it, around that time."""
    said = "".join(
        turn.text or "" for turn in truth.turns_of(Role.AGENT) if _near(turn.span, item)
    ).casefold()
    return any(str(item[key]).casefold() in said for key in ("term", "heard"))


def match_interruptions(truth: Truth, analysis: CallAnalysis, role: Role, details: list[str]) -> Found | None:
    """One role's interruptions."""
    if truth.interruptions is None:
        return None
    measure = analysis.measures.get(f"{role}_interruptions")
    left = [TimeSpan(item.start, item.end) for item in measure.evidence] if measure else []
    right = missed = 0
    for known in truth.interruptions:
        if known.by is not role:
            continue
        near = [span for span in left if span.gap(known.span) <= _TOLERANCE]
        if near:
            right += 1
            left.remove(near[0])
        else:
            missed += 1
            details.append(f"interruption: missed the {role}'s at {known.start:.1f} s")
    details += [f"interruption: false, the {role}'s at {span.start:.1f} s" for span in left]
    return Found(right, missed, len(left))


def match_verdicts(truth: Truth, analysis: CallAnalysis, details: list[str]) -> tuple[JudgedCriterion, ...]:
    """Criteria with a verdict on either side. The expected one stands before the comma of its
    reason, and may be one of two, of which either will do; a call without a scorecard is `unsure`
    in all of them."""
    given = {item.id: item for item in analysis.scorecard.criteria}
    guessed = guessed_verdicts(analysis) if given else {}
    judged = []
    for criterion, wording in truth.expected.items():
        allowed = [text.strip() for text in re.split("或| or ", re.split("，|, ", wording)[0])]
        if criterion not in given and given:
            continue
        result = given.get(criterion)
        verdict = str(result.verdict if result else Verdict.UNSURE)
        guess = guessed.get(criterion)
        # Of two that will do, the one that was said, or would have been.
        said = guess if guess is not None and verdict == Verdict.UNSURE else verdict
        expected = said if said in allowed else allowed[0]
        judged.append(JudgedCriterion(criterion, expected, verdict, guess))
        if verdict != expected:
            why = f": {result.reason}" if result and result.reason else ""
            details.append(f"verdict: {criterion} is {wording}; said {verdict}{why}")
    return tuple(judged)


def _near(span: TimeSpan, item: Mapping[str, Any]) -> bool:
    start = float(item["start"])
    return span.gap(TimeSpan(start, max(start, float(item["end"])))) <= _TOLERANCE
