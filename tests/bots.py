"""Candidates and their surroundings for tests: a clock set by hand, an exercise, obedient models."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from assay.authoring.exercise import Exercise
from assay.errors import ModelMisbehaviour
from assay.models.replies import Chunk, Conversation, Latency, Reply
from assay.session.assistant import Room
from assay.session.conversation import Ask, answer
from assay.session.engine import Session
from assay.session.journal import EventStore, MemoryStore

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
ROOM = Room(context_tokens=8_000, reply_tokens=500)


class Wall:
    """A wall clock that moves only when it is told to."""

    def __init__(self, moment: datetime = NOON) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment

    def wait(self, *, seconds: float = 0, minutes: float = 0) -> None:
        self.moment += timedelta(seconds=seconds, minutes=minutes)


def make_exercise(**changes: Any) -> Exercise:
    """A small exercise of 10 minutes and 3 rounds; `changes` replace or add keys."""
    content: dict[str, Any] = {
        "exercise": "shelf-labels",
        "title": "Label the shelves",
        "summary": "Write labels for a small shop with an AI.",
        "goal": "Write one label for each of the four shelves.",
        "scenario": "The shop sells nails, screws, paint and string. Labels hang two metres high.",
        "materials": [
            {"id": "stock", "title": "Stock list", "text": "nails 40\nscrews 25\npaint 8\nstring 3"}
        ],
        "deliverable": {"asks": "A list of four labels, each at most three words."},
        "limits": {"minutes": 10, "rounds": 3, "grace_seconds": 10},
        "rubric": {
            "criteria": {
                "clarity": {
                    "asks": "Are the instructions clear?",
                    "levels": {
                        0: {"words": "No instruction.", "example": "labels"},
                        4: {"words": "All limits."},
                    },
                }
            }
        },
    }
    return Exercise.model_validate({**content, **changes})


def begin(
    exercise: Exercise | None = None,
    *,
    wall: Wall | None = None,
    store: EventStore | None = None,
    time_multiplier: float = 1.0,
) -> tuple[Session, Wall]:
    """A session that has just started, and its clock."""
    clock = wall or Wall()
    session = Session.start(
        exercise or make_exercise(),
        MemoryStore() if store is None else store,
        clock,
        session="s1",
        model="scripted:none",
        time_multiplier=time_multiplier,
    )
    return session, clock


def do_round(session: Session, text: str = "Make it shorter.", reply: str = "Done.") -> None:
    """One candidate message and its reply, in no time."""
    session.send(text, f"m{len(session.events)}")
    session.begin_reply()
    session.finish_reply(reply)


def says(*replies: str) -> Ask:
    """A model that gives these replies in turn, word by word.."""
    waiting = list(replies)

    async def ask(messages: Conversation) -> AsyncGenerator[Chunk, None]:
        text = waiting.pop(0)
        for word in text.split(" "):
            yield Chunk(text=f"{word} ")
        yield Chunk(reply=Reply(text=text, ending="complete", model="parrot", latency=Latency(total=0.5)))

    return ask


def breaks_off(partial: str = "") -> Ask:
    """A model that fails after this much of a reply."""

    async def ask(messages: Conversation) -> AsyncGenerator[Chunk, None]:
        if partial:
            yield Chunk(text=partial)
        raise ModelMisbehaviour("The endpoint closed the connection", remedy="Try again")

    return ask


def listens(to: list[Mapping[str, str]], reply: str = "Yes.") -> Ask:
    """A model that notes the messages it is sent."""

    async def ask(messages: Conversation) -> AsyncGenerator[Chunk, None]:
        to[:] = list(messages)
        yield Chunk(text=reply)

    return ask


def get_answer(session: Session, ask: Ask, room: Room = ROOM) -> str:
    """Have the assistant answer; what was shown of it."""
    shown: list[str] = []
    asyncio.run(answer(session, ask, shown.append, room))
    return "".join(shown)
