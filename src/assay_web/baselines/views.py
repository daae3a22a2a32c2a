"""The baseline of a stage: its page, asking for one, and having it rated as a session was."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from assay.errors import AssayError
from assay.reports.lift import ONE_LINE_ONLY
from assay.session.baseline import LONGEST_LINE, line_of
from assay_web.accounts.access import signed_in
from assay_web.accounts.models import User
from assay_web.baselines import access, queries, services
from assay_web.judges.choice import chosen_now
from assay_web.openings.refusal import in_words
from assay_web.session.assistant import setting
from assay_web.session.exercises import exercise_of


@signed_in
@require_GET
def stage_baseline(request: HttpRequest, public_id: str) -> HttpResponse:
    """What the assistant achieves alone on a stage's exercise, and how to have it run."""
    stage = access.stage_with_visible_baseline(request, public_id)
    context = {
        "section": "openings",
        "stage": stage,
        "shown": queries.baseline_shown(stage),
        "line": line_of(exercise_of(stage.active_id)) if stage.active_id else "",
        "longest": LONGEST_LINE,
        "runs": services.RUNS,
        "most_runs": services.MOST_RUNS,
        "assistant": setting(),
        "chosen": chosen_now(stage),
        "one_line_only": ONE_LINE_ONLY,
    }
    return render(request, "baselines/stage.html", context)


@signed_in
@require_POST
def run(request: HttpRequest, public_id: str) -> HttpResponse:
    """Have the assistant work alone on a stage's active exercise."""
    user, stage = access.stage_to_run(request, public_id)
    number = request.POST.get("runs", "")
    runs = int(number) if number.isascii() and number.isdigit() and len(number) < 4 else 0
    try:
        services.ask_for_baseline(stage, user, runs=runs, line=request.POST.get("line", ""))
    except AssayError as error:
        messages.error(request, in_words(error))
    else:
        messages.success(request, _("Asked for. The runs appear here as they are made and rated."))
    return redirect("baselines:stage", public_id)


@signed_in
@require_POST
def retry(request: HttpRequest, public_id: str) -> HttpResponse:
    """Have the runs that failed tried again."""
    user, stage = access.stage_to_run(request, public_id)
    baseline = queries.latest_baseline(stage.pk, stage.active_id)
    again = services.retry_failed(baseline, user) if baseline is not None else 0
    if again:
        said = ngettext("One run is tried again.", "%(number)s runs are tried again.", again)
        messages.success(request, said % {"number": again})
    else:
        messages.info(request, _("No run has failed."))
    return redirect("baselines:stage", public_id)


@signed_in
@require_POST
def rate(request: HttpRequest, public_id: str) -> HttpResponse:
    """Have a baseline's runs rated by those who rate this session."""
    session, baseline = access.session_to_compare(request, public_id)
    assert isinstance(request.user, User), "access.py has let only members through"
    try:
        asked = services.rate_as(session, baseline, request.user)
    except AssayError as error:
        messages.error(request, in_words(error))
    else:
        if asked:
            messages.success(request, _("Asked for. The lift appears once the runs are rated."))
        else:
            messages.info(request, _("All runs are rated so already."))
    return redirect("scoring:result", public_id)
