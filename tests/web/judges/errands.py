"""Errands done as a worker does them, piece by piece, without the job engine."""

from assay_web.jobs import errands
from assay_web.jobs.attempts import Problem
from assay_web.jobs.models import Errand


def done(errand: Errand, attempt: int = 1) -> Problem | None:
    """Do an errand to its end; what went wrong."""
    more: bool | Problem = errands.take_up(errand.pk, attempt)
    while more is True:
        more = errands.go_on(errand.pk, attempt)
    if isinstance(more, Problem):
        errands.fail_errand(errand.pk, attempt, more)
        return more
    return None


def fresh(errand: Errand) -> Errand:
    """The errand as it stands now."""
    return Errand.objects.get(pk=errand.pk)
