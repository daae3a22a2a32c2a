"""`assay report`: a record as something to read."""

from __future__ import annotations

import io
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from assay.record import Record
    from assay.scoring.lift import Lifts


class Form(StrEnum):
    """The forms that a record can be shown in."""

    terminal = "terminal"
    html = "html"
    md = "md"


def form_named(name: str) -> Form:
    """The form that a word on the command line means.

    Raises:
        typer.BadParameter: there is no such form.
    """
    if name not in set(Form):
        *most, last = Form
        raise typer.BadParameter(f"There is no form {name!r}; write {', '.join(most)} or {last}")
    return Form(name)


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("report")(report)


def report(
    record: Annotated[
        Path, typer.Argument(metavar="RECORD", help="A record file, such as record.assay.json.")
    ],
    form: Annotated[
        Form,
        typer.Option(
            "--format", parser=form_named, metavar=f"[{'|'.join(Form)}]", help="What to make of it."
        ),
    ] = Form.terminal,
    out: Annotated[
        Path | None, typer.Option("--out", help="Write it to this file instead of showing it.")
    ] = None,
    baseline: Annotated[
        Path | None,
        typer.Option(help="Show the lift over the assistant alone: a folder of runs, or the record of one."),
    ] = None,
) -> None:
    """Show a record as a report. A record that does not hold is refused: its report could say anything."""
    found = sound_record(record)
    lifts = _lifts(found, baseline) if baseline is not None else None
    if out is None and form is Form.terminal:
        from rich.console import Console

        from assay.reports.terminal import print_report

        print_report(found, Console(), lifts)
        return
    text = _text(found, form, lifts)
    if out is None:
        typer.echo(text, nl=False)
        return
    from assay.reports import write_text

    write_text(text, out)
    typer.echo(f"Report written to {out}.")


def sound_record(path: Path) -> Record:
    """The record, verified.

    Raises:
        UserMistake: it cannot be read, or does not hold.
    """
    from assay.errors import UserMistake, Where
    from assay.record import read_record, verify
    from assay.reports.safe import one_line

    record = read_record(path)
    failure = verify(path.read_bytes()).first_failure
    if failure is not None:
        raise UserMistake(
            one_line(f"This record does not hold. {failure.says}: no; {failure.detail}"),
            remedy="Run assay verify on it, and ask whoever made it for the file as it was",
            where=Where(path),
        )
    return record


def _lifts(record: Record, baseline: Path) -> Lifts:
    from assay.reports.lift import lifts_of, read_runs

    return lifts_of(record, read_runs(baseline))


def _text(record: Record, form: Form, lifts: Lifts | None) -> str:
    if form is Form.terminal:
        from rich.console import Console

        from assay.reports.terminal import print_report

        kept = io.StringIO()
        print_report(record, Console(file=kept, width=100), lifts)
        return kept.getvalue()
    from assay.reports import report_text

    return report_text(record, "html" if form is Form.html else "md", lifts)
