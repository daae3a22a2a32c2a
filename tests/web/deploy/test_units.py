"""The systemd units of the deployment guide start what exists, as a user without rights."""

import re
import shlex
import shutil
import subprocess
from collections import defaultdict
from pathlib import Path

import pytest
from tests.web.deploy.commands import check_line, check_words

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "docs" / "guide" / "deploy" / "systemd"
SERVICES = sorted(FOLDER.glob("*.service"))
UNITS = [*SERVICES, *sorted(FOLDER.glob("*.timer"))]
GUIDE = (FOLDER.parent / "README.md").read_text()
ASSAY = "/opt/assay/bin/assay"

Options = dict[str, list[str]]


def options_of(unit: Path, section: str) -> Options:
    """The options of one section, of which some stand there more than once."""
    found: Options = defaultdict(list)
    here = ""
    for line in unit.read_text().splitlines():
        if line.startswith("["):
            here = line.strip("[]")
        elif here == section and not line.startswith("#") and "=" in line:
            name, _, value = line.partition("=")
            found[name].append(value)
    return found


def named(unit: Path) -> str:
    return unit.name


@pytest.mark.parametrize("unit", SERVICES, ids=named)
def test_a_service_runs_commands_of_assay_that_exist(unit: Path) -> None:
    commands = options_of(unit, "Service")["ExecStart"]
    assert commands
    for command in commands:
        words = shlex.split(command.replace("%i", "8001").replace("%%", "%").replace("$$", "$"))
        if words[0] == ASSAY:
            check_words(words[1:])
        else:
            check_line(words[2] if words[:2] == ["/bin/sh", "-c"] else command)


@pytest.mark.parametrize("unit", SERVICES, ids=named)
def test_a_service_has_no_rights_beyond_its_folders(unit: Path) -> None:
    service = options_of(unit, "Service")
    assert service["User"] == ["assay"]
    assert service["EnvironmentFile"] == ["/etc/assay.env"]
    assert service["UMask"] == ["0077"]
    assert service["NoNewPrivileges"] == ["yes"]
    assert service["ProtectSystem"] == ["strict"]
    written = set(service["ReadWritePaths"][0].split())
    assert written <= {"/var/lib/assay", "/var/backups/assay"}


@pytest.mark.parametrize("unit", SERVICES, ids=named)
def test_a_service_that_stops_gives_what_is_under_way_its_time(unit: Path) -> None:
    from assay_web.commands.running import STOP_SECONDS

    service = options_of(unit, "Service")
    if service["Type"] != ["oneshot"]:
        assert int(service["TimeoutStopSec"][0]) > STOP_SECONDS


@pytest.mark.parametrize("unit", UNITS, ids=named)
def test_the_guide_names_the_unit(unit: Path) -> None:
    assert unit.name in GUIDE or (unit.suffix == ".timer" and f"{unit.stem}.service` and `.timer" in GUIDE)


@pytest.mark.parametrize("timer", sorted(FOLDER.glob("*.timer")), ids=named)
def test_a_timer_has_a_service_of_its_name(timer: Path) -> None:
    assert timer.with_suffix(".service") in SERVICES


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed here")
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    """All at once, since a timer is looked at together with its service."""
    paths: list[str] = []
    for unit in UNITS:
        text = re.sub(r"/opt/assay/bin/assay\b|/usr/bin/find|/bin/cp|/bin/sh", "/bin/true", unit.read_text())
        path = tmp_path / unit.name.replace("@", "@8001")
        path.write_text(text.replace("User=assay\n", ""))
        paths.append(str(path))
    command = ["systemd-analyze", "verify", "--man=no", *paths]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert str(tmp_path) not in done.stderr, done.stderr
