"""The assistant does an exercise alone: its one line, and a session nobody takes for a person's."""

import asyncio
import copy
import json
from collections.abc import AsyncGenerator, Callable
from typing import Any

import pytest
from tests.bots import ROOM, Wall, make_exercise, says
from tests.library.record.tampering import rechained, resealed

from assay.authoring.exercise import Exercise
from assay.errors import ModelMisbehaviour, UserMistake
from assay.models.replies import Chunk, Conversation
from assay.record import build_record, verify
from assay.record.file import record_bytes
from assay.scoring.pipeline import score_case
from assay.scoring.raters import Case
from assay.session.baseline import (
    LONGEST_LINE,
    LineBy,
    baseline_mark,
    broken_baseline_law,
    line_of,
    own_line,
    play_alone,
)
from assay.session.changes import first_events
from assay.session.conversation import Ask
from assay.session.engine import Session
from assay.session.events import Event
from assay.session.fold import transcript_of
from assay.session.journal import MemoryStore
from assay.session.refusals import MAX_DELIVERABLE

GOAL = "Write one label for each of the four shelves."


def alone(ask: Ask, exercise: Exercise | None = None, line: str = GOAL, by: LineBy = "exercise") -> Session:
    return asyncio.run(
        play_alone(
            exercise or make_exercise(), line, by, session="alone-1", model="scripted:none",
            ask=ask, room=ROOM, wall=Wall(),
        )
    )  # fmt: skip


def a_run(line: str = GOAL, by: LineBy = "exercise") -> bytes:
    """The record of a run of the assistant alone."""
    return a_record(alone(says("Nails. Screws. Paint. String."), line=line, by=by))


def a_record(session: Session) -> bytes:
    exercise = make_exercise()
    case = Case(session.transcript, exercise.rubric, exercise)
    record = build_record(
        session_id="alone-1",
        case=case,
        scored=score_case(case),
        events=session.events,
        made_at="2026-03-02T12:30:00Z",
    )
    return record_bytes(record)


def test_the_line_is_the_goal_word_for_word_on_one_line() -> None:
    assert (
        line_of(make_exercise(goal="Write one label\n  for each shelf.\n"))
        == "Write one label for each shelf."
    )


def test_the_line_holds_nothing_of_scenario_deliverable_or_rubric() -> None:
    exercise = make_exercise()
    told = (exercise.scenario, exercise.deliverable.asks, exercise.rubric.criteria["clarity"].asks)
    assert not any(text in line_of(exercise) for text in told)


def test_a_long_goal_is_cut_after_its_last_whole_sentence_that_fits() -> None:
    sentences = ["Write a label for each shelf.", "Hang them high.", "W" * LONGEST_LINE + "."]
    assert line_of(make_exercise(goal=" ".join(sentences))) == "Write a label for each shelf. Hang them high."


def test_a_long_goal_without_a_whole_sentence_is_cut_after_a_whole_word() -> None:
    line = line_of(make_exercise(goal="label " * 100))
    assert len(line) <= LONGEST_LINE
    assert set(line.split()) == {"label"}


@pytest.mark.parametrize(
    "start",
    [
        "Compare the tools, e.g. hammers",
        "Compare the tools, e.g. Hammers",
        "Compare the tools, z. B. Hämmer",
        "Compare approx. two tools",
    ],
)
def test_a_long_goal_is_not_cut_after_a_shortened_word(start: str) -> None:
    line = line_of(make_exercise(goal=f"{start} {'word ' * 100}"))
    assert line.startswith(f"{start} word")


def test_a_sentence_or_a_word_that_just_fits_is_kept_whole() -> None:
    sentence = f"{'w' * (LONGEST_LINE - 1)}."
    assert line_of(make_exercise(goal=f"{sentence} Then rest.")) == sentence
    words = f"{'ab ' * 99}abc"
    assert len(words) == LONGEST_LINE
    assert line_of(make_exercise(goal=f"{words} more")) == words


@pytest.mark.parametrize(
    "text",
    ["", "  \n ", "one\ntwo", "x" * (LONGEST_LINE + 1), "labels\0pls", "labels\tpls", "labels \ud800 pls"],
)
def test_an_author_who_writes_anything_but_one_line_is_told_what_to_do(text: str) -> None:
    with pytest.raises(UserMistake) as refused:
        own_line(text)
    assert refused.value.remedy


def test_the_assistant_is_told_what_it_is_told_beside_a_candidate_and_then_the_line() -> None:
    seen: list[Conversation] = []

    async def ask(messages: Conversation) -> AsyncGenerator[Chunk, None]:
        seen.append(messages)
        async for chunk in says("Nails.")(messages):
            yield chunk

    greeting = {"greets_first": True, "greeting": "Hello, which shelf first?"}
    exercise = make_exercise(conversation=greeting)
    session = alone(ask, exercise)
    [brief, hello, line] = seen[0]
    assert brief["role"] == "system"
    assert "The shop sells nails" in brief["content"]
    assert (hello["content"], line["content"]) == ("Hello, which shelf first?", GOAL)
    assert session.state.rounds_used == 1


def test_the_reply_is_handed_in_and_the_session_says_that_nobody_worked_in_it() -> None:
    session = alone(says("Nails. Screws. Paint. String."))
    assert session.transcript.final_deliverable == session.transcript.turns[-1].text
    assert session.transcript.ended_by == "submitted"
    assert baseline_mark(session.events) == "exercise"
    assert verify(a_run()).holds


@pytest.mark.parametrize("line", ["labels pls", "x" * LONGEST_LINE, "Étiquettes, s’il vous plaît 🙏🏽"])
def test_a_run_with_an_authors_own_line_verifies(line: str) -> None:
    assert verify(a_run(line, "author")).holds


@pytest.mark.parametrize(
    ("line", "by", "why"),
    [
        (f"{GOAL} In capitals, e.g. NAILS.", "exercise", "its message is not the exercise's goal"),
        ("x" * 19_999, "author", "its message is no line that an author may give"),
        ("\n".join(["x"] * 1_000), "author", "its message is no line that an author may give"),
        (" labels pls", "author", "its message is no line that an author may give"),
    ],
)
def test_a_baseline_with_another_message_than_its_line_does_not_verify(
    line: str, by: LineBy, why: str
) -> None:
    failure = verify(a_run(line, by)).first_failure
    assert failure is not None
    assert (failure.name, why in failure.detail) == ("session", True)


def test_a_baseline_without_a_message_does_not_verify() -> None:
    given = {"session": "alone-1", "model": "scripted:none", "baseline": "author"}
    begun = first_events(make_exercise(), **given, time_multiplier=1.0, started=Wall()().isoformat())
    session = Session(make_exercise(), MemoryStore(begun), Wall())
    session.save_deliverable("Nails. Screws. Paint. String.")
    session.submit()
    failure = verify(a_record(session)).first_failure
    assert failure is not None
    assert "it is not one message" in failure.detail


def test_a_goal_that_nobody_knows_any_more_is_not_held_against_a_run() -> None:
    played = alone(says("Nails."), line="Label all.")
    assert "not the exercise's goal" in broken_baseline_law(played.events, make_exercise())
    assert broken_baseline_law(played.events, None) == ""


def test_a_reply_too_long_to_hand_in_is_the_models_failure() -> None:
    with pytest.raises(ModelMisbehaviour, match="cannot be handed in") as failed:
        alone(says("x" * (MAX_DELIVERABLE + 1)))
    assert "max_tokens" in failed.value.remedy


def test_a_model_that_fails_leaves_a_reason_and_no_session() -> None:
    with pytest.raises(ModelMisbehaviour, match="empty reply"):
        alone(says(""))


def another_message(events: list[dict[str, Any]]) -> None:
    sent = next(event for event in events if event["kind"] == "message_sent")
    reply = next(event for event in events if event["kind"] == "reply_finished")
    at = events.index(reply) + 2
    again = copy.deepcopy(sent)
    again["at"] = reply["at"]
    again["data"].update(message="m2", turn="1.2")
    started = {**copy.deepcopy(events[2]), "at": reply["at"]}
    started["data"]["answers"] = "1.2"
    second = copy.deepcopy(reply)
    second["data"].update(answers="1.2", turn="1.3")
    events[at - 1 : at - 1] = [again, started, second]


def another_deliverable(events: list[dict[str, Any]]) -> None:
    next(event for event in events if event["kind"] == "deliverable_saved")["data"]["text"] = "Better labels."


def an_unknown_author(events: list[dict[str, Any]]) -> None:
    events[0]["data"]["baseline"] = "somebody"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (another_message, "it is not one message, its reply, that handed in, and nothing else"),
        (another_deliverable, "its deliverable is not the reply"),
        (an_unknown_author, "'baseline' of the session_started event is not usable"),
    ],
)
def test_a_baseline_in_which_somebody_worked_does_not_verify(
    change: Callable[[list[dict[str, Any]]], None], why: str
) -> None:
    content = json.loads(a_run())
    change(content["events"])
    content["events"] = rechained(content["events"])
    told = transcript_of([Event.model_validate(event) for event in content["events"]])
    failure = verify(resealed({**content, "transcript": told.model_dump(mode="json")})).first_failure
    assert failure is not None
    assert (failure.name, why in failure.detail) == ("session", True)
