"""Where a session stands: a fold over its events, and what the clock says about it."""

import math
from collections.abc import Callable, Iterable
from typing import Any, Literal

from pydantic import Field

from assay.authoring.exercise import Limits
from assay.frozen import Frozen
from assay.session.clock import Stretch, joined, moment_when, outside
from assay.session.events import Event, EventKind

EndedBy = Literal["submitted", "time", "rounds"]
CreditReason = Literal["model", "outage"]

WARN_SECONDS = 300.0
WARN_SHARE = 0.2


class Credit(Frozen):
    """A stretch of time that is not charged to the candidate, and why."""

    since: float = Field(ge=0)
    until: float = Field(ge=0)
    reason: CreditReason
    note: str = ""


class Ending(Frozen):
    """How and when an attempt ended. For a limit, `at` is the limit, not when somebody noticed."""

    by: EndedBy
    at: float


class SentMessage(Frozen):
    """A candidate's message, by the id that the sender gave it."""

    turn: str
    text: str


class Waiting(Frozen):
    """A reply that the candidate waits for; the wait is not charged."""

    turn: str
    since: float
    started: bool = Field(default=False, description="The model has been asked.")


class SessionState(Frozen):
    """What all events up to now add up to. `attempt` counts from 1; times are session-clock seconds."""

    session: str
    exercise: str
    exercise_version: str
    model: str
    limits: Limits
    time_multiplier: float
    started: str = Field(description="Wall time of the start, ISO 8601 with its zone.")
    assay_version: str
    attempt: int = 1
    attempt_started: float = 0.0
    greeted: bool = False
    turns: int = Field(default=0, description="How many turns this attempt holds.")
    rounds_used: int = Field(
        default=0, description="Messages of this attempt that have a reply or wait for one."
    )
    waiting: Waiting | None = None
    unanswered: str | None = Field(
        default=None,
        description="The turn of the last message, when its reply failed and can be asked for again.",
    )
    owed: Stretch | None = Field(default=None, description="A wait that is over but not yet credited.")
    credits: tuple[Credit, ...] = ()
    sent: dict[str, SentMessage] = Field(
        default_factory=dict, description="Messages of this attempt, by the sender's message id."
    )
    deliverable: str | None = Field(default=None, description="The last saved text; null before any save.")
    warned: bool = False
    ending: Ending | None = None
    last_at: float = 0.0

    @property
    def limit_seconds(self) -> float:
        """The time of one attempt in seconds, extra time included."""
        return self.limits.minutes * 60 * self.time_multiplier

    @property
    def rounds_left(self) -> int:
        """Rounds that this attempt still has."""
        return self.limits.rounds - self.rounds_used

    @property
    def to_answer(self) -> str | None:
        """The turn of the message that the model can be asked about, for the first time or once more."""
        if self.waiting is None:
            return self.unanswered
        return None if self.waiting.started else self.waiting.turn

    @property
    def retake_offered(self) -> bool:
        """Time ran out before much was sent, and the one retake has not been used."""
        return (
            self.ending is not None
            and self.ending.by == "time"
            and self.attempt == 1
            and self.limits.retake_on_timeout
            and self.rounds_used < self.limits.retake_below_rounds
        )

    def charged(self, now: float) -> float:
        """Seconds of this attempt that count against the time limit at `now`, or at its end."""
        until = now if self.ending is None else min(now, self.ending.at)
        return outside(self._not_charged(), self.attempt_started, until)

    def seconds_left(self, now: float) -> float:
        """Seconds until the time limit at `now`; grace is not included."""
        return max(0.0, self.limit_seconds - self.charged(now))

    def time_is_over(self, now: float) -> bool:
        """The time limit and the grace after it have passed."""
        return self.charged(now) > self.limit_seconds + self.limits.grace_seconds

    def limit_moment(self) -> float:
        """When the time limit is, or was, reached, as far as is known now; infinite during a wait."""
        return moment_when(self._not_charged(), self.attempt_started, self.limit_seconds)

    def warning_seconds(self) -> float:
        """With how many seconds left the candidate is warned: 5 minutes (times the extra time) or 20 %."""
        return min(WARN_SECONDS * self.time_multiplier, WARN_SHARE * self.limit_seconds)

    def credited_seconds(self, now: float) -> float:
        """Seconds of this attempt up to `now` that are not charged."""
        return max(0.0, now - self.attempt_started) - outside(self._not_charged(), self.attempt_started, now)

    def credited_for(self, reason: CreditReason) -> float:
        """Seconds of the whole session that were credited for this reason, none of them counted twice."""
        found = joined((credit.since, credit.until) for credit in self.credits if credit.reason == reason)
        return sum(until - since for since, until in found)

    def _not_charged(self) -> list[Stretch]:
        stretches = [(credit.since, credit.until) for credit in self.credits]
        if self.owed is not None:
            stretches.append(self.owed)
        if self.waiting is not None:
            stretches.append((self.waiting.since, math.inf))
        return stretches


def state_of(events: Iterable[Event]) -> SessionState:
    """Fold a whole session.

    Raises:
        ValueError: there are no events, or the first is not the session's start.
    """
    state: SessionState | None = None
    for event in events:
        state = begun(event) if state is None else after(state, event)
    if state is None:
        raise ValueError("a session has at least the event of its start")
    return state


def begun(event: Event) -> SessionState:
    """The state after the first event."""
    if event.kind != "session_started":
        raise ValueError(f"a session begins with session_started, not with {event.kind}")
    data = event.data
    return SessionState(
        session=data["session"],
        exercise=data["exercise"],
        exercise_version=data["exercise_version"],
        model=data["model"],
        limits=Limits.model_validate(data["limits"]),
        time_multiplier=data["time_multiplier"],
        started=data["started"],
        assay_version=data["assay_version"],
    )


def after(state: SessionState, event: Event) -> SessionState:
    """The state after one more event."""
    change = _CHANGES.get(event.kind)
    changed = change(state, event) if change else {}
    return state.model_copy(update={"last_at": event.at, **changed})


def _greeted(state: SessionState, _: Event) -> dict[str, Any]:
    return {"greeted": True, "turns": state.turns + 1}


def _message_sent(state: SessionState, event: Event) -> dict[str, Any]:
    turn = event.data["turn"]
    sent = SentMessage(turn=turn, text=event.data["text"])
    return {
        "turns": state.turns + 1,
        "rounds_used": state.rounds_used + 1,
        "waiting": Waiting(turn=turn, since=event.at),
        "unanswered": None,
        "sent": {**state.sent, event.data["message"]: sent},
    }


def _reply_started(state: SessionState, event: Event) -> dict[str, Any]:
    if state.waiting is not None:
        return {"waiting": state.waiting.model_copy(update={"started": True})}
    return {
        "waiting": Waiting(turn=event.data["answers"], since=event.at, started=True),
        "unanswered": None,
        "rounds_used": state.rounds_used + 1,
    }


def _reply_finished(state: SessionState, event: Event) -> dict[str, Any]:
    return {"turns": state.turns + 1, "waiting": None, "owed": _wait(state, event)}


def _reply_failed(state: SessionState, event: Event) -> dict[str, Any]:
    return {
        "waiting": None,
        "owed": _wait(state, event),
        "unanswered": event.data["answers"],
        "rounds_used": state.rounds_used - 1,
    }


def _wait(state: SessionState, event: Event) -> Stretch | None:
    waiting = state.waiting
    return (waiting.since, event.at) if waiting and event.at > waiting.since else None


def _clock_credited(state: SessionState, event: Event) -> dict[str, Any]:
    credit = Credit.model_validate(event.data)
    owed = state.owed
    if owed is not None and credit.since <= owed[0] and owed[1] <= credit.until:
        owed = None
    return {"credits": (*state.credits, credit), "owed": owed}


def _retake_started(state: SessionState, event: Event) -> dict[str, Any]:
    return {
        "attempt": state.attempt + 1,
        "attempt_started": event.at,
        "greeted": False,
        "turns": 0,
        "rounds_used": 0,
        "waiting": None,
        "unanswered": None,
        "sent": {},
        "deliverable": None,
        "warned": False,
        "ending": None,
    }


_CHANGES: dict[EventKind, Callable[[SessionState, Event], dict[str, Any]]] = {
    "greeted": _greeted,
    "message_sent": _message_sent,
    "reply_started": _reply_started,
    "reply_finished": _reply_finished,
    "reply_failed": _reply_failed,
    "clock_credited": _clock_credited,
    "retake_started": _retake_started,
    "deliverable_saved": lambda _, event: {"deliverable": event.data["text"]},
    "warned": lambda _, __: {"warned": True},
    "ended": lambda _, event: {"ending": Ending.model_validate(event.data)},
}
