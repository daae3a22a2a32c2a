"""`assay verify`: hold record files to their word."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from assay.record import Check, Record, Verification

NOT_HELD = 1
"""The exit code when a record does not hold, or a file cannot be read."""

HELD_IN_PART = 3
"""The exit code when nothing contradicts, and another version stood in the way of a check."""


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

    A record holds, or does not hold, or holds as far as it could be checked: nothing contradicts, and only
    another version of Assay or of a judge could make every check. A conversation without events and ratings
    by people allow fewer checks; such a record holds, and what cannot be checked of it is named.

    The exit code is 0 when every record holds, 1 when one does not hold or a file cannot be read, and else
    3 when one holds only as far as it could be checked.
    """
    codes = {_verify_one(file, as_json) for file in files}
    raise typer.Exit(NOT_HELD if NOT_HELD in codes else max(codes, default=0))


def _verify_one(file: Path, as_json: bool) -> int:
    """Check one file and say what was found; the exit code for it alone."""
    from assay.record import verify as check

    try:
        data = file.read_bytes()
    except OSError as error:
        _say_unreadable(file, error.strerror or "unknown error", as_json)
        return NOT_HELD
    verification = check(data)
    if as_json:
        typer.echo(json.dumps(_as_object(file, verification), ensure_ascii=True))
    else:
        typer.echo("\n".join(_as_lines(file, data, verification)))
    if not verification.holds:
        return NOT_HELD
    return HELD_IN_PART if verification.left_to_another_version else 0


def _say_unreadable(file: Path, why: str, as_json: bool) -> None:
    if as_json:
        problem = {
            "file": str(file),
            "holds": False,
            "outcome": "does not hold",
            "seal": None,
            "unreadable": why,
            "first_failure": None,
            "checks": [],
            "rests_on": [],
        }
        typer.echo(json.dumps(problem, ensure_ascii=True))
    else:
        typer.echo(f"{_shown(str(file))}: cannot be read: {why}. Check the name and that you may read it.")


def _as_object(file: Path, verification: Verification) -> dict[str, Any]:
    failure = verification.first_failure
    return {
        "file": str(file),
        "holds": verification.holds,
        "outcome": verification.outcome,
        "seal": verification.seal,
        "unreadable": None,
        "first_failure": failure.model_dump() if failure else None,
        "checks": [check.model_dump() for check in verification.checks],
        "rests_on": list(verification.rests_on),
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
    yield f"{_shown(str(file))}: {verification.outcome}; {_counted(verification)}"
    yield from (f"  {line}" for line in _summary(parse_record(data)))
    yield from _unmade("Not checked", verification.left_to_another_version)
    yield from _unmade("Cannot be checked on this kind of record", verification.cannot_be_made)
    yield from (f"  {_shown(words)}." for words in verification.rests_on)
    yield f"  seal {verification.seal}"


def _unmade(heading: str, checks: tuple[Check, ...]) -> Iterator[str]:
    for check in checks:
        yield f"  {heading}: {check.says}."
        yield f"    Why: {_shown(check.detail)}."


def _counted(verification: Verification) -> str:
    total, unmade = len(verification.checks), len(verification.not_made)
    if verification.left_to_another_version:
        return f"{total - unmade} of {total} checks were made (the others are named below)"
    if unmade:
        return f"all {total - unmade} checks were made that this kind of record allows"
    return f"all {total} checks were made"


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
