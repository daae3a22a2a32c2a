"""Who may be in a candidate's session: the browser that exchanged a link, or the colleague who tries it."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest

from assay_web.accounts.models import User
from assay_web.clock import now
from assay_web.identifiers import token_hash
from assay_web.openings.models import Device, Invitation
from assay_web.session.models import CandidateSession
from assay_web.session.statements import Question

COOKIE = "assay_candidate_"
COOKIE_DAYS = 60


def cookie_name(invitation: str) -> str:
    """The cookie that lets a browser into this invitation."""
    return f"{COOKIE}{invitation}"


def invitation_of_this_browser(request: HttpRequest, public_id: str) -> Invitation:
    """The invitation, for the browser that exchanged one of its links.

    Raises:
        Http404: this browser did not, or the invitation was revoked.
    """
    key = request.COOKIES.get(cookie_name(public_id), "")
    device = (
        Device.objects.select_related("invitation__candidate__opening__team", "invitation__stage")
        .filter(key_hash=token_hash(key), invitation__public_id=public_id)
        .first()
        if key
        else None
    )
    if device is None or device.invitation.revoked_at is not None:
        raise Http404
    return device.invitation


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody at work on a session, and where its addresses begin."""

    session_id: int
    base: str
    trying: bool


def seat_of_candidate(request: HttpRequest, public_id: str) -> Seat:
    """The candidate's running or finished session.

    Raises:
        Http404: this browser has no such invitation, or nothing was started.
    """
    key = request.COOKIES.get(cookie_name(public_id), "")
    found = _seats.ask(public_id, token_hash(key)) if key else []
    if not found:
        raise Http404
    [[session_id]] = found
    return Seat(session_id, f"/c/{public_id}/", trying=False)


_seats = Question(
    lambda public_id, key_hash: CandidateSession.objects.filter(
        invitation__public_id=public_id,
        invitation__revoked_at=None,
        invitation__devices__key_hash=key_hash,
    ).values_list("pk")
)


def seat_of_colleague(request: HttpRequest, public_id: str) -> Seat:
    """A colleague's own try.

    Raises:
        Http404: the try is not theirs.
    """
    if not isinstance(request.user, User):
        raise Http404
    tries = CandidateSession.objects.filter(tried_by=request.user, baseline_run=None)
    row = tries.filter(public_id=public_id).only("pk").first()
    if row is None:
        raise Http404
    return Seat(row.pk, f"/try/{public_id}/", trying=True)


def may_still_start(invitation: Invitation) -> bool:
    """Whether the invitation has not expired; a session that runs goes on regardless."""
    return now() < invitation.expires_at
