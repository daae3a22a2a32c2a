"""A worker: a process that does jobs, says that it lives, and sees to what others left."""

import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import close_old_connections

from assay_web.clock import now
from assay_web.jobs import engine, sweep
from assay_web.jobs.models import Worker
from assay_web.jobs.sweep import Left
from assay_web.judges import asking

FORGOTTEN = timedelta(days=7)
"""A worker that has not been seen for this long is no longer listed."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pace:
    """How often a worker does what, in seconds.

    Attributes:
        beat: between two signs of life.
        lost_after: a worker not seen for this long is dead, and what it had begun is taken over.
        sweep: between two looks at clocks and at what was asked for.
        mend: between two comparisons of the jobs with the engine's notes, and of versions.
        patience: what a job under way is given to end when the worker is told to stop.
        at_once: how many jobs are done at the same time. No unit of time.
        judged_at_once: how many further jobs, those of sessions that LLM judges rate: they mostly wait.
    """

    beat: float = 2.0
    lost_after: float = 15.0
    sweep: float = 0.5
    mend: float = 30.0
    patience: int = 20
    at_once: int = 2
    judged_at_once: int = 32


def new_name() -> str:
    """A name that no other worker has or had."""
    return f"{socket.gethostname()[:60]}:{os.getpid()}:{secrets.token_hex(4)}"


def work(stop: threading.Event, pace: Pace, name: str) -> None:
    """Do jobs until `stop` is set.

    What is under way then and does not end in time is left to the next worker.
    """
    Worker.objects.create(name=name, started_at=now(), seen_at=now())
    Worker.objects.filter(seen_at__lt=now() - FORGOTTEN).delete()
    beating = threading.Thread(target=_beat, args=(stop, pace, name), daemon=True)
    engine.start(settings.CONFIGURATION, name, at_once=pace.at_once, judged_at_once=pace.judged_at_once)
    beating.start()
    try:
        _look_around(stop, pace, name)
    finally:
        engine.stop(patience=pace.patience)
        asking.hang_up()
        beating.join(timeout=pace.beat * 2)
        Worker.objects.filter(name=name).delete()


def _look_around(stop: threading.Event, pace: Pace, name: str) -> None:
    left, lost_after = Left(), timedelta(seconds=pace.lost_after)
    duties: list[tuple[float, Callable[[], object]]] = [
        (pace.sweep, lambda: sweep.end_sessions(left)),
        (pace.sweep, lambda: sweep.enqueue_asked(left)),
        (pace.beat, lambda: sweep.take_over(lost_after, name)),
        (pace.mend, lambda: sweep.begin_anew(lost_after, name)),
        (pace.mend, sweep.mend),
    ]
    due = [0.0] * len(duties)
    while not stop.is_set():
        for place, (every, duty) in enumerate(duties):
            if time.monotonic() >= due[place]:
                _seen_to(duty)
                due[place] = time.monotonic() + every
        stop.wait(pace.sweep)


def _beat(stop: threading.Event, pace: Pace, name: str) -> None:
    """Say that this worker lives, from a thread of its own: a long step must not look like death."""
    while not stop.wait(pace.beat):
        _seen_to(lambda: Worker.objects.filter(name=name).update(seen_at=now()))


def _seen_to(duty: Callable[[], object]) -> None:
    """Do a duty; where it fails, the next round tries again."""
    close_old_connections()
    try:
        duty()
    except Exception:
        _log.exception("a worker could not see to a duty; it tries again")
    finally:
        close_old_connections()
