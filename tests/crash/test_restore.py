"""P11: a backup of a running installation restores, and its candidates go on, on both kinds of database."""

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from tests.crash.installations import SCRIPT, Installation
from tests.crash.sites import KEYS, Site
from tests.postgresql import running_server
from tests.upgrade.living import seen
from tests.web.ground.operator import ASSAY, environ


def assay(installation: Installation, *command: str) -> str:
    """Run a command of `assay` on an installation; what it said."""
    env = environ(installation.home) | {"DATABASE_URL": installation.database_url}
    done = subprocess.run([*ASSAY, *command], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def back_up(installation: Installation, to: Path) -> None:
    """As the operator's guide says for each kind of database."""
    if not installation.database_url:
        assay(installation, "backup", str(to))
        return
    dump: list[str | Path] = [
        running_server().programs / "pg_dump",
        "--format=custom",
        f"--file={to}",
        installation.database_url,
    ]
    subprocess.run(dump, check=True, capture_output=True)
    shutil.copy(installation.home / "secrets.json", to.with_suffix(".secrets"))


def restore(backup: Path, installation: Installation) -> None:
    """Bring it back where there is nothing any more."""
    if not installation.database_url:
        assay(installation, "restore", str(backup))
        return
    name = installation.database_url.split("/")[3].partition("?")[0]
    running_server().fresh_database(name)
    pg_restore: list[str | Path] = [
        running_server().programs / "pg_restore",
        "--no-owner",
        "-d",
        installation.database_url,
    ]
    subprocess.run([*pg_restore, backup], check=True, capture_output=True)
    shutil.copy(backup.with_suffix(".secrets"), installation.home / "secrets.json")
    assay(installation, "migrate")


def test_a_candidate_goes_on_after_the_installation_was_wiped_and_restored(
    installation: Installation, new_site: Callable[[], Site], tmp_path: Path
) -> None:
    site = new_site()
    site.start()
    candidate = site.candidate(0)
    candidate.say_until_answered("Which labels do we need?", "m1")
    assert candidate.call("deliverable", text="R01 positive_product").status == 200
    before = seen(candidate)
    back_up(installation, tmp_path / "backup")
    heads = re.findall(r"head (\w{64})", assay(installation, "audit", "verify"))
    site.kill()
    for name in (KEYS, SCRIPT):
        shutil.copy(installation.home / name, tmp_path / name)
    shutil.rmtree(installation.home)
    installation.home.mkdir(mode=0o700)
    restore(tmp_path / "backup", installation)
    for name in (KEYS, SCRIPT):
        shutil.copy(tmp_path / name, installation.home / name)
    assay(installation, "audit", "verify", *(part for head in heads for part in ("--head", head)))
    site.start(ahead=86_400)
    after = seen(candidate)
    assert {**after, "seconds_left": 0} == {**before, "seconds_left": 0}
    assert abs(after["seconds_left"] - before["seconds_left"]) < 60, "the day between is given back"
    candidate.say_until_answered("And their definitions?", "m2")
    assert candidate.call("submit", text="Done").json()["ended"] == "submitted"
