"""Asking for work. What is asked for stands in the database; whoever works finds it there."""

from assay_web.clock import now
from assay_web.jobs.models import ScoringJob
from assay_web.session.models import CandidateSession


def ask_for_scoring(
    session: CandidateSession, *, reason: str, exercise_version: int | None = None
) -> ScoringJob:
    """Have a session scored. Asking again for the same reason changes nothing.

    Args:
        session: a session that has ended.
        reason: "ended", or what asks for another scoring.
        exercise_version: the version to score with; the one that ran when None.
    """
    job, _ = ScoringJob.objects.get_or_create(
        session=session,
        exercise_version_id=exercise_version or session.exercise_version_id,
        reason=reason,
        defaults={"team_id": session.team_id, "created_at": now()},
    )
    return job
