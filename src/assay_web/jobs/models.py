"""What is to be done in the background, who does it, what models cost, and what they may use."""

from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext as _

from assay.models.replies import Call
from assay_web.clock import now
from assay_web.identifiers import new_id

LONGEST_SETTING = 300


class Work(models.Model):
    """What is to be done in the background. It is written in the same transaction that asks for it.

    Attributes:
        team: whose it is.
        attempts: how often a worker began.
        enqueued: the job engine knows of the present attempt.
        failures: attempts that failed, and takeovers: workers that died over it, since it was asked for, a
            person last retried it, or a piece of an errand was done.
        problem: why it failed last, in words.
        due_at: when the next attempt may begin; None when at once.
    """

    KIND: ClassVar[str]
    """What the job engine knows this kind of work by."""

    class Status(models.TextChoices):
        """Where work stands."""

        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    public_id = models.CharField(max_length=20, unique=True, default=new_id, editable=False)
    team = models.ForeignKey("accounts.Team", on_delete=models.CASCADE, related_name="+", db_index=False)
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.QUEUED)
    attempts = models.PositiveIntegerField(default=0)
    enqueued = models.BooleanField(default=False)
    failures = models.PositiveIntegerField(default=0)
    takeovers = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField(null=True, blank=True)
    problem = models.TextField(blank=True)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def is_under_way(self) -> bool:
        """Whether it waits, rests or is being done."""
        return self.status in (self.Status.QUEUED, self.Status.RUNNING)

    def ask_anew(self) -> None:
        """Let it be done as if it had just been asked for."""
        self.status, self.enqueued = self.Status.QUEUED, False
        self.failures, self.takeovers, self.due_at, self.finished_at = 0, 0, None, None


_BY_JUDGES = "judges {} asked for"


def reason_of_choice(choice: str) -> str:
    """The reason of a job for which a choice of judges, by its public id, asks."""
    return _BY_JUDGES.format(choice)


class ScoringJob(Work):
    """A session that is to be scored.

    Attributes:
        reason: "ended" for the first scoring; later ones name what asked for them.
    """

    KIND = "scoring"

    session = models.ForeignKey("session.CandidateSession", on_delete=models.CASCADE, related_name="jobs")
    exercise_version = models.ForeignKey(
        "authoring.ExerciseVersion", on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(max_length=80)

    @property
    def reason_in_words(self) -> str:
        """What asked for a later scoring; nothing for the first."""
        if self.reason == "ended":
            return ""
        by_judges = self.reason.startswith(_BY_JUDGES.partition("{")[0])
        return _("with the judges chosen since") if by_judges else self.reason

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["session", "exercise_version", "reason"], name="one_job_a_session_and_reason"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["status", "created_at"], name="jobs_by_status"),
            models.Index(fields=["status", "finished_at"], name="jobs_by_end"),
            models.Index(fields=["team", "status", "created_at"], name="jobs_of_a_team"),
            models.Index(
                fields=["session"], condition=models.Q(status="failed"), name="failed_jobs_of_a_session"
            ),
        ]

    def __str__(self) -> str:
        return f"scoring of {self.session}: {self.status}"

    @property
    def subject(self) -> str:
        """What it is about, as the audit log names it."""
        return f"session:{self.session.public_id}"


class Errand(Work):
    """Work that is no scoring of one session, in pieces that a worker does one after the other.

    Attributes:
        kind: what is done, see `assay_web.jobs.errands`. Whose row it is done for points here.
        done: how much of it is done, and total: of how much; sessions or ratings, as the kind has it.
    """

    KIND = "errand"

    class Kind(models.TextChoices):
        """What there is to do."""

        ATTACK = "attack"
        AGAIN = "again"

    kind = models.CharField(max_length=20, choices=Kind.choices)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["status", "created_at"], name="errands_by_status"),
            models.Index(fields=["team", "status", "created_at"], name="errands_of_a_team"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.status}"

    @property
    def subject(self) -> str:
        """What it is about, as the audit log names it."""
        if self.kind == self.Kind.ATTACK:
            return f"judge:{self.attack_run.judge.public_id}"
        return f"stage:{self.scoring_again.choice.stage.public_id}"


WORK: dict[str, type[Work]] = {one.KIND: one for one in (ScoringJob, Errand)}
"""All kinds of work, by what the job engine knows them by."""


class Worker(models.Model):
    """A process that does jobs, and when it was last seen alive."""

    name = models.CharField(max_length=120, unique=True)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class ModelCall(models.Model):
    """The note of one call to a model, for health and spend. It holds no text of a conversation.

    `team` is the team it was made for, that of its session where it has one.
    """

    team = models.ForeignKey(
        "accounts.Team", on_delete=models.CASCADE, null=True, related_name="+", db_index=False
    )
    session = models.ForeignKey(
        "session.CandidateSession", on_delete=models.CASCADE, null=True, related_name="+"
    )
    at = models.DateTimeField()
    purpose = models.CharField(max_length=40)
    setting = models.CharField(max_length=LONGEST_SETTING)
    outcome = models.CharField(max_length=20)
    prompt_tokens = models.PositiveBigIntegerField(null=True)
    completion_tokens = models.PositiveBigIntegerField(null=True)
    cost = models.FloatField(null=True)
    first_token_seconds = models.FloatField(null=True)
    seconds = models.FloatField()
    attempts = models.PositiveIntegerField()
    problem = models.TextField(blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["-at"], name="model_calls_by_time"),
            # All that is summed of a week, so that no row of the table is read for it.
            models.Index(
                fields=["team", "at", "purpose", "outcome", "prompt_tokens", "completion_tokens", "cost"],
                name="model_calls_summed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.outcome}"

    @classmethod
    def of(cls, call: Call, *, team_id: int | None, session_id: int | None = None) -> Self:
        """The note of a call that a gateway has made; it is not saved yet."""
        return cls(
            team_id=team_id,
            session_id=session_id,
            at=now(),
            purpose=call.purpose,
            setting=call.setting[:LONGEST_SETTING],
            outcome=call.outcome,
            prompt_tokens=call.usage.prompt if call.usage else None,
            completion_tokens=call.usage.completion if call.usage else None,
            cost=call.cost,
            first_token_seconds=call.latency.first_token,
            seconds=call.latency.total,
            attempts=call.attempts,
            problem=call.problem,
        )


class Spend(models.Model):
    """What one capped scope has used: a session, or one day of something. See `assay_web.jobs.spend`.

    Attributes:
        scope: "session:KEY", or "SCOPE:DAY" for what a day's cap counts.
        tokens: of prompts and replies, with what calls under way have set aside.
        nanodollars: billionths of a US dollar, likewise; whole, so that adding and taking off leave nothing.
        refused: calls that were not made because a cap was reached.
    """

    scope = models.CharField(max_length=60, unique=True)
    session = models.OneToOneField(
        "session.CandidateSession", on_delete=models.CASCADE, null=True, related_name="+"
    )
    tokens = models.PositiveBigIntegerField(default=0)
    nanodollars = models.PositiveBigIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    refused_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["refused_at"], condition=models.Q(refused_at__isnull=False), name="spend_refused"
            )
        ]

    def __str__(self) -> str:
        return self.scope
