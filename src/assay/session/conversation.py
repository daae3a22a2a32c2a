"""One reply, from the message that waits for it to its turn in the transcript."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from assay.errors import AssayError, ModelMisbehaviour
from assay.models.replies import Chunk, Conversation, Reply
from assay.session.assistant import Left, Prompt, Room, prompt_for
from assay.session.engine import Session

Ask = Callable[[Conversation], AsyncGenerator[Chunk, None]]
"""Sends messages to a model and gives its reply piece by piece; the last piece carries the whole reply."""

STOPPED_EARLY = "The reply was stopped before its first word"


async def answer(session: Session, ask: Ask, show: Callable[[str], None], room: Room) -> None:
    """Have the assistant answer the message that waits for a reply, or that got none.

    Whatever happens, the session's clock is settled and the candidate's message stays. When the task is
    cancelled (the candidate pressed stop) the part that had arrived becomes the reply, marked as cut.

    Args:
        session: a session with an unanswered message.
        ask: the model.
        show: is given every piece of the reply as it comes.
        room: how much the model can hold.

    Raises:
        AssayError: the model failed or said nothing; the reply can be asked for again with this function.
    """
    prompt = _begin(session, room)
    arrived: list[str] = []
    try:
        whole = await _read(ask(prompt.messages), arrived, show)
    except asyncio.CancelledError:
        _stop(session, "".join(arrived))
        raise
    except BaseException as error:
        why = error.message if isinstance(error, AssayError) else "Assay could not go on with the reply"
        session.fail_reply(why, partial="".join(arrived))
        raise
    try:
        _finish(session, "".join(arrived), whole, show)
    except AssayError as error:
        if session.state.waiting is not None:
            session.fail_reply(error.message)
        raise


def _begin(session: Session, room: Room) -> Prompt:
    left = Left(rounds=session.state.rounds_left, seconds=session.seconds_left())
    try:
        prompt = prompt_for(session.exercise, session.transcript, left, room)
    except AssayError as error:
        session.begin_reply()
        session.fail_reply(error.message)
        raise
    session.begin_reply(prompt.cuts)
    return prompt


async def _read(
    chunks: AsyncGenerator[Chunk, None], arrived: list[str], show: Callable[[str], None]
) -> Reply | None:
    whole = None
    async with aclosing(chunks):
        async for chunk in chunks:
            whole = chunk.reply or whole
            if chunk.text:
                arrived.append(chunk.text)
                show(chunk.text)
    return whole


def _stop(session: Session, text: str) -> None:
    if text.strip():
        session.finish_reply(text, cut=True)
    else:
        session.fail_reply(STOPPED_EARLY)


def _finish(session: Session, text: str, whole: Reply | None, show: Callable[[str], None]) -> None:
    if not text.strip() and whole is not None and whole.refusal:
        text = whole.refusal
        show(text)
    if not text.strip():
        why = "The model gave an empty reply"
        session.fail_reply(why)
        raise ModelMisbehaviour(why, remedy="Ask again, or say it in another way")
    about = whole.model_dump(mode="json", exclude={"text"}) if whole is not None else {}
    session.finish_reply(text, about=about)
