"""What a worker sees to besides its jobs: clocks that ran out, what was asked for, and what others left.

It does so again and again, and any number of workers may do it at once.
"""

import logging
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from assay.session.engine import Session
from assay_web.audit.log import SYSTEM, note
from assay_web.audit.models import Action
from assay_web.clock import now
from assay_web.jobs import attempts, engine
from assay_web.jobs.ask import ask_for_scoring
from assay_web.jobs.attempts import Problem
from assay_web.jobs.models import WORK, ScoringJob, Work, Worker
from assay_web.session import drive as sessions
from assay_web.session import outages
from assay_web.session.models import CandidateSession

AT_A_TIME = 200
REST = timedelta(minutes=5)
"""How long a session or job that could not be dealt with is left alone, so that it keeps no other waiting."""

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Left:
    """What could not be dealt with lately, and until when it is left alone."""

    until: dict[tuple[str, int], datetime] = field(default_factory=dict)

    def each(self, kind: str, ids: Iterable[int], do: Callable[[int], object]) -> int:
        """Do something to each of these, and leave those alone where it failed; how many were done."""
        done, moment = 0, now()
        for row in ids:
            if self.until.get((kind, row), moment) > moment:
                continue
            try:
                do(row)
            except Exception:
                _log.exception("%s %s could not be dealt with", kind, row)
                self.until[kind, row] = moment + REST
            else:
                self.until.pop((kind, row), None)
                done += 1
        return done

    def ids(self, kind: str) -> list[int]:
        """Those of this kind that are left alone now."""
        moment = now()
        return [row for (its, row), until in self.until.items() if its == kind and until > moment]


def end_sessions(left: Left) -> int:
    """End the sessions whose time has passed without a browser there to notice; how many were looked at.

    What outages took is given back first. A session whose end lies after the site was last seen is left for
    later: its candidate may be locked out right now.
    """
    seen = outages.seen_until()
    outages.settle(lambda ids: left.each("session", ids, credit))
    running = CandidateSession.objects.filter(status=CandidateSession.Status.RUNNING, due_at__lte=seen)
    due = running.exclude(pk__in=left.ids("session")).order_by("due_at")
    return left.each("session", due.values_list("pk", flat=True)[:AT_A_TIME], _end)


def credit(session_id: int) -> None:
    """Give one session back what it lost to outages: driving it does that first."""
    sessions.drive(session_id, lambda _: None)


def _end(session_id: int) -> None:
    sessions.drive(session_id, Session.keep_time)
    with transaction.atomic():
        row = CandidateSession.objects.select_for_update().get(pk=session_id)
        offered = row.status == CandidateSession.Status.RUNNING and row.ended_at is not None
        if not offered or row.ended_at is None or row.due_at is None:
            return
        if row.due_at + outages.lost_between(row.ended_at, now()) > now():
            return
        # The one retake was not taken while it was offered, so the session counts as it is.
        row.status, row.due_at = CandidateSession.Status.ENDED, None
        row.save(update_fields=["status", "due_at"])
        subject = f"session:{row.public_id}"
        note(row.team, SYSTEM, Action.SESSION_ENDED, subject, by=row.ended_by, retake="not taken")
        ask_for_scoring(row, reason="ended")


def enqueue_asked(left: Left) -> int:
    """Hand over the work that was asked for, or is due again, and that the engine does not know yet."""
    return sum(_enqueue_asked(left, of) for of in WORK.values())


def _enqueue_asked(left: Left, of: type[Work]) -> int:
    due = Q(due_at__isnull=True) | Q(due_at__lte=now())
    asked = of._default_manager.filter(due, status=Work.Status.QUEUED, enqueued=False)
    waiting = asked.exclude(pk__in=left.ids(of.KIND)).order_by("created_at").values_list("pk", "attempts")
    numbers = dict(waiting[:AT_A_TIME])
    return left.each(of.KIND, numbers, lambda job_id: _enqueue(job_id, numbers[job_id], of))


def _enqueue(job_id: int, before: int, of: type[Work]) -> None:
    engine.enqueue(job_id, before + 1, of)
    of._default_manager.filter(pk=job_id, attempts=before, enqueued=False).update(enqueued=True)


def take_over(lost_after: timedelta, me: str) -> int:
    """Take over what workers that are gone had begun; how many attempts. `me` is the worker that looks."""
    if not engine.strays(_living(lost_after, me)):
        return 0
    with transaction.atomic():
        # One worker at a time: what it resumes is no stray any more when the next one looks.
        list(Worker.objects.select_for_update().order_by("pk"))
        found = engine.strays(_living(lost_after, me))
        for stray in found:
            _take_over(stray)
    return len(found)


def _take_over(stray: engine.Stray) -> None:
    if _died(stray.worker) and not attempts.take_over(stray.job_id, stray.attempt, stray.of):
        engine.give_up(stray)
    else:
        engine.resume(stray)


def begin_anew(lost_after: timedelta, me: str) -> int:
    """Begin anew the attempts of another version that nobody works on any more; how many there were."""
    found = engine.outdated(_living(lost_after, me))
    for stray in found:
        engine.give_up(stray)
        attempts.abandon(stray.job_id, stray.attempt, stray.of)
    return len(found)


def _living(lost_after: timedelta, me: str) -> Collection[str]:
    # On a busy machine a sign of life may come late; whoever looks lives all the same.
    lately = Worker.objects.filter(seen_at__gt=now() - lost_after).values_list("name", flat=True)
    return {me, *lately}


def _died(worker: str) -> bool:
    """Whether it was killed; a worker that was told to stop has signed off."""
    return Worker.objects.filter(name=worker).exists()


def mend() -> int:
    """Work that waits for an attempt which is over, or which the engine has no notes of; how many there were.

    The engine's notes may have been lost, or stem from another backup than the site's database.
    """
    return sum(map(_mend, WORK.values()))


def _mend(of: type[Work]) -> int:
    open_jobs = of._default_manager.filter(status__in=(Work.Status.QUEUED, Work.Status.RUNNING))
    rows = open_jobs.filter(enqueued=True).order_by("created_at").values_list("pk", "attempts", "status")
    waiting = {(pk, made + (status == Work.Status.QUEUED)) for pk, made, status in rows[:AT_A_TIME]}
    known = engine.standing(waiting, of)
    mended = 0
    for job_id, attempt in waiting:
        standing = known.get((job_id, attempt))
        if standing in engine.UNDER_WAY:
            continue
        mended += 1
        if standing is None:
            attempts.abandon(job_id, attempt, of)
        else:
            what = "scoring" if of is ScoringJob else "work"
            attempts.claim(job_id, attempt, of)
            problem = Problem(f"The {what} broke off without saying why", passing=True)
            attempts.fail(job_id, attempt, problem, of)
    return mended
