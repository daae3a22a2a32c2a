"""What a candidate at work can do, each as one call that is safe once it returns."""

from datetime import timedelta
from typing import Any

from assay.errors import UserMistake
from assay.session.engine import Session
from assay_web.clock import now
from assay_web.session.drive import drive_row
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
    return drive_row(session_id, lambda row, session: _stand(row, session, tab))


def _stand(row: CandidateSession, session: Session, tab: str) -> dict[str, Any]:
    session.keep_time()
    writes = _may_write(row, tab)
    if writes:
        _seen(row, tab)
    return {**standing(session), "writes": writes}


def claim(session_id: int, tab: str) -> dict[str, Any]:
    """Make this tab the one that writes; the others become read-only."""

    def command(row: CandidateSession, session: Session) -> dict[str, Any]:
        _seen(row, tab)
        return _stand(row, session, tab)

    return drive_row(session_id, command)


def release(session_id: int, tab: str) -> None:
    """This tab is closed; another need not wait until it has not been heard of for a while."""
    CandidateSession.objects.filter(pk=session_id, writer=tab).update(writer="", writer_seen_at=None)


def check_writer(row: CandidateSession, tab: str) -> None:
    """Refuse a tab while another one writes; otherwise this one is the one that writes.

    Raises:
        OpenElsewhere: another tab writes.
    """
    if not _may_write(row, tab):
        raise OpenElsewhere
    _seen(row, tab)


def save(session_id: int, tab: str, text: str) -> dict[str, Any]:
    """Keep the deliverable as it is now."""

    def command(row: CandidateSession, session: Session) -> dict[str, Any]:
        check_writer(row, tab)
        kept = session.save_deliverable(text)
        return {"kept": kept, "length": session.length, "seconds_left": round(session.seconds_left(), 1)}

    return drive_row(session_id, command)


def flag(session_id: int, tab: str, *, turn: int, start: int, end: int, words: str) -> dict[str, Any]:
    """Flag a passage of a reply."""

    def command(row: CandidateSession, session: Session) -> dict[str, Any]:
        check_writer(row, tab)
        session.flag(turn, start, end, words)
        return _stand(row, session, tab)

    return drive_row(session_id, command)


def submit(session_id: int, tab: str, text: str | None) -> dict[str, Any]:
    """Hand in the deliverable, `text` first where it is given, and end the session. Again changes nothing."""

    def command(row: CandidateSession, session: Session) -> dict[str, Any]:
        if text is not None and session.state.ending is None:
            session.save_deliverable(text)
        session.submit()
        return _stand(row, session, tab)

    return drive_row(session_id, command)


def retake(session_id: int, tab: str) -> dict[str, Any]:
    """Begin the one fresh attempt, as long as its offer stands.

    Raises:
        UserMistake: there is none, or the session has been closed and scored as it was.
    """

    def command(row: CandidateSession, session: Session) -> dict[str, Any]:
        check_writer(row, tab)
        if row.status == CandidateSession.Status.ENDED:
            raise UserMistake(
                "The offer of a fresh start has passed", remedy="Write to the team that invited you"
            )
        session.retake()
        return _stand(row, session, tab)

    return drive_row(session_id, command)


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
