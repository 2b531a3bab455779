"""The options of the coaching commands. What they do stands in `callqa.commands.coach`, imported
only when one of them runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from callqa.commands.options import (
    DEFAULT_WORKSPACE,
    First,
    Language,
    Last,
    ModulesFile,
    PeriodWord,
    Queue,
    RulesFile,
    Workspace,
)

MinCalls = Annotated[
    int | None,
    typer.Option("--min-calls", metavar="N", min=2, help="Calls below which nobody is judged [default: 8]."),
]
Csv = Annotated[
    Path | None, typer.Option("--csv", metavar="FILE", help="Write a sheet that Excel opens instead.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document instead.")]
By = Annotated[
    str | None, typer.Option("--by", metavar="NAME", help="Who says so; else the name you are logged in by.")
]
Number = Annotated[int, typer.Argument(metavar="SESSION", help="The session's number.")]

sessions_app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Coaching sessions: planned, held, acknowledged, followed up.",
    epilog="Example: callqa sessions list --due",
)


def agents(
    agent: Annotated[
        str | None, typer.Argument(metavar="AGENT", help="Name or number; everything about this one.")
    ] = None,
    period: PeriodWord = None,
    first: First = None,
    last: Last = None,
    queue: Queue = None,
    min_calls: MinCalls = None,
    csv: Csv = None,
    as_json: AsJson = False,
    workspace: Workspace = DEFAULT_WORKSPACE,
) -> None:
    """Show results of the agents: scores and behaviours, how sure they are, and who stands out.

    Agents are compared with everybody else in calls of the same queue and language. Under the
    smallest number of calls nothing is said of a person but how many calls are missing.
    """
    from callqa.commands.coach import Selection, list_agents

    list_agents(Selection(period, first, last, queue, workspace), agent, min_calls, csv, as_json)


def coach(
    agent: Annotated[
        str | None, typer.Argument(metavar="AGENT", help="Name or number; none shows everybody in short.")
    ] = None,
    period: PeriodWord = None,
    first: First = None,
    last: Last = None,
    queue: Queue = None,
    min_calls: MinCalls = None,
    rules: RulesFile = None,
    modules: ModulesFile = None,
    language: Language = None,
    csv: Csv = None,
    as_json: AsJson = False,
    workspace: Workspace = DEFAULT_WORKSPACE,
) -> None:
    """Show what to work on now: the behaviours that matter most, with moments to listen to.

    For each behaviour: the agent's own moments, one that went well, a colleague's example, what to
    say instead, and the training module. Without an agent: who works on what, and who needs the
    same module. Where nothing is certain, nothing is advised.
    """
    from callqa.commands.coach import Selection
    from callqa.commands.coach import coach as run

    run(
        Selection(period, first, last, queue, workspace),
        agent,
        min_calls=min_calls,
        rules_file=rules,
        modules_file=modules,
        language=language,
        csv=csv,
        as_json=as_json,
    )


@sessions_app.command(
    "plan", epilog="Example: callqa sessions plan 李娜 --behaviour greeting --on 2025-03-31 --coach 王敏"
)
def sessions_plan(
    agent: Annotated[str, typer.Argument(metavar="AGENT", help="Name or number.")],
    behaviour: Annotated[
        str, typer.Option(metavar="B", help="What it is about: greeting, pace, … as scorecards name it.")
    ],
    on: Annotated[str, typer.Option(metavar="DAY", help="The day it is planned for.")],
    coach: Annotated[str | None, typer.Option(metavar="NAME", help="Who holds it; else you.")] = None,
    note: Annotated[str, typer.Option(metavar="TEXT", help="What is to be talked about.")] = "",
    by: By = None,
    workspace: Workspace = DEFAULT_WORKSPACE,
) -> None:
    """Plan a session with an agent about one behaviour."""
    from callqa.commands.coach import plan_session

    plan_session(workspace, agent, behaviour, on, coach, note, by)


@sessions_app.command("hold", epilog="Example: callqa sessions hold 3 --on 2025-03-31")
def sessions_hold(
    session: Number,
    on: Annotated[str | None, typer.Option(metavar="DAY", help="The day it was held; else today.")] = None,
    note: Annotated[str, typer.Option(metavar="TEXT", help="What was agreed.")] = "",
    rules: RulesFile = None,
    by: By = None,
    workspace: Workspace = DEFAULT_WORKSPACE,
) -> None:
    """Note that a session was held."""
    from callqa.commands.coach import move_session

    move_session(workspace, session, "held", text=note, by=by, on=on, rules_file=rules)


@sessions_app.command(
    "acknowledge", epilog="Example: callqa sessions acknowledge 3 --by 李娜 --comment 明白了"
)
def sessions_acknowledge(
    session: Number,
    comment: Annotated[str, typer.Option(metavar="TEXT", help="What the agent says to it.")] = "",
    by: By = None,
    workspace: Workspace = DEFAULT_WORKSPACE,
) -> None:
    """Note that the agent has read and acknowledges it; --by says who, where it is not you."""
    from callqa.commands.coach import move_session

    move_session(workspace, session, "acknowledged", text=comment, by=by)


@sessions_app.command("follow-up", epilog="Example: callqa sessions follow-up 3")
def sessions_follow_up(
    session: Number,
    note: Annotated[str, typer.Option(metavar="TEXT", help="What was seen and agreed.")] = "",
    rules: RulesFile = None,
    by: By = None,
    workspace: Workspace = DEFAULT_WORKSPACE,
) -> None:
    """Close a session: say whether the calls after it are better than those before."""
    from callqa.commands.coach import move_session

    move_session(workspace, session, "followed_up", text=note, by=by, rules_file=rules)


@sessions_app.command("cancel", epilog="Example: callqa sessions cancel 3 --note 员工请假")
def sessions_cancel(
    session: Number,
    note: Annotated[str, typer.Option(metavar="TEXT", help="Why.")] = "",
    by: By = None,
    workspace: Workspace = DEFAULT_WORKSPACE,
) -> None:
    """Call a session off."""
    from callqa.commands.coach import move_session

    move_session(workspace, session, "cancelled", text=note, by=by)


@sessions_app.command("list", epilog="Example: callqa sessions list --due")
def sessions_list(
    agent: Annotated[
        str | None, typer.Option(metavar="AGENT", help="Only this agent's, by name or number.")
    ] = None,
    due: Annotated[bool, typer.Option("--due", help="Only those with a step that is due.")] = False,
    today: Annotated[str | None, typer.Option(metavar="DAY", help="Due on this day; else today.")] = None,
    language: Language = None,
    rules: RulesFile = None,
    as_json: AsJson = False,
    workspace: Workspace = DEFAULT_WORKSPACE,
) -> None:
    """List sessions: planned and not held, held and not acknowledged, to be followed up, and what
    came of them."""
    from callqa.commands.coach import list_sessions

    list_sessions(workspace, agent, due, today, language, rules, as_json)


def consents(
    agent: Annotated[
        str | None, typer.Argument(metavar="AGENT", help="Name or number; none lists what was said.")
    ] = None,
    by_name: Annotated[
        bool | None,
        typer.Option("--by-name/--anonymous", help="Good examples may, or may not, carry the name."),
    ] = None,
    by: By = None,
    workspace: Workspace = DEFAULT_WORKSPACE,
) -> None:
    """Note whether an agent's good examples may be shown with the name. Without that they are not."""
    from callqa.commands.coach import set_consent

    set_consent(workspace, agent, by_name, by)


def flag(
    call: Annotated[
        str | None,
        typer.Argument(metavar="CALL", help="Id, the beginning of one, or path; none lists what is marked."),
    ] = None,
    clear: Annotated[bool, typer.Option("--clear", help="Take the mark away.")] = False,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why.")] = "",
    by: By = None,
    workspace: Workspace = DEFAULT_WORKSPACE,
) -> None:
    """Mark a call as not for training: it counts, but nobody is played it."""
    from callqa.commands.coach import flag_call

    flag_call(workspace, call, clear, reason, by)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(epilog="Example: callqa agents --period 2025-03")(agents)
    app.command(epilog="Example: callqa coach 李娜 --period month")(coach)
    app.add_typer(sessions_app, name="sessions")
    app.command(epilog="Example: callqa consents 李娜 --by-name")(consents)
    app.command(epilog="Example: callqa flag 3fa9c1d2 --reason 客户投诉处理中")(flag)
