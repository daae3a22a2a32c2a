"""The Django app."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Durable work in the background; the only place that knows the job engine."""

    name = "assay_web.jobs"
    verbose_name = "Jobs"
