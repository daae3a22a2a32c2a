"""Where the scoring of a session stands, in words that say what happens next."""

from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext as _

from assay_web.jobs.models import ScoringJob
from assay_web.session.models import CandidateSession

State = Literal["working", "retake", "asked", "rating", "failed", "done"]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a session is on its way to a score.

    Attributes:
        state: for programs; `done` where nothing is under way and nothing has failed.
        title: in a few words.
        words: what that means and what happens next.
        moving: whether it goes on by itself, so that a page may look again.
    """

    state: State
    title: str
    words: str
    moving: bool

    @property
    def failed(self) -> bool:
        """Whether somebody has to act."""
        return self.state == "failed"


def standing_of(session: CandidateSession) -> Standing:
    """Where the scoring of this session stands now."""
    if session.status != CandidateSession.Status.ENDED:
        return _working(session)
    job = session.jobs.order_by("-created_at", "-pk").first()
    return standing_of_job(job, scored=job is None and session.scores.exists())


def _working(session: CandidateSession) -> Standing:
    if session.ended_at is not None:
        words = _(
            "The time ran out before much was sent, and the candidate may start afresh once. A day after the "
            "end, what is there counts as it is and is scored."
        )
        return Standing("retake", _("Offered a retake"), words, moving=False)
    words = _("The session is scored when it ends: handed in, or at its limit of time or rounds.")
    return Standing("working", _("Still at work"), words, moving=True)


def standing_of_job(job: ScoringJob | None, *, scored: bool) -> Standing:
    """Where the scoring of a session that has ended stands, by its latest job.

    Args:
        job: the job; None where there is none.
        scored: whether the session has a score although it has no job.
    """
    if scored or (job is not None and job.status == ScoringJob.Status.DONE):
        return Standing("done", "", "", moving=False)
    if job is None or job.status == ScoringJob.Status.QUEUED:
        words = _("The session waits for a worker to score it. That usually takes less than a minute.")
        return Standing("asked", _("Waiting to be scored"), words, moving=True)
    if job.status == ScoringJob.Status.RUNNING:
        words = _("Raters are at work on it. Closing this page stops nothing.")
        return Standing("rating", _("Being scored"), words, moving=True)
    why = job.problem.strip().rstrip(".") or _("no reason was kept")
    words = _("%(why)s. Nothing of the session is lost, and an owner can try again under Operations.")
    return Standing("failed", _("Scoring failed"), words % {"why": why}, moving=False)
