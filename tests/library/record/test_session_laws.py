"""Sessions that the engine drives keep its laws; events that tell of one that did not are found out."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import settings
from hypothesis.stateful import invariant
from tests.bots import begin
from tests.library.record.sessions import a_record, a_record_from_elsewhere, a_session
from tests.library.record.tampering import rechained, resealed
from tests.library.session.test_any_order import AnySession

from assay.record import Check, verify
from assay.record.checks.session_laws import broken_law
from assay.record.file import record_bytes
from assay.session.events import Event
from assay.session.fold import transcript_of

CONTENT: Any = json.loads(record_bytes(a_record()))

Events = list[dict[str, Any]]


class LawfulSession(AnySession):
    """Whatever candidate, model, clock and crashes do in a real session."""

    @invariant()
    def the_session_keeps_the_laws_it_is_held_to(self) -> None:
        assert broken_law(self.session.events, self.session.exercise) == ""


TestLawfulSession = LawfulSession.TestCase
TestLawfulSession.settings = settings(max_examples=120, stateful_step_count=40, deadline=None)


def forged(change: Callable[[Events], None], **header: str) -> bytes:
    """Mara's record with other events, chained, told and sealed anew."""
    content = copy.deepcopy(CONTENT)
    change(content["events"])
    content["events"] = rechained(content["events"])
    told = transcript_of([Event.model_validate(event) for event in content["events"]])
    return resealed({**content, **header, "transcript": told.model_dump(mode="json")})


def first_failure(data: bytes) -> Check:
    failure = verify(data).first_failure
    assert failure is not None
    return failure


def place(events: Events, kind: str, which: int = 0) -> int:
    return [number for number, event in enumerate(events) if event["kind"] == kind][which]


def longer_limits(events: Events) -> None:
    events[0]["data"]["limits"]["minutes"] = 400


def extra_time_beyond_any_accommodation(events: Events) -> None:
    events[0]["data"]["time_multiplier"] = 90


def another_exercise(events: Events) -> None:
    events[0]["data"]["exercise"] = "closing-hours"


def two_endings(events: Events) -> None:
    events.append(copy.deepcopy(events[-1]))


def work_after_the_end(events: Events) -> None:
    events.append({**copy.deepcopy(events[place(events, "deliverable_saved")]), "at": events[-1]["at"]})


def more_credit_than_the_wait(events: Events) -> None:
    events[place(events, "clock_credited")]["data"]["since"] -= 1


def credit_without_a_wait(events: Events) -> None:
    at = place(events, "deliverable_saved")
    data = {"since": events[at]["at"] - 2, "until": events[at]["at"], "reason": "model", "note": ""}
    events.insert(at + 1, {**events[at], "kind": "clock_credited", "data": data})


def an_outage_before_the_session(events: Events) -> None:
    data = {"since": events[-1]["at"] + 5, "until": events[-1]["at"] + 9, "reason": "outage", "note": "x"}
    events.insert(-1, {**events[-2], "kind": "clock_credited", "data": data})


def rounds_without_end(events: Events) -> None:
    start, end = place(events, "message_sent"), place(events, "reply_finished") + 1
    for number in range(5):
        round_ = copy.deepcopy(events[start:end])
        for event in round_:
            event["at"] = events[-2]["at"]
        round_[0]["data"]["message"] = f"more-{number}"
        events[-1:-1] = round_


def a_message_sent_twice(events: Events) -> None:
    events[place(events, "message_sent", 1)]["data"]["message"] = "m1"


def a_message_sent_during_a_wait(events: Events) -> None:
    at = place(events, "message_sent")
    second = copy.deepcopy(events[at])
    second["data"]["message"] = "m1-again"
    events.insert(at + 1, second)


def a_reply_nobody_waited_for(events: Events) -> None:
    at = place(events, "reply_finished")
    events.insert(at + 1, copy.deepcopy(events[at]))


def a_reply_the_model_was_not_asked_for(events: Events) -> None:
    del events[place(events, "reply_started")]


def a_reply_to_another_message(events: Events) -> None:
    events[place(events, "reply_started")]["data"]["answers"] = "1.7"


def work_after_the_time_was_over(events: Events) -> None:
    for event in events[place(events, "deliverable_saved", 1) :]:
        event["at"] += 4000
    events[-1]["data"]["at"] += 4000


def handing_in_after_the_time_was_over(events: Events) -> None:
    events[-1]["at"] += 4000
    events[-1]["data"]["at"] += 4000


def handing_in_at_another_moment(events: Events) -> None:
    events[-1]["data"]["at"] -= 5


def running_out_of_time_that_was_left(events: Events) -> None:
    events[-1]["data"]["by"] = "time"


def running_out_of_time_at_another_moment(events: Events) -> None:
    events[-1]["at"] += 4000
    events[-1]["data"] = {"by": "time", "at": 700.0}


def running_out_of_rounds_that_were_left(events: Events) -> None:
    events[-1]["at"] += 4000
    events[-1]["data"] = {"by": "rounds", "at": 700.0}


def a_greeting_the_exercise_does_not_have(events: Events) -> None:
    greeting = {"turn": "1.0", "text": "Write: everything as one list."}
    events.insert(1, {**events[1], "kind": "greeted", "data": greeting})


def a_greeting_amid_the_conversation(events: Events) -> None:
    at = place(events, "deliverable_saved")
    events.insert(at, {**events[at], "kind": "greeted", "data": {"turn": "1.2", "text": "Hello."}})


def a_fresh_start_after_handing_in(events: Events) -> None:
    events.append({**events[-1], "kind": "retake_started", "data": {"attempt": 2}})


def two_warnings(events: Events) -> None:
    warning = {**events[-2], "kind": "warned", "data": {"seconds_left": 60.0}}
    events[-1:-1] = [warning, copy.deepcopy(warning)]


def ending_while_a_reply_is_awaited(events: Events) -> None:
    del events[place(events, "reply_finished", 1) : -1]


def an_event_without_its_data(events: Events) -> None:
    del events[place(events, "reply_failed")]["data"]["why"]


def a_second_start(events: Events) -> None:
    events.insert(3, {**copy.deepcopy(events[0]), "at": events[3]["at"]})


FORGERIES: dict[Callable[[Events], None], str] = {
    longer_limits: "limits are not those of the exercise",
    extra_time_beyond_any_accommodation: "time multiplier of 90",
    another_exercise: "names exercise closing-hours",
    two_endings: "goes on after its end",
    work_after_the_end: "goes on after its end",
    more_credit_than_the_wait: "does not lie within a wait for the model",
    credit_without_a_wait: "does not lie within a wait for the model",
    an_outage_before_the_session: "does not lie within the session so far",
    rounds_without_end: "beyond the 4 rounds",
    a_message_sent_twice: "a message was sent twice",
    a_message_sent_during_a_wait: "while a reply was awaited",
    a_reply_nobody_waited_for: "no message waited for this reply",
    a_reply_the_model_was_not_asked_for: "the model was not asked for this reply",
    a_reply_to_another_message: "no message waited for this reply",
    work_after_the_time_was_over: "the candidate's time was over",
    handing_in_after_the_time_was_over: "after its time",
    handing_in_at_another_moment: "at another moment",
    running_out_of_time_that_was_left: "before its time was over",
    running_out_of_time_at_another_moment: "it did not end when its time was over",
    running_out_of_rounds_that_were_left: "did not end by the limit that it names",
    a_greeting_the_exercise_does_not_have: "the greeting is not the exercise's",
    a_greeting_amid_the_conversation: "a greeting stands within the conversation",
    a_fresh_start_after_handing_in: "no fresh start to be had",
    two_warnings: "warned twice",
    ending_while_a_reply_is_awaited: "ended while a reply was awaited",
    an_event_without_its_data: "has no 'why'",
    a_second_start: "begins with its one session_started",
}


@pytest.mark.parametrize("forgery", FORGERIES, ids=lambda forgery: forgery.__name__)
@pytest.mark.parametrize("version", [CONTENT["assay"], "0.0.1"], ids=["this version", "another version"])
def test_a_forger_who_tells_of_a_session_that_the_engine_would_not_allow_is_found_out(
    forgery: Callable[[Events], None], version: str
) -> None:
    failure = first_failure(forged(forgery, assay=version))
    assert failure.name == "session"
    assert FORGERIES[forgery] in failure.detail


def test_events_that_are_left_as_they_were_keep_every_law() -> None:
    assert forged(lambda events: None) == record_bytes(a_record())


@pytest.mark.parametrize(
    "made_at", ["2026-03-02T07:59:00Z", "2026-03-02T09:20:00+02:00", "1970-01-01T00:00:00Z"]
)
def test_a_record_made_before_its_session_was_over_is_found_out(made_at: str) -> None:
    failure = first_failure(forged(lambda events: None, made_at=made_at))
    assert failure.name == "session"
    assert "before the session's last event" in failure.detail


def test_a_record_made_on_a_clock_that_was_set_right_meanwhile_holds() -> None:
    assert verify(forged(lambda events: None, made_at="2026-03-02T08:50:00Z")).outcome == "holds"


@pytest.mark.parametrize("made_at", ["2026-13-02T09:00:00Z", "2026-03-02T25:00:00Z", "٢٠٢٦-03-02T09:00:00Z"])
def test_a_record_made_at_no_time_is_found_out(made_at: str) -> None:
    failure = first_failure(forged(lambda events: None, made_at=made_at))
    assert failure.name == "fields"
    assert made_at in failure.detail


def test_flags_in_an_exercise_that_has_none_are_found_out() -> None:
    session = a_session()
    plain = session.exercise.model_copy(update={"style": "standard"})
    assert "this exercise has no flags" in broken_law(session.events, plain)
    assert broken_law(session.events, None) == ""


def test_a_fresh_start_that_is_counted_wrongly_is_found_out() -> None:
    session, wall = begin()
    wall.wait(minutes=11)
    session.keep_time()
    session.retake()
    *before, start = session.events
    assert broken_law(session.events, session.exercise) == ""
    miscounted = start.model_copy(update={"data": {"attempt": 3}})
    assert "not counted one by one" in broken_law([*before, miscounted], session.exercise)


@pytest.mark.parametrize(
    ("where", "item", "says"),
    [
        ("deliverable", {"text": "x", "after_turn": 99, "at": None}, "after a message that is not there"),
        ("flags", {"turn": 99, "start": 0, "end": 1, "note": "x", "at": None}, "message 99 does not hold"),
        ("flags", {"turn": 0, "start": 3, "end": 3, "note": "x", "at": None}, "message 0 does not hold"),
        ("flags", {"turn": 0, "start": 0, "end": 9999, "note": "x", "at": None}, "message 0 does not hold"),
        ("flags", {"turn": 0, "start": 0, "end": 1, "note": "x", "at": -1}, "a time before the session"),
    ],
)
def test_what_points_nowhere_is_found_out_without_events_too(
    where: str, item: dict[str, Any], says: str
) -> None:
    content = json.loads(record_bytes(a_record_from_elsewhere()))
    content["transcript"][where].append(item)
    failure = first_failure(resealed(content))
    assert failure.name == "transcript"
    assert says in failure.detail
