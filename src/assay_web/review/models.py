"""People's own ratings of sessions, made before they see the machine's."""

from typing import ClassVar

from django.db import models

from assay_web.fields import ExactJSONField


class PersonRating(models.Model):
    """One person's ratings of one session, in the form of a ratings file's entry.

    `ratings` reads `{CRITERION: {"level", "quotes", "reason"} or {"unscored"}}`; a quote also keeps where in
    its message it begins. While `saved_at` is None it holds what was typed so far, as it was typed: a draft
    that nobody else sees and that does not count.
    """

    session = models.ForeignKey("session.CandidateSession", on_delete=models.CASCADE, related_name="reviews")
    exercise_version = models.ForeignKey(
        "authoring.ExerciseVersion", on_delete=models.PROTECT, related_name="+"
    )
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="reviews")
    ratings = ExactJSONField(default=dict)
    changed_at = models.DateTimeField(auto_now=True)
    saved_at = models.DateTimeField(null=True, blank=True)
    saw_machine_first = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["session", "exercise_version", "user"], name="one_review_a_person_and_session"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} on {self.session}"
