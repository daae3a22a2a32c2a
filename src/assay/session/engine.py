"""A candidate's run of one exercise: the rules of rounds, time, deliverable, flags and ending.

The terminal, the site and the scripted candidates drive sessions through this class and nothing else.
Every change is an event that is kept before the call returns; the state is a fold over the events.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any, Self

from assay.authoring.exercise import Exercise
from assay.errors import AssayError, LimitReached, UserMistake
from assay.session.changes import (
    Change,
    LostReply,
    brought_by_the_clock,
    credit,
    credit_of_wait,
    ended,
    first_events,
    greeted,
    reply_failed,
)
from assay.session.clock import SessionClock, WallClock
from assay.session.events import Event, following
from assay.session.fold import transcript_of
from assay.session.journal import EventStore
from assay.session.refusals import (
    MAX_DELIVERABLE,
    MAX_MESSAGE,
    check_flagging,
    check_not_waiting,
    check_note,
    check_open,
    check_outage,
    check_passage,
    check_same,
    check_text,
    check_time_multiplier,
    writable,
)
from assay.session.state import CreditReason, SessionState, Waiting, after, state_of
from assay.session.transcript import Transcript


class Session:
    """One session, driven by commands.

    Every command first looks at the clock: a warning that is due is given, and a session whose time is over
    is ended, before the command is looked at. A refused command changes nothing else.

    Commands raise `LimitReached` (time or rounds are used up) or `UserMistake` (anything else that cannot be
    done), each with a sentence for the candidate. A store that does not take an event leaves the session as
    it was. A reply that could not be kept counts as failed: that is written down before anything else, as
    soon as the store takes events again, and the time until then is credited.
    """

    def __init__(
        self, exercise: Exercise, store: EventStore, wall: WallClock, *, kept: SessionState | None = None
    ) -> None:
        """Look at a session that `store` holds, without changing it; see `start` and `resume`.

        `kept` is what the events of `store` add up to, from whoever has kept it beside them; they are then
        neither read nor held against the exercise.
        """
        self.exercise = exercise
        self.store = store
        self._state = state_of(store.events) if kept is None else kept
        self._known = store.length
        self._lost: LostReply | None = None
        if kept is None and self._state.exercise_version != exercise.version:
            raise UserMistake(
                f"This session belongs to another version of exercise {self._state.exercise}",
                remedy="Resume it with the exercise file that it was started with",
            )
        started = datetime.fromisoformat(self._state.started)
        self._clock = SessionClock(wall, started, at_least=self._state.last_at)

    @classmethod
    def start(
        cls,
        exercise: Exercise,
        store: EventStore,
        wall: WallClock,
        *,
        session: str,
        model: str,
        time_multiplier: float = 1.0,
    ) -> Self:
        """Begin a session; the clock runs from now, and a greeting stands first where there is one.

        Args:
            exercise: what the candidate works on.
            store: an empty store.
            wall: the wall clock.
            session: the session's id.
            model: the model setting that the assistant answers with, as it was given.
            time_multiplier: extra time; 1.5 gives half as much again.
        """
        check_time_multiplier(time_multiplier)
        if store.length:
            raise UserMistake("This session exists already", remedy="Resume it, or choose another name")
        started = wall().isoformat(timespec="milliseconds")
        store.append(
            first_events(
                exercise, session=session, model=model, time_multiplier=time_multiplier, started=started
            )
        )
        return cls(exercise, store, wall)

    @classmethod
    def resume(cls, exercise: Exercise, store: EventStore, wall: WallClock) -> Self:
        """Go on with a session whose process is gone: what it left half done is settled first.

        A reply that was under way counts as failed, the time since its message is credited as an outage, and
        it can be asked for again. Only the one process that drives a session may do this.
        """
        session = cls(exercise, store, wall)
        session.settle()
        return session

    def settle(self) -> None:
        """Settle what a process that is gone left half done; see `resume`."""
        state, now = self._state, self._clock.now()
        if self.exercise.conversation.greets_first and not state.greeted and state.ending is None:
            self._record(now, greeted(self.exercise, state.attempt))
        if state.waiting is not None:
            why = "The session was interrupted before the reply was complete"
            self._give_up(LostReply(state.waiting.since, why, ""), now)
        elif state.owed is not None:
            self._record(now, credit(*state.owed, "model"))

    @property
    def state(self) -> SessionState:
        """Where the session stands, as far as it has been noticed."""
        return self._state

    @property
    def events(self) -> Sequence[Event]:
        """Everything that happened, from the first event on."""
        return self.store.events

    @property
    def length(self) -> int:
        """How many events there are."""
        return self._known

    @property
    def head(self) -> str:
        """The hash of the last event."""
        return self.store.head

    @property
    def transcript(self) -> Transcript:
        """The transcript up to now."""
        return transcript_of(self.store.events)

    @property
    def conversation(self) -> Transcript:
        """The transcript up to now without the versions of the deliverable."""
        return transcript_of(self.store.talk)

    @property
    def deliverable(self) -> str:
        """What the editor holds: the last saved text, or what the exercise starts with."""
        saved = self._state.deliverable
        return self.exercise.deliverable.starts_with if saved is None else saved

    @property
    def reply_due(self) -> bool:
        """The last message has no reply and none is under way, so the model can be asked."""
        return self._state.to_answer is not None or self._lost is not None

    def seconds_left(self) -> float:
        """Seconds until the time limit; 0 from there on."""
        return self._state.seconds_left(self._clock.now())

    def keep_time(self) -> float:
        """Give the warning when it is due, and end the session when its time is over.

        Returns:
            The present moment, in seconds of the session clock.
        """
        now = self._clock.now()
        self._give_up_lost(now)
        if (change := brought_by_the_clock(self._state, now)) is not None:
            self._record(now, change)
        return now

    def send(self, text: str, message: str) -> None:
        """Keep a candidate's message; its reply is now awaited and the wait is not charged.

        Args:
            text: what the candidate wrote.
            message: the sender's id for it, unique in its attempt. The same id with the same text counts
                once, however often it is sent; with another text it is refused.
        """
        check_text(text, "message", MAX_MESSAGE)
        if message in self._state.sent:
            check_same(text, self._state.sent[message])
            return
        now = self._open()
        if not text.strip():
            raise UserMistake("The message is empty", remedy="Write something first")
        check_not_waiting(self._state.waiting, "send another message")
        if self._state.rounds_left < 1:
            raise LimitReached(
                f"All {self._state.limits.rounds} rounds are used",
                remedy="You can still work on the deliverable and submit it",
            )
        turn = f"{self._state.attempt}.{self._state.turns}"
        self._record(now, ("message_sent", {"message": message, "turn": turn, "text": text}))

    def begin_reply(self, cuts: Sequence[str] = ()) -> None:
        """Note that the model is being asked, for the first time or, after a failure, again.

        Asking again charges no round beyond the one of the message.

        Args:
            cuts: what the model is not shown because it does not fit, one sentence each.
        """
        now = self._open()
        answers = self._state.to_answer
        if answers is None:
            raise UserMistake("No message is waiting for a reply", remedy="Send a message first")
        self._record(now, ("reply_started", {"answers": answers, "cuts": list(cuts)}))

    def finish_reply(self, text: str, *, cut: bool = False, about: Mapping[str, Any] | None = None) -> None:
        """Keep the reply and credit the wait.

        Args:
            text: the reply, or as much of it as had arrived when the candidate stopped it.
            cut: the candidate stopped it.
            about: what the model's endpoint reported of it: model, tokens, latency.
        """
        waiting = self._awaited()
        now = self._clock.now()
        data = {
            "answers": waiting.turn,
            "turn": f"{self._state.attempt}.{self._state.turns}",
            "text": text,
            "cut": cut,
            "about": dict(about or {}),
        }
        with self._or_lost(now, text):
            self._record(now, ("reply_finished", data), *credit_of_wait(waiting, now))

    def fail_reply(self, why: str, *, partial: str = "") -> None:
        """Note that no reply came, and credit the wait; what had arrived is kept beside, not as a turn.

        Args:
            why: what went wrong, in words the candidate may read.
            partial: what had arrived of the reply.
        """
        waiting = self._awaited()
        now = self._clock.now()
        with self._or_lost(now, partial):
            self._record(now, *reply_failed(waiting, now, why, partial))

    def save_deliverable(self, text: str) -> bool:
        """Keep a version of the deliverable; False when nothing changed and so nothing was kept."""
        now = self._open()
        check_text(text, "deliverable", MAX_DELIVERABLE)
        if text == self.deliverable:
            return False
        self._record(now, ("deliverable_saved", {"text": text}))
        return True

    def flag(self, turn: int, start: int, end: int, note: str) -> None:
        """Mark a passage of a reply, with what is wrong with it.

        Args:
            turn: index of the reply in the transcript.
            start: where the passage begins, in code points of the reply.
            end: where it ends.
            note: what is wrong with it.
        """
        now = self._open()
        check_flagging(self.exercise.style)
        check_note(note)
        check_passage(self.conversation.turns, turn, start, end)
        data = {"turn_index": turn, "start": start, "end": end, "note": note}
        self._record(now, ("passage_flagged", data))

    def credit_outage(self, since: float, until: float, note: str) -> None:
        """Take an outage off the candidate's clock; time that is credited already is not credited twice.

        This does not look at the time limit first: an outage that swallowed the end of a session is credited
        before anyone notices that the limit has passed.

        Args:
            since: when the outage began, in seconds of the session clock.
            until: when it was over.
            note: what happened, in words the candidate may read.
        """
        now = self._clock.now()
        self._give_up_lost(now)
        check_open(self._state.ending)
        check_outage(since, until, begun=self._state.attempt_started, now=now)
        self._record(now, credit(since, until, "outage", note))

    def submit(self) -> None:
        """Hand in the latest saved deliverable and end the session. Doing it again changes nothing."""
        now = self.keep_time()
        if self._state.ending is not None:
            return
        check_not_waiting(self._state.waiting, "submit")
        self._record(now, ended("submitted", now))

    def retake(self) -> None:
        """Start the one fresh attempt after time ran out early; the old attempt stays in the events."""
        now = self.keep_time()
        if not self._state.retake_offered:
            raise UserMistake(
                "A fresh start is not possible here",
                remedy="There is one, when time ran out before much was sent",
            )
        changes: list[Change] = [("retake_started", {"attempt": self._state.attempt + 1})]
        if self.exercise.conversation.greets_first:
            changes.append(greeted(self.exercise, self._state.attempt + 1))
        self._record(now, *changes)

    @contextmanager
    def _or_lost(self, at: float, partial: str) -> Iterator[None]:
        """What ends a wait must not leave the candidate waiting when the store does not take it."""
        try:
            yield
        except BaseException as error:
            why = error.message if isinstance(error, AssayError) else "Assay could not keep the reply"
            self._lost = LostReply(at, why, writable(partial))
            with suppress(AssayError):
                self._give_up_lost(at)
            raise
        self._lost = None

    def _give_up_lost(self, now: float) -> None:
        if self._lost is not None:
            self._give_up(self._lost, now)
            self._lost = None

    def _give_up(self, lost: LostReply, now: float) -> None:
        """Count the awaited reply as failed, and credit the wait with what came after it."""
        if (waiting := self._state.waiting) is not None:
            until = lost.credited_until(now, self._state.last_at)
            reason: CreditReason = "outage" if until > lost.at else "model"
            self._record(until, *reply_failed(waiting, until, lost.why, lost.partial, reason))

    def _open(self) -> float:
        """The present moment of a session that still takes commands."""
        now = self.keep_time()
        check_open(self._state.ending)
        return now

    def _awaited(self) -> Waiting:
        waiting = self._state.waiting
        if waiting is None or not waiting.started:
            raise UserMistake("No reply is under way", remedy="Begin a reply first")
        return waiting

    def _record(self, at: float, *changes: Change) -> None:
        length, head = self.store.length, self.store.head
        if length != self._known:
            raise UserMistake(
                "This session has gone on elsewhere since it was opened here",
                remedy="Open it again to see where it stands; nothing of it is lost",
            )
        fresh: list[Event] = []
        for kind, data in changes:
            fresh.append(following(length + len(fresh), head, at=at, kind=kind, data=data))
            head = fresh[-1].hash
        self.store.append(fresh)
        self._known += len(fresh)
        for event in fresh:
            self._state = after(self._state, event)
