"""Rounds: what counts as one, and what a candidate may do when they are used up."""

import pytest
from tests.bots import begin, breaks_off, do_round, get_answer, make_exercise, says

from assay.errors import LimitReached, UserMistake
from assay.session.refusals import MAX_MESSAGE


def test_a_message_and_its_reply_are_one_round() -> None:
    session, _ = begin()
    do_round(session)
    assert (session.state.rounds_used, session.state.rounds_left) == (1, 2)


def test_a_candidate_out_of_rounds_is_told_what_they_can_still_do() -> None:
    session, _ = begin()
    for _ in range(3):
        do_round(session)
    with pytest.raises(LimitReached, match=r"All 3 rounds are used.*deliverable and submit"):
        session.send("One more?", "late")
    assert session.save_deliverable("Nails")
    session.submit()
    assert session.transcript.ended_by == "submitted"


def test_a_greeting_stands_first_and_is_no_round() -> None:
    greeter = make_exercise(conversation={"greets_first": True, "greeting": "Good morning."})
    session, _ = begin(greeter)
    assert [(turn.role, turn.text) for turn in session.transcript.turns] == [("assistant", "Good morning.")]
    assert session.state.rounds_used == 0


def test_a_message_that_is_sent_twice_counts_once() -> None:
    session, _ = begin()
    session.send("Four labels, please.", "m1")
    session.send("Four labels, please.", "m1")
    session.begin_reply()
    session.finish_reply("Here.")
    session.send("Four labels, please.", "m1")
    assert [turn.role for turn in session.transcript.turns] == ["user", "assistant"]
    assert session.state.rounds_used == 1


def test_another_text_under_a_used_message_id_is_refused() -> None:
    session, _ = begin()
    session.send("Four labels, please.", "m1")
    with pytest.raises(UserMistake, match="different message was already sent"):
        session.send("Five labels, please.", "m1")


@pytest.mark.parametrize("text", ["", "   \n\t "])
def test_an_empty_message_is_refused(text: str) -> None:
    session, _ = begin()
    with pytest.raises(UserMistake, match="message is empty"):
        session.send(text, "m1")
    assert not session.transcript.turns


def test_a_message_that_is_too_long_is_refused_with_the_limit() -> None:
    session, _ = begin()
    session.send("a" * MAX_MESSAGE, "m1")
    session.begin_reply()
    session.finish_reply("Long.")
    with pytest.raises(UserMistake, match="20,001 characters; the most is 20,000"):
        session.send("a" * (MAX_MESSAGE + 1), "m2")


def test_text_that_cannot_be_written_down_is_refused() -> None:
    session, _ = begin()
    with pytest.raises(UserMistake, match="half a character at position 3"):
        session.send("ab\ud83d", "m1")


def test_a_second_message_waits_for_the_reply_to_the_first() -> None:
    session, _ = begin()
    session.send("Four labels.", "m1")
    with pytest.raises(UserMistake, match="still awaited"):
        session.send("And big ones.", "m2")


def test_a_reply_that_failed_is_asked_for_again_without_another_round() -> None:
    session, _ = begin()
    session.send("Four labels.", "m1")
    with pytest.raises(Exception, match="closed the connection"):
        get_answer(session, breaks_off("Nails,"))
    assert session.state.rounds_used == 0
    assert [turn.role for turn in session.transcript.turns] == ["user"]
    get_answer(session, says("Nails, screws, paint, string"))
    assert session.state.rounds_used == 1
    assert [turn.role for turn in session.transcript.turns] == ["user", "assistant"]


def test_what_had_arrived_of_a_failed_reply_is_kept_in_the_events_only() -> None:
    session, _ = begin()
    session.send("Four labels.", "m1")
    with pytest.raises(Exception, match="closed the connection"):
        get_answer(session, breaks_off("Nails,"))
    failed = next(event for event in session.events if event.kind == "reply_failed")
    assert failed.data["partial"] == "Nails,"
    assert failed.data["why"] == "The endpoint closed the connection"


def test_a_candidate_may_say_something_else_after_a_failed_reply() -> None:
    session, _ = begin()
    session.send("Four labels.", "m1")
    with pytest.raises(Exception, match="closed the connection"):
        get_answer(session, breaks_off())
    session.send("Four labels, one a line.", "m2")
    get_answer(session, says("Nails"))
    assert session.state.rounds_used == 1
    assert [turn.role for turn in session.transcript.turns] == ["user", "user", "assistant"]


def test_a_reply_cannot_be_asked_for_twice() -> None:
    session, _ = begin()
    do_round(session)
    with pytest.raises(UserMistake, match="No message is waiting"):
        session.begin_reply()
