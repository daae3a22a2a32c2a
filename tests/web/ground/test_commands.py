"""The site's commands: what they say and refuse."""

import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from tests.web.ground.operator import ASSAY, environ, free_port, run

from assay.errors import UserMistake
from assay_web.configuration import read_configuration


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated installation."""
    folder = tmp_path_factory.mktemp("commands") / "home"
    assert run(folder, "migrate").returncode == 0
    return folder


def with_setting(home: Path, name: str, value: str, *command: str) -> subprocess.CompletedProcess[str]:
    env = environ(home) | {name: value}
    return subprocess.run([*ASSAY, *command], env=env, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("command", ["worker", "site", "create-owner", "audit"])
def test_a_database_of_another_version_is_refused_with_what_to_run(tmp_path: Path, command: str) -> None:
    arguments = {"create-owner": ["--email", "a@example.org", "--team", "A"], "audit": ["verify"]}.get(
        command, []
    )
    done = run(tmp_path / "home", command, *arguments)
    assert done.returncode == 2
    assert "Run assay migrate first" in done.stderr


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("ASSAY_ADDRESS", "assay.example.org", "Set it to where browsers reach the site"),
        (
            "DATABASE_URL",
            "mysql://user:hidden@somewhere/db",
            "Set it to postgresql://USER:PASSWORD@HOST:5432/NAME",
        ),
        ("ASSAY_EMAIL_URL", "carrier-pigeon:", "Set it to smtp://USER:PASSWORD@HOST:587"),
        ("ASSAY_MODEL", "no-such-model", "ASSAY_MODEL"),
        ("ASSAY_MOST_STREAMS", "many", "Set a whole number"),
        ("ASSAY_DEMO", "perhaps", "Set it to 1 or 0"),
        ("ASSAY_OIDC_SERVER", "https://login.example.org", "ASSAY_OIDC_CLIENT_ID"),
    ],
)
def test_a_setting_that_cannot_work_is_refused_with_what_to_set(
    tmp_path: Path, name: str, value: str, says: str
) -> None:
    with pytest.raises(UserMistake) as refusal:
        read_configuration({"ASSAY_HOME": str(tmp_path), name: value})
    assert says in str(refusal.value)
    assert "hidden" not in str(refusal.value)


def test_a_database_that_cannot_be_reached_stops_the_start_without_telling_its_password(
    tmp_path: Path,
) -> None:
    url = "postgresql://nobody:hidden@127.0.0.1:9/none"
    done = with_setting(tmp_path / "home", "DATABASE_URL", url, "up", "--port", str(free_port()))
    assert done.returncode == 2
    assert "Check that the server runs" in done.stderr
    assert "hidden" not in done.stderr


def test_a_port_that_is_taken_is_refused_with_what_to_do(home: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = run(home, "up", "--port", str(port))
    assert done.returncode == 2
    assert f"assay up --port {port + 1}" in done.stderr


def test_secrets_that_others_can_read_are_refused(tmp_path: Path) -> None:
    home = tmp_path / "home"
    run(home, "migrate")
    (home / "secrets.json").chmod(0o644)
    done = run(home, "migrate")
    assert done.returncode == 2
    assert "chmod 600" in done.stderr


def test_the_operator_makes_an_owner_and_gets_a_link_that_works_once(home: Path) -> None:
    done = run(home, "create-owner", "--email", "Ana@Example.org", "--team", "Harbour", "--name", "Ana")
    assert done.returncode == 0, done.stderr
    assert "ana@example.org owns the team Harbour" in done.stdout
    again = run(home, "create-owner", "--email", "ana@example.org")
    links = re.findall(r"http://127.0.0.1:8000/sign-in/\S+", done.stdout + again.stdout)
    assert len(set(links)) == 2
    assert "owns the team" not in again.stdout


def test_an_address_that_is_none_is_refused(home: Path) -> None:
    done = run(home, "create-owner", "--email", "ana", "--team", "Harbour")
    assert done.returncode == 2
    assert "is not an e-mail address" in done.stderr


def test_the_operator_checks_the_logs_against_a_head_that_was_written_down(home: Path) -> None:
    run(home, "create-owner", "--email", "bo@example.org", "--team", "Second")
    done = run(home, "audit", "verify")
    head = re.search(r"head (\w{64})", done.stdout)
    assert done.returncode == 0
    assert head is not None
    assert run(home, "audit", "verify", "--head", head[1]).returncode == 0
    lost = run(home, "audit", "verify", "--head", "0" * 63 + "1")
    assert lost.returncode == 1
    assert "is in no log" in lost.stdout


def test_help_comes_quickly_enough_to_be_asked_for(home: Path) -> None:
    heavy = ("django", "dbos", "sqlalchemy", "uvicorn")
    code = f"import sys, assay.cli.app; print([m for m in {heavy!r} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], env=environ(home), capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
