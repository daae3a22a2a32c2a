"""One reply, from the message that waits for it to its turn in the transcript."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Protocol

from assay.errors import AssayError, ModelMisbehaviour
from assay.models.replies import Chunk, Conversation, Reply
from assay.session.assistant import Left, Prompt, Room, prompt_for
from assay.session.engine import Session

Ask = Callable[[Conversation], AsyncGenerator[Chunk, None]]
"""Sends messages to a model and gives its reply piece by piece; the last piece carries the whole reply."""

STOPPED_EARLY = "The reply was stopped before its first word"


class Desk(Protocol):
    """Where a reply is begun and kept: a session in this process, or one in a database."""

    async def begin(self) -> Prompt:
        """Note that the model is being asked, and say what it is sent; see `begin_reply`."""
        ...

    async def finish(self, text: str, *, cut: bool = False, about: Mapping[str, Any] | None = None) -> None:
        """Keep the reply; see `Session.finish_reply`."""
        ...

    async def fail(self, why: str, *, partial: str = "") -> None:
        """Note that no reply came; see `Session.fail_reply`."""
        ...


@dataclass(frozen=True, slots=True)
class SessionDesk:
    """Keeps replies in a session of this process. Implements `Desk`."""

    session: Session
    room: Room

    async def begin(self) -> Prompt:
        """Note that the model is being asked, and say what it is sent."""
        return begin_reply(self.session, self.room)

    async def finish(self, text: str, *, cut: bool = False, about: Mapping[str, Any] | None = None) -> None:
        """Keep the reply."""
        self.session.finish_reply(text, cut=cut, about=about)

    async def fail(self, why: str, *, partial: str = "") -> None:
        """Note that no reply came."""
        self.session.fail_reply(why, partial=partial)


async def answer(session: Session, ask: Ask, show: Callable[[str], None], room: Room) -> None:
    """Have the assistant answer in a session of this process; see `answer_at`.

    Args:
        session: a session with an unanswered message.
        ask: the model.
        show: is given every piece of the reply as it comes.
        room: how much the model can hold.

    Raises:
        AssayError: the model failed or said nothing; the reply can be asked for again with this function.
    """
    await answer_at(SessionDesk(session, room), ask, show)


async def answer_at(desk: Desk, ask: Ask, show: Callable[[str], None]) -> None:
    """Have the assistant answer the message that waits for a reply, or that got none.

    Whatever happens, the session's clock is settled and the candidate's message stays. When the task is
    cancelled (the candidate pressed stop) the part that had arrived becomes the reply, marked as cut.

    Raises:
        AssayError: the model failed or said nothing; the reply can be asked for again with this function.
    """
    prompt = await desk.begin()
    arrived: list[str] = []
    try:
        whole = await _read(ask(prompt.messages), arrived, show)
    except asyncio.CancelledError:
        await _stop(desk, "".join(arrived))
        raise
    except BaseException as error:
        why = error.message if isinstance(error, AssayError) else "Assay could not go on with the reply"
        await desk.fail(why, partial="".join(arrived))
        raise
    await _finish(desk, "".join(arrived), whole, show)


def begin_reply(session: Session, room: Room) -> Prompt:
    """Note in the session that the model is being asked, and say what it is sent.

    Raises:
        AssayError: the prompt cannot be made; the session notes that no reply came.
    """
    left = Left(rounds=session.state.rounds_left, seconds=session.seconds_left())
    try:
        prompt = prompt_for(session.exercise, session.conversation, left, room)
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


async def _stop(desk: Desk, text: str) -> None:
    if text.strip():
        await desk.finish(text, cut=True)
    else:
        await desk.fail(STOPPED_EARLY)


async def _finish(desk: Desk, text: str, whole: Reply | None, show: Callable[[str], None]) -> None:
    if not text.strip() and whole is not None and whole.refusal:
        text = whole.refusal
        show(text)
    if not text.strip():
        why = "The model gave an empty reply"
        await desk.fail(why)
        raise ModelMisbehaviour(why, remedy="Ask again, or say it in another way")
    about = whole.model_dump(mode="json", exclude={"text"}) if whole is not None else {}
    await desk.finish(text, about=about)
