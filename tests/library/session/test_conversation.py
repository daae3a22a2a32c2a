"""One reply: streamed, stopped, failed or empty, and what is kept of it."""

import asyncio
from collections.abc import AsyncGenerator, Mapping

import pytest
from tests.bots import ROOM, begin, get_answer, listens, make_exercise, says

from assay.errors import ModelMisbehaviour, UserMistake
from assay.models.replies import Chunk, Conversation, Latency, Reply
from assay.session.assistant import Room
from assay.session.conversation import Ask, answer
from assay.session.engine import Session


def says_then_waits(text: str, seen: asyncio.Event) -> Ask:
    """A model that gives some text and then never goes on."""

    async def ask(messages: Conversation) -> AsyncGenerator[Chunk, None]:
        if text:
            yield Chunk(text=text)
        seen.set()
        await asyncio.Event().wait()

    return ask


async def stop_it(session: Session, text: str) -> None:
    """Begin a reply, and press stop once all of `text` is there."""
    seen = asyncio.Event()
    shown: list[str] = []
    task = asyncio.create_task(answer(session, says_then_waits(text, seen), shown.append, ROOM))
    await seen.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


def test_a_reply_is_shown_as_it_comes_and_kept_whole() -> None:
    session, _ = begin()
    session.send("Four labels.", "m1")
    assert get_answer(session, says("Nails and screws")) == "Nails and screws "
    finished = next(event for event in session.events if event.kind == "reply_finished")
    assert finished.data["about"]["model"] == "parrot"
    assert finished.data["cut"] is False


def test_a_message_is_safe_before_the_model_is_asked() -> None:
    session, _ = begin()
    session.send("Four labels.", "m1")
    kinds: list[str] = []

    async def ask(messages: Conversation) -> AsyncGenerator[Chunk, None]:
        kinds.extend(event.kind for event in session.events)
        yield Chunk(text="Nails")

    get_answer(session, ask)
    assert kinds == ["session_started", "message_sent", "reply_started"]


def test_a_candidate_who_stops_a_reply_keeps_what_was_there() -> None:
    session, _ = begin()
    session.send("Four labels.", "m1")
    asyncio.run(stop_it(session, "Nails, scr"))
    assert session.transcript.turns[-1].text == "Nails, scr"
    assert session.events[-1].data["cut"] is True
    assert session.state.rounds_used == 1


def test_a_reply_stopped_before_its_first_word_can_be_asked_for_again() -> None:
    session, _ = begin()
    session.send("Four labels.", "m1")
    asyncio.run(stop_it(session, ""))
    assert session.state.rounds_used == 0
    get_answer(session, says("Nails"))
    assert session.state.rounds_used == 1


def test_an_empty_reply_is_a_failure_not_a_turn() -> None:
    session, _ = begin()
    session.send("Four labels.", "m1")
    with pytest.raises(ModelMisbehaviour, match="empty reply"):
        get_answer(session, says(""))
    assert [turn.role for turn in session.transcript.turns] == ["user"]
    assert session.state.unanswered is not None


def test_a_refusal_in_words_is_a_reply() -> None:
    async def ask(messages: Conversation) -> AsyncGenerator[Chunk, None]:
        reply = Reply(text="", ending="refused", refusal="I cannot help.", latency=Latency(total=0.1))
        yield Chunk(reply=reply)

    session, _ = begin()
    session.send("Four labels.", "m1")
    assert get_answer(session, ask) == "I cannot help."
    assert session.transcript.turns[-1].text == "I cannot help."


def test_a_mistake_of_ours_in_the_middle_of_a_reply_still_settles_the_clock() -> None:
    async def ask(messages: Conversation) -> AsyncGenerator[Chunk, None]:
        yield Chunk(text="Nai")
        raise KeyError("oops")

    session, _ = begin()
    session.send("Four labels.", "m1")
    with pytest.raises(KeyError):
        get_answer(session, ask)
    assert session.state.waiting is None
    assert session.state.unanswered is not None


def test_what_the_model_was_not_shown_is_in_the_events() -> None:
    exercise = make_exercise(materials=[{"id": "log", "title": "Log", "text": "line\n" * 4_000}])
    session, _ = begin(exercise)
    session.send("Four labels.", "m1")
    sent: list[Mapping[str, str]] = []
    get_answer(session, listens(sent), Room(context_tokens=2_000, reply_tokens=300))
    started = next(event for event in session.events if event.kind == "reply_started")
    assert started.data["cuts"] == ["Material: Log: only the beginning fits"]
    assert [message["role"] for message in sent] == ["system", "user"]


def test_a_brief_that_does_not_fit_fails_the_reply_and_stops_no_clock() -> None:
    session, wall = begin()
    session.send("Four labels.", "m1")
    with pytest.raises(UserMistake, match="too small"):
        get_answer(session, says("Nails"), Room(context_tokens=600, reply_tokens=300))
    wall.wait(minutes=1)
    assert session.seconds_left() == 540
