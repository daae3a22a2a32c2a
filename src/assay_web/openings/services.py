"""Changes to openings and their stages. Each notes itself in the audit log, in its own transaction."""

from typing import Literal

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from assay.errors import UserMistake
from assay_web.accounts.models import Team, User
from assay_web.audit.log import actor, note
from assay_web.audit.models import Action
from assay_web.authoring.settings import settings_into_draft
from assay_web.clock import now
from assay_web.openings.models import Opening, Stage

Direction = Literal["up", "down"]


def create_opening(team: Team, user: User, *, title: str, job_description: str) -> Opening:
    """A new opening with its first stage, an LLM assessment."""
    with transaction.atomic():
        opening = Opening.objects.create(
            team=team, title=title, job_description=job_description, created_by=user
        )
        note(team, actor(user), Action.OPENING_CREATED, f"opening:{opening.public_id}")
        add_stage(opening, user, title=_("LLM assessment"))
    return opening


def change_opening(opening: Opening, user: User) -> None:
    """Keep a changed title or job description."""
    with transaction.atomic():
        opening.save(update_fields=["title", "job_description"])
        note(opening.team, actor(user), Action.OPENING_CHANGED, f"opening:{opening.public_id}")


def close_opening(opening: Opening, user: User) -> None:
    """Invite nobody more. Who is invited already can still take part. Doing it again changes nothing."""
    with transaction.atomic():
        locked = Opening.objects.select_for_update().get(pk=opening.pk)
        if locked.closed_at is None:
            locked.closed_at = now()
            locked.save(update_fields=["closed_at"])
            note(opening.team, actor(user), Action.OPENING_CLOSED, f"opening:{opening.public_id}")


def reopen_opening(opening: Opening, user: User) -> None:
    """Let candidates be invited again."""
    with transaction.atomic():
        locked = Opening.objects.select_for_update().get(pk=opening.pk)
        if locked.closed_at is not None:
            locked.closed_at = None
            locked.save(update_fields=["closed_at"])
            subject = f"opening:{opening.public_id}"
            note(opening.team, actor(user), Action.OPENING_CHANGED, subject, reopened=True)


def add_stage(opening: Opening, user: User, *, title: str) -> Stage:
    """A further stage, after the others."""
    with transaction.atomic():
        Opening.objects.select_for_update().get(pk=opening.pk)
        last = opening.stages.aggregate(last=Max("position"))["last"] or 0
        stage = Stage.objects.create(opening=opening, title=title, position=last + 1)
        note(opening.team, actor(user), Action.STAGE_CREATED, f"stage:{stage.public_id}")
    return stage


def change_stage(stage: Stage, user: User) -> None:
    """Keep changed settings, in the draft of its exercise too, where there is one."""
    with transaction.atomic():
        stage.save()
        settings_into_draft(stage)
        note(stage.opening.team, actor(user), Action.STAGE_CHANGED, f"stage:{stage.public_id}")


def move_stage(stage: Stage, user: User, direction: Direction) -> None:
    """Let a stage change places with the one before or after it; at the end nothing happens."""
    with transaction.atomic():
        Opening.objects.select_for_update().get(pk=stage.opening_id)
        stages = list(Stage.objects.filter(opening=stage.opening_id).order_by("position"))
        at = next(place for place, one in enumerate(stages) if one.pk == stage.pk)
        other = at - 1 if direction == "up" else at + 1
        if not 0 <= other < len(stages):
            return
        _swap(stages[at], stages[other], beyond=stages[-1].position + 1)
        subject = f"stage:{stage.public_id}"
        note(stage.opening.team, actor(user), Action.STAGE_CHANGED, subject, moved=direction)


def _swap(one: Stage, other: Stage, *, beyond: int) -> None:
    # Two rows may not have one position even for a moment, so one of them waits outside.
    first, second = one.position, other.position
    for row, position in ((one, beyond), (other, first), (one, second)):
        row.position = position
        row.save(update_fields=["position"])


def remove_stage(stage: Stage, user: User) -> None:
    """Remove a stage that nobody was ever invited to.

    Raises:
        UserMistake: somebody was.
    """
    with transaction.atomic():
        locked = Stage.objects.select_for_update().get(pk=stage.pk)
        if locked.invitations.exists():
            raise UserMistake(
                _("Candidates were invited to this stage, so it stays"),
                remedy=_("Close the opening, or revoke the invitations, if nobody is to take part any more"),
            )
        subject = f"stage:{stage.public_id}"
        note(stage.opening.team, actor(user), Action.STAGE_CHANGED, subject, removed=True)
        locked.delete()
