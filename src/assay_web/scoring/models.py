"""Scores of sessions, and what was made known of them."""

from typing import ClassVar

from django.db import models

from assay_web.fields import ExactJSONField
from assay_web.identifiers import new_id


class SessionScore(models.Model):
    """One scoring of one session, with the record that proves it. A later one stands beside it.

    Attributes:
        panel: what rated, in words that tell two scorings apart: raters with their versions, and people.
        record: the record file's exact bytes.
        current: the scoring that lists and pages show first. At most one a session.
    """

    public_id = models.CharField(max_length=20, unique=True, default=new_id, editable=False)
    session = models.ForeignKey("session.CandidateSession", on_delete=models.CASCADE, related_name="scores")
    exercise_version = models.ForeignKey(
        "authoring.ExerciseVersion", on_delete=models.PROTECT, related_name="scores"
    )
    panel = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    overall = models.FloatField(null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    scale_max = models.PositiveSmallIntegerField()
    unscored = models.TextField(blank=True)
    verdict = models.CharField(max_length=30)
    seal = models.CharField(max_length=64)
    record = models.BinaryField()
    current = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["session", "exercise_version", "panel"], name="a_scoring_takes_effect_once"
            ),
            models.UniqueConstraint(
                fields=["session"], condition=models.Q(current=True), name="one_current_score_a_session"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["session", "verdict"], condition=models.Q(current=True), name="current_verdicts"
            )
        ]
        ordering: ClassVar = ["-made_at"]

    def __str__(self) -> str:
        return f"score of {self.session}"


class CriterionLevel(models.Model):
    """One criterion's level in one scoring, for distributions over many sessions.

    Session, stage, version and `current` repeat what the score says, for filters and `LevelCount`. `stage` is
    None for a colleague's try, which is in no cohort.
    """

    score = models.ForeignKey(SessionScore, on_delete=models.CASCADE, related_name="levels")
    session = models.ForeignKey("session.CandidateSession", on_delete=models.CASCADE, related_name="+")
    stage = models.ForeignKey("openings.Stage", on_delete=models.CASCADE, null=True, related_name="+")
    exercise_version = models.ForeignKey(
        "authoring.ExerciseVersion", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    current = models.BooleanField(default=True)
    criterion = models.CharField(max_length=64)
    position = models.PositiveSmallIntegerField()
    level = models.FloatField(null=True)
    serious = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["score", "criterion"], name="one_level_a_score_and_criterion")
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["session"],
                condition=models.Q(current=True, serious=True),
                name="serious_levels_of_a_session",
            )
        ]
        ordering: ClassVar = ["position"]

    def __str__(self) -> str:
        return f"{self.criterion}: {self.level}"


class LevelCount(models.Model):
    """How often a criterion has a level in the current scores of a stage.

    The database itself keeps the counts (`assay_web.scoring.counting`), so that they are exact at every
    moment and a stage of any size is drawn from a few dozen rows.

    Attributes:
        level: `UNSCORED` where there is none.
        number: how often; rows whose number has come down to 0 may stay.
    """

    UNSCORED: ClassVar = -1.0

    stage = models.ForeignKey(
        "openings.Stage", on_delete=models.CASCADE, related_name="level_counts", db_index=False
    )
    exercise_version = models.ForeignKey(
        "authoring.ExerciseVersion", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    criterion = models.CharField(max_length=64)
    level = models.FloatField()
    serious = models.BooleanField()
    number = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["stage", "exercise_version", "criterion", "level", "serious"], name="one_level_count"
            )
        ]

    def __str__(self) -> str:
        return f"{self.number} times {self.criterion} at {self.level}"


class StoredRating(models.Model):
    """One rater's rating of one criterion, kept the moment it is made, so that no work is done twice."""

    session = models.ForeignKey("session.CandidateSession", on_delete=models.CASCADE, related_name="ratings")
    exercise_version = models.ForeignKey(
        "authoring.ExerciseVersion", on_delete=models.PROTECT, related_name="+"
    )
    rater = models.CharField(max_length=64, help_text="Hash of the rater's identity")
    position = models.PositiveSmallIntegerField()
    criterion = models.CharField(max_length=64)
    content = ExactJSONField()
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["session", "exercise_version", "rater", "criterion"],
                name="one_rating_a_rater_and_criterion",
            )
        ]
        ordering: ClassVar = ["rater", "position"]

    def __str__(self) -> str:
        return f"{self.criterion} of {self.session}"


class Release(models.Model):
    """A person let the candidate see one scoring."""

    session = models.OneToOneField(
        "session.CandidateSession", on_delete=models.CASCADE, related_name="release"
    )
    score = models.ForeignKey(SessionScore, on_delete=models.CASCADE, related_name="+")
    released_by = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, related_name="+")
    released_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"release of {self.session}"


class Contest(models.Model):
    """A candidate says that a criterion was measured wrongly; a person answers."""

    public_id = models.CharField(max_length=20, unique=True, default=new_id, editable=False)
    session = models.ForeignKey("session.CandidateSession", on_delete=models.CASCADE, related_name="contests")
    score = models.ForeignKey(SessionScore, on_delete=models.CASCADE, related_name="+")
    criterion = models.CharField(max_length=64)
    words = models.TextField()
    contested_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["session", "criterion"], name="one_contest_a_session_and_criterion"
            )
        ]
        ordering: ClassVar = ["contested_at"]

    def __str__(self) -> str:
        return f"contest of {self.criterion} in {self.session}"
