"""Wherever a text is put, the session stays one that could have taken place, and the text stands in it."""

import pytest

from assay.attacks.attack import Place, attacks_of, shipped_families
from assay.attacks.placing import placed, put
from assay.attacks.suite import base_sessions
from assay.session.transcript import DeliverableVersion, Flag, Transcript, Turn

TALK = Transcript(
    turns=(
        Turn(index=0, role="user", text="List the parts."),
        Turn(index=1, role="assistant", text="Two parts."),
        Turn(index=2, role="user", text="First the letter. Then the table. Then the note.\nKeep it short."),
        Turn(index=3, role="assistant", text="Done."),
        Turn(index=4, role="user", text="Thanks."),
    ),
    deliverable=(
        DeliverableVersion(text="Early.", after_turn=1),
        DeliverableVersion(text="Late.", after_turn=3),
    ),
    flags=(Flag(turn=1, start=0, end=3, note="Three."),),
)


@pytest.mark.parametrize(
    ("place", "where", "text"),
    [
        ("prepended", 0, "X.\n\nList the parts."),
        ("appended", 4, "Thanks.\n\nX."),
        ("mid_turn", 2, "First the letter. Then the table.\n\nX.\n\nThen the note.\nKeep it short."),
        ("own_turn", 5, "X."),
    ],
)
def test_a_text_stands_where_it_was_put_and_nowhere_else(place: Place, where: int, text: str) -> None:
    changed = put(TALK, "X.", place)
    assert changed.turns[where].text == text
    assert changed.turns[where].role == "user"
    others = [turn for turn in changed.turns if turn.index != where]
    assert others == [turn for turn in TALK.turns if turn.index != where]
    assert (changed.deliverable, changed.flags) == (TALK.deliverable, TALK.flags)


def test_a_text_may_stand_in_every_message() -> None:
    changed = put(TALK, "X.", "every_message")
    assert [turn.text.endswith("\n\nX.") for turn in changed.turns] == [True, False, True, False, True]


def test_a_text_in_the_deliverable_stands_in_its_last_version_alone() -> None:
    changed = put(TALK, "X.", "deliverable")
    assert [version.text for version in changed.deliverable] == ["Early.", "Late.\n\nX."]
    assert changed.turns == TALK.turns


def test_someone_who_handed_nothing_in_hands_the_text_in() -> None:
    changed = put(TALK.model_copy(update={"deliverable": ()}), "X.", "deliverable")
    assert changed.deliverable == (DeliverableVersion(text="X.", after_turn=4),)


def test_a_message_of_one_word_takes_the_text_behind_it() -> None:
    one = Transcript(turns=(Turn(index=0, role="user", text="Hello"),))
    assert put(one, "X.", "mid_turn").turns[0].text == "Hello\n\nX."


def test_every_attacked_session_is_a_valid_transcript_that_holds_the_text() -> None:
    bases = base_sessions()
    for number, (_, attack) in enumerate(attacks_of(shipped_families())):
        case = bases[number % len(bases)].case
        for place in attack.places:
            for kind in ("attack", "twin"):
                changed = placed(case, attack, kind, place).transcript
                assert Transcript.model_validate(changed.model_dump()) == changed
                assert [turn.index for turn in changed.turns] == list(range(len(changed.turns)))
                assert changed != case.transcript
                assert all(changed.turns[flag.turn].role == "assistant" for flag in changed.flags)
                assert [turn for turn in changed.turns if turn.role == "assistant"] == [
                    turn for turn in case.transcript.turns if turn.role == "assistant"
                ]
