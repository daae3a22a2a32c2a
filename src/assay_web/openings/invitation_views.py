"""Pages of invitations: inviting, and everything about one invitation."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from assay.errors import AssayError
from assay_web.accounts.access import signed_in
from assay_web.openings import access, inviting, queries
from assay_web.openings.forms import AnswerForm, CreditForm, ExtraTimeForm, InviteForm, LinkForm
from assay_web.openings.models import AccommodationRequest, Invitation
from assay_web.openings.refusal import in_words
from assay_web.openings.views import SECTION

Context = dict[str, object]


@signed_in
def invite(request: HttpRequest, public_id: str) -> HttpResponse:
    """Invite candidates to a stage; their links are shown on the answer, and never again."""
    member, stage = access.stage_to_invite_to(request, public_id)
    form = InviteForm(request.POST or None)
    context: Context = {**SECTION, "stage": stage, "opening": stage.opening, "form": form}
    if request.method == "POST" and form.is_valid():
        try:
            outcomes = inviting.invite(
                stage,
                member.user,
                form.cleaned_data["invitees"],
                time_multiplier=form.cleaned_data["time_multiplier"],
                days=form.cleaned_data["days"],
            )
        except AssayError as error:
            form.add_error(None, in_words(error))
        else:
            return render(request, "openings/invited.html", {**context, "outcomes": outcomes})
    return render(request, "openings/invite.html", context, status=422 if form.errors else 200)


@require_GET
@signed_in
def invitation_page(request: HttpRequest, public_id: str) -> HttpResponse:
    """Everything about one invitation."""
    _member, invitation = access.invitation_to_manage(request, public_id)
    return _page(request, invitation)


def _page(request: HttpRequest, invitation: Invitation, **more: object) -> HttpResponse:
    line = queries.invitation_line(invitation)
    asked = queries.requests_of(invitation)
    usual = {"time_multiplier": f"{invitation.time_multiplier:g}"}
    context: Context = {
        **SECTION,
        "invitation": invitation,
        "candidate": invitation.candidate,
        "stage": invitation.stage,
        "opening": invitation.stage.opening,
        "line": line,
        "requests": [(number, row) for number, row in enumerate(asked, start=1)],
        "links": invitation.links.order_by("-created_at", "-pk")[:50],
        "link_form": LinkForm(),
        "extra_time_form": ExtraTimeForm(initial=usual),
        "answer_form": AnswerForm(initial=usual),
        "credit_form": CreditForm(),
        **more,
    }
    status = 422 if any(getattr(value, "errors", None) for value in more.values()) else 200
    return render(request, "openings/invitation.html", context, status=status)


@require_POST
@signed_in
def send_again(request: HttpRequest, public_id: str) -> HttpResponse:
    """Send a new link, and show it this once."""
    member, invitation = access.invitation_to_manage(request, public_id)
    form = LinkForm(request.POST)
    if not form.is_valid():
        return _page(request, invitation, link_form=form)
    try:
        outcome = inviting.invite_again(invitation, member.user, days=form.cleaned_data["days"])
    except AssayError as error:
        return _refused(request, invitation, error)
    invitation.refresh_from_db()
    return _page(request, invitation, outcome=outcome)


@require_POST
@signed_in
def revoke(request: HttpRequest, public_id: str) -> HttpResponse:
    """Let the candidate in no more."""
    member, invitation = access.invitation_to_manage(request, public_id)
    inviting.revoke(invitation, member.user)
    messages.info(request, _("Revoked. No link and no browser of this candidate is let in any more."))
    return redirect("openings:invitation", invitation.public_id)


@require_POST
@signed_in
def set_extra_time(request: HttpRequest, public_id: str) -> HttpResponse:
    """Set the time multiplier, before the session starts."""
    member, invitation = access.invitation_to_manage(request, public_id)
    form = ExtraTimeForm(request.POST)
    if not form.is_valid():
        return _page(request, invitation, extra_time_form=form)
    try:
        inviting.set_extra_time(invitation, member.user, form.cleaned_data["time_multiplier"])
    except AssayError as error:
        return _refused(request, invitation, error)
    messages.success(request, _("Extra time saved."))
    return redirect("openings:invitation", invitation.public_id)


@require_POST
@signed_in
def answer(request: HttpRequest, public_id: str) -> HttpResponse:
    """Answer a request for more time or another way."""
    member, invitation = access.invitation_to_manage(request, public_id)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _page(request, invitation, answer_form=form)
    row = _numbered(queries.requests_of(invitation), form.cleaned_data["number"])
    if row is None:
        messages.error(request, _("There is no such request. Reload the page to see what was asked."))
        return redirect("openings:invitation", invitation.public_id)
    try:
        problem = inviting.answer_request(
            row,
            member.user,
            form.cleaned_data["answer"],
            time_multiplier=form.cleaned_data["time_multiplier"],
        )
    except AssayError as error:
        return _refused(request, invitation, error, answer_form=form)
    if problem:
        text = _("The answer is on the candidate's page, but no e-mail could be sent: %(problem)s")
        messages.warning(request, text % {"problem": problem})
    else:
        messages.success(request, _("Answered, on the candidate's page and by e-mail."))
    return redirect("openings:invitation", invitation.public_id)


@require_POST
@signed_in
def give_time_back(request: HttpRequest, public_id: str) -> HttpResponse:
    """Give minutes back to a running session."""
    member, invitation = access.invitation_to_manage(request, public_id)
    form = CreditForm(request.POST)
    session = queries.invitation_line(invitation).session
    if not form.is_valid() or session is None:
        return _page(request, invitation, credit_form=form)
    minutes, words = form.cleaned_data["minutes"], form.cleaned_data["words"]
    try:
        gained = inviting.give_time_back(session, member.user, minutes=minutes, words=words)
    except AssayError as error:
        return _refused(request, invitation, error, credit_form=form)
    whole = round(gained)
    text = _("The candidate has %(minutes)d min %(seconds)02d s more.")
    messages.success(request, text % {"minutes": whole // 60, "seconds": whole % 60})
    return redirect("openings:invitation", invitation.public_id)


def _refused(request: HttpRequest, invitation: Invitation, error: AssayError, **more: object) -> HttpResponse:
    messages.error(request, in_words(error))
    invitation.refresh_from_db()
    response = _page(request, invitation, **more)
    response.status_code = 422
    return response


def _numbered(rows: list[AccommodationRequest], number: int) -> AccommodationRequest | None:
    return rows[number - 1] if number <= len(rows) else None
