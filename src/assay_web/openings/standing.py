"""Where an invited candidate stands, in one word that lists and pages share."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from assay_web.clock import now
from assay_web.openings.models import Invitation
from assay_web.session.models import CandidateSession


class Standing(TextChoices):
    """Where a candidate stands in one stage."""

    REVOKED = "revoked", _("Revoked")
    EXPIRED = "expired", _("Expired before it was started")
    INVITED = "invited", _("Invited")
    OPENED = "opened", _("Opened the invitation")
    WORKING = "working", _("At work")
    OFFERED = "offered", _("Offered a retake")
    ENDED = "ended", _("Ended, not scored yet")
    SCORED = "scored", _("Scored")

    @property
    def tone(self) -> str:
        """The tag's class."""
        return _TONES.get(self, "")


_TONES = {
    Standing.REVOKED: "bad",
    Standing.EXPIRED: "warn",
    Standing.WORKING: "warn",
    Standing.OFFERED: "warn",
    Standing.SCORED: "good",
}


def session_of(invitation: Invitation) -> CandidateSession | None:
    """The candidate's session, or None before it was started."""
    return getattr(invitation, "session", None)


def standing_of(invitation: Invitation, *, opened: bool, scored: bool) -> Standing:
    """Where the candidate stands.

    Args:
        invitation: with its session, where there is one.
        opened: whether a browser has exchanged one of its links.
        scored: whether the session has a current score.
    """
    session = session_of(invitation)
    if session is not None and scored:
        return Standing.SCORED
    if invitation.revoked_at is not None:
        return Standing.REVOKED
    if session is not None:
        return _of_session(session)
    if invitation.expires_at <= now():
        return Standing.EXPIRED
    return Standing.OPENED if opened else Standing.INVITED


def _of_session(session: CandidateSession) -> Standing:
    if session.status == CandidateSession.Status.ENDED:
        return Standing.ENDED
    # Time ran out before much was sent, and the candidate has not begun afresh.
    return Standing.OFFERED if session.ended_at is not None else Standing.WORKING
