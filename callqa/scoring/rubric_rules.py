"""Rules of a rubric that need more than one key, or the measures' names.

They look at the file as it was written, part by part, and pass over what is not even of the right
shape: that is told elsewhere, and hides no other mistake.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from callqa.scoring.vocabulary import TERMS, MeasureTerms
from callqa.yamlfile import Place, Problem, YamlFile, did_you_mean, label_of

_KIND_OF_CHECK = {"number": "band", "faults": "faults", "elements": "elements"}
Pair = tuple[float | None, float | None]


def rule_problems(file: YamlFile) -> list[Problem]:
    """Every rule that the file breaks."""
    return [file.problem(place, f"{label_of(place)}: {text}") for place, text in _rubric(file.content, file)]


_Found = Iterator[tuple[Place, str]]


def _rubric(raw: Any, file: YamlFile) -> _Found:
    if not isinstance(raw, Mapping):
        return
    language = raw.get("language")
    sections = _mappings(raw, "sections")
    criteria = _mappings(raw, "criteria")
    for name, items in (("sections", sections), ("criteria", criteria)):
        yield from _repeated_ids(name, items, file)
    names = [item.get("id") for _, item in sections]
    for position, item in criteria:
        place: Place = ("criteria", position)
        yield from _section(place, item, names)
        for number, exemption in _mappings(item, "not_applicable_when"):
            yield from _exemption((*place, "not_applicable_when", number), exemption)
        for number, check in _mappings(item, "checks"):
            yield from _check((*place, "checks", number), check, language)
    used = {item.get("section") for _, item in criteria}
    for position, item in sections:
        if item.get("id") not in used:
            yield ("sections", position, "id"), f"no criterion is in section {item.get('id')}"


def _repeated_ids(name: str, items: Sequence[tuple[int, Mapping[str, Any]]], file: YamlFile) -> _Found:
    seen: dict[Any, int] = {}
    for position, item in items:
        key = item.get("id")
        if not isinstance(key, str):
            continue
        if key in seen:
            first = file.line((name, seen[key], "id"))
            yield (name, position, "id"), f"{key} stands there more than once, first on line {first}"
        seen.setdefault(key, position)


def _section(place: Place, item: Mapping[str, Any], names: Sequence[Any]) -> _Found:
    section = item.get("section")
    if names and section is None:
        yield place, f"section: is missing; {did_you_mean('', [str(name) for name in names])}"
    elif section is not None and section not in names:
        known = [str(name) for name in names]
        hint = did_you_mean(section, known) if known else "the rubric has no sections"
        yield (*place, "section"), f"no such section: {section}; {hint}"


def _exemption(place: Place, raw: Mapping[str, Any]) -> _Found:
    measure = raw.get("measure")
    if measure is None:
        if raw.get("when") is None:
            yield place, "name a condition, or a measure with below or above"
        return
    terms = TERMS.get(measure) if isinstance(measure, str) else None
    if terms is None:
        yield (*place, "measure"), _no_measure(measure)
        return
    yield from _component(place, "component", raw.get("component"), measure, terms)
    if terms.kind == "elements" and raw.get("component") is None:
        yield place, f"{measure} has no single number; name one of its components"
    if raw.get("below") is None and raw.get("above") is None:
        yield place, "below or above: one of them is needed"


def _check(place: Place, raw: Mapping[str, Any], language: Any) -> _Found:
    kind, measure = raw.get("kind"), raw.get("measure")
    terms = TERMS.get(measure) if isinstance(measure, str) else None
    if terms is None:
        if isinstance(measure, str):
            yield (*place, "measure"), _no_measure(measure)
    else:
        yield from _fits(place, raw, kind, str(measure), terms, language)
    if kind == "band":
        yield from _band(place, raw)
    elif kind == "faults":
        yield from _faults(place, raw)
    elif kind == "elements":
        yield from _elements(place, raw)


def _fits(
    place: Place, raw: Mapping[str, Any], kind: Any, measure: str, terms: MeasureTerms, language: Any
) -> _Found:
    """Whether a check asks for what its measure has."""
    if kind == "faults" and terms.kind != "faults":
        yield (*place, "kind"), f"{measure} counts no faults; use kind: {_KIND_OF_CHECK[terms.kind]}"
    if kind == "elements" and terms.kind != "elements":
        yield (*place, "kind"), f"{measure} has no elements; use kind: {_KIND_OF_CHECK[terms.kind]}"
    if kind == "band" and terms.kind == "elements" and raw.get("component") is None:
        yield (*place, "kind"), f"{measure} has no single number; use kind: elements, or name a component"
    for key in ("component", "partly_when"):
        yield from _component(place, key, raw.get(key), measure, terms)
    at_least = raw.get("at_least")
    for name in at_least if isinstance(at_least, Mapping) else ():
        yield from _component((*place, "at_least"), str(name), name, measure, terms)
    weights = raw.get("weights")
    if kind == "elements" and terms.kind == "elements" and isinstance(weights, Mapping):
        for name in weights:
            if name not in terms.elements:
                hint = did_you_mean(name, terms.elements)
                yield (*place, "weights", str(name)), f"{measure} has no such element; {hint}"
    unit = raw.get("unit")
    if isinstance(unit, str) and language in ("zh", "en") and unit != terms.unit(language):
        yield (
            (*place, "unit"),
            f"{measure} is in {terms.unit(language)} in calls in {language}, not in {unit}",
        )
    cross = raw.get("cross_check")
    if isinstance(cross, Mapping) and isinstance(cross.get("measure"), str):
        other = TERMS.get(cross["measure"])
        if other is None:
            yield (*place, "cross_check", "measure"), _no_measure(cross["measure"])
        else:
            component = cross.get("component", "disagreement")
            yield from _component((*place, "cross_check"), "component", component, cross["measure"], other)


def _component(place: Place, key: str, name: Any, measure: str, terms: MeasureTerms) -> _Found:
    if isinstance(name, str) and name not in terms.components:
        yield (*place, key), f"{measure} has no component {name}; {did_you_mean(name, terms.components)}"


def _band(place: Place, raw: Mapping[str, Any]) -> _Found:
    met, partly = _limits(raw.get("met")), _limits(raw.get("partly"))
    for key, limits in (("met", met), ("partly", partly)):
        if limits is None:
            continue
        low, high = limits
        if low is not None and high is not None and low > high:
            yield (*place, key), f"the lower limit {low:g} is above the upper one {high:g}"
        if low is None and high is None:
            yield (*place, key), "has no limit, so nothing is ever outside it"
    if met is not None and partly is not None and not _covers(partly, met):
        yield (
            (*place, "partly"),
            f"{_shown(partly)} must reach at least as far as met {_shown(met)} on both sides",
        )


def _faults(place: Place, raw: Mapping[str, Any]) -> _Found:
    met, partly = raw.get("met_up_to", 0), raw.get("partly_up_to", 0)
    if isinstance(met, int) and isinstance(partly, int) and partly and partly < met:
        yield (*place, "partly_up_to"), f"{partly} must not be below met_up_to, which is {met}"


def _elements(place: Place, raw: Mapping[str, Any]) -> _Found:
    met, partly = raw.get("met_from", 1.0), raw.get("partly_from", 0.5)
    if _is_number(met) and _is_number(partly) and partly > met:
        yield (*place, "partly_from"), f"{partly:g} must not be above met_from, which is {met:g}"


def _no_measure(name: Any) -> str:
    return f"no such measure: {name}; {did_you_mean(name, TERMS)}"


def _mappings(raw: Mapping[str, Any], key: str) -> list[tuple[int, Mapping[str, Any]]]:
    items = raw.get(key)
    if not isinstance(items, list):
        return []
    return [(position, item) for position, item in enumerate(items) if isinstance(item, Mapping)]


def _limits(raw: Any) -> Pair | None:
    """The two limits, None unless they are two numbers (or nulls)."""
    if not isinstance(raw, list) or len(raw) != 2:
        return None
    if not all(limit is None or _is_number(limit) for limit in raw):
        return None
    return raw[0], raw[1]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _covers(outer: Pair, inner: Pair) -> bool:
    low = outer[0] is None or (inner[0] is not None and outer[0] <= inner[0])
    high = outer[1] is None or (inner[1] is not None and outer[1] >= inner[1])
    return low and high


def _shown(limits: Pair) -> str:
    return "[" + ", ".join("null" if limit is None else f"{limit:g}" for limit in limits) + "]"
