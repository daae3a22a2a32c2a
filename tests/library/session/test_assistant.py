"""What the assistant is told, and what it can never be told."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from tests.bots import make_exercise

from assay.authoring.exercise import Exercise
from assay.errors import UserMistake
from assay.library.exercises import find_exercise, shipped_exercises
from assay.session.assistant import BYTES_PER_TOKEN, Left, Room, prompt_for, system_prompt
from assay.session.transcript import Transcript, Turn

LEFT = Left(rounds=4, seconds=754)
WIDE = Room(context_tokens=32_000, reply_tokens=1_000)


def talk(*texts: str) -> Transcript:
    """Messages in turn, the candidate's first."""
    return Transcript(
        turns=tuple(
            Turn(index=index, role="assistant" if index % 2 else "user", text=text)
            for index, text in enumerate(texts)
        )
    )


def system(exercise: Exercise, room: Room = WIDE) -> str:
    return prompt_for(exercise, talk("Hello"), LEFT, room).messages[0]["content"]


def texts_in(value: Any) -> Iterator[str]:
    """Every text in a nested value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from texts_in(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from texts_in(item)


def a_sealed_exercise() -> Exercise:
    """An exercise whose every secret is a word of its own."""
    return make_exercise(
        style="error_detection",
        threshold=2.7182,
        rubric={
            "rubric": "zebra-rubric",
            "criteria": {
                "quokka": {
                    "title": "Quokkaness",
                    "asks": "Does it quokka?",
                    "unscored_when": "No quokka came up.",
                    "levels": {
                        0: {"words": "Wordless zero.", "example": "Exampled zero."},
                        4: {"words": "Wordful four.", "example": "Exampled four."},
                    },
                }
            },
            "rules": [
                {
                    "id": "yak-rule",
                    "says": "Says the yak.",
                    "check": "deliverable_contains",
                    "phrases": ["yakkety"],
                    "on_fail": {"auto_fail": "quokka"},
                }
            ],
        },
        ledger={
            "exercise": "shelf-labels",
            "errors": [
                {
                    "id": "lemur-error",
                    "kind": "arithmetic",
                    "severity": "major",
                    "round": 1,
                    "about": "About the lemur.",
                    "wrong": "41 lemurs",
                    "woven_in": "There are 41 lemurs here.",
                    "truth": "There are 40 lemurs.",
                    "catch": {"any_of": ["lemur miscounted"]},
                    "fix": {"present": ["40 lemurs"], "absent": ["lemurs: 41"]},
                }
            ],
            "clean_claims": ["Lemurs have tails."],
        },
    )


def test_the_assistant_knows_the_task_as_the_candidate_does() -> None:
    exercise = make_exercise(language="de", conversation={"assistant_notes": "Paint comes in tins."})
    prompt = system(exercise)
    for known in (
        exercise.title,
        exercise.goal,
        exercise.scenario,
        exercise.deliverable.asks,
        exercise.materials[0].text,
        "Paint comes in tins.",
        "ISO 639 code de",
    ):
        assert known in prompt


def test_no_word_of_rubric_rules_threshold_or_ledger_reaches_a_prompt() -> None:
    exercise = a_sealed_exercise()
    assert exercise.ledger is not None
    secrets = {*texts_in(exercise.rubric.model_dump()), *texts_in(exercise.ledger.model_dump()), "2.7182"}
    secrets -= {"shelf-labels"}
    secrets |= {"quokka", "Wordless", "Exampled", "yak", "lemur"}
    for room in (WIDE, Room(context_tokens=1_200, reply_tokens=200)):
        sent = prompt_for(exercise, talk("How am I scored?", "No idea.", "Say it"), LEFT, room)
        everything = "\n".join([*(message["content"] for message in sent.messages), *sent.cuts])
        found = [secret for secret in secrets if re.search(rf"\b{re.escape(secret)}", everything, re.I)]
        # "normal", "major" and the like are words of the schema, not of the author.
        assert [secret for secret in found if secret not in ("normal", "arithmetic", "major")] == []


def test_every_secret_of_the_schema_is_covered_by_that_test() -> None:
    exercise = a_sealed_exercise()
    assert exercise.ledger is not None
    assert set(type(exercise).model_fields) == {
        *("exercise", "title", "summary", "field", "language", "style", "goal", "scenario", "materials"),
        *("deliverable", "conversation", "limits", "threshold", "rubric", "ledger"),
    }, "a new part of an exercise is either for the assistant or secret: decide, then name it here"


@pytest.mark.parametrize("name", shipped_exercises())
def test_no_shipped_exercise_tells_its_assistant_how_it_is_scored(name: str) -> None:
    exercise = find_exercise(name)
    prompt = system(exercise)
    secrets = [
        text
        for criterion in exercise.rubric.criteria.values()
        for text in (criterion.asks, *texts_in([level.model_dump() for level in criterion.levels.values()]))
    ]
    if exercise.ledger is not None:
        for error in exercise.ledger.errors:
            secrets += [error.id, error.woven_in, error.truth, error.about, *error.catch.all_of]
    assert secrets
    assert [secret for secret in secrets if " " in secret.strip() and secret.strip() in prompt] == []


def test_a_missing_detail_is_made_up_only_where_the_exercise_says_so() -> None:
    asks = system(make_exercise())
    invents = system(make_exercise(conversation={"invents_missing_details": True}))
    assert "Never make one up" in asks
    assert "make up a plausible one" in invents
    assert "Never make one up" not in invents


@pytest.mark.parametrize(
    "question",
    ["How many rounds do I have?", "how much time is left", "What's the deadline?", "Minutes left?"],
)
def test_what_is_left_is_told_when_the_candidate_asks(question: str) -> None:
    last = prompt_for(make_exercise(), talk(question), LEFT, WIDE).messages[-1]["content"]
    assert "4 rounds and 12 minutes are left" in last


def test_what_is_left_is_not_told_unasked() -> None:
    sent = prompt_for(make_exercise(), talk("Label the nails, minutely"), LEFT, WIDE)
    assert not any("are left. Say so only" in message["content"] for message in sent.messages)


def test_the_beginning_of_the_prompt_stays_the_same_as_the_conversation_grows() -> None:
    exercise, texts = make_exercise(), ["One", "Two", "Three", "Four", "Five"]
    shorter = prompt_for(exercise, talk(*texts[:3]), LEFT, WIDE).messages
    longer = prompt_for(exercise, talk(*texts), LEFT, WIDE).messages
    assert longer[: len(shorter)] == shorter


def test_old_rounds_give_way_in_sight() -> None:
    room = Room(context_tokens=1_400, reply_tokens=200)
    texts = [f"Message {number}. " + "word " * 60 for number in range(31)]
    sent = prompt_for(make_exercise(), talk(*texts), LEFT, room)
    assert sum(len(message["content"]) for message in sent.messages) <= 1_200 * BYTES_PER_TOKEN
    first = sent.messages[1]
    assert first["role"] == "user"
    found = re.match(r"\[The (\d+) messages before this one were cut to fit\.\]", first["content"])
    assert found is not None
    assert f"Message {found[1]}." in first["content"]
    assert sent.cuts == (f"The oldest {found[1]} messages of the conversation",)
    assert sent.messages[-1]["content"] == texts[-1]


def test_long_materials_give_way_in_sight_and_short_ones_stay_whole() -> None:
    exercise = make_exercise(
        materials=[
            {"id": "log", "title": "Log", "text": "\n".join(f"line {number}" for number in range(4_000))},
            {"id": "note", "title": "Note", "text": "Mind the string."},
        ]
    )
    room = Room(context_tokens=2_000, reply_tokens=300)
    sent = prompt_for(exercise, talk("Hello"), LEFT, room)
    prompt = sent.messages[0]["content"]
    assert "line 0" in prompt
    assert "line 3999" not in prompt
    assert "[Cut here to fit: this is the beginning of 38,889 characters.]" in prompt
    assert "Mind the string." in prompt
    assert sent.cuts == ("Material: Log: only the beginning fits",)
    assert len(prompt) <= 1_700 * BYTES_PER_TOKEN / 2


def test_a_message_longer_than_the_context_is_cut_in_sight() -> None:
    room = Room(context_tokens=1_200, reply_tokens=200)
    sent = prompt_for(make_exercise(), talk("ü" * 19_000), LEFT, room)
    assert len(sent.messages[1]["content"].encode()) < 1_000 * BYTES_PER_TOKEN
    assert "beginning of 19,000 characters" in sent.messages[1]["content"]
    assert sent.cuts == ("The candidate's message: only the beginning fits",)


def test_two_messages_in_a_row_reach_the_model_as_one() -> None:
    turns = (
        Turn(index=0, role="user", text="Four labels."),
        Turn(index=1, role="user", text="One a line."),
    )
    sent = prompt_for(make_exercise(), Transcript(turns=turns), LEFT, WIDE)
    assert [message["content"] for message in sent.messages[1:]] == ["Four labels.\n\nOne a line."]


def test_a_model_that_is_too_small_is_named_before_a_session_begins() -> None:
    with pytest.raises(UserMistake, match="too small for a session"):
        prompt_for(make_exercise(), talk("Hello"), LEFT, Room(context_tokens=700, reply_tokens=300))
    wordy = make_exercise(goal="Write labels. " * 200)
    with pytest.raises(UserMistake, match="does not fit into 900 tokens"):
        prompt_for(wordy, talk("Hello"), LEFT, Room(context_tokens=900, reply_tokens=300))


def test_nothing_is_cut_where_there_is_room() -> None:
    assert system_prompt(make_exercise(), 100_000)[1] == ()
