"""Reports: one record, told in the form that its reader needs.

Every form is made from a `Record` alone and shows the same things in the same words: what must not be
averaged away, the overall score with its interval, each criterion with its quotes, what was left
unscored and why, how it was scored, and the seal.

    terminal   for the person at the keyboard
    html       one self-contained file to read, print and keep
    md         for a ticket, a pull request, a wiki
    json       the record itself, which `assay verify` checks

People's texts are hostile input here too: each form escapes them for its medium, and characters that
hide or reorder text are written out.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from assay.errors import UserMistake, Where
from assay.record import Record, write_record

if TYPE_CHECKING:
    from assay.scoring.lift import Lifts

Format = Literal["html", "md", "json"]


def write_report(record: Record, format: Format, path: Path) -> None:  # noqa: A002 (the word people use)
    """Write a record as a file of the given format; `json` writes the record itself.

    Raises:
        UserMistake: the file cannot be written there.
    """
    if format == "json":
        write_record(record, path)
    else:
        write_text(report_text(record, format), path)


def report_text(record: Record, format: Literal["html", "md"], lifts: "Lifts | None" = None) -> str:  # noqa: A002
    """A record as the text of an HTML or a Markdown file, beside the assistant alone with `lifts`."""
    if format == "html":
        from assay.reports.html import html_report

        return html_report(record, lifts)
    from assay.reports.markdown import markdown_report

    return markdown_report(record, lifts)


def write_text(text: str, path: Path) -> None:
    """Write a report's text as UTF-8.

    Raises:
        UserMistake: the file cannot be written there.
    """
    try:
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise UserMistake(
            f"The report cannot be written: {error.strerror}",
            remedy="Name a file in a folder that exists and that you may write to",
            where=Where(path),
        ) from error
