"""Changes to a draft and what becomes of it. A draft is in force only once it is activated."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from assay.authoring.exercise import Exercise
from assay.drafting.closest import begun_from, shipped
from assay.errors import UserMistake
from assay_web.accounts.models import Team, User
from assay_web.audit.log import actor, note
from assay_web.audit.models import Action
from assay_web.authoring.models import Activation, Draft, ExerciseVersion
from assay_web.authoring.parts import tidied
from assay_web.authoring.remarks import Linted, lint_parts
from assay_web.authoring.settings import Parts, draft_into_settings, with_settings
from assay_web.clock import now
from assay_web.openings.models import Stage
from assay_web.session.models import CandidateSession
from assay_web.session.start import start_try

IMPORTED = "import"


def begin_from_shipped(stage: Stage, user: User, name: str, *, with_background: bool) -> None:
    """Make a shipped exercise the stage's draft, with the stage's settings and the author's own words.

    Raises:
        UserMistake: no shipped exercise of the stage's style has this id.
    """
    exercise = next((one for one in shipped() if one.exercise == name and one.style == stage.style), None)
    if exercise is None:
        raise UserMistake(
            _("No exercise of this style is called %(name)s") % {"name": name[:60]},
            remedy=_("Choose one from the list"),
        )
    parts, _filled = begun_from(exercise, stage.task_background if with_background else "")
    begin(stage, user, with_settings(parts, stage), origin=exercise.exercise)


def begin(stage: Stage, user: User, parts: Parts, *, origin: str) -> Draft:
    """Put a whole draft in the place of the one there was. The stage's style is fixed from now on."""
    with transaction.atomic():
        locked = Stage.objects.select_for_update().get(pk=stage.pk)
        draft, _made = Draft.objects.update_or_create(
            stage=locked, defaults={"parts": tidied(parts), "origin": origin, "drafted_at": now()}
        )
        action = Action.EXERCISE_IMPORTED if origin == IMPORTED else Action.EXERCISE_DRAFTED
        note(stage.opening.team, actor(user), action, f"stage:{stage.public_id}", origin=origin)
    return draft


def import_exercise(stage: Stage, user: User, exercise: Exercise) -> None:
    """Make an imported exercise the stage's draft; the stage's settings follow it.

    Raises:
        UserMistake: the stage's style is fixed, and the exercise has the other one.
    """
    with transaction.atomic():
        drafted = Draft.objects.filter(stage=stage, drafted_at__isnull=False).exists()
        if drafted and exercise.style != stage.style:
            raise UserMistake(
                _("The exercise has another style than this stage, whose style is fixed"),
                remedy=_("Add another stage, and import it there"),
            )
        parts = exercise.model_dump(mode="json")
        draft_into_settings(stage, parts)
        begin(stage, user, parts, origin=IMPORTED)


def change_parts(stage: Stage, change: Callable[[Parts], Parts]) -> None:
    """Change the draft as it is now, and let the stage's settings follow.

    Edits are not in the audit log: a draft is nobody's exercise until it is activated, and that is.
    """
    with transaction.atomic():
        draft = Draft.objects.select_for_update().get(stage=stage)
        parts: Any = tidied(change(draft.parts))
        if parts != draft.parts:
            draft.parts = parts
            draft.save(update_fields=["parts", "changed_at"])
            draft_into_settings(Stage.objects.select_for_update().get(pk=stage.pk), parts)


def activate(stage: Stage, user: User) -> ExerciseVersion:
    """Make the draft the version that new invitations lead to. Activating the active version changes nothing.

    Raises:
        UserMistake: the linter finds errors in the draft.
    """
    with transaction.atomic():
        locked = Stage.objects.select_for_update().get(pk=stage.pk)
        version = kept_version(stage.opening.team, user, _ready(stage).exercise)
        if locked.active_id == version.pk:
            return version
        locked.active = version
        locked.save(update_fields=["active"])
        Activation.objects.create(stage=locked, version=version, activated_by=user, activated_at=now())
        subject = f"stage:{stage.public_id}"
        note(stage.opening.team, actor(user), Action.EXERCISE_ACTIVATED, subject, version=version.version)
    return version


def try_draft(stage: Stage, user: User) -> CandidateSession:
    """Start a colleague's own try of the draft as it is.

    Raises:
        UserMistake: the linter finds errors in the draft.
    """
    with transaction.atomic():
        version = kept_version(stage.opening.team, user, _ready(stage).exercise)
        return start_try(stage, version, user)


def restore(stage: Stage, user: User, version: ExerciseVersion) -> None:
    """Make an earlier version the draft again; the stage's settings follow."""
    with transaction.atomic():
        draft_into_settings(stage, version.content)
        begin(stage, user, version.content, origin=f"version {version.version[:8]}")


def kept_version(team: Team, user: User, exercise: Exercise | None) -> ExerciseVersion:
    """The row of an exercise's version, made where the team has none yet."""
    assert exercise is not None
    content: Any = exercise.model_dump(mode="json")
    version, _made = ExerciseVersion.objects.get_or_create(
        team=team,
        version=exercise.version,
        defaults={
            "title": exercise.title,
            "content": content,
            "created_by": user,
            "created_at": now(),
        },
    )
    return version


def _ready(stage: Stage) -> Linted:
    linted = lint_parts(Draft.objects.get(stage=stage).parts)
    if not linted.ready:
        count = len(linted.errors)
        raise UserMistake(
            _("The draft has %(count)d errors that must be put right first") % {"count": count}
            if count != 1
            else _("The draft has an error that must be put right first"),
            remedy=_("They stand beside the parts that they are about"),
        )
    return linted
