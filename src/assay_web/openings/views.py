"""Pages of openings and their stages."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from assay.errors import UserMistake
from assay_web.accounts.access import signed_in
from assay_web.accounts.models import Membership
from assay_web.accounts.roles import Permission
from assay_web.openings import access, queries, services
from assay_web.openings.forms import NewStageForm, OpeningForm, StageSettingsForm
from assay_web.openings.models import Opening
from assay_web.openings.refusal import in_words

SECTION = {"section": "openings"}


@require_GET
@signed_in
def opening_list(request: HttpRequest) -> HttpResponse:
    """All openings of the team, open or closed."""
    member = access.member_who_may_see_openings(request)
    closed = "closed" in request.GET
    page = queries.openings_page(member.team, closed=closed, number=request.GET.get("page"))
    open_count, closed_count = queries.openings_open_and_closed(member.team)
    context = {
        **SECTION,
        "page": page,
        "closed": closed,
        "open_count": open_count,
        "closed_count": closed_count,
    }
    return render(request, "openings/list.html", context)


@signed_in
def new(request: HttpRequest) -> HttpResponse:
    """Create an opening."""
    member = access.member_who_may_edit_openings(request)
    form = OpeningForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        opening = services.create_opening(
            member.team,
            member.user,
            title=form.cleaned_data["title"],
            job_description=form.cleaned_data["job_description"],
        )
        return redirect("openings:opening", opening.public_id)
    return render(request, "openings/edit.html", {**SECTION, "form": form, "opening": None})


@signed_in
def edit(request: HttpRequest, public_id: str) -> HttpResponse:
    """Change an opening's title and job description."""
    member, opening = access.opening_to_edit(request, public_id)
    form = OpeningForm(request.POST or None, instance=opening)
    if request.method == "POST" and form.is_valid():
        services.change_opening(form.save(commit=False), member.user)
        return redirect("openings:opening", opening.public_id)
    return render(request, "openings/edit.html", {**SECTION, "form": form, "opening": opening})


@require_GET
@signed_in
def opening_page(request: HttpRequest, public_id: str) -> HttpResponse:
    """An opening: its stages, and where its candidates stand."""
    member, opening = access.opening_to_see(request, public_id)
    return render(
        request, "openings/opening.html", _opening_context(request, member, opening, NewStageForm())
    )


def _opening_context(
    request: HttpRequest, member: Membership, opening: Opening, form: NewStageForm
) -> dict[str, object]:
    search = request.GET.get("q", "").strip()[:100]
    sees_people = may_see_people(member)
    number = request.GET.get("page")
    stages = queries.stage_lines(opening)
    return {
        **SECTION,
        "opening": opening,
        "stages": stages,
        "several_stages": len(stages) > 1,
        "form": form,
        "search": search,
        "search_query": urlencode({"q": search}) + "&" if search else "",
        "sees_people": sees_people,
        "page": queries.candidates_page(opening, search=search, number=number) if sees_people else None,
    }


def may_see_people(member: Membership) -> bool:
    """Whether a member may know who was invited: whoever invites, or sees results."""
    return member.may(Permission.INVITE_CANDIDATES) or member.may(Permission.SEE_RESULTS)


@require_POST
@signed_in
def close(request: HttpRequest, public_id: str) -> HttpResponse:
    """Close an opening."""
    member, opening = access.opening_to_edit(request, public_id)
    services.close_opening(opening, member.user)
    messages.info(
        request, _("Closed. Nobody new can be invited; who is invited already can still take part.")
    )
    return redirect("openings:opening", opening.public_id)


@require_POST
@signed_in
def reopen(request: HttpRequest, public_id: str) -> HttpResponse:
    """Open a closed opening again."""
    member, opening = access.opening_to_edit(request, public_id)
    services.reopen_opening(opening, member.user)
    return redirect("openings:opening", opening.public_id)


@require_POST
@signed_in
def add_stage(request: HttpRequest, public_id: str) -> HttpResponse:
    """Add a stage, and go on to its settings."""
    member, opening = access.opening_to_edit(request, public_id)
    form = NewStageForm(request.POST)
    if not form.is_valid():
        context = _opening_context(request, member, opening, form)
        return render(request, "openings/opening.html", context, status=422)
    stage = services.add_stage(opening, member.user, title=form.cleaned_data["title"])
    return redirect("openings:stage_settings", stage.public_id)


@require_GET
@signed_in
def stage_page(request: HttpRequest, public_id: str) -> HttpResponse:
    """A stage: its exercise, its settings, and who is invited."""
    member, stage = access.stage_to_see(request, public_id)
    sees_people = may_see_people(member)
    context = {
        **SECTION,
        "stage": stage,
        "opening": stage.opening,
        "drafted": queries.is_drafted(stage),
        "counts": queries.counts_of_stage(stage),
        "sees_people": sees_people,
        "page": queries.invitations_page(stage, number=request.GET.get("page")) if sees_people else None,
    }
    return render(request, "openings/stage.html", context)


@signed_in
def stage_settings(request: HttpRequest, public_id: str) -> HttpResponse:
    """Set a stage up."""
    member, stage = access.stage_to_author(request, public_id)
    form = StageSettingsForm(request.POST or None, instance=stage)
    if request.method == "POST" and form.is_valid():
        services.change_stage(form.save(commit=False), member.user)
        if "draft" in request.POST:
            return redirect("authoring:draft", stage.public_id)
        messages.success(request, _("Settings saved."))
        return redirect("openings:stage", stage.public_id)
    context = {**SECTION, "form": form, "stage": stage, "opening": stage.opening}
    return render(request, "openings/stage_settings.html", context)


@require_POST
@signed_in
def move_stage(request: HttpRequest, public_id: str) -> HttpResponse:
    """Move a stage up or down."""
    member, stage = access.stage_to_move(request, public_id)
    services.move_stage(stage, member.user, "up" if request.POST.get("direction") == "up" else "down")
    return redirect("openings:opening", stage.opening.public_id)


@require_POST
@signed_in
def remove_stage(request: HttpRequest, public_id: str) -> HttpResponse:
    """Remove a stage without invitations."""
    member, stage = access.stage_to_move(request, public_id)
    try:
        services.remove_stage(stage, member.user)
    except UserMistake as mistake:
        messages.error(request, in_words(mistake))
    return redirect("openings:opening", stage.opening.public_id)
