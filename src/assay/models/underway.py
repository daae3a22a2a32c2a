"""One call under way: what has come so far, how often it was tried, and what it becomes in the end."""

import asyncio
from dataclasses import dataclass, field
from typing import Any, Literal

from assay.models.failures import BrokeOff
from assay.models.pieces import Piece
from assay.models.prices import Price
from assay.models.replies import Call, Ending, Latency, Reply, Tokens
from assay.models.setting import ModelSetting


@dataclass(slots=True)
class Underway:
    """The mutable state of one call; all times are readings of the gateway's clock, in seconds."""

    messages: list[dict[str, str]]
    purpose: str
    setting: ModelSetting
    started: float
    total: float
    shown: bool = True
    """Whether its reader sees each piece as it comes, after which nothing can be tried again."""
    whole: bool = False
    """Whether the reply is asked for in one piece rather than as a stream."""
    cancel: asyncio.Event | None = None
    response_format: dict[str, Any] | None = None
    seed: int | None = None
    """The seed of its sampling, as its requests carry it."""
    own_seed: bool = False
    """Whether the seed is the call's and not the setting's: it does without where the endpoint takes none."""
    seed_refusal: str = ""
    """Why the endpoint takes no seed, where it does without."""
    model: str | None = None
    price: Price | None = None
    tries: int = 0
    """How often it was begun, those times included when it did not get as far as its request."""
    attempts: int = 0
    sent: float | None = None
    first_text: float | None = None
    answered: bool = False
    """Whether the endpoint took the request on, after which it may have worked and billed for it."""
    cancelled: bool = False
    parts: list[str] = field(default_factory=list)
    refusal: str = ""
    finish_reason: str | None = None
    answered_by: str | None = None
    usage: Tokens | None = None

    @property
    def deadline(self) -> float:
        """When the call must be over."""
        return self.started + self.total

    @property
    def text(self) -> str:
        """The reply's text so far."""
        return "".join(self.parts)

    def begin_attempt(self, now: float) -> None:
        """Forget what a failed attempt left and count a new one."""
        self.attempts += 1
        self.sent, self.first_text, self.answered = now, None, False
        self.parts, self.refusal, self.finish_reason = [], "", None
        self.answered_by = self.usage = None

    def leave_out_seed(self, why: str) -> None:
        """Do without its seed."""
        self.seed, self.own_seed, self.seed_refusal = None, False, why

    def take(self, piece: Piece, now: float) -> None:
        """Add one piece."""
        if piece.text:
            self.parts.append(piece.text)
            self.first_text = now if self.first_text is None else self.first_text
        self.refusal += piece.refusal
        self.finish_reason = piece.finish_reason or self.finish_reason
        self.answered_by = piece.model or self.answered_by
        self.usage = piece.usage or self.usage

    def check_complete(self) -> None:
        """Tell a finished stream from one that merely stopped.

        Raises:
            BrokeOff: the endpoint never said that the reply was finished.
        """
        if self.finish_reason is None:
            raise BrokeOff("the stream stopped without an ending")

    @property
    def ending(self) -> Ending:
        """How the reply ended, in the gateway's words."""
        if self.cancelled:
            return "cancelled"
        if self.refusal or self.finish_reason == "content_filter":
            return "refused"
        if self.finish_reason == "length":
            return "cut_off"
        return "complete" if self.text.strip() else "empty"

    @property
    def cost(self) -> float | None:
        """US dollars, or None where usage or price is not known."""
        return self.price.cost(self.usage) if self.price and self.usage else None

    def latency(self, now: float) -> Latency:
        """Seconds as `Latency` defines them."""
        first = None if self.first_text is None else self.first_text - self.started
        waited = (now if self.sent is None else self.sent) - self.started
        return Latency(first_token=first, total=now - self.started, waited=waited)

    def reply(self, now: float) -> Reply:
        """The whole reply."""
        return Reply(
            text=self.text,
            ending=self.ending,
            finish_reason=self.finish_reason,
            refusal=self.refusal,
            model=self.answered_by,
            usage=self.usage,
            cost=self.cost,
            latency=self.latency(now),
            attempts=max(1, self.attempts),
            structured_by="schema" if self.response_format else None,
            seed=self.seed,
            notes=(f"The seed was left out, since {self.seed_refusal}",) if self.seed_refusal else (),
        )

    def call(
        self, now: float, outcome: Literal[Ending, "failed", "limit", "abandoned"], problem: str
    ) -> Call:
        """The note to keep of it."""
        return Call(
            purpose=self.purpose,
            setting=str(self.setting),
            model=self.answered_by or self.model,
            outcome=outcome,
            usage=self.usage,
            cost=self.cost,
            latency=self.latency(now),
            attempts=self.attempts,
            problem=problem,
        )
