"""Who may write a stage's exercise."""

from django.http import Http404, HttpRequest

from assay_web.accounts.models import Membership
from assay_web.authoring.models import Activation, Draft, ExerciseVersion
from assay_web.openings.access import stage_to_author
from assay_web.openings.models import Stage


def stage_with_draft(request: HttpRequest, public_id: str) -> tuple[Membership, Stage, Draft | None]:
    """A stage of the person's team with its draft, for somebody who may author; None before it was begun.

    Raises:
        Http404: their team has no such stage.
        PermissionDenied: their role does not allow it.
    """
    member, stage = stage_to_author(request, public_id)
    draft = getattr(stage, "draft", None)
    return member, stage, draft if draft is not None and draft.parts else None


def draft_to_edit(request: HttpRequest, public_id: str) -> tuple[Membership, Stage, Draft]:
    """The same, where there must be a draft.

    Raises:
        Http404: nothing has been drafted yet.
    """
    member, stage, draft = stage_with_draft(request, public_id)
    if draft is None:
        raise Http404
    return member, stage, draft


def version_of_stage(stage: Stage, public_id: str) -> ExerciseVersion:
    """A version that is, or was, active for the stage.

    Raises:
        Http404: there is no such version of this stage.
    """
    if stage.active is not None and stage.active.public_id == public_id:
        return stage.active
    found = (
        Activation.objects.filter(stage=stage, version__public_id=public_id).select_related("version").first()
    )
    if found is None:
        raise Http404
    return found.version
