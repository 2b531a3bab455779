"""One call's report: what the page and the workbook show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from callqa.coaching.advice import CriterionText
from callqa.coaching.texts import text_of
from callqa.data import CallAnalysis, CriterionResult, Evidence, Measure, Roles, Verdict
from callqa.reports.shapes import BEHAVIOURS, LOW_COVERAGE, clock, number, percent, person, when
from callqa.reports.sounds import Shown, ShownCall
from callqa.reports.texts import Texts


@dataclass(frozen=True, slots=True)
class ShownCriterion:
    """A criterion judged, in words. `explanation` says what unsure and not applicable mean."""

    id: str
    title: str
    description: str
    advice: str
    verdict: Verdict
    score: float | None
    weight: float
    critical: bool
    reason: str
    explanation: str
    evidence: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class ShownMeasure:
    """A number of the call. `value` is None where it could not be taken; `reason` says why."""

    name: str
    title: str
    value: float | None
    words: str
    unit: str
    reason: str


@dataclass(frozen=True, slots=True)
class Line:
    """One utterance of the transcript, `role` in words."""

    start: float
    end: float
    speaker: str
    role: str
    is_agent: bool
    text: str


@dataclass(frozen=True, slots=True)
class CallPage:
    """Everything that stands in a call's report. `facts`, `coverage` and `provenance` are pairs or
    sentences ready to be shown. `unsure_throughout` is the one reason why nothing at all could be
    judged, "" where that is not so."""

    id: str
    title: str
    score: float | None
    judged_share: float
    cap: str
    status: str
    facts: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    behaviours: tuple[ShownCriterion, ...]
    further: tuple[ShownCriterion, ...]
    measures: tuple[ShownMeasure, ...]
    transcript: tuple[Line, ...]
    coverage: tuple[str, ...]
    provenance: tuple[tuple[str, str], ...]
    sound_note: str
    other_language: bool
    unsure_throughout: str

    @property
    def criteria(self) -> tuple[ShownCriterion, ...]:
        """All criteria, the five behaviours first."""
        return self.behaviours + self.further


def make_call_page(call: ShownCall, titles: Mapping[str, CriterionText], texts: Texts) -> CallPage:
    """The report of one call; `titles` are the criteria's texts in the language of `texts`."""
    shown, card = call.analysis, call.analysis.scorecard
    stored = {item.id: item for item in call.original.scorecard.criteria}
    criteria = [_criterion(item, stored[item.id], call, titles, texts) for item in card.criteria]
    order = {name: place for place, name in enumerate(BEHAVIOURS)}
    five = sorted((item for item in criteria if item.id in order), key=lambda item: order[item.id])
    cap = ""
    if card.capped_by:
        cap = texts("capped", title=text_of(titles, card.capped_by).title)
    sound = call.silent or ("audio_linked" if call.link else "")
    return CallPage(
        id=call.id,
        title=texts("call_title"),
        score=card.score,
        judged_share=card.judged_share,
        cap=cap,
        status=texts(f"status_{shown.facts.status}") if texts.has(f"status_{shown.facts.status}") else "",
        facts=tuple(_facts(call, texts)),
        notes=(*shown.facts.recording.notes, *card.notes),
        behaviours=tuple(five),
        further=tuple(item for item in criteria if item.id not in order),
        measures=tuple(_measures(shown.measures.values(), shown.facts.language, texts)),
        transcript=tuple(_transcript(shown, texts)),
        coverage=tuple(_coverage(shown, texts)),
        provenance=tuple(_provenance(shown, texts)),
        sound_note=texts(sound) if sound else "",
        other_language=shown.facts.language != texts.language,
        unsure_throughout=_one_reason(card.criteria),
    )


def _one_reason(criteria: Sequence[CriterionResult]) -> str:
    found = {(item.verdict, item.reason) for item in criteria}
    return next(iter(found))[1] if len(found) == 1 and (Verdict.UNSURE in next(iter(found))) else ""


def _criterion(
    item: CriterionResult,
    stored: CriterionResult,
    call: ShownCall,
    titles: Mapping[str, CriterionText],
    texts: Texts,
) -> ShownCriterion:
    words = text_of(titles, item.id)
    explanation = {
        Verdict.UNSURE: texts("unsure_why"),
        Verdict.NOT_APPLICABLE: texts("not_applicable_why"),
    }.get(item.verdict, "")
    if not item.evidence and item.verdict in (Verdict.MET, Verdict.PARTLY_MET, Verdict.NOT_MET):
        explanation = texts("nothing_found_evidence")
    needs_advice = item.verdict in (Verdict.PARTLY_MET, Verdict.NOT_MET)
    return ShownCriterion(
        id=item.id,
        title=words.title,
        description=words.description,
        advice=words.advice if needs_advice else "",
        verdict=item.verdict,
        score=item.score,
        weight=item.weight,
        critical=item.critical,
        reason=item.reason,
        explanation=explanation,
        evidence=_shown(stored.evidence, call),
    )


def _shown(evidence: Sequence[Evidence], call: ShownCall) -> tuple[Shown, ...]:
    return tuple(call.show(item) for item in sorted(evidence, key=lambda item: item.start))


def _facts(call: ShownCall, texts: Texts) -> Iterable[tuple[str, str]]:
    facts = call.analysis.facts
    recording = facts.recording
    known = [
        ("agent_column", person(recording.agent_name, recording.agent_id)),
        ("started", when(recording.started_at)),
        ("length", clock(recording.duration)),
        ("queue", recording.queue),
        ("company", recording.company),
        ("language", texts(facts.language)),
        ("roles", _roles(call.id, facts.roles, texts)),
        ("file_column", call.paths[0].replace("\\", "/").rsplit("/", 1)[-1] if call.paths else ""),
    ]
    return ((texts(key), value) for key, value in known if value and value != "–")


def _roles(call_id: str, roles: Roles, texts: Texts) -> str:
    if not roles.certain:
        settled = roles.source == "person"
        return texts("roles_nobody") if settled else texts("roles_uncertain", call=call_id[:8])
    agent = next((speaker for speaker, role in roles.speakers.items() if role.value == "agent"), "")
    sure = "" if roles.confidence is None else texts("confidence", share=percent(roles.confidence))
    return texts("roles_certain", speaker=agent, source=texts(f"source_{roles.source}"), confidence=sure)


def _measures(measures: Iterable[Measure], language: str, texts: Texts) -> Iterable[ShownMeasure]:
    for measure in measures:
        is_number = isinstance(measure.value, int | float) and not isinstance(measure.value, bool)
        if not texts.has(measure.name) or not (is_number or measure.value is None):
            continue
        value = float(measure.value) if isinstance(measure.value, int | float) else None
        unit = unit_words(measure.unit, language, texts)
        if measure.unit == "share":
            words = percent(value)
        else:
            words = number(value, 0 if value is not None and value == int(value) else 1)
        if value is not None and unit:
            words = f"{words} {unit}"
        yield ShownMeasure(measure.name, texts(measure.name), value, words, unit, measure.reason or "")


def unit_words(unit: str, language: str, texts: Texts) -> str:
    """A measure's unit for people; `language` is the call's."""
    if unit.startswith("unexplained"):
        return texts("unit_jargon_zh" if language == "zh" else "unit_jargon_en")
    key = f"unit_{unit}"
    return texts(key) if texts.has(key) else unit


def _transcript(analysis: CallAnalysis, texts: Texts) -> Iterable[Line]:
    for item in analysis.facts.utterances:
        role = texts(item.role.value) if item.role else item.speaker
        is_agent = item.role is not None and item.role.value == "agent"
        yield Line(item.start, item.end, item.speaker, role, is_agent, item.text)


def _coverage(analysis: CallAnalysis, texts: Texts) -> Iterable[str]:
    coverage = analysis.facts.coverage
    if not coverage.untranscribed:
        yield texts("coverage_all")
    else:
        spans = ", ".join(f"{clock(span.start)}–{clock(span.end)}" for span in coverage.untranscribed)
        yield texts(
            "coverage_some",
            seconds=number(coverage.untranscribed_seconds),
            share=percent(coverage.untranscribed_share),
            spans=spans,
        )
    if coverage.untranscribed_share > LOW_COVERAGE:
        yield texts("coverage_low")
    if coverage.removed:
        many = len(coverage.removed)
        yield texts("removed_one") if many == 1 else texts("removed_some", n=many)


def _provenance(analysis: CallAnalysis, texts: Texts) -> Iterable[tuple[str, str]]:
    made, rubric = analysis.provenance, analysis.scorecard.rubric
    yield "callqa", made.callqa_version
    yield texts("rubric"), f"{rubric.id} {rubric.version}"
    for name, model in made.models.items():
        yield f"{texts('models')}: {name}", model
    yield texts("settings_hash"), made.settings_hash
    yield texts("analysed"), when(made.created_at)
    yield texts("call_column"), analysis.facts.recording.id
