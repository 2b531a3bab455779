"""`callqa clips`: example clips by behaviour and verdict, in one ZIP."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from callqa.commands.options import DEFAULT_WORKSPACE, First, Language, Last, PeriodWord, Queue, Workspace
from callqa.data import Verdict

if TYPE_CHECKING:
    from rich.console import Console

    from callqa.clips.run import Cutting
    from callqa.store import JudgedCall


class ClipVerdict(StrEnum):
    """Verdicts there are clips of."""

    MET = "met"
    PARTLY_MET = "partly_met"
    NOT_MET = "not_met"


class ClipFormat(StrEnum):
    """Kinds of files that browsers play."""

    MP3 = "mp3"
    WAV = "wav"


def clips_command(
    behaviour: Annotated[
        str,
        typer.Option(
            "--behaviour", "--criterion", metavar="B", help="greeting, pace, … as scorecards name it."
        ),
    ],
    verdict: Annotated[
        list[ClipVerdict] | None,
        typer.Option("--verdict", help="Examples of this verdict; may be repeated [default: all three]."),
    ] = None,
    agent: Annotated[
        str | None, typer.Option("--agent", metavar="AGENT", help="Only this agent's calls, number or name.")
    ] = None,
    period: PeriodWord = None,
    first: First = None,
    last: Last = None,
    queue: Queue = None,
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, help="Clips at most.")] = 20,
    per_agent: Annotated[
        int, typer.Option("--per-agent", metavar="N", min=1, help="Clips of one agent at most.")
    ] = 3,
    context: Annotated[
        float,
        typer.Option(metavar="S", min=0, max=8, help="Seconds before and after, up to the next pause."),
    ] = 3.0,
    shift_customer_voice: Annotated[
        bool,
        typer.Option("--shift-customer-voice", help="Customers in another pitch: disguised, not anonymous."),
    ] = False,
    names: Annotated[
        bool,
        typer.Option(
            "--names/--anonymous",
            help="Names of agents who agreed to it, in good examples; or none at all.",
        ),
    ] = True,
    audio_format: Annotated[
        ClipFormat, typer.Option("--format", help="Kind of sound files.")
    ] = ClipFormat.MP3,
    language: Language = None,
    settings: Annotated[
        Path | None, typer.Option("--settings", metavar="FILE", help="YAML file with settings.")
    ] = None,
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help="The ZIP to write.")] = Path(
        "clips.zip"
    ),
    workspace: Workspace = DEFAULT_WORKSPACE,
) -> None:
    """Cut example clips, good ones as well as bad ones, into a ZIP that plays offline.

    Clips of 5 to 20 s, level evened, personal data beeped over and hidden in the text. Never from calls
    marked as not for training (callqa flag), nor from what is unsure; what was heard with certainty goes
    first. Recordings that are gone or changed are listed and left out.
    """
    from callqa.clips.archive import ClipArchive, Head
    from callqa.clips.choose import JUDGED, Wanted, choose_calls
    from callqa.clips.make import ClipOptions
    from callqa.clips.run import Cutting
    from callqa.coaching.periods import choose_period
    from callqa.coaching.texts import criterion_texts, text_of
    from callqa.commands.terminal import console, count
    from callqa.config import load_settings
    from callqa.errors import AudioError, UsageError
    from callqa.reports.call_text import print_line
    from callqa.store import Store

    if language not in (None, "zh", "en"):
        raise UsageError(f"--lang {language!r} is not known.", "Write zh or en.")
    loaded = load_settings(settings)
    verdicts = tuple(Verdict(item.value) for item in verdict) if verdict else JUDGED
    out = console()
    with Store.open(workspace) as store:
        days = choose_period(period, first, last, store.coaching.days())
        calls = choose_calls(store, Wanted(behaviour, verdicts, agent, days, queue), per_agent)
        shown = language or _language_of_most(calls)
        text = text_of(criterion_texts(store.rubrics(), shown), behaviour)
        head = Head(shown, text.title, text.description, shift_customer_voice)
        agreed = [item.agent for item in store.coaching.consents().values() if item.by_name]
        with ClipArchive(output, head, loaded.audio.model_sample_rate_hz, audio_format.value) as archive:
            cutting = Cutting(
                store=store,
                archive=archive,
                options=ClipOptions(context, shift_customer_voice, loaded),
                criterion=behaviour,
                language=shown,
                by_name=frozenset(agreed if names else ()),
            )
            _cut(out, cutting, calls, limit)
    for call_id, reason in cutting.skipped:
        print_line(out, f"left out {call_id[:8]}: {reason}")
    if not cutting.num_cut:
        raise AudioError(
            "no clip could be cut: none of these calls can be played.",
            "Put the recordings back where they were when they were scored, or score them where they are.",
        )
    print_line(out, f"{count(cutting.num_cut, 'clip')} in {output}: unpack it and open index.html")


def _cut(out: Console, cutting: Cutting, calls: Sequence[JudgedCall], limit: int) -> None:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("cutting"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=out, disable=not out.is_terminal, transient=True) as bar:
        task = bar.add_task("", total=min(limit, len(calls)))
        cutting.cut(calls, limit, lambda done: bar.update(task, completed=done))


def _language_of_most(calls: Sequence[JudgedCall]) -> str:
    num_zh = sum(call.language == "zh" for call in calls)
    return "zh" if 2 * num_zh >= len(calls) else "en"
