"""The Django app."""

from django.apps import AppConfig


class BaselinesConfig(AppConfig):
    """What the assistant achieves alone, given one line."""

    name = "assay_web.baselines"
    verbose_name = "Baselines"
