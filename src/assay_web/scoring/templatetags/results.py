"""Filters of the pages about results."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.utils.translation import gettext as _

from assay_web.jobs.models import ScoringJob
from assay_web.openings.models import Invitation
from assay_web.scoring.cohort import Row
from assay_web.scoring.drawn import ReportDrawings, of_report
from assay_web.scoring.models import SessionScore
from assay_web.scoring.opened import record_of
from assay_web.session.models import CandidateSession

HUES = 8

register = template.Library()


@register.filter
def hue(place: int) -> int:
    """The hue of the criterion at this place, counted from 0."""
    return place % HUES + 1


@register.filter
def at(values: Mapping[Any, Any], key: Any) -> Any:
    """What stands under a key; an empty text where nothing does."""
    return values.get(key, "")


@register.filter
def of_invitation(invitation: Invitation, sessions: Iterable[CandidateSession]) -> CandidateSession | None:
    """The session that this invitation led to."""
    return next((session for session in sessions if session.invitation_id == invitation.pk), None)


@register.filter
def drawings(score: SessionScore) -> ReportDrawings:
    """What the report that a candidate reads of this score draws."""
    return of_report(record_of(score).score)


@register.filter
def standing(row: Row) -> str:
    """Where a candidate of the list stands, in a few words and without any number."""
    if row.session is None:
        return _("revoked") if row.invitation.revoked_at else _("not started")
    if row.session.status == CandidateSession.Status.RUNNING:
        return _("offered a retake") if row.session.ended_at else _("at work")
    if row.job is not None and row.job.status == ScoringJob.Status.FAILED:
        return _("scoring failed")
    if row.job is not None and row.job.status != ScoringJob.Status.DONE:
        return _("being scored")
    return _("scored") if row.score is not None else _("ended, not scored yet")
