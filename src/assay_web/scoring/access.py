"""Who may see, release and question results. People of other teams are told that there is nothing here."""

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from assay_web.accounts.access import member_who_may
from assay_web.accounts.roles import Permission
from assay_web.openings.models import Candidate, Stage
from assay_web.scoring.models import Contest, SessionScore
from assay_web.session.models import CandidateSession

_WITH = (
    *("team", "stage__opening", "exercise_version", "invitation__candidate", "tried_by"),
    "baseline_run__baseline",
)


def session_with_visible_result(request: HttpRequest, public_id: str) -> CandidateSession:
    """A session whose result the signed-in person may see: one of their team's, or their own try.

    A run of a baseline is the team's, whoever asked for it.
    """
    return _session(request, public_id, Permission.SEE_RESULTS)


def session_that_may_be_released(request: HttpRequest, public_id: str) -> CandidateSession:
    """A candidate's session whose result the signed-in person may release, or take back."""
    session = _session(request, public_id, Permission.RELEASE_RESULTS)
    if session.invitation_id is None:
        raise Http404
    return session


def session_that_may_be_rated(request: HttpRequest, public_id: str) -> CandidateSession:
    """A session that the signed-in person may rate, or have scored again.

    A run of a baseline is neither by hand: whoever rates sessions is asked to rate all its runs.
    """
    session = _session(request, public_id, Permission.RATE_SESSIONS)
    if hasattr(session, "baseline_run"):
        raise Http404
    return session


def score_of(session: CandidateSession, public_id: str) -> SessionScore | None:
    """The session's score of this id, or its current one without an id; None where it has none.

    Raises:
        Http404: the session has no score of this id.
    """
    scores = session.scores.select_related("exercise_version").defer("exercise_version__content")
    if public_id:
        return get_object_or_404(scores, public_id=public_id)
    return scores.filter(current=True).first()


def candidate_with_visible_results(request: HttpRequest, public_id: str) -> Candidate:
    """A candidate of the signed-in person's team, whose results they may see."""
    member = member_who_may(request, Permission.SEE_RESULTS)
    return get_object_or_404(
        Candidate.objects.select_related("opening"), public_id=public_id, opening__team=member.team
    )


def stage_with_visible_results(request: HttpRequest, public_id: str) -> Stage:
    """A stage of the signed-in person's team, whose results they may see."""
    member = member_who_may(request, Permission.SEE_RESULTS)
    return get_object_or_404(
        Stage.objects.select_related("opening__team", "active"),
        public_id=public_id,
        opening__team=member.team,
    )


def contest_that_may_be_answered(request: HttpRequest, public_id: str) -> Contest:
    """A candidate's contest that the signed-in person may answer."""
    member = member_who_may(request, Permission.RELEASE_RESULTS)
    found = Contest.objects.select_related("score", *(f"session__{name}" for name in _WITH))
    return get_object_or_404(found, public_id=public_id, session__team=member.team)


def _session(request: HttpRequest, public_id: str, permission: Permission) -> CandidateSession:
    member = member_who_may(request, permission)
    session = get_object_or_404(
        CandidateSession.objects.select_related(*_WITH).defer("exercise_version__content"),
        public_id=public_id,
        team=member.team,
    )
    is_a_try = session.invitation_id is None and not hasattr(session, "baseline_run")
    if is_a_try and session.tried_by_id != member.user_id:
        raise Http404
    return session
