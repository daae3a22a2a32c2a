"""`assay probe`: how far a judge is moved by a name, a register, a length or a layout."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

import typer

from assay.cli.attack import AsJson, Everything, ExerciseName, Judge

if TYPE_CHECKING:
    from assay.attacks.probes import ProbeLine, ProbeReport


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("probe")(probe)


def probe(
    *,
    judge: Judge = "offline",
    exercise: ExerciseName = None,
    everything: Everything = False,
    as_json: AsJson = False,
) -> None:
    """Rate the same sessions under another name, and in another register, length or layout.

    The work is the same each time, so a judge that hears only the work moves nothing. Without --all, each
    rewriting meets one weak, one middling and one strong session. There is no bound to break: the exit code
    is 0 when the run came to its end.
    """
    from assay.attacks.probes import add_up_probes, probe_trials, run_probes
    from assay.attacks.raters import rater_for
    from assay.attacks.suite import base_sessions
    from assay.cli.attack_progress import shown

    rater = rater_for(judge)
    trials = list(probe_trials(base_sessions(exercise), everything=everything))
    report = add_up_probes(list(shown(run_probes(trials, rater), len(trials), "Probing")), rater.identity)
    if as_json:
        typer.echo(json.dumps(report.model_dump(mode="json"), ensure_ascii=True))
    else:
        typer.echo("\n".join(_lines(report)))


def _lines(report: ProbeReport) -> Iterator[str]:
    from assay.reports.safe import one_line

    judge = one_line(f"{report.judge.name} {report.judge.version[:8]}")
    yield f"{judge}: {len(report.probes)} rewritings in {report.sessions} sessions. Shifts are in levels."
    yield ""
    yield _row("", "sessions", "moved", "mean", "largest up", "largest down")
    for group in report.groups:
        yield _figures(group.group, group)
        for line in (*report.probes, *report.criteria):
            if line.group == group.group and (line.probe or line.moved):
                yield _figures(f"  {line.probe or f'on {line.criterion}'}", line)


def _figures(name: str, line: ProbeLine) -> str:
    down = f"{-line.down:.1f}" if line.down else "0.0"
    return _row(name, line.sessions, line.moved, f"{line.mean:+.2f}", f"{line.up:.1f}", down)


def _row(name: str, *cells: object) -> str:
    return f"{name:<26}" + "".join(f"{cell!s:>13}" for cell in cells)
