"""P5: what an outage of the site took from candidates is given back, once, before anything ends a session."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.bots import NOON, Wall, begin, make_exercise
from tests.looking import look
from tests.people import Cast

from assay.session.engine import Session
from assay_web import clock
from assay_web.audit.models import AuditEvent
from assay_web.jobs import sweep
from assay_web.jobs.sweep import Left
from assay_web.session import outages
from assay_web.session.drive import drive
from assay_web.session.models import CandidateSession, Heartbeat, Outage
from assay_web.session.standing import standing
from assay_web.session.start import start_session


@pytest.fixture
def wall() -> Iterator[Wall]:
    """A clock set by hand."""
    reading = Wall(datetime(2026, 3, 2, 9, 0, tzinfo=UTC))
    with clock.following(reading):
        yield reading


def site_is_here(wall: Wall, *, minutes: float = 0) -> None:
    """The site beats, every two seconds, for so long."""
    outages.beat()
    wall.wait(minutes=minutes)
    if minutes:
        Heartbeat.objects.update(seen_at=wall.moment)


def given_back(row: CandidateSession) -> list[tuple[float, float, str]]:
    state = look(row.pk, lambda session: session.state)
    return [(one.since, one.until, one.reason) for one in state.credits]


def seconds_left(row: CandidateSession) -> float:
    return look(row.pk, Session.seconds_left)


def noted() -> list[dict[str, object]]:
    return list(AuditEvent.objects.filter(action="outage_credited").values_list("data", flat=True))


def test_a_candidate_gets_back_the_time_that_the_site_was_away(cast: Cast, wall: Wall) -> None:
    site_is_here(wall)
    row = start_session(cast.mara)
    site_is_here(wall, minutes=5)
    before = seconds_left(row)
    wall.wait(minutes=40)
    site_is_here(wall)
    sweep.end_sessions(Left())
    assert given_back(row) == [(300.0, 2700.0, "outage")]
    assert seconds_left(row) == before
    assert noted() == [{"seconds": 2400}]
    assert look(row.pk, standing)["credited_seconds"] == 2400


def test_time_is_given_back_once_however_often_anybody_looks(cast: Cast, wall: Wall) -> None:
    site_is_here(wall)
    row = start_session(cast.mara)
    wall.wait(minutes=30)
    for _ in range(3):
        site_is_here(wall)
        sweep.end_sessions(Left())
        sweep.credit(row.pk)
    Outage.objects.update(settled_at=None)
    sweep.end_sessions(Left())
    assert len(given_back(row)) == len(noted()) == Outage.objects.count() == 1


def test_a_session_whose_limit_passed_while_the_site_was_away_is_not_ended(cast: Cast, wall: Wall) -> None:
    site_is_here(wall)
    row = start_session(cast.mara)
    wall.wait(minutes=300)
    sweep.end_sessions(Left())
    row.refresh_from_db()
    assert row.ended_at is None, "a worker that lives on must not end it: its candidate is locked out"
    site_is_here(wall)
    sweep.end_sessions(Left())
    row.refresh_from_db()
    assert row.ended_at is None
    assert row.due_at is not None
    assert row.due_at > wall.moment + timedelta(minutes=20)


def test_a_candidates_request_that_comes_before_the_sweep_gives_the_time_back_first(
    cast: Cast, wall: Wall
) -> None:
    site_is_here(wall)
    row = start_session(cast.mara)
    wall.wait(minutes=300)
    site_is_here(wall)
    drive(row.pk, lambda session: session.save_deliverable("Still at it"))
    row.refresh_from_db()
    assert row.ended_at is None
    assert [reason for _, _, reason in given_back(row)] == ["outage"]


def test_a_pause_shorter_than_a_few_heartbeats_is_no_outage(cast: Cast, wall: Wall) -> None:
    site_is_here(wall)
    wall.wait(seconds=7)
    site_is_here(wall)
    assert not Outage.objects.exists()


def test_a_session_that_began_afterwards_or_was_over_before_gets_nothing(cast: Cast, wall: Wall) -> None:
    site_is_here(wall)
    over = start_session(cast.mara)
    drive(over.pk, Session.submit)
    wall.wait(minutes=30)
    site_is_here(wall)
    later = start_session(cast.noor)
    sweep.end_sessions(Left())
    assert given_back(over) == given_back(later) == []


def test_a_session_whose_time_was_over_before_the_site_went_away_ends_at_its_limit(
    cast: Cast, wall: Wall
) -> None:
    site_is_here(wall)
    row = start_session(cast.mara)
    minutes = row.state["limits"]["minutes"]
    site_is_here(wall, minutes=minutes + 1)
    wall.wait(minutes=60)
    site_is_here(wall)
    sweep.end_sessions(Left())
    row.refresh_from_db()
    assert row.ended_at == row.started_at + timedelta(minutes=minutes)
    assert given_back(row) == []


def test_a_reply_that_was_awaited_meanwhile_is_not_counted_twice(cast: Cast, wall: Wall) -> None:
    site_is_here(wall)
    row = start_session(cast.mara)
    site_is_here(wall, minutes=1)
    drive(row.pk, lambda session: session.send("Which labels?", "m1"))
    drive(row.pk, lambda session: session.begin_reply())
    before = seconds_left(row)
    wall.wait(minutes=90)
    site_is_here(wall)
    sweep.end_sessions(Left())
    drive(row.pk, lambda session: session.fail_reply("The process was gone"))
    assert seconds_left(row) == before
    assert look(row.pk, standing)["credited_seconds"] == 5400


def test_a_fresh_start_that_was_offered_meanwhile_can_still_be_taken(cast: Cast, wall: Wall) -> None:
    site_is_here(wall)
    row = start_session(cast.mara)
    site_is_here(wall, minutes=60)
    sweep.end_sessions(Left())
    wall.wait(minutes=60 * 26)
    site_is_here(wall, minutes=1)
    sweep.end_sessions(Left())
    row.refresh_from_db()
    assert row.status == CandidateSession.Status.RUNNING, "the offer lasts a day that the site was there"
    site_is_here(wall, minutes=60 * 24)
    sweep.end_sessions(Left())
    row.refresh_from_db()
    assert row.status == CandidateSession.Status.ENDED


def test_an_installation_from_before_heartbeats_counts_from_its_last_traffic(cast: Cast, wall: Wall) -> None:
    row = start_session(cast.mara)
    CandidateSession.objects.update(writer_seen_at=wall.moment + timedelta(minutes=3))
    wall.wait(minutes=60 * 24)
    sweep.end_sessions(Left())
    site_is_here(wall)
    sweep.end_sessions(Left())
    assert given_back(row) == [(180.0, 86400.0, "outage")]


def test_one_session_that_cannot_be_credited_keeps_no_other_waiting(
    cast: Cast, wall: Wall, monkeypatch: pytest.MonkeyPatch
) -> None:
    site_is_here(wall)
    broken, well = start_session(cast.mara), start_session(cast.noor)
    wall.wait(minutes=30)
    site_is_here(wall)
    credit = sweep.credit

    def fails(session_id: int) -> None:
        if session_id == broken.pk:
            raise RuntimeError("damaged")
        credit(session_id)

    monkeypatch.setattr(sweep, "credit", fails)
    sweep.end_sessions(Left())
    assert len(given_back(well)) == 1
    assert not Outage.objects.filter(settled_at=None).exists()


@pytest.fixture
def a_serving_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """This process serves, and knows when it was last seen."""
    monkeypatch.setattr(outages, "_heart", outages._Heart(serves=True))


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("a_serving_process")
def test_a_clock_that_is_set_forward_is_no_silence_and_still_takes_no_time(wall: Wall) -> None:
    from tests.people import make_cast

    outages.beat()
    row = start_session(make_cast().mara)
    wall.wait(minutes=60)
    outages.beat()
    assert Outage.objects.get().cause == "clock"
    sweep.credit(row.pk)
    assert given_back(row) == [(0.0, 3600.0, "outage")]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("a_serving_process")
def test_a_clock_that_is_set_back_is_no_outage_and_hides_none(wall: Wall) -> None:
    outages.beat()
    wall.wait(minutes=-60)
    outages.beat()
    assert not Outage.objects.exists()
    wall.wait(minutes=5)
    outages.beat()
    assert Outage.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("a_serving_process")
def test_machines_whose_clocks_differ_see_no_outages_in_each_other(wall: Wall) -> None:
    for _ in range(5):
        outages.beat()
        Heartbeat.objects.update(seen_at=wall.moment - timedelta(minutes=2))
        wall.wait(seconds=2)
    assert not Outage.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("a_serving_process")
def test_a_process_that_has_just_beaten_needs_no_query_to_know_of_outages(
    wall: Wall, django_assert_num_queries: object
) -> None:
    from tests.people import make_cast

    outages.beat()
    row = start_session(make_cast().mara)
    session = look(row.pk, lambda session: session)
    with django_assert_num_queries(0):  # type: ignore[operator]
        outages.credit(row, session)


MOMENTS = st.lists(st.integers(0, 2_000), min_size=2, max_size=2, unique=True).map(sorted)


@given(
    down=st.lists(MOMENTS, max_size=4, unique_by=lambda one: one[0]),
    waits=st.lists(MOMENTS, max_size=3),
    look_at=st.integers(2_000, 2_500),
)
def test_what_is_charged_is_the_time_when_the_site_was_there_and_no_reply_was_awaited(
    down: list[list[int]], waits: list[list[int]], look_at: int
) -> None:
    session, wall = begin(make_exercise(limits={"minutes": 60, "rounds": 9, "grace_seconds": 10}))
    waited = _talk(session, wall, waits)
    wall.moment = NOON + timedelta(seconds=look_at)
    known = [_outage(number, since, until) for number, (since, until) in enumerate(down)]
    with clock.following(wall):
        for outage in [*known, *known]:
            outages.give_back(session, outage)
    free = {second for since, until in [*down, *waited] for second in range(since, until)}
    assert session.state.charged(look_at) == look_at - len(free)
    lost = {second for since, until in down for second in range(since, until)}
    assert session.state.credited_for("outage") == len(lost)


def _talk(session: Session, wall: Wall, waits: list[list[int]]) -> list[list[int]]:
    """Send a message and get its reply in each of these times, as far as they follow each other."""
    done: list[list[int]] = []
    for since, until in sorted(waits):
        if done and since <= done[-1][1]:
            continue
        wall.moment = NOON + timedelta(seconds=since)
        session.send("Go on.", f"m{since}")
        session.begin_reply()
        wall.moment = NOON + timedelta(seconds=until)
        session.finish_reply("Done.")
        done.append([since, until])
    return done


def _outage(number: int, since: int, until: int) -> Outage:
    moments = {"since": NOON + timedelta(seconds=since), "until": NOON + timedelta(seconds=until)}
    return Outage(pk=number, cause=Outage.Cause.SILENCE, **moments)
