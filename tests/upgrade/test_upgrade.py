"""P9: an upgrade strands no session. What each older version left is restored, migrated, and gone on with."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.crash.installations import Installation, Kind
from tests.crash.sites import REPLY, Site
from tests.crash.workers import find, scored_once, work_until_done
from tests.upgrade.archives import FOUND, HERE, unpack, versions
from tests.upgrade.living import (
    DELIVERABLE,
    IDLE,
    PENDING,
    QUESTION,
    RUNNING,
    SCORED,
    hand_in,
    record_hashes,
    seen,
)
from tests.web.ground.operator import ASSAY, environ

EVERYBODY, HANDED_IN = IDLE + 1, 4
"""How many candidates there are, and how many of them handed in before the upgrade."""


@pytest.fixture(params=versions())
def version(request: pytest.FixtureRequest) -> str:
    """An older version of which there is an archive."""
    name: str = request.param
    return name


@pytest.fixture
def found(version: str, kind: Kind) -> dict[str, Any]:
    """What the older version showed in the end."""
    said: dict[str, Any] = json.loads((HERE / version / kind / FOUND).read_text(encoding="utf-8"))
    return said


@pytest.fixture
def upgraded(version: str, kind: Kind, tmp_path: Path) -> Installation:
    """What the older version left, brought to this one as an operator does it."""
    installation = unpack(version, kind, tmp_path / "home")
    done = _assay(installation, "migrate")
    assert done.returncode == 0, done.stderr
    return installation


@pytest.fixture
def site(upgraded: Installation) -> Iterator[Site]:
    """The site of today on it."""
    site = Site(upgraded)
    yield site
    if site.running is not None:
        site.kill()


def _assay(installation: Installation, *command: str) -> subprocess.CompletedProcess[str]:
    env = environ(installation.home) | {"DATABASE_URL": installation.database_url}
    return subprocess.run([*ASSAY, *command], env=env, capture_output=True, text=True, check=False)


def look_for_sessions_to_end() -> int:
    """What a worker's sweep does; how many sessions have ended."""
    from assay_web.jobs.sweep import Left, end_sessions
    from assay_web.session.models import CandidateSession

    end_sessions(Left())
    return CandidateSession.objects.exclude(ended_at=None).count()


def visit() -> list[tuple[str, int]]:
    """The pages of the older version's work, as the team's owner opens them."""
    from django.test import Client
    from django.urls import reverse

    from assay_web.accounts.models import User
    from assay_web.authoring.models import Draft
    from assay_web.session.models import CandidateSession

    owner = Client(headers={"host": "localhost"})
    owner.force_login(
        User.objects.get(email="owner@example.org"),
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    stage, session = Draft.objects.get().stage, CandidateSession.objects.order_by("pk")[SCORED]
    pages = {
        "authoring:draft": stage.public_id,
        "scoring:stage_results": stage.public_id,
        "openings:stage": stage.public_id,
        "scoring:result": session.public_id,
        "scoring:record": session.public_id,
    }
    return [(name, owner.get(reverse(name, args=[public])).status_code) for name, public in pages.items()]


def test_candidates_go_on_where_the_older_version_left_them_and_are_scored(
    site: Site, upgraded: Installation, found: dict[str, Any]
) -> None:
    site.start()
    running, pending, idle = (site.candidate(number) for number in (RUNNING, PENDING, IDLE))
    now = seen(running)
    assert {**now, "seconds_left": 0} == {**found["running"], "seconds_left": 0}
    assert abs(now["seconds_left"] - found["running"]["seconds_left"]) < 60
    pending.say_until_answered(QUESTION, "m1")
    after = seen(pending)
    assert after["turns"] == [*found["pending"]["turns"], ["user", QUESTION], ["assistant", REPLY]]
    assert abs(after["seconds_left"] - found["pending"]["seconds_left"]) < 60
    running.say_until_answered("Now the labels.", "m3")
    for candidate in (running, pending):
        assert candidate.call("submit", text=DELIVERABLE).status == 200
    hand_in(idle)
    upgraded.run(work_until_done)
    assert scored_once(upgraded.run(find), sessions=EVERYBODY)
    assert upgraded.run(record_hashes)[: len(found["records"])] == found["records"]


def test_a_worker_that_is_upgraded_before_the_site_ends_nobodys_session(
    site: Site, upgraded: Installation
) -> None:
    assert upgraded.run(look_for_sessions_to_end) == HANDED_IN
    site.start()
    assert upgraded.run(look_for_sessions_to_end) == HANDED_IN
    assert site.candidate(RUNNING).state()["ended"] is None


def test_what_an_older_worker_was_asked_for_had_enqueued_or_had_begun_is_scored_once(
    upgraded: Installation,
) -> None:
    upgraded.run(work_until_done)
    assert scored_once(upgraded.run(find), sessions=HANDED_IN)


def test_the_audit_logs_and_records_of_the_older_version_hold(
    upgraded: Installation, found: dict[str, Any]
) -> None:
    heads = [part for head in found["heads"] for part in ("--head", head)]
    done = _assay(upgraded, "audit", "verify", *heads)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"The log of Harbour hiring holds: \d+ events", done.stdout)
    assert upgraded.run(record_hashes) == found["records"]


def test_the_team_finds_its_draft_and_results(upgraded: Installation) -> None:
    assert [status for _, status in upgraded.run(visit)] == [200] * 5
