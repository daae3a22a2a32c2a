"""`assay score`: sessions that already took place, scored from files."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Form(StrEnum):
    """A file to write for each session; the record is JSON, so both names mean it."""

    record = "record"
    html = "html"
    md = "md"
    json = "json"


def form_named(name: str) -> Form:
    """The form that a word on the command line means.

    Raises:
        typer.BadParameter: there is no such form.
    """
    if name not in set(Form):
        *most, last = Form
        raise typer.BadParameter(f"There is no form {name!r}; write {', '.join(most)} or {last}")
    return Form(name)


@dataclass(frozen=True, slots=True)
class Wishes:
    """What was asked for on the command line; None where nothing was said."""

    files: tuple[str, ...]
    rubric: Path | None = None
    exercise: str | None = None
    ratings: Path | None = None
    out: Path | None = None
    forms: tuple[Form, ...] = ()
    workers: int | None = None
    lines: bool = False
    force: bool = False


Files = Annotated[
    list[str],
    typer.Argument(
        metavar="FILE", help="Message lists, JSON Lines of sessions, or records; - is standard input."
    ),
]
RubricFile = Annotated[
    Path | None, typer.Option(help="The rubric file. A record brings its own when this is left out.")
]
ExerciseName = Annotated[
    str | None, typer.Option(help="The sessions' exercise: a shipped one's id, or a folder or file.")
]
RatingsFile = Annotated[
    Path | None, typer.Option(help="People's ratings of the sessions: JSON Lines, JSON or YAML.")
]
Out = Annotated[
    Path | None, typer.Option(help="A new or empty folder; scores.jsonl is always written there.")
]
Forms = Annotated[
    list[Form] | None,
    typer.Option(
        "--format",
        parser=form_named,
        metavar=f"[{'|'.join(Form)}]",
        help="With --out: write this for each session too. May be repeated.",
    ),
]
Workers = Annotated[
    int | None,
    typer.Option(min=1, max=256, help="Processes; chosen by the size of the input when left out."),
]
Lines = Annotated[
    bool, typer.Option("--json", help="Write one JSON object a line and session, and nothing else.")
]
Force = Annotated[
    bool, typer.Option("--force", help="Take a folder that is not empty; replace files of the same name.")
]


def register(app: typer.Typer) -> None:
    """Add `score` to the command line."""
    app.command("score")(score)


def score(
    files: Files,
    *,
    rubric: RubricFile = None,
    exercise: ExerciseName = None,
    ratings: RatingsFile = None,
    out: Out = None,
    forms: Forms = None,
    workers: Workers = None,
    lines: Lines = False,
    force: Force = False,
) -> None:
    """Score sessions from files against a rubric.

    A session that cannot be used does not stop the others: it is reported with its file and line, and the
    exit code is then 1. It is 0 when every session was scored, or is unscored with a reason, and 2 when
    the call itself cannot be carried out.
    """
    from assay.cli.score_run import run

    wishes = Wishes(
        files=tuple(files),
        rubric=rubric,
        exercise=exercise,
        ratings=ratings,
        out=out,
        forms=tuple(dict.fromkeys(forms or ())),
        workers=workers,
        lines=lines,
        force=force,
    )
    raise typer.Exit(run(wishes))
