"""The Django app."""

from django.apps import AppConfig


class ScoringConfig(AppConfig):
    """From a finished session to its scores, and the pages that show them."""

    name = "assay_web.scoring"
    verbose_name = "Scoring"
