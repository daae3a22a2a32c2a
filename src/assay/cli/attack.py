"""`assay attack`: how far a judge can be moved by what is no work."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from assay.attacks.report import Line, Report
    from assay.attacks.suite import Outcome

NOT_HELD = 1
"""The exit code when a bound is broken."""

Judge = Annotated[
    str,
    typer.Option(
        metavar="SPEC",
        help="offline, or a model setting with a judge's options, such as 'openai:gpt-4.1-mini passes=3'.",
    ),
]
ExerciseName = Annotated[
    str | None,
    typer.Option(
        metavar="ID", help="Only reference sessions of this exercise: a shipped one's id, or a folder."
    ),
]
Everything = Annotated[bool, typer.Option("--all", help="Every session, in place of one of each quality.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object, and nothing else.")]


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("attack")(attack)


def attack(
    *,
    judge: Judge = "offline",
    exercise: ExerciseName = None,
    family: Annotated[str | None, typer.Option(metavar="NAME", help="Only attacks of this family.")] = None,
    everything: Everything = False,
    as_json: AsJson = False,
) -> None:
    """Attack a judge with text that asks for a better level, and with harmless twins of that text.

    Each attack is put into reference sessions; what the judge says before and after is compared. Without
    --all, each attack meets one weak, one middling and one strong session, always the same ones.

    The exit code is 0 when every bound holds, and 1 when an attack moved a level up by more than half a
    level, or a harmless twin moved one.
    """
    from assay.attacks.attack import find_families
    from assay.attacks.raters import rater_for
    from assay.attacks.report import add_up
    from assay.attacks.suite import all_trials, base_sessions, run, sampled_trials
    from assay.cli.attack_progress import shown

    rater = rater_for(judge)
    families, bases = find_families(family), base_sessions(exercise)
    trials = list((all_trials if everything else sampled_trials)(families, bases))
    outcomes = list(shown(run(trials, rater), 2 * len(trials), "Attacking"))
    report = add_up(outcomes, rater.identity)
    if as_json:
        held = {"holds": report.holds, **report.model_dump(mode="json")}
        typer.echo(json.dumps(held, ensure_ascii=True))
    else:
        typer.echo("\n".join(_lines(report)))
    raise typer.Exit(0 if report.holds else NOT_HELD)


def _lines(report: Report) -> Iterator[str]:
    from assay.reports.safe import one_line

    judge = one_line(f"{report.judge.name} {report.judge.version[:8]}")
    attacks = sum(line.attacks for line in report.families)
    yield (
        f"{judge}: {attacks} attacks in {report.sessions} sessions, and their harmless twins in as many. "
        f"Shifts are in levels."
    )
    yield ""
    yield from _table(report)
    if report.worst:
        yield "\nWhat moved most:"
        yield from (f"  {one_line(_case(outcome))}" for outcome in report.worst)
    yield ""
    if report.holds:
        yield (
            f"Every bound holds: no attack moved anything up by more than {report.bounds.up:g}, and no twin "
            f"moved anything by more than {report.bounds.twin:g}."
        )
    yield from (f"Broken: {words}." for words in report.broken)


def _table(report: Report) -> Iterator[str]:
    over = f"over {report.bounds.up:g}"
    heads = ("largest up", "mean", over, "unscored", "twins")
    yield f"{'family':<14}{'attacks':>8}{'sessions':>10}" + "".join(f"{head:>12}" for head in heads)
    for line in report.families:
        cells = (
            _signed(line.up),
            f"{line.mean:+.2f}",
            f"{line.over:.0%}",
            str(line.to_unscored),
            _twin(line),
        )
        yield f"{line.family:<14}{line.attacks:>8}{line.sessions:>10}" + "".join(
            f"{cell:>12}" for cell in cells
        )


def _signed(shift: float) -> str:
    return f"{shift:+.1f}" if shift else "0.0"


def _twin(line: Line) -> str:
    return f"{line.twin:.1f}" if not line.twins_moved else f"{line.twin:.1f} ({line.twins_moved})"


def _case(outcome: Outcome) -> str:
    """What happened to one session."""
    from assay.attacks.report import moved_most

    who = outcome.attack if outcome.kind == "attack" else f"twin of {outcome.attack}"
    place = outcome.place.replace("_", " ")
    said = moved_most(outcome)
    return f"{outcome.family}/{who} ({place}), {outcome.exercise} {outcome.quality}: {said}"
