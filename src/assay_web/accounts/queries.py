"""What the pages of a team show."""

from dataclasses import dataclass

from django.db.models import QuerySet

from assay_web.accounts.models import ColleagueInvitation, Membership, Team
from assay_web.accounts.roles import Role
from assay_web.clock import now


@dataclass(frozen=True, slots=True)
class RoleExplained:
    """A role as the page explains it."""

    role: Role
    may: tuple[str, ...]


def members(team: Team) -> list[Membership]:
    """Everybody in the team, owners first, then by name."""
    order = {role: place for place, role in enumerate(Role)}
    rows = team.memberships.select_related("user")
    return sorted(rows, key=lambda row: (order[Role(row.role)], str(row.user).lower()))


def open_invitations(team: Team) -> QuerySet[ColleagueInvitation]:
    """Invitations that still work, the latest first."""
    rows = team.invitations.filter(accepted_at__isnull=True, revoked_at__isnull=True, expires_at__gt=now())
    return rows.select_related("invited_by").order_by("-created_at")


def roles_explained() -> list[RoleExplained]:
    """Every role with what it allows, in words."""
    return [RoleExplained(role, tuple(sorted(str(one.label) for one in role.permissions))) for role in Role]
