"""Sessions that were handed in, and the jobs that they asked for."""

from tests.people import Cast, make_cast

from assay.session.engine import Session
from assay_web.jobs.models import ScoringJob
from assay_web.openings.models import Invitation
from assay_web.session.drive import drive
from assay_web.session.start import start_session


def hand_in(invitation: Invitation) -> ScoringJob:
    """Work through a short session, and hand it in."""

    def work(session: Session) -> None:
        session.send("Split the reviews into a plan first, then label them as JSON.", "m1")
        session.begin_reply()
        session.finish_reply("Here is a plan: read, label, check.")
        session.save_deliverable("R01 positive_product")
        session.submit()

    row = start_session(invitation)
    drive(row.pk, work)
    return ScoringJob.objects.get(session=row)


def asked_job(cast: Cast | None = None) -> ScoringJob:
    """A job as a candidate's submit asks for it."""
    return hand_in((cast or make_cast()).mara)
