"""Who the signed-in person is in which team, and what they may do there."""

from collections.abc import Callable
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404

from assay_web.accounts.models import ColleagueInvitation, Membership, User
from assay_web.accounts.roles import Permission

TEAM_KEY = "team"
P = ParamSpec("P")
MemberView = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def membership_of(request: HttpRequest) -> Membership | None:
    """The membership that the signed-in person acts under: the team they chose, or their first."""
    kept: Membership | None = getattr(request, "_membership", None)
    if kept is not None or not isinstance(request.user, User):
        return kept
    memberships = list(request.user.memberships.select_related("team", "user"))
    chosen = request.session.get(TEAM_KEY)
    membership = next((m for m in memberships if m.team.public_id == chosen), None)
    membership = membership or next(iter(memberships), None)
    request._membership = membership  # type: ignore[attr-defined]
    return membership


def member_who_may(request: HttpRequest, permission: Permission) -> Membership:
    """The signed-in person's membership.

    Raises:
        PermissionDenied: they are in no team, or their role does not allow it.
    """
    membership = membership_of(request)
    if membership is None or not membership.may(permission):
        raise PermissionDenied
    return membership


def member_who_may_manage_team(request: HttpRequest) -> Membership:
    """The membership of somebody who may invite colleagues and give roles."""
    return member_who_may(request, Permission.MANAGE_TEAM)


def colleague_to_manage(request: HttpRequest, public_id: str) -> tuple[Membership, Membership]:
    """The membership of somebody who may give roles, and that of a member of the same team.

    Raises:
        Http404: their team has no such member.
        PermissionDenied: their role does not allow it.
    """
    member = member_who_may_manage_team(request)
    return member, get_object_or_404(member.team.memberships.select_related("user"), public_id=public_id)


def invitation_to_revoke(request: HttpRequest, public_id: str) -> tuple[Membership, ColleagueInvitation]:
    """The membership of somebody who may invite colleagues, and an invitation of the same team.

    Raises:
        Http404: their team has no such invitation.
        PermissionDenied: their role does not allow it.
    """
    member = member_who_may_manage_team(request)
    return member, get_object_or_404(member.team.invitations, public_id=public_id)


def person_who_may_found_a_team(request: HttpRequest) -> User:
    """The signed-in person, where anybody may register, as long as they are in no team.

    Raises:
        PermissionDenied: registration is by invitation, or they are in a team.
    """
    if not settings.CONFIGURATION.open_registration or not isinstance(request.user, User):
        raise PermissionDenied
    if membership_of(request) is not None:
        raise PermissionDenied
    return request.user


def signed_in(view: MemberView[P]) -> MemberView[P]:
    """Send whoever is not signed in to the sign-in page."""
    checked: MemberView[P] = login_required(view)
    return checked
