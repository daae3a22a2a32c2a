"""`assay baseline`: what the assistant achieves alone on an exercise, given one line."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

RUNS = 3


@dataclass(frozen=True, slots=True)
class Wishes:
    """What was asked for on the command line; None where nothing was said."""

    exercise: str
    out: Path
    model: str
    runs: int
    line: str | None


def register(app: typer.Typer) -> None:
    """Add `baseline` to the command line."""
    app.command("baseline")(baseline)


def baseline(
    exercise: Annotated[str, typer.Argument(help="A shipped exercise's id, or a folder or file.")],
    *,
    out: Annotated[
        Path, typer.Option("--out", "-o", help="The folder for the runs' records; one begun is gone on with.")
    ],
    model: Annotated[
        str, typer.Option("--model", "-m", help="The assistant that candidates work with.")
    ] = "embedded",
    runs: Annotated[int, typer.Option(min=1, max=20, help="How often: a model's replies differ.")] = RUNS,
    line: Annotated[
        str | None, typer.Option(help="The line to give it; the exercise's goal when left out.")
    ] = None,
) -> None:
    """Have the assistant do an exercise alone, given one line, so that a score says what a candidate added.

    Each run is one call and one record, scored by the offline judge as assay try scores a session. That judge
    hardly reads replies: have another rate the records with assay score. A run that is there already is not
    made again. The exit code is 1 when a run is missing because the model failed.
    """
    from assay.cli.baseline_run import run

    raise typer.Exit(run(Wishes(exercise, out, model, runs, line)))
