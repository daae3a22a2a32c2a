"""The one way from asynchronous code to the database.

A reply that streams for a minute holds no connection, so two hundred of them do not need two hundred. On
PostgreSQL a few threads with lasting connections do the work. SQLite takes one writer at a time and waits for
the disk at each commit; there, one thread does the work that has come up meanwhile and commits it together.
"""

import asyncio
import fcntl
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from dataclasses import dataclass, field
from functools import cache, partial
from itertools import count
from pathlib import Path
from queue import PriorityQueue
from threading import Thread
from typing import Any, ParamSpec, TypeVar

from django.db import DatabaseError, close_old_connections, connection, transaction

THREADS = 8
MOST_TOGETHER = 16
"""Calls that share a commit at most; those behind them wait that long."""

P = ParamSpec("P")
Result = TypeVar("Result")


async def in_database(call: Callable[P, Result], *args: P.args, **kwargs: P.kwargs) -> Result:
    """Run a synchronous function that uses the database, and wait for it without holding up others.

    What it wrote is committed when this returns. What runs has been asked for, so it is finished even when
    whoever waits for it is cancelled.
    """
    return await _asked(partial(call, *args, **kwargs), urgent=True)


async def in_database_later(call: Callable[P, Result], *args: P.args, **kwargs: P.kwargs) -> Result:
    """As `in_database`, but after what people wait for who have just acted: this can wait a moment."""
    return await _asked(partial(call, *args, **kwargs), urgent=False)


async def _asked(call: Callable[[], Result], *, urgent: bool) -> Result:
    run = partial(copy_context().run, call)
    if connection.vendor == "sqlite":
        done = _together().ask(run, urgent=urgent)
    else:
        done = _threads().submit(_alone, run)
    return await asyncio.shield(asyncio.wrap_future(done))


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(THREADS, thread_name_prefix="database")


def _alone(call: Callable[[], Result]) -> Result:
    """Run it on a connection that still works, and leave none behind that does not."""
    close_old_connections()
    try:
        return call()
    finally:
        close_old_connections()


@dataclass(order=True, slots=True)
class _Asked:
    """A call that waits; those with a lower place come first."""

    place: tuple[int, int]
    run: Callable[[], Any] = field(compare=False)
    done: "Future[Any]" = field(compare=False, default_factory=Future)


class _Together:
    """A thread that runs calls, the urgent ones first; those that wait are run in one transaction."""

    def __init__(self) -> None:
        self._waiting: PriorityQueue[_Asked] = PriorityQueue()
        self._numbers = count()
        Thread(target=self._work, name="database", daemon=True).start()

    def ask(self, run: Callable[[], Result], *, urgent: bool) -> "Future[Result]":
        """Have a call run; its outcome is known once it is committed."""
        asked = _Asked((0 if urgent else 1, next(self._numbers)), run)
        self._waiting.put(asked)
        return asked.done

    def _work(self) -> None:
        while True:
            batch = [self._waiting.get()]
            while len(batch) < MOST_TOGETHER and not self._waiting.empty():
                batch.append(self._waiting.get())
            batch = [asked for asked in batch if asked.done.set_running_or_notify_cancel()]
            outcomes = _committed([asked.run for asked in batch])
            for asked, (result, error) in zip(batch, outcomes, strict=True):
                if error is None:
                    asked.done.set_result(result)
                else:
                    asked.done.set_exception(error)


@cache
def _together() -> _Together:
    return _Together()


Outcome = tuple[Any, BaseException | None]


def _committed(calls: list[Callable[[], Any]]) -> list[Outcome]:
    """Run these in one transaction; what came of each.

    A call that raises keeps what it wrote before, as it would by itself: whoever wants all or nothing says so
    with a transaction of its own. Only what the database itself refused is undone.
    """
    try:
        return _alone(partial(_in_one_transaction, calls))
    except BaseException as error:
        return [(None, error)] * len(calls)


def _in_one_transaction(calls: list[Callable[[], Any]]) -> list[Outcome]:
    with _turn(), transaction.atomic():
        return [_outcome(call) for call in calls]


@contextmanager
def _turn() -> Iterator[None]:
    """Wait until no other process of the site has the turn.

    SQLite's own lock has no queue: who finds it taken sleeps and tries again, and may never find it free
    while another process takes it again and again.
    """
    with Path(f"{connection.settings_dict['NAME']}.turn").open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _outcome(call: Callable[[], Any]) -> Outcome:
    result, error = None, None
    with transaction.atomic():
        try:
            result = call()
        except BaseException as raised:
            error = raised
        undone = transaction.get_rollback()
    if undone and error is None:
        error = DatabaseError("the database refused a part of this, so none of it was kept")
    return result, error
