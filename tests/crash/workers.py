"""What the processes of crash tests do: seed sessions, work until killed or done, and say what there is."""

import os
import random
import signal
import threading
import time
from typing import Any, NamedTuple

from django.core.management import call_command

SCORED = "session_scored"
ANSWER = "Here is a plan in three steps: read, label, check. Which labels do you want?"


class Moment(NamedTuple):
    """When a worker is killed: before or after the nth call of a function, named by module and name."""

    module: str
    name: str
    when: str
    nth: int = 1


class Found(NamedTuple):
    """What an installation holds of its scorings."""

    jobs: list[tuple[str, str]]
    ratings: int
    scores: int
    noted: int
    chain_holds: bool


def scored_once(found: Found, sessions: int) -> bool:
    """Every session has one score, noted once, and each rater's ratings once."""
    per_session = found.ratings / sessions
    return (
        found.jobs == [("done", "")] * sessions
        and found.scores == found.noted == sessions
        and per_session == int(per_session) > 0
        and found.chain_holds
    )


def prepare(sessions: int = 1) -> None:
    """Migrate, and seed the cast with sessions that were handed in and ask for their scoring."""
    call_command("migrate", verbosity=0, interactive=False)
    from tests.people import invited, make_cast

    from assay.session.engine import Session
    from assay_web.session.drive import drive
    from assay_web.session.start import start_session

    def work(session: Session) -> None:
        session.send("Split the reviews into a plan first, then label them as JSON with a reason each.", "m1")
        session.begin_reply()
        session.finish_reply(ANSWER)
        session.save_deliverable("R01 positive_product")
        session.submit()

    cast = make_cast()
    for number in range(sessions):
        drive(start_session(invited(cast.stage, f"Candidate{number} Example")).pk, work)


def prepare_several() -> None:
    """The same, with five sessions."""
    prepare(5)


def ask_alone(runs: int) -> None:
    """Ask for a baseline of the cast's stage."""
    from assay_web.accounts.models import User
    from assay_web.baselines.services import ask_for_baseline
    from assay_web.openings.models import Stage

    ask_for_baseline(Stage.objects.get(), User.objects.get(name="Author"), runs=runs)


def played_runs() -> list[list[str]]:
    """The messages, saves and end of each run of a baseline, in order."""
    from assay_web.baselines.models import BaselineRun

    told = ("message_sent", "reply_finished", "deliverable_saved", "ended")
    runs = BaselineRun.objects.order_by("number")
    return [
        list(run.session.events.filter(kind__in=told).order_by("seq").values_list("kind", flat=True))
        for run in runs
    ]


def find() -> Found:
    """What there is."""
    from assay_web.audit.log import first_break
    from assay_web.audit.models import AuditChain, AuditEvent
    from assay_web.jobs.models import ScoringJob
    from assay_web.scoring.models import SessionScore, StoredRating

    # What a rater of an earlier version left half done stays beside what the new one says.
    ratings = StoredRating.objects.values("session", "criterion").distinct()
    return Found(
        jobs=list(ScoringJob.objects.order_by("pk").values_list("status", "problem")),
        ratings=ratings.count(),
        scores=SessionScore.objects.count(),
        noted=AuditEvent.objects.filter(action=SCORED).count(),
        chain_holds=all(first_break(chain) is None for chain in AuditChain.objects.all()),
    )


def work_until_killed(moment: Moment) -> None:
    """Work, and be killed at this moment."""
    _patch(moment)
    _work(most_takeovers=100)


def work_for(seconds: float) -> None:
    """Work, and be killed after so many seconds, wherever that is; or end when all is done."""
    killer = threading.Timer(seconds, os.kill, (os.getpid(), signal.SIGKILL))
    killer.daemon = True
    killer.start()
    _work(most_takeovers=100)
    killer.cancel()


def work_on(seconds: float) -> None:
    """Work, whether or not there is anything to do, and be killed after so many seconds."""
    threading.Timer(seconds, os.kill, (os.getpid(), signal.SIGKILL)).start()
    from assay_web.jobs.worker import Pace, new_name, work

    work(threading.Event(), Pace(), new_name())


def work_as_version(version: str, moment: Moment) -> None:
    """Work as another version of the workflow would, and be killed at this moment."""
    _patch(moment)
    from assay_web.jobs import engine

    engine.WORKFLOW_VERSION = version
    _work(most_takeovers=100)


def work_until_done() -> None:
    """Work until every job is done or has failed."""
    _work(most_takeovers=3)


def work_with_many_takeovers() -> None:
    """The same, however many workers died before, and with so much to do that signs of life come late."""
    _work(most_takeovers=100, lost_after=4.0)


def work_with_poison() -> None:
    """Work until every job is settled, while one session of them cannot be rated."""
    from assay_web.scoring import services
    from assay_web.session.models import CandidateSession

    poisoned = CandidateSession.objects.order_by("pk")[0].pk
    rate_with = services.rate_with

    def rate(session_id: int, exercise_version_id: int, rater_key: str) -> int:
        if session_id == poisoned:
            raise ZeroDivisionError("a candidate's words")
        return rate_with(session_id, exercise_version_id, rater_key)

    services.rate_with = rate
    _without_waits()
    _work(most_takeovers=3)


def _without_waits() -> None:
    from datetime import timedelta

    from assay_web.jobs import attempts

    attempts.WAITS = (timedelta(0), timedelta(0), timedelta(0))


def _work(*, most_takeovers: int, lost_after: float = 1.0) -> None:
    from assay_web.jobs import attempts, engine
    from assay_web.jobs.worker import Pace, new_name, work

    attempts.MOST_TAKEOVERS = most_takeovers
    # An orderly end takes the engine seconds, and these workers have nothing left to put in order.
    engine.stop = lambda *, patience: None
    stop = threading.Event()
    threading.Thread(target=_stop_when_settled, args=(stop,), daemon=True).start()
    pace = Pace(beat=0.1, lost_after=lost_after, sweep=0.05, mend=0.5, patience=0, at_once=2)
    work(stop, pace, new_name())


def _stop_when_settled(stop: threading.Event) -> None:
    from django.db import connection

    from assay_web.jobs.models import WORK

    unsettled = [of._default_manager.exclude(status__in=("done", "failed")) for of in WORK.values()]
    while any(work.exists() for work in unsettled):
        time.sleep(0.05)
    connection.close()
    stop.set()


def _patch(moment: Moment) -> None:
    """Let the process be killed around the nth call of a function.

    The engine takes its steps as it finds them when it is imported, so this comes before.
    """
    from importlib import import_module

    *owners, name = moment.name.split(".")
    owner: Any = import_module(moment.module)
    for part in owners:
        owner = getattr(owner, part)
    original, calls = getattr(owner, name), []

    def around(*args: object, **kwargs: object) -> object:
        calls.append(1)
        due = len(calls) == moment.nth
        if due and moment.when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = original(*args, **kwargs)
        if due and moment.when == "after":
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    around.__name__ = around.__qualname__ = name
    setattr(owner, name, around)


def moments_of_chance(seed: int) -> list[float]:
    """How long each of a row of workers lives, in seconds."""
    chance = random.Random(seed)
    return [chance.uniform(0.4, 2.5) for _ in range(8)]
