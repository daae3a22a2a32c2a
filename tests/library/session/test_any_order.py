"""Whatever a candidate, a model and a crash do, in any order, the rules of a session hold."""

import errno
from collections.abc import Sequence

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from tests.bots import Wall, begin, make_exercise

from assay.errors import AssayError, UserMistake
from assay.session.engine import Session
from assay.session.events import Event, check_chain
from assay.session.fold import transcript_of
from assay.session.journal import MemoryStore
from assay.session.state import state_of

TEXTS = st.sampled_from(["", "Four labels.", "Shorter.", "x" * 20_001])


class Disk(MemoryStore):
    """A store that takes nothing while it is full."""

    full = False

    def append(self, events: Sequence[Event]) -> None:
        if self.full:
            raise UserMistake("The session cannot be written", remedy=f"Error {errno.ENOSPC}")
        super().append(events)


class AnySession(RuleBasedStateMachine):
    """Sends, replies, saves, flags, waits, full disks, crashes, clock jumps and endings, allowed or not."""

    @initialize(
        greets=st.booleans(),
        rounds=st.integers(1, 3),
        minutes=st.sampled_from([0.5, 5, 30]),
        grace=st.sampled_from([0, 10]),
        multiplier=st.sampled_from([1.0, 1.5]),
    )
    def start(self, greets: bool, rounds: int, minutes: float, grace: float, multiplier: float) -> None:
        exercise = make_exercise(
            style="error_detection",
            conversation={"greets_first": greets, "greeting": "Hello."},
            limits={"minutes": minutes, "rounds": rounds, "grace_seconds": grace},
        )
        self.disk = Disk()
        self.session, self.wall = begin(exercise, wall=Wall(), store=self.disk, time_multiplier=multiplier)
        self.confirmed: dict[tuple[int, str], str] = {}
        self.highest = 0.0

    def attempt(self, command: str, *arguments: object, **named: object) -> bool:
        """Whether the command was taken; a refusal may have noticed what time it is, and nothing else."""
        before = len(self.session.events)
        try:
            getattr(self.session, command)(*arguments, **named)
        except AssayError:
            kinds = [event.kind for event in self.session.events[before:]]
            if kinds[:1] == ["reply_failed"]:
                # A reply that a full disk did not take is given up before the command is looked at.
                kinds = [kind for kind in kinds if kind not in ("reply_failed", "clock_credited")]
            assert set(kinds) <= {"warned", "ended"}, "a refused command changed something"
            assert not (kinds and self.disk.full)
            return False
        return True

    @rule(seconds=st.sampled_from([0.001, 1, 9, 29, 31, 120, 1_000]))
    def time_passes(self, seconds: float) -> None:
        self.wall.wait(seconds=seconds)

    @rule(seconds=st.sampled_from([1, 100, 10_000]))
    def the_wall_clock_is_set_back(self, seconds: float) -> None:
        self.session.seconds_left()
        self.wall.wait(seconds=-seconds)

    @rule(text=TEXTS, message=st.sampled_from(["m1", "m2", "m3", "m4", "m5"]))
    def send(self, text: str, message: str) -> None:
        if self.attempt("send", text, message):
            assert self.confirmed.setdefault((self.session.state.attempt, message), text) == text

    @rule(full=st.booleans())
    def the_disk_fills_up_or_is_freed(self, full: bool) -> None:
        self.disk.full = full

    @rule()
    def the_model_is_asked_where_a_reply_is_due(self) -> None:
        due = self.session.reply_due
        self.session.keep_time() if not self.disk.full else None
        ended = self.session.state.ending is not None
        assert self.attempt("begin_reply") == (due and not ended and not self.disk.full)

    @rule()
    def begin_reply(self) -> None:
        self.attempt("begin_reply")

    @rule(cut=st.booleans())
    def finish_reply(self, cut: bool) -> None:
        self.attempt("finish_reply", "Nails, screws.", cut=cut)

    @rule()
    def fail_reply(self) -> None:
        self.attempt("fail_reply", "The endpoint stalled", partial="Nai")

    @rule(text=st.sampled_from(["", "Nails", "Nails\nScrews"]))
    def save(self, text: str) -> None:
        self.attempt("save_deliverable", text)

    @rule(turn=st.integers(0, 4))
    def flag(self, turn: int) -> None:
        self.attempt("flag", turn, 0, 3, "Wrong")

    @rule(since=st.floats(0, 2_000), length=st.floats(0, 500))
    def outage(self, since: float, length: float) -> None:
        self.attempt("credit_outage", round(since, 3), round(since + length, 3), "The server was down")

    @rule()
    def submit(self) -> None:
        self.attempt("submit")

    @rule()
    def retake(self) -> None:
        self.attempt("retake")

    @rule(lost=st.integers(0, 1))
    def crash_and_resume(self, lost: int) -> None:
        """The process dies; at most the second event of a pair that was written together is lost."""
        events = list(self.session.events)
        if lost and events[-1].kind in ("clock_credited", "greeted") and events[-2].at == events[-1].at:
            events.pop()
        self.disk = Disk(events)
        self.session = Session.resume(self.session.exercise, self.disk, self.wall)
        # A wall clock that was set back can cost a resumed session the time since its last event, no more.
        self.highest = events[-1].at

    @invariant()
    def rounds_stay_within_their_limit(self) -> None:
        state = self.session.state
        assert 0 <= state.rounds_used <= state.limits.rounds

    @invariant()
    def charged_time_is_part_of_the_time_that_passed(self) -> None:
        state = self.session.state
        left = self.session.seconds_left()
        now = self.session._clock.now()
        charged = state.charged(now)
        assert -1e-6 <= charged <= now - state.attempt_started + 1e-6
        assert 0 <= left <= state.limit_seconds
        assert now >= self.highest, "the session clock went back"
        self.highest = now

    @invariant()
    def an_attempt_that_ended_by_a_limit_ended_at_its_limit(self) -> None:
        state = self.session.state
        if state.ending is not None and state.ending.by != "submitted":
            assert abs(state.charged(state.ending.at) - state.limit_seconds) < 0.01

    @invariant()
    def the_events_replay_to_the_same_state_and_transcript(self) -> None:
        events = self.session.events
        check_chain(events)
        assert state_of(events) == self.session.state
        assert transcript_of(events).content_hash() == self.session.transcript.content_hash()
        assert [event.at for event in events] == sorted(event.at for event in events)

    @invariant()
    def no_confirmed_message_is_lost_or_doubled(self) -> None:
        kept, attempt = [], 1
        for event in self.session.events:
            attempt += event.kind == "retake_started"
            if event.kind == "message_sent":
                kept.append((attempt, event.data["message"]))
        assert sorted(kept) == sorted(self.confirmed)

    @invariant()
    def the_transcript_has_as_many_turns_as_the_state_says(self) -> None:
        assert len(self.session.transcript.turns) == self.session.state.turns


TestAnySession = AnySession.TestCase
TestAnySession.settings = settings(max_examples=120, stateful_step_count=40, deadline=None)
