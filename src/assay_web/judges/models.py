"""Judges, who chose them for which stage, what they answered, and running figures of their ratings."""

from functools import cached_property
from typing import ClassVar

from django.db import models

from assay.scoring.judge.settings import JudgeSettings, read_judge
from assay_web.fields import ExactJSONField
from assay_web.identifiers import new_id


class Judge(models.Model):
    """A team's LLM judge. Nothing of it changes but whether it is retired: other settings are another judge.

    Attributes:
        settings: the judge as the library writes it, `str(JudgeSettings)`.
        version: the content hash of settings and prompts, as they were when it was made.
        rater: the key under which its ratings are kept, see `assay_web.scoring.panels.key_of`.
    """

    public_id = models.CharField(max_length=20, unique=True, default=new_id, editable=False)
    team = models.ForeignKey("accounts.Team", on_delete=models.CASCADE, related_name="judges")
    name = models.CharField(max_length=80)
    settings = models.CharField(max_length=500)
    version = models.CharField(max_length=64)
    rater = models.CharField(max_length=64)
    made_by = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["team", "version"], name="one_judge_a_team_and_version"),
            models.UniqueConstraint(fields=["team", "rater"], name="one_judge_a_team_and_rater"),
        ]
        ordering: ClassVar = ["made_at", "pk"]

    def __str__(self) -> str:
        return self.name

    @cached_property
    def read(self) -> JudgeSettings:
        """The settings, read."""
        return read_judge(self.settings)

    @property
    def is_of_this_version(self) -> bool:
        """Whether its prompts and the code that asks them are still those it was made with."""
        return self.read.version == self.version


class JudgeChoice(models.Model):
    """Somebody chose who rates the sessions of a stage. The last one that a session's end found holds for it.

    Attributes:
        offline: whether the offline judge rates beside the judges.
    """

    public_id = models.CharField(max_length=20, unique=True, default=new_id, editable=False)
    stage = models.ForeignKey("openings.Stage", on_delete=models.CASCADE, related_name="judge_choices")
    offline = models.BooleanField(default=True)
    chosen_by = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, related_name="+")
    chosen_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["stage", "chosen_at"], name="judge_choices_of_a_stage")]

    def __str__(self) -> str:
        return f"judges of {self.stage}"


class ChosenJudge(models.Model):
    """A judge's place in a choice."""

    choice = models.ForeignKey(JudgeChoice, on_delete=models.CASCADE, related_name="chosen")
    judge = models.ForeignKey(Judge, on_delete=models.RESTRICT, related_name="chosen")
    position = models.PositiveSmallIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["choice", "judge"], name="one_place_a_judge_and_choice")
        ]
        ordering: ClassVar = ["position"]

    def __str__(self) -> str:
        return f"{self.judge} in {self.choice}"


class SessionChoice(models.Model):
    """A person had a session scored again with a later choice, which holds for it from then on."""

    session = models.OneToOneField(
        "session.CandidateSession", on_delete=models.CASCADE, related_name="judge_choice"
    )
    choice = models.ForeignKey(JudgeChoice, on_delete=models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return f"{self.choice} for {self.session}"


class JudgeAnswer(models.Model):
    """A finished answer of a judge's model, kept before it counts, so that it is paid for once.

    Attributes:
        key: the hash of all that was asked, see `assay.scoring.judge.requests.JudgeRequest`.
        replies: the model's replies as they came, the last one the answer.
    """

    team = models.ForeignKey("accounts.Team", on_delete=models.CASCADE, related_name="+", db_index=False)
    session = models.ForeignKey(
        "session.CandidateSession", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    key = models.CharField(max_length=64)
    replies = ExactJSONField()
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["session", "key"], name="one_answer_a_session_and_question")
        ]

    def __str__(self) -> str:
        return f"answer about {self.session}"


class JudgeLevel(models.Model):
    """What one judge says of one criterion of one session: the median of its passes; None when unscored."""

    judge = models.ForeignKey(Judge, on_delete=models.CASCADE, related_name="+", db_index=False)
    session = models.ForeignKey("session.CandidateSession", on_delete=models.CASCADE, related_name="+")
    exercise_version = models.ForeignKey(
        "authoring.ExerciseVersion", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    criterion = models.CharField(max_length=64)
    level = models.FloatField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["judge", "session", "exercise_version", "criterion"], name="one_level_a_judge"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["judge", "id"], name="judge_levels_by_time")]

    def __str__(self) -> str:
        return f"{self.criterion} of {self.session} by {self.judge}"


class JudgeFigure(models.Model):
    """What a judge's ratings of one criterion have come to, added up as they are made.

    Ratings of sessions that were deleted since are still counted: the sums hold nothing of a person.

    Attributes:
        ratings: answers about the criterion, one a session and pass, unscored ones included.
        unscored: of these, how many have no level.
        quotes: quotes that the judge claimed, also in answers that were not used. dropped: of these, how many
            do not stand where it said.
        pairs: later passes that gave a level where the first one did too. same: of these, how many gave the
            same level. spread: the sum of their distances in levels.
        asked: ratings that a call was made for. milliseconds, tokens, nanodollars: what those took, a
            call's share where it was about several criteria. unpriced: of these, how many have no price.
    """

    judge = models.ForeignKey(Judge, on_delete=models.CASCADE, related_name="figures", db_index=False)
    criterion = models.CharField(max_length=64)
    ratings = models.PositiveBigIntegerField(default=0)
    unscored = models.PositiveBigIntegerField(default=0)
    quotes = models.PositiveBigIntegerField(default=0)
    dropped = models.PositiveBigIntegerField(default=0)
    pairs = models.PositiveBigIntegerField(default=0)
    same = models.PositiveBigIntegerField(default=0)
    spread = models.FloatField(default=0.0)
    asked = models.PositiveBigIntegerField(default=0)
    milliseconds = models.PositiveBigIntegerField(default=0)
    tokens = models.PositiveBigIntegerField(default=0)
    nanodollars = models.PositiveBigIntegerField(default=0)
    unpriced = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["judge", "criterion"], name="one_figure_a_judge_and_criterion")
        ]

    def __str__(self) -> str:
        return f"{self.judge} on {self.criterion}"


class ScoringAgain(models.Model):
    """A person had all ended sessions of a stage scored again with a choice; a worker walks through them.

    Attributes:
        last: the key of the last session that was asked for.
    """

    choice = models.OneToOneField(JudgeChoice, on_delete=models.CASCADE, related_name="scoring_again")
    errand = models.OneToOneField("jobs.Errand", on_delete=models.CASCADE, related_name="scoring_again")
    last = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"scoring again with {self.choice}"


class AttackRun(models.Model):
    """The attack suite against a judge: once for each version of the suite, since answers are kept.

    Attributes:
        suite: the suite's version, see `assay.attacks.suite.Suite`.
        report: what `assay_web.judges.attacking` keeps of it, once it is over.
        attacks: how many were tried, and moved: how many of them moved something up by more than the bound.
        up: the largest shift up, in levels.
        gave_no_level: the judge gave none to a session as it was, so that no attack on it would show.
    """

    judge = models.ForeignKey(Judge, on_delete=models.CASCADE, related_name="attack_runs", db_index=False)
    suite = models.CharField(max_length=64)
    errand = models.OneToOneField("jobs.Errand", on_delete=models.CASCADE, related_name="attack_run")
    asked_by = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, related_name="+")
    report = ExactJSONField(null=True)
    made_at = models.DateTimeField(null=True)
    attacks = models.PositiveIntegerField(null=True)
    moved = models.PositiveIntegerField(null=True)
    up = models.FloatField(null=True)
    gave_no_level = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["judge", "suite"], name="one_attack_run_a_judge_and_suite")
        ]

    def __str__(self) -> str:
        return f"attacks on {self.judge}"


class AttackAnswer(models.Model):
    """A finished answer about a session of the attack suite; it holds nothing of a candidate's.

    Two judges of a team that ask the same question of the same model share it. See `JudgeAnswer`.

    Attributes:
        about: the content hash of the session's transcript.
    """

    team = models.ForeignKey("accounts.Team", on_delete=models.CASCADE, related_name="+", db_index=False)
    about = models.CharField(max_length=64)
    key = models.CharField(max_length=64)
    replies = ExactJSONField()
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["team", "about", "key"], name="one_attack_answer_a_team_and_question"
            )
        ]

    def __str__(self) -> str:
        return f"answer {self.key[:8]}"
