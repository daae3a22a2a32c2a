"""Starting a session, for a candidate or for a colleague who tries an exercise."""

from django.conf import settings
from django.db import transaction

from assay.session.engine import Session
from assay_web.accounts.models import User
from assay_web.audit.log import actor, note
from assay_web.audit.models import Action
from assay_web.authoring.models import ExerciseVersion
from assay_web.clock import now
from assay_web.openings.models import Invitation, Stage
from assay_web.session.drive import keep
from assay_web.session.exercises import exercise_of
from assay_web.session.models import CandidateSession
from assay_web.session.store import RowStore


def start_session(invitation: Invitation) -> CandidateSession:
    """Start the candidate's session; doing it again gives the one that was started.

    Raises:
        UserMistake: extra time or exercise are not usable.
    """
    with transaction.atomic():
        locked = (
            Invitation.objects.select_for_update(of=("self",))
            .select_related("stage__opening__team")
            .get(pk=invitation.pk)
        )
        running = CandidateSession.objects.filter(invitation=locked).first()
        if running is not None:
            return running
        row = _begun(locked.stage, locked.exercise_version_id, locked.time_multiplier, invitation=locked)
        candidate = f"candidate:{locked.candidate.public_id}"
        note(row.team, candidate, Action.SESSION_STARTED, f"session:{row.public_id}")
    return row


def start_try(stage: Stage, version: ExerciseVersion, user: User) -> CandidateSession:
    """Start a colleague's own try of an exercise. It is never among the candidates' results."""
    with transaction.atomic():
        row = _begun(stage, version.pk, 1.0, tried_by=user)
        note(row.team, actor(user), Action.SESSION_STARTED, f"session:{row.public_id}", tried=True)
    return row


def _begun(stage: Stage, version_id: int, multiplier: float, **whose: Invitation | User) -> CandidateSession:
    row = CandidateSession(
        team=stage.opening.team,
        stage=stage,
        exercise_version_id=version_id,
        model=settings.CONFIGURATION.model,
        started_at=now(),
        **whose,
    )
    row.save()
    session = Session.start(
        exercise_of(version_id),
        RowStore(row),
        lambda: row.started_at,
        session=row.public_id,
        model=row.model,
        time_multiplier=multiplier,
    )
    keep(row, session)
    return row
