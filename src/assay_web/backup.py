"""A whole installation in one file: written while it runs, restored into an empty folder, and checked.

The job engine's own notes are left out: what was under way is asked for in the database, and begins again.
"""

import hashlib
import os
import sqlite3
import tempfile
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from assay.errors import UserMistake, Where
from assay.frozen import Frozen
from assay_web.configuration import Configuration, read_configuration

DATABASE, SECRETS, MANIFEST = "assay.sqlite3", "secrets.json", "manifest.json"
FORMAT = 1
_PIECE = 1 << 20


class ChainHead(Frozen):
    """An audit log as it was when the backup was made."""

    chain: int
    length: int
    head: str


class Manifest(Frozen):
    """What a backup says of itself."""

    format: int = FORMAT
    made_at: str = Field(description="When it was made, in UTC.")
    hashes: dict[str, str] = Field(description="SHA-256 of each file in it.")
    counts: dict[str, int] = Field(description="Rows in each table.")
    chains: tuple[ChainHead, ...]

    @property
    def rows(self) -> int:
        """Rows in all tables."""
        return sum(self.counts.values())


def write_backup(file: Path) -> Manifest:
    """Write a consistent copy of the running installation; what changes meanwhile is not in it.

    Raises:
        UserMistake: the file is there already or cannot be written, or the database is not kept in a file.
    """
    from django.conf import settings

    configuration: Configuration = settings.CONFIGURATION
    if not configuration.uses_sqlite:
        raise _use_pg_dump(configuration)
    if file.exists():
        raise UserMistake("This file is there already", remedy="Name another", where=Where(file))
    try:
        with tempfile.TemporaryDirectory(dir=file.resolve().parent, prefix=".assay-backup-") as scratch:
            return _write(configuration, file, Path(scratch))
    except OSError as error:
        raise UserMistake(
            f"The backup cannot be written: {error.strerror}",
            remedy="Name a file in a folder that you may write to",
        ) from error


def _write(configuration: Configuration, file: Path, scratch: Path) -> Manifest:
    from assay_web.clock import now

    copy = scratch / DATABASE
    with (
        closing(sqlite3.connect(configuration.database["NAME"], timeout=60)) as source,
        closing(sqlite3.connect(copy)) as target,
    ):
        source.backup(target)
        # A file of its own: a restored copy does not need the log beside it.
        target.execute("PRAGMA journal_mode=DELETE")
        counts, chains = _counts(target), _chains(target)
    parts = {DATABASE: copy, SECRETS: configuration.home / SECRETS}
    manifest = Manifest(
        made_at=now().isoformat(timespec="seconds"),
        hashes={name: _hash(path) for name, path in parts.items()},
        counts=counts,
        chains=chains,
    )
    packed = scratch / "packed"
    with os.fdopen(os.open(packed, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as out:
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(MANIFEST, manifest.model_dump_json(indent=1))
            for name, path in parts.items():
                archive.write(path, name)
        out.flush()
        os.fsync(out.fileno())
    packed.rename(file)
    return manifest


def unpack_backup(file: Path) -> Manifest:
    """Put a backup's files into the empty home of this installation.

    Raises:
        UserMistake: the file is no backup or is damaged, or the home is in use.
    """
    configuration = read_configuration()
    if not configuration.uses_sqlite:
        raise _use_pg_dump(configuration)
    places = {DATABASE: Path(configuration.database["NAME"]), SECRETS: configuration.home / SECRETS}
    for place in places.values():
        if place.exists():
            raise UserMistake(
                "An installation is here already, and a restore would replace it",
                remedy="Set ASSAY_HOME to an empty folder, or move this one away",
                where=Where(place),
            )
    try:
        return _unpack(file, configuration.home, places)
    except (zipfile.BadZipFile, KeyError, ValidationError) as error:
        raise UserMistake(
            "This is no backup of Assay, or it is damaged", remedy="Use another backup", where=Where(file)
        ) from error
    except OSError as error:
        raise UserMistake(f"The backup cannot be restored: {error.strerror}", where=Where(file)) from error


def _unpack(file: Path, home: Path, places: dict[str, Path]) -> Manifest:
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    with zipfile.ZipFile(file) as archive:
        manifest = Manifest.model_validate_json(archive.read(MANIFEST))
        if manifest.format != FORMAT or set(manifest.hashes) != set(places):
            raise UserMistake(
                "This backup was made by another version of Assay", remedy="Restore it with that one"
            )
        with tempfile.TemporaryDirectory(dir=home, prefix=".assay-restore-") as scratch:
            fresh = {name: Path(archive.extract(name, scratch)) for name in places}
            for name, path in fresh.items():
                if _hash(path) != manifest.hashes[name]:
                    raise zipfile.BadZipFile(name)
                path.chmod(0o600)
            for name, path in fresh.items():
                places[name].parent.mkdir(parents=True, exist_ok=True)
                path.rename(places[name])
    return manifest


def check_restored(manifest: Manifest) -> None:
    """Hold the restored database against the manifest, before anything is changed in it, and the audit logs.

    Raises:
        UserMistake: rows are missing, or an audit log does not hold.
    """
    from django.conf import settings

    from assay_web.audit.verification import verify_all

    with closing(sqlite3.connect(settings.CONFIGURATION.database["NAME"])) as database:
        counts, chains = _counts(database), _chains(database)
    if counts != manifest.counts or chains != manifest.chains:
        raise UserMistake(
            "The restored database does not hold what the backup says", remedy="Use another backup"
        )
    verified = verify_all([chain.head for chain in manifest.chains])
    if not verified.holds:
        raise UserMistake(
            "; ".join(verified.lines), remedy="Use a backup that was made before the log was changed"
        )


def _use_pg_dump(configuration: Configuration) -> UserMistake:
    return UserMistake(
        "This installation keeps its data in PostgreSQL, which has its own tools for this",
        remedy='Use pg_dump --format=custom --file=assay.dump "$DATABASE_URL" (and pg_restore), '
        f"and keep a copy of {configuration.home / SECRETS}",
    )


def _counts(database: sqlite3.Connection) -> dict[str, int]:
    names = database.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    )
    tables = sorted(name for (name,) in names)
    return {name: _one(database, f'SELECT COUNT(*) FROM "{name}"') for name in tables}


def _chains(database: sqlite3.Connection) -> tuple[ChainHead, ...]:
    rows = database.execute("SELECT id, length, head FROM audit_auditchain ORDER BY id")
    return tuple(ChainHead(chain=chain, length=length, head=head) for chain, length, head in rows)


def _one(database: sqlite3.Connection, question: str) -> Any:
    return database.execute(question).fetchone()[0]


def _hash(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()
