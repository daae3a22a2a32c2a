"""Replies under way. A reply belongs to the session, not to the browser that waits for it.

Each runs as a task of the process that began it and is followed by any number of browsers: closing a page
stops nothing, and a page that comes back picks up what has arrived so far. The row names the process and when
it was last seen; when that is too long ago the process is gone, the reply counts as failed, the candidate's
lost time is credited, and the next process that is asked begins it again.
"""

import asyncio
import logging
import os
import secrets
import socket
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from assay.errors import AssayError, LimitReached
from assay.session.assistant import Prompt
from assay.session.conversation import answer_at, begin_reply
from assay.session.engine import Session
from assay_web.clock import now
from assay_web.database import in_database, in_database_later
from assay_web.session import assistant
from assay_web.session.drive import drive, drive_row
from assay_web.session.models import CandidateSession
from assay_web.session.standing import reply_of, standing, without_talk
from assay_web.session.work import check_writer
from assay_web.streaming import Happening

ME = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
BEAT_SECONDS = 1.0
LOST_AFTER_SECONDS = 8
"""A process that has not been seen for this long is gone."""
POLL_SECONDS = 0.5
PIECE_SECONDS = 0.1
"""How soon one piece follows another in a browser: as smooth as a reader can tell, and half the work."""

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Underway:
    """A reply that this process writes, and whoever follows it.

    Attributes:
        prompt: what the model is sent.
        problem: why there is no whole reply. limited: a cap is the reason, so that asking again is no use.
        outcome: where the session stands once the reply is kept, and the reply; empty before.
    """

    session_id: int
    team_id: int
    prompt: Prompt
    task: asyncio.Task[None] | None = None
    text: str = ""
    problem: str = ""
    limited: bool = False
    outcome: dict[str, Any] = field(default_factory=dict)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _told: int = 0
    _timer: asyncio.TimerHandle | None = None

    def show(self, piece: str) -> None:
        """Add a piece. What comes soon after another is told together."""
        self.text += piece
        if self._timer is None:
            self._tell()

    async def follow(self) -> AsyncGenerator[str, None]:
        """Every piece from the beginning, until the reply is over."""
        shown = 0
        while True:
            changed = self._changed
            if len(self.text) > shown:
                piece, shown = self.text[shown:], len(self.text)
                yield piece
            elif self.task is None or self.task.done():
                return
            else:
                await changed.wait()

    def over(self) -> None:
        """Wake everyone who follows: nothing more comes."""
        if self._timer is not None:
            self._timer.cancel()
        self._wake()

    def _tell(self) -> None:
        self._timer = None
        if len(self.text) > self._told:
            self._told = len(self.text)
            self._timer = asyncio.get_running_loop().call_later(PIECE_SECONDS, self._tell)
            self._wake()

    def _wake(self) -> None:
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()


_underway: dict[int, Underway] = {}
_beating: list[asyncio.Task[None]] = []


@dataclass(frozen=True, slots=True)
class AwaitedReply:
    """The reply that a session waited for when a browser asked, and who writes it.

    A session that waits for none, because it is over or every message has its reply, has only `stands`.

    Attributes:
        session_id: the session.
        stands: where it stood.
        here: the reply, when this process writes it.
        elsewhere: a process writes it already; another one, unless `here` is set.
        problem: why nobody writes it, although it could be asked for.
    """

    session_id: int
    stands: dict[str, Any]
    here: Underway | None = None
    elsewhere: bool = False
    problem: str = ""


async def receive(find: Callable[[], int], tab: str, text: str, message: str) -> AwaitedReply:
    """Keep a candidate's message and begin the reply to it.

    Args:
        find: finds the session in the database.
        tab: the browser's tab.
        text: the message.
        message: its id.

    Raises:
        OpenElsewhere: another tab writes this session.
        AssayError: the message is refused, see `Session.send`; nothing was kept.
    """

    def command(row: CandidateSession, session: Session) -> AwaitedReply:
        check_writer(row, tab)
        session.send(text, message)
        return _take_on(row, session)

    return await _begun(find, command)


async def awaited_reply(find: Callable[[], int]) -> AwaitedReply:
    """The reply that a session waits for: the one under way, or one that begins now."""
    return await _begun(find, _take_on)


async def happenings(awaited: AwaitedReply) -> AsyncGenerator[Happening, None]:
    """What a browser sees of the reply: its pieces, and at the end that it is over."""
    problem, reply, limited = awaited.problem, awaited.here, False
    if reply is not None:
        async for piece in reply.follow():
            yield "piece", {"text": piece}
        problem, limited = reply.problem, reply.limited
    elif awaited.elsewhere:
        await _until_settled(awaited.session_id)
    if problem:
        yield "failed", {"problem": problem, "limited": limited}
    yield "over", reply.outcome if reply is not None else {}


async def _begun(
    find: Callable[[], int], command: Callable[[CandidateSession, Session], AwaitedReply]
) -> AwaitedReply:
    """Do the command and start writing the reply that it has taken on, even when whoever asked leaves."""

    async def begun() -> AwaitedReply:
        found = await in_database(lambda: drive_row(find(), command))
        if found.here is not None:
            _start(found.here)
            return found
        return replace(found, here=_underway.get(found.session_id))

    return await asyncio.shield(asyncio.create_task(begun()))


def _start(reply: Underway) -> None:
    _underway[reply.session_id] = reply
    reply.task = asyncio.create_task(_write(reply))
    if not _beating or _beating[0].done():
        _beating[:] = [asyncio.create_task(_beat())]


async def stop(session_id: int) -> None:
    """The candidate has read enough: what has arrived becomes the reply."""
    running = _underway.get(session_id)
    if running is not None and running.task is not None:
        running.task.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.wait({running.task})
    else:
        await in_database(_ask_to_stop, session_id)


async def _write(underway: Underway) -> None:
    # Both hold for this task alone.
    assistant.SESSION.set(underway.session_id)
    assistant.TEAM.set(underway.team_id)
    try:
        await answer_at(_Row(underway), assistant.ask, underway.show)
    except AssayError as error:
        underway.problem, underway.limited = error.message, isinstance(error, LimitReached)
    except asyncio.CancelledError:
        pass
    except Exception:
        _log.exception("a reply broke off")
        underway.problem = "Assay could not go on with the reply"
    finally:
        _underway.pop(underway.session_id, None)
        asyncio.get_running_loop().call_soon(underway.over)


@dataclass(frozen=True, slots=True)
class _Row:
    """Keeps a reply in the database. Implements `assay.session.conversation.Desk`."""

    underway: Underway

    async def begin(self) -> Prompt:
        """What the model is sent; that it is asked was noted when the reply was taken on."""
        return self.underway.prompt

    async def finish(self, text: str, *, cut: bool = False, about: Mapping[str, Any] | None = None) -> None:
        """Keep the reply."""

        def command(session: Session) -> tuple[dict[str, Any], int]:
            session.finish_reply(text, cut=cut, about=about)
            return without_talk(session), session.state.turns - 1

        stands, index = await in_database_later(drive, self.underway.session_id, command)
        self.underway.outcome = {"state": stands, "turn": reply_of(index, text)}

    async def fail(self, why: str, *, partial: str = "") -> None:
        """Note that no reply came."""

        def command(session: Session) -> dict[str, Any]:
            session.fail_reply(why, partial=partial)
            return without_talk(session)

        self.underway.outcome = {"state": await in_database_later(drive, self.underway.session_id, command)}


def _take_on(row: CandidateSession, session: Session) -> AwaitedReply:
    """Take the awaited reply on for this process; one whose process is gone is settled first.

    Where it can be written, `here` is set, and whoever called starts it.
    """
    if session.state.ending is not None:
        return AwaitedReply(row.pk, standing(session))
    if not session.reply_due and session.state.waiting is not None:
        if not _is_lost(row):
            return AwaitedReply(row.pk, standing(session), elsewhere=True)
        session.settle()
    if not session.reply_due:
        return AwaitedReply(row.pk, standing(session))
    row.replying, row.replying_seen_at, row.stop_asked_at = ME, now(), None
    try:
        prompt = begin_reply(session, assistant.room())
    except AssayError as error:
        return AwaitedReply(row.pk, standing(session), problem=error.message)
    return AwaitedReply(row.pk, standing(session), here=Underway(row.pk, row.team_id, prompt))


def _is_lost(row: CandidateSession) -> bool:
    seen = row.replying_seen_at
    return seen is None or now() - seen > timedelta(seconds=LOST_AFTER_SECONDS)


def _ask_to_stop(session_id: int) -> None:
    CandidateSession.objects.filter(pk=session_id).update(stop_asked_at=now())


async def _beat() -> None:
    """Say that this process lives, hear who was asked to stop, and keep notes of calls."""
    while _underway:
        await asyncio.sleep(BEAT_SECONDS)
        try:
            for session_id in await in_database_later(_seen, list(_underway)):
                await stop(session_id)
        except Exception:
            _log.exception("the replies under way could not be marked as alive")


def _seen(session_ids: list[int]) -> list[int]:
    rows = CandidateSession.objects.filter(pk__in=session_ids)
    rows.update(replying_seen_at=now())
    assistant.keep_notes()
    return list(rows.filter(stop_asked_at__isnull=False).values_list("pk", flat=True))


async def _until_settled(session_id: int) -> None:
    """Wait for a reply that another process writes."""
    while await in_database(_is_awaited, session_id):
        await asyncio.sleep(POLL_SECONDS)


def _is_awaited(session_id: int) -> bool:
    row = CandidateSession.objects.get(pk=session_id)
    return row.status == CandidateSession.Status.RUNNING and bool(row.state["waiting"]) and not _is_lost(row)
