"""The result of one session: its page, its progress, and what people do with it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from assay.errors import AssayError
from assay.reports.lift import read_first
from assay.reports.safe import visible
from assay_web.accounts.access import signed_in
from assay_web.accounts.models import User
from assay_web.audit.log import actor, note
from assay_web.audit.models import Action
from assay_web.authoring.models import ExerciseVersion
from assay_web.baselines.lift import lift_of
from assay_web.scoring import exports, pdf, queries, releases
from assay_web.scoring.access import (
    contest_that_may_be_answered,
    score_of,
    session_that_may_be_rated,
    session_that_may_be_released,
    session_with_visible_result,
)
from assay_web.scoring.models import SessionScore
from assay_web.scoring.opened import record_of, verification_of
from assay_web.scoring.result import result_page
from assay_web.scoring.seen import note_seen
from assay_web.scoring.standing import standing_of
from assay_web.session.models import CandidateSession


@signed_in
@require_GET
def result(request: HttpRequest, public_id: str) -> HttpResponse:
    """One scoring of one session, or where its scoring stands."""
    session = session_with_visible_result(request, public_id)
    score = score_of(session, request.GET.get("score", ""))
    context = {"session": session, "score": score, "standing": standing_of(session)} | _around(session)
    if score is not None:
        note_seen(session, _user(request), score.made_at)
        context["result"], context["warning"] = result_page(score)
        if not context["warning"]:
            context["lift"] = lift_of(session, score)
            if context["run"] is not None:
                context["read_first"] = [visible(text) for text in read_first(record_of(score))]
    return render(request, "scoring/result.html", context)


def _around(session: CandidateSession) -> dict[str, Any]:
    """What stands beside a score on its page: what people did, and what never touches it."""
    signals = queries.signals_of(session)
    return {
        "candidate": session.invitation.candidate if session.invitation else None,
        "run": getattr(session, "baseline_run", None),
        "scores": queries.scores_of(session),
        "release": queries.release_of(session),
        "contests": queries.contests_of(session),
        "feedback": queries.feedback_of(session),
        "pasted": [signal for signal in signals if signal.kind == "pasted"],
        "left": [signal for signal in signals if signal.kind == "left"],
        "tab": "assessment",
        "section": "openings",
    }


@signed_in
@require_GET
def progress(request: HttpRequest, public_id: str) -> JsonResponse:
    """Where the scoring stands, for the page that waits for it."""
    standing = standing_of(session_with_visible_result(request, public_id))
    return JsonResponse(
        {"state": standing.state, "title": standing.title, "words": standing.words, "moving": standing.moving}
    )


@signed_in
@require_GET
def record(request: HttpRequest, public_id: str) -> HttpResponse:
    """The record file, byte for byte as it was made."""
    session, score = _exported(request, public_id, "record")
    return _file(bytes(score.record), exports.file_name(session, ".assay.json"), "application/json")


@signed_in
@require_GET
def line(request: HttpRequest, public_id: str) -> HttpResponse:
    """The score as the line of JSON that the library writes for programs."""
    session, score = _exported(request, public_id, "json")
    if not verification_of(score).holds:
        return _refused_export(request, session)
    text = exports.line_of(session, score)
    return _file(f"{text}\n".encode(), exports.file_name(session, ".json"), "application/json")


@signed_in
@require_GET
def report(request: HttpRequest, public_id: str) -> HttpResponse:
    """The score as a PDF."""
    session, score = _exported(request, public_id, "pdf")
    if not verification_of(score).holds:
        return _refused_export(request, session)
    data = pdf.report_pdf(session, score, lift_of(session, score))
    return _file(data, exports.file_name(session, ".pdf"), "application/pdf")


def _exported(request: HttpRequest, public_id: str, form: str) -> tuple[CandidateSession, SessionScore]:
    session = session_with_visible_result(request, public_id)
    score = exports.score_to_export(session, request.GET.get("score", ""))
    note(
        session.team,
        actor(_user(request)),
        Action.RESULT_EXPORTED,
        f"session:{session.public_id}",
        form=form,
        score=score.public_id,
    )
    return session, score


def _refused_export(request: HttpRequest, session: CandidateSession) -> HttpResponse:
    messages.error(request, _("The record of this score does not hold, so no report is made from it."))
    return redirect("scoring:result", session.public_id)


def _file(data: bytes, name: str, kind: str) -> HttpResponse:
    response = HttpResponse(data, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@signed_in
@require_http_methods(["GET", "POST"])
def release(request: HttpRequest, public_id: str) -> HttpResponse:
    """Look at what the candidate will see, and let them see it."""
    session = session_that_may_be_released(request, public_id)
    score = exports.score_to_export(session, request.POST.get("score", "") or request.GET.get("score", ""))
    told = None
    if request.method == "POST":
        told = releases.release_and_tell(score, _user(request))
        if not told.problem:
            messages.success(request, _("Released. The candidate sees this report on their page."))
            return redirect("scoring:result", public_id)
    context = {
        "session": session,
        "score": score,
        "candidate": session.invitation.candidate if session.invitation else None,
        "report": queries.report_of(score),
        "release": queries.release_of(session),
        "told": told,
        "section": "openings",
    }
    note_seen(session, _user(request), score.made_at)
    return render(request, "scoring/release.html", context)


@signed_in
@require_POST
def withdraw(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take the released report back."""
    session = session_that_may_be_released(request, public_id)
    if releases.withdraw(session, _user(request)):
        messages.success(request, _("Withdrawn. The candidate no longer sees the report."))
    return redirect("scoring:result", public_id)


@signed_in
@require_http_methods(["GET", "POST"])
def rescore(request: HttpRequest, public_id: str) -> HttpResponse:
    """Have the session scored with another version of the stage's exercise."""
    session = session_that_may_be_rated(request, public_id)
    versions = list(queries.versions_of(session.stage))
    chosen = _chosen(versions, request.POST.get("version", ""))
    if request.method == "POST" and chosen is not None:
        try:
            releases.rescore(session, chosen, _user(request))
        except AssayError as error:
            messages.error(request, f"{error.message}. {error.remedy}.")
        else:
            messages.success(request, _("Asked for. The new score will stand beside the ones there are."))
            return redirect("scoring:result", public_id)
    if request.method == "POST" and chosen is None:
        messages.error(request, _("Choose one of the versions."))
    context = {
        "session": session,
        "candidate": session.invitation.candidate if session.invitation else None,
        "versions": versions,
        "scored_with": set(session.scores.values_list("exercise_version_id", flat=True)),
        "section": "openings",
    }
    return render(request, "scoring/rescore.html", context)


@signed_in
@require_http_methods(["GET", "POST"])
def contest_answer(request: HttpRequest, public_id: str) -> HttpResponse:
    """Read what a candidate contests, and answer."""
    contest = contest_that_may_be_answered(request, public_id)
    session = contest.session
    versions = list(queries.versions_of(session.stage))
    if request.method == "POST":
        chosen = _chosen(versions, request.POST.get("version", ""))
        try:
            releases.answer_contest(contest, _user(request), request.POST.get("answer", ""), chosen)
        except AssayError as error:
            messages.error(request, f"{error.message}. {error.remedy}.")
        else:
            messages.success(request, _("Answered. The candidate reads it on their page."))
            return redirect("scoring:result", session.public_id)
    shown = next(item for item in queries.report_of(contest.score).criteria if item.id == contest.criterion)
    context = {
        "contest": contest,
        "criterion": shown,
        "session": session,
        "candidate": session.invitation.candidate if session.invitation else None,
        "title": shown.title,
        "versions": [version for version in versions if version.pk != contest.score.exercise_version_id],
        "written": request.POST.get("answer", ""),
        "section": "openings",
    }
    return render(request, "scoring/contest_answer.html", context)


def _chosen(versions: list[ExerciseVersion], public_id: str) -> ExerciseVersion | None:
    return next((version for version in versions if version.public_id == public_id), None)


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User), "access.py has let only members through"
    return request.user
