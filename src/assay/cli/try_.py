"""`assay try`: one whole assessment in the terminal."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

DEFAULT_EXERCISE = "labeling-assistant"
DEFAULT_MODEL = "embedded"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What was asked for on the command line; None where nothing was said."""

    exercise: str | None
    bot: str | None
    model: str | None
    out: Path | None
    resume: str | None
    time_multiplier: float | None
    seed: int | None
    sessions: Path | None


def register(app: typer.Typer) -> None:
    """Add `try` to the command line."""
    app.command("try")(try_)


def try_(
    *,
    exercise: Annotated[
        str | None,
        typer.Argument(
            help=f"A shipped exercise's id, or a folder or file; {DEFAULT_EXERCISE} when left out.",
            show_default=False,
        ),
    ] = None,
    bot: Annotated[
        str | None, typer.Option(help="Let a scripted candidate work: strong, middling or weak.")
    ] = None,
    model: Annotated[
        str | None, typer.Option(help=f"The assistant's model setting; {DEFAULT_MODEL} when left out.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Write the record, which anyone can verify, here.")] = None,
    resume: Annotated[str | None, typer.Option(help="Go on with a kept session: its id or its file.")] = None,
    time_multiplier: Annotated[
        float | None, typer.Option(help="Extra time: 1.5 gives half as much again.")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Seed for the model, where it takes one.")] = None,
    sessions: Annotated[Path | None, typer.Option(help="The folder that sessions are kept in.")] = None,
) -> None:
    """Work through an exercise with an AI, and get the scored report.

    Messages are read line by line from standard input when it is not a terminal, in the same grammar.
    Every message is on disk before the model is asked, so a session can be resumed at any point.
    """
    from assay.cli.try_run import run

    wishes = Wishes(exercise, bot, model, out, resume, time_multiplier, seed, sessions)
    raise typer.Exit(run(wishes))
