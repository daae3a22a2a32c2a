"""What a candidate does before and after the work: consent, requests, feedback, a link for another device."""

import logging
from datetime import timedelta
from smtplib import SMTPException
from typing import Any

from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from assay.canonical import digest
from assay.errors import UserMistake
from assay_web.audit.log import note
from assay_web.audit.models import Action
from assay_web.clock import now
from assay_web.identifiers import token_hash
from assay_web.judges.choice import chosen_now
from assay_web.openings.models import AccommodationRequest, Invitation, Stage
from assay_web.session.access import may_still_start
from assay_web.session.links import OWN_LINK_HOURS, new_link
from assay_web.session.models import CandidateSession, Feedback
from assay_web.session.start import start_session

LINK_PAUSE = timedelta(minutes=5)
MAX_WORDS = 4_000
_log = logging.getLogger(__name__)


def consent_and_start(invitation: Invitation) -> CandidateSession:
    """Keep the candidate's consent to the notice as it was shown, and start the session.

    Raises:
        UserMistake: the invitation has expired.
    """
    if (
        not may_still_start(invitation)
        and not CandidateSession.objects.filter(invitation=invitation).exists()
    ):
        raise UserMistake(
            _("This invitation has expired"),
            remedy=_("Write to the team that invited you to ask for another"),
        )
    with transaction.atomic():
        fresh = Invitation.objects.select_for_update().get(pk=invitation.pk)
        if fresh.consented_at is None:
            fresh.consented_at, fresh.notice_version = now(), notice_version(invitation)
            fresh.save(update_fields=["consented_at", "notice_version"])
            _note(invitation, Action.CONSENT_GIVEN, notice=fresh.notice_version)
        return start_session(invitation)


def notice_version(invitation: Invitation) -> str:
    """The hash of the notice exactly as this candidate reads it."""
    return digest(render_to_string("session/_notice.html", noticed(invitation.stage)))


def noticed(stage: Stage) -> dict[str, Any]:
    """What the notice depends on; `judged` says that a language model rates what candidates write."""
    return {"stage": stage, "judged": bool(chosen_now(stage).judges)}


def ask_for_accommodation(invitation: Invitation, kind: str, words: str) -> AccommodationRequest:
    """Keep a request for more time or another way, for the team to answer.

    Raises:
        UserMistake: the session runs already, or what is asked for is not known.
    """
    if kind not in AccommodationRequest.Kind.values:
        raise UserMistake(_("Choose what you ask for"), remedy=_("Choose one of the two"))
    if CandidateSession.objects.filter(invitation=invitation).exists():
        raise UserMistake(
            _("Your session has started already"), remedy=_("Write to the team that invited you")
        )
    with transaction.atomic():
        request = AccommodationRequest.objects.create(
            invitation=invitation, kind=kind, words=words.strip()[:MAX_WORDS], asked_at=now()
        )
        _note(invitation, Action.ACCOMMODATION_REQUESTED, kind=kind)
    return request


def give_feedback(session: CandidateSession, fairness: int | None, words: str) -> Feedback:
    """Keep what the candidate says about the session; it can be changed by giving it again."""
    if fairness is not None and not 1 <= fairness <= 5:
        raise UserMistake(_("Choose a number from 1 to 5"), remedy=_("Or leave the question out"))
    given, _made = Feedback.objects.update_or_create(
        session=session,
        defaults={"fairness": fairness, "words": words.strip()[:MAX_WORDS], "given_at": now()},
    )
    return given


def link_for_other_device(invitation: Invitation) -> str:
    """A token that lets another device of the candidate in, within a few hours."""
    with transaction.atomic():
        token = new_link(invitation, lasting=timedelta(hours=OWN_LINK_HOURS))
        _note(invitation, Action.LINK_SENT, to="own device")
    return token


def send_fresh_link(invitation: Invitation, address: str) -> bool:
    """Mail the candidate a fresh link; False when one was made a moment ago.

    Args:
        invitation: whose link has been used or has expired.
        address: the site's address, to put before the link's path.

    Raises:
        UserMistake: the e-mail could not be sent; it can be asked for again at once.
    """
    with transaction.atomic():
        Invitation.objects.select_for_update().get(pk=invitation.pk)
        if invitation.links.filter(created_at__gt=now() - LINK_PAUSE).exists():
            return False
        token = new_link(invitation)
        _note(invitation, Action.LINK_SENT, to="candidate's address")
    body = render_to_string(
        "session/fresh_link.txt", {"invitation": invitation, "link": f"{address}/i/{token}"}
    )
    try:
        send_mail(_("Your link to the assessment"), body, None, [invitation.candidate.email])
    except (SMTPException, OSError) as error:
        _log.warning("a fresh link could not be sent: %s", type(error).__name__)
        invitation.links.filter(token_hash=token_hash(token)).delete()
        raise UserMistake(
            _("The e-mail could not be sent"),
            remedy=_("Try again in a while, or write to the team that invited you"),
        ) from error
    return True


def _note(invitation: Invitation, action: Action, **data: object) -> None:
    candidate = invitation.candidate
    note(
        candidate.opening.team,
        f"candidate:{candidate.public_id}",
        action,
        f"invitation:{invitation.public_id}",
        **data,
    )
