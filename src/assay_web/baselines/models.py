"""Baselines: which exercise version, which line, which assistant, and the runs."""

from typing import ClassVar

from django.db import models

from assay.session.baseline import LONGEST_LINE
from assay_web.identifiers import new_id


class Baseline(models.Model):
    """Somebody had the assistant do an exercise version alone. The latest of a stage and version is in force.

    Attributes:
        line: what the assistant is given.
        own_line: whether the author wrote it; else it is made from the exercise.
        model: the assistant's model setting, as candidates' sessions had it when this was asked for.
    """

    public_id = models.CharField(max_length=20, unique=True, default=new_id, editable=False)
    stage = models.ForeignKey("openings.Stage", on_delete=models.CASCADE, related_name="baselines")
    exercise_version = models.ForeignKey(
        "authoring.ExerciseVersion", on_delete=models.PROTECT, related_name="+"
    )
    line = models.CharField(max_length=LONGEST_LINE)
    own_line = models.BooleanField()
    model = models.CharField(max_length=300)
    asked_by = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return f"baseline of {self.stage}"

    @property
    def sessions(self) -> models.QuerySet["BaselineRun", int]:
        """The keys of its runs' sessions, few, to look other rows up by.

        Joined instead, SQLite would begin at those other rows, of which there are as many as candidates.
        """
        return BaselineRun.objects.filter(baseline=self).order_by().values_list("session", flat=True)


class BaselineRun(models.Model):
    """One run: a session without a candidate, which the assistant does alone.

    The session is closed from the beginning, so that nobody takes part in it, and has no events until a
    worker has had the assistant do it.
    """

    baseline = models.ForeignKey(Baseline, on_delete=models.CASCADE, related_name="runs")
    number = models.PositiveSmallIntegerField()
    session = models.OneToOneField(
        "session.CandidateSession", on_delete=models.CASCADE, related_name="baseline_run"
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["baseline", "number"], name="one_run_a_baseline_and_number")
        ]
        ordering: ClassVar = ["number"]

    def __str__(self) -> str:
        return f"run {self.number} of {self.baseline}"
