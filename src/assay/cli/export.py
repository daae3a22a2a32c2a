"""`assay export`: scored sessions in the forms of other programs."""

from pathlib import Path
from typing import Annotated

import typer

from assay.cli.report import sound_record


def register(app: typer.Typer) -> None:
    """Add the command group to the command line."""
    group = typer.Typer(
        no_args_is_help=True,
        rich_markup_mode=None,
        callback=_several_forms,
        help="Write scored sessions in the form of another program.",
    )
    group.command("inspect")(inspect)
    app.add_typer(group, name="export")


def _several_forms() -> None:
    """A group with a single command would swallow that command's name."""


def inspect(
    records: Annotated[
        list[Path], typer.Argument(metavar="RECORD…", help="Record files, such as record.assay.json.")
    ],
    out: Annotated[Path, typer.Option(help="The log to write; its name ends in .eval or .json.")],
) -> None:
    """Write records as one log of Inspect AI, a sample each. They share an exercise and a rubric.

    A record that does not hold is refused, and nothing is written then. A file of that name is replaced.
    """
    from assay.interchange.inspect_log import write_inspect_log

    found = [sound_record(path) for path in records]
    write_inspect_log(found, out)
    typer.echo(f"{len(found)} {'session' if len(found) == 1 else 'sessions'} written to {out}.")
