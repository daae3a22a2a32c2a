"""What a candidate at work can do, each as one call that is safe once it returns."""

from datetime import timedelta
from typing import Any

from django.db import transaction

from assay.errors import UserMistake
from assay.session.engine import Session
from assay_web.clock import now
from assay_web.session.drive import drive, keep, opened
from assay_web.session.models import CandidateSession, IntegritySignal
from assay_web.session.standing import standing

WRITER_SECONDS = 20
"""A tab that has not been heard of for this long no longer keeps others from writing."""

LONGEST_SIGNAL = 1_000_000


class OpenElsewhere(UserMistake):
    """Another tab writes this session."""

    def __init__(self) -> None:
        super().__init__(
            "This session is open in another tab or on another device",
            remedy="Go on there, or choose to work here",
        )


def stand(session_id: int, tab: str) -> dict[str, Any]:
    """Where the session stands, after a look at the clock, and whether this tab may write."""
    with transaction.atomic():
        row = CandidateSession.objects.select_for_update().get(pk=session_id)
        session = opened(row)
        session.keep_time()
        keep(row, session)
        writes = _may_write(row, tab)
        if writes:
            _seen(row, tab)
    return {**standing(session), "writes": writes}


def claim(session_id: int, tab: str) -> dict[str, Any]:
    """Make this tab the one that writes; the others become read-only."""
    with transaction.atomic():
        row = CandidateSession.objects.select_for_update().get(pk=session_id)
        _seen(row, tab)
    return stand(session_id, tab)


def release(session_id: int, tab: str) -> None:
    """This tab is closed; another need not wait until it has not been heard of for a while."""
    CandidateSession.objects.filter(pk=session_id, writer=tab).update(writer="", writer_seen_at=None)


def check_writer(session_id: int, tab: str) -> None:
    """Refuse a tab while another one writes.

    Raises:
        OpenElsewhere: another tab writes.
    """
    with transaction.atomic():
        row = CandidateSession.objects.select_for_update().get(pk=session_id)
        if not _may_write(row, tab):
            raise OpenElsewhere
        _seen(row, tab)


def save(session_id: int, tab: str, text: str) -> dict[str, Any]:
    """Keep the deliverable as it is now."""
    check_writer(session_id, tab)
    return drive(session_id, lambda session: _saved(session, text))


def _saved(session: Session, text: str) -> dict[str, Any]:
    kept = session.save_deliverable(text)
    return {"kept": kept, "length": len(session.events), "seconds_left": round(session.seconds_left(), 1)}


def flag(session_id: int, tab: str, *, turn: int, start: int, end: int, words: str) -> dict[str, Any]:
    """Flag a passage of a reply."""
    check_writer(session_id, tab)
    drive(session_id, lambda session: session.flag(turn, start, end, words))
    return stand(session_id, tab)


def submit(session_id: int, tab: str, text: str | None) -> dict[str, Any]:
    """Hand in the deliverable, `text` first where it is given, and end the session. Again changes nothing."""

    def command(session: Session) -> None:
        if text is not None and session.state.ending is None:
            session.save_deliverable(text)
        session.submit()

    drive(session_id, command)
    return stand(session_id, tab)


def retake(session_id: int, tab: str) -> dict[str, Any]:
    """Begin the one fresh attempt, as long as its offer stands.

    Raises:
        UserMistake: there is none, or the session has been closed and scored as it was.
    """
    check_writer(session_id, tab)
    with transaction.atomic():
        row = CandidateSession.objects.select_for_update().get(pk=session_id)
        if row.status == CandidateSession.Status.ENDED:
            raise UserMistake(
                "The offer of a fresh start has passed", remedy="Write to the team that invited you"
            )
        drive(session_id, Session.retake)
    return stand(session_id, tab)


def signal(session_id: int, kind: str, amount: int) -> None:
    """Note what the browser noticed. It is shown to people and never touches a score."""
    known = {choice for choice, _ in IntegritySignal._meta.get_field("kind").choices or ()}
    if kind not in known or not 0 <= amount <= LONGEST_SIGNAL:
        raise UserMistake("This is no signal that is noted", remedy="Reload the page")
    IntegritySignal.objects.create(session_id=session_id, kind=kind, amount=amount, at=now())


def _may_write(row: CandidateSession, tab: str) -> bool:
    if row.writer in ("", tab) or row.writer_seen_at is None:
        return True
    return now() - row.writer_seen_at > timedelta(seconds=WRITER_SECONDS)


def _seen(row: CandidateSession, tab: str) -> None:
    row.writer, row.writer_seen_at = tab, now()
    row.save(update_fields=["writer", "writer_seen_at"])
