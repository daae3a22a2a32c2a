"""`assay audit verify`: hold the audit log to its chains."""

from typing import Annotated

import typer

from assay_web.commands import ready

BROKEN = 1
"""The exit code when a chain does not hold."""


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    group = typer.Typer(help="The audit log.", no_args_is_help=True, rich_markup_mode=None)
    group.command("verify")(verify)
    # A group of one command would otherwise be that command.
    group.callback()(_audit)
    app.add_typer(group, name="audit")


def _audit() -> None:
    """The audit log."""


def verify(
    heads: Annotated[
        list[str] | None,
        typer.Option(
            "--head", metavar="HEX", help="A head that was written down earlier; may be given again."
        ),
    ] = None,
) -> None:
    """Check every team's audit log: nothing changed, deleted, inserted or moved.

    Rows cut off the end, head and all, are noticed only by a head that was written down elsewhere: note the
    heads that this command prints, and give them the next time. The exit code is 1 when a log does not hold.
    """
    ready.set_up()
    ready.check_migrated()
    from assay_web.audit.verification import verify_all

    found = verify_all(heads or [])
    for line in found.lines:
        typer.echo(line)
    if not found.holds:
        raise typer.Exit(BROKEN)
