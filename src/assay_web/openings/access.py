"""Who may see and change openings, their stages and their invitations."""

from typing import TypeVar

from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest

from assay_web.accounts.access import member_who_may
from assay_web.accounts.models import Membership
from assay_web.accounts.roles import Permission
from assay_web.openings.models import Invitation, Opening, Stage

Row = TypeVar("Row", bound=Model)


def member_who_may_see_openings(request: HttpRequest) -> Membership:
    """The membership of somebody who may see their team's openings."""
    return member_who_may(request, Permission.SEE_OPENINGS)


def member_who_may_edit_openings(request: HttpRequest) -> Membership:
    """The membership of somebody who may create openings."""
    return member_who_may(request, Permission.EDIT_OPENINGS)


def opening_to_see(request: HttpRequest, public_id: str) -> tuple[Membership, Opening]:
    """An opening of the person's team.

    Raises:
        Http404: their team has no such opening.
        PermissionDenied: their role does not allow it.
    """
    member = member_who_may(request, Permission.SEE_OPENINGS)
    return member, _one(_openings(member), public_id)


def opening_to_edit(request: HttpRequest, public_id: str) -> tuple[Membership, Opening]:
    """The same, for somebody who may change it and its list of stages."""
    member = member_who_may(request, Permission.EDIT_OPENINGS)
    return member, _one(_openings(member), public_id)


def stage_to_see(request: HttpRequest, public_id: str) -> tuple[Membership, Stage]:
    """A stage of one of the team's openings.

    Raises:
        Http404: their team has no such stage.
        PermissionDenied: their role does not allow it.
    """
    member = member_who_may(request, Permission.SEE_OPENINGS)
    return member, _one(_stages(member), public_id)


def stage_to_move(request: HttpRequest, public_id: str) -> tuple[Membership, Stage]:
    """The same, for somebody who may change the order of stages and remove one."""
    member = member_who_may(request, Permission.EDIT_OPENINGS)
    return member, _one(_stages(member), public_id)


def stage_to_author(request: HttpRequest, public_id: str) -> tuple[Membership, Stage]:
    """The same, for somebody who may set it up and write its exercise."""
    member = member_who_may(request, Permission.AUTHOR_EXERCISES)
    return member, _one(_stages(member), public_id)


def stage_to_invite_to(request: HttpRequest, public_id: str) -> tuple[Membership, Stage]:
    """The same, for somebody who may invite candidates."""
    member = member_who_may(request, Permission.INVITE_CANDIDATES)
    return member, _one(_stages(member), public_id)


def invitation_to_manage(request: HttpRequest, public_id: str) -> tuple[Membership, Invitation]:
    """An invitation of the person's team, for somebody who may invite and answer requests.

    Raises:
        Http404: their team has no such invitation.
        PermissionDenied: their role does not allow it.
    """
    member = member_who_may(request, Permission.INVITE_CANDIDATES)
    invitations = Invitation.objects.select_related(
        "candidate__opening__team", "stage__opening", "stage__active", "exercise_version", "invited_by"
    )
    return member, _one(invitations.filter(stage__opening__team=member.team), public_id)


def _openings(member: Membership) -> QuerySet[Opening]:
    return Opening.objects.select_related("team").filter(team=member.team)


def _stages(member: Membership) -> QuerySet[Stage]:
    return Stage.objects.select_related("opening__team", "active", "draft").filter(opening__team=member.team)


def _one(rows: QuerySet[Row], public_id: str) -> Row:
    row = rows.filter(public_id=public_id).first()
    if row is None:
        raise Http404
    return row
