"""Who has seen which results: the audit log says so, and whether a person then rates blind."""

from datetime import datetime

from django.db.models import Q, QuerySet

from assay_web.accounts.models import User
from assay_web.audit.log import actor, note
from assay_web.audit.models import Action, AuditEvent
from assay_web.openings.models import Stage
from assay_web.session.models import CandidateSession


def note_seen(session: CandidateSession, user: User, since: datetime) -> None:
    """Note that a person saw a session's result; once for each time that there was a new one to see.

    Args:
        session: whose result was shown.
        user: to whom.
        since: when what is shown was made.
    """
    subject = _session(session)
    known = _events(user).filter(action=Action.RESULT_SEEN, subject=subject, at__gte=since)
    if not known.exists():
        note(session.team, actor(user), Action.RESULT_SEEN, subject)


def note_stage_seen(stage: Stage, user: User, since: datetime) -> None:
    """Note that a person saw the scores in a stage's list, once since that moment."""
    subject = _stage(stage)
    known = _events(user).filter(action=Action.RESULT_SEEN, subject=subject, at__gte=since)
    if not known.exists():
        note(stage.opening.team, actor(user), Action.RESULT_SEEN, subject)


def has_seen(session: CandidateSession, user: User) -> bool:
    """Whether a person was ever shown, or took away, what the machine said of a session."""
    about = Q(subject=_session(session)) | Q(subject=_stage(session.stage))
    kinds = (Action.RESULT_SEEN, Action.RESULT_EXPORTED)
    return _events(user).filter(about, action__in=kinds).exists()


def _events(user: User) -> QuerySet[AuditEvent]:
    return AuditEvent.objects.filter(actor=actor(user))


def _session(session: CandidateSession) -> str:
    return f"session:{session.public_id}"


def _stage(stage: Stage) -> str:
    return f"stage:{stage.public_id}"
