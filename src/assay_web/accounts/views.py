"""Pages about a team, and about oneself."""

from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from assay.errors import UserMistake
from assay_web.accounts import access, queries, services
from assay_web.accounts.access import TEAM_KEY, signed_in
from assay_web.accounts.forms import InviteForm, NameForm, RoleForm, TeamForm
from assay_web.accounts.mail import join_address, send_invitation
from assay_web.accounts.models import Membership, User
from assay_web.accounts.roles import Role

SECTION = {"section": "team"}


@require_GET
@signed_in
def team(request: HttpRequest) -> HttpResponse:
    """The team: its members, open invitations, and what each role may do."""
    member = access.member_who_may_manage_team(request)
    return render(request, "accounts/team.html", _team_context(member, InviteForm()))


def _team_context(member: Membership, form: InviteForm) -> dict[str, object]:
    return {
        **SECTION,
        "members": queries.members(member.team),
        "invitations": queries.open_invitations(member.team),
        "roles": queries.roles_explained(),
        "choices": Role.choices,
        "form": form,
    }


@require_POST
@signed_in
def invite(request: HttpRequest) -> HttpResponse:
    """Invite a colleague; the link is shown once."""
    member = access.member_who_may_manage_team(request)
    form = InviteForm(request.POST)
    if form.is_valid():
        try:
            invited = services.invite_colleague(
                member, form.cleaned_data["email"], Role(form.cleaned_data["role"])
            )
        except UserMistake as error:
            form.add_error("email", str(error))
        else:
            context = {
                **SECTION,
                "invitation": invited.invitation,
                "problem": send_invitation(invited),
                "link": join_address(invited.token),
            }
            return render(request, "accounts/invited.html", context)
    return render(request, "accounts/team.html", _team_context(member, form), status=422)


@require_POST
@signed_in
def revoke(request: HttpRequest, public_id: str) -> HttpResponse:
    """Let an invitation work no more."""
    member, invitation = access.invitation_to_revoke(request, public_id)
    services.revoke_invitation(member, invitation.public_id)
    messages.success(request, _("The invitation does not work any more."))
    return redirect("accounts:team")


@require_POST
@signed_in
def change_role(request: HttpRequest, public_id: str) -> HttpResponse:
    """Give a colleague another role."""
    member, colleague = access.colleague_to_manage(request, public_id)
    form = RoleForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose one of the roles."))
        return redirect("accounts:team")
    try:
        services.change_role(member, colleague, Role(form.cleaned_data["role"]))
    except UserMistake as error:
        messages.error(request, str(error))
    else:
        label = Role(form.cleaned_data["role"]).label
        messages.success(request, _("%(who)s is now: %(role)s.") % {"who": colleague.user, "role": label})
    # Who gave up their own role may not see the team's page any more.
    return redirect("accounts:profile" if colleague.user_id == member.user_id else "accounts:team")


@require_POST
@signed_in
def remove(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take a colleague out of the team."""
    member, colleague = access.colleague_to_manage(request, public_id)
    try:
        services.remove_member(member, colleague)
    except UserMistake as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("%(who)s is not in the team any more.") % {"who": colleague.user})
    return redirect("accounts:profile" if colleague.user_id == member.user_id else "accounts:team")


@signed_in
def profile(request: HttpRequest) -> HttpResponse:
    """Oneself: name, sign-in, teams."""
    user = _signed_in_user(request)
    form = NameForm(request.POST or None, instance=User.objects.get(pk=user.pk))
    if request.method == "POST" and form.is_valid():
        services.rename(user, form.cleaned_data["name"])
        messages.success(request, _("Saved."))
        return redirect("accounts:profile")
    memberships = list(user.memberships.select_related("team"))
    context: dict[str, object] = {
        "section": "profile",
        "form": form,
        "memberships": memberships,
        "team_form": TeamForm(),
    }
    context["has_second_factor"] = is_mfa_enabled(user)
    return render(request, "accounts/profile.html", context)


@require_POST
@signed_in
def switch_team(request: HttpRequest) -> HttpResponse:
    """Work in another of one's teams from now on."""
    chosen = _signed_in_user(request).memberships.filter(team__public_id=request.POST.get("team", "")).first()
    if chosen is None:
        messages.error(request, _("You are not in that team."))
        return redirect("accounts:profile")
    request.session[TEAM_KEY] = chosen.team.public_id
    return redirect("openings:list")


@require_POST
@signed_in
def found(request: HttpRequest) -> HttpResponse:
    """Found a team, where anybody may register."""
    user = access.person_who_may_found_a_team(request)
    form = TeamForm(request.POST)
    if form.is_valid():
        request.session[TEAM_KEY] = services.found_own_team(user, form.cleaned_data["name"]).public_id
        return redirect("openings:list")
    messages.error(request, _("Give the team a name."))
    return redirect("accounts:profile")


def _signed_in_user(request: HttpRequest) -> User:
    assert isinstance(request.user, User), "signed_in saw to it"
    return request.user
