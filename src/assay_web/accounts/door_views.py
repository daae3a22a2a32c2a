"""Ways in: an invitation to a team, and a link that signs in once. Opening either changes nothing."""

from allauth.account.utils import perform_login
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from assay.errors import UserMistake
from assay_web.accounts import services
from assay_web.accounts.access import TEAM_KEY
from assay_web.accounts.adapter import INVITED_KEY
from assay_web.accounts.forms import AccountForm
from assay_web.accounts.models import ColleagueInvitation, User

GONE = 410


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Join a team by an invitation, with the present account or a new one."""
    invitation = services.find_invitation(token)
    if invitation is None:
        return render(request, "accounts/join_gone.html", status=GONE)
    if isinstance(request.user, User):
        return _join_as_present(request, invitation, request.user)
    # Somebody who signs in another way for the first time may make an account for it.
    request.session[INVITED_KEY] = invitation.public_id
    form = AccountForm(request.POST or None, email=invitation.email)
    known = User.objects.filter(email=invitation.email).exists()
    if request.method == "POST" and not known and form.is_valid():
        try:
            user = services.make_account(invitation, form.cleaned_data["name"], form.cleaned_data["password"])
        except UserMistake as error:
            form.add_error(None, str(error))
        else:
            return _let_in(request, user, invitation)
    context = {"invitation": invitation, "form": form, "known": known, "here": request.path}
    return render(request, "accounts/join.html", context, status=422 if form.errors else 200)


def _join_as_present(request: HttpRequest, invitation: ColleagueInvitation, user: User) -> HttpResponse:
    if request.method != "POST":
        return render(request, "accounts/join.html", {"invitation": invitation, "here": request.path})
    try:
        services.join(invitation, user)
    except UserMistake as error:
        messages.error(request, str(error))
        return redirect("accounts:profile")
    request.session.pop(INVITED_KEY, None)
    request.session[TEAM_KEY] = invitation.team.public_id
    messages.success(request, _("You are now in the team %(team)s.") % {"team": invitation.team})
    return redirect("openings:list")


def _let_in(request: HttpRequest, user: User, invitation: ColleagueInvitation) -> HttpResponse:
    request.session.pop(INVITED_KEY, None)
    answer: HttpResponse = perform_login(request, user, email_verification="none")
    request.session[TEAM_KEY] = invitation.team.public_id
    return answer


@require_http_methods(["GET", "POST"])
def sign_in_link(request: HttpRequest, token: str) -> HttpResponse:
    """Sign in by a link that works once. A second factor, where there is one, is still asked for."""
    if request.method != "POST":
        return render(request, "accounts/sign_in_link.html")
    user = services.use_sign_in_link(token)
    if user is None:
        return render(request, "accounts/sign_in_link.html", {"gone": True}, status=GONE)
    onward = None
    if not user.has_usable_password() and not settings.CONFIGURATION.demo:
        onward = reverse("account_set_password")
    answer: HttpResponse = perform_login(request, user, email_verification="none", redirect_url=onward)
    return answer
