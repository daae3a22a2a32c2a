"""What the data of each kind of event must hold, so that a journal can be held against it."""

from datetime import datetime
from typing import Any, Literal

from pydantic import ConfigDict, Field, ValidationError, field_validator

from assay.authoring.exercise import Limits
from assay.frozen import Frozen
from assay.session.events import Event, EventKind
from assay.session.state import Credit, Ending


class _Data(Frozen):
    model_config = ConfigDict(extra="ignore")


class _Started(_Data):
    session: str
    exercise: str
    exercise_version: str
    limits: Limits
    time_multiplier: float = Field(gt=0)
    model: str
    assay_version: str
    started: str
    baseline: Literal["exercise", "author"] | None = None

    @field_validator("started")
    @classmethod
    def _names_a_moment(cls, started: str) -> str:
        if datetime.fromisoformat(started).tzinfo is None:
            raise ValueError("it has no time zone")
        return started


class _Said(_Data):
    turn: str
    text: str


class _Sent(_Said):
    message: str


class _ReplyStarted(_Data):
    answers: str
    cuts: list[str]


class _ReplyFinished(_Said):
    answers: str
    cut: bool
    about: dict[str, Any]


class _ReplyFailed(_Data):
    answers: str
    why: str
    partial: str


class _Saved(_Data):
    text: str


class _Flagged(_Data):
    turn_index: int = Field(ge=0)
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    note: str


class _Warned(_Data):
    seconds_left: float


class _Retake(_Data):
    attempt: int = Field(ge=2)


_HOLDS: dict[EventKind, type[Frozen]] = {
    "session_started": _Started,
    "greeted": _Said,
    "message_sent": _Sent,
    "reply_started": _ReplyStarted,
    "reply_finished": _ReplyFinished,
    "reply_failed": _ReplyFailed,
    "deliverable_saved": _Saved,
    "passage_flagged": _Flagged,
    "clock_credited": Credit,
    "warned": _Warned,
    "retake_started": _Retake,
    "ended": Ending,
}


def wrong_with(event: Event) -> str | None:
    """What the event lacks, or holds wrongly, of what its kind needs, in words; None when nothing."""
    if (event.kind == "session_started") != (event.seq == 0):
        return f"event {event.seq} cannot be a {event.kind}: a session begins with its one session_started"
    try:
        _HOLDS[event.kind].model_validate(event.data, strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        if first["type"] == "missing":
            return f"the {event.kind} event has no '{key}'"
        return f"'{key}' of the {event.kind} event is not usable: {first['msg']}"
    return None
