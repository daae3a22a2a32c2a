"""The Django app."""

from django.apps import AppConfig


class JudgesConfig(AppConfig):
    """LLM judges, and which of them rate what."""

    name = "assay_web.judges"
    verbose_name = "Judges"
