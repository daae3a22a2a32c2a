"""A candidate's way in: a link that works once, exchanged for a cookie that this browser keeps.

The address of a link is a secret that mail servers, histories and proxies see. So it does nothing by being
opened, it works once, it expires, and only its hash is kept.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from django.db import models, transaction

from assay_web.audit.log import note
from assay_web.audit.models import Action
from assay_web.clock import now
from assay_web.identifiers import new_token, token_hash
from assay_web.openings.models import Device, Invitation, Link
from assay_web.session.models import CandidateSession

LINK_DAYS = 14
OWN_LINK_HOURS = 2
"""How long a link works that a candidate makes for another device of theirs."""

Standing = Literal["good", "used", "expired", "revoked", "unknown"]


@dataclass(frozen=True, slots=True)
class Found:
    """What a token leads to, and whether it still works."""

    standing: Standing
    invitation: Invitation | None = None


def new_link(invitation: Invitation, *, lasting: timedelta | None = None) -> str:
    """Make a link's token. It is shown or sent once; only its hash stays.

    An invitation that has expired lets nobody start; whoever has started is still let in to what is theirs.
    """
    token, moment = new_token(), now()
    expires = moment + (lasting or timedelta(days=LINK_DAYS))
    started = CandidateSession.objects.filter(invitation=invitation).exists()
    Link.objects.create(
        invitation=invitation,
        token_hash=token_hash(token),
        created_at=moment,
        expires_at=expires if started else min(expires, invitation.expires_at),
    )
    return token


def find_link(token: str) -> Found:
    """Look a token up without using it."""
    link = _links().filter(token_hash=token_hash(token)).first()
    return Found("unknown") if link is None else Found(_standing(link), link.invitation)


def exchange(token: str) -> tuple[Found, str]:
    """Use a link: what was found and, when it was good, the key for this browser's cookie."""
    with transaction.atomic():
        link = _links().select_for_update(of=("self",)).filter(token_hash=token_hash(token)).first()
        if link is None:
            return Found("unknown"), ""
        standing = _standing(link)
        if standing != "good":
            return Found(standing, link.invitation), ""
        key, link.exchanged_at = new_token(), now()
        link.save(update_fields=["exchanged_at"])
        Device.objects.create(
            invitation=link.invitation, key_hash=token_hash(key), created_at=link.exchanged_at
        )
        invitation = link.invitation
        candidate = invitation.candidate
        note(
            candidate.opening.team,
            f"candidate:{candidate.public_id}",
            Action.LINK_EXCHANGED,
            f"invitation:{invitation.public_id}",
        )
    return Found("good", invitation), key


def _links() -> "models.QuerySet[Link]":
    return Link.objects.select_related("invitation__candidate__opening__team", "invitation__stage")


def _standing(link: Link) -> Standing:
    moment = now()
    if link.invitation.revoked_at is not None:
        return "revoked"
    if link.exchanged_at is not None:
        return "used"
    return "expired" if moment >= link.expires_at else "good"
