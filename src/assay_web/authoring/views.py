"""Pages of a stage's exercise: the draft, its preview, what becomes of it."""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from assay.drafting.files import exercise_zip
from assay.errors import AssayError
from assay_web.accounts.access import signed_in
from assay_web.authoring import access, page, queries, services
from assay_web.authoring.models import Draft
from assay_web.authoring.preview import preview_of
from assay_web.authoring.remarks import lint_parts
from assay_web.authoring.upload import read_upload
from assay_web.openings.models import Stage
from assay_web.openings.refusal import in_words


def place(stage: Stage, part: str = "") -> str:
    """The address of the draft's page, at one of its parts."""
    return reverse("authoring:draft", args=[stage.public_id]) + (f"#{part}" if part else "")


@require_GET
@signed_in
def draft_page(request: HttpRequest, public_id: str) -> HttpResponse:
    """The draft with its preview; before there is one, the ways to begin."""
    _member, stage, draft = access.stage_with_draft(request, public_id)
    return draft_response(request, stage, draft)


def draft_response(
    request: HttpRequest, stage: Stage, draft: Draft | None, bound: dict[str, forms.Form] | None = None
) -> HttpResponse:
    """The page, with a form that was not accepted in the place of its part where there is one."""
    shared = {"section": "openings", "stage": stage, "opening": stage.opening}
    if draft is None:
        return render(request, "authoring/begin.html", {**shared, **page.begin_context(stage)})
    context = {**shared, **page.draft_context(stage, draft, bound)}
    return render(request, "authoring/draft.html", context, status=422 if bound else 200)


@require_GET
@signed_in
def begin_page(request: HttpRequest, public_id: str) -> HttpResponse:
    """The ways to begin, also where there is a draft already."""
    _member, stage, draft = access.stage_with_draft(request, public_id)
    context = {"section": "openings", "stage": stage, "opening": stage.opening, "draft": draft}
    return render(request, "authoring/begin.html", {**context, **page.begin_context(stage)})


@require_POST
@signed_in
def begin(request: HttpRequest, public_id: str) -> HttpResponse:
    """Begin with a shipped exercise."""
    member, stage, _draft = access.stage_with_draft(request, public_id)
    try:
        services.begin_from_shipped(
            stage,
            member.user,
            request.POST.get("exercise", ""),
            with_background="with_background" in request.POST,
        )
    except AssayError as error:
        say(request, error)
    return redirect(place(stage))


@require_POST
@signed_in
def import_files(request: HttpRequest, public_id: str) -> HttpResponse:
    """Import an exercise's files."""
    member, stage, _draft = access.stage_with_draft(request, public_id)
    try:
        exercise = read_upload(request.FILES.getlist("files"))
        services.import_exercise(stage, member.user, exercise)
    except AssayError as error:
        say(request, error)
        return redirect("authoring:begin", stage.public_id)
    messages.success(request, _("Imported. The stage's settings follow the files."))
    return redirect(place(stage))


@require_GET
@signed_in
def export(request: HttpRequest, public_id: str) -> HttpResponse:
    """The draft as a ZIP archive of its files."""
    _member, stage, draft = access.draft_to_edit(request, public_id)
    exercise = lint_parts(draft.parts).exercise
    if exercise is None:
        messages.error(request, _("The draft is not complete yet, so it cannot be exported as an exercise."))
        return redirect(place(stage))
    response = HttpResponse(exercise_zip(exercise), content_type="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="{exercise.exercise}.zip"'
    return response


@require_GET
@signed_in
def preview(request: HttpRequest, public_id: str) -> HttpResponse:
    """What a candidate will be shown, on a page by itself."""
    _member, stage, draft = access.draft_to_edit(request, public_id)
    context = {
        "section": "openings",
        "stage": stage,
        "opening": stage.opening,
        "preview": preview_of(draft.parts),
    }
    return render(request, "authoring/preview.html", context)


@require_POST
@signed_in
def activate(request: HttpRequest, public_id: str) -> HttpResponse:
    """Make the draft the version that new invitations lead to."""
    member, stage, _draft = access.draft_to_edit(request, public_id)
    try:
        services.activate(stage, member.user)
    except AssayError as error:
        say(request, error)
        return redirect(place(stage, "remarks"))
    messages.success(request, _("Activated. Candidates can be invited to it now."))
    return redirect("openings:stage", stage.public_id)


@require_POST
@signed_in
def try_it(request: HttpRequest, public_id: str) -> HttpResponse:
    """Try the draft as a candidate would."""
    member, stage, _draft = access.draft_to_edit(request, public_id)
    try:
        session = services.try_draft(stage, member.user)
    except AssayError as error:
        say(request, error)
        return redirect(place(stage, "remarks"))
    return redirect("session:try", session.public_id)


@require_GET
@signed_in
def versions(request: HttpRequest, public_id: str) -> HttpResponse:
    """Every version that was active for the stage, and what changed between two of them."""
    _member, stage, draft = access.stage_with_draft(request, public_id)
    lines = queries.version_lines(stage)
    first, second = (request.GET.get(name, "") for name in ("a", "b"))
    context = {
        "section": "openings",
        "stage": stage,
        "opening": stage.opening,
        "draft": draft,
        "lines": lines,
        "comparison": queries.comparison(stage, first, second) if first and second else None,
        "a": first,
        "b": second,
    }
    return render(request, "authoring/versions.html", context)


@require_POST
@signed_in
def restore(request: HttpRequest, public_id: str) -> HttpResponse:
    """Make an earlier version the draft again."""
    member, stage, _draft = access.stage_with_draft(request, public_id)
    version = access.version_of_stage(stage, request.POST.get("version", ""))
    if version.content["style"] != stage.style:
        raise Http404
    services.restore(stage, member.user, version)
    messages.success(request, _("The draft is that version now. Activate it to put it in force."))
    return redirect(place(stage))


def say(request: HttpRequest, error: AssayError) -> None:
    """Say what could not be done, and what to do."""
    messages.error(request, in_words(error))
