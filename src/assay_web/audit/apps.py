"""The Django app."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The append-only log of who did what."""

    name = "assay_web.audit"
    verbose_name = "Audit"
