"""Working through many items in several processes, the results in the order of the items.

Memory does not grow with the number of items: a process holds one chunk at a time, and no chunk is handed
out further ahead than `WINDOW` chunks for each process. A process that dies loses its own chunk, is named
with it, and another takes its place; stopping early ends every process.
"""

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

CHUNK_ITEMS = 16
CHUNK_SIZE = 1 << 20
WINDOW = 4
SMALL_BATCH = 48
"""With fewer items than this, starting processes costs more than it saves."""

MOST_PROCESSES = 8

_SMALL_SIZE = 4 << 20


@dataclass(frozen=True, slots=True)
class Lost(Generic[Item]):
    """The process that worked on `items` died; none of them has a result."""

    items: tuple[Item, ...]
    exit_code: int | None

    @property
    def how(self) -> str:
        """How the process ended, in words."""
        if self.exit_code is None:
            return "for an unknown reason"
        if self.exit_code >= 0:
            return f"with exit code {self.exit_code}"
        return f"by signal {-self.exit_code} ({signal.strsignal(-self.exit_code) or 'unknown'})"


def default_workers() -> int:
    """The processors this process may use, at most `MOST_PROCESSES`."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(cores, MOST_PROCESSES))


def work_in_order(
    work: Callable[[Item], Result],
    items: Iterable[Item],
    *,
    workers: int | None = None,
    size: Callable[[Item], int] = lambda _: 0,
    live: bool = False,
) -> Generator[tuple[Item, Result] | Lost[Item], None, None]:
    """Apply `work` to every item; results come in the order of the items.

    Args:
        work: must not raise for an item that is merely bad. A process that it brings down is reported as
            `Lost`; in a single process what it raises is raised here.
        items: read as they are needed. Closing the generator ends the processes.
        workers: processes to use. None: one for a small batch, else `default_workers()`.
        size: roughly how many bytes an item has, so that no chunk is large.
        live: the items come from something that may fall silent, such as a pipe. Before waiting for more of
            them, every result of those that all processes were given is passed on.
    """
    source = iter(items)
    head, small = _head(source, size) if workers is None else ([], False)
    count = workers or (1 if small else default_workers())
    everything = chain(head, source)
    if count == 1:
        for item in everything:
            yield item, work(item)
    else:
        yield from _in_processes(work, _chunks(everything, size), count, live)


def _head(source: Iterator[Item], size: Callable[[Item], int]) -> tuple[list[Item], bool]:
    """The first items, and whether they are all there is and little work."""
    head: list[Item] = []
    total = 0
    for item in source:
        head.append(item)
        total += size(item)
        if len(head) >= SMALL_BATCH or total > _SMALL_SIZE:
            return head, False
    return head, True


def _chunks(items: Iterable[Item], size: Callable[[Item], int]) -> Iterator[tuple[Item, ...]]:
    chunk: list[Item] = []
    total = 0
    for item in items:
        chunk.append(item)
        total += size(item)
        if len(chunk) >= CHUNK_ITEMS or total >= CHUNK_SIZE:
            yield tuple(chunk)
            chunk, total = [], 0
    if chunk:
        yield tuple(chunk)


class _Worker(Generic[Item, Result]):
    """One process, and the chunk it is working on."""

    def __init__(self, work: Callable[[Item], Result], others: Iterable["_Worker[Item, Result]"]) -> None:
        self.pipe, theirs = multiprocessing.Pipe()
        # A forked process inherits every pipe; unless it closes them, nobody sees the end of any.
        inherited = (self.pipe, *(other.pipe for other in others)) if sys.platform == "linux" else ()
        self._process = _process(work, theirs, inherited)
        self._process.start()
        theirs.close()
        self.place: int | None = None
        self.chunk: tuple[Item, ...] = ()

    def give(self, place: int, chunk: tuple[Item, ...]) -> None:
        """Hand over a chunk. A process that is dead already shows it when its answer is taken."""
        self.place, self.chunk = place, chunk
        with suppress(BrokenPipeError, ConnectionResetError):
            self.pipe.send(chunk)

    def take(self) -> list[Result] | Lost[Item]:
        """What the process made of its chunk."""
        self.place = None
        try:
            results: list[Result] = self.pipe.recv()
        except (EOFError, ConnectionResetError):
            self._process.join()
            return Lost(self.chunk, self._process.exitcode)
        return results

    def end(self) -> None:
        """End the process, whatever it is doing."""
        self._process.terminate()
        self._process.join()
        self.pipe.close()


def _process(
    work: Callable[[Item], Result], pipe: Connection, inherited: tuple[Connection, ...]
) -> BaseProcess:
    arguments = (work, pipe, inherited)
    if sys.platform == "linux":
        # Forking is quick and shares what is already loaded; no thread runs here that it could cut in half.
        return multiprocessing.get_context("fork").Process(target=_serve, args=arguments, daemon=True)
    return multiprocessing.get_context("spawn").Process(target=_serve, args=arguments, daemon=True)


def _serve(work: Callable[[Item], Result], pipe: Connection, inherited: Iterable[Connection]) -> None:
    # Ctrl-C reaches every process of the terminal; only the one that gives out the work answers to it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for other in inherited:
        other.close()
    while True:
        try:
            chunk: tuple[Item, ...] = pipe.recv()
        except EOFError:
            return
        pipe.send([work(item) for item in chunk])


def _in_processes(
    work: Callable[[Item], Result], chunks: Iterator[tuple[Item, ...]], count: int, live: bool
) -> Iterator[tuple[Item, Result] | Lost[Item]]:
    workers: list[_Worker[Item, Result]] = []
    try:
        for _ in range(count):
            workers.append(_Worker(work, workers))
        yield from _conduct(work, chunks, workers, live)
    finally:
        for worker in workers:
            worker.end()


def _conduct(
    work: Callable[[Item], Result],
    chunks: Iterator[tuple[Item, ...]],
    workers: list[_Worker[Item, Result]],
    live: bool,
) -> Iterator[tuple[Item, Result] | Lost[Item]]:
    given, shown, more = 0, 0, True
    done: dict[int, list[tuple[Item, Result] | Lost[Item]]] = {}
    while more or shown < given:
        # A source that falls silent must not hold back the results of what it has given already.
        may_read = not live or all(worker.place is None for worker in workers)
        for worker in workers:
            if may_read and more and worker.place is None and given - shown < WINDOW * len(workers):
                chunk = next(chunks, None)
                more = chunk is not None
                if chunk is not None:
                    worker.give(given, chunk)
                    given += 1
        if shown < given:
            _collect(work, workers, done)
        while shown in done:
            yield from done.pop(shown)
            shown += 1


def _collect(
    work: Callable[[Item], Result],
    workers: list[_Worker[Item, Result]],
    done: dict[int, list[tuple[Item, Result] | Lost[Item]]],
) -> None:
    """Wait for at least one process, put what it made in its place, and replace it if it died."""
    busy = {worker.pipe: index for index, worker in enumerate(workers) if worker.place is not None}
    for pipe in wait(list(busy)):
        index = next(index for known, index in busy.items() if known is pipe)
        worker = workers[index]
        place, chunk, results = worker.place or 0, worker.chunk, worker.take()
        if isinstance(results, Lost):
            done[place] = [results]
            worker.end()
            workers[index] = _Worker(work, [other for other in workers if other is not worker])
        else:
            done[place] = list(zip(chunk, results, strict=True))
