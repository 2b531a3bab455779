"""A call's scorecard from its facts, its measures and a rubric: pure, so that a changed rubric
re-scores stored calls without their audio."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

from callqa.data import (
    CallFacts,
    CriterionResult,
    Evidence,
    Measure,
    Role,
    Scorecard,
    Verdict,
)
from callqa.language import count_syllables
from callqa.measures.ending import call_ending
from callqa.measures.shared import mean_probability, say
from callqa.scoring.checks import Heard, Outcome, agent_heard, judge_check, worst
from callqa.scoring.rubric import Criterion, Exemption, Rubric

# A scorecard is read: the strongest pieces of evidence, not all that there is.
_MIN_PLAYED = 2.0  # seconds
_MAX_EVIDENCE = 12
_MAX_MET_EVIDENCE = 4
_JUDGED = (Verdict.MET, Verdict.PARTLY_MET, Verdict.NOT_MET)


def score_call(facts: CallFacts, measures: Mapping[str, Measure], rubric: Rubric) -> Scorecard:
    """Judge every criterion and add up those that could be judged."""
    blocked = _blocked(facts)
    if blocked:
        verdict, reason = blocked
        results = [_result(item, verdict, None, reason) for item in rubric.criteria]
        return Scorecard(rubric.ref, None, 0.0, tuple(results), None, tuple(_notes(facts, rubric)))
    syllables = sum(count_syllables(u.text, facts.language) for u in facts.utterances_of(Role.AGENT))
    heard = agent_heard(facts, syllables)
    judged = [_judge(item, facts, measures, heard, rubric) for item in rubric.criteria]
    results = _with_section_weights([result for result, _ in judged], rubric)
    score, share = _total(results)
    capped_by = None
    if score is not None and score > rubric.critical_cap:
        capped_by = next((result.id for result, capping in judged if capping), None)
        score = rubric.critical_cap if capped_by else score
    notes = _notes(facts, rubric)
    withheld = None if score is None else _withheld(results, share, facts.language, rubric)
    if withheld:
        score, capped_by = None, None
        notes.append(withheld)
    return Scorecard(rubric.ref, score, share, tuple(results), capped_by, tuple(notes))


def _with_section_weights(results: Sequence[CriterionResult], rubric: Rubric) -> list[CriterionResult]:
    """Weights as they count in this call: what applies in a section shares the section's weight."""
    if not rubric.sections:
        return list(results)
    section_of = {criterion.id: criterion.section for criterion in rubric.criteria}
    weighed = []
    for result in results:
        section = next(item for item in rubric.sections if item.id == section_of[result.id])
        applies = result.verdict is not Verdict.NOT_APPLICABLE
        sharing = [r for r in results if section_of[r.id] == section.id]
        total = sum(r.weight for r in sharing if not applies or r.verdict is not Verdict.NOT_APPLICABLE)
        weighed.append(dataclasses.replace(result, weight=section.weight * result.weight / total))
    return weighed


def _withheld(results: Sequence[CriterionResult], share: float, language: str, rubric: Rubric) -> str | None:
    """Why the rubric gives this call no score, None where it does."""
    unsure = [r.id for r in results if r.verdict is Verdict.UNSURE]
    if rubric.when_unsure == "no_score" and unsure:
        return say(
            language,
            f"有标准不能评判（{'、'.join(unsure)}），按评分标准不给总分。",
            f"The rubric gives no score while a criterion is unsure: {', '.join(unsure)}.",
        )
    if share < rubric.min_judged_share:
        return say(
            language,
            f"只能评判 {100 * share:.0f}%，要求至少 {100 * rubric.min_judged_share:.0f}%，不给总分。",
            f"Only {100 * share:.0f}% could be judged, the rubric asks for "
            f"{100 * rubric.min_judged_share:.0f}%: no score.",
        )
    return None


def _total(results: Sequence[CriterionResult]) -> tuple[float | None, float]:
    """Score 0-100 over the judged weight, and the judged share of the applicable weight."""
    applicable = sum(r.weight for r in results if r.verdict is not Verdict.NOT_APPLICABLE)
    weight = sum(r.weight for r in results if r.verdict in _JUDGED)
    earned = sum(r.weight * r.score for r in results if r.score is not None)
    if not weight or not applicable:
        return None, 0.0
    return round(100 * earned / weight, 1), weight / applicable


def _blocked(facts: CallFacts) -> tuple[Verdict, str] | None:
    """Why nothing about this call can be judged, None where something can."""
    reasons = {
        "no_speech": (Verdict.NOT_APPLICABLE, "录音中没有人说话。", "Nobody speaks in the recording."),
        "one_party": (
            Verdict.UNSURE,
            "录音中只听到一方说话。",
            "Only one party is heard in the recording.",
        ),
        "too_short": (
            Verdict.UNSURE,
            "通话太短，不足以评判。",
            "The call is too short to be judged.",
        ),
    }
    if facts.status in reasons:
        verdict, zh, en = reasons[facts.status]
        return verdict, say(facts.language, zh, en)
    if facts.status != "scored":
        return Verdict.UNSURE, say(
            facts.language,
            f"通话不能评分（{facts.status}）。",
            f"The call cannot be scored ({facts.status}).",
        )
    if facts.roles.certain:
        return None
    confidence = facts.roles.confidence
    sure_zh = "" if confidence is None else f"（把握 {100 * confidence:.0f}%）"
    sure_en = "" if confidence is None else f" ({100 * confidence:.0f}% sure)"
    return Verdict.UNSURE, say(
        facts.language,
        f"无法确定谁是坐席{sure_zh}，请人工指定后重新评分。",
        f"It is not certain who the agent is{sure_en}: settle the roles and the call is scored again.",
    )


def _notes(facts: CallFacts, rubric: Rubric) -> list[str]:
    notes = []
    share = facts.coverage.untranscribed_share
    if share > rubric.max_untranscribed_share:
        lost = facts.coverage.untranscribed_seconds
        notes.append(
            say(
                facts.language,
                f"有 {100 * share:.0f}% 的语音（{lost:.0f} 秒）没有识别出文字。",
                f"{100 * share:.0f}% of the speech ({lost:.0f} s) has no words.",
            )
        )
    if facts.language != rubric.language:
        notes.append(
            say(
                facts.language,
                f"评分标准 {rubric.id} 是为 {rubric.language} 通话写的。",
                f"The rubric {rubric.id} was written for calls in {rubric.language}.",
            )
        )
    return notes


def _judge(
    criterion: Criterion,
    facts: CallFacts,
    measures: Mapping[str, Measure],
    heard: Heard,
    rubric: Rubric,
) -> tuple[CriterionResult, bool]:
    """The criterion's result, and whether it caps the score."""
    outcomes = [judge_check(check, measures, facts, heard, rubric) for check in criterion.checks]
    too_little = _too_little(facts, heard, rubric)
    if too_little:
        # A fault that was heard stays a fault, however little was said.
        outcomes = [o for o in outcomes if o.found]
        if not outcomes:
            return _result(criterion, Verdict.UNSURE, None, too_little), False
    result = _combine(criterion, outcomes, facts)
    if result.verdict in (Verdict.PARTLY_MET, Verdict.NOT_MET, Verdict.UNSURE):
        excused = _not_applicable(criterion, facts, measures)
        if excused:
            return _result(criterion, Verdict.NOT_APPLICABLE, None, excused), False
    return result, any(o.capping for o in outcomes)


def _combine(criterion: Criterion, outcomes: Sequence[Outcome], facts: CallFacts) -> CriterionResult:
    """The worst of what was judged; unsure where all that was judged is fine but something needed
    could not be."""
    judged = [o for o in outcomes if o.verdict in _JUDGED]
    unsure = [o for o in outcomes if o.verdict is Verdict.UNSURE]
    verdict = worst([o.verdict for o in judged]) if judged else Verdict.UNSURE
    needed = [o for o in unsure if o.check.required]
    if verdict is Verdict.MET and needed:
        verdict = Verdict.UNSURE
    if verdict is Verdict.UNSURE:
        shown = needed or unsure
        return _result(criterion, verdict, None, _sentence(shown, facts.language), _evidence(shown, facts))
    shown = [o for o in judged if o.verdict is verdict]
    score = min(o.score for o in shown if o.score is not None)
    evidence = _evidence(shown, facts, _MAX_MET_EVIDENCE if verdict is Verdict.MET else _MAX_EVIDENCE)
    if verdict is not Verdict.MET and not evidence:
        evidence = _fallback_evidence(facts, _sentence(shown, facts.language))
    return _result(criterion, verdict, score, _sentence(shown, facts.language), evidence)


def _result(
    criterion: Criterion,
    verdict: Verdict,
    score: float | None,
    reason: str,
    evidence: tuple[Evidence, ...] = (),
) -> CriterionResult:
    return CriterionResult(
        criterion.id, verdict, score, criterion.weight, criterion.critical, reason, evidence
    )


def _sentence(outcomes: Sequence[Outcome], language: str) -> str:
    clauses = list(dict.fromkeys(o.clause for o in outcomes))
    if language == "zh":
        return "；".join(clauses) + "。"
    text = "; ".join(clauses)
    return text[:1].upper() + text[1:] + "."


def _evidence(
    outcomes: Sequence[Outcome], facts: CallFacts, most: int = _MAX_EVIDENCE
) -> tuple[Evidence, ...]:
    """The evidence of several checks in turn, so that no one of them crowds out the others."""
    found: list[Evidence] = []
    seen: set[tuple[float, float, str]] = set()
    queues = [list(o.evidence) for o in outcomes]
    while any(queues) and len(found) < most:
        for queue in queues:
            if queue and len(found) < most:
                item = queue.pop(0)
                key = (item.start, item.end, item.reason)
                if key not in seen:
                    seen.add(key)
                    found.append(_playable(item, facts.recording.duration) if item.quote else item)
    return tuple(found)


def _playable(item: Evidence, duration: float) -> Evidence:
    """Evidence that a person can make out: a name cut out by itself is a syllable of noise, so a
    short span is widened on both sides. The measure keeps the exact one."""
    missing = _MIN_PLAYED - (item.end - item.start)
    if missing <= 0:
        return item
    start, end = max(0.0, item.start - missing / 2), item.end + missing / 2
    return dataclasses.replace(item, start=start, end=max(item.end, min(end, duration)))


def _fallback_evidence(facts: CallFacts, reason: str) -> tuple[Evidence, ...]:
    """The agent's longest utterance, where a verdict is about the whole call."""
    longest = max(facts.utterances_of(Role.AGENT), key=lambda u: u.end - u.start, default=None)
    if longest is None:
        return ()
    probability = mean_probability(longest.words)
    return (Evidence(longest.start, longest.end, longest.text, reason, probability),)


def _too_little(facts: CallFacts, heard: Heard, rubric: Rubric) -> str | None:
    if (
        heard.agent_seconds >= rubric.min_agent_seconds
        and heard.agent_syllables >= rubric.min_agent_syllables
    ):
        return None
    return say(
        facts.language,
        f"坐席只有 {heard.agent_seconds:.1f} 秒、{heard.agent_syllables} 字的话，不足以评判。",
        f"The agent has only {heard.agent_seconds:.1f} s and {heard.agent_syllables} words: "
        "too little to be judged.",
    )


def _not_applicable(criterion: Criterion, facts: CallFacts, measures: Mapping[str, Measure]) -> str | None:
    ending = call_ending(facts)
    for exemption in criterion.not_applicable_when:
        condition = exemption.when
        if condition == "recording_cut" and ending == condition:
            return say(
                facts.language,
                "录音在通话结束前中断。",
                "The recording stops before the call ends.",
            )
        if condition == "customer_hung_up" and ending == condition:
            return say(
                facts.language,
                "客户说完就挂断了，坐席没有机会结束通话。",
                "The customer hung up; the agent had no chance to close the call.",
            )
        if condition == "no_customer_words" and not facts.utterances_of(Role.CUSTOMER):
            return say(facts.language, "没有识别到客户的话。", "No words of the customer were recognised.")
        if exemption.measure is not None:
            reason = _outside_limits(exemption, measures.get(exemption.measure), facts.language)
            if reason:
                return reason
    return None


def _outside_limits(exemption: Exemption, measure: Measure | None, language: str) -> str | None:
    if measure is None:
        return None
    name = measure.name if exemption.component is None else f"{measure.name}.{exemption.component}"
    raw = measure.value if exemption.component is None else measure.components.get(exemption.component)
    if not isinstance(raw, int | float):
        return None
    below = exemption.below is not None and raw < exemption.below
    above = exemption.above is not None and raw > exemption.above
    for is_outside, limit, zh, en in (
        (below, exemption.below, "低于", "below"),
        (above, exemption.above, "高于", "above"),
    ):
        if is_outside:
            return say(
                language,
                f"{name} 为 {raw:g}，{zh} {limit:g}，这一条不适用。",
                f"{name} is {raw:g}, {en} {limit:g}: this does not apply.",
            )
    return None
