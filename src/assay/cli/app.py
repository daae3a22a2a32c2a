"""The command line: one file a command group, imported only when it runs heavy work."""

import os
import sys
from importlib.metadata import entry_points
from typing import NoReturn

import typer

from assay import __version__
from assay.cli import attack, baseline, doctor, exercises, export, lint, probe, report, score, try_, verify
from assay.errors import AssayError

app = typer.Typer(
    name="assay",
    help="Measure how people work with language models, and let everyone check the measurement.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"assay {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: bool = typer.Option(
        False, "--version", help="Print the version and stop.", callback=_print_version
    ),
) -> None:
    del version


COMMANDS = "assay.commands"
"""Other installed packages add commands by an entry point of this group: a module with `register(app)`."""


def _add_commands() -> None:
    for group in (try_, score, baseline, report, export, verify, exercises, lint, attack, probe, doctor):
        group.register(app)
    for found in sorted(entry_points(group=COMMANDS)):
        found.load().register(app)


_add_commands()


def main() -> None:
    """Run the command line; every refusal is one message that says what to do."""
    try:
        app()
    except AssayError as error:
        _stop(str(error), error.exit_code)
    except Exception as error:
        if os.environ.get("ASSAY_DEBUG"):
            raise
        _stop(
            f"Assay has a bug here: {type(error).__name__}: {error}. "
            "Run again with ASSAY_DEBUG=1 to see where, and report it with that output",
            70,
        )


def _stop(message: str, exit_code: int) -> NoReturn:
    from assay.reports.safe import visible

    print(f"assay: {visible(message)}", file=sys.stderr)
    sys.exit(exit_code)
