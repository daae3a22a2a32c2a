"""One attempt at a job, without an engine: what is kept when it goes well, and when it does not."""

from datetime import timedelta

import pytest
from tests.web.jobs.sessions import asked_job

from assay.errors import ModelMisbehaviour, UserMistake
from assay_web import clock
from assay_web.audit.models import Action, AuditEvent
from assay_web.jobs import attempts
from assay_web.jobs.attempts import MOST_TAKEOVERS, WAITS, Plan, Problem
from assay_web.jobs.models import ScoringJob
from assay_web.scoring import services
from assay_web.scoring.models import SessionScore


def plan_of(job: ScoringJob, attempt: int) -> Plan:
    plan = attempts.begin(job.pk, attempt)
    assert isinstance(plan, Plan)
    return plan


def fresh(job: ScoringJob) -> ScoringJob:
    return ScoringJob.objects.get(pk=job.pk)


def test_an_attempt_that_goes_well_leaves_a_score_and_a_done_job(job: ScoringJob) -> None:
    plan = plan_of(job, 1)
    assert [attempts.rate(plan, rater) for rater in plan.raters] == [None] * len(plan.raters)
    assert attempts.settle(plan, job.pk, 1) is None
    assert (fresh(job).status, fresh(job).attempts) == ("done", 1)
    assert SessionScore.objects.filter(session=job.session).count() == 1


def test_every_step_done_twice_has_one_effect(job: ScoringJob) -> None:
    for _ in range(2):
        plan = plan_of(job, 1)
        for rater in plan.raters * 2:
            attempts.rate(plan, rater)
    for _ in range(2):
        attempts.settle(plan, job.pk, 1)
    assert SessionScore.objects.filter(session=job.session).count() == 1
    assert AuditEvent.objects.filter(action=Action.SESSION_SCORED).count() == 1


def test_an_attempt_that_the_job_has_gone_on_without_does_nothing(job: ScoringJob) -> None:
    plan_of(job, 1)
    attempts.fail(job.pk, 1, Problem("the model was away", passing=True))
    plan_of(job, 2)
    assert attempts.begin(job.pk, 1) is None
    attempts.fail(job.pk, 1, Problem("late news", passing=False))
    assert (fresh(job).status, fresh(job).problem) == ("running", "the model was away")


def test_a_passing_problem_lets_the_job_rest_longer_each_time_and_then_fail(job: ScoringJob) -> None:
    moment = clock.now()
    with clock.following(lambda: moment):
        for number, wait in enumerate(WAITS, start=1):
            plan_of(job, number)
            attempts.fail(job.pk, number, Problem("the model was away", passing=True))
            assert (fresh(job).status, fresh(job).enqueued) == ("queued", False)
            assert fresh(job).due_at == moment + wait
        plan_of(job, len(WAITS) + 1)
        attempts.fail(job.pk, len(WAITS) + 1, Problem("the model was away", passing=True))
    assert (fresh(job).status, fresh(job).problem) == ("failed", "the model was away")
    assert AuditEvent.objects.filter(action=Action.SCORING_FAILED).count() == 1


def test_a_problem_that_stays_fails_at_once(job: ScoringJob) -> None:
    plan_of(job, 1)
    attempts.fail(job.pk, 1, Problem("the rater is not installed", passing=False))
    assert fresh(job).status == "failed"


@pytest.mark.parametrize(
    ("error", "words", "passing"),
    [
        (ModelMisbehaviour("The judge is away", remedy="Try again"), "The judge is away. Try again", True),
        (UserMistake("No such rater", remedy="Install it"), "No such rater. Install it", False),
        (
            ValueError("what the candidate wrote"),
            "Assay has a bug here: ValueError. The worker's log says where",
            True,
        ),
    ],
)
def test_what_goes_wrong_is_a_reason_in_words_and_never_a_candidates(
    job: ScoringJob, monkeypatch: pytest.MonkeyPatch, error: Exception, words: str, passing: bool
) -> None:
    def away(*_: object) -> int:
        raise error

    monkeypatch.setattr(services, "rate_with", away)
    assert attempts.rate(plan_of(job, 1), "judge") == Problem(words, passing=passing)


def test_a_job_is_taken_over_a_few_times_and_then_given_up(job: ScoringJob) -> None:
    plan_of(job, 1)
    assert [attempts.take_over(job.pk, 1) for _ in range(MOST_TAKEOVERS + 1)] == [True] * MOST_TAKEOVERS + [
        False
    ]
    assert fresh(job).status == "failed"
    assert "workers died" in fresh(job).problem


def test_a_job_that_is_gone_is_taken_over_by_nobody(job: ScoringJob) -> None:
    gone = job.pk
    job.delete()
    assert not attempts.take_over(gone, 1)


def test_an_attempt_that_left_nothing_behind_is_followed_by_the_next_at_once(job: ScoringJob) -> None:
    plan_of(job, 1)
    attempts.abandon(job.pk, 1)
    left = fresh(job)
    assert (left.status, left.enqueued, left.attempts, left.due_at) == ("queued", False, 1, None)


def test_time_between_attempts_grows() -> None:
    assert list(WAITS) == sorted(WAITS)
    assert WAITS[0] >= timedelta(seconds=5)


@pytest.fixture
def job(db: None) -> ScoringJob:
    """A job that was asked for by a session that was handed in."""
    return asked_job()
