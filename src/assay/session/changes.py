"""What a session's events are made of: a kind and its data, before they are put into the chain."""

from dataclasses import dataclass
from typing import Any

from assay import __version__
from assay.authoring.exercise import Exercise
from assay.session.events import Event, EventKind, chained
from assay.session.state import CreditReason

Change = tuple[EventKind, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class LostReply:
    """A reply that could not be kept: when it came, why it is lost, and what there was of it."""

    at: float
    why: str
    partial: str


def first_events(exercise: Exercise, **given: str | float) -> list[Event]:
    """The start of a session and, where the assistant greets first, its greeting."""
    data = {
        **given,
        "exercise": exercise.exercise,
        "exercise_version": exercise.version,
        "limits": exercise.limits.model_dump(mode="json"),
        "assay_version": __version__,
    }
    events = [chained((), at=0.0, kind="session_started", data=data)]
    if exercise.conversation.greets_first:
        kind, greeting = greeted(exercise, 1)
        events.append(chained(events, at=0.0, kind=kind, data=greeting))
    return events


def greeted(exercise: Exercise, attempt: int) -> Change:
    """The assistant's greeting, which is the first turn of an attempt."""
    return "greeted", {"turn": f"{attempt}.0", "text": exercise.conversation.greeting}


def credit(since: float, until: float, reason: CreditReason, note: str = "") -> Change:
    """A stretch of the session clock, in seconds, that is not charged to the candidate."""
    return "clock_credited", {"since": since, "until": until, "reason": reason, "note": note}


def reply_failed(answers: str, why: str, partial: str) -> Change:
    """The end of a reply that did not come; what had arrived of it is kept beside, not as a turn."""
    return "reply_failed", {"answers": answers, "why": why, "partial": partial}


def ended(by: str, at: float) -> Change:
    """The end of an attempt, in seconds of the session clock."""
    return "ended", {"by": by, "at": at}
