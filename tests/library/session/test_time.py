"""Time: what is charged, what is not, and how a session ends by it."""

import pytest
from tests.bots import Wall, begin, do_round, make_exercise

from assay.errors import LimitReached, UserMistake
from assay.session.engine import Session
from assay.session.journal import MemoryStore


def test_the_time_the_model_takes_is_not_charged() -> None:
    session, wall = begin()
    wall.wait(minutes=2)
    session.send("Four labels.", "m1")
    session.begin_reply()
    wall.wait(minutes=3)
    assert session.seconds_left() == 8 * 60
    session.finish_reply("Here.")
    assert session.seconds_left() == 8 * 60
    wall.wait(minutes=1)
    assert session.seconds_left() == 7 * 60


def test_a_wait_is_credited_with_its_reason_in_sight() -> None:
    session, wall = begin()
    session.send("Four labels.", "m1")
    session.begin_reply()
    wall.wait(seconds=40)
    session.fail_reply("The endpoint stalled")
    (credit,) = session.state.credits
    assert (credit.since, credit.until, credit.reason) == (0, 40, "model")


def test_an_outage_is_credited_once_however_often_it_is_reported() -> None:
    session, wall = begin()
    wall.wait(minutes=6)
    session.credit_outage(60, 240, "The server was down")
    session.credit_outage(120, 300, "The server was down")
    assert session.seconds_left() == 10 * 60 - 6 * 60 + 4 * 60
    assert [credit.note for credit in session.state.credits] == ["The server was down"] * 2


def test_an_outage_that_swallowed_the_end_is_credited_before_the_session_expires() -> None:
    session, wall = begin()
    wall.wait(minutes=30)
    session.credit_outage(60, 30 * 60, "The server was down")
    session.keep_time()
    assert session.state.ending is None
    assert session.seconds_left() == 9 * 60


def test_an_outage_outside_the_session_is_refused() -> None:
    session, wall = begin()
    wall.wait(minutes=1)
    with pytest.raises(UserMistake, match="does not lie within this session"):
        session.credit_outage(0, 61, "")


def test_the_session_ends_at_its_limit_however_late_somebody_looks() -> None:
    session, wall = begin()
    session.save_deliverable("Nails")
    wall.wait(minutes=70)
    session.keep_time()
    assert session.state.ending is not None
    assert (session.state.ending.by, session.state.ending.at) == ("time", 600)
    assert session.transcript.ended_by == "time"
    assert session.transcript.final_deliverable == "Nails"


def test_the_limit_moves_with_what_was_credited() -> None:
    session, wall = begin()
    session.send("Four labels.", "m1")
    session.begin_reply()
    wall.wait(seconds=90)
    session.finish_reply("Here.")
    wall.wait(minutes=70)
    session.keep_time()
    assert session.state.ending is not None
    assert session.state.ending.at == 690


def test_what_is_in_flight_at_the_limit_still_counts() -> None:
    session, wall = begin()
    wall.wait(seconds=609)
    assert session.save_deliverable("Nails")
    session.send("Just in time.", "m1")
    session.begin_reply()
    wall.wait(seconds=300)
    session.finish_reply("Here.")
    wall.wait(seconds=1)
    assert session.save_deliverable("Nails\nScrews")
    wall.wait(seconds=1)
    with pytest.raises(LimitReached, match="time is over"):
        session.save_deliverable("Nails\nScrews\nPaint")
    assert session.transcript.final_deliverable == "Nails\nScrews"


def test_nothing_is_taken_after_the_grace() -> None:
    session, wall = begin()
    wall.wait(seconds=611)
    for command in (
        lambda: session.send("Too late.", "m1"),
        lambda: session.save_deliverable("Too late."),
        lambda: session.credit_outage(0, 1, "Too late."),
    ):
        with pytest.raises(LimitReached, match="time is over"):
            command()
    assert session.transcript.turns == ()


def test_a_candidate_is_warned_once_before_the_end() -> None:
    session, wall = begin()
    wall.wait(seconds=479)
    session.keep_time()
    assert not session.state.warned
    for _ in range(3):
        wall.wait(seconds=2)
        session.keep_time()
    assert [event.data for event in session.events if event.kind == "warned"] == [{"seconds_left": 119}]


def test_a_long_session_is_warned_five_minutes_before_the_end() -> None:
    session, _ = begin(make_exercise(limits={"minutes": 60}))
    assert session.state.warning_seconds() == 300


def test_a_long_session_with_extra_time_is_warned_that_much_earlier() -> None:
    session, _ = begin(make_exercise(limits={"minutes": 60}), time_multiplier=1.5)
    assert session.state.warning_seconds() == 450


def test_extra_time_stretches_the_limit_and_the_warning() -> None:
    session, wall = begin(time_multiplier=1.5)
    assert session.state.limit_seconds == 900
    assert session.state.warning_seconds() == 180
    wall.wait(seconds=890)
    do_round(session)
    assert session.state.ending is None


@pytest.mark.parametrize("multiplier", [0.5, -1, float("nan"), float("inf"), 11])
def test_a_multiplier_that_is_no_extra_time_is_refused(multiplier: float) -> None:
    with pytest.raises(UserMistake, match="cannot be used"):
        begin(time_multiplier=multiplier)


def test_a_wall_clock_that_is_set_back_neither_gives_nor_takes_time() -> None:
    session, wall = begin()
    wall.wait(minutes=4)
    assert session.seconds_left() == 360
    wall.wait(minutes=-60)
    assert session.seconds_left() == 360
    wall.wait(minutes=1)
    assert session.seconds_left() == 300


def test_the_clock_goes_on_while_the_process_is_away() -> None:
    store = MemoryStore()
    session, wall = begin(store=store)
    wall.wait(minutes=4)
    again = Session.resume(session.exercise, store, wall)
    assert again.seconds_left() == 360


def test_a_clock_set_back_while_the_process_was_away_goes_on_from_the_last_event() -> None:
    store = MemoryStore()
    session, wall = begin(store=store)
    wall.wait(minutes=4)
    session.save_deliverable("Nails")
    again = Session.resume(session.exercise, store, Wall())
    assert again.seconds_left() == 360


def test_a_candidate_who_ran_out_of_time_early_can_start_afresh_once() -> None:
    session, wall = begin(make_exercise(conversation={"greets_first": True, "greeting": "Hello."}))
    do_round(session, "First try.")
    session.save_deliverable("Nails")
    wall.wait(minutes=20)
    session.keep_time()
    assert session.state.retake_offered
    session.retake()
    assert [turn.text for turn in session.transcript.turns] == ["Hello."]
    assert session.transcript.deliverable == ()
    assert (session.seconds_left(), session.state.rounds_left) == (600, 3)
    assert any(
        event.kind == "message_sent" and event.data["text"] == "First try." for event in session.events
    )
    wall.wait(minutes=20)
    session.keep_time()
    assert session.transcript.ended_by == "time"
    with pytest.raises(UserMistake, match="fresh start is not possible"):
        session.retake()


def test_a_candidate_who_starts_afresh_is_heard_whatever_ids_the_sender_counts_from_anew() -> None:
    session, wall = begin()
    session.send("First try.", "m1")
    session.begin_reply()
    session.finish_reply("Here.")
    wall.wait(minutes=20)
    session.keep_time()
    session.retake()
    session.send("First try.", "m1")
    session.send("First try.", "m1")
    assert [turn.text for turn in session.transcript.turns] == ["First try."]
    session.begin_reply()
    session.finish_reply("Here again.")
    assert session.state.rounds_used == 1
    with pytest.raises(UserMistake, match="different message was already sent"):
        session.send("Second try.", "m1")


@pytest.mark.parametrize(
    ("limits", "rounds"),
    [({"retake_on_timeout": False}, 0), ({}, 2), ({"retake_below_rounds": 0}, 0)],
    ids=["switched off", "much was sent", "never"],
)
def test_there_is_no_retake_otherwise(limits: dict[str, object], rounds: int) -> None:
    session, wall = begin(make_exercise(limits={"minutes": 10, "rounds": 3, **limits}))
    for _ in range(rounds):
        do_round(session)
    wall.wait(minutes=20)
    session.keep_time()
    assert not session.state.retake_offered


def test_a_candidate_who_used_all_rounds_and_did_not_submit_ended_by_rounds() -> None:
    session, wall = begin()
    for _ in range(3):
        do_round(session)
    session.save_deliverable("Nails")
    wall.wait(minutes=20)
    session.keep_time()
    assert session.transcript.ended_by == "rounds"
    assert session.transcript.final_deliverable == "Nails"
