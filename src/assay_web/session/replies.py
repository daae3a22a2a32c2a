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
from collections.abc import AsyncGenerator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal

from django.db import transaction

from assay.errors import AssayError
from assay.session.assistant import Prompt
from assay.session.conversation import answer_at, begin_reply
from assay.session.engine import Session
from assay_web.clock import now
from assay_web.database import in_database
from assay_web.session import assistant
from assay_web.session.drive import drive, keep, opened
from assay_web.session.models import CandidateSession
from assay_web.session.store import RowStore
from assay_web.streaming import Happening

ME = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
BEAT_SECONDS = 1.0
LOST_AFTER_SECONDS = 8
"""A process that has not been seen for this long is gone."""
POLL_SECONDS = 0.5

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Underway:
    """A reply that this process writes, and whoever follows it."""

    session_id: int
    task: asyncio.Task[None] | None = None
    text: str = ""
    problem: str = ""
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    def show(self, piece: str) -> None:
        """Add a piece."""
        self.text += piece
        self._notify()

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
        self._notify()

    def _notify(self) -> None:
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()


_underway: dict[int, Underway] = {}
_beating: list[asyncio.Task[None]] = []


async def reply_to(session_id: int) -> Underway | Literal["elsewhere"] | None:
    """The reply that the session waits for: the one under way, or a new one; None when none is due."""
    running = _underway.get(session_id)
    if running is not None:
        return running
    claimed = await in_database(_claim, session_id)
    if claimed == "begin":
        return begin(session_id)
    return "elsewhere" if claimed == "elsewhere" else None


def begin(session_id: int) -> Underway:
    """Start writing a reply that this process has claimed."""
    underway = Underway(session_id)
    _underway[session_id] = underway
    underway.task = asyncio.create_task(_write(underway))
    if not _beating or _beating[0].done():
        _beating[:] = [asyncio.create_task(_beat())]
    return underway


async def happenings(session_id: int) -> AsyncGenerator[Happening, None]:
    """What a browser sees of the reply: its pieces, and at the end that it is over."""
    reply = await reply_to(session_id)
    if reply == "elsewhere":
        await _until_settled(session_id)
    elif reply is not None:
        async for piece in reply.follow():
            yield "piece", {"text": piece}
        if reply.problem:
            yield "failed", {"problem": reply.problem}
    yield "over", {}


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
    token = assistant.SESSION.set(underway.session_id)
    try:
        await answer_at(_Row(underway.session_id), assistant.ask, underway.show)
    except AssayError as error:
        underway.problem = error.message
    except asyncio.CancelledError:
        pass
    except Exception:
        _log.exception("a reply broke off")
        underway.problem = "Assay could not go on with the reply"
    finally:
        assistant.SESSION.reset(token)
        _underway.pop(underway.session_id, None)
        asyncio.get_running_loop().call_soon(underway.over)


@dataclass(frozen=True, slots=True)
class _Row:
    """Keeps a reply in the database. Implements `assay.session.conversation.Desk`."""

    session_id: int

    async def begin(self) -> Prompt:
        """Note that the model is being asked."""
        return await in_database(
            drive, self.session_id, lambda session: begin_reply(session, assistant.room())
        )

    async def finish(self, text: str, *, cut: bool = False, about: Mapping[str, Any] | None = None) -> None:
        """Keep the reply."""
        await in_database(
            drive, self.session_id, lambda session: session.finish_reply(text, cut=cut, about=about)
        )

    async def fail(self, why: str, *, partial: str = "") -> None:
        """Note that no reply came."""
        await in_database(drive, self.session_id, lambda session: session.fail_reply(why, partial=partial))


def _claim(session_id: int) -> Literal["begin", "elsewhere", "none"]:
    """Take the reply that is due for this process; settle one whose process is gone."""
    with transaction.atomic():
        row = CandidateSession.objects.select_for_update().get(pk=session_id)
        session = opened(row)
        if session.state.ending is not None:
            return "none"
        if not session.reply_due and session.state.waiting is not None:
            if not _is_lost(row):
                return "elsewhere"
            session = Session.resume(session.exercise, RowStore(row), now)
            keep(row, session)
        if not session.reply_due:
            return "none"
        take(row)
    return "begin"


def take(row: CandidateSession) -> None:
    """Write down that this process writes the reply."""
    row.replying, row.replying_seen_at, row.stop_asked_at = ME, now(), None
    row.save(update_fields=["replying", "replying_seen_at", "stop_asked_at"])


def _is_lost(row: CandidateSession) -> bool:
    if row.replying == ME:
        return row.pk not in _underway
    seen = row.replying_seen_at
    return seen is None or now() - seen > timedelta(seconds=LOST_AFTER_SECONDS)


def _ask_to_stop(session_id: int) -> None:
    CandidateSession.objects.filter(pk=session_id).update(stop_asked_at=now())


async def _beat() -> None:
    """Say that this process lives, hear who was asked to stop, and keep notes of calls."""
    while _underway:
        await asyncio.sleep(BEAT_SECONDS)
        try:
            for session_id in await in_database(_seen, list(_underway)):
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
