"""The operations page."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from assay.errors import UserMistake
from assay_web.accounts.access import signed_in
from assay_web.jobs import access, queries, services


@require_GET
@signed_in
def operations(request: HttpRequest) -> HttpResponse:
    """Queue, failures, errands, workers, models and spend."""
    member = access.member_who_may_run_operations(request)
    capped = queries.capped(member.team)
    health, models = queries.model_health(member.team)
    context = {
        "section": "operations",
        "queue": queries.queue(member.team),
        "errands": queries.errands(member.team, request.GET.get("errands")),
        "workers": queries.workers(request.GET.get("workers")),
        "alive": queries.alive(),
        "health": health,
        "models": models,
        "spend": queries.spend(member.team),
        "capped": capped,
        "nearly": [one for one in capped if one.nearly],
        "stopped": queries.stopped_sessions(member.team, request.GET.get("stopped")),
        "few": queries.FEW,
    }
    return render(request, "jobs/operations.html", context)


@require_POST
@signed_in
def retry(request: HttpRequest, public_id: str) -> HttpResponse:
    """Have a failed scoring tried again."""
    member, job = access.job_to_retry(request, public_id)
    try:
        services.retry(job, member.user)
    except UserMistake as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The scoring is in the queue again."))
    return redirect("jobs:operations")
