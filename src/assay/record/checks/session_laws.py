"""What may happen in a session, event by event: the rules that the engine holds every candidate to.

Each law looks at where the session stood and at the event that came next, and says in words what is wrong
with it, or nothing. The laws are those of the format: every version of Assay that writes it keeps them.
"""

from collections.abc import Callable, Sequence

from assay.authoring.exercise import Exercise
from assay.session.baseline import broken_baseline_law
from assay.session.event_data import wrong_with
from assay.session.events import Event, EventKind
from assay.session.state import SessionState, after, begun

MOMENT = 0.002
"""Seconds by which a limit's moment may differ: it is written down to the millisecond."""

CANDIDATES: frozenset[EventKind] = frozenset(
    {"message_sent", "reply_started", "deliverable_saved", "passage_flagged"}
)
"""What only a session takes that is still open: the engine looks at the clock first."""

_Law = Callable[[SessionState, Event, Exercise | None], str]


def broken_law(events: Sequence[Event], exercise: Exercise | None) -> str:
    """The first law that an event breaks, with the event's number; empty when there is none.

    Args:
        events: the whole chain; its first event is the session's start.
        exercise: the exercise that the session was run on; None where that version of it is not known.
    """
    for event in events:
        wrong = wrong_with(event)
        if wrong is not None:
            return f"at event {event.seq}: {wrong}"
    state = begun(events[0])
    for event in events[1:]:
        broken = _broken_by(state, event, exercise)
        if broken:
            return f"at event {event.seq}: {broken}"
        state = after(state, event)
    return broken_baseline_law(events, exercise)


def _broken_by(state: SessionState, event: Event, exercise: Exercise | None) -> str:
    if state.ending is not None and event.kind != "retake_started":
        return "the session goes on after its end"
    if event.kind in CANDIDATES and state.time_is_over(event.at):
        return "the candidate's time was over"
    law = _LAWS.get(event.kind)
    return law(state, event, exercise) if law else ""


def _greeted(state: SessionState, event: Event, exercise: Exercise | None) -> str:
    """The assistant greets once, before anything is said, in its exercise's words."""
    if state.turns:
        return "a greeting stands within the conversation"
    if exercise is None:
        return ""
    opening = exercise.conversation
    said = opening.greets_first and event.data["text"] == opening.greeting
    return "" if said else "the greeting is not the exercise's"


def _message_sent(state: SessionState, event: Event, _: Exercise | None) -> str:
    """A message needs a round that is left, and waits until the one before is answered."""
    if state.waiting is not None:
        return "a message was sent while a reply was awaited"
    if event.data["message"] in state.sent:
        return "a message was sent twice"
    if state.rounds_left < 1:
        return f"a message was sent beyond the {state.limits.rounds} rounds"
    return ""


def _reply_started(state: SessionState, event: Event, _: Exercise | None) -> str:
    """The model is asked once for each message, and again only after it failed."""
    waiting = state.waiting
    asked = state.unanswered if waiting is None else None if waiting.started else waiting.turn
    return "" if asked is not None and asked == event.data["answers"] else "no message waited for this reply"


def _reply_finished(state: SessionState, event: Event, exercise: Exercise | None) -> str:
    """A reply comes once the model was asked for it."""
    if state.waiting is not None and not state.waiting.started:
        return "the model was not asked for this reply"
    return _reply_failed(state, event, exercise)


def _reply_failed(state: SessionState, event: Event, _: Exercise | None) -> str:
    """A reply comes, or fails to come, to the message that waits for it.

    It can fail before the model was asked: a crash leaves such a message behind.
    """
    waiting = state.waiting
    waited = waiting is not None and waiting.turn == event.data["answers"]
    return "" if waited else "no message waited for this reply"


def _passage_flagged(_: SessionState, __: Event, exercise: Exercise | None) -> str:
    """Passages are flagged in error-detection exercises only."""
    allowed = exercise is None or exercise.style == "error_detection"
    return "" if allowed else "this exercise has no flags"


def _clock_credited(state: SessionState, event: Event, _: Exercise | None) -> str:
    """Time is credited for a wait for the model that is just over, or for an outage of this attempt."""
    since, until = event.data["since"], event.data["until"]
    if not state.attempt_started <= since < until <= event.at:
        return "the time credited does not lie within the session so far"
    owed = state.owed
    if event.data["reason"] == "model" and not (owed and owed[0] <= since and until <= owed[1]):
        return "the time credited does not lie within a wait for the model"
    return ""


def _warned(state: SessionState, _: Event, __: Exercise | None) -> str:
    """The warning that time is short is given once."""
    return "the candidate was warned twice" if state.warned else ""


def _retake_started(state: SessionState, event: Event, _: Exercise | None) -> str:
    """There is one fresh start, where time ran out before much was sent."""
    if not state.retake_offered:
        return "there was no fresh start to be had"
    return "" if event.data["attempt"] == state.attempt + 1 else "the attempts are not counted one by one"


def _ended(state: SessionState, event: Event, _: Exercise | None) -> str:
    """A session is submitted in time, or ended at the moment its time was over."""
    if state.waiting is not None:
        return "the session ended while a reply was awaited"
    by, at = event.data["by"], event.data["at"]
    if by == "submitted":
        in_time = at == event.at and not state.time_is_over(event.at)
        return "" if in_time else "it was submitted at another moment, or after its time"
    if not state.time_is_over(event.at):
        return "it was ended by its limit before its time was over"
    if (by == "time") != (state.rounds_left > 0):
        return "it did not end by the limit that it names"
    return "" if abs(at - state.limit_moment()) <= MOMENT else "it did not end when its time was over"


_LAWS: dict[EventKind, _Law] = {
    "greeted": _greeted,
    "message_sent": _message_sent,
    "reply_started": _reply_started,
    "reply_finished": _reply_finished,
    "reply_failed": _reply_failed,
    "passage_flagged": _passage_flagged,
    "clock_credited": _clock_credited,
    "warned": _warned,
    "retake_started": _retake_started,
    "ended": _ended,
}
