"""What workers see to besides their jobs: clocks that ran out, and what was asked for."""

from collections.abc import Collection
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from tests.people import Cast, invited
from tests.web.jobs.sessions import asked_job, hand_in

from assay.session.engine import Session
from assay_web import clock
from assay_web.jobs import attempts, engine, sweep
from assay_web.jobs.models import ScoringJob, Worker
from assay_web.jobs.sweep import Left
from assay_web.session import drive as sessions
from assay_web.session.drive import drive
from assay_web.session.models import CandidateSession
from assay_web.session.start import start_session


@pytest.fixture
def handed_over(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """Instead of an engine, a list of the attempts that were handed to it."""
    handed: list[tuple[int, int]] = []
    monkeypatch.setattr(engine, "enqueue", lambda job, attempt, _of: handed.append((job, attempt)))
    return handed


def begun(cast: Cast, *, rounds: int = 0) -> CandidateSession:
    row = start_session(cast.mara)
    for number in range(rounds):
        drive(row.pk, partial(_round, number))
    return row


def _round(number: int, session: Session) -> None:
    session.send("Go on.", f"m{number}")
    session.begin_reply()
    session.finish_reply("Done.")


def later(**by: float) -> Any:
    moment = clock.now() + timedelta(**by)
    return clock.following(lambda: moment)


def fresh(row: CandidateSession) -> CandidateSession:
    return CandidateSession.objects.get(pk=row.pk)


def test_a_session_whose_candidate_went_away_ends_at_its_limit_however_late_a_worker_comes(
    cast: Cast,
) -> None:
    row = begun(cast, rounds=8)
    drive(row.pk, lambda session: session.save_deliverable("what I have so far"))
    limit = row.started_at + timedelta(minutes=cast.version.exercise().limits.minutes)
    with later(hours=3):
        assert sweep.end_sessions(Left()) == 1
    ended = fresh(row)
    assert (ended.status, ended.ended_by) == ("ended", "time")
    assert ended.ended_at is not None
    assert abs(ended.ended_at - limit) < timedelta(seconds=5)
    assert ScoringJob.objects.get(session=row).status == "queued"


def test_a_session_that_still_has_time_goes_on(cast: Cast) -> None:
    row = begun(cast)
    with later(minutes=5):
        assert sweep.end_sessions(Left()) == 0
    assert fresh(row).status == "running"


def test_a_retake_that_nobody_took_within_a_day_lets_the_session_count(cast: Cast) -> None:
    row = begun(cast)
    with later(hours=3):
        sweep.end_sessions(Left())
    assert fresh(row).status == "running", "the retake is offered"
    assert not ScoringJob.objects.exists()
    with later(days=2):
        sweep.end_sessions(Left())
    assert fresh(row).status == "ended"
    assert ScoringJob.objects.get(session=row).reason == "ended"


def test_a_session_that_cannot_be_ended_keeps_no_other_waiting(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, well = begun(cast), start_session(cast.noor)
    drives = sessions.drive

    def fails(session_id: int, command: Any) -> Any:
        if session_id == broken.pk:
            raise RuntimeError("damaged")
        return drives(session_id, command)

    monkeypatch.setattr(sessions, "drive", fails)
    left = Left()
    with later(hours=3):
        assert sweep.end_sessions(left) == 1
        assert sweep.end_sessions(left) == 0, "it is left alone for a while"
    assert fresh(well).ended_at is not None


def test_what_was_asked_for_is_handed_over_once(cast: Cast, handed_over: list[tuple[int, int]]) -> None:
    job = asked_job(cast)
    left = Left()
    assert [sweep.enqueue_asked(left) for _ in range(3)] == [1, 0, 0]
    assert handed_over == [(job.pk, 1)]


def test_a_job_that_rests_is_handed_over_when_it_is_due(
    cast: Cast, handed_over: list[tuple[int, int]]
) -> None:
    job = asked_job(cast)
    due: datetime = clock.now() + timedelta(minutes=1)
    ScoringJob.objects.filter(pk=job.pk).update(attempts=1, due_at=due)
    assert sweep.enqueue_asked(Left()) == 0
    with later(minutes=2):
        assert sweep.enqueue_asked(Left()) == 1
    assert handed_over == [(job.pk, 2)]


def test_many_jobs_are_handed_over_in_the_order_in_which_they_were_asked_for(
    cast: Cast, handed_over: list[tuple[int, int]]
) -> None:
    jobs = [hand_in(invited(cast.stage, f"Person{number} Example")).pk for number in range(3)]
    sweep.enqueue_asked(Left())
    assert [job for job, _ in handed_over] == jobs


def test_a_job_that_the_engine_has_lost_is_handed_over_again(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, handed_over: list[tuple[int, int]]
) -> None:
    job = asked_job(cast)
    sweep.enqueue_asked(Left())
    monkeypatch.setattr(engine, "standing", lambda waiting, of: {})
    assert sweep.mend() == 1
    sweep.enqueue_asked(Left())
    assert handed_over == [(job.pk, 1), (job.pk, 2)]


def test_a_job_whose_attempt_broke_off_rests_and_says_so(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, handed_over: list[tuple[int, int]]
) -> None:
    job = asked_job(cast)
    sweep.enqueue_asked(Left())
    monkeypatch.setattr(engine, "standing", lambda waiting, of: dict.fromkeys(waiting, "ERROR"))
    sweep.mend()
    job.refresh_from_db()
    assert (job.status, job.problem, job.failures) == (
        "queued",
        "The scoring broke off without saying why",
        1,
    )


def test_what_is_under_way_is_left_alone(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, handed_over: list[tuple[int, int]]
) -> None:
    asked_job(cast)
    sweep.enqueue_asked(Left())
    monkeypatch.setattr(engine, "standing", lambda waiting, of: dict.fromkeys(waiting, "PENDING"))
    assert sweep.mend() == 0


def test_a_worker_whose_sign_of_life_is_late_does_not_take_its_own_jobs_over(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    long_ago = clock.now() - timedelta(minutes=1)
    for name in ("late", "gone"):
        Worker.objects.create(name=name, started_at=long_ago, seen_at=long_ago)
    begun = [
        engine.Stray(of=ScoringJob, job_id=job, attempt=1, worker=worker)
        for job, worker in ((1, "late"), (2, "gone"))
    ]
    resumed: list[engine.Stray] = []

    def strays(living: Collection[str]) -> list[engine.Stray]:
        return [stray for stray in begun if stray.worker not in living]

    monkeypatch.setattr(engine, "strays", strays)
    monkeypatch.setattr(engine, "resume", resumed.append)
    monkeypatch.setattr(attempts, "take_over", lambda *_: True)
    assert sweep.take_over(timedelta(seconds=15), "late") == 1
    assert [stray.worker for stray in resumed] == ["gone"]
