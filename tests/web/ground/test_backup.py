"""P11: a backup restores. Back up while it runs, wipe, restore, verify counts and audit logs."""

import json
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from contextlib import closing
from pathlib import Path

import pytest
from tests.web.ground.operator import ASSAY, environ, run

SEED = """
import django; django.setup()
from tests.people import make_cast
from tests.web.jobs.sessions import hand_in
cast = make_cast()
hand_in(cast.mara)
"""


def rows(database: Path, table: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(f"SELECT * FROM {table} ORDER BY id").fetchall()


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """An installation with a finished session, and its backup."""
    home = tmp_path_factory.mktemp("installation") / "home"
    assert run(home, "migrate").returncode == 0
    subprocess.run([sys.executable, "-c", SEED], env=environ(home), check=True)
    file = home.parent / "backup.zip"
    done = run(home, "backup", str(file))
    assert done.returncode == 0, done.stderr
    return home, file


def test_a_wiped_installation_is_restored_with_every_row_and_every_log(
    kept: tuple[Path, Path], tmp_path: Path
) -> None:
    home, file = kept
    before = {
        table: rows(home / "assay.sqlite3", table) for table in ("audit_auditevent", "session_sessionevent")
    }
    wiped = tmp_path / "wiped"
    shutil.copytree(home, wiped)
    shutil.rmtree(wiped)
    done = run(wiped, "restore", str(file))
    assert done.returncode == 0, done.stderr
    assert "every audit log holds" in done.stdout
    for table, expected in before.items():
        assert expected
        assert rows(wiped / "assay.sqlite3", table) == expected
    assert (wiped / "secrets.json").read_text() == (home / "secrets.json").read_text()
    assert run(wiped, "audit", "verify").returncode == 0


def test_what_is_restored_is_for_the_operator_alone(kept: tuple[Path, Path], tmp_path: Path) -> None:
    _, file = kept
    run(tmp_path / "again", "restore", str(file))
    for path in (file, tmp_path / "again" / "assay.sqlite3", tmp_path / "again" / "secrets.json"):
        assert path.stat().st_mode & 0o077 == 0


def test_a_backup_is_consistent_while_others_write(kept: tuple[Path, Path], tmp_path: Path) -> None:
    home, _ = kept
    with closing(sqlite3.connect(home / "assay.sqlite3", isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("UPDATE accounts_team SET name = 'half done'")
        done = run(home, "backup", str(tmp_path / "meanwhile.zip"))
        writer.execute("ROLLBACK")
    assert done.returncode == 0, done.stderr
    run(tmp_path / "fresh", "restore", str(tmp_path / "meanwhile.zip"))
    assert "half done" not in str(rows(tmp_path / "fresh" / "assay.sqlite3", "accounts_team"))


def test_a_restore_never_replaces_an_installation(kept: tuple[Path, Path]) -> None:
    home, file = kept
    before = (home / "assay.sqlite3").read_bytes()
    done = run(home, "restore", str(file))
    assert done.returncode == 2
    assert "Set ASSAY_HOME to an empty folder" in done.stderr
    assert (home / "assay.sqlite3").read_bytes() == before


def test_a_backup_never_replaces_a_file(kept: tuple[Path, Path]) -> None:
    home, file = kept
    done = run(home, "backup", str(file))
    assert done.returncode == 2
    assert "This file is there already" in done.stderr


@pytest.mark.parametrize("damage", ["cut off", "another file", "flipped"])
def test_a_damaged_backup_is_refused_and_leaves_nothing(
    kept: tuple[Path, Path], tmp_path: Path, damage: str
) -> None:
    _, file = kept
    broken, home = tmp_path / "broken.zip", tmp_path / "home"
    if damage == "cut off":
        broken.write_bytes(file.read_bytes()[:-500])
    elif damage == "another file":
        broken.write_bytes(b"this is no archive at all")
    else:
        _with_another_database(file, broken)
    done = run(home, "restore", str(broken))
    assert done.returncode == 2
    assert "is damaged" in done.stderr
    assert not (home / "assay.sqlite3").exists()


def _with_another_database(file: Path, to: Path) -> None:
    with zipfile.ZipFile(file) as source, zipfile.ZipFile(to, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            target.writestr(name, data[:-1] + b"x" if name.endswith("sqlite3") else data)


def test_a_backup_whose_audit_log_was_changed_before_it_was_made_is_refused(
    kept: tuple[Path, Path], tmp_path: Path
) -> None:
    home, _ = kept
    changed = tmp_path / "changed"
    shutil.copytree(home, changed)
    with closing(sqlite3.connect(changed / "assay.sqlite3")) as database:
        database.execute("UPDATE audit_auditevent SET actor = 'user:999' WHERE seq = 1")
        database.commit()
    assert run(changed, "audit", "verify").returncode == 1
    assert run(changed, "backup", str(tmp_path / "changed.zip")).returncode == 0
    done = run(tmp_path / "fresh", "restore", str(tmp_path / "changed.zip"))
    assert done.returncode == 2
    assert "does not hold at event 1" in done.stderr


def test_the_manifest_says_what_is_in_a_backup(kept: tuple[Path, Path]) -> None:
    with zipfile.ZipFile(kept[1]) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        assert set(archive.namelist()) == {"manifest.json", "assay.sqlite3", "secrets.json"}
    assert manifest["counts"]["session_candidatesession"] == 1
    assert manifest["chains"][0]["length"] > 0


def test_a_postgresql_installation_is_pointed_to_its_own_tools(tmp_path: Path) -> None:
    env = environ(tmp_path / "home") | {"DATABASE_URL": "postgresql://nobody@127.0.0.1:9/none"}
    done = subprocess.run(
        [*ASSAY, "restore", str(tmp_path / "x.zip")], env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "pg_dump" in done.stderr
