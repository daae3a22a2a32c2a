"""Having the model draft: as a stream that shows each part as it is made, or as a plain form."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse

from assay.errors import AssayError
from assay_web.accounts.models import User
from assay_web.authoring import access, drafting
from assay_web.authoring.views import place, say
from assay_web.database import in_database
from assay_web.openings.models import Stage
from assay_web.streaming import event_stream


async def draft_with_model(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Draft everything or one part. While a draft is under way, that one is followed instead.

    With `follow` in the form nothing is begun: it only tells of what is under way.
    """
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    seat = await in_database(_author, request, public_id)
    if isinstance(seat, HttpResponse):
        return seat
    stage, user = seat
    streams = "text/event-stream" in request.headers.get("Accept", "")
    part = request.POST.get("part", "")
    if streams and "follow" in request.POST:
        return event_stream(drafting.happenings(drafting.under_way(stage.pk)))
    try:
        if not drafting.is_drafting(stage.pk):
            drafting.check_can_draft(stage, part)
    except AssayError as error:
        return await _refused(request, stage, error, streams)
    run = drafting.start(stage, user, part)
    if streams:
        return event_stream(drafting.happenings(run))
    async for _written in run.follow():
        pass
    if run.problem:
        await in_database(messages.error, request, run.problem)
    return redirect(place(stage, "" if part == drafting.EVERYTHING else part))


def _author(request: HttpRequest, public_id: str) -> tuple[Stage, User] | HttpResponse:
    """The stage for somebody who may author it; who is not signed in is sent to do so."""
    if not request.user.is_authenticated:
        target = reverse("authoring:draft", args=[public_id])
        return redirect(f"{reverse('account_login')}?next={target}")
    member, stage, _draft = access.stage_with_draft(request, public_id)
    return stage, member.user


async def _refused(request: HttpRequest, stage: Stage, error: AssayError, streams: bool) -> HttpResponseBase:
    if streams:
        return JsonResponse({"problem": error.message, "remedy": error.remedy}, status=422)
    await in_database(say, request, error)
    return redirect("authoring:begin", stage.public_id)
