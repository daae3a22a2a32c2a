"""Archives of living installations: what an older version left, as SQL, for each kind of database."""

import gzip
import re
import shutil
import socket
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from tests.crash.installations import SCRIPT, Installation, Kind
from tests.crash.sites import KEYS, REPLIES
from tests.postgresql import running_server

HERE = Path(__file__).parent
FOUND = "found.json"
"""What the older version showed of the installation at the end."""
_SITE, _JOBS = "assay.sqlite3", "jobs.sqlite3"


def versions() -> list[str]:
    """The versions of which there is an archive, the oldest first."""
    folders = [path.name for path in HERE.iterdir() if (path / "sqlite" / FOUND).exists()]
    return sorted(folders, key=lambda name: [int(part) for part in name.split(".")])


def pack(installation: Installation, kind: Kind, to: Path) -> None:
    """Write an installation that nobody uses any more into a folder."""
    to.mkdir(parents=True, exist_ok=True)
    if kind == "sqlite":
        for name in (_SITE, _JOBS):
            with closing(sqlite3.connect(installation.home / name)) as database:
                _write(to / f"{name}.sql.gz", "\n".join(database.iterdump()))
    else:
        command: list[str | Path] = [
            running_server().programs / "pg_dump",
            "--no-owner",
            installation.database_url,
        ]
        dumped = subprocess.run(command, capture_output=True, text=True, check=True)
        _write(to / "postgresql.sql.gz", dumped.stdout)
    shutil.copy(installation.home / KEYS, to / KEYS)


def unpack(version: str, kind: Kind, home: Path) -> Installation:
    """Make the installation again, as the older version left it, in a folder and database of its own."""
    source = HERE / version / kind
    home.mkdir(mode=0o700, parents=True)
    shutil.copy(source / KEYS, home / KEYS)
    (home / SCRIPT).write_text(REPLIES, encoding="utf-8")
    if kind == "sqlite":
        for name in (_SITE, _JOBS):
            with closing(sqlite3.connect(home / name)) as database:
                database.executescript(_read(source / f"{name}.sql.gz"))
        return Installation(home, "")
    url = running_server().fresh_database(f"upgrade-{home.name}")
    script = home / "postgresql.sql"
    script.write_text(_read(source / "postgresql.sql.gz"), encoding="utf-8")
    command: list[str | Path] = [
        running_server().programs / "psql",
        "-qX",
        "-v",
        "ON_ERROR_STOP=1",
        "-f",
        script,
        url,
    ]
    subprocess.run(command, capture_output=True, text=True, check=True)
    return Installation(home, url)


def _write(path: Path, text: str) -> None:
    # Processes are named after their machine, which is nobody's business.
    text = re.sub(rf"\b{re.escape(socket.gethostname()[:60])}(?=:\d+:)", "host", text)
    with path.open("wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
        packed.write(text.encode())


def _read(path: Path) -> str:
    return gzip.decompress(path.read_bytes()).decode()
