"""E-mails to candidates. What could not be sent is said, so that a person passes the link on by hand."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.template.loader import render_to_string
from django.urls import reverse

from assay_web.accounts.models import User
from assay_web.openings.models import AccommodationRequest, Invitation

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Letter:
    """One e-mail that is to go out: whom it concerns, and what it says."""

    invitation: Invitation
    message: EmailMessage


def link_address(token: str) -> str:
    """Where a link's token leads, as it is sent."""
    return settings.CONFIGURATION.address + reverse("session:landing", args=[token])


def invitation_letter(invitation: Invitation, link: str, sender: User) -> Letter:
    """The invitation with its link."""
    return letter("openings/mail/invitation", invitation, sender, link=link)


def answer_letter(request: AccommodationRequest, sender: User) -> Letter:
    """The answer to what the candidate asked for."""
    return letter("openings/mail/answer", request.invitation, sender, request=request)


def letter(templates: str, invitation: Invitation, sender: User, **more: object) -> Letter:
    """A letter to the candidate, answers to which reach the sender.

    Args:
        templates: the body's template without `.txt`; that of the subject ends in `_subject.txt`.
        invitation: whose candidate it goes to.
        sender: the colleague who causes it.
        more: what else the templates name.
    """
    context = {
        "invitation": invitation,
        "candidate": invitation.candidate,
        "opening": invitation.candidate.opening,
        "team": invitation.candidate.opening.team,
        "sender": sender,
        **more,
    }
    subject = " ".join(render_to_string(f"{templates}_subject.txt", context).split())
    message = EmailMessage(
        subject=subject,
        body=render_to_string(f"{templates}.txt", context).strip() + "\n",
        to=[invitation.candidate.email],
        reply_to=[sender.email],
    )
    return Letter(invitation, message)


def send(letters: Iterable[Letter]) -> dict[int, str]:
    """Send the letters over one connection.

    Returns:
        What went wrong, by the primary key of the invitation; nothing for those that were sent.
    """
    problems: dict[int, str] = {}
    connection = get_connection()
    for one in letters:
        one.message.connection = connection
        try:
            one.message.send()
        except (SMTPException, OSError) as error:
            _log.warning("an e-mail to a candidate could not be sent: %s", type(error).__name__)
            problems[one.invitation.pk] = _in_words(error)
    try:
        connection.close()
    except (SMTPException, OSError) as error:
        _log.warning("the mail server's connection did not close: %s", type(error).__name__)
    return problems


def _in_words(error: Exception) -> str:
    """The error without what a server may have repeated of the message."""
    return f"{type(error).__name__}: {error}".splitlines()[0][:200]
