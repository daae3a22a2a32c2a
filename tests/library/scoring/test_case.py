"""Which rubric and which exercise a session is scored with, when several are at hand."""

import pytest
from tests.bots import make_exercise

from assay.authoring.rubric import Rubric
from assay.errors import UserMistake
from assay.scoring.inputs import InputSession, RecordedCase, case_of, conversation_from
from assay.scoring.raters import Case
from assay.session.transcript import Transcript, Turn

OWN = make_exercise(exercise="own-labels")
OTHER = make_exercise(exercise="other-labels", title="Label the drawers")
CRITERIA = {"care": {"asks": "Does the candidate take care?", "levels": {0: "No.", 4: "Yes."}}}
RUBRIC = Rubric.model_validate({"criteria": CRITERIA})
SAID = Transcript(turns=(Turn(index=0, role="user", text="Check it."),))

HI = conversation_from([{"role": "user", "content": "Hi"}])
CHAT = InputSession("a", "chat.jsonl", 3, 9, conversation=HI)
RECORDED = InputSession("b", "b.assay.json", None, 9, recorded=RecordedCase("b", Case(SAID, OWN.rubric, OWN)))


def test_a_record_is_scored_as_what_it_was_unless_something_else_is_named() -> None:
    assert case_of(RECORDED) == Case(SAID, OWN.rubric, OWN)


def test_an_exercise_that_is_named_goes_before_the_records_own_and_brings_its_rubric() -> None:
    named = make_exercise(exercise="other-labels", rubric=RUBRIC.model_dump())
    assert case_of(RECORDED, exercise=named) == Case(SAID, RUBRIC, named)


def test_a_rubric_that_is_named_goes_before_all_others_and_leaves_the_exercise() -> None:
    assert case_of(RECORDED, rubric=RUBRIC) == Case(SAID, RUBRIC, OWN)
    assert case_of(RECORDED, rubric=RUBRIC, exercise=OTHER) == Case(SAID, RUBRIC, OTHER)


def test_a_conversation_is_scored_with_what_is_named() -> None:
    case = case_of(CHAT, rubric=RUBRIC)
    assert (case.rubric, case.exercise) == (RUBRIC, None)
    assert [turn.text for turn in case.transcript.turns] == ["Hi"]
    assert case_of(CHAT, exercise=OTHER).rubric == OTHER.rubric


def test_a_conversation_without_any_rubric_is_refused_where_it_stands() -> None:
    with pytest.raises(UserMistake, match=r"chat\.jsonl:3: There is no rubric to score this with"):
        case_of(CHAT)
