"""`callqa calibrate`: sheets for people to fill in, and the machine beside them."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from callqa.errors import UsageError

if TYPE_CHECKING:
    from rich.console import Console

_WIDTH_OF_FILES = 200


class _SheetsOrCommands(TyperGroup):
    """`callqa calibrate labels.xlsx` means `callqa calibrate read labels.xlsx`."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if args and args[0] not in self.commands:
            args = ["read", *args]
        return super().resolve_command(ctx, args)


calibrate_app = typer.Typer(
    cls=_SheetsOrCommands,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Check the machine's verdicts against people's: hand out a sheet, read it back "
    "(`callqa calibrate FILE` is short for `callqa calibrate read FILE`).",
    epilog="Example: callqa calibrate new -o labels.xlsx && callqa calibrate labels.xlsx",
)
Workspace = Annotated[
    Path, typer.Option("--workspace", metavar="DIR", help="Folder with the scored calls.", show_default=True)
]
Language = Annotated[
    str | None, typer.Option(metavar="zh|en", help="Language of the texts. [default: that of most calls]")
]
DEFAULT_WORKSPACE = Path("callqa-workspace")


@calibrate_app.command("new", epilog="Example: callqa calibrate new -o labels.xlsx --calls 30 --blind")
def new_command(
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="FILE", help="The sheet to write, .xlsx or .csv.")
    ],
    calls: Annotated[int, typer.Option(metavar="N", min=1, help="How many calls to draw.")] = 20,
    criteria: Annotated[
        list[str] | None,
        typer.Option(metavar="ID", help="Only these criteria; more than once, or with commas."),
    ] = None,
    seed: Annotated[
        int, typer.Option(metavar="N", min=0, help="Another number draws other calls.", show_default=True)
    ] = 0,
    labeller: Annotated[str, typer.Option(metavar="NAME", help="Who will fill it in.")] = "",
    blind: Annotated[bool, typer.Option("--blind", help="Hide who the agents are.")] = False,
    show_verdicts: Annotated[
        bool,
        typer.Option(
            "--show-verdicts", help="Show the machine's verdicts, for training; people are led by them."
        ),
    ] = False,
    language: Language = None,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
    workspace: Workspace = DEFAULT_WORKSPACE,
) -> None:
    """Write a sheet for people to fill in.

    The calls are drawn at random so that every verdict, agent, queue, score and length is
    represented, rare ones more often; how often is kept, so that agreement can be told for the
    whole workspace as well. The same seed draws the same calls: for two labellers, two sheets.
    """
    from callqa.calibration.sheet import SheetOptions, make_sheet
    from callqa.calibration.spreadsheet import write_sheet
    from callqa.store import Store

    _check_language(language)
    if output.exists() and not force:
        raise UsageError(f"{output} is there already.", "Name another file, or write over it with --force.")
    names = tuple(name.strip() for given in criteria or () for name in given.split(",") if name.strip())
    options = SheetOptions(calls, names, seed, labeller.strip(), blind, show_verdicts, language)
    with Store.open(workspace) as store:
        sheet, drawn = make_sheet(store, options)
        write_sheet(output, sheet)
        store.save_sheet(drawn)
    out = _console()
    num_calls = len(drawn.chances)
    out.print(
        f"written: {output}, sheet {sheet.id}: {len(sheet.rows)} verdicts to give on {num_calls} of "
        f"{drawn.population} calls"
    )
    if num_calls < calls:
        out.print(f"there are no more than {num_calls} scored calls in {workspace}")
    out.print(f"when it is filled in:  callqa calibrate read {output}{_place(workspace)}")


@calibrate_app.command("read", epilog="Example: callqa calibrate read labels.xlsx second.xlsx --csv all.csv")
def read_command(
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="FILE…", help="Sheets that were filled in; none: what was read before."),
    ] = None,
    labeller: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="Who filled it in, where the sheet does not say; once for each sheet. "
            "[default: the file's name]",
        ),
    ] = None,
    only_these: Annotated[
        bool, typer.Option("--only-these", help="Leave out what was read from other sheets before.")
    ] = False,
    rubric: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Suggest limits for this rubric instead of the calls' own."),
    ] = None,
    json_out: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write everything to this file as well.")
    ] = None,
    csv_out: Annotated[
        Path | None,
        typer.Option("--csv", metavar="FILE", help="Write every verdict beside the machine's as a table."),
    ] = None,
    language: Language = None,
    workspace: Workspace = DEFAULT_WORKSPACE,
) -> None:
    """Read sheets, and show where machine and people differ.

    The verdicts are kept in the workspace, and count in later runs as well. Mistakes are listed
    with their rows, and nothing is kept while there is one.
    """
    from callqa.calibration.bands import suggest_bands
    from callqa.calibration.compare import compare
    from callqa.calibration.document import calibration_document, calibration_rows
    from callqa.calibration.labels import read_labels
    from callqa.calibration.rubrics import RubricBook
    from callqa.calibration.spreadsheet import write_table
    from callqa.calibration.tables import print_comparison, print_suggestions
    from callqa.store import Store

    _check_language(language)
    if only_these and not files:
        raise UsageError("--only-these needs sheets.", "Name them, or leave it out.")
    out = _console()
    with Store.open(workspace) as store:
        book = RubricBook(store, rubric)
        if files:
            read = read_labels(store, files, labeller or ())
            store.save_labels(read.labels)
            left = f"; {read.num_empty} rows without a verdict left out" if read.num_empty else ""
            out.print(f"read and kept: {len(read.labels)} verdicts{left}")
        labels = store.labels()
        if only_these:
            mine = {(label.call_id, label.criterion, label.labeller) for label in read.labels}
            labels = [item for item in labels if (item.call_id, item.criterion, item.labeller) in mine]
        if not labels:
            raise UsageError(
                "nobody has judged a call of this workspace yet.",
                "Write a sheet with `callqa calibrate new -o labels.xlsx`, and fill it in.",
            )
        comparison = compare(store, labels)
        languages = [item.call.analysis.facts.language for item in comparison.items]
        language = language or ("zh" if languages.count("zh") * 2 >= len(languages) else "en")
        titles = {
            criterion.id: f"{criterion.id} {criterion.title.in_language(language)}".strip()
            for item in comparison.items
            for criterion in book.of(item.call).criteria
        }
        with _progress(out) as progress:
            suggestions = suggest_bands(store, comparison, book, progress)
    print_comparison(out, comparison, titles, language)
    print_suggestions(out, suggestions, titles, language)
    if csv_out is not None:
        write_table(csv_out, calibration_rows(comparison, titles, language))
    if json_out is not None:
        document = calibration_document(comparison, suggestions)
        _write_json(json_out, document)


def _write_json(path: Path, document: dict[str, Any]) -> None:
    try:
        path.write_text(
            json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False) + "\n", encoding="utf-8"
        )
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}.", "Name another file.") from error


def _check_language(language: str | None) -> None:
    if language not in (None, "zh", "en"):
        raise UsageError(f"--language {language} is neither zh nor en.", "Leave it out, or name one of them.")


def _console() -> Console:
    from rich.console import Console

    found = Console(highlight=False, markup=False, emoji=False, soft_wrap=True)
    if not found.is_terminal and "COLUMNS" not in os.environ:
        # A pipe or file has no width of its own, and cells cut to 80 columns could not be read.
        found = Console(highlight=False, markup=False, emoji=False, soft_wrap=True, width=_WIDTH_OF_FILES)
    return found


def _place(workspace: Path) -> str:
    return "" if workspace == DEFAULT_WORKSPACE else f" --workspace {workspace}"


@contextmanager
def _progress(out: Console) -> Iterator[Callable[[int, int], None]]:
    """A bar over all stored calls, where there is a terminal and something to wait for."""
    from rich.progress import Progress

    with Progress(console=out, transient=True, disable=not out.is_terminal) as bar:
        task = bar.add_task("effect on all calls", total=None, visible=False)
        yield lambda done, total: bar.update(task, completed=done, total=total, visible=True)
