"""One request and its stream of pieces, watched by a clock that is passed in.

A task of its own reads the HTTP stream, so that a stall, the end of the time or a reader who wants to
stop can end it at any await; ending the task closes the connection, which tells the endpoint to stop.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable

from openai import AsyncStream

from assay.models.failures import Cancelled, TimedOut
from assay.models.pieces import Piece, PieceReader
from assay.models.timing import Timeouts, Timing

Opener = Callable[[], Awaitable[AsyncStream[object]]]


class Watch:
    """Knows when the endpoint was last heard of, and when its time is up.

    `deadline` is a reading of the clock; `total` is the seconds the whole call was given, for the message.
    """

    def __init__(self, timing: Timing, timeouts: Timeouts, *, total: float, deadline: float) -> None:
        self._timing, self._timeouts = timing, timeouts
        self._total, self._deadline = total, deadline
        self._heard: float | None = None
        self._sent = timing.monotonic()

    def touch(self) -> None:
        """The endpoint was heard of just now."""
        self._heard = self._timing.monotonic()

    async def time_out(self) -> TimedOut:
        """Return once the endpoint has been silent for too long or the call's time is up."""
        while True:
            due, timed_out = self._next()
            left = due - self._timing.monotonic()
            if left <= 0:
                return timed_out
            # The first piece shortens what silence may last, so no wait is longer than that.
            await self._timing.sleep(min(left, self._timeouts.stall))

    def _next(self) -> tuple[float, TimedOut]:
        if self._heard is None:
            silence = self._sent + self._timeouts.first, TimedOut("first", self._timeouts.first)
        else:
            silence = self._heard + self._timeouts.stall, TimedOut("stall", self._timeouts.stall)
        end = self._deadline, TimedOut("total", self._total)
        return min(silence, end, key=lambda pair: pair[0])


async def read_pieces(
    opener: Opener, watch: Watch, cancel: asyncio.Event | None
) -> AsyncGenerator[Piece, None]:
    """Send the request and yield its pieces.

    Args:
        opener: sends the request and gives the SDK's stream.
        watch: how long the endpoint may be silent, and when the call must be over.
        cancel: an event that stops the reading when set.

    Raises:
        TimedOut: the endpoint was silent too long, or the deadline has passed.
        Cancelled: `cancel` was set.
        BrokeOff: the endpoint sent something that is no part of a reply.
        Exception: whatever the SDK raised.
    """
    outbox: asyncio.Queue[Piece | Exception | None] = asyncio.Queue()
    tasks = [
        asyncio.create_task(_pump(opener, watch, outbox)),
        asyncio.create_task(_sound_alarm(watch, outbox)),
    ]
    if cancel is not None:
        tasks.append(asyncio.create_task(_pass_on_cancel(cancel, outbox)))
    try:
        while (item := await outbox.get()) is not None:
            if isinstance(item, Exception):
                raise item
            yield item
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def pause(seconds: float, timing: Timing, cancel: asyncio.Event | None) -> None:
    """Wait before another try.

    Raises:
        Cancelled: `cancel` was set before the time was over.
    """
    if cancel is None:
        await timing.sleep(seconds)
        return
    tasks = [asyncio.ensure_future(timing.sleep(seconds)), asyncio.ensure_future(cancel.wait())]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
    if cancel.is_set():
        raise Cancelled


async def _pump(opener: Opener, watch: Watch, outbox: "asyncio.Queue[Piece | Exception | None]") -> None:
    try:
        reader = PieceReader()
        stream = await opener()
        async with stream:
            async for chunk in stream:
                watch.touch()
                outbox.put_nowait(reader.read(chunk))
        outbox.put_nowait(reader.rest())
        outbox.put_nowait(None)
    except Exception as error:
        outbox.put_nowait(error)


async def _sound_alarm(watch: Watch, outbox: "asyncio.Queue[Piece | Exception | None]") -> None:
    outbox.put_nowait(await watch.time_out())


async def _pass_on_cancel(cancel: asyncio.Event, outbox: "asyncio.Queue[Piece | Exception | None]") -> None:
    await cancel.wait()
    outbox.put_nowait(Cancelled())
