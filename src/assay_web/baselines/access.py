"""Who may see baselines and ask for them. People of other teams are told that there is nothing here."""

from django.http import Http404, HttpRequest

from assay_web.accounts.models import User
from assay_web.baselines.models import Baseline
from assay_web.openings.access import stage_to_author
from assay_web.openings.models import Stage
from assay_web.scoring.access import session_that_may_be_rated, stage_with_visible_results
from assay_web.session.models import CandidateSession


def stage_with_visible_baseline(request: HttpRequest, public_id: str) -> Stage:
    """A stage of the person's team whose baseline they may see: whoever sees results."""
    return stage_with_visible_results(request, public_id)


def stage_to_run(request: HttpRequest, public_id: str) -> tuple[User, Stage]:
    """A stage on which the person may have the assistant work alone: whoever authors it."""
    member, stage = stage_to_author(request, public_id)
    return member.user, stage


def session_to_compare(request: HttpRequest, public_id: str) -> tuple[CandidateSession, Baseline]:
    """A session that the person may have rated, with the baseline it would be held against.

    Raises:
        Http404: their team has no such session, or its exercise version has no baseline.
    """
    session = session_that_may_be_rated(request, public_id)
    found = Baseline.objects.select_related("stage__opening__team").filter(
        stage=session.stage_id, exercise_version=session.exercise_version_id
    )
    baseline = found.first()
    if baseline is None:
        raise Http404
    return session, baseline
