"""Who may read the audit log."""

from django.http import HttpRequest

from assay_web.accounts.access import member_who_may
from assay_web.accounts.models import Membership
from assay_web.accounts.roles import Permission


def member_who_may_see_audit(request: HttpRequest) -> Membership:
    """The membership of somebody who may read the team's audit log."""
    return member_who_may(request, Permission.SEE_AUDIT)
