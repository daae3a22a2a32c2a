"""The present moment, in one place, so that tests can decide what time it is."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_clock: ContextVar[Callable[[], datetime]] = ContextVar("clock", default=lambda: datetime.now(UTC))


def now() -> datetime:
    """The present moment, in UTC."""
    return _clock.get()()


@contextmanager
def following(reading: Callable[[], datetime]) -> Iterator[None]:
    """Let `now` follow another clock inside this block."""
    token = _clock.set(reading)
    try:
        yield
    finally:
        _clock.reset(token)
