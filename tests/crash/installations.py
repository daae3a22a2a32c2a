"""Small installations for crash tests, each with a folder and a database, copied from a prepared one.

What happens in an installation happens in processes of its own, forked from one that has everything imported:
a worker that is to be killed must be killable, and must not bring this process down with it.
"""

import multiprocessing
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Literal, TypeVar

from tests.postgresql import running_server

Kind = Literal["sqlite", "postgresql"]
Result = TypeVar("Result")
SCRIPT = "replies.yaml"
"""In an installation's folder: what the assistant says. Without it, the default model answers."""
PATIENCE = 90
"""Seconds after which a process that should have ended has failed the test."""

_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(["tests.crash.preload"])


@dataclass(frozen=True, slots=True)
class Installation:
    """A folder and a database."""

    home: Path
    database_url: str

    def start(self, do: Callable[..., object], *args: object) -> "Running":
        """Begin something in a process of this installation."""
        here, there = _forks.Pipe(duplex=False)
        process = _forks.Process(target=_run, args=(self, there, do, args), daemon=True)
        process.start()
        there.close()
        return Running(process, here)

    def run(self, do: Callable[..., Result], *args: object) -> Result:
        """Do something in a process of this installation, and give what came of it."""
        running = self.start(do, *args)
        assert running.ended() == 0, "the process failed; what it said is above"
        answer: Result = running.answers.recv()
        return answer


@dataclass(frozen=True, slots=True)
class Running:
    """A process that was begun."""

    process: Any
    answers: Connection

    def ended(self, patience: float = PATIENCE) -> int:
        """Its exit code, once it has ended; -9 when it was killed."""
        self.process.join(patience)
        if self.process.exitcode is None:
            self.process.kill()
            raise AssertionError("the process did not end")
        return int(self.process.exitcode)


def _run(
    where: Installation, answers: Connection, do: Callable[..., object], args: tuple[object, ...]
) -> None:
    os.environ |= {
        "ASSAY_HOME": str(where.home),
        "DATABASE_URL": where.database_url,
        "DJANGO_SETTINGS_MODULE": "assay_web.settings",
    }
    # What a session keeps of its model's setting must not name this folder, which is another one each time.
    os.chdir(where.home)
    if Path(SCRIPT).exists():
        os.environ["ASSAY_MODEL"] = f"scripted:{SCRIPT}"
    import django

    django.setup()
    answers.send(do(*args))


@dataclass(slots=True)
class Workshop:
    """Prepares an installation once, and hands out copies."""

    folder: Path
    kind: Kind
    prepared: Installation | None = None
    copies: int = 0

    def new(self, prepare: Callable[..., object]) -> Installation:
        """A fresh copy of the prepared installation."""
        if self.prepared is None:
            self.prepared = self._empty("prepared")
            self.prepared.run(prepare)
        self.copies += 1
        home = self.folder / f"copy-{self.copies}"
        shutil.copytree(self.prepared.home, home)
        return Installation(home, self._copied(home.name))

    def _empty(self, name: str) -> Installation:
        home = self.folder / name
        home.mkdir(mode=0o700)
        return Installation(home, running_server().fresh_database(self._named(name)) if self._own else "")

    def _copied(self, name: str) -> str:
        if not self._own:
            return ""
        return running_server().fresh_database(self._named(name), like=self._named("prepared"))

    @property
    def _own(self) -> bool:
        return self.kind == "postgresql"

    def _named(self, name: str) -> str:
        return f"{self.folder.name}-{name}"
