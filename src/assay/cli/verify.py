"""`assay verify`: hold record files to their word."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from assay.record import Record, Verification


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("verify")(verify)


def verify(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE…", help="Record files, such as record.assay.json.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line and file.")] = False,
) -> None:
    """Check that records hold: quotes, events, rules, ratings, score and seal. Needs no network.

    Exits with 1 when a record does not hold or a file cannot be read.
    """
    good = [_verify_one(file, as_json) for file in files]
    if not all(good):
        raise typer.Exit(1)


def _verify_one(file: Path, as_json: bool) -> bool:
    from assay.record import verify as check

    try:
        data = file.read_bytes()
    except OSError as error:
        _say_unreadable(file, error.strerror or "unknown error", as_json)
        return False
    verification = check(data)
    if as_json:
        typer.echo(json.dumps(_as_object(file, verification), ensure_ascii=True))
    else:
        typer.echo("\n".join(_as_lines(file, data, verification)))
    return verification.holds


def _say_unreadable(file: Path, why: str, as_json: bool) -> None:
    if as_json:
        problem = {
            "file": str(file),
            "holds": False,
            "seal": None,
            "unreadable": why,
            "first_failure": None,
            "checks": [],
        }
        typer.echo(json.dumps(problem, ensure_ascii=True))
    else:
        typer.echo(f"{_shown(str(file))}: cannot be read: {why}. Check the name and that you may read it.")


def _as_object(file: Path, verification: Verification) -> dict[str, Any]:
    failure = verification.first_failure
    return {
        "file": str(file),
        "holds": verification.holds,
        "seal": verification.seal,
        "unreadable": None,
        "first_failure": failure.model_dump() if failure else None,
        "checks": [check.model_dump() for check in verification.checks],
    }


def _as_lines(file: Path, data: bytes, verification: Verification) -> Iterator[str]:
    from assay.record import parse_record

    failure = verification.first_failure
    if failure is not None:
        yield f"{_shown(str(file))}: does not hold"
        yield f"  {failure.says}: no"
        yield f"    {_shown(failure.detail)}"
        for check in verification.checks:
            if check.holds is False and check != failure:
                yield f"  {check.says}: no"
                yield f"    {_shown(check.detail)}"
        return
    yield f"{_shown(str(file))}: holds; {_counted(verification)}"
    yield from (f"  {line}" for line in _summary(parse_record(data)))
    for check in verification.not_made:
        yield f"  Not checked: {check.says}."
        yield f"    Why: {_shown(check.detail)}."
    yield f"  seal {verification.seal}"


def _counted(verification: Verification) -> str:
    total, left_out = len(verification.checks), len(verification.not_made)
    if not left_out:
        return f"all {total} checks were made"
    return f"{total - left_out} of {total} checks were made, and {left_out} could not be made (named below)"


def _summary(record: Record) -> Iterator[str]:
    from assay.reports.findings import moment, range_in_words
    from assay.scoring.narrative import show_level

    overall, most = record.score.overall, show_level(record.score.scale.max)
    yield _shown(
        f"{record.title}, session {record.session}, made {moment(record.made_at)} by Assay {record.assay}"
    )
    if overall is None:
        yield _shown(f"no overall score: {record.score.unscored}")
        return
    span = f" ({range_in_words(overall.interval)})" if overall.interval else ""
    yield f"{show_level(overall.value)} out of {most}{span}, {len(record.score.criteria)} criteria"


def _shown(text: str) -> str:
    from assay.reports.safe import one_line

    return one_line(text)
