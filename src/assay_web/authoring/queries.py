"""What the page of versions shows."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from assay.drafting.changes import Change, changes_between
from assay_web.accounts.models import User
from assay_web.authoring.access import version_of_stage
from assay_web.authoring.models import Activation, ExerciseVersion
from assay_web.openings.models import Stage


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One version that was active for a stage.

    Attributes:
        number: counted from 1, the oldest first.
        invited: how many invitations of this stage lead to it.
    """

    version: ExerciseVersion
    number: int
    activated_at: datetime
    activated_by: User | None
    invited: int
    is_active: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed from one version to another."""

    before: ExerciseVersion
    after: ExerciseVersion
    changes: tuple[Change, ...]


def version_lines(stage: Stage) -> list[VersionLine]:
    """The versions, the latest activation first; each once, at its latest activation."""
    activations = list(
        Activation.objects.filter(stage=stage)
        .select_related("version", "activated_by")
        .defer("version__content")
        .order_by("-activated_at", "-pk")
    )
    by_version = stage.invitations.order_by().values_list("exercise_version_id")
    invited = dict(by_version.annotate(count=Count("*")))
    first_seen = list(dict.fromkeys(row.version_id for row in reversed(activations)))
    latest = {row.version_id: row for row in reversed(activations)}
    return [
        VersionLine(
            version=row.version,
            number=first_seen.index(row.version_id) + 1,
            activated_at=row.activated_at,
            activated_by=row.activated_by,
            invited=invited.get(row.version_id, 0),
            is_active=row.version_id == stage.active_id,
        )
        for row in sorted(latest.values(), key=lambda row: (row.activated_at, row.pk), reverse=True)
    ]


def comparison(stage: Stage, first: str, second: str) -> Comparison:
    """What changed from the first version to the second.

    Raises:
        Http404: one of them was never active for this stage.
    """
    before, after = version_of_stage(stage, first), version_of_stage(stage, second)
    return Comparison(before, after, changes_between(before.exercise(), after.exercise()))
