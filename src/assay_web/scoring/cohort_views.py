"""Many results at once: a stage's cohort, two candidates beside each other, and one candidate's profile."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from assay.reports.findings import sentence
from assay_web.accounts.access import signed_in
from assay_web.accounts.models import User
from assay_web.audit.log import actor, note
from assay_web.audit.models import Action
from assay_web.baselines.queries import levels_alone
from assay_web.clock import now
from assay_web.openings.models import Candidate
from assay_web.scoring import comparison, drawn, exports, queries
from assay_web.scoring.access import (
    candidate_with_visible_results,
    session_with_visible_result,
    stage_with_visible_results,
)
from assay_web.scoring.cohort import (
    FILTERS,
    ORDERS,
    Asked,
    Page,
    cohort_of,
    counts_of,
    following,
    page_of,
)
from assay_web.scoring.models import SessionScore
from assay_web.scoring.opened import record_of
from assay_web.scoring.result import criteria_of
from assay_web.scoring.seen import note_seen, note_stage_seen
from assay_web.session.exercises import exercise_of
from assay_web.session.models import CandidateSession
from assay_web.streaming import file_in_pieces

FEW = 5
"""Below this many scores, how the levels are spread as good as tells each person's level: whoever is yet to
rate them blind sees it only when they ask for scores, which is noted."""


@signed_in
@require_GET
def stage_results(request: HttpRequest, public_id: str) -> HttpResponse:
    """How a stage's candidates did together, and the list of them."""
    stage = stage_with_visible_results(request, public_id)
    asked = _asked(request)
    with_scores = request.GET.get("scores") == "1"
    if with_scores:
        note_stage_seen(stage, _user(request), now().replace(hour=0, minute=0, second=0, microsecond=0))
    cohort = cohort_of(stage, request.GET.get("version", ""))
    page = page_of(stage, asked)
    withheld = cohort.drawn < FEW and not with_scores
    spreads = () if withheld else cohort.spreads
    query = {
        "state": asked.state,
        "order": asked.order,
        "q": asked.words,
        "scores": "1" if with_scores else "",
        "version": request.GET.get("version", ""),
    }
    context = {
        "stage": stage,
        "counts": counts_of(stage, cohort.scored),
        "cohort": cohort,
        "spreads": [(spread, drawn.histogram(spread), drawn.in_words(spread)) for spread in spreads],
        "withheld": withheld,
        "alone": levels_alone(stage, cohort.version),
        "page": page,
        "lines": _lines(page) if with_scores else {},
        "asked": asked,
        "with_scores": with_scores,
        "filters": FILTERS.items(),
        "orders": ORDERS.items(),
        "next": urlencode({**query, "after": following(asked, page.next).after}) if page.next else "",
        "first": urlencode(query),
        "toggled": urlencode({**query, "scores": "" if with_scores else "1", "after": asked.after}),
        "section": "openings",
    }
    return render(request, "scoring/stage_results.html", context)


def _asked(request: HttpRequest) -> Asked:
    given = request.GET
    state, order = given.get("state", ""), given.get("order", "")
    return Asked(
        state=state if state in FILTERS else "",
        order=order if order in ORDERS else "",
        words=given.get("q", "")[:120],
        after=given.get("after", "")[:20],
    )


def _lines(page: Page) -> dict[int, Any]:
    """The overall score of each row that has one, drawn on its own scale."""
    scores = [row.score for row in page.rows if row.score is not None]
    return {
        score.pk: drawn.range_line(
            score.overall, score.low, score.high, exercise_of(score.exercise_version_id).rubric.scale
        )
        for score in scores
    }


@signed_in
@require_GET
def compare(request: HttpRequest, public_id: str) -> HttpResponse:
    """Two candidates of a stage beside each other."""
    stage = stage_with_visible_results(request, public_id)
    picked = list(dict.fromkeys(filter(None, [*request.GET.getlist("a"), *request.GET.getlist("b")])))
    if len(picked) != 2:
        messages.error(request, _("Choose exactly two candidates to compare."))
        return redirect("scoring:stage_results", public_id)
    sessions = [session_with_visible_result(request, session) for session in picked]
    if any(session.stage_id != stage.pk for session in sessions):
        raise Http404
    scores = [session.scores.filter(current=True).first() for session in sessions]
    context: dict[str, Any] = {"stage": stage, "sessions": sessions, "section": "openings"}
    if all(scores):
        records = [record_of(score) for score in scores if score is not None]
        context["rows"] = comparison.compare_records(*records)
        context["odd"] = comparison.not_in_both(*records)
        for session, score in zip(sessions, scores, strict=True):
            note_seen(session, _user(request), score.made_at if score else now())
    return render(request, "scoring/compare.html", context)


@signed_in
@require_GET
def stage_csv(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """All of a stage's sessions with their current scores."""
    stage = stage_with_visible_results(request, public_id)
    note(
        stage.opening.team,
        actor(_user(request)),
        Action.RESULT_EXPORTED,
        f"stage:{stage.public_id}",
        form="csv",
    )
    name = f"stage-{stage.public_id}.csv"
    return file_in_pieces(exports.stage_csv(stage), name, "text/csv; charset=utf-8")


@signed_in
@require_GET
def profile(request: HttpRequest, public_id: str, tab: str = "overview") -> HttpResponse:
    """One candidate: overview, assessments, and everything that was quoted."""
    candidate = candidate_with_visible_results(request, public_id)
    sessions = queries.sessions_of(candidate)
    if tab == "assessment" and len(sessions) == 1:
        return redirect("scoring:result", sessions[0].public_id)
    if tab not in ("overview", "assessment", "evidence"):
        raise Http404
    context = {
        "candidate": candidate,
        "sessions": sessions,
        "invitations": _invitations(candidate),
        "tab": tab,
        "section": "openings",
    }
    if tab == "evidence":
        context["evidence"] = _evidence(sessions)
    for session in sessions:
        shown: list[SessionScore] = session.shown  # type: ignore[attr-defined]
        if shown and tab != "assessment":
            note_seen(session, _user(request), shown[0].made_at)
    return render(request, f"scoring/profile_{tab}.html", context)


def _invitations(candidate: Candidate) -> list[Any]:
    return list(candidate.invitations.select_related("stage").order_by("stage__position"))


def _evidence(sessions: list[CandidateSession]) -> list[dict[str, Any]]:
    """Every quote by criterion, across stages: criteria of one name stand together."""
    together: dict[str, list[dict[str, Any]]] = {}
    for session in sessions:
        for score in session.shown:  # type: ignore[attr-defined]
            for item in criteria_of(record_of(score)):
                if item.quotes:
                    place = {"session": session, "criterion": item, "why": [sentence(w) for w in item.why]}
                    together.setdefault(item.title, []).append(place)
    return [{"title": title, "places": places} for title, places in together.items()]


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User), "access.py has let only members through"
    return request.user
