"""Keeping a person's ratings: drafts as they are typed, and the one time they are saved for good."""

from django.db import transaction
from django.utils.translation import gettext as _

from assay.errors import UserMistake
from assay.scoring.raters import Case
from assay_web.accounts.models import User
from assay_web.audit.log import actor, note
from assay_web.audit.models import Action
from assay_web.clock import now
from assay_web.jobs.ask import ask_for_scoring
from assay_web.review.form import Checked, Typed, check
from assay_web.review.models import PersonRating
from assay_web.scoring.seen import has_seen
from assay_web.session.models import CandidateSession

NAME_LENGTH = 50


def keep_draft(session: CandidateSession, version_id: int, user: User, typed: Typed) -> PersonRating:
    """Keep what a person has typed so far.

    Raises:
        UserMistake: they have saved their ratings already, and those do not change.
    """
    with transaction.atomic():
        row = _locked(session, version_id, user)
        row.ratings = typed
        row.save(update_fields=["ratings", "changed_at"])
    return row


def save(session: CandidateSession, version_id: int, user: User, typed: Typed, case: Case) -> Checked:
    """Save a person's ratings for good and ask for a scoring with them, if there are no problems.

    What was typed is kept as a draft either way. The answer's problems are empty when it was saved.

    Raises:
        UserMistake: they have saved their ratings already, nothing is rated, or the session still runs.
    """
    if session.status != CandidateSession.Status.ENDED:
        raise UserMistake(_("This session has not ended"), remedy=_("Rate it when it has"))
    checked = check(typed, case)
    with transaction.atomic():
        row = _locked(session, version_id, user)
        if checked.problems or not checked.kept:
            row.ratings = typed
            row.save(update_fields=["ratings", "changed_at"])
        else:
            _settle(row, session, user, checked)
    if not checked.kept and not checked.problems:
        raise UserMistake(_("No criterion is rated yet"), remedy=_("Rate at least one, then save"))
    return checked


def _settle(row: PersonRating, session: CandidateSession, user: User, checked: Checked) -> None:
    row.ratings, row.saved_at = checked.kept, now()
    row.saw_machine_first = has_seen(session, user)
    row.save(update_fields=["ratings", "saved_at", "saw_machine_first", "changed_at"])
    note(
        session.team,
        actor(user),
        Action.SESSION_RATED,
        f"session:{session.public_id}",
        criteria=sorted(checked.kept),
        saw_machine_first=row.saw_machine_first,
    )
    # The number tells colleagues of one name apart: a second job for the same reason would not be made.
    reason = f"rated by {str(user)[:NAME_LENGTH]} ({user.pk})"
    ask_for_scoring(session, reason=reason, exercise_version=row.exercise_version_id)


def _locked(session: CandidateSession, version_id: int, user: User) -> PersonRating:
    row, _made = PersonRating.objects.select_for_update().get_or_create(
        session=session, exercise_version_id=version_id, user=user
    )
    if row.saved_at is not None:
        raise UserMistake(
            _("You have saved your ratings of this session already"),
            remedy=_("They stay as they are: a later rating would no longer be blind"),
        )
    return row
