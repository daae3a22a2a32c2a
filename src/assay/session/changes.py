"""What a session's events are made of: a kind and its data, before they are put into the chain."""

from dataclasses import dataclass
from typing import Any

from assay import __version__
from assay.authoring.exercise import Exercise
from assay.session.events import Event, EventKind, chained
from assay.session.state import CreditReason, EndedBy, SessionState, Waiting

LONGEST_OUTAGE = 600.0
"""Seconds credited at most for a reply that a crash cut off, or that the store does not take. Whoever ends
the process could otherwise stop the clock for as long as they like; a longer outage is credited by a person
(`Session.credit_outage`)."""

Change = tuple[EventKind, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class LostReply:
    """A reply that could not be kept: when it came, why it is lost, and what there was of it."""

    at: float
    why: str
    partial: str

    def credited_until(self, now: float, last_at: float) -> float:
        """Until when its wait is credited: now, or as long after the last sign of life as is allowed."""
        return min(now, max(self.at, last_at) + LONGEST_OUTAGE)


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


def credit_of_wait(waiting: Waiting, until: float, reason: CreditReason = "model") -> list[Change]:
    """The wait for a reply, not charged; nothing where it took no time."""
    return [credit(waiting.since, until, reason)] if until > waiting.since else []


def reply_failed(
    waiting: Waiting, at: float, why: str, partial: str, reason: CreditReason = "model"
) -> list[Change]:
    """The end of a reply that did not come, and its wait; what had arrived is kept beside, not as a turn."""
    data = {"answers": waiting.turn, "why": why, "partial": partial}
    return [("reply_failed", data), *credit_of_wait(waiting, at, reason)]


def ended(by: str, at: float) -> Change:
    """The end of an attempt, in seconds of the session clock."""
    return "ended", {"by": by, "at": at}


def brought_by_the_clock(state: SessionState, now: float) -> Change | None:
    """What is due at this moment, if anything: the end of an attempt whose time is over, or the warning."""
    if state.ending is not None or state.waiting is not None:
        return None
    if state.time_is_over(now):
        by: EndedBy = "time" if state.rounds_left > 0 else "rounds"
        return ended(by, round(state.limit_moment(), 3))
    if not state.warned and state.seconds_left(now) <= state.warning_seconds():
        return "warned", {"seconds_left": round(state.seconds_left(now), 3)}
    return None
