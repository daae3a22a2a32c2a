"""The pages that a candidate sees, and a colleague's own try."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET, require_POST

from assay.errors import AssayError
from assay_web.openings.models import Invitation
from assay_web.scoring.queries import candidate_report
from assay_web.scoring.services import contest
from assay_web.session import services
from assay_web.session.access import (
    COOKIE_DAYS,
    Seat,
    cookie_name,
    invitation_of_this_browser,
    may_still_start,
    seat_of_candidate,
    seat_of_colleague,
)
from assay_web.session.brief import candidate_brief
from assay_web.session.exercises import exercise_of
from assay_web.session.links import Found, exchange, find_link
from assay_web.session.models import CandidateSession

FAIRNESS = (
    (1, gettext_lazy("not at all")),
    (2, gettext_lazy("a little")),
    (3, gettext_lazy("partly")),
    (4, gettext_lazy("mostly")),
    (5, gettext_lazy("fully")),
)


@sensitive_variables("token")
def landing(request: HttpRequest, token: str) -> HttpResponse:
    """Where an invitation's link leads: opening it does nothing, pressing the button lets this browser in."""
    if request.method == "POST":
        found, key = exchange(token)
        if key and found.invitation is not None:
            return _let_in(found.invitation, key)
    else:
        found = find_link(token)
    if found.standing == "used" and found.invitation and _is_in(request, found.invitation):
        return redirect("session:place", found.invitation.public_id)
    status = 200 if found.standing == "good" else 410
    ended = CandidateSession.objects.filter(
        invitation=found.invitation, status=CandidateSession.Status.ENDED
    ).exists()
    context = {"found": found, "token": token, "ended": ended}
    return render(request, "session/landing.html", context, status=status)


def _let_in(invitation: Invitation, key: str) -> HttpResponse:
    response = redirect("session:place", invitation.public_id)
    response.set_cookie(
        cookie_name(invitation.public_id),
        key,
        max_age=COOKIE_DAYS * 24 * 3600,
        httponly=True,
        secure=settings.CONFIGURATION.secure,
        samesite="Lax",
    )
    return response


def _is_in(request: HttpRequest, invitation: Invitation) -> bool:
    return cookie_name(invitation.public_id) in request.COOKIES


@require_POST
@sensitive_variables("token")
def ask_for_link(request: HttpRequest, token: str) -> HttpResponse:
    """A used or expired link's owner asks for a fresh one, which goes to the address that was invited."""
    found: Found = find_link(token)
    if found.invitation is not None and found.standing in ("used", "expired"):
        try:
            services.send_fresh_link(found.invitation, settings.CONFIGURATION.address)
        except AssayError as error:
            messages.error(request, f"{error.message}. {error.remedy}.")
            return render(request, "session/landing.html", {"found": found, "token": token}, status=503)
    return render(request, "session/link_sent.html", {"found": found})


@require_GET
@ensure_csrf_cookie
def place(request: HttpRequest, public_id: str) -> HttpResponse:
    """The candidate's one page: before, at work, or afterwards."""
    invitation = invitation_of_this_browser(request, public_id)
    session = CandidateSession.objects.filter(invitation=invitation).first()
    if session is None:
        return _before(request, invitation)
    over = session.status == CandidateSession.Status.ENDED
    if over:
        return _after(request, invitation, session)
    return _work(request, seat_of_candidate(request, public_id), session, invitation.time_multiplier)


def _before(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    context = {
        "invitation": invitation,
        **services.noticed(invitation.stage),
        "team_name": invitation.stage.opening.team.name,
        "brief": candidate_brief(exercise_of(invitation.exercise_version_id), invitation.time_multiplier),
        "requests": invitation.requests.all(),
        "warm_up": invitation.warm_up.all(),
        "may_start": may_still_start(invitation),
    }
    return render(request, "session/before.html", context)


def _work(
    request: HttpRequest, seat: Seat, session: CandidateSession, time_multiplier: float = 1.0
) -> HttpResponse:
    brief = candidate_brief(exercise_of(session.exercise_version_id), time_multiplier)
    return render(request, "session/work.html", {"seat": seat, "session": session, "brief": brief})


def _after(request: HttpRequest, invitation: Invitation, session: CandidateSession) -> HttpResponse:
    context = {
        "invitation": invitation,
        "stage": invitation.stage,
        "team_name": invitation.stage.opening.team.name,
        "session": session,
        "feedback": getattr(session, "feedback", None),
        "feedback_scale": FAIRNESS,
        "report": candidate_report(session),
    }
    return render(request, "session/after.html", context)


@require_POST
def ask_for_accommodation(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ask for more time or another way."""
    invitation = invitation_of_this_browser(request, public_id)
    try:
        services.ask_for_accommodation(
            invitation, request.POST.get("kind", ""), request.POST.get("words", "")
        )
        messages.success(request, _("Your request has been sent. You will see the answer here."))
    except AssayError as error:
        messages.error(request, f"{error.message}. {error.remedy}.")
    return redirect("session:place", public_id)


@require_POST
def start(request: HttpRequest, public_id: str) -> HttpResponse:
    """Consent, and start the clock."""
    invitation = invitation_of_this_browser(request, public_id)
    if request.POST.get("consent") != "yes":
        messages.error(request, _("Please read the notice and tick the box before you start."))
        return redirect("session:place", public_id)
    try:
        services.consent_and_start(invitation)
    except AssayError as error:
        messages.error(request, f"{error.message}. {error.remedy}.")
    return redirect("session:place", public_id)


@require_POST
def feedback(request: HttpRequest, public_id: str) -> HttpResponse:
    """Say how it was."""
    invitation = invitation_of_this_browser(request, public_id)
    session = CandidateSession.objects.get(invitation=invitation)
    fairness = request.POST.get("fairness", "")
    try:
        number = int(fairness) if fairness.isascii() and fairness.isdigit() else None
        services.give_feedback(session, number, request.POST.get("words", ""))
        messages.success(request, _("Thank you. The team reads this; it does not touch your score."))
    except AssayError as error:
        messages.error(request, f"{error.message}. {error.remedy}.")
    return redirect("session:place", public_id)


@require_POST
def contest_criterion(request: HttpRequest, public_id: str) -> HttpResponse:
    """Say that a criterion was measured wrongly."""
    invitation = invitation_of_this_browser(request, public_id)
    session = CandidateSession.objects.get(invitation=invitation)
    try:
        contest(session, request.POST.get("criterion", ""), request.POST.get("words", ""))
        messages.success(request, _("The team has been told. A person will look at it and answer here."))
    except AssayError as error:
        messages.error(request, f"{error.message}. {error.remedy}.")
    return redirect("session:place", public_id)


@require_POST
def link_for_other_device(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show a link, once, with which the candidate goes on somewhere else."""
    invitation = invitation_of_this_browser(request, public_id)
    token = services.link_for_other_device(invitation)
    link = f"{settings.CONFIGURATION.address}/i/{token}"
    return render(request, "session/other_device.html", {"link": link, "invitation": invitation})


@require_GET
@ensure_csrf_cookie
def try_page(request: HttpRequest, public_id: str) -> HttpResponse:
    """A colleague at work on their own try."""
    seat = seat_of_colleague(request, public_id)
    session = CandidateSession.objects.select_related("stage__opening").get(pk=seat.session_id)
    if session.status == CandidateSession.Status.ENDED:
        return redirect("scoring:result", session.public_id)
    return _work(request, seat, session)
