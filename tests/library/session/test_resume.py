"""Resuming: what a process that is gone left half done."""

import pytest
from tests.bots import Wall, begin, do_round, get_answer, make_exercise, says

from assay.errors import UserMistake
from assay.session.changes import LONGEST_OUTAGE
from assay.session.engine import Session
from assay.session.events import Event, check_chain
from assay.session.fold import transcript_of
from assay.session.journal import MemoryStore
from assay.session.state import state_of

GREETER = {"conversation": {"greets_first": True, "greeting": "Good morning."}}


def cut_short(events: list[Event], after: str) -> MemoryStore:
    """A store that died right after the last event of this kind."""
    last = max(index for index, event in enumerate(events) if event.kind == after)
    return MemoryStore(events[: last + 1])


def test_a_reply_cut_by_a_crash_is_credited_and_can_be_asked_for_again() -> None:
    session, wall = begin()
    wall.wait(minutes=1)
    session.send("Four labels.", "m1")
    session.begin_reply()
    store = MemoryStore(session.events)
    wall.wait(minutes=9)
    again = Session.resume(session.exercise, store, wall)
    assert again.seconds_left() == 9 * 60
    assert [credit.reason for credit in again.state.credits] == ["outage"]
    get_answer(again, says("Here."))
    assert [turn.text for turn in again.transcript.turns] == ["Four labels.", "Here. "]
    assert again.state.rounds_used == 1


def test_someone_who_ends_the_process_and_comes_back_a_week_later_gets_no_free_week() -> None:
    session, wall = begin()
    wall.wait(minutes=1)
    session.send("Four labels.", "m1")
    session.begin_reply()
    store = MemoryStore(session.events)
    wall.wait(minutes=7 * 24 * 60)
    again = Session.resume(session.exercise, store, wall)
    assert [credit.until - credit.since for credit in again.state.credits] == [LONGEST_OUTAGE]
    assert again.seconds_left() == 0


def test_events_stay_in_order_when_the_model_was_asked_long_after_the_message() -> None:
    session, wall = begin()
    session.send("Four labels.", "m1")
    wall.wait(seconds=LONGEST_OUTAGE + 400)
    session.begin_reply()
    wall.wait(minutes=7 * 24 * 60)
    again = Session.resume(session.exercise, MemoryStore(session.events), wall)
    assert [event.at for event in again.events] == sorted(event.at for event in again.events)
    (credit,) = again.state.credits
    assert (credit.since, credit.until) == (0, 2 * LONGEST_OUTAGE + 400)


def test_two_doors_onto_one_session_cannot_double_a_message() -> None:
    session, wall = begin()
    store = MemoryStore(session.events)
    one, other = (Session(session.exercise, store, wall) for _ in range(2))
    one.send("Four labels.", "m1")
    with pytest.raises(UserMistake, match="gone on elsewhere"):
        other.send("Four labels.", "m1")
    with pytest.raises(UserMistake, match="gone on elsewhere"):
        other.submit()
    assert [event.kind for event in store.events].count("message_sent") == 1


def test_a_message_that_never_reached_the_model_is_not_lost() -> None:
    session, wall = begin()
    session.send("Four labels.", "m1")
    again = Session.resume(session.exercise, MemoryStore(session.events), wall)
    assert again.state.unanswered == "1.0"
    get_answer(again, says("Here."))
    assert again.transcript.turns[0].text == "Four labels."


def test_a_wait_whose_credit_was_not_written_is_credited_on_resume() -> None:
    session, wall = begin()
    session.send("Four labels.", "m1")
    session.begin_reply()
    wall.wait(minutes=2)
    session.finish_reply("Here.")
    again = Session.resume(session.exercise, cut_short(list(session.events), "reply_finished"), wall)
    assert again.seconds_left() == 600
    assert [(credit.since, credit.until) for credit in again.state.credits] == [(0, 120)]


def test_a_greeting_that_was_not_written_is_said_on_resume() -> None:
    session, wall = begin(make_exercise(**GREETER))
    again = Session.resume(session.exercise, cut_short(list(session.events), "session_started"), wall)
    assert [turn.text for turn in again.transcript.turns] == ["Good morning."]


def test_resuming_an_orderly_session_adds_nothing() -> None:
    session, wall = begin(make_exercise(**GREETER))
    do_round(session)
    session.submit()
    again = Session.resume(session.exercise, MemoryStore(session.events), wall)
    assert list(again.events) == list(session.events)


def test_looking_at_a_session_changes_nothing_even_in_the_middle_of_a_reply() -> None:
    session, wall = begin()
    session.send("Four labels.", "m1")
    session.begin_reply()
    store = MemoryStore(session.events)
    wall.wait(minutes=60)
    assert Session(session.exercise, store, wall).state == session.state
    assert list(store.events) == list(session.events)


def test_another_version_of_the_exercise_does_not_go_on_with_the_session() -> None:
    session, wall = begin()
    with pytest.raises(UserMistake, match="another version of exercise shelf-labels"):
        Session.resume(make_exercise(goal="Write five labels."), MemoryStore(session.events), wall)


def test_the_first_event_says_what_the_session_is_held_to() -> None:
    session, _ = begin(time_multiplier=1.25)
    data = session.events[0].data
    assert data["session"] == "s1"
    assert data["exercise"] == "shelf-labels"
    assert data["exercise_version"] == session.exercise.version
    assert data["limits"]["rounds"] == 3
    assert data["time_multiplier"] == 1.25
    assert data["model"] == "scripted:none"
    assert data["started"] == "2026-03-02T12:00:00.000+00:00"
    assert data["assay_version"]


def test_a_transcript_of_some_events_is_the_transcript_of_then() -> None:
    session, _ = begin()
    hashes = [transcript_of(session.events).content_hash()]
    for text in ("Four labels.", "Shorter.", "Bigger."):
        do_round(session, text)
        hashes.append(session.transcript.content_hash())
    ends = [1] + [index + 1 for index, event in enumerate(session.events) if event.kind == "reply_finished"]
    assert [transcript_of(session.events[:end]).content_hash() for end in ends] == hashes
    assert len({turn.id for turn in session.transcript.turns}) == 6


def test_the_events_are_one_chain() -> None:
    session, _ = begin()
    do_round(session)
    check_chain(session.events)


def test_a_fold_needs_a_beginning() -> None:
    session, _ = begin()
    do_round(session)
    with pytest.raises(ValueError, match="begins with session_started"):
        state_of(session.events[1:])
    with pytest.raises(ValueError, match="at least the event of its start"):
        state_of([])


def test_a_store_that_holds_a_session_starts_no_other() -> None:
    session, _ = begin()
    with pytest.raises(UserMistake, match="exists already"):
        begin(store=MemoryStore(session.events), wall=Wall())
