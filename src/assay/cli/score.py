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
    judges: tuple[str, ...] = ()
    asking: "Asking | None" = None


@dataclass(frozen=True, slots=True)
class Asking:
    """How judges are to be asked; None where nothing was said."""

    answers: Path | None
    at_once: int
    per_minute: int | None
    most_tokens: int | None
    most_spend: float | None
    only_estimate: bool


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

JudgeNames = Annotated[
    list[str] | None,
    typer.Option(
        "--judge",
        metavar="MODEL",
        help="Have this model judge, as in 'openai:gpt-4.1-mini passes=3', or a YAML file. May be repeated; "
        "'offline' adds the judge that needs no model, which alone rates when this is left out.",
    ),
]
Answers = Annotated[
    Path | None,
    typer.Option(help="The file that keeps judges' answers, so that none is paid for twice."),
]
AtOnce = Annotated[int, typer.Option("--concurrency", min=1, max=1024, help="Calls to a judge at a time.")]
PerMinute = Annotated[int | None, typer.Option(min=1, help="Calls to a judge a minute, at most.")]
MostTokens = Annotated[
    int | None,
    typer.Option("--max-tokens", min=1, help="Tokens that each judge may use, kept answers included."),
]
MostSpend = Annotated[
    float | None,
    typer.Option("--max-spend", min=0, help="US dollars that each judge may cost, kept answers included."),
]
OnlyEstimate = Annotated[
    bool, typer.Option("--estimate", help="Say what the judges would take, and ask nothing.")
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
    judge: JudgeNames = None,
    answers: Answers = None,
    concurrency: AtOnce = 16,
    per_minute: PerMinute = None,
    max_tokens: MostTokens = None,
    max_spend: MostSpend = None,
    estimate: OnlyEstimate = False,
) -> None:
    """Score sessions from files against a rubric.

    A session that cannot be used does not stop the others: it is reported with its file and line, and the
    exit code is then 1. It is 0 when every session was scored, or is unscored with a reason, and 2 when
    the call itself cannot be carried out.
    """
    from assay.cli.score_run import run

    asking = Asking(answers, concurrency, per_minute, max_tokens, max_spend, estimate)
    chosen, judges = tuple(dict.fromkeys(forms or ())), tuple(dict.fromkeys(judge or ()))
    wishes = Wishes(
        tuple(files), rubric, exercise, ratings, out, chosen, workers, lines, force, judges, asking
    )
    raise typer.Exit(run(wishes))
