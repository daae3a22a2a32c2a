"""The e-mail that tells a candidate of their released report."""

from assay_web.accounts.models import User
from assay_web.openings.mail import Letter, letter
from assay_web.openings.models import Invitation
from assay_web.session.links import LINK_DAYS


def released_letter(invitation: Invitation, link: str, sender: User) -> Letter:
    """The news that the report can be read, with a fresh link to it."""
    return letter("scoring/mail/released", invitation, sender, link=link, days=LINK_DAYS)
