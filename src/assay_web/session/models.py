"""A candidate's session: its events, and the row that says where it stands."""

from typing import ClassVar

from django.db import models

from assay_web.fields import ExactJSONField
from assay_web.identifiers import new_id


class CandidateSession(models.Model):
    """One candidate's run. The events are the truth; the other columns are drawn from them for queries.

    Attributes:
        invitation: None for a colleague's own try of an exercise.
        state: the engine's state after the last event, so that a request need not fold all of them.
        length: how many events there are. head: hash of the last.
        due_at: when the time limit passes if nothing else happens; None when it has ended or a reply is
            awaited. The sweep ends sessions by it.
        writer: the tab that may write; others are read-only.
    """

    class Status(models.TextChoices):
        """Where the session stands, for lists."""

        RUNNING = "running"
        ENDED = "ended"

    public_id = models.CharField(max_length=20, unique=True, default=new_id, editable=False)
    team = models.ForeignKey("accounts.Team", on_delete=models.CASCADE, related_name="sessions")
    invitation = models.OneToOneField(
        "openings.Invitation", on_delete=models.CASCADE, null=True, related_name="session"
    )
    stage = models.ForeignKey("openings.Stage", on_delete=models.CASCADE, related_name="sessions")
    tried_by = models.ForeignKey("accounts.User", on_delete=models.CASCADE, null=True, related_name="tries")
    exercise_version = models.ForeignKey(
        "authoring.ExerciseVersion", on_delete=models.PROTECT, related_name="sessions"
    )
    model = models.CharField(max_length=300)
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.RUNNING)
    ended_by = models.CharField(max_length=20, blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    state = ExactJSONField(default=dict)
    length = models.PositiveIntegerField(default=0)
    head = models.CharField(max_length=64, blank=True)
    writer = models.CharField(max_length=64, blank=True)
    writer_seen_at = models.DateTimeField(null=True, blank=True)
    replying = models.CharField(max_length=64, blank=True, help_text="The process that writes the reply")
    replying_seen_at = models.DateTimeField(null=True, blank=True)
    stop_asked_at = models.DateTimeField(null=True, blank=True)

    SEATS: ClassVar = ("writer", "writer_seen_at", "replying", "replying_seen_at", "stop_asked_at")
    """The columns that say who works on it just now; they are not drawn from the events."""

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["status", "due_at"], name="sessions_by_due"),
            # With the key, which filters look up elsewhere; SQLite has it in every index.
            models.Index(
                fields=["stage", "status", "invitation"], include=["id"], name="sessions_of_a_stage"
            ),
            models.Index(fields=["team", "id"], name="sessions_of_a_team"),
            models.Index(fields=["team", "started_at"], name="sessions_by_start"),
        ]

    def __str__(self) -> str:
        return self.public_id


class SessionEvent(models.Model):
    """One event of a session, exactly as the library's engine made it."""

    session = models.ForeignKey(CandidateSession, on_delete=models.CASCADE, related_name="events")
    seq = models.PositiveIntegerField()
    at = models.FloatField()
    kind = models.CharField(max_length=30)
    data = ExactJSONField()
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["session", "seq"], name="one_session_event_a_place")
        ]
        ordering: ClassVar = ["session", "seq"]

    def __str__(self) -> str:
        return f"{self.seq} {self.kind}"


class WarmUpTurn(models.Model):
    """A message of the warm-up: never scored, never shown to the team."""

    invitation = models.ForeignKey("openings.Invitation", on_delete=models.CASCADE, related_name="warm_up")
    position = models.PositiveIntegerField()
    role = models.CharField(max_length=20)
    text = models.TextField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["invitation", "position"], name="one_warm_up_turn_a_place")
        ]
        ordering: ClassVar = ["position"]

    def __str__(self) -> str:
        return f"{self.position} {self.role}"


class Feedback(models.Model):
    """What a candidate said about the session. The team reads it without it touching the score."""

    session = models.OneToOneField(CandidateSession, on_delete=models.CASCADE, related_name="feedback")
    fairness = models.PositiveSmallIntegerField(null=True, blank=True, help_text="1 to 5")
    words = models.TextField(blank=True)
    given_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"feedback on {self.session}"


class IntegritySignal(models.Model):
    """Something the browser noticed and the candidate was told is noticed. It never changes a score."""

    session = models.ForeignKey(CandidateSession, on_delete=models.CASCADE, related_name="signals")
    kind = models.CharField(max_length=20, choices=[("pasted", "pasted"), ("left", "left the page")])
    at = models.DateTimeField()
    amount = models.PositiveIntegerField(default=0, help_text="characters pasted, or seconds away")

    def __str__(self) -> str:
        return f"{self.kind} {self.amount}"


class Heartbeat(models.Model):
    """The one row that says when a process of the site was last seen alive; all of them write it."""

    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"seen at {self.seen_at:%F %T}"


class Outage(models.Model):
    """A time during which no process of the site was there for candidates.

    Attributes:
        since: when the site was last seen alive. until: when it was seen again.
        settled_at: when every session that ran during it had been credited; None until then.
    """

    class Cause(models.TextChoices):
        """Why candidates could not work."""

        SILENCE = "silence", "No process of the site was alive, or none reached its database"
        CLOCK = "clock", "The server's clock was set forward, or the machine stood still"

    since = models.DateTimeField()
    until = models.DateTimeField()
    cause = models.CharField(max_length=10, choices=Cause.choices)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.since:%F %T} to {self.until:%F %T}"
