"""The commands. Each reads its options, calls the part that does the work, and prints.

Heavy parts are imported inside the commands, so that `callqa --help` answers at once.
"""

from __future__ import annotations

import sys
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from callqa.calibration.command import calibrate_app
from callqa.commands import coach_cli
from callqa.commands.clips import clips_command
from callqa.commands.export_cli import export_app
from callqa.commands.options import DEFAULT_WORKSPACE, SettingsFile, Workspace
from callqa.commands.report_cli import report_app
from callqa.errors import EXIT_FAILURE, EXIT_OK, CallqaError, UsageError
from callqa.evaluation.command import evaluate_command

EXIT_INTERRUPTED = 130


class _Commands(TyperGroup):
    """Turns errors that speak to a person into a line on the error stream and an exit code.
    Any other error is a mistake of ours, and its trace is shown."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except CallqaError as error:
            from callqa.commands.terminal import print_error

            print_error(error)
            raise typer.Exit(error.exit_code) from error
        except KeyboardInterrupt as error:
            print("stopped.", file=sys.stderr)
            raise typer.Exit(EXIT_INTERRUPTED) from error


app = typer.Typer(
    cls=_Commands,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Scores recorded customer-service calls, with evidence for every score.",
    epilog="Example: callqa score recordings/ && callqa list",
)
models_app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="The model weights: list, bring in, check.",
    epilog="Example: callqa models pull",
)
app.add_typer(models_app, name="models")
rubric_app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Rubrics: a copy to edit, its mistakes, what it says.",
    epilog="Example: callqa rubric new ours --from telecom.zh",
)
app.add_typer(rubric_app, name="rubric")
voices_app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Agents' voices, where the setting voices is on: make the key, list, forget.",
    epilog="Example: callqa voices list",
)
app.add_typer(voices_app, name="voices")

RubricFile = Annotated[
    str | None,
    typer.Option("--rubric", metavar="FILE", help="Rubric to judge by, a YAML file or a shipped one's name."),
]
QueueRubrics = Annotated[
    list[str] | None,
    typer.Option(
        "--queue-rubric", metavar="QUEUE=FILE", help="Rubric for calls of this queue; may be repeated."
    ),
]
Lexicons = Annotated[
    list[Path] | None,
    typer.Option(
        "--lexicon",
        metavar="FILE|DIR",
        help="Lexicons that add to callqa's, none for those alone; may be repeated (docs/rubric.md).",
    ),
]


def _show_version(wanted: bool) -> None:
    if wanted:
        from callqa import __version__

        print(__version__)
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


@app.command(epilog="Example: callqa score recordings/2025-03-04 --company 中国移动 --jobs 2")
def score(
    paths: Annotated[
        list[str] | None,
        typer.Argument(metavar="PATH…", help="Recordings, folders with recordings, or globs."),
    ] = None,
    manifest: Annotated[
        Path | None,
        typer.Option(
            metavar="CSV",
            help="Recordings and what is known of them: path, and any of agent_id, agent_name, company, "
            "started_at, queue, agent_channel (from 0), language.",
        ),
    ] = None,
    company: Annotated[
        str | None, typer.Option(metavar="NAME", help="Company that the agents greet for.")
    ] = None,
    filename_pattern: Annotated[
        str | None,
        typer.Option(
            metavar="REGEX", help="Takes the manifest's fields from file names, by groups of these names."
        ),
    ] = None,
    jobs: Annotated[
        int,
        typer.Option(metavar="N", min=1, help="Calls scored at a time, each needs 1 to 2.5 GB of memory."),
    ] = 1,
    rubric: RubricFile = None,
    queue_rubric: QueueRubrics = None,
    lexicon: Lexicons = None,
    settings: SettingsFile = None,
    language: Annotated[
        str | None,
        typer.Option(
            metavar="zh|en", help="Language of calls that nothing else gives one; else it is found."
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Score again what is scored already.")] = False,
    workspace: Workspace = DEFAULT_WORKSPACE,
) -> None:
    """Score recordings; what is scored is not done again.

    Exit code: 0 all scored, 2 wrong usage, 3 some calls failed or were scored in part (each is
    listed with its reason), 130 stopped by Ctrl-C (what is done is kept).
    """
    if not paths and manifest is None:
        raise UsageError("nothing to score.", "Name recordings or folders, or a --manifest.")
    from callqa.commands import score as scoring
    from callqa.stored_judging import Asked, parse_queue_rubrics

    raise typer.Exit(
        scoring.score(
            scoring.ScoreOptions(
                paths=tuple(paths or ()),
                manifest=manifest,
                company=company,
                filename_pattern=filename_pattern,
                jobs=jobs,
                asked=Asked(rubric, settings, tuple(lexicon or ()), parse_queue_rubrics(queue_rubric or ())),
                language=language,
                force=force,
                workspace=workspace,
            )
        )
    )


@app.command(epilog="Example: callqa show 3fa9c1d2 --json")
def show(
    call: Annotated[str, typer.Argument(metavar="CALL", help="Id, the beginning of one, or path as given.")],
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the whole as one JSON document (docs/output.md).")
    ] = False,
    unmasked: Annotated[
        bool,
        typer.Option(
            "--unmasked", help="With personal data as it was said; each use is noted, see --reason."
        ),
    ] = False,
    reason: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Why --unmasked is needed, for the access log.")
    ] = None,
    settings: SettingsFile = None,
    workspace: Workspace = DEFAULT_WORKSPACE,
) -> None:
    """Show one call: scorecard, evidence, who said what.

    With times, the measures, and what could not be heard. Phone, ID and card numbers, codes, names
    and addresses of customers are masked (docs/masking.md).
    """
    from callqa.commands import calls

    calls.show(call, as_json, workspace, unmasked=unmasked, reason=reason, settings_file=settings)


@app.command("list", epilog="Example: callqa list --agent 李娜")
def list_(
    agent: Annotated[
        str | None, typer.Option(metavar="AGENT", help="Only calls of this agent, by name or number.")
    ] = None,
    workspace: Workspace = DEFAULT_WORKSPACE,
) -> None:
    """List the scored calls, and the files that failed."""
    from callqa.commands import calls

    calls.list_calls(agent, workspace)


@app.command(epilog="Example: callqa rescore --rubric our-rubric.yaml --dry-run")
def rescore(
    rubric: RubricFile = None,
    queue_rubric: QueueRubrics = None,
    lexicon: Lexicons = None,
    settings: SettingsFile = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change, save nothing.")] = False,
    show_all: Annotated[bool, typer.Option("--all", help="Print every row of the tables.")] = False,
    csv: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write every change to a table that Excel opens.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print every change as one JSON document.")] = False,
    whole: Annotated[bool, typer.Option("--whole", help="Take every measure of every call anew.")] = False,
    wording: Annotated[
        bool,
        typer.Option(
            "--wording", help="First classify the utterances of calls that were stored before callqa did."
        ),
    ] = False,
    workspace: Workspace = DEFAULT_WORKSPACE,
) -> None:
    """Judge all stored calls anew, without their audio.

    Without options each call keeps the rubric, lexicons and settings it was judged with; files that
    were edited are read anew. Shows what changes by criterion, agent and call, and which evidence
    came or went. A queue's own rubric goes before --rubric.
    """
    from callqa.commands.rescore import RescoreOptions, rescore_calls
    from callqa.stored_judging import Asked, parse_queue_rubrics

    asked = Asked(rubric, settings, tuple(lexicon or ()), parse_queue_rubrics(queue_rubric or ()))
    rescore_calls(RescoreOptions(asked, dry_run, whole, show_all, csv, as_json, workspace, wording))


@app.command(epilog="Example: callqa roles 3fa9c1d2 --agent SPEAKER_01")
def roles(
    call: Annotated[
        str | None,
        typer.Argument(
            metavar="CALL", help="Id, the beginning of one, or path as given; none lists what waits."
        ),
    ] = None,
    agent: Annotated[
        str | None,
        typer.Option(metavar="SPEAKER", help="Who the agent is, as `callqa show` names the speakers."),
    ] = None,
    swap: Annotated[bool, typer.Option("--swap", help="Agent and customer are the wrong way round.")] = False,
    none: Annotated[bool, typer.Option("--none", help="Nobody in this call is an agent.")] = False,
    auto: Annotated[
        bool, typer.Option("--auto", help="Take back what a person said; callqa decides again.")
    ] = False,
    by: Annotated[
        str | None, typer.Option(metavar="NAME", help="Who says so; else the name you are logged in by.")
    ] = None,
    csv: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the waiting calls to a sheet to fill in.")
    ] = None,
    settled: Annotated[
        Path | None, typer.Option("--from", metavar="FILE", help="Settle what such a sheet says.")
    ] = None,
    rubric: RubricFile = None,
    settings: SettingsFile = None,
    workspace: Workspace = DEFAULT_WORKSPACE,
) -> None:
    """Say who the agent of a call is, or list the calls that wait for it.

    The call is judged anew, without its audio, and stays so settled, also when its audio is
    analysed again. Without a call: for each waiting call who speaks how long, the first words with
    their times, and what points to whom.
    """
    from callqa.commands.roles import RolesOptions
    from callqa.commands.roles import roles as run

    run(RolesOptions(call, agent, swap, none, auto, by, csv, settled, rubric, settings, workspace))


@voices_app.command("init", epilog="Example: CALLQA_KEY_FILE=~/keys/voices.key callqa voices init")
def voices_init(settings: SettingsFile = None, workspace: Workspace = DEFAULT_WORKSPACE) -> None:
    """Make the key that voices are encrypted with, outside the workspace."""
    from callqa.commands.voices import init

    init(settings, workspace)


@voices_app.command("list", epilog="Example: callqa voices list --workspace march")
def voices_list(workspace: Workspace = DEFAULT_WORKSPACE) -> None:
    """List the agents whose voices are kept."""
    from callqa.commands.voices import list_voices

    list_voices(workspace)


@voices_app.command("forget", epilog="Example: callqa voices forget A1023")
def voices_forget(
    agent: Annotated[str | None, typer.Argument(metavar="AGENT", help="The agent's number.")] = None,
    everybody: Annotated[bool, typer.Option("--all", help="Everybody's.")] = False,
    settings: SettingsFile = None,
    workspace: Workspace = DEFAULT_WORKSPACE,
) -> None:
    """Delete what is kept of an agent's voice."""
    from callqa.commands.voices import forget

    forget(agent, everybody, settings, workspace)


coach_cli.register(app)
app.add_typer(report_app, name="report")
app.add_typer(export_app, name="export")
app.command("clips", epilog="Example: callqa clips --behaviour greeting --verdict met -o greetings.zip")(
    clips_command
)
app.command("evaluate", epilog="Example: callqa evaluate samples/truth")(evaluate_command)
app.add_typer(calibrate_app, name="calibrate")


@rubric_app.command("new", epilog="Example: callqa rubric new ours --from telecom.zh")
def rubric_new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Id of the new rubric.")],
    source: Annotated[
        str, typer.Option("--from", metavar="FILE", help="Rubric to copy, a file or a shipped one's name.")
    ] = "telecom.zh",
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="File to write; NAME.yaml without.")
    ] = None,
) -> None:
    """Write a copy of a rubric, with its comments, to be edited."""
    from callqa.commands.rubric import new_rubric

    new_rubric(name, source, output)


@rubric_app.command("check", epilog="Example: callqa rubric check ours.yaml")
def rubric_check(
    file: Annotated[str, typer.Argument(metavar="FILE", help="Rubric to read.")],
) -> None:
    """List every mistake in a rubric, with its line. Exit code 2 where there is one."""
    from callqa.commands.rubric import check_rubric

    check_rubric(file)


@rubric_app.command("show", epilog="Example: callqa rubric show telecom.zh@2 --workspace march")
def rubric_show(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="RUBRIC",
            help="A file, a shipped rubric's name, or one that calls were judged by: ID@VERSION or digest.",
        ),
    ] = None,
    language: Annotated[
        str | None, typer.Option(metavar="zh|en", help="Language of titles and advice.")
    ] = None,
    as_text: Annotated[bool, typer.Option("--text", help="Print the file as it is or was.")] = False,
    workspace: Workspace = DEFAULT_WORKSPACE,
) -> None:
    """Show what a rubric asks for; without a name, list the rubrics that there are."""
    from callqa.commands.rubric import show_rubric

    show_rubric(name, language, workspace, as_text)


@models_app.command("list", epilog="Example: callqa models list")
def models_list() -> None:
    """List the weights that callqa uses, and whether they are here."""
    from callqa.commands import machine

    machine.list_models()


@models_app.command("pull", epilog="Example: callqa models pull whisper-base")
def models_pull(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="NAME…", help="Which models; all of them without.")
    ] = None,
) -> None:
    """Bring in weights that are missing or damaged."""
    from callqa.commands import machine

    machine.pull_models(names or [])


@models_app.command("verify", epilog="Example: callqa models verify")
def models_verify(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="NAME…", help="Which models; all of them without.")
    ] = None,
) -> None:
    """Read all weights and hold them against their checksums. Exit code 1 where one is not right."""
    from callqa.commands import machine

    raise typer.Exit(EXIT_OK if machine.verify_models(names or []) else EXIT_FAILURE)


@app.command(epilog="Example: callqa doctor --workspace march")
def doctor(workspace: Workspace = DEFAULT_WORKSPACE) -> None:
    """Look whether this machine has what callqa needs. Exit code 1 where something is missing."""
    from callqa.commands import machine

    raise typer.Exit(EXIT_OK if machine.run_doctor(workspace) else EXIT_FAILURE)


def main() -> None:
    """The console script."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # A terminal that cannot show a character gets a question mark, not a crash.
            stream.reconfigure(errors="replace")
    app()
