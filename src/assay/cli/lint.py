"""`assay lint`: remarks on exercises, rubrics and ledgers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from assay.authoring.lint import Remark


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("lint")(lint)


def lint(
    paths: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH",
            help="Folders, exercise.yaml, rubric.yaml or ledger.yaml files, or ids of shipped exercises.",
        ),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line and remark.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 1 on warnings too.")] = False,
) -> None:
    """Say what is wrong or doubtful in exercises, rubrics and ledgers, with file and line.

    Exits with 1 when there is an error.
    """
    from assay.authoring.lint import lint_path

    places = [place for path in paths for place in _places(path)]
    found = [remark for place in places for remark in lint_path(place)]
    remarks = sorted(found, key=lambda remark: remark.severity == "note")
    for remark in remarks:
        typer.echo(_as_json(remark) if as_json else _as_text(remark))
    if not as_json:
        typer.echo(_summary(remarks, len(places)))
    failing = ("error", "warning") if strict else ("error",)
    if any(remark.severity in failing for remark in remarks):
        raise typer.Exit(1)


def _places(path: str) -> Iterator[Path]:
    """What a path stands for: itself, the exercises in a folder of exercises, or a shipped exercise."""
    from assay.library.exercises import exercise_path

    folder = Path(path)
    within = sorted(folder.glob("*/exercise.yaml")) if folder.is_dir() else []
    if within and not (folder / "exercise.yaml").is_file():
        yield from (file.parent for file in within)
    else:
        yield exercise_path(path)


def _as_json(remark: Remark) -> str:
    return json.dumps(
        {
            "file": str(remark.file),
            "line": remark.line,
            "column": remark.column,
            "code": remark.code,
            "severity": remark.severity,
            "says": remark.says,
            "remedy": remark.remedy,
        },
        ensure_ascii=False,
    )


def _as_text(remark: Remark) -> str:
    place = f"{remark.file}:{remark.line}"
    lines = [f"{place}: {remark.severity}: {remark.says} [{remark.code}]", *_excerpt(remark)]
    return "\n".join([*lines, f"    {remark.remedy}", ""])


def _excerpt(remark: Remark, width: int = 96) -> list[str]:
    try:
        with remark.file.open(encoding="utf-8-sig") as file:
            line = next((text for number, text in enumerate(file, 1) if number == remark.line), "")
    except (OSError, ValueError):
        return []
    shown = "".join(char if char.isprintable() else " " for char in line.rstrip())
    if not shown.strip() or remark.column > width:
        return []
    gutter = f"    {remark.line} | "
    return [gutter + shown[:width], " " * (len(gutter) + remark.column - 1) + "^"]


def _summary(remarks: Sequence[Remark], checked: int) -> str:
    counts = []
    for severity in ("error", "warning", "note"):
        count = sum(remark.severity == severity for remark in remarks)
        if count:
            counts.append(f"{count} {severity}{'' if count == 1 else 's'}")
    return f"{', '.join(counts) or 'No remarks'}; {checked} checked."
