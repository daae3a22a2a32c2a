"""Who may look after background work."""

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from assay_web.accounts.access import member_who_may
from assay_web.accounts.models import Membership
from assay_web.accounts.roles import Permission
from assay_web.jobs.models import ScoringJob


def member_who_may_run_operations(request: HttpRequest) -> Membership:
    """The membership of somebody who may see and retry background work."""
    return member_who_may(request, Permission.RUN_OPERATIONS)


def job_to_retry(request: HttpRequest, public_id: str) -> tuple[Membership, ScoringJob]:
    """A job of the person's team.

    Raises:
        Http404: their team has no such job.
        PermissionDenied: their role does not allow it.
    """
    member = member_who_may_run_operations(request)
    return member, get_object_or_404(ScoringJob, public_id=public_id, session__team=member.team)
