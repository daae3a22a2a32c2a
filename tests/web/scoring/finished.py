"""Finished sessions for tests: a reference session's candidate at work through the site's own engine."""

from datetime import UTC, datetime, timedelta

from tests.bots import Wall

from assay.library.exercises import exercise_folder
from assay.session.engine import Session
from assay.session.passages import find_passage
from assay.session.reference import ReferenceSession, reference_of
from assay_web.clock import following
from assay_web.openings.models import Invitation
from assay_web.scoring.models import SessionScore
from assay_web.scoring.services import settle_score
from assay_web.session.drive import drive
from assay_web.session.models import CandidateSession
from assay_web.session.start import start_session

MORNING = datetime(2026, 3, 2, 9, 40, tzinfo=UTC)


def finished(
    invitation: Invitation, quality: str = "strong", *, exercise: str = "labeling-assistant", minute: int = 0
) -> CandidateSession:
    """The candidate's session, worked as the reference session of this quality, and handed in."""
    wall = Wall(MORNING + timedelta(minutes=minute))
    with following(wall):
        row = start_session(invitation)
        drive(row.pk, lambda session: play(session, reference_of(exercise_folder(exercise), quality), wall))
    row.refresh_from_db()
    return row


def scored(
    invitation: Invitation, quality: str = "strong", *, exercise: str = "labeling-assistant", minute: int = 0
) -> SessionScore:
    """The score of such a session."""
    row = finished(invitation, quality, exercise=exercise, minute=minute)
    return settle_score(row.pk, row.exercise_version_id, "ended")


def play(session: Session, reference: ReferenceSession, wall: Wall) -> None:
    """Do what the reference's candidate did, with the reference's replies, and submit."""
    for index, turn in enumerate(reference.turns):
        if turn.role == "user":
            wall.wait(seconds=35)
            session.send(turn.text, f"m{index}")
        elif index:
            session.begin_reply()
            wall.wait(seconds=7)
            session.finish_reply(turn.text)
        _save_and_flag(session, reference, index, wall)
    session.submit()


def _save_and_flag(session: Session, reference: ReferenceSession, index: int, wall: Wall) -> None:
    for flag in reference.flags:
        passage = find_passage(session.transcript.turns, flag.quote) if flag.turn == index else None
        if passage is not None:
            session.flag(*passage, flag.note)
    for version in reference.deliverable:
        if version.after_turn in (index, -1 if index == 0 else index):
            wall.wait(seconds=12)
            session.save_deliverable(version.text)
