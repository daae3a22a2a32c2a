"""Caps on tokens and money: a call reserves the most it can use before it is sent, and settles afterwards."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from pydantic import Field

from assay.errors import LimitReached
from assay.frozen import Frozen
from assay.models.replies import Tokens


class Caps(Frozen):
    """The most that may be used; None leaves a figure uncapped."""

    tokens: int | None = Field(default=None, ge=0, description="Prompt and completion tokens together.")
    spend: float | None = Field(default=None, ge=0, description="US dollars.")

    @property
    def any(self) -> bool:
        """Whether anything is capped."""
        return self.tokens is not None or self.spend is not None


@dataclass(frozen=True, slots=True)
class Reservation:
    """What one request may use at most.

    Attributes:
        tokens: of prompt and reply together.
        cost: US dollars; 0 where no price is known.
        unpriced: the model's name where no price is known.
    """

    tokens: int
    cost: float
    unpriced: str = ""


Settle = Callable[[Tokens | None, float | None], None]
"""Replaces a reservation by the tokens that were used and what they cost, without waiting for anything.
None stands for what the endpoint did not say, and keeps that part of the reservation."""


class Budget(Protocol):
    """Where a gateway asks before every request: caps that are kept outside of this process."""

    async def reserve(self, wanted: Reservation, purpose: str) -> Settle:
        """Set `wanted` aside for one request; what is given back is called once, when the request is over.

        Raises:
            LimitReached: it would go beyond a cap; nothing was set aside.
        """
        ...


@dataclass(slots=True)
class Usage:
    """A running count of what was used. One may be shared by several gateways and threads.

    `unreported_tokens` and `unreported_cost` belong to requests whose endpoint gave no usage: their whole
    reservation is held, since nothing smaller is known to be true.
    """

    requests: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    unreported_tokens: int = 0
    cost: float = 0.0
    unreported_cost: float = 0.0
    _open: list[Reservation] = field(default_factory=list, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def tokens(self) -> int:
        """Tokens that count against a cap, reservations of running requests included."""
        held = sum(one.tokens for one in self._open)
        return self.prompt_tokens + self.completion_tokens + self.unreported_tokens + held

    @property
    def spend(self) -> float:
        """US dollars that count against a cap, reservations of running requests included."""
        return self.cost + self.unreported_cost + sum(one.cost for one in self._open)

    def reserve(self, wanted: Reservation, caps: Caps) -> None:
        """Set `wanted` aside for one request.

        Raises:
            LimitReached: it would go beyond a cap; nothing was set aside.
        """
        with self._lock:
            if caps.tokens is not None and self.tokens + wanted.tokens > caps.tokens:
                raise LimitReached(
                    f"This call may use {wanted.tokens} tokens, and {max(0, caps.tokens - self.tokens)} of "
                    f"the cap of {caps.tokens} are left",
                    remedy="Raise the token cap, or ask for shorter replies with `?max_tokens=`",
                )
            if caps.spend is not None and self.spend + wanted.cost > caps.spend:
                raise LimitReached(
                    f"This call may cost {wanted.cost:.4f} US dollars, and "
                    f"{max(0.0, caps.spend - self.spend):.4f} of the cap of {caps.spend:.4f} are left",
                    remedy="Raise the spend cap, or ask for shorter replies with `?max_tokens=`",
                )
            self._open.append(wanted)

    def settle(self, held: Reservation, used: Tokens | None, cost: float | None) -> None:
        """Replace a reservation by what was used, or keep all of it where the endpoint did not say."""
        with self._lock:
            self._open.remove(held)
            self.requests += 1
            if used is None:
                self.unreported_tokens += held.tokens
                self.unreported_cost += held.cost
                return
            self.prompt_tokens += used.prompt
            self.completion_tokens += used.completion
            self.cost += held.cost if cost is None else cost
