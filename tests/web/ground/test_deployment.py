"""The operator's guide and the deployment files say what the code does."""

import re
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from assay.cli.app import app
from assay.models.spans import CONTENT
from assay_web import commands
from assay_web.accounts.services import SIGN_IN_HOURS
from assay_web.configuration import read_configuration
from assay_web.jobs.attempts import MOST_TAKEOVERS, WAITS
from assay_web.jobs.worker import Pace

ROOT = Path(__file__).parents[3]
DEPLOY = ROOT / "docs" / "guide" / "deploy"
GUIDE = (ROOT / "docs" / "guide" / "site-operator.md").read_text()
OTHERS = {"OPENAI_API_KEY", "FORWARDED_ALLOW_IPS", "POSTGRES_PASSWORD"}
"""Variables that the model gateway, the server and the database's container read."""


def known_variables() -> set[str]:
    code = "".join(
        (ROOT / "src" / "assay_web" / name).read_text() for name in ("configuration.py", "caps.py")
    )
    return set(re.findall(r'"((?:ASSAY_[A-Z_]+|DATABASE_URL))"', code)) | {CONTENT}


def checked_command(words: list[str]) -> None:
    """A command line of `assay` that its parser takes."""
    site = typer.Typer(rich_markup_mode=None)
    commands.register(site)
    group = typer.main.get_command(site)
    context = group.make_context("assay", words, resilient_parsing=False)
    name, command, rest = group.resolve_command(context, words)  # type: ignore[attr-defined]
    command.make_context(name, rest, parent=context)


def test_the_guide_explains_every_setting_and_no_other() -> None:
    table = GUIDE.split("## Settings")[1].split("\n## ")[0]
    assert set(re.findall(r"`(ASSAY_[A-Z_]+|DATABASE_URL)`", table)) == known_variables()


def test_the_guide_names_the_numbers_that_hold() -> None:
    minutes = [wait.total_seconds() for wait in WAITS]
    assert minutes == [10, 60, 600]
    assert "three times, after 10 seconds, a minute and ten minutes" in GUIDE
    assert MOST_TAKEOVERS == 3
    assert "when four workers died over it" in GUIDE
    assert (Pace().beat, Pace().lost_after, SIGN_IN_HOURS) == (2, 15, 24)
    assert "every two seconds" in GUIDE
    assert "15 seconds later" in GUIDE


def test_every_command_of_the_guide_exists() -> None:
    named = set(re.findall(r"`assay ([a-z-]+(?: verify)?)", GUIDE))
    site = {"up", "site", "worker", "migrate", "create-owner", "backup", "restore", "audit verify"}
    assert site <= named
    registered = {command.name for command in app.registered_commands} | {
        group.name for group in app.registered_groups
    }
    assert {name.split()[0] for name in named} <= registered


def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    return loaded


@pytest.mark.parametrize("name", ["migrate", "site", "worker"])
def test_a_container_runs_a_command_that_exists(name: str) -> None:
    service = compose()["services"][name]
    assert service["command"][0] == "assay"
    checked_command(service["command"][1:])
    assert set(service["environment"]) <= known_variables() | OTHERS


def test_containers_wait_for_the_migration_and_use_the_files_that_are_there() -> None:
    services = compose()["services"]
    for name in ("site", "worker"):
        assert services[name]["depends_on"] == {"migrate": {"condition": "service_completed_successfully"}}
    build = services["migrate"]["build"]
    assert (DEPLOY / build["context"]).resolve() == ROOT
    assert (ROOT / build["dockerfile"]).is_file()
    mounted = [volume.split(":")[0] for volume in services["proxy"]["volumes"]]
    assert (DEPLOY / mounted[0]).is_file()


def test_the_image_copies_what_is_there() -> None:
    copied = re.findall(r"^COPY (.+)$", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE)
    for line in copied:
        for source in line.split()[:-1]:
            assert (ROOT / source).exists()


def test_the_example_settings_are_ones_that_a_start_takes(tmp_path: Path) -> None:
    lines = [line.lstrip("# ") for line in (DEPLOY / "assay.env").read_text().splitlines()]
    given = dict(line.split("=", 1) for line in lines if re.match(r"[A-Z_]+=", line))
    assert set(given) <= known_variables() | OTHERS
    configuration = read_configuration(given | {"ASSAY_HOME": str(tmp_path)})
    assert configuration.secure
    assert not configuration.uses_sqlite


@pytest.mark.parametrize("name", ["nginx.conf", "nginx-compose.conf"])
def test_the_proxy_streams_and_says_who_asks(name: str) -> None:
    text = (DEPLOY / name).read_text()
    for needed in ("proxy_buffering off;", "X-Forwarded-Proto $scheme", "proxy_set_header Host $host"):
        assert needed in text
    assert text.count("{") == text.count("}")
