"""Openings, their ordered stages, the candidates and their invitations."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from assay_web.identifiers import new_id


class Opening(models.Model):
    """A job being hired for."""

    public_id = models.CharField(max_length=20, unique=True, default=new_id, editable=False)
    team = models.ForeignKey("accounts.Team", on_delete=models.CASCADE, related_name="openings")
    title = models.CharField(_("title"), max_length=120)
    job_description = models.TextField(_("job description"), blank=True)
    created_by = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-created_at"]

    def __str__(self) -> str:
        return self.title


class Stage(models.Model):
    """One step of an opening's process. So far every stage is an LLM assessment.

    Attributes:
        task_background: what the candidate will work through, in the author's words.
        style: fixed once an exercise has been drafted.
        active: the exercise version that invited candidates work on; None until one is activated.
        data_kept_days: how long a candidate's data is kept, as the notice says.
    """

    class Style(models.TextChoices):
        """What the candidate does."""

        STANDARD = "standard", _("Standard: works with the AI towards a deliverable")
        ERROR_DETECTION = "error_detection", _("Error detection: looks for the mistakes in the AI’s replies")

    public_id = models.CharField(max_length=20, unique=True, default=new_id, editable=False)
    opening = models.ForeignKey(Opening, on_delete=models.CASCADE, related_name="stages")
    position = models.PositiveIntegerField()
    title = models.CharField(_("title"), max_length=120)
    task_background = models.TextField(_("task background"), blank=True)
    style = models.CharField(_("style"), max_length=20, choices=Style.choices, default=Style.STANDARD)
    greets_first = models.BooleanField(_("the AI sends a greeting first"), default=False)
    invents_missing_details = models.BooleanField(_("the AI invents missing details"), default=False)
    minutes = models.PositiveIntegerField(_("time limit in minutes"), default=25)
    rounds = models.PositiveIntegerField(_("rounds"), default=12)
    retake_on_timeout = models.BooleanField(_("allow one retake on timeout"), default=True)
    active = models.ForeignKey(
        "authoring.ExerciseVersion", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    data_kept_days = models.PositiveIntegerField(_("days that data is kept"), default=180)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["opening", "position"], name="one_stage_a_position")
        ]
        ordering: ClassVar = ["opening", "position"]

    def __str__(self) -> str:
        return f"{self.opening}: {self.title}"


def sought(text: str) -> str:
    """A text as searches compare it: without a difference between large and small letters."""
    return text.casefold()


class SoughtField(models.TextField):  # type: ignore[type-arg]
    """What a search for a candidate looks through, made of name and address whenever the row is saved.

    Databases disagree about letters beyond a to z, and comparing without regard to case is slow in one of
    them and incomplete in another.
    """

    if TYPE_CHECKING:
        _pyi_private_set_type: Any
        _pyi_private_get_type: Any

    def pre_save(self, model_instance: models.Model, add: bool) -> str:  # noqa: ARG002
        """What is kept of the row's name and address."""
        text = sought("\n".join(str(getattr(model_instance, name)) for name in ("name", "email")))
        setattr(model_instance, self.attname, text)
        return text


class Candidate(models.Model):
    """A person invited to an opening."""

    public_id = models.CharField(max_length=20, unique=True, default=new_id, editable=False)
    opening = models.ForeignKey(Opening, on_delete=models.CASCADE, related_name="candidates", db_index=False)
    name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(_("e-mail address"))
    sought = SoughtField(editable=False, default="")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["opening", "email"], name="one_candidate_an_address_and_opening")
        ]
        indexes: ClassVar = [
            # Narrow, so that counting an opening's candidates reads little.
            models.Index(fields=["opening"], name="candidates_of_an_opening"),
            models.Index(fields=["opening", "name", "id"], name="candidates_by_name"),
            models.Index(fields=["opening", "id", "sought"], name="candidates_sought"),
        ]

    def __str__(self) -> str:
        return self.name


class Invitation(models.Model):
    """One candidate's way into one stage.

    Attributes:
        exercise_version: fixed when the candidate is invited, so that all of a cohort see what was activated.
        time_multiplier: extra time; invisible to raters.
    """

    public_id = models.CharField(max_length=20, unique=True, default=new_id, editable=False)
    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="invitations")
    stage = models.ForeignKey(Stage, on_delete=models.CASCADE, related_name="invitations", db_index=False)
    exercise_version = models.ForeignKey(
        "authoring.ExerciseVersion", on_delete=models.PROTECT, related_name="invitations"
    )
    invited_by = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    time_multiplier = models.FloatField(default=1.0)
    consented_at = models.DateTimeField(null=True, blank=True)
    notice_version = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["candidate", "stage"], name="one_invitation_a_candidate_and_stage"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["stage", "id"], name="invitations_of_a_stage"),
            models.Index(fields=["stage", "exercise_version"], name="invitations_by_version"),
            models.Index(fields=["stage"], condition=models.Q(revoked_at=None), name="invitations_in_force"),
        ]

    def __str__(self) -> str:
        return f"{self.candidate} to {self.stage}"


class Link(models.Model):
    """A one-time secret that lets a browser in. Only its hash is kept."""

    invitation = models.ForeignKey(Invitation, on_delete=models.CASCADE, related_name="links")
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    exchanged_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"link of {self.invitation}"


class Device(models.Model):
    """A browser that exchanged a link. Its cookie's hash is kept."""

    invitation = models.ForeignKey(Invitation, on_delete=models.CASCADE, related_name="devices")
    key_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"device of {self.invitation}"


class AccommodationRequest(models.Model):
    """A candidate asks for more time or another way, and a person answers."""

    class Kind(models.TextChoices):
        """What is asked for."""

        MORE_TIME = "more_time", _("More time")
        ANOTHER_WAY = "another_way", _("Another way to take part")

    invitation = models.ForeignKey(Invitation, on_delete=models.CASCADE, related_name="requests")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    words = models.TextField(blank=True)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, related_name="+")
    answer = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["asked_at"]

    def __str__(self) -> str:
        return f"{self.kind} for {self.invitation}"
