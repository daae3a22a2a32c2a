"""The Django app."""

from django.apps import AppConfig


class SessionConfig(AppConfig):
    """The candidate's way through an exercise: invitation, brief, work, afterwards."""

    name = "assay_web.session"
    verbose_name = "Sessions"
