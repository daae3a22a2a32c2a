"""Rating a session, blind: nothing on these pages says what any other rater found."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from assay.authoring.rubric import Rubric
from assay.errors import AssayError
from assay.reports.findings import SPEAKERS
from assay.reports.safe import visible
from assay.scoring.raters import Case
from assay_web.accounts.access import signed_in
from assay_web.accounts.models import User
from assay_web.authoring.models import ExerciseVersion
from assay_web.review import drafts, services
from assay_web.review.form import UNSCORED, Typed, check, typed_in
from assay_web.review.models import PersonRating
from assay_web.scoring.access import session_that_may_be_rated
from assay_web.scoring.panels import case_of
from assay_web.scoring.seen import has_seen
from assay_web.session.exercises import exercise_of
from assay_web.session.models import CandidateSession

REFUSED = "refused"
"""With it, the page says what keeps the draft from being saved for good."""


@signed_in
@require_http_methods(["GET", "POST"])
def rate(request: HttpRequest, public_id: str) -> HttpResponse:
    """The form with which a person rates a session."""
    session = session_that_may_be_rated(request, public_id)
    user, version = _user(request), _version(session)
    if session.status != CandidateSession.Status.ENDED:
        return render(request, "review/not_ended.html", _frame(session))
    if request.method == "POST":
        return _save(request, session, version)
    row = PersonRating.objects.filter(session=session, exercise_version_id=version, user=user).first()
    if row is not None and row.saved_at is not None:
        return render(request, "review/rated.html", _frame(session) | {"row": row, "given": _given(row)})
    case = case_of(session, version)
    opened = drafts.opened(session, version, user, row)
    problems = check(opened.typed, case).problems if request.GET.get(REFUSED) else {}
    context = _frame(session) | _page(case, opened.typed, problems) | {"seen": has_seen(session, user)}
    context |= {"opened": opened, "version": ExerciseVersion.objects.defer("content").get(pk=version)}
    return render(request, "review/rate.html", context)


def _save(request: HttpRequest, session: CandidateSession, version: int) -> HttpResponse:
    """Save for good what was sent, or keep it as the draft, and go to a page that can be loaded again."""
    drawn_with = _drawn_with(request, session, version)
    if drawn_with != version:
        _keep_aside(request, session, drawn_with)
        return redirect("review:rate", session.public_id)
    case = case_of(session, version)
    typed = typed_in(request.POST, list(case.rubric.criteria))
    try:
        problems = services.save(session, version, _user(request), typed, case).problems
    except AssayError as error:
        messages.error(request, f"{error.message}. {error.remedy}.")
        return redirect("review:rate", session.public_id)
    if problems:
        return redirect(f"{reverse('review:rate', args=[session.public_id])}?{REFUSED}=1")
    messages.success(request, _("Saved. A new score with your ratings is being made."))
    return redirect("scoring:result", session.public_id)


@signed_in
@require_POST
def keep_draft(request: HttpRequest, public_id: str) -> JsonResponse:
    """Keep what has been typed so far."""
    session = session_that_may_be_rated(request, public_id)
    version = _version(session)
    drawn_with = _drawn_with(request, session, version)
    try:
        _keep(request, session, drawn_with)
    except AssayError as error:
        return JsonResponse({"problem": error.message, "remedy": error.remedy}, status=409)
    return JsonResponse({"kept": True, "outdated": drawn_with != version})


def _version(session: CandidateSession) -> int:
    """The version that the session's current score rests on, or the one that ran."""
    current = session.scores.filter(current=True).values_list("exercise_version_id", flat=True).first()
    return current or session.exercise_version_id


def _drawn_with(request: HttpRequest, session: CandidateSession, current: int) -> int:
    """The version whose criteria the form that was sent asks: the current one where the form names none.

    Raises:
        Http404: the session has nothing to do with the version that is named.
    """
    named = request.GET.get("version", "")
    if not named:
        return current
    scored_with = session.scores.values("exercise_version")
    known = ExerciseVersion.objects.filter(Q(pk=session.exercise_version_id) | Q(pk__in=scored_with))
    return get_object_or_404(known.only("pk"), public_id=named).pk


def _keep(request: HttpRequest, session: CandidateSession, version: int) -> None:
    """Keep what was typed as the person's draft for the version that the form was drawn with."""
    typed = typed_in(request.POST, list(exercise_of(version).rubric.criteria))
    services.keep_draft(session, version, _user(request), typed)


def _keep_aside(request: HttpRequest, session: CandidateSession, version: int) -> None:
    """Keep what was to be saved for good on a version that is not the current one any more, and say so."""
    try:
        _keep(request, session, version)
    except AssayError as error:
        messages.error(request, f"{error.message}. {error.remedy}.")
    else:
        messages.warning(
            request,
            _("Not saved for good: the session was scored with another version of the exercise meanwhile."),
        )


def _frame(session: CandidateSession) -> dict[str, Any]:
    return {
        "session": session,
        "candidate": session.invitation.candidate if session.invitation else None,
        "section": "openings",
    }


def _page(case: Case, typed: Typed, problems: dict[str, list[str]]) -> dict[str, Any]:
    transcript = case.transcript
    return {
        "exercise": case.exercise,
        "turns": [
            {
                "index": turn.index,
                "speaker": SPEAKERS[turn.role],
                "own": turn.role == "user",
                "text": visible(turn.text),
            }
            for turn in transcript.turns
        ],
        "flags": [
            {"turn": flag.turn, "passage": _passage(case, flag.turn, flag.start, flag.end), "note": flag.note}
            for flag in transcript.flags
        ],
        "deliverable": visible(transcript.final_deliverable),
        "criteria": _criteria(case.rubric, typed, problems),
        "problems": problems,
        "scale": case.rubric.scale,
    }


def _passage(case: Case, turn: int, start: int, end: int) -> str:
    return visible(case.transcript.turns[turn].text[start:end])


def _criteria(rubric: Rubric, typed: Typed, problems: dict[str, list[str]]) -> list[dict[str, Any]]:
    return [
        {
            "id": name,
            "title": rubric.title_of(name),
            "asks": criterion.asks,
            "serious": criterion.severity == "serious",
            "unscored_when": criterion.unscored_when,
            "levels": [
                {"level": str(level), "anchor": criterion.levels.get(level)} for level in rubric.scale.levels
            ],
            "typed": typed.get(name, {}),
            "unscored": UNSCORED,
            "problems": problems.get(name, []),
        }
        for name, criterion in rubric.criteria.items()
    ]


def _given(row: PersonRating) -> list[dict[str, Any]]:
    rubric = exercise_of(row.exercise_version_id).rubric
    return [{"title": rubric.title_of(name), **rating} for name, rating in row.ratings.items()]


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User), "access.py has let only members through"
    return request.user
