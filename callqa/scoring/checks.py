"""One check of a criterion against one measure.

What was found stays found; what was not found proves something only where all of it could be heard.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from callqa.data import CallFacts, Evidence, Measure, Role, TimeSpan, Verdict, intersect, total_duration
from callqa.measures.shared import agent_turns, say
from callqa.scoring.rubric import BandCheck, Check, ElementsCheck, FaultsCheck, Limits, Rubric
from callqa.scoring.wording import band_clause, elements_clause, faults_clause

# A dropped 嗯 hides no greeting.
_HIDES_WORDS = 0.8
_SEVERITY = (Verdict.MET, Verdict.PARTLY_MET, Verdict.NOT_MET)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A check's verdict; `score` is 0-1, None unless it is met, partly met or not met.

    `clause` is a clause without a full stop. `found` says that it rests on something that was
    heard, not on something that was missed. `capping` is a critical check that was not met.
    """

    check: Check
    verdict: Verdict
    score: float | None
    clause: str
    evidence: tuple[Evidence, ...] = ()
    found: bool = False
    capping: bool = False


@dataclass(frozen=True, slots=True)
class Heard:
    """How much of the agent was recognised."""

    agent_seconds: float
    agent_syllables: int
    untranscribed: tuple[TimeSpan, ...]

    @property
    def untranscribed_share(self) -> float:
        """Share of the agent's speech without words."""
        return total_duration(self.untranscribed) / self.agent_seconds if self.agent_seconds else 0.0


def agent_heard(facts: CallFacts, num_syllables: int) -> Heard:
    """The agent's seconds of speech, and where it has no words."""
    holes = [hole for spoken in agent_turns(facts) for hole in spoken.untranscribed]
    seconds = sum(turn.duration for turn in facts.turns_of(Role.AGENT))
    return Heard(seconds, num_syllables, tuple(holes))


def judge_check(
    check: Check, measures: Mapping[str, Measure], facts: CallFacts, heard: Heard, rubric: Rubric
) -> Outcome:
    """The check's verdict, `UNSURE` with the reason where the measure carries none."""
    measure = measures.get(check.measure)
    if measure is None or (measure.value is None and not _has_component(check, measure)):
        return _unsure(check, _missing_clause(measure, check, facts.language))
    if isinstance(check, ElementsCheck):
        outcome = _judge_elements(check, measure, facts, heard, rubric)
    elif isinstance(check, FaultsCheck):
        outcome = _judge_faults(check, measure, facts.language, heard, rubric)
    else:
        outcome = _judge_band(check, measure, measures, facts.language, heard, rubric)
    return outcome


def _has_component(check: Check, measure: Measure) -> bool:
    return (
        isinstance(check, BandCheck)
        and check.component is not None
        and measure.components.get(check.component) is not None
    )


def _missing_clause(measure: Measure | None, check: Check, language: str) -> str:
    if measure is not None and measure.reason:
        return measure.reason.rstrip("。.")
    return say(language, f"没有测得 {check.measure}", f"{check.measure} was not measured")


def _unsure(check: Check, clause: str, evidence: tuple[Evidence, ...] = ()) -> Outcome:
    return Outcome(check, Verdict.UNSURE, None, clause, evidence)


def _decided(
    check: Check,
    verdict: Verdict,
    score: float | None,
    clause: str,
    measure: Measure,
    rubric: Rubric,
    *,
    found: bool = False,
) -> Outcome:
    if verdict is Verdict.NOT_MET and check.at_worst == "partly_met":
        verdict, score = Verdict.PARTLY_MET, None
    worth = {Verdict.MET: 1.0, Verdict.PARTLY_MET: rubric.partly_score, Verdict.NOT_MET: 0.0}
    return Outcome(
        check,
        verdict,
        worth[verdict] if score is None else score,
        clause,
        measure.evidence,
        found,
        check.critical and verdict is Verdict.NOT_MET,
    )


def _too_much_missing(heard: Heard, rubric: Rubric, language: str) -> str | None:
    share = heard.untranscribed_share
    if share <= rubric.max_untranscribed_share:
        return None
    return say(
        language,
        f"坐席有 {100 * share:.0f}% 的话没有识别出来，没有听到不等于没有说",
        f"{100 * share:.0f}% of the agent's speech has no words: not heard does not mean not said",
    )


def _judge_elements(
    check: ElementsCheck, measure: Measure, facts: CallFacts, heard: Heard, rubric: Rubric
) -> Outcome:
    value = measure.value if isinstance(measure.value, Mapping) else {}
    looked_for = {name: weight for name, weight in check.weights.items() if value.get(name) is not None}
    total = sum(looked_for.values())
    language = facts.language
    if not total:
        return _unsure(check, _missing_clause(measure, check, language), measure.evidence)
    found = [name for name in looked_for if value[name]]
    missing = [name for name in looked_for if not value[name]]
    share = sum(looked_for[name] for name in found) / total
    unclear = [name for name in check.weights if _is_unclear(name, measure)]
    clause = elements_clause(check.measure, found, missing, language, unclear)
    if missing and check.met_from > share and _words_hidden(check, facts, heard, rubric):
        hidden = say(language, "但那里有没识别出来的话", "but some speech there has no words")
        return _unsure(
            check, f"{clause}，{hidden}" if language == "zh" else f"{clause}, {hidden}", measure.evidence
        )
    verdict = _by_share(share, check)
    if verdict is Verdict.NOT_MET and unclear:
        # What was heard unclearly leaves the denominator, but an accusation does not rest on it.
        unclear_weight = sum(check.weights[name] for name in unclear)
        most = (share * total + unclear_weight) / (total + unclear_weight)
        if _by_share(most, check) is not Verdict.NOT_MET:
            return _unsure(check, clause, measure.evidence)
    if check.partly_when and measure.components.get(check.partly_when) and verdict is Verdict.MET:
        late = say(language, "，但说得太晚", ", but too late")
        return _decided(
            check,
            Verdict.PARTLY_MET,
            min(share, rubric.partly_score),
            clause + late,
            measure,
            rubric,
            found=True,
        )
    score = None if verdict is Verdict.MET else share
    return _decided(check, verdict, score, clause, measure, rubric)


def _is_unclear(name: str, measure: Measure) -> bool:
    """Whether something was heard that may or may not be the element: neither found nor missing."""
    components = measure.components.get("elements")
    component = components.get(name) if isinstance(components, Mapping) else None
    return isinstance(component, Mapping) and component.get("found") is None and bool(component.get("quote"))


def _by_share(share: float, check: ElementsCheck) -> Verdict:
    # Weights are sums of decimals: 0.1 + 0.2 must not miss 0.3.
    if share >= check.met_from - 1e-9:
        return Verdict.MET
    return Verdict.PARTLY_MET if share >= check.partly_from - 1e-9 else Verdict.NOT_MET


def _words_hidden(check: ElementsCheck, facts: CallFacts, heard: Heard, rubric: Rubric) -> bool:
    """Whether speech without words lies where the missing elements would have been said."""
    if check.where == "call":
        return heard.untranscribed_share > rubric.max_untranscribed_share
    turns = [turn.span for turn in facts.turns_of(Role.AGENT)]
    if check.where == "ending":
        turns = turns[::-1]
    window: list[TimeSpan] = []
    left = check.where_seconds
    for span in turns:
        if left <= 0:
            break
        window.append(span)
        left -= span.duration
    return total_duration(intersect(window, heard.untranscribed)) > _HIDES_WORDS


def _judge_faults(
    check: FaultsCheck, measure: Measure, language: str, heard: Heard, rubric: Rubric
) -> Outcome:
    certain = int(measure.components.get("count", measure.value or 0))
    uncertain = int(measure.components.get("uncertain", 0))
    verdict = _by_count(certain, check)
    clause = faults_clause(check.measure, certain, uncertain, language)
    if verdict is Verdict.MET:
        if _by_count(certain + uncertain, check) is not Verdict.MET:
            return _unsure(check, clause, measure.evidence)
        missing = _too_much_missing(heard, rubric, language)
        if missing:
            return _unsure(check, missing, measure.evidence)
    return _decided(check, verdict, None, clause, measure, rubric, found=verdict is not Verdict.MET)


def _by_count(count: int, check: FaultsCheck) -> Verdict:
    if count <= check.met_up_to:
        return Verdict.MET
    return Verdict.PARTLY_MET if count <= check.partly_up_to else Verdict.NOT_MET


def _judge_band(
    check: BandCheck,
    measure: Measure,
    measures: Mapping[str, Measure],
    language: str,
    heard: Heard,
    rubric: Rubric,
) -> Outcome:
    raw = measure.components.get(check.component) if check.component else measure.value
    if not isinstance(raw, int | float):
        return _unsure(check, _missing_clause(measure, check, language))
    value = float(raw)
    clause = band_clause(check, measure, value, language)
    doubt = _band_doubt(check, measure, measures, language)
    if doubt:
        return _unsure(check, doubt, measure.evidence)
    verdict = Verdict.NOT_MET
    if _within(value, check.met):
        verdict = Verdict.MET
    elif check.partly and _within(value, check.partly):
        verdict = Verdict.PARTLY_MET
    if verdict is Verdict.MET and check.rests_on_words:
        missing = _too_much_missing(heard, rubric, language)
        if missing:
            return _unsure(check, missing, measure.evidence)
    return _decided(check, verdict, None, clause, measure, rubric)


def _band_doubt(
    check: BandCheck, measure: Measure, measures: Mapping[str, Measure], language: str
) -> str | None:
    if check.unit and check.unit != measure.unit:
        return say(
            language,
            f"评分标准以{check.unit}为单位，这里是{measure.unit}",
            f"the rubric's limits are in {check.unit}, this call is measured in {measure.unit}",
        )
    for name, least in check.at_least.items():
        if float(measure.components.get(name) or 0) < least:
            return say(
                language,
                f"{check.measure} 的 {name} 不到 {least:g}，太少",
                f"{check.measure}: {name} is below {least:g}, too little to judge",
            )
    if check.cross_check is None:
        return None
    other = measures.get(check.cross_check.measure)
    apart = other.components.get(check.cross_check.component) if other else None
    if not isinstance(apart, int | float) or apart <= check.cross_check.most:
        return None
    return say(
        language,
        f"只凭声音数出的音节和文字相差 {100 * apart:.0f}%，语速不可靠",
        f"syllables by the audio alone and by the words are {100 * apart:.0f}% apart: "
        "the rate cannot be relied on",
    )


def _within(value: float, limits: Limits) -> bool:
    low, high = limits
    return (low is None or value >= low) and (high is None or value <= high)


def worst(verdicts: list[Verdict]) -> Verdict:
    """The most severe of met, partly met and not met.

    >>> worst([Verdict.MET, Verdict.PARTLY_MET]).value
    'partly_met'
    """
    return max(verdicts, key=_SEVERITY.index)
