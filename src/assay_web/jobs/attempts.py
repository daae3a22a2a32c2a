"""One attempt at work, and the steps of a scoring job. Each may be done again, or by two workers at once.

A step does not raise: what goes wrong is a `Problem`, so that it can be kept, shown and tried again.
Nothing here knows the job engine.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import F, QuerySet

from assay.errors import AssayError, ModelMisbehaviour
from assay_web.audit.log import SYSTEM, note
from assay_web.audit.models import Action
from assay_web.clock import now
from assay_web.jobs.models import ScoringJob, Work
from assay_web.judges.choice import chosen_for_session
from assay_web.scoring import services

WAITS = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=10))
"""How long a job rests after its first, second and third failure; the next one is for good."""

MOST_TAKEOVERS = 3
"""A job during which this many workers died is not given to another: it may be what kills them."""

Result = TypeVar("Result")

_OPEN = (Work.Status.QUEUED, Work.Status.RUNNING)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a step failed, in words, and whether another attempt may fare better."""

    words: str
    passing: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """What an attempt has to do."""

    session_id: int
    exercise_version_id: int
    reason: str
    raters: tuple[str, ...]


def is_judged(job_id: int) -> bool:
    """Whether a job waits for models: LLM judges are to rate its session, or the assistant to do it alone."""
    job = ScoringJob.objects.select_related("session").defer("session__state").filter(pk=job_id).first()
    if job is None:
        return False
    return job.session.length == 0 or bool(chosen_for_session(job.session).judges)


def begin(job_id: int, attempt: int) -> Plan | Problem | None:
    """Note that the attempt has begun; what it has to do, or None when the job has gone on without it."""
    if not has_begun(job_id, attempt):
        return None
    job = ScoringJob.objects.get(pk=job_id)
    session, version = job.session_id, job.exercise_version_id
    raters = tried(lambda: services.rater_keys(session, version))
    return raters if isinstance(raters, Problem) else Plan(session, version, job.reason, tuple(raters))


def rate(plan: Plan, rater: str) -> Problem | None:
    """Have one rater rate the session."""
    kept = tried(lambda: services.rate_with(plan.session_id, plan.exercise_version_id, rater))
    return kept if isinstance(kept, Problem) else None


def settle(plan: Plan, job_id: int, attempt: int) -> Problem | None:
    """Add the ratings up to a score; then the job is done."""
    score = tried(lambda: services.settle_score(plan.session_id, plan.exercise_version_id, plan.reason))
    if isinstance(score, Problem):
        return score
    finish(job_id, attempt)
    return None


def has_begun(job_id: int, attempt: int, of: type[Work] = ScoringJob) -> bool:
    """Note that the attempt has begun; False when the work has gone on without it."""
    rows = of._default_manager.filter(pk=job_id, status__in=_OPEN, attempts__in=(attempt - 1, attempt))
    running = Work.Status.RUNNING
    return bool(rows.update(status=running, attempts=attempt, enqueued=True, started_at=now()))


def finish(job_id: int, attempt: int, of: type[Work] = ScoringJob) -> None:
    """Note that the work is done."""
    present(job_id, attempt, of).update(status=Work.Status.DONE, finished_at=now(), problem="")


def fail(job_id: int, attempt: int, problem: Problem, of: type[Work] = ScoringJob) -> None:
    """Keep why the attempt failed; the job rests, or it has failed for good."""
    with transaction.atomic():
        job = present(job_id, attempt, of).select_for_update().first()
        if job is None:
            return
        job.failures += 1
        job.problem = problem.words
        if problem.passing and job.failures <= len(WAITS):
            job.status, job.enqueued = Work.Status.QUEUED, False
            job.due_at = now() + WAITS[job.failures - 1]
        else:
            job.status, job.finished_at = Work.Status.FAILED, now()
        job.save()
        if job.status == Work.Status.FAILED:
            action = Action.SCORING_FAILED if of is ScoringJob else Action.ERRAND_FAILED
            note(job.team, SYSTEM, action, job.subject, job=job.public_id)


def abandon(job_id: int, attempt: int, of: type[Work] = ScoringJob) -> None:
    """Count an attempt that left nothing behind, and let the next one begin at once."""
    claim(job_id, attempt, of)
    present(job_id, attempt, of).update(status=Work.Status.QUEUED, enqueued=False, due_at=None)


def claim(job_id: int, attempt: int, of: type[Work] = ScoringJob) -> None:
    """Count an attempt that the engine knows of, whether or not it has come to its first step."""
    rows = of._default_manager.filter(pk=job_id, status__in=_OPEN, attempts=attempt - 1)
    rows.update(attempts=attempt, enqueued=True)


def take_over(job_id: int, attempt: int, of: type[Work] = ScoringJob) -> bool:
    """Count a worker that died over the job; whether another one may have it."""
    rows = of._default_manager.filter(pk=job_id)
    rows.update(takeovers=F("takeovers") + 1)
    takeovers = rows.values_list("takeovers", flat=True).first()
    if takeovers is None or takeovers <= MOST_TAKEOVERS:
        return takeovers is not None
    over = "while they scored this session" if of is ScoringJob else "over this work"
    claim(job_id, attempt, of)
    words = f"{takeovers} workers died {over}, so it is not given to another"
    fail(job_id, attempt, Problem(words, passing=False), of)
    return False


def present(job_id: int, attempt: int, of: type[Work] = ScoringJob) -> "QuerySet[Any]":
    """The row of work, as long as this attempt is the present one."""
    return of._default_manager.filter(pk=job_id, attempts=attempt, enqueued=True, status__in=_OPEN)


def tried(step: Callable[[], Result]) -> Result | Problem:
    """What a step came to, or what went wrong."""
    try:
        return step()
    except AssayError as error:
        return Problem(str(error), passing=isinstance(error, ModelMisbehaviour))
    except Exception as error:
        _log.exception("a step of background work failed")
        # The message of an unforeseen error may hold a candidate's words; the log is where it belongs.
        return Problem(
            f"Assay has a bug here: {type(error).__name__}. The worker's log says where", passing=True
        )
