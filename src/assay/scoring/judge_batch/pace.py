"""How fast one endpoint may be asked: calls at a time, and calls a minute."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from assay.models.timing import Timing


class Pace:
    """Lets calls to one endpoint through as fast as it may be asked, in the order in which they come.

    Args:
        at_once: calls under way at a time, at most.
        per_minute: calls begun a minute, at most, evenly spread; None for no such limit.
        timing: clock and sleep.
    """

    def __init__(self, at_once: int, per_minute: int | None = None, timing: Timing | None = None) -> None:
        self._free = asyncio.Semaphore(at_once)
        self._between = 60.0 / per_minute if per_minute else 0.0
        self._timing = timing or Timing()
        self._next = float("-inf")

    @asynccontextmanager
    async def call(self) -> AsyncIterator[None]:
        """Wait until one more call may be made; it is under way inside the block."""
        async with self._free:
            if self._between:
                now = self._timing.monotonic()
                begin = max(now, self._next)
                self._next = begin + self._between
                if begin > now:
                    await self._timing.sleep(begin - now)
            yield
