"""Sessions for the pictures: a reference session's candidate at work, as long ago and as far as is asked."""

from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise

from assay.library.exercises import exercise_folder
from assay.session.bots import Act, acts_of
from assay.session.engine import Session
from assay.session.passages import find_passage
from assay.session.reference import ReferenceSession, reference_of
from assay_web.clock import following
from assay_web.openings.models import Invitation
from assay_web.session.drive import drive
from assay_web.session.models import CandidateSession
from assay_web.session.services import consent_and_start

REPLY_SECONDS = 7


class Hand:
    """A clock that is moved by hand."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment

    def wait(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


def worked(
    invitation: Invitation,
    quality: str,
    *,
    begun: datetime,
    exercise: str = "labeling-assistant",
    rounds: int | None = None,
    submits: bool = True,
) -> CandidateSession:
    """The candidate's session: all that the reference's candidate did, or what they did in so many rounds."""
    reference = reference_of(exercise_folder(exercise), quality)
    hand = Hand(begun)
    with following(hand):
        row = consent_and_start(invitation)
        _play(row.pk, reference, hand, rounds)
        if submits:
            hand.wait(20)
            drive(row.pk, Session.submit)
    row.refresh_from_db()
    return row


def _play(session_id: int, reference: ReferenceSession, hand: Hand, rounds: int | None) -> None:
    answers = iter([after.text for turn, after in pairwise(reference.turns) if turn.role == "user"])
    sent = 0
    for number, act in enumerate(acts_of(reference)):
        if act.kind == "send" and sent == rounds:
            return
        hand.wait(min(60, 12 + len(act.text) / 8))
        drive(session_id, partial(_do, act, f"picture-{number}"))
        if act.kind == "send":
            sent += 1
            drive(session_id, Session.begin_reply)
            hand.wait(REPLY_SECONDS)
            drive(session_id, lambda session: session.finish_reply(next(answers)))


def _do(act: Act, message: str, session: Session) -> None:
    if act.kind == "send":
        session.send(act.text, message)
    elif act.kind == "save":
        session.save_deliverable(act.text)
    elif (passage := find_passage(session.transcript.turns, act.quote)) is not None:
        session.flag(*passage, act.text)


def said_in(session_id: int) -> list[str]:
    """What the candidate wrote, message by message, then the deliverable: words to quote."""
    from tests.looking import look

    def words(session: Session) -> list[str]:
        return [*(t.text for t in session.transcript.turns if t.role == "user"), session.deliverable]

    return look(session_id, words)
