"""Drafts of exercises, and the immutable versions that sessions run on."""

from typing import ClassVar

from django.db import models

from assay.authoring.exercise import Exercise
from assay_web.fields import ExactJSONField
from assay_web.identifiers import new_id


class ExerciseVersion(models.Model):
    """An activated exercise. Its content hash is its version; an edit makes another row."""

    public_id = models.CharField(max_length=20, unique=True, default=new_id, editable=False)
    team = models.ForeignKey("accounts.Team", on_delete=models.PROTECT, related_name="exercise_versions")
    version = models.CharField(max_length=64, editable=False)
    title = models.CharField(max_length=120)
    content = ExactJSONField(editable=False)
    created_by = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["team", "version"], name="one_row_a_team_and_version")
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.version[:8]}"

    def exercise(self) -> Exercise:
        """The exercise itself, with the criteria in their author's order."""
        return Exercise.model_validate(self.content)


class Activation(models.Model):
    """A version became what a stage's new invitations lead to. The last one of a stage is in force."""

    stage = models.ForeignKey("openings.Stage", on_delete=models.CASCADE, related_name="activations")
    version = models.ForeignKey(ExerciseVersion, on_delete=models.PROTECT, related_name="activations")
    activated_by = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, related_name="+")
    activated_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-activated_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.version} for {self.stage}"


class Draft(models.Model):
    """The working copy of a stage's exercise, edited part by part until it is activated.

    `parts` holds the exercise's fields as plain JSON, complete or not; `origin` says where they came from:
    the model setting that drafted, a shipped exercise's id, or "import".
    """

    stage = models.OneToOneField("openings.Stage", on_delete=models.CASCADE, related_name="draft")
    parts = ExactJSONField(default=dict)
    origin = models.CharField(max_length=200, blank=True)
    drafted_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"draft of {self.stage}"
