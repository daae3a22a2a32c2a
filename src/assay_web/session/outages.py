"""Outages of the site itself: noticed without anybody's help, and taken off every candidate's clock.

All processes of the site write the moment into one row, every few seconds. The first sign of life after a
silence writes down from when to when nobody was there. A session is given that time back by whoever comes to
it first, the candidate's next request or a worker's sweep, before anything looks at its clock.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from math import floor

from django.db import close_old_connections, transaction
from django.db.models import Max

from assay.session.clock import joined
from assay.session.engine import Session
from assay_web.audit.log import SYSTEM, note
from assay_web.audit.models import Action
from assay_web.clock import now
from assay_web.session.models import CandidateSession, Heartbeat, Outage

BEAT_SECONDS = 2.0
SILENT_AFTER = timedelta(seconds=8)
"""A site that has not been seen for longer than this was out of reach."""
REMEMBERED = timedelta(days=30)
"""How far back a process that serves keeps outages in mind; what is older, sweeps have credited."""
WORDS = {
    Outage.Cause.SILENCE: "The site was out of reach",
    Outage.Cause.CLOCK: "The server's clock went forward",
}
"""What the candidate reads of an outage."""

_THE_ONE = 1
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Heart:
    """What this process knows since its last heartbeat. Only a process that serves the site has any."""

    serves: bool = False
    beaten_at: datetime | None = None
    steadily: float = 0.0
    known: tuple[Outage, ...] = ()


_heart = _Heart()


def beat() -> None:
    """Say that the site is alive. After a silence of all its processes, this writes the outage down."""
    moment, steadily = now(), time.monotonic()
    lately = (moment - SILENT_AFTER, moment + SILENT_AFTER)
    if not Heartbeat.objects.filter(pk=_THE_ONE, seen_at__range=lately).update(seen_at=moment):
        _beat_after_silence(moment, steadily)
    # Not before it is committed: a process that takes itself for seen would not notice its own silence.
    transaction.on_commit(partial(_remember, moment, steadily))


def _beat_after_silence(moment: datetime, steadily: float) -> None:
    with transaction.atomic():
        Heartbeat.objects.get_or_create(pk=_THE_ONE, defaults={"seen_at": _last_traffic() or moment})
        heartbeat = Heartbeat.objects.select_for_update().get(pk=_THE_ONE)
        if moment - heartbeat.seen_at > SILENT_AFTER and not _was_here(moment):
            stood_still = _heart.beaten_at is not None and (
                steadily - _heart.steadily <= SILENT_AFTER.total_seconds()
            )
            cause = Outage.Cause.CLOCK if stood_still else Outage.Cause.SILENCE
            Outage.objects.create(since=heartbeat.seen_at, until=moment, cause=cause)
        # A moment that lies ahead is from before the clock was set back.
        heartbeat.seen_at = moment
        heartbeat.save(update_fields=["seen_at"])


def _last_traffic() -> datetime | None:
    """When an installation that has had no heartbeat so far is known to have served a candidate."""
    running = CandidateSession.objects.filter(status=CandidateSession.Status.RUNNING)
    seen = running.aggregate(tab=Max("writer_seen_at"), reply=Max("replying_seen_at"))
    return max((moment for moment in seen.values() if moment is not None), default=None)


def _remember(moment: datetime, steadily: float) -> None:
    _heart.known = tuple(Outage.objects.filter(until__gt=moment - REMEMBERED))
    _heart.beaten_at, _heart.steadily = moment, steadily


def _was_here(moment: datetime) -> bool:
    """Whether this process itself was seen shortly before; then the site was not silent."""
    return _heart.beaten_at is not None and abs(moment - _heart.beaten_at) <= SILENT_AFTER


def start_beating(turned: threading.Event) -> None:
    """Beat from now on, in a thread of its own, as long as the event loop that serves the site turns.

    Args:
        turned: set by the event loop again and again.
    """
    _heart.serves = True
    failing = _beat_safely(False)

    def go_on(failing: bool) -> None:
        while turned.wait():
            turned.clear()
            failing = _beat_safely(failing)
            time.sleep(BEAT_SECONDS)

    threading.Thread(target=go_on, args=(failing,), name="heartbeat", daemon=True).start()


def _beat_safely(failing: bool) -> bool:
    """Beat; whether it failed. A database that is gone is told of once, not every two seconds."""
    close_old_connections()
    try:
        beat()
    except Exception:
        if not failing:
            _log.exception("the site cannot say that it is alive; it goes on trying")
        return True
    finally:
        close_old_connections()
    return False


def seen_until() -> datetime:
    """Until when the site is known to have been there: an end that lies later may fall into an outage."""
    seen = Heartbeat.objects.filter(pk=_THE_ONE).values_list("seen_at", flat=True).first()
    seen = seen or _last_traffic()
    return now() if seen is None else min(seen, now())


def credit(row: CandidateSession, session: Session) -> None:
    """Give a session back what it lost to outages; doing it again changes nothing.

    This is the one place where that is done. It belongs where the row is locked and the session was just
    opened, before anything looks at its clock; `drive.keep` keeps what it brings about.
    """
    if session.state.ending is not None:
        return
    for outage in _known(row):
        seconds = give_back(session, outage)
        if seconds:
            subject = f"session:{row.public_id}"
            note(row.team, SYSTEM, Action.OUTAGE_CREDITED, subject, seconds=round(seconds))


def give_back(session: Session, outage: Outage) -> float:
    """Credit the part of an outage that falls into a session, once; its seconds, 0 when there is none.

    Waits for a reply may be credited too; the engine joins stretches, so no second counts twice.
    """
    state, words = session.state, WORDS[Outage.Cause(outage.cause)]
    started = datetime.fromisoformat(state.started)
    since = max(state.attempt_started, round((outage.since - started).total_seconds(), 3))
    # Rounded down, and not beyond the present: the engine credits what has passed.
    until = floor((min(outage.until, now()) - started).total_seconds() * 1000) / 1000
    credited = any(one.since == since and one.note == words for one in state.credits)
    if credited or since >= until or state.ending is not None or state.time_is_over(since):
        return 0.0
    session.credit_outage(since, until, words)
    return until - since


def _known(row: CandidateSession) -> tuple[Outage, ...]:
    """The outages that may concern this session, without a query where this process has just beaten."""
    if _heart.serves and _was_here(now()):
        return _heart.known
    if _heart.serves:
        beat()
    return tuple(Outage.objects.filter(until__gt=row.started_at))


def settle(each: Callable[[list[int]], object]) -> int:
    """Go over the sessions that ran during outages which nobody has gone over yet; how many outages.

    Args:
        each: drives each of these, which credits it, and does not raise. One that fails is credited when it
            is driven the next time.
    """
    unsettled = list(Outage.objects.filter(settled_at__isnull=True))
    for outage in unsettled:
        running = CandidateSession.objects.filter(status=CandidateSession.Status.RUNNING)
        each(list(running.filter(started_at__lt=outage.until).values_list("pk", flat=True)))
        Outage.objects.filter(pk=outage.pk).update(settled_at=now())
    return len(unsettled)


def lost_between(since: datetime, until: datetime) -> timedelta:
    """How much of this time the site was out of reach."""
    found = Outage.objects.filter(since__lt=until, until__gt=since)
    stretches = [
        ((max(one.since, since) - since).total_seconds(), (min(one.until, until) - since).total_seconds())
        for one in found
    ]
    return timedelta(seconds=sum(end - start for start, end in joined(stretches)))
