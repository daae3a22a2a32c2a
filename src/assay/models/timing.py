"""Time and chance for the gateway: clock, sleep and jitter passed in; how long to wait, how often to try."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


@dataclass(frozen=True, slots=True)
class Timing:
    """Where the gateway gets time and chance from."""

    monotonic: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    jitter: Callable[[], float] = random.random


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds: to connect, to the first sign of a reply, between two signs, and for a whole call."""

    connect: float = 10.0
    first: float = 120.0
    stall: float = 30.0
    total: float = 300.0


@dataclass(frozen=True, slots=True)
class Retries:
    """How often a call is tried in all, and the pauses in seconds between tries.

    `longest_wait` bounds what an endpoint may ask for with Retry-After; a call is given up rather than
    tried again earlier than the endpoint allows.
    """

    attempts: int = 4
    base: float = 0.5
    ceiling: float = 20.0
    longest_wait: float = 60.0

    def pause(self, attempt: int, jitter: float) -> float:
        """Seconds to wait after failed attempt number `attempt` (from 1); `jitter` is in [0, 1).

        Exponential backoff with half of the pause left to chance, so that many callers who failed
        together do not come back together.
        """
        longest = min(self.ceiling, self.base * 2.0 ** min(attempt - 1, 30))
        return longest * (0.5 + 0.5 * jitter)


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds that a Retry-After header asks for (RFC 9110, 10.2.3: seconds or an HTTP date), else None."""
    value = headers.get("retry-after", "").strip()
    if not value:
        return None
    try:
        seconds = float(value)
    except ValueError:
        return _until(value, now)
    return seconds if 0 <= seconds < float("inf") else None


def _until(http_date: str, now: datetime) -> float | None:
    try:
        moment = parsedate_to_datetime(http_date)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())
