"""`assay exercises`: the exercises that ship, to list, to read and to copy."""

from __future__ import annotations

import json
import shutil
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from assay.authoring.exercise import Exercise
    from assay.authoring.rubric import Rubric

_AsJson = Annotated[bool, typer.Option("--json", help="JSON, one object a line.")]
_WIDTH = 96


def register(app: typer.Typer) -> None:
    """Add the command group to the command line."""
    group = typer.Typer(
        invoke_without_command=True,
        callback=_list_when_nothing_is_named,
        rich_markup_mode=None,
        help="List, show and copy exercises. Alone, it lists them.",
    )
    group.command("list")(list_exercises)
    group.command("show")(show)
    group.command("copy")(copy)
    app.add_typer(group, name="exercises")


def _list_when_nothing_is_named(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        list_exercises()


def list_exercises(as_json: _AsJson = False) -> None:
    """List the exercises that ship."""
    from assay.authoring.load import load_exercise
    from assay.library.exercises import exercise_folder, shipped_exercises

    for name in shipped_exercises():
        exercise = load_exercise(exercise_folder(name))
        if as_json:
            typer.echo(_line(_entry(exercise)))
        else:
            limits = exercise.limits
            typer.echo(f"{exercise.exercise}  ({limits.minutes:g} minutes, {limits.rounds} rounds)")
            typer.echo(_wrapped(f"{exercise.title}. {exercise.summary}", indent="    "))


def show(
    exercise: Annotated[
        str, typer.Argument(metavar="ID", help="The id of a shipped exercise, or a folder or file.")
    ],
    with_rubric: Annotated[bool, typer.Option("--rubric", help="Show how it is rated as well.")] = False,
    as_json: _AsJson = False,
) -> None:
    """Show an exercise as the candidate reads it before the clock starts."""
    from assay.library.exercises import find_exercise

    found = find_exercise(exercise)
    if as_json:
        rubric = {"rubric": found.rubric.model_dump(mode="json")} if with_rubric else {}
        typer.echo(_line({**_entry(found), **_brief(found), **rubric}))
        return
    typer.echo("\n".join(_brief_lines(found)))
    if with_rubric:
        typer.echo("\n".join(_rubric_lines(found.rubric)))


def copy(
    exercise: Annotated[str, typer.Argument(metavar="ID", help="The id of a shipped exercise.")],
    destination: Annotated[
        Path, typer.Argument(metavar="DEST", help="The folder to make; it must not hold anything yet.")
    ],
    as_json: _AsJson = False,
) -> None:
    """Copy a shipped exercise into a folder of your own, to edit it."""
    from assay.errors import UserMistake
    from assay.library.exercises import exercise_folder

    source = exercise_folder(exercise)
    try:
        if destination.exists() and not (destination.is_dir() and not any(destination.iterdir())):
            raise UserMistake(
                f"{destination} is there already", remedy="Name a new folder; nothing was overwritten"
            )
        ignored = shutil.ignore_patterns("__pycache__", "*.py")
        shutil.copytree(source, destination, ignore=ignored, dirs_exist_ok=True)
    except (OSError, ValueError) as error:
        raise UserMistake(
            f"{destination} cannot be written: {getattr(error, 'strerror', None) or error}",
            remedy="Choose a folder that you may write to",
        ) from error
    if as_json:
        typer.echo(_line({"id": exercise, "copied_to": str(destination)}))
        return
    typer.echo(f"Copied {exercise} to {destination}.")
    typer.echo(f"Edit exercise.yaml and rubric.yaml there, then run: assay lint {destination}")


def _line(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False)


def _entry(exercise: Exercise) -> dict[str, Any]:
    return {
        "id": exercise.exercise,
        "version": exercise.version,
        "title": exercise.title,
        "summary": exercise.summary,
        "field": exercise.field,
        "language": exercise.language,
        "style": exercise.style,
        "minutes": exercise.limits.minutes,
        "rounds": exercise.limits.rounds,
    }


def _brief(exercise: Exercise) -> dict[str, Any]:
    """What a candidate reads; never the levels, the assistant's notes or the ledger."""
    from assay.session.brief import rules_for_candidates

    rubric = exercise.rubric
    return {
        "goal": exercise.goal,
        "scenario": exercise.scenario,
        "materials": [material.model_dump(mode="json") for material in exercise.materials],
        "deliverable": exercise.deliverable.model_dump(mode="json"),
        "greeting": exercise.conversation.greeting if exercise.conversation.greets_first else None,
        "rules": rules_for_candidates(exercise),
        "criteria": {name: rubric.title_of(name) for name in rubric.criteria},
    }


def _brief_lines(exercise: Exercise) -> Iterator[str]:
    from assay.session.brief import rules_for_candidates

    rubric, limits = exercise.rubric, exercise.limits
    yield from _heading(exercise.title, "=")
    for title, text in (
        ("Goal", exercise.goal),
        ("Scenario", exercise.scenario),
        ("Deliverable", exercise.deliverable.asks),
    ):
        yield from (*_heading(title), _wrapped(text))
    yield from _heading("Limits")
    yield f"{limits.minutes:g} minutes and {limits.rounds} rounds. The time the AI takes is not counted."
    yield from _heading("What is scored")
    yield _wrapped("You work with an AI. Rated is how you work with it, on:")
    yield from (f"  - {rubric.title_of(name)}" for name in rubric.criteria)
    if rules := rules_for_candidates(exercise):
        yield from _heading("Rules")
        yield from (_wrapped(f"- {rule}", hanging="  ") for rule in rules)
    for material in exercise.materials:
        yield from (*_heading(f"Material: {material.title}"), material.text)
    if exercise.conversation.greets_first:
        yield from (*_heading("The AI begins"), _wrapped(exercise.conversation.greeting))


def _rubric_lines(rubric: Rubric) -> Iterator[str]:
    total = sum(criterion.weight for criterion in rubric.criteria.values())
    yield from _heading(f"Rubric, {rubric.scale.min} to {rubric.scale.max}", "=")
    for name, criterion in rubric.criteria.items():
        yield from _heading(f"{rubric.title_of(name)} ({criterion.weight / total:.0%} of the weight)")
        yield _wrapped(criterion.asks)
        for number, level in sorted(criterion.levels.items()):
            yield _wrapped(f"{number}  {level.words}", indent="  ", hanging="     ")
            if level.example:
                yield _wrapped(f"“{level.example}”", indent="     ")
        if criterion.unscored_when:
            yield _wrapped(f"Unscored when: {criterion.unscored_when}", indent="  ")
    if rubric.rules:
        yield from _heading("When a rule is broken")
        yield from (_wrapped(f"- {line}", hanging="  ") for line in _consequences(rubric))


def _consequences(rubric: Rubric) -> Iterator[str]:
    for rule in rubric.rules:
        if rule.on_fail.cap_overall is not None:
            yield f"{rule.says} Otherwise the overall score is at most {rule.on_fail.cap_overall:g}."
        elif rule.on_fail.auto_fail is not None:
            lowest = f"drops to {rubric.scale.min}"
            yield f"{rule.says} Otherwise {rubric.title_of(rule.on_fail.auto_fail)} {lowest}."
        else:
            yield f"{rule.says} Otherwise the report says so, and no number changes."


def _heading(text: str, line: str = "-") -> tuple[str, ...]:
    return ("", text, line * min(len(text), _WIDTH))


def _wrapped(text: str, *, indent: str = "", hanging: str = "") -> str:
    """The text with long lines broken; lists, tables and blank lines in it keep their lines."""
    return "\n".join(
        textwrap.fill(
            line,
            _WIDTH,
            initial_indent=indent,
            subsequent_indent=hanging or indent,
            break_long_words=False,
            break_on_hyphens=False,
        )
        for line in text.splitlines()
    )
