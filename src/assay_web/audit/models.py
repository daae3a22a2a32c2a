"""The audit log: per team a chain of events, each hashed onto the one before."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from assay_web.fields import ExactJSONField


class Action(models.TextChoices):
    """What can stand in the log."""

    SIGNED_IN = "signed_in", _("Signed in")
    TEAM_CREATED = "team_created", _("Team created")
    COLLEAGUE_INVITED = "colleague_invited", _("Colleague invited")
    COLLEAGUE_JOINED = "colleague_joined", _("Colleague joined")
    ROLE_CHANGED = "role_changed", _("Role changed")
    COLLEAGUE_REMOVED = "colleague_removed", _("Colleague removed")
    INVITATION_REVOKED = "invitation_revoked", _("Invitation revoked")
    OPENING_CREATED = "opening_created", _("Opening created")
    OPENING_CHANGED = "opening_changed", _("Opening changed")
    OPENING_CLOSED = "opening_closed", _("Opening closed")
    STAGE_CREATED = "stage_created", _("Stage created")
    STAGE_CHANGED = "stage_changed", _("Stage changed")
    EXERCISE_DRAFTED = "exercise_drafted", _("Exercise drafted")
    EXERCISE_IMPORTED = "exercise_imported", _("Exercise imported")
    EXERCISE_ACTIVATED = "exercise_activated", _("Exercise activated")
    JUDGE_MADE = "judge_made", _("Judge made")
    JUDGE_RETIRED = "judge_retired", _("Judge retired")
    JUDGE_BROUGHT_BACK = "judge_brought_back", _("Judge brought back")
    JUDGE_ATTACKED = "judge_attacked", _("Judge attacked")
    JUDGES_CHOSEN = "judges_chosen", _("Judges chosen")
    CANDIDATE_INVITED = "candidate_invited", _("Candidate invited")
    LINK_SENT = "link_sent", _("Link sent")
    LINK_EXCHANGED = "link_exchanged", _("Link exchanged")
    ACCOMMODATION_REQUESTED = "accommodation_requested", _("Accommodation requested")
    ACCOMMODATION_ANSWERED = "accommodation_answered", _("Accommodation answered")
    CONSENT_GIVEN = "consent_given", _("Consent given")
    SESSION_STARTED = "session_started", _("Session started")
    OUTAGE_CREDITED = "outage_credited", _("Outage credited")
    SESSION_ENDED = "session_ended", _("Session ended")
    SESSION_SCORED = "session_scored", _("Session scored")
    SCORING_FAILED = "scoring_failed", _("Scoring failed")
    ERRAND_FAILED = "errand_failed", _("Errand failed")
    RESCORE_ASKED = "rescore_asked", _("Rescore asked")
    JOB_RETRIED = "job_retried", _("Job retried")
    RESULT_SEEN = "result_seen", _("Result seen")
    RESULT_EXPORTED = "result_exported", _("Result exported")
    SESSION_RATED = "session_rated", _("Session rated")
    RESULT_RELEASED = "result_released", _("Result released")
    RELEASE_WITHDRAWN = "release_withdrawn", _("Release withdrawn")
    SCORE_CONTESTED = "score_contested", _("Score contested")
    CONTEST_ANSWERED = "contest_answered", _("Contest answered")


class AuditChain(models.Model):
    """The head of one team's chain; the row that writers lock, so that the chain never forks."""

    team = models.OneToOneField(
        "accounts.Team", on_delete=models.CASCADE, null=True, related_name="audit_chain"
    )
    length = models.PositiveBigIntegerField(default=0)
    head = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"chain of {self.team}: {self.length} events"


class AuditEvent(models.Model):
    """One thing that somebody did. Rows are only ever added."""

    chain = models.ForeignKey(AuditChain, on_delete=models.CASCADE, related_name="events")
    seq = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    actor = models.CharField(max_length=200, help_text="user:ID, candidate:ID or system")
    action = models.CharField(max_length=40, choices=Action.choices)
    subject = models.CharField(max_length=200, help_text="KIND:PUBLIC_ID")
    data = ExactJSONField(default=dict)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["chain", "seq"], name="one_audit_event_a_place")
        ]
        indexes: ClassVar = [
            models.Index(fields=["subject", "action"], name="audit_by_subject"),
            models.Index(fields=["chain", "subject", "seq"], name="audit_of_a_subject"),
            models.Index(fields=["chain", "action", "seq"], name="audit_by_action"),
            models.Index(fields=["chain", "actor", "seq"], name="audit_by_actor"),
        ]
        ordering: ClassVar = ["chain", "seq"]

    def __str__(self) -> str:
        return f"{self.seq} {self.action} {self.subject}"

    @property
    def data_in_words(self) -> str:
        """What else there is to know, a line each."""
        return "".join(f"{name}: {value}\n" for name, value in self.data.items())
