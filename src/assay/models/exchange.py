"""One request and what comes back, watched by a clock that is passed in.

The answer is read where it is wanted, without tasks of its own: a watch beside it ends a wait for the
endpoint when that is silent for too long, when the call's time is up, or when the reader wants to stop.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import TYPE_CHECKING, Self, TypeVar

from assay.models.events import LONGEST, EventReader
from assay.models.failures import BrokeOff, Cancelled, TimedOut
from assay.models.pieces import Piece, PieceReader
from assay.models.timing import Timeouts, Timing

if TYPE_CHECKING:
    from assay.models.client import Incoming

T = TypeVar("T")
_DONE = b"[DONE]"


class Watch:
    """Knows when the endpoint was last heard of, and ends a wait for it; an async context manager.

    Whatever ends it is in `over` from then on, and an answer under way is closed.

    Args:
        timing: where it gets time from.
        timeouts: how long the endpoint may be silent.
        total: the seconds the whole call was given, for the message.
        deadline: the reading of the clock at which the call must be over.
        cancel: an event that ends waiting when set.
    """

    def __init__(
        self,
        timing: Timing,
        timeouts: Timeouts,
        *,
        total: float,
        deadline: float,
        cancel: asyncio.Event | None,
    ) -> None:
        self._timing, self._timeouts = timing, timeouts
        self._deadline = deadline, TimedOut("total", total)
        self._cancel = cancel
        self._silence = TimedOut("first", timeouts.first)
        self._heard = timing.monotonic()
        self.over: Exception | None = None
        self._wait: asyncio.Timeout | None = None
        self._answer: Incoming | None = None
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        self._tasks.append(asyncio.create_task(self._sound_alarm()))
        if self._cancel is not None:
            self._tasks.append(asyncio.create_task(self._pass_on(self._cancel)))
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()

    async def within(self, wait: Callable[[], Awaitable[T]]) -> T:
        """What `wait()` gives, unless that wait is ended.

        Raises:
            TimedOut: the endpoint was silent too long, or the deadline has passed.
            Cancelled: the reader wanted to stop.
            Exception: whatever `wait` raised.
        """
        if self.over is not None:
            raise self.over
        try:
            async with asyncio.timeout(None) as self._wait:
                return await wait()
        except TimeoutError:
            if self.over is None:
                raise
        finally:
            self._wait = None
        raise self.over

    def sent(self) -> None:
        """The request goes out now."""
        self._heard = self._timing.monotonic()

    def answered(self, answer: "Incoming") -> None:
        """The endpoint has taken the request on."""
        self._answer = answer
        self._heard = self._timing.monotonic()
        if self.over is not None:
            answer.close()

    def heard(self) -> None:
        """A part of a stream came just now, after which silence may last less long."""
        self._heard = self._timing.monotonic()
        if self._silence.kind == "first":
            self._silence = TimedOut("stall", self._timeouts.stall)

    async def _sound_alarm(self) -> None:
        while True:
            now = self._timing.monotonic()
            silent = self._heard + self._silence.seconds, self._silence
            due, why = min(silent, self._deadline, key=lambda pair: pair[0])
            if due > now:
                # The first part of a stream shortens what silence may last, so no wait is longer than that.
                await self._timing.sleep(min(due - now, self._timeouts.stall))
            elif why is self._silence and self._answer is not None and self._answer.unread:
                self._heard = now  # its reader is slow, not the endpoint
            else:
                self._end(why)
                return

    async def _pass_on(self, cancel: asyncio.Event) -> None:
        await cancel.wait()
        self._end(Cancelled())

    def _end(self, why: Exception) -> None:
        if self.over is not None:
            return
        self.over = why
        if self._wait is not None:
            self._wait.reschedule(asyncio.get_running_loop().time())
        if self._answer is not None:
            self._answer.close()


async def read_pieces(send: Callable[[], Awaitable["Incoming"]], watch: Watch) -> AsyncGenerator[Piece, None]:
    """Send a request and yield the pieces of its reply; a whole answer is one piece.

    Raises:
        TimedOut, Cancelled: `watch` ended it.
        BrokeOff: the endpoint sent something that is no part of a reply.
        Exception: whatever `send` raised.
    """
    watch.sent()
    answer = await watch.within(send)
    watch.answered(answer)
    reader, events, over = PieceReader(), EventReader(), False
    try:
        if not answer.streamed:
            yield reader.read(answer.value(await _whole(answer)), "message")
        while answer.streamed and not over and (block := await answer.block()):
            for event in events.feed(block):
                watch.heard()
                if over := event.startswith(_DONE):
                    break
                yield reader.read(answer.value(event), "delta")
        yield reader.rest()
    except BrokeOff as broken:
        # An answer that the watch closes looks as if the connection had been lost.
        raise watch.over or broken from None
    finally:
        if over:
            answer.let_go()
        else:
            answer.close()


async def _whole(answer: "Incoming") -> bytes:
    blocks: list[bytes] = []
    held = 0
    while block := await answer.block():
        blocks.append(block)
        if (held := held + len(block)) > LONGEST:
            raise BrokeOff("it was too long")
    return b"".join(blocks)


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
