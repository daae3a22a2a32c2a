"""Who may see, make and choose judges. People of other teams are told that there is nothing here."""

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from assay_web.accounts.access import member_who_may
from assay_web.accounts.models import Membership
from assay_web.accounts.roles import Permission
from assay_web.judges.models import Judge


def member_who_may_see_judges(request: HttpRequest) -> Membership:
    """The membership of somebody who may see the team's judges: whoever sees what they rated."""
    return member_who_may(request, Permission.SEE_RESULTS)


def member_who_may_make_judges(request: HttpRequest) -> Membership:
    """The membership of somebody who may make judges: whoever sets stages up."""
    return member_who_may(request, Permission.AUTHOR_EXERCISES)


def judge_to_see(request: HttpRequest, public_id: str) -> Judge:
    """A judge of the person's team.

    Raises:
        Http404: their team has no such judge.
        PermissionDenied: their role does not allow it.
    """
    member = member_who_may_see_judges(request)
    judges = Judge.objects.select_related("made_by")
    return get_object_or_404(judges, team=member.team, public_id=public_id)


def judge_to_change(request: HttpRequest, public_id: str) -> tuple[Membership, Judge]:
    """The same with their membership, for somebody who may retire it and bring it back."""
    member = member_who_may_make_judges(request)
    return member, get_object_or_404(
        Judge.objects.select_related("team"), team=member.team, public_id=public_id
    )
