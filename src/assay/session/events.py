"""The events of a session: append-only, each chained to the one before by its hash."""

from collections.abc import Iterable, Sequence
from typing import Any, Literal

from pydantic import Field

from assay.canonical import digest
from assay.frozen import Frozen

EventKind = Literal[
    "session_started",
    "greeted",
    "message_sent",
    "reply_started",
    "reply_finished",
    "reply_failed",
    "deliverable_saved",
    "passage_flagged",
    "clock_credited",
    "warned",
    "retake_started",
    "ended",
]

GENESIS = "0" * 64


class Event(Frozen):
    """One thing that happened. `at` is seconds since the session began, on the session's own clock."""

    seq: int = Field(ge=0)
    at: float = Field(ge=0)
    kind: EventKind
    data: dict[str, Any] = Field(default_factory=dict)
    previous: str = Field(description="Hash of the event before; 64 zeros for the first.")
    hash: str = Field(description="SHA-256 of this event without this field.")


class ChainBroken(Exception):
    """The chain does not hold at `seq`."""

    def __init__(self, seq: int, why: str) -> None:
        super().__init__(f"event {seq}: {why}")
        self.seq = seq
        self.why = why


def chained(events: Sequence[Event], *, at: float, kind: EventKind, data: dict[str, Any]) -> Event:
    """The next event after `events`, hashed onto the last of them."""
    return following(len(events), head_of(events), at=at, kind=kind, data=data)


def following(seq: int, previous: str, *, at: float, kind: EventKind, data: dict[str, Any]) -> Event:
    """The event at place `seq`, hashed onto the hash of the one before."""
    body = {"seq": seq, "at": at, "kind": kind, "data": data, "previous": previous}
    return Event(**body, hash=digest(body))


def head_of(events: Sequence[Event]) -> str:
    """The hash that the next event is hashed onto."""
    return events[-1].hash if events else GENESIS


def talk_of(events: Iterable[Event]) -> tuple[Event, ...]:
    """The events without saved versions of the deliverable, which are many and long."""
    return tuple(event for event in events if event.kind != "deliverable_saved")


def check_chain(events: Sequence[Event]) -> None:
    """Hold each event against its hash and its predecessor.

    Raises:
        ChainBroken: at the first event that was changed, dropped, added or moved.
    """
    previous = GENESIS
    for position, event in enumerate(events):
        if event.seq != position:
            raise ChainBroken(position, f"it says it is number {event.seq}")
        if event.previous != previous:
            raise ChainBroken(position, "it does not follow the event before it")
        if digest(event.model_dump(mode="json", exclude={"hash"})) != event.hash:
            raise ChainBroken(position, "its content does not match its hash")
        previous = event.hash
