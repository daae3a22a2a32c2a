"""The deliverable's versions, flagged passages, and handing in."""

import pytest
from tests.bots import begin, do_round, make_exercise

from assay.errors import UserMistake
from assay.session.passages import find_passage
from assay.session.refusals import MAX_DELIVERABLE


def test_every_save_is_a_version_that_knows_the_turn_before_it() -> None:
    session, wall = begin()
    session.save_deliverable("Nails")
    do_round(session)
    wall.wait(seconds=30)
    session.save_deliverable("Nails\nScrews")
    versions = session.transcript.deliverable
    assert [(version.text, version.after_turn, version.at) for version in versions] == [
        ("Nails", -1, 0),
        ("Nails\nScrews", 1, 30),
    ]


def test_saving_what_is_already_saved_keeps_nothing() -> None:
    session, _ = begin(make_exercise(deliverable={"asks": "Labels.", "starts_with": "1. "}))
    assert not session.save_deliverable("1. ")
    assert session.save_deliverable("1. Nails")
    assert not session.save_deliverable("1. Nails")
    assert len(session.transcript.deliverable) == 1


def test_a_deliverable_can_be_emptied_again() -> None:
    session, _ = begin()
    session.save_deliverable("Nails")
    assert session.save_deliverable("")
    assert session.deliverable == ""


def test_a_deliverable_that_is_too_long_is_refused() -> None:
    session, _ = begin()
    with pytest.raises(UserMistake, match="200,001 characters"):
        session.save_deliverable("a" * (MAX_DELIVERABLE + 1))


def test_a_deliverable_can_be_worked_on_while_the_reply_is_written() -> None:
    session, _ = begin()
    session.send("Four labels.", "m1")
    session.begin_reply()
    session.save_deliverable("Nails")
    session.finish_reply("Here.")
    assert session.transcript.deliverable[0].after_turn == 0


def test_submitting_twice_hands_in_once() -> None:
    session, wall = begin()
    session.save_deliverable("Nails")
    session.submit()
    wall.wait(minutes=1)
    session.submit()
    assert [event.at for event in session.events if event.kind == "ended"] == [0]


def test_nothing_changes_after_submitting() -> None:
    session, _ = begin()
    do_round(session)
    session.submit()
    for command in (
        lambda: session.send("One thing more.", "m9"),
        lambda: session.save_deliverable("Nails"),
        session.begin_reply,
    ):
        with pytest.raises(UserMistake, match="has been submitted"):
            command()


def test_a_candidate_does_not_submit_in_the_middle_of_a_reply() -> None:
    session, _ = begin()
    session.send("Four labels.", "m1")
    session.begin_reply()
    with pytest.raises(UserMistake, match="Wait for it or stop it, then submit"):
        session.submit()


def test_a_flagged_passage_knows_where_it_stands() -> None:
    session, wall = begin(make_exercise(style="error_detection"))
    do_round(session, reply="There are 41 nails.")
    wall.wait(seconds=5)
    passage = find_passage(session.transcript.turns, "41 nails")
    assert passage is not None
    session.flag(*passage, "The list says 40")
    (flag,) = session.transcript.flags
    assert session.transcript.turns[flag.turn].text[flag.start : flag.end] == "41 nails"
    assert (flag.note, flag.at) == ("The list says 40", 5)


@pytest.mark.parametrize(
    ("turn", "start", "end", "note", "says"),
    [
        (0, 0, 4, "Wrong", "Only a passage of a reply"),
        (7, 0, 4, "Wrong", "Only a passage of a reply"),
        (1, 4, 4, "Wrong", "outside the reply"),
        (1, 0, 99, "Wrong", "outside the reply"),
        (1, 0, 4, "  ", "says nothing"),
    ],
)
def test_a_flag_that_points_at_nothing_is_refused(
    turn: int, start: int, end: int, note: str, says: str
) -> None:
    session, _ = begin(make_exercise(style="error_detection"))
    do_round(session, reply="There are 41 nails.")
    with pytest.raises(UserMistake, match=says):
        session.flag(turn, start, end, note)


def test_an_exercise_without_planted_errors_takes_no_flags() -> None:
    session, _ = begin()
    do_round(session, reply="There are 41 nails.")
    with pytest.raises(UserMistake, match="not flagged in this exercise"):
        session.flag(1, 0, 4, "Wrong")


def test_a_passage_is_found_across_a_line_break_and_in_the_latest_reply() -> None:
    session, _ = begin()
    do_round(session, reply="41\n  nails")
    do_round(session, text="41 nails", reply="So: 41 nails")
    assert find_passage(session.transcript.turns, "41  nails") == (3, 4, 12)
    assert find_passage(session.transcript.turns[:2], "41 nails") == (1, 0, 10)
    assert find_passage(session.transcript.turns, "42 nails") is None
    assert find_passage(session.transcript.turns, " ") is None
