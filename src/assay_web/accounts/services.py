"""Changes to teams and their members. Each notes itself in the team's audit log."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from assay.errors import UserMistake
from assay_web.accounts.models import ColleagueInvitation, Membership, SignInLink, Team, User
from assay_web.accounts.roles import Role
from assay_web.audit.log import SYSTEM, actor, note
from assay_web.audit.models import Action
from assay_web.clock import now
from assay_web.identifiers import new_token, token_hash

INVITATION_DAYS = 7
SIGN_IN_HOURS = 24


def found_team(team_name: str, email: str, name: str = "") -> User:
    """Make a team with its first owner, who has no password yet.

    Raises:
        UserMistake: the address belongs to somebody already.
    """
    email = email.strip().lower()
    if User.objects.filter(email=email).exists():
        raise UserMistake(f"{email} has an account already", remedy="Use another address")
    with transaction.atomic():
        user = User.objects.create_user(email, name=name)
        team = Team.objects.create(name=team_name)
        Membership.objects.create(team=team, user=user, role=Role.OWNER)
        _trust_address(user)
        note(team, SYSTEM, Action.TEAM_CREATED, f"team:{team.public_id}", owner=actor(user))
    return user


def found_own_team(user: User, team_name: str) -> Team:
    """Make a team for somebody who registered by themselves; they own it."""
    with transaction.atomic():
        team = Team.objects.create(name=team_name)
        Membership.objects.create(team=team, user=user, role=Role.OWNER)
        note(team, actor(user), Action.TEAM_CREATED, f"team:{team.public_id}", owner=actor(user))
    return team


def make_sign_in_link(user: User, *, lasting: timedelta = timedelta(hours=SIGN_IN_HOURS)) -> str:
    """The token of a link that signs this person in once."""
    token, moment = new_token(), now()
    SignInLink.objects.create(
        user=user, token_hash=token_hash(token), created_at=moment, expires_at=moment + lasting
    )
    return token


def use_sign_in_link(token: str) -> User | None:
    """Use a sign-in link; who it is for, or None when it does not work (any more)."""
    moment = now()
    with transaction.atomic():
        links = SignInLink.objects.select_for_update(of=("self",)).select_related("user")
        link = links.filter(
            token_hash=token_hash(token), used_at__isnull=True, expires_at__gt=moment, user__is_active=True
        ).first()
        if link is None:
            return None
        link.used_at = moment
        link.save(update_fields=["used_at"])
    return link.user


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation that was made, and its token, which is sent once and not kept."""

    invitation: ColleagueInvitation
    token: str


def invite_colleague(inviter: Membership, email: str, role: Role) -> Invited:
    """Invite somebody into the inviter's team; an earlier invitation of the same address stops working.

    Raises:
        UserMistake: they are in the team already.
    """
    team, email, moment, token = inviter.team, email.strip().lower(), now(), new_token()
    with transaction.atomic():
        if team.memberships.filter(user__email=email).exists():
            raise UserMistake(
                _("%(email)s is in the team already") % {"email": email},
                remedy=_("Change their role in the list of members"),
            )
        _open_invitations(team).filter(email=email).update(revoked_at=moment)
        invitation = ColleagueInvitation.objects.create(
            team=team,
            email=email,
            role=role,
            token_hash=token_hash(token),
            invited_by=inviter.user,
            expires_at=moment + timedelta(days=INVITATION_DAYS),
        )
        subject = f"colleague_invitation:{invitation.public_id}"
        note(team, actor(inviter.user), Action.COLLEAGUE_INVITED, subject, role=role.value)
    return Invited(invitation, token)


def revoke_invitation(member: Membership, public_id: str) -> None:
    """Let an invitation work no more; one that does not work any more stays as it is."""
    with transaction.atomic():
        rows = _open_invitations(member.team).filter(public_id=public_id)
        if rows.update(revoked_at=now()):
            subject = f"colleague_invitation:{public_id}"
            note(member.team, actor(member.user), Action.INVITATION_REVOKED, subject)


def find_invitation(token: str) -> ColleagueInvitation | None:
    """The invitation that a token leads to, when it still works."""
    rows = ColleagueInvitation.objects.select_related("team", "invited_by")
    return rows.filter(token_hash=token_hash(token), **_WORKS, expires_at__gt=now()).first()


def is_open_invitation(public_id: str) -> bool:
    """Whether there is such an invitation, and it still works."""
    rows = ColleagueInvitation.objects.filter(public_id=public_id, **_WORKS, expires_at__gt=now())
    return bool(public_id) and rows.exists()


def join(invitation: ColleagueInvitation, user: User) -> Membership:
    """Make the person a member with the role they were invited for; who is one already stays as they are.

    Raises:
        UserMistake: the invitation was used, revoked or has expired meanwhile.
    """
    moment = now()
    with transaction.atomic():
        rows = ColleagueInvitation.objects.filter(pk=invitation.pk, **_WORKS, expires_at__gt=moment)
        if not rows.update(accepted_at=moment):
            raise UserMistake(_("This invitation does not work any more"), remedy=_("Ask for a new one"))
        membership, made = Membership.objects.get_or_create(
            team=invitation.team, user=user, defaults={"role": invitation.role}
        )
        if made:
            subject = f"user:{user.pk}"
            note(invitation.team, actor(user), Action.COLLEAGUE_JOINED, subject, role=membership.role)
    return membership


def make_account(invitation: ColleagueInvitation, name: str, password: str) -> User:
    """Make an account for the invited address, and join. The link proves that the address is theirs.

    Raises:
        UserMistake: the address has an account, or the invitation does not work any more.
    """
    with transaction.atomic():
        if User.objects.filter(email=invitation.email).exists():
            raise UserMistake(
                _("This address has an account already"),
                remedy=_("Sign in with it, then open the link again"),
            )
        user = User.objects.create_user(invitation.email, password, name=name)
        _trust_address(user)
        join(invitation, user)
    return user


def change_role(owner: Membership, colleague: Membership, role: Role) -> None:
    """Give a member of the owner's team another role.

    Raises:
        UserMistake: the team would be left without an owner.
    """
    with transaction.atomic():
        member = _locked(colleague)
        before, member.role = member.role, role
        _keep_an_owner(member)
        member.save(update_fields=["role"])
        if before != role:
            subject = f"user:{member.user_id}"
            note(owner.team, actor(owner.user), Action.ROLE_CHANGED, subject, before=before, role=role.value)


def remove_member(owner: Membership, colleague: Membership) -> None:
    """Take a person out of the owner's team. Their account, and what they did, stay.

    Raises:
        UserMistake: the team would be left without an owner.
    """
    with transaction.atomic():
        member = _locked(colleague)
        role, member.role = member.role, Role.VIEWER
        _keep_an_owner(member)
        member.delete()
        note(owner.team, actor(owner.user), Action.COLLEAGUE_REMOVED, f"user:{member.user_id}", role=role)


def rename(user: User, name: str) -> None:
    """Give a person the name that colleagues see."""
    user.name = name
    user.save(update_fields=["name"])


_WORKS = {"accepted_at__isnull": True, "revoked_at__isnull": True}


def _open_invitations(team: Team) -> QuerySet[ColleagueInvitation]:
    return team.invitations.filter(**_WORKS)


def _locked(member: Membership) -> Membership:
    """The member, while nobody else changes who owns the team.

    Raises:
        UserMistake: they have left meanwhile.
    """
    Team.objects.select_for_update().get(pk=member.team_id)
    fresh = Membership.objects.filter(pk=member.pk).first()
    if fresh is None:
        raise UserMistake(_("This person is not in the team any more"), remedy=_("Reload the page"))
    return fresh


def _keep_an_owner(changed: Membership) -> None:
    others = Membership.objects.filter(team=changed.team_id, role=Role.OWNER).exclude(pk=changed.pk)
    if changed.role != Role.OWNER and not others.exists():
        raise UserMistake(
            _("The team would be left without an owner"), remedy=_("Make somebody else an owner first")
        )


def _trust_address(user: User) -> None:
    """The address is known to be theirs, so that nothing asks them to confirm it."""
    from allauth.account.models import EmailAddress

    EmailAddress.objects.get_or_create(
        user=user, email=user.email, defaults={"verified": True, "primary": True}
    )
