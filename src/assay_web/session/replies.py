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
        problem: why there is no whole reply. limited: a cap is the reason, so that asking again is no use.
        outcome: where the session stands once the reply is kept, and the reply; empty before.
    """

    session_id: int
    team_id: int
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
class Due:
    """What was found when a session was asked for the reply that it waits for.

    Attributes:
        session_id: the session. team_id: whose it is.
        stands: where it stands now.
        prompt: what to send the model, when this process has taken the reply on.
        reply: the reply that this process writes.
        problem: why there is no prompt although a reply is due.
        elsewhere: the reply is written already.
    """

    session_id: int
    team_id: int
    stands: dict[str, Any]
    prompt: Prompt | None = None
    reply: Underway | None = None
    problem: str = ""
    elsewhere: bool = False


async def receive(find: Callable[[], int], tab: str, text: str, message: str) -> Due:
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

    def command(row: CandidateSession, session: Session) -> Due:
        check_writer(row, tab)
        session.send(text, message)
        return _taken_on(row, session)

    return await _take_on(find, command)


async def due_in(find: Callable[[], int]) -> Due:
    """The reply that a session waits for: the one under way, or one that begins now."""
    return await _take_on(find, _taken_on)


async def happenings(due: Due) -> AsyncGenerator[Happening, None]:
    """What a browser sees of the reply: its pieces, and at the end that it is over."""
    problem, reply, limited = due.problem, due.reply, False
    if reply is not None:
        async for piece in reply.follow():
            yield "piece", {"text": piece}
        problem, limited = reply.problem, reply.limited
    elif due.elsewhere:
        await _until_settled(due.session_id)
    if problem:
        yield "failed", {"problem": problem, "limited": limited}
    yield "over", reply.outcome if reply is not None else {}


async def _take_on(find: Callable[[], int], command: Callable[[CandidateSession, Session], Due]) -> Due:
    """Do the command and start writing the reply that it has taken on, even when whoever asked leaves."""

    async def taken() -> Due:
        due = await in_database(lambda: drive_row(find(), command))
        if due.prompt is not None:
            return replace(due, reply=_begin(Underway(due.session_id, due.team_id), due.prompt))
        return replace(due, reply=_underway.get(due.session_id))

    return await asyncio.shield(asyncio.create_task(taken()))


def _begin(reply: Underway, prompt: Prompt) -> Underway:
    _underway[reply.session_id] = reply
    reply.task = asyncio.create_task(_write(reply, prompt))
    if not _beating or _beating[0].done():
        _beating[:] = [asyncio.create_task(_beat())]
    return reply


async def stop(session_id: int) -> None:
    """The candidate has read enough: what has arrived becomes the reply."""
    running = _underway.get(session_id)
    if running is not None and running.task is not None:
        running.task.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.wait({running.task})
    else:
        await in_database(_ask_to_stop, session_id)


async def _write(underway: Underway, prompt: Prompt) -> None:
    # Both hold for this task alone.
    assistant.SESSION.set(underway.session_id)
    assistant.TEAM.set(underway.team_id)
    try:
        await answer_at(_Row(underway, prompt), assistant.ask, underway.show)
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
    prompt: Prompt

    async def begin(self) -> Prompt:
        """What the model is sent; that it is asked was noted when the reply was taken on."""
        return self.prompt

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


def _taken_on(row: CandidateSession, session: Session) -> Due:
    """Take the reply that is due on for this process; one whose process is gone is settled first."""
    if session.state.ending is not None:
        return Due(row.pk, row.team_id, standing(session))
    if not session.reply_due and session.state.waiting is not None:
        if not _is_lost(row):
            return Due(row.pk, row.team_id, standing(session), elsewhere=True)
        session.settle()
    if not session.reply_due:
        return Due(row.pk, row.team_id, standing(session))
    row.replying, row.replying_seen_at, row.stop_asked_at = ME, now(), None
    try:
        prompt = begin_reply(session, assistant.room())
    except AssayError as error:
        return Due(row.pk, row.team_id, standing(session), problem=error.message)
    return Due(row.pk, row.team_id, standing(session), prompt=prompt)


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
