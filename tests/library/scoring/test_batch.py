"""Many items, several processes, one order."""

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Iterator
from multiprocessing import active_children

import pytest

from assay.scoring import batch
from assay.scoring.batch import CHUNK_ITEMS, Lost, work_in_order

NUMBERS = range(500)


def square(number: int) -> int:
    return number * number


def squares_but_one_process_dies(number: int) -> int:
    if number == 100:
        os.kill(os.getpid(), signal.SIGKILL)
    return number * number


def exits(number: int) -> int:
    os._exit(3)


def process_id(number: int) -> int:
    return os.getpid()


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_results_come_in_the_order_of_the_items_however_many_processes_work(workers: int) -> None:
    assert list(work_in_order(square, NUMBERS, workers=workers)) == [(n, n * n) for n in NUMBERS]


def test_several_processes_do_the_work() -> None:
    results = list(work_in_order(process_id, NUMBERS, workers=2))
    pids = {result[1] for result in results if not isinstance(result, Lost)}
    assert os.getpid() not in pids
    assert len(pids) == 2


def test_a_small_batch_starts_no_process() -> None:
    assert list(work_in_order(process_id, range(3))) == [(n, os.getpid()) for n in range(3)]


def test_a_few_large_items_are_worth_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "default_workers", lambda: 2)
    results = list(work_in_order(process_id, range(3), size=lambda _: 3 << 20))
    assert all(not isinstance(result, Lost) and result[1] != os.getpid() for result in results)


def test_nothing_to_do_is_done_at_once() -> None:
    assert list(work_in_order(square, [], workers=2)) == []


def test_a_process_that_dies_is_named_with_its_chunk_and_the_rest_is_done() -> None:
    results = list(work_in_order(squares_but_one_process_dies, NUMBERS, workers=2))
    (lost,) = [result for result in results if isinstance(result, Lost)]
    assert 100 in lost.items
    assert len(lost.items) == CHUNK_ITEMS
    assert lost.how == "by signal 9 (Killed)"
    done = [result[0] for result in results if not isinstance(result, Lost)]
    assert done == [number for number in NUMBERS if number not in lost.items]
    assert results.index(lost) == lost.items[0]


def test_every_process_dying_is_reported_for_every_item_and_comes_to_an_end() -> None:
    results = list(work_in_order(exits, range(100), workers=2))
    assert all(isinstance(result, Lost) and result.how == "with exit code 3" for result in results)
    assert [item for result in results if isinstance(result, Lost) for item in result.items] == list(
        range(100)
    )


def test_items_are_read_only_as_they_are_needed() -> None:
    read = 0

    def endless() -> Iterator[int]:
        nonlocal read
        while True:
            read += 1
            yield read

    results = work_in_order(square, endless(), workers=2)
    for _ in range(50):
        next(results)
    results.close()
    assert read < 50 + CHUNK_ITEMS * (batch.WINDOW + 1) * 2


FORKED = multiprocessing.get_context("fork")
DONE = FORKED.Value("i", 0)
LOOKED_FOR = 1.0
"""Seconds for which the slow item looks out for work that is done too far ahead of it."""


def is_slow_at_its_first_item(number: int) -> int:
    """The first item is not done before more is than may be, or nothing is for a while."""
    ahead = CHUNK_ITEMS * (batch.WINDOW * 2 - 1)
    until = time.monotonic() + LOOKED_FOR
    while number == 0 and ahead >= DONE.value and time.monotonic() < until:
        pass
    with DONE.get_lock():
        DONE.value += 1
    return number


def test_one_slow_item_does_not_let_the_others_run_ahead_without_bound() -> None:
    read = 0

    def endless() -> Iterator[int]:
        nonlocal read
        for number in range(100 * CHUNK_ITEMS):
            read += 1
            yield number

    DONE.value = 0
    results = work_in_order(is_slow_at_its_first_item, endless(), workers=2)
    assert next(results) == (0, 0)
    results.close()
    assert read == CHUNK_ITEMS * batch.WINDOW * 2


def test_stopping_early_ends_every_process() -> None:
    before = set(active_children())
    results = work_in_order(square, NUMBERS, workers=3)
    next(results)
    assert len(set(active_children()) - before) == 3
    results.close()
    assert set(active_children()) == before


def test_an_error_in_reading_ends_every_process() -> None:
    def broken() -> Iterator[int]:
        yield from range(100)
        raise KeyError("the source broke")

    before = set(active_children())
    with pytest.raises(KeyError):
        list(work_in_order(square, broken(), workers=2))
    assert set(active_children()) == before


def test_no_thread_runs_beside_the_processes() -> None:
    results = work_in_order(square, NUMBERS, workers=2)
    next(results)
    threads = threading.active_count()
    results.close()
    assert threads == threading.active_count()


def slow_at_first(number: int) -> int:
    if number == 0:
        time.sleep(0.3)
    return number


def test_a_pipe_that_falls_silent_holds_back_no_result_of_what_it_gave() -> None:
    given = 2 * CHUNK_ITEMS
    asked_for_more = []

    def pipe() -> Iterator[int]:
        yield from range(given)
        asked_for_more.append(len(shown))
        yield given

    shown: list[int] = []
    for result in work_in_order(slow_at_first, pipe(), workers=2, live=True):
        assert not isinstance(result, Lost)
        shown.append(result[1])
    assert shown == list(range(given + 1))
    assert asked_for_more == [given]
