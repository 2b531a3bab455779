"""One call for reading: what it is, its scorecard with the evidence, its measures, its words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.text import Text

from callqa.data import CallAnalysis, Roles, Scorecard, Verdict

STATUS_WORDS = {"no_speech": "no speech", "one_party": "one party only", "too_short": "too short"}
_FOUND = {True: "yes", False: "no", None: "unsure"}
_VERDICTS = {
    Verdict.MET: ("met", "green"),
    Verdict.PARTLY_MET: ("partly", "yellow"),
    Verdict.NOT_MET: ("not met", "red"),
    Verdict.UNSURE: ("unsure", "magenta"),
    Verdict.NOT_APPLICABLE: ("n/a", "dim"),
}


def print_call(out: Console, analysis: CallAnalysis, paths: Sequence[str]) -> None:
    """One call for reading: what it is, the scorecard with its evidence, the measures, the words."""
    _print_head(out, analysis, paths)
    _print_scorecard(out, analysis.scorecard)
    _print_measures(out, analysis)
    _print_transcript(out, analysis)


def verdict_text(verdict: Verdict | None) -> Text:
    """A verdict in a word, coloured."""
    word, style = _VERDICTS[verdict] if verdict is not None else ("–", "dim")
    return Text(word, style)


def score_word(score: float | None) -> str:
    """A score with one digit after the point, a dash where there is none."""
    return "–" if score is None else f"{score:.1f}"


def share_word(share: float) -> str:
    """A share in percent."""
    return f"{share * 100:.0f} %"


def clock(seconds: float) -> str:
    """A time in the recording.

    >>> clock(75.25)
    '1:15.2'
    """
    tenths = int(seconds * 10 + 1e-6)
    return f"{tenths // 600}:{tenths // 10 % 60:02d}.{tenths % 10}"


def _print_head(out: Console, analysis: CallAnalysis, paths: Sequence[str]) -> None:
    facts = analysis.facts
    recording, roles = facts.recording, facts.roles
    print_line(out, Text(f"call {recording.id}", "bold"))
    for path in paths:
        print_line(out, f"  file      {path}")
    channels = f"{recording.channels} channel{'s' if recording.channels > 1 else ''}"
    print_line(
        out,
        f"  recording {clock(recording.duration)}, {recording.sample_rate} Hz, {channels}, {facts.language}",
    )
    known = [
        ("agent", " ".join(item for item in (recording.agent_name, recording.agent_id) if item)),
        ("started", recording.started_at),
        ("company", recording.company),
        ("queue", recording.queue),
    ]
    for name, value in known:
        if value:
            print_line(out, f"  {name:<9} {value}")
    for note in recording.notes:
        print_line(out, f"  note      {note}")
    if roles.certain:
        who = ", ".join(f"{speaker} is the {role.value}" for speaker, role in roles.speakers.items())
        sure = "" if roles.confidence is None else f", confidence {roles.confidence:.2f}"
        print_line(out, f"  roles     {who} (by {roles.source}{sure}){_settled(roles)}")
    elif roles.source == "person":
        print_line(out, f"  roles     nobody is an agent (by person){_settled(roles)}")
    elif facts.status == "scored":
        print_line(
            out,
            f"  roles     uncertain; when you know who the agent is: "
            f"callqa roles {recording.id[:8]} --agent SPEAKER",
        )
    if facts.status in STATUS_WORDS:
        print_line(out, f"  status    {STATUS_WORDS[facts.status]}")
    coverage = facts.coverage
    if coverage.untranscribed:
        spans = ", ".join(f"{clock(span.start)}–{clock(span.end)}" for span in coverage.untranscribed)
        print_line(
            out,
            f"  without words: {coverage.untranscribed_seconds:.1f} s "
            f"({share_word(coverage.untranscribed_share)} of the speech): {spans}",
        )
    for item in coverage.removed:
        print_line(out, f"  removed   {clock(item.start)}–{clock(item.end)} “{item.text}”: {item.reason}")


def _settled(roles: Roles) -> str:
    """Who settled roles, and when."""
    if roles.settled_by is None or roles.settled_at is None:
        return ""
    return f", settled by {roles.settled_by} at {roles.settled_at}"


def _print_scorecard(out: Console, card: Scorecard) -> None:
    cap = f", capped by {card.capped_by}" if card.capped_by else ""
    title = f"score {score_word(card.score)} of 100, {share_word(card.judged_share)} judged{cap}"
    print_line(out, "")
    print_line(out, Text(f"{title} (rubric {card.rubric.id} {card.rubric.version})", "bold"))
    for note in card.notes:
        print_line(out, f"  note: {note}")
    for item in card.criteria:
        critical = ", critical" if item.critical else ""
        line = Text(f"  {item.id:<13}").append_text(verdict_text(item.verdict))
        line.append(f"  (weight {item.weight:g}{critical}) {item.reason}")
        print_line(out, line)
        for piece in item.evidence:
            quote = f"“{piece.quote}” " if piece.quote else ""
            print_line(out, f"      {clock(piece.start)}–{clock(piece.end)} {quote}{piece.reason}")


def _print_measures(out: Console, analysis: CallAnalysis) -> None:
    print_line(out, "")
    print_line(out, Text("measures", "bold"))
    for name, measure in analysis.measures.items():
        found = measure.value
        if found is None:
            value = "–"
        elif isinstance(found, Mapping):
            value = ", ".join(f"{part} {_FOUND[there]}" for part, there in found.items())
        elif isinstance(found, bool):
            value = _FOUND[found]
        else:
            value = f"{found:.4g} {measure.unit}"
        reason = f"  {measure.reason}" if measure.reason else ""
        print_line(out, f"  {name:<24}{value}{reason}")


def _print_transcript(out: Console, analysis: CallAnalysis) -> None:
    print_line(out, "")
    print_line(out, Text("who said what", "bold"))
    for item in analysis.facts.utterances:
        who = item.role.value if item.role else item.speaker
        style = "cyan" if who == "agent" else ""
        line = Text(f"  {clock(item.start):>7}–{clock(item.end):<7} ")
        print_line(out, line.append(f"{who:<10} ", style).append(item.text))


def print_line(out: Console, line: str | Text) -> None:
    """One line as it is: it is neither broken nor taken for markup."""
    out.print(line, soft_wrap=True)
