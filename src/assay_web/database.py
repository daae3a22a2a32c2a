"""The one way from asynchronous code to the database.

A few threads with lasting connections do all of it, so that a reply that streams for a minute holds no
connection, and two hundred of them do not need two hundred.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import cache, partial
from typing import ParamSpec, TypeVar

from django.db import close_old_connections

THREADS = 8

P = ParamSpec("P")
Result = TypeVar("Result")


async def in_database(call: Callable[P, Result], *args: P.args, **kwargs: P.kwargs) -> Result:
    """Run a synchronous function that uses the database, and wait for it without holding up others.

    What runs has been asked for, so it is finished even when whoever waits for it is cancelled.
    """
    context = copy_context()
    run = partial(context.run, _fresh, partial(call, *args, **kwargs))
    return await asyncio.shield(asyncio.get_running_loop().run_in_executor(_threads(), run))


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(THREADS, thread_name_prefix="database")


def _fresh(call: Callable[[], Result]) -> Result:
    """Run it on a connection that still works, and leave none behind that does not."""
    close_old_connections()
    try:
        return call()
    finally:
        close_old_connections()
