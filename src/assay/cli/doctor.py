"""`assay doctor`: does everything that Assay needs work here?"""

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import typer

QUESTION = [{"role": "user", "content": "Answer with one short sentence: what is a rubric?"}]


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found; `remedy` is empty when it is well."""

    check: str
    well: bool
    found: str
    remedy: str = ""


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("doctor")(doctor)


def doctor(
    model: str = typer.Option("embedded", "--model", "-m", help="The model to ask a question."),
    sessions: Path | None = typer.Option(None, "--sessions", help="Where sessions are kept."),
    as_json: bool = typer.Option(False, "--json", help="One JSON object a check."),
) -> None:
    """Check Python, the shipped exercises, the offline judge, the sessions' folder and a model."""
    checks: list[tuple[str, Callable[[], str]]] = [
        ("python", _python),
        ("exercises", _exercises),
        ("offline judge", _offline_judge),
        ("sessions", lambda: _sessions_folder(sessions)),
        (f"model {model}", lambda: _model(model)),
    ]
    sick = 0
    for finding in _examine(checks):
        sick += not finding.well
        typer.echo(json.dumps(asdict(finding)) if as_json else _line(finding))
    raise typer.Exit(1 if sick else 0)


def _examine(checks: list[tuple[str, Callable[[], str]]]) -> Iterator[Finding]:
    from assay.errors import AssayError

    for name, check in checks:
        try:
            yield Finding(name, True, check())
        except AssayError as error:
            yield Finding(name, False, error.message, error.remedy)
        except OSError as error:
            yield Finding(name, False, str(error), "Make this folder writable, or choose another one")


def _line(finding: Finding) -> str:
    mark = "ok  " if finding.well else "FAIL"
    remedy = f"\n       {finding.remedy}" if finding.remedy else ""
    return f"{mark}  {finding.check}: {finding.found}{remedy}"


def _python() -> str:
    import platform

    from assay import __version__

    return f"{platform.python_version()} on {platform.system()} {platform.machine()}, Assay {__version__}"


def _exercises() -> str:
    from assay.library.exercises import find_exercise, shipped_exercises

    versions = [f"{name} {find_exercise(name).version[:8]}" for name in shipped_exercises()]
    return ", ".join(versions)


def _offline_judge() -> str:
    from assay.scoring.pipeline import offline_raters

    return "; ".join(f"{r.identity.name} {r.identity.version[:8]}" for r in offline_raters())


def _sessions_folder(chosen: Path | None) -> str:
    import tempfile

    from assay.cli.try_store import sessions_folder

    folder = sessions_folder(chosen)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder):
        return f"{folder} is writable"


def _model(setting: str) -> str:
    import asyncio

    return asyncio.run(_ask(setting))


async def _ask(setting: str) -> str:
    from assay.models.gateway import open_gateway

    async with open_gateway(setting) as gateway:
        reply = await gateway.reply(QUESTION, purpose="doctor")
    first = " ".join(reply.text.split())[:60]
    return f"answers in {reply.latency.total:.1f} s: {first}"
