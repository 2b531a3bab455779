"""The document about accuracy, made of an evaluation and a template."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from importlib import resources
from string import Template
from textwrap import fill

from callqa import __version__
from callqa.evaluation import tables
from callqa.evaluation.compare import Comparison
from callqa.evaluation.run import Evaluation
from callqa.evaluation.saved import CALLQA, Systems, shared

_NUM_WORST = 20
_NUM_DETAILS = 12
_WIDTH = 105
_NONE = "Nothing was measured."
_LANGUAGES = {"zh": "Mandarin", "en": "English"}


def write_report(evaluation: Evaluation, real: Systems | None = None, hand_written: str | None = None) -> str:
    """The whole document as Markdown. `real` are systems on recordings of real voices;
    `hand_written` is put at the end as it is."""
    calls = evaluation.calls
    verdicts = tables.verdicts_grid("", calls)
    risks = tables.risks_grid("", calls)
    parts = {
        "version": __version__,
        "measured_on": _measured_on(calls),
        "columns": fill(
            f"Columns of one table are always over the same calls: {_columns(evaluation)}", _WIDTH
        ),
        "intervals": fill(tables.INTERVALS, _WIDTH),
        "targets": tables.targets_grid("", evaluation.targets).markdown() if evaluation.targets else _NONE,
        "figures": "\n\n".join(
            _section(title, f"{tables.size_of(systems[CALLQA])}.", systems)
            for title, systems in evaluation.groups()
        ),
        "conditions": tables.conditions_grid("", shared(evaluation.systems)).markdown(),
        "verdicts": verdicts.markdown() if verdicts else _NONE,
        "risks": risks.markdown() if risks else _NONE,
        "worst": _worst(calls),
        "real": _real(real) if real else _NONE,
        "limits": _limits(calls),
    }
    text = Template(_template("report.md")).substitute(parts)
    return text if hand_written is None else f"{text.rstrip()}\n\n{hand_written.strip()}\n"


def _template(name: str) -> str:
    return resources.files("callqa.evaluation").joinpath(name).read_text(encoding="utf-8")


def _measured_on(calls: Sequence[Comparison]) -> str:
    lines = []
    for language in sorted({call.language for call in calls}):
        chosen = [call for call in calls if call.language == language]
        wordings = Counter(call.wording for call in chosen if call.wording)
        lengths = sorted(call.duration for call in chosen)
        text = (
            f"- {_LANGUAGES.get(language, language)}: {tables.size_of(chosen)}, calls of "
            f"{lengths[0]:.0f} to {lengths[-1]:.0f} s"
        )
        if wordings:
            text += "; wording " + ", ".join(f"{name} {count}" for name, count in sorted(wordings.items()))
        lines.append(text + ".")
    num_made = sum(call.synthetic for call in calls)
    if num_made:
        lines.append(
            f"- {num_made} of {len(calls)} calls are written dialogues spoken by **synthetic voices** over "
            "simulated telephone lines; what was said and when is known exactly."
        )
    splits = Counter(call.split for call in calls if call.split)
    if splits:
        named = ", ".join(f"{name} ({count})" for name, count in sorted(splits.items()))
        lines.append(f"- Split: {named}.")
    return "\n".join(fill(line, _WIDTH, subsequent_indent="  ") for line in lines)


def _columns(evaluation: Evaluation) -> str:
    num_shared = len(shared(evaluation.systems)[CALLQA])
    names = [f"`{CALLQA}` is this version"]
    if evaluation.stock:
        names.append(
            " and ".join(f"`{name}`" for name in evaluation.stock)
            + " are faster-whisper with the same weights and pyannote.audio's stock pipeline with the same "
            "models: all words at once, given to turns by their times, or each turn recognised for itself"
        )
    others = [name for name in evaluation.systems if name != CALLQA and name not in evaluation.stock]
    if others:
        names.append(", ".join(f"`{name}`" for name in others) + ": as saved earlier")
    return f"{num_shared} of them. " + "; ".join(names) + "."


def _worst(calls: Sequence[Comparison]) -> str:
    """The worst calls with what differs, so that it can be played."""
    lines = []
    for call in sorted(calls, key=lambda item: -item.trouble)[:_NUM_WORST]:
        text = call.text or call.text_in_time
        shown = f"text error {text.rate:.1%}" if text and text.rate is not None else "no words to compare"
        lines.append(f"- **{call.id}** ({call.condition or call.group}; {shown})")
        lines += [f"  - {_plain(line)}" for line in call.details[:_NUM_DETAILS]]
        if len(call.details) > _NUM_DETAILS:
            lines.append(f"  - and {len(call.details) - _NUM_DETAILS} more")
    return "\n".join(lines) or _NONE


def _real(systems: Systems) -> str:
    common = shared(systems)
    names = sorted({call.condition or "-" for call in common[CALLQA]})
    parts = []
    for name in names:
        chosen = {
            system: [call for call in calls if (call.condition or "-") == name]
            for system, calls in common.items()
        }
        agreement = " *Agreement* with recognised words." if any(c.agrees for c in chosen[CALLQA]) else ""
        parts.append(_section(name, f"{tables.size_of(chosen[CALLQA])}.{agreement}", chosen))
    return "\n\n".join(parts)


def _section(title: str, about: str, systems: Systems) -> str:
    return f"### {title}\n\n{about}\n\n{tables.figures_grid('', systems).markdown()}"


def _limits(calls: Sequence[Comparison]) -> str:
    if calls and all(call.synthetic for call in calls):
        return _template("report_synthetic.md").strip()
    return "- Calls of other companies, lines, dialects and dialogues come out otherwise than these."


def _plain(line: str) -> str:
    return line.replace("*", "\\*").replace("_", "\\_").replace("<", "&lt;")
