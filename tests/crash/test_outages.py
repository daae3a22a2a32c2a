"""P5: what candidates lose while the site is down is given back by itself. Processes are really killed."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import NamedTuple
from urllib.parse import urlsplit

import psycopg
from psycopg import sql
from tests.crash.installations import Installation
from tests.crash.sites import Site, ask, set_clock_ahead
from tests.postgresql import running_server

HOUR = 3600.0


class Found(NamedTuple):
    """What an installation says of its outages."""

    outages: list[tuple[str, float]]
    credited: list[float]
    """Seconds of each outage's credit in the first candidate's journal."""
    noted: int
    ended: int
    chain_holds: bool


def find() -> Found:
    from tests.looking import look

    from assay_web.audit.log import first_break
    from assay_web.audit.models import AuditChain, AuditEvent
    from assay_web.session.models import CandidateSession, Outage

    first = CandidateSession.objects.order_by("pk")[0]
    state = look(first.pk, lambda session: session.state)
    return Found(
        [(one.cause, (one.until - one.since).total_seconds()) for one in Outage.objects.all()],
        [one.until - one.since for one in state.credits if one.reason == "outage"],
        AuditEvent.objects.filter(action="outage_credited", subject=f"session:{first.public_id}").count(),
        CandidateSession.objects.exclude(ended_at=None).count(),
        all(first_break(chain) is None for chain in AuditChain.objects.all()),
    )


def sweep_once(ahead: float) -> None:
    """What a worker sees to, once, at a moment that lies so many seconds ahead."""
    set_clock_ahead(ahead)
    from assay_web.jobs.sweep import Left, end_sessions

    end_sessions(Left())


def work_until_killed(seconds: float) -> None:
    """A worker's life, ended by force."""
    from tests.crash.workers import work_on

    work_on(seconds)


def test_a_candidate_gets_back_the_hour_that_a_killed_site_was_down(
    installation: Installation, new_site: Callable[[], Site]
) -> None:
    site = new_site()
    site.start()
    before = site.candidate(0).state()
    site.kill()
    installation.run(sweep_once, HOUR)
    site.start(ahead=HOUR)
    after = site.candidate(0).state()
    assert after["ended"] is None
    assert before["seconds_left"] - after["seconds_left"] < 30
    assert abs(after["credited_seconds"] - HOUR) < 30
    for _ in range(2):
        installation.run(sweep_once, HOUR)
    site.kill()
    site.start(ahead=HOUR)
    site.candidate(0).say_until_answered("Which labels do we need?", "m1")
    found = installation.run(find)
    assert len(found.outages) == len(found.credited) == found.noted == 1
    assert found.outages[0][0] == "silence"
    assert abs(found.outages[0][1] - found.credited[0]) < 2
    assert found.ended == 0
    assert found.chain_holds


def test_a_worker_that_lives_while_the_site_is_down_ends_no_session(
    installation: Installation, new_site: Callable[[], Site]
) -> None:
    site = new_site()
    site.start()
    site.kill()
    for hours in (1, 2, 3):
        installation.run(sweep_once, hours * HOUR)
    assert installation.run(find).ended == 0
    site.start(ahead=3 * HOUR)
    installation.run(sweep_once, 3 * HOUR)
    found = installation.run(find)
    assert found.ended == 0
    assert len(found.credited) == found.noted == 1


def test_a_worker_that_dies_alone_is_no_outage(
    installation: Installation, new_site: Callable[[], Site]
) -> None:
    site = new_site()
    site.start()
    worker = installation.start(work_until_killed, 0.5)
    assert worker.ended() == -9
    installation.run(sweep_once, 0.0)
    assert installation.run(find).outages == []


def test_one_of_two_sites_that_dies_is_no_outage_and_both_are(
    installation: Installation, new_site: Callable[[], Site]
) -> None:
    one, other = new_site(), new_site()
    one.start()
    other.start()
    one.kill()
    one.start()
    assert other.candidate(0).state()["credited_seconds"] == 0
    one.kill()
    other.kill()
    other.start(ahead=HOUR)
    one.start(ahead=HOUR)
    assert abs(one.candidate(0).state()["credited_seconds"] - HOUR) < 30
    assert abs(other.candidate(0).state()["credited_seconds"] - HOUR) < 30
    assert len(installation.run(find).outages) == 1


def test_a_reply_that_was_under_way_when_the_site_died_is_credited_once(
    installation: Installation, new_site: Callable[[], Site]
) -> None:
    site = new_site()
    site.start()
    candidate = site.candidate(0)
    before = candidate.state()["seconds_left"]
    candidate.say("Which labels do we need?", "m1", die_at=len(_points_up_to_the_first_piece(new_site)))
    assert site.running is not None
    assert site.running.ended() == -9
    site.start(ahead=HOUR)
    candidate.say_until_answered("Which labels do we need?", "m1")
    after = candidate.state()
    assert before - after["seconds_left"] < 30
    assert HOUR - 30 < after["credited_seconds"] < HOUR + 30


def _points_up_to_the_first_piece(new_site: Callable[[], Site]) -> list[str]:
    """What another candidate's message passes until its reply begins."""
    site = new_site()
    site.start()
    site.candidate(1).say("Which labels do we need?", "m1", die_at=0)
    points = site.points()
    site.kill()
    return points[: points.index("a piece of the reply") + 1]


@contextmanager
def database_gone(installation: Installation) -> Iterator[None]:
    """Nobody can write to the installation's database: its file is locked, or its server lets nobody in."""
    if not installation.database_url:
        with closing(sqlite3.connect(installation.home / "assay.sqlite3", isolation_level=None)) as database:
            database.execute("BEGIN EXCLUSIVE")
            yield
            database.execute("ROLLBACK")
        return
    name = urlsplit(installation.database_url).path.strip("/")
    with psycopg.connect(running_server().url("postgres"), autocommit=True) as server:
        allow = sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}")
        server.execute(allow.format(sql.Identifier(name), sql.Literal(False)))
        server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        yield
        server.execute(allow.format(sql.Identifier(name), sql.Literal(True)))


def test_a_database_that_was_gone_while_the_site_lived_costs_nobody_time(
    installation: Installation, new_site: Callable[[], Site]
) -> None:
    site = new_site()
    site.start(silent_after=0.4)
    candidate = site.candidate(0)
    began, before = time.monotonic(), candidate.state()
    with database_gone(installation):
        end = time.monotonic() + 1.5
        while time.monotonic() < end:
            assert ask(site.port, "GET", "/static/assay.css").whole, "the site itself lives"
    after = candidate.state()
    lasted = time.monotonic() - began
    assert 1.4 < after["credited_seconds"] <= lasted + 0.1
    assert before["seconds_left"] - after["seconds_left"] <= lasted - after["credited_seconds"] + 0.2
    assert installation.run(find).outages[0][0] == "silence"
