"""The job engine, DBOS: the only module that knows it.

A scoring or an errand is a workflow of steps; what a step answered is kept, so that a worker that takes over
goes on after the last one. A step that was cut off is done again, and has its effect once
(`assay_web.jobs.attempts`, `assay_web.jobs.errands`). Each attempt is a workflow of its own, whose id is made
from both: enqueuing it twice is enqueuing it once.
"""

import sqlite3
from collections.abc import Callable, Collection, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar

from dbos import DBOS, DBOSConfig, SetWorkflowID, WorkflowStatus
from django.db import close_old_connections
from sqlalchemy import URL

from assay_web.configuration import Configuration
from assay_web.jobs import attempts, errands
from assay_web.jobs.attempts import Plan, Problem
from assay_web.jobs.models import WORK, Errand, ScoringJob, Work

WORKFLOW_VERSION = "1"
"""Raised by hand when the steps of `score` or `run_errand` change, and only then: the engine would otherwise
take every edit of the code for another version, and leave what is under way to nobody. Attempts of an older
version are begun anew (`outdated`)."""

QUEUE, JUDGED, ERRANDS = "scoring", "judging", "errands"
"""Sessions that LLM judges rate wait in a queue of their own: they take long and do little, so many go on at
once, and an endpoint that is slow or gone keeps no other session waiting. Errands wait for none of them."""
ERRANDS_AT_ONCE = 4
UNDER_WAY = ("ENQUEUED", "PENDING", "DELAYED")
_WORKFLOW, _ERRAND = "score", "errand"
P = ParamSpec("P")
Result = TypeVar("Result")


def start(configuration: Configuration, worker: str, *, at_once: int, judged_at_once: int) -> None:
    """Start working: this process takes jobs until `stop`.

    Args:
        configuration: the installation, which says where the engine keeps its notes.
        worker: a name that no other process has or had.
        at_once: how many jobs this process does at the same time.
        judged_at_once: how many further jobs, those of sessions that LLM judges rate.
    """
    config: DBOSConfig = {
        "name": "assay",
        "system_database_url": _notes(configuration),
        "application_version": WORKFLOW_VERSION,
        "executor_id": worker,
        "log_level": "WARNING",
        "enable_otlp": False,
    }
    DBOS(config=config)
    DBOS.launch()
    for queue, most in ((QUEUE, at_once), (JUDGED, judged_at_once), (ERRANDS, ERRANDS_AT_ONCE)):
        DBOS.register_queue(
            queue, worker_concurrency=most, polling_interval_sec=0.1, on_conflict="always_update"
        )


def stop(*, patience: int) -> None:
    """Take no more jobs, and give those under way this many seconds to come to an end."""
    DBOS.destroy(workflow_completion_timeout_sec=patience)


def enqueue(job_id: int, attempt: int, of: type[Work] = ScoringJob) -> None:
    """Have work attempted. Enqueuing the same attempt again changes nothing."""
    workflow = run_errand if of is Errand else score
    with SetWorkflowID(_name(job_id, attempt, of)):
        DBOS.enqueue_workflow(_queue_of(job_id, of), workflow, job_id, attempt)


def _queue_of(job_id: int, of: type[Work]) -> str:
    if of is Errand:
        return ERRANDS
    return JUDGED if attempts.is_judged(job_id) else QUEUE


@dataclass(frozen=True, slots=True)
class Stray:
    """An attempt that nobody works on, though it is not over, and the worker that had it last."""

    of: type[Work]
    job_id: int
    attempt: int
    worker: str


def strays(living: Collection[str]) -> list[Stray]:
    """Attempts of this version that were begun by workers that are not among `living`."""
    begun = _listed("PENDING")
    return [
        _stray(one) for one in begun if one.app_version == WORKFLOW_VERSION and one.executor_id not in living
    ]


def outdated(living: Collection[str]) -> list[Stray]:
    """Attempts of another version, unless one of the `living` has begun them."""
    return [
        _stray(one)
        for one in _listed(*UNDER_WAY)
        if one.app_version != WORKFLOW_VERSION and (one.status != "PENDING" or one.executor_id not in living)
    ]


def _listed(*statuses: str) -> list[WorkflowStatus]:
    names = [_WORKFLOW, _ERRAND]
    return DBOS.list_workflows(status=list(statuses), name=names, load_input=False, load_output=False)


def resume(stray: Stray) -> None:
    """Let whoever is free go on with it, after the last step that was kept."""
    name = _name(stray.job_id, stray.attempt, stray.of)
    DBOS.resume_workflow(name, queue_name=_queue_of(stray.job_id, stray.of))


def give_up(stray: Stray) -> None:
    """Let nobody go on with it."""
    DBOS.cancel_workflow(_name(stray.job_id, stray.attempt, stray.of))


def standing(waiting: Collection[tuple[int, int]], of: type[Work] = ScoringJob) -> dict[tuple[int, int], str]:
    """Where attempts, given as job and number, stand in the engine; those it does not know are left out."""
    names = {_name(job_id, attempt, of): (job_id, attempt) for job_id, attempt in waiting}
    if not names:
        return {}
    found = DBOS.list_workflows(workflow_ids=list(names), load_input=False, load_output=False)
    return {names[status.workflow_id]: status.status for status in found}


def in_database(step: Callable[P, Result]) -> Callable[P, Result]:
    """Run a step on a database connection that still works, and leave none behind that does not."""

    def fresh(*args: P.args, **kwargs: P.kwargs) -> Result:
        close_old_connections()
        try:
            return step(*args, **kwargs)
        finally:
            close_old_connections()

    fresh.__qualname__ = fresh.__name__ = step.__name__
    return fresh


@DBOS.workflow(name=_WORKFLOW)
def score(job_id: int, attempt: int) -> None:
    """One attempt: every rater in turn, then the score; or what went wrong."""
    plan = _begin(job_id, attempt)
    if plan is None:
        return
    problem = plan if isinstance(plan, Problem) else next(_problems(plan, job_id, attempt), None)
    if problem is not None:
        _fail(job_id, attempt, problem)


def _problems(plan: Plan, job_id: int, attempt: int) -> Iterator[Problem]:
    for rater in plan.raters:
        if (problem := _rate(plan, rater)) is not None:
            yield problem
    if (problem := _settle(plan, job_id, attempt)) is not None:
        yield problem


@DBOS.workflow(name=_ERRAND)
def run_errand(errand_id: int, attempt: int) -> None:
    """One attempt: piece after piece, until all is done or something went wrong."""
    more: bool | Problem = _take_up(errand_id, attempt)
    while more is True:
        more = _go_on(errand_id, attempt)
    if isinstance(more, Problem):
        _fail_errand(errand_id, attempt, more)


_take_up = DBOS.step(name="take up")(in_database(errands.take_up))
_go_on = DBOS.step(name="go on")(in_database(errands.go_on))
_fail_errand = DBOS.step(name="fail errand")(in_database(errands.fail_errand))
_begin = DBOS.step(name="begin")(in_database(attempts.begin))
_rate = DBOS.step(name="rate")(in_database(attempts.rate))
_settle = DBOS.step(name="settle")(in_database(attempts.settle))
_fail = DBOS.step(name="fail")(in_database(attempts.fail))


def _name(job_id: int, attempt: int, of: type[Work]) -> str:
    return f"{of.KIND}-{job_id}-{attempt}"


def _stray(status: WorkflowStatus) -> Stray:
    kind, job_id, attempt = status.workflow_id.split("-")
    return Stray(WORK[kind], int(job_id), int(attempt), status.executor_id or "")


def _notes(configuration: Configuration) -> str:
    """Where the engine keeps its notes: in PostgreSQL beside the site's tables, else in a file of its own."""
    if not configuration.uses_sqlite:
        return _postgresql(configuration.database)
    path = configuration.home / "jobs.sqlite3"
    with closing(sqlite3.connect(path, timeout=20)) as connection:
        # Kept in the file from now on: readers and the writer do not wait for each other.
        connection.execute("PRAGMA journal_mode=WAL")
    path.chmod(0o600)
    return _written(URL.create("sqlite", database=str(path)))


def _postgresql(database: dict[str, Any]) -> str:
    options, host = dict(database["OPTIONS"]), database["HOST"]
    if host.startswith("/"):
        options["host"], host = host, ""
    url = URL.create(
        "postgresql",
        username=database["USER"] or None,
        password=database["PASSWORD"] or None,
        host=host or None,
        port=int(database["PORT"]) if database["PORT"] else None,
        database=database["NAME"],
        query=options,
    )
    return _written(url)


def _written(url: URL) -> str:
    return url.render_as_string(hide_password=False)
