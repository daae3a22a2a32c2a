"""The session's own clock, and the stretches of it that are not charged to the candidate."""

from collections.abc import Callable, Iterable
from datetime import datetime

WallClock = Callable[[], datetime]
"""Gives the present moment, with its time zone. Passed in, so that tests decide what time it is."""

Stretch = tuple[float, float]
"""From when to when, in seconds since the session began."""


class SessionClock:
    """Seconds since the session began, never going back.

    It follows the wall clock, so it goes on across restarts. When the wall clock is set back, the session
    clock goes on from where it was instead of standing still: nobody gains or loses time by it.

    Args:
        wall: the wall clock.
        started: the wall time at which the session began.
        at_least: the time of the last event, which the clock never falls behind.
    """

    def __init__(self, wall: WallClock, started: datetime, at_least: float = 0.0) -> None:
        self._wall = wall
        self._started = started
        self._latest = at_least
        self._shift = 0.0

    def now(self) -> float:
        """Seconds since the session began, to the millisecond."""
        reading = round((self._wall() - self._started).total_seconds() + self._shift, 3)
        if reading < self._latest:
            self._shift = round(self._shift + self._latest - reading, 3)
            reading = self._latest
        self._latest = reading
        return reading


def joined(stretches: Iterable[Stretch]) -> tuple[Stretch, ...]:
    """The same time as disjoint stretches in order, so that nothing is counted twice."""
    result: list[Stretch] = []
    for since, until in sorted(stretches):
        if until <= since:
            continue
        if result and since <= result[-1][1]:
            result[-1] = (result[-1][0], max(result[-1][1], until))
        else:
            result.append((since, until))
    return tuple(result)


def outside(stretches: Iterable[Stretch], since: float, until: float) -> float:
    """Seconds between `since` and `until` that no stretch covers."""
    covered = sum(max(0.0, min(end, until) - max(start, since)) for start, end in joined(stretches))
    return max(0.0, until - since - covered)


def moment_when(stretches: Iterable[Stretch], since: float, charged: float) -> float:
    """The first moment by which `charged` seconds outside the stretches have passed since `since`."""
    at, left = since, charged
    for start, end in joined(stretches):
        if end <= at:
            continue
        gap = max(0.0, start - at)
        if gap >= left:
            return at + left
        at, left = end, left - gap
    return at + left
