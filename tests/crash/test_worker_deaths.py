"""P7: a rating survives a worker's death, and takes effect once, wherever the worker was killed."""

import pytest
from tests.crash.conftest import Maker
from tests.crash.workers import (
    Moment,
    find,
    moments_of_chance,
    prepare,
    prepare_several,
    scored_once,
    work_as_version,
    work_for,
    work_until_done,
    work_until_killed,
    work_with_poison,
)

from assay.scoring.pipeline import offline_raters

KILLED = -9
RATERS = len(offline_raters())
ATTEMPTS, SERVICES = "assay_web.jobs.attempts", "assay_web.scoring.services"
BOUNDARIES = [
    Moment("assay_web.jobs.engine", "enqueue", "before"),
    Moment("assay_web.jobs.engine", "enqueue", "after"),
    Moment(ATTEMPTS, "begin", "before"),
    Moment(ATTEMPTS, "begin", "after"),
    *(Moment(ATTEMPTS, "rate", when, nth) for nth in range(1, RATERS + 1) for when in ("before", "after")),
    Moment(ATTEMPTS, "settle", "before"),
    Moment(SERVICES, "settle_score", "after"),
    Moment(ATTEMPTS, "settle", "after"),
    Moment("dbos._sys_db", "SystemDatabase.update_workflow_outcome", "before"),
]


@pytest.mark.parametrize("moment", BOUNDARIES, ids=lambda moment: f"{moment.name}-{moment.when}-{moment.nth}")
def test_a_second_worker_finishes_what_a_killed_one_began(new_installation: Maker, moment: Moment) -> None:
    installation = new_installation(prepare)
    assert installation.start(work_until_killed, moment).ended() == KILLED
    installation.run(work_until_done)
    assert scored_once(installation.run(find), sessions=1)


@pytest.mark.parametrize("seed", [1, 2])
def test_sessions_are_scored_once_however_often_workers_are_killed(
    new_installation: Maker, seed: int
) -> None:
    _kill_at_random(new_installation, seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3, 43))
def test_sessions_are_scored_once_over_many_random_deaths(new_installation: Maker, seed: int) -> None:
    _kill_at_random(new_installation, seed)


def _kill_at_random(new_installation: Maker, seed: int) -> None:
    installation = new_installation(prepare_several)
    for seconds in moments_of_chance(seed):
        if installation.start(work_for, seconds).ended() == 0:
            break
    installation.run(work_until_done)
    assert scored_once(installation.run(find), sessions=5)


def test_a_job_that_kills_its_workers_is_given_up_and_says_so(new_installation: Maker) -> None:
    installation = new_installation(prepare)
    moment = Moment(ATTEMPTS, "rate", "before")
    for _ in range(4):
        assert installation.start(work_until_killed, moment).ended() == KILLED
    installation.run(work_until_done)
    found = installation.run(find)
    assert found.jobs == [
        ("failed", "4 workers died while they scored this session, so it is not given to another")
    ]
    assert found.scores == 0


def test_a_session_that_cannot_be_rated_keeps_no_other_waiting(new_installation: Maker) -> None:
    installation = new_installation(prepare_several)
    installation.run(work_with_poison)
    found = installation.run(find)
    assert found.jobs[0] == ("failed", "Assay has a bug here: ZeroDivisionError. The worker's log says where")
    assert found.jobs[1:] == [("done", "")] * 4
    assert found.scores == 4


def test_what_an_older_version_left_half_done_is_begun_anew(new_installation: Maker) -> None:
    installation = new_installation(prepare)
    moment = Moment(ATTEMPTS, "settle", "before")
    assert installation.start(work_as_version, "0", moment).ended() == KILLED
    installation.run(work_until_done)
    assert scored_once(installation.run(find), sessions=1)
