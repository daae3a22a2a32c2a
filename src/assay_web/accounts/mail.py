"""Links for colleagues, and the e-mail that takes an invitation to them."""

import logging
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse

from assay_web.accounts.services import Invited

_log = logging.getLogger(__name__)


def join_address(token: str) -> str:
    """Where an invitation's token leads."""
    return str(settings.CONFIGURATION.address + reverse("accounts:join", args=[token]))


def sign_in_address(token: str) -> str:
    """Where the token of a sign-in link leads."""
    return str(settings.CONFIGURATION.address + reverse("accounts:sign_in_link", args=[token]))


def send_invitation(invited: Invited) -> str:
    """Mail an invitation; why it did not go out, in words, or nothing when it did."""
    invitation = invited.invitation
    context = {"invitation": invitation, "team": invitation.team, "link": join_address(invited.token)}
    message = EmailMessage(
        subject=" ".join(render_to_string("accounts/mail/invitation_subject.txt", context).split()),
        body=render_to_string("accounts/mail/invitation.txt", context).strip() + "\n",
        to=[invitation.email],
        reply_to=[invitation.invited_by.email] if invitation.invited_by else [],
    )
    try:
        message.send()
    except (SMTPException, OSError) as error:
        _log.warning("an invitation of a colleague could not be sent: %s", type(error).__name__)
        return str(error) or type(error).__name__
    return ""
